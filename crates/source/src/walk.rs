//! Which files of a tree are manifests: one walk for directories on disk and trees in git alike.
//!
//! Real files come first; a symbolic link is then followed once, inside the tree only, and only to
//! what was not read already, so that neither cycles nor doubles arise. Deliberately absent: reading
//! the files.

use crate::limits::Limits;
use aplomo_core::Finding;
use aplomo_core::name::is_deceptive;
use std::collections::{BTreeSet, HashSet, VecDeque};
use std::sync::Arc;

/// Something that holds directories. Paths are relative to the root, `/` between their parts, "" is the root.
pub(crate) trait Tree {
    /// How a file is found again when it is read.
    type File;
    /// The entries of a directory, in any order.
    fn list(&mut self, directory: &str) -> Result<Vec<Entry<Self::File>>, String>;
    /// Where a symbolic link leads in the end.
    fn resolve(&mut self, link: &str) -> Target<Self::File>;
}

/// One entry of a directory.
pub(crate) struct Entry<F> {
    /// The name; escaped in the error where it is not UTF-8.
    pub(crate) name: Result<String, String>,
    pub(crate) kind: Kind<F>,
}

/// What an entry is.
pub(crate) enum Kind<F> {
    /// A file with its size in bytes; the size need only be right for manifests.
    File(F, u64),
    Directory,
    Link,
    Submodule,
    /// Pipes, devices and the like, in words.
    Other(&'static str),
    /// The entry could not be looked at; it may have vanished.
    Unknown(String),
}

/// Where a link leads.
pub(crate) enum Target<F> {
    File { real: String, file: F, size: u64 },
    Directory { real: String },
    Outside { directory: bool },
    Nowhere(String),
    Other(&'static str),
}

/// A file to read.
pub(crate) struct Candidate<F> {
    /// The path to show.
    pub(crate) file: Arc<str>,
    /// The path with all links resolved.
    pub(crate) real: String,
    pub(crate) id: F,
    pub(crate) size: u64,
}

/// What a walk found.
pub(crate) struct Walk<F> {
    /// Sorted by path.
    pub(crate) files: Vec<Candidate<F>>,
    pub(crate) problems: Vec<Finding>,
    /// Why this is not the whole tree.
    pub(crate) incomplete: Vec<String>,
}

/// Whether a name is that of a manifest.
pub(crate) fn is_manifest(name: &str) -> bool {
    !name.starts_with('.') && (name.ends_with(".yaml") || name.ends_with(".yml"))
}

/// Finds all manifests of a tree.
///
/// # Errors
/// When the root itself cannot be listed: what the system said.
pub(crate) fn walk<T: Tree>(tree: &mut T, limits: &Limits) -> Result<Walk<T::File>, String> {
    let root = tree.list("")?;
    let mut walker = Walker::<T> {
        limits,
        out: Walk { files: Vec::new(), problems: Vec::new(), incomplete: Vec::new() },
        directories: VecDeque::new(),
        links: BTreeSet::new(),
        seen: HashSet::from([String::new()]),
        entries: 0,
    };
    walker.entries(&Place { alias: String::new(), real: String::new(), depth: 0 }, root);
    walker.run(tree);
    walker.out.files.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(walker.out)
}

struct Place {
    alias: String,
    real: String,
    depth: usize,
}

struct Walker<'a, T: Tree> {
    limits: &'a Limits,
    out: Walk<T::File>,
    directories: VecDeque<Place>,
    /// Links not yet followed: path to show, real path, depth.
    links: BTreeSet<(String, String, usize)>,
    /// Real paths of what was visited.
    seen: HashSet<String>,
    entries: usize,
}

impl<T: Tree> Walker<'_, T> {
    fn run(&mut self, tree: &mut T) {
        loop {
            if let Some(place) = self.directories.pop_front() {
                match tree.list(&place.real) {
                    Ok(entries) => self.entries(&place, entries),
                    Err(why) => self.unreadable(&place.alias, &why),
                }
            } else if let Some((alias, real, depth)) = self.links.pop_first() {
                let target = tree.resolve(&real);
                self.follow(alias, target, depth);
            } else {
                return;
            }
        }
    }

    fn entries(&mut self, place: &Place, mut entries: Vec<Entry<T::File>>) {
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        for entry in entries {
            self.entries += 1;
            if self.entries > self.limits.files.saturating_mul(10) {
                return self.too_many("entries in its directories", self.limits.files.saturating_mul(10));
            }
            self.entry(place, entry);
        }
    }

    fn entry(&mut self, place: &Place, entry: Entry<T::File>) {
        let name = match entry.name {
            Ok(name) if name.starts_with('.') => return,
            Ok(name) if !name.chars().any(is_deceptive) => name,
            Ok(name) => return self.bad_name(place, &name.escape_debug().to_string(), &entry.kind),
            Err(escaped) => return self.bad_name(place, &escaped, &entry.kind),
        };
        let alias = join(&place.alias, &name);
        let real = join(&place.real, &name);
        match entry.kind {
            Kind::Directory => self.enter(alias, real, place.depth + 1),
            Kind::Link => {
                self.links.insert((alias, real, place.depth + 1));
            }
            Kind::Submodule => self.submodule(&alias),
            Kind::Unknown(why) => self.unreadable(&alias, &why),
            Kind::File(id, size) if is_manifest(&name) => self.add(alias, real, id, size),
            Kind::Other(what) if is_manifest(&name) => self.not_a_file(&alias, what),
            Kind::File(..) | Kind::Other(_) => {}
        }
    }

    fn follow(&mut self, alias: String, target: Target<T::File>, depth: usize) {
        let named_manifest = is_manifest(alias.rsplit('/').next().unwrap_or(&alias));
        match target {
            Target::File { real, file, size } if named_manifest => self.add(alias, real, file, size),
            Target::Directory { real } => self.enter(alias, real, depth),
            Target::Outside { directory } if named_manifest || directory => self.problem(
                Finding::error(
                    "symlink-escape",
                    format!("`{alias}` is a symbolic link that leaves the source"),
                )
                .help("put the manifests inside the source, or remove the link"),
                &alias,
                "is a symbolic link out of the source",
            ),
            Target::Nowhere(why) => self.problem(
                Finding::error(
                    "broken-link",
                    format!("`{alias}` is a symbolic link that leads nowhere: {why}"),
                )
                .help("mend or remove the link"),
                &alias,
                "is a broken symbolic link",
            ),
            Target::Other(what) if named_manifest => self.not_a_file(&alias, what),
            Target::File { .. } | Target::Outside { .. } | Target::Other(_) => {}
        }
    }

    fn enter(&mut self, alias: String, real: String, depth: usize) {
        if depth > self.limits.directory_depth {
            let message =
                format!("`{alias}` lies more than {} directories deep", self.limits.directory_depth);
            return self.problem(
                Finding::error("tree-too-deep", message),
                &alias,
                "lies too deep to be read",
            );
        }
        if self.seen.insert(real.clone()) {
            self.directories.push_back(Place { alias, real, depth });
        }
    }

    fn add(&mut self, alias: String, real: String, id: T::File, size: u64) {
        if !self.seen.insert(real.clone()) {
            return;
        }
        if self.out.files.len() >= self.limits.files {
            return self.too_many("manifest files", self.limits.files);
        }
        self.out.files.push(Candidate { file: alias.into(), real, id, size });
    }

    fn too_many(&mut self, what: &str, limit: usize) {
        self.directories.clear();
        self.links.clear();
        if self.out.problems.iter().any(|p| p.rule == "too-many-files") {
            return;
        }
        let message = format!("the source has more than {limit} {what}: the rest is not read");
        let help = "split the source, or name a narrower path";
        self.out.problems.push(Finding::error("too-many-files", message).help(help));
        self.out.incomplete.push(format!("it has more than {limit} {what}"));
    }

    fn submodule(&mut self, alias: &str) {
        let finding =
            Finding::warning("submodule", format!("`{alias}` is a git submodule, which is not read"))
                .help("make the submodule's repository a source of its own");
        self.problem(finding, alias, "is a git submodule");
    }

    fn unreadable(&mut self, alias: &str, why: &str) {
        let finding = Finding::error("unreadable", format!("`{alias}` cannot be read: {why}"));
        self.problem(finding, alias, "cannot be read");
    }

    fn not_a_file(&mut self, alias: &str, what: &str) {
        let finding = Finding::error("not-a-file", format!("`{alias}` is {what}, which is not read"))
            .help("manifests are plain files");
        self.problem(finding, alias, "is not a plain file");
    }

    fn bad_name(&mut self, place: &Place, escaped: &str, kind: &Kind<T::File>) {
        let matters = !matches!(kind, Kind::File(..) | Kind::Other(_))
            || [".yaml", ".yml"].iter().any(|end| escaped.ends_with(end));
        if matters {
            let alias = join(&place.alias, escaped);
            let message = format!("the name `{alias}` is not UTF-8 or holds characters that deceive the eye");
            let finding = Finding::error("file-name", message).help("rename it");
            self.problem(finding, &alias, "has a name that is refused");
        }
    }

    fn problem(&mut self, mut finding: Finding, alias: &str, why: &str) {
        finding.file = Some(alias.into());
        self.out.problems.push(finding);
        self.out.incomplete.push(format!("`{alias}` {why}"));
    }
}

fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}
