//! A directory on disk as a [`Tree`], and the careful reading of one file.
//!
//! Deliberately absent: trust in what was seen a moment ago; a file that is not the one that was
//! listed is not read.

use crate::walk::{Entry, Kind, Target, Tree, is_manifest};
use rustix::io::Errno;
use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
}

impl Stamp {
    pub(crate) fn of(meta: &Metadata) -> Self {
        Self {
            device: meta.dev(),
            inode: meta.ino(),
            length: meta.len(),
            modified: (meta.mtime(), meta.mtime_nsec()),
        }
    }
}

/// A directory by its canonical path.
pub(crate) struct Disk {
    pub(crate) root: PathBuf,
}

impl Tree for Disk {
    type File = Stamp;

    fn list(&mut self, directory: &str) -> Result<Vec<Entry<Stamp>>, String> {
        let entries = std::fs::read_dir(self.root.join(directory)).map_err(|e| e.to_string())?;
        entries.map(|entry| entry.map(|entry| look(&entry)).map_err(|e| e.to_string())).collect()
    }

    fn resolve(&mut self, link: &str) -> Target<Stamp> {
        let found = self.root.join(link).canonicalize().and_then(|real| Ok((real.metadata()?, real)));
        let (meta, real) = match found {
            Ok(found) => found,
            Err(error) => return Target::Nowhere(error.to_string()),
        };
        let Some(inside) = real.strip_prefix(&self.root).ok().and_then(Path::to_str) else {
            return Target::Outside { directory: meta.is_dir() };
        };
        let real = inside.to_owned();
        if meta.is_dir() {
            Target::Directory { real }
        } else if meta.is_file() {
            Target::File { real, file: Stamp::of(&meta), size: meta.len() }
        } else {
            Target::Other(sort(meta.file_type()))
        }
    }
}

fn look(entry: &std::fs::DirEntry) -> Entry<Stamp> {
    let name = entry.file_name().into_string().map_err(|raw| raw.as_bytes().escape_ascii().to_string());
    let manifest = name.as_deref().is_ok_and(is_manifest);
    let kind = match entry.file_type() {
        Ok(kind) if kind.is_dir() => Kind::Directory,
        Ok(kind) if kind.is_symlink() => Kind::Link,
        Ok(kind) if kind.is_file() && manifest => match entry.metadata() {
            Ok(meta) => Kind::File(Stamp::of(&meta), meta.len()),
            Err(error) => Kind::Unknown(error.to_string()),
        },
        Ok(kind) if kind.is_file() => {
            Kind::File(Stamp { device: 0, inode: 0, length: 0, modified: (0, 0) }, 0)
        }
        Ok(kind) => Kind::Other(sort(kind)),
        Err(error) => Kind::Unknown(error.to_string()),
    };
    Entry { name, kind }
}

/// What a file that is neither file nor directory is, in words.
pub(crate) fn sort(kind: FileType) -> &'static str {
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_block_device() || kind.is_char_device() {
        "a device"
    } else {
        "no plain file"
    }
}

/// Why a file was not read.
#[derive(Debug)]
pub(crate) enum NotRead {
    /// It was there when the directory was listed.
    Vanished,
    /// It changed since it was listed or while it was read.
    Changed,
    /// What the system said.
    Failed(String),
}

/// Reads the file that was seen as `stamp`, and nothing else: never waits for a pipe, never follows
/// a link put in its place, never reads more than its size.
pub(crate) fn read(path: &Path, stamp: Stamp) -> Result<Vec<u8>, NotRead> {
    let file = open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => NotRead::Vanished,
        // A link was put in its place.
        _ if Errno::from_io_error(&error) == Some(Errno::LOOP) => NotRead::Changed,
        _ => NotRead::Failed(error.to_string()),
    })?;
    let same = |file: &File| match file.metadata() {
        Ok(meta) if meta.is_file() && Stamp::of(&meta) == stamp => Ok(()),
        Ok(_) => Err(NotRead::Changed),
        Err(error) => Err(NotRead::Failed(error.to_string())),
    };
    same(&file)?;
    let mut bytes = Vec::with_capacity(usize::try_from(stamp.length).unwrap_or(0).saturating_add(1));
    let limit = stamp.length.saturating_add(1);
    (&file).take(limit).read_to_end(&mut bytes).map_err(|error| NotRead::Failed(error.to_string()))?;
    same(&file)?;
    if bytes.len() as u64 == stamp.length { Ok(bytes) } else { Err(NotRead::Changed) }
}

fn open(path: &Path) -> std::io::Result<File> {
    use rustix::fs::OFlags;
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).unwrap_or(0);
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}
