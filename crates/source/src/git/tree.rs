//! The tree of a commit as a [`Tree`]: nothing of it is ever written to disk.
//!
//! Deliberately absent: the contents of the files.

use crate::walk::{Entry, Kind, Target, Tree, is_manifest};
use git2::{ErrorCode, ObjectType, Oid, Repository};
use std::collections::VecDeque;
use std::path::Path;

/// Longest text of a link that is believed, and most links followed in a row, as Linux has it.
const LINK_BYTES: usize = 4096;
const LINK_HOPS: usize = 40;

/// Modes of tree entries, as git writes them.
const MODE_TREE: i32 = 0o040_000;
const MODE_LINK: i32 = 0o120_000;
const MODE_SUBMODULE: i32 = 0o160_000;

/// A directory of a commit.
pub(crate) struct CommitTree<'r> {
    repo: &'r Repository,
    root: git2::Tree<'r>,
    /// Parts of the path of the directory.
    prefix: Vec<String>,
    /// Set when an object is missing or damaged.
    pub(crate) damage: Option<String>,
}

impl<'r> CommitTree<'r> {
    /// The directory `sub_path` of a commit; that it exists is checked when it is listed.
    pub(crate) fn new(repo: &'r Repository, commit: Oid, sub_path: &str) -> Result<Self, git2::Error> {
        let root = repo.find_commit(commit)?.tree()?;
        let prefix = parts(sub_path).collect();
        Ok(Self { repo, root, prefix, damage: None })
    }

    fn directory(&self, parts: &[String]) -> Result<git2::Tree<'r>, git2::Error> {
        if parts.is_empty() {
            return Ok(self.root.clone());
        }
        let path = parts.join("/");
        let entry = self.root.get_path(Path::new(&path))?;
        if entry.filemode() != MODE_TREE {
            let message = format!("`{path}` is not a directory");
            return Err(git2::Error::new(ErrorCode::NotFound, git2::ErrorClass::Tree, message));
        }
        self.repo.find_tree(entry.id())
    }

    /// Whether the directory exists; damage is an error.
    pub(crate) fn exists(&self) -> Result<bool, git2::Error> {
        let missing = |parts: &[String]| match self.directory(parts) {
            Ok(_) => Ok(false),
            Err(error) if error.code() == ErrorCode::NotFound && self.entry_is_missing(parts) => Ok(true),
            Err(error) => Err(error),
        };
        missing(&self.prefix).map(|missing| !missing)
    }

    /// Tells "the tree has no such entry" from "the object of the entry is missing".
    fn entry_is_missing(&self, parts: &[String]) -> bool {
        let mut tree = self.root.clone();
        for part in parts {
            let Some(id) = tree.get_name(part).filter(|e| e.filemode() == MODE_TREE).map(|e| e.id()) else {
                return true;
            };
            match self.repo.find_tree(id) {
                Ok(next) => tree = next,
                Err(_) => return false,
            }
        }
        false
    }

    fn kind(&mut self, mode: i32, id: Oid, name: Option<&str>) -> Kind<Oid> {
        match mode {
            MODE_TREE => Kind::Directory,
            MODE_LINK => Kind::Link,
            MODE_SUBMODULE => Kind::Submodule,
            _ if name.is_some_and(is_manifest) => match self.size(id) {
                Ok(size) => Kind::File(id, size),
                Err(error) => Kind::Unknown(self.note(&error)),
            },
            _ => Kind::File(id, 0),
        }
    }

    fn size(&self, id: Oid) -> Result<u64, git2::Error> {
        let (size, kind) = self.repo.odb()?.read_header(id)?;
        if kind == ObjectType::Blob {
            return Ok(size as u64);
        }
        Err(git2::Error::from_str("it is not a blob"))
    }

    fn note(&mut self, error: &git2::Error) -> String {
        let why = error.message().to_owned();
        self.damage.get_or_insert_with(|| why.clone());
        why
    }

    /// Where a link leads, walked part by part through the whole commit.
    fn chase(&mut self, link: &str) -> Result<Target<Oid>, git2::Error> {
        let mut left: VecDeque<String> = self.prefix.iter().cloned().chain(parts(link)).collect();
        let (mut at, mut hops): (Vec<String>, usize) = (Vec::new(), 0);
        let mut here = (MODE_TREE, self.root.id());
        while let Some(part) = left.pop_front() {
            if part == ".." {
                if at.pop().is_none() {
                    return Ok(Target::Outside { directory: false });
                }
                here = (MODE_TREE, self.directory(&at)?.id());
                continue;
            }
            if here.0 != MODE_TREE {
                return Ok(Target::Nowhere("it leads through a file".to_owned()));
            }
            let tree = self.repo.find_tree(here.1)?;
            let Some((mode, id)) = tree.get_name(&part).map(|e| (e.filemode(), e.id())) else {
                return Ok(Target::Nowhere("the commit has no such path".to_owned()));
            };
            if mode != MODE_LINK {
                at.push(part);
                here = (mode, id);
                continue;
            }
            hops += 1;
            let Some(text) = self.link_text(id)?.filter(|_| hops <= LINK_HOPS) else {
                return Ok(Target::Nowhere("it leads in a circle or is no path".to_owned()));
            };
            if text.starts_with('/') {
                return Ok(Target::Outside { directory: false });
            }
            for part in parts(&text).collect::<Vec<_>>().into_iter().rev() {
                left.push_front(part);
            }
        }
        self.arrive(&at, here)
    }

    fn arrive(&self, at: &[String], (mode, id): (i32, Oid)) -> Result<Target<Oid>, git2::Error> {
        let Some(rest) = at.strip_prefix(self.prefix.as_slice()) else {
            return Ok(Target::Outside { directory: mode == MODE_TREE });
        };
        let real = rest.join("/");
        Ok(match mode {
            MODE_TREE => Target::Directory { real },
            MODE_SUBMODULE => Target::Other("a git submodule"),
            _ => Target::File { real, file: id, size: self.size(id)? },
        })
    }

    fn link_text(&self, id: Oid) -> Result<Option<String>, git2::Error> {
        if self.size(id)? > LINK_BYTES as u64 {
            return Ok(None);
        }
        let blob = self.repo.find_blob(id)?;
        Ok(std::str::from_utf8(blob.content()).ok().filter(|text| !text.is_empty()).map(str::to_owned))
    }
}

impl Tree for CommitTree<'_> {
    type File = Oid;

    fn list(&mut self, directory: &str) -> Result<Vec<Entry<Oid>>, String> {
        let parts: Vec<String> = self.prefix.iter().cloned().chain(parts(directory)).collect();
        let tree = self.directory(&parts).map_err(|error| self.note(&error))?;
        let mut entries = Vec::with_capacity(tree.len());
        for entry in &tree {
            let raw = entry.name_bytes();
            let name = String::from_utf8(raw.to_vec()).map_err(|_| raw.escape_ascii().to_string());
            let kind = self.kind(entry.filemode(), entry.id(), name.as_deref().ok());
            entries.push(Entry { name, kind });
        }
        Ok(entries)
    }

    fn resolve(&mut self, link: &str) -> Target<Oid> {
        match self.chase(link) {
            Ok(target) => target,
            Err(error) => Target::Nowhere(self.note(&error)),
        }
    }
}

fn parts(path: &str) -> impl Iterator<Item = String> + '_ {
    path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned)
}
