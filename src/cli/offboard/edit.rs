//! The edit: every place that can be cut is cut, each cut proven by itself, from the end of a file to its
//! beginning. What cannot be cut is left, with the reason.

use super::{Offboarding, Source};
use crate::failure::Failure;
use anyhow::Context as _;
use aplomo_catalog::offboard::Named;
use aplomo_core::SourceName;
use aplomo_core::manifest::{RawManifest, Snapshot};
use aplomo_source::{Limits, edit};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A file of a source.
pub(super) type File = (SourceName, Arc<str>);

/// What became of the manifests.
pub(super) struct Edited {
    /// The sources with the edit in them.
    pub(super) snapshots: Vec<Snapshot>,
    /// The files that are other now, before and after.
    pub(super) files: BTreeMap<File, (Arc<str>, String)>,
    /// What was cut.
    pub(super) cut: Vec<Named>,
    /// What could not be, and why.
    pub(super) stays: Vec<(Named, edit::Stays)>,
    /// The files as unified diffs.
    pub(super) patch: String,
    /// Every file as it is now.
    pub(super) texts: Vec<(Arc<str>, String)>,
}

/// Makes the edit, in memory.
pub(super) fn edit(sources: &[Source], found: &Offboarding) -> Result<Edited, Failure> {
    let snapshots = sources.iter().map(|source| source.reading.snapshot.clone()).collect();
    let (files, cut, stays) = (BTreeMap::new(), Vec::new(), Vec::new());
    let (patch, texts) = (String::new(), Vec::new());
    let mut edited = Edited { snapshots, files, cut, stays, patch, texts };
    // Later places first, so that those before them stay where they are.
    for named in found.named.iter().rev().filter(|named| named.mention.by_hand.is_none()) {
        edited.take_out(named, sources);
    }
    edited.cut.reverse();
    edited.stays.reverse();
    for ((_, file), (old, new)) in &edited.files {
        let patch = edit::patch(file, old, new).context("the patch cannot be made")?;
        edited.patch.push_str(&patch);
    }
    edited.replace();
    for source in sources {
        let name = &source.reading.snapshot.name;
        let now = |(file, text): (&Arc<str>, &Arc<str>)| {
            let new = edited.files.get(&(name.clone(), Arc::clone(file)));
            (Arc::clone(file), new.map_or_else(|| text.to_string(), |(_, new)| new.clone()))
        };
        let texts: Vec<_> = source.reading.texts.iter().map(now).collect();
        edited.texts.extend(texts);
    }
    Ok(edited)
}

impl Edited {
    fn take_out(&mut self, named: &Named, sources: &[Source]) {
        let source = sources.iter().find(|source| source.reading.snapshot.name == named.source);
        let Some(text) = source.and_then(|source| source.reading.texts.get(&named.file)) else { return };
        let file = (named.source.clone(), Arc::clone(&named.file));
        let now = self.files.get(&file).map_or(&**text, |(_, new)| new);
        match edit::cut(now, named.document, &named.mention.pointer) {
            Ok(new) => {
                self.files.insert(file, (Arc::clone(text), new));
                self.cut.push(named.clone());
            }
            Err(why) => self.stays.push((named.clone(), why)),
        }
    }

    /// Puts the edited files into the snapshots. What is not committed has no commit.
    fn replace(&mut self) {
        for snapshot in &mut self.snapshots {
            let mine = self.files.iter().filter(|((source, _), _)| *source == snapshot.name);
            for ((source, file), (_, new)) in mine {
                snapshot.commit = None;
                snapshot.manifests.retain(|raw| raw.file != *file);
                let parsed = aplomo_source::parse_documents(file, new, &Limits::default());
                let raw = |root| RawManifest { source: source.clone(), file: Arc::clone(file), root };
                snapshot.manifests.extend(parsed.documents.into_iter().map(raw));
            }
        }
    }
}

/// What some editors put before a text.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Writes the edited files, if all of them are still as they were read.
pub(super) fn write(sources: &[Source], edited: &Edited) -> Result<(), Failure> {
    let mut all = Vec::new();
    for ((name, file), (old, new)) in &edited.files {
        let Some(source) = sources.iter().find(|s| s.reading.snapshot.name == *name) else { continue };
        let path = source.root.join(&**file);
        let there =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let (mark, text) = match there.strip_prefix(BYTE_ORDER_MARK) {
            Some(text) => (BYTE_ORDER_MARK, text),
            None => ("", there.as_str()),
        };
        if text != &**old {
            return Err(Failure::failed(format!(
                "{} changed while it was read: nothing was written; try again",
                path.display()
            )));
        }
        all.push((path, format!("{mark}{new}")));
    }
    for (path, text) in all {
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
