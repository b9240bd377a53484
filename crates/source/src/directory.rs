//! Reading a directory or a single file from disk.
//!
//! The tree is listed, read, and listed again: what moved in between makes the reading incomplete,
//! so that absence never follows from a moment that did not exist. Deliberately absent: watching.

use crate::disk::{Disk, NotRead, Stamp, read, sort};
use crate::error::SourceError;
use crate::load::{All, Loaded, load_all};
use crate::reading::{Frame, ReadOptions, Reading, assemble, within_bytes};
use crate::walk::{Candidate, walk};
use crate::worktree::{Checkout, Surroundings};
use aplomo_core::{Finding, SourceName};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads all `*.yaml` and `*.yml` below a directory, hidden ones left out, or one file.
///
/// The reading is complete only if everything below `path` was read at one moment; see
/// `Snapshot::incomplete_because`. A single file is never complete. Inside a git work tree the
/// commit is set where what was read is exactly what `HEAD` holds.
///
/// # Errors
/// When nothing is at the path, when it is neither directory nor file, when it may not be read, or
/// when it cannot name a source. Problems of single files are findings of the reading.
pub fn read_directory(path: &Path, options: &ReadOptions) -> Result<Reading, SourceError> {
    read_with(path, options, || ())
}

/// Like [`read_directory`], with something that happens between listing and reading: for tests.
pub(crate) fn read_with(
    path: &Path,
    options: &ReadOptions,
    between: impl FnOnce(),
) -> Result<Reading, SourceError> {
    let root = path.canonicalize().map_err(|error| refused(path, &error))?;
    let meta = root.metadata().map_err(|error| refused(path, &error))?;
    let name = match &options.name {
        Some(name) => name.clone(),
        None => SourceName::new(format!("dir:{}", root.display()))?,
    };
    let path_shown = options.shown_path.clone().unwrap_or_else(|| path.display().to_string());
    let frame = Frame {
        name,
        path: path_shown,
        commit: None,
        problems: Vec::new(),
        incomplete: Vec::new(),
        empty_files_are_meant: false,
    };
    if meta.is_dir() {
        read_tree(path, root, frame, options, between)
    } else if meta.is_file() {
        Ok(read_file(&root, Stamp::of(&meta), meta.len(), frame, options))
    } else {
        Err(SourceError::NotAFile { path: path.to_owned(), what: sort(meta.file_type()) })
    }
}

fn refused(path: &Path, error: &std::io::Error) -> SourceError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => SourceError::NotFound { path: path.to_owned() },
        _ => SourceError::Unreadable { path: path.to_owned(), why: error.to_string() },
    }
}

fn read_tree(
    path: &Path,
    root: PathBuf,
    mut frame: Frame,
    options: &ReadOptions,
    between: impl FnOnce(),
) -> Result<Reading, SourceError> {
    let unreadable = |why| SourceError::Unreadable { path: path.to_owned(), why };
    let checkout = surroundings(&root, &mut frame);
    let mut disk = Disk { root };
    let mut found = walk(&mut disk, &options.limits).map_err(unreadable)?;
    frame.problems.append(&mut found.problems);
    frame.incomplete.append(&mut found.incomplete);
    let listed = listing(&found.files);
    between();

    let (files, mut problems, mut incomplete) = within_bytes(found.files, &options.limits);
    frame.problems.append(&mut problems);
    frame.incomplete.append(&mut incomplete);
    let all = load(&disk.root, files, checkout.is_some(), options);

    let again = walk(&mut disk, &options.limits).map(|walk| listing(&walk.files));
    if again.as_ref() != Ok(&listed) {
        frame.incomplete.push("it changed while it was read".to_owned());
    }
    if let Some(checkout) = checkout {
        frame.commit = checkout.commit_of_tree(&all.files, &options.limits);
        frame.incomplete.extend(checkout.finish());
    }
    Ok(assemble(frame, all, options))
}

fn read_file(root: &Path, stamp: Stamp, size: u64, mut frame: Frame, options: &ReadOptions) -> Reading {
    frame.incomplete.push("a single file is not a complete source".to_owned());
    let directory = root.parent().unwrap_or(root);
    let name = root.file_name().map_or_else(|| "file".into(), |name| name.to_string_lossy().into_owned());
    let checkout = surroundings(directory, &mut frame);
    let candidate = Candidate { file: name.as_str().into(), real: name.clone(), id: stamp, size };
    let (files, mut problems, mut incomplete) = within_bytes(vec![candidate], &options.limits);
    frame.problems.append(&mut problems);
    frame.incomplete.append(&mut incomplete);
    let all = load(directory, files, checkout.is_some(), options);
    if let Some(checkout) = checkout {
        frame.commit = all.files.first().and_then(|file| checkout.commit_of_file(&name, file));
    }
    assemble(frame, all, options)
}

fn surroundings(directory: &Path, frame: &mut Frame) -> Option<Checkout> {
    match Surroundings::of(directory) {
        Surroundings::NoGit => None,
        Surroundings::Unusable(finding) => {
            frame.problems.push(finding);
            None
        }
        Surroundings::Checkout(checkout) => Some(*checkout),
    }
}

fn listing(files: &[Candidate<Stamp>]) -> Vec<(Arc<str>, String, Stamp)> {
    files.iter().map(|c| (Arc::clone(&c.file), c.real.clone(), c.id)).collect()
}

fn load(root: &Path, files: Vec<Candidate<Stamp>>, with_blob: bool, options: &ReadOptions) -> All {
    let count = files.len();
    load_all(files.into_iter(), count, &options.limits, |candidate| {
        match read(&root.join(&candidate.real), candidate.id) {
            Ok(bytes) => Loaded::parse(candidate.file, bytes, with_blob, &options.limits),
            Err(not_read) => unread(candidate.file, &not_read),
        }
    })
}

fn unread(file: Arc<str>, not_read: &NotRead) -> Loaded {
    let (rule, why) = match not_read {
        NotRead::Vanished => ("file-vanished", "vanished while the source was read".to_owned()),
        NotRead::Changed => ("file-changed", "changed while it was read".to_owned()),
        NotRead::Failed(why) => ("unreadable", format!("cannot be read: {why}")),
    };
    let finding = Finding::error(rule, format!("`{file}` {why}"));
    let help = if rule == "unreadable" { "check its permissions" } else { "read the source again" };
    Loaded::unread(file, finding.help(help), why)
}
