//! What reading a source yields, and what is asked for.
//!
//! Deliberately absent: how it is read.

use crate::limits::{Limits, shown_bytes};
use crate::load::{All, Loaded};
use crate::walk::Candidate;
use aplomo_core::manifest::{RawManifest, Snapshot};
use aplomo_core::{CommitId, Finding, Severity, SourceName, TenantName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is read and for whom.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The configured name; `None` makes `dir:<canonical path>` or `git:<repository>`.
    pub name: Option<SourceName>,
    /// The path or address to show; `None` shows the path as it was given.
    pub shown_path: Option<String>,
    /// Tenants that the source may speak for; `None` for all that it names.
    pub tenants: Option<BTreeSet<TenantName>>,
    /// Whether this is the operator's own source.
    pub operator: bool,
    /// Why what is read is only a part of its source, where it is; then it is never complete.
    pub partial: Option<String>,
    /// The bounds.
    pub limits: Limits,
}

/// A source as it was read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Manifests, problems, commit and completeness.
    pub snapshot: Snapshot,
    /// The texts, to show source lines.
    pub texts: Texts,
}

/// The texts of the files, without byte order marks, by their path below the root of the source.
#[derive(Debug, Clone, Default)]
pub struct Texts(BTreeMap<Arc<str>, Arc<str>>);

impl Texts {
    /// The text of a file; `None` where it was not read or is no text.
    #[must_use]
    pub fn get(&self, file: &str) -> Option<&Arc<str>> {
        self.0.get(file)
    }

    /// One line of a file, counted from 1, without its line break.
    #[must_use]
    pub fn line(&self, file: &str, line: u32) -> Option<&str> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        self.get(file)?.lines().nth(index)
    }

    /// All files in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<str>)> {
        self.0.iter()
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What is known apart from the files.
pub(crate) struct Frame {
    pub(crate) name: SourceName,
    pub(crate) path: String,
    pub(crate) commit: Option<CommitId>,
    pub(crate) problems: Vec<Finding>,
    pub(crate) incomplete: Vec<String>,
    /// Whether a file without any text is as it should be: true for a commit, false for a
    /// directory, where it may be about to be written.
    pub(crate) empty_files_are_meant: bool,
}

/// Puts a reading together.
pub(crate) fn assemble(mut frame: Frame, all: All, options: &ReadOptions) -> Reading {
    let mut manifests = Vec::new();
    let mut texts = BTreeMap::new();
    for mut loaded in all.files {
        note_empty(&mut loaded, frame.empty_files_are_meant);
        frame.problems.append(&mut loaded.problems);
        frame.incomplete.extend(loaded.incomplete);
        if let Some(text) = loaded.text {
            texts.insert(Arc::clone(&loaded.file), text);
        }
        let (source, file) = (&frame.name, &loaded.file);
        let raw = |root| RawManifest { source: source.clone(), file: Arc::clone(file), root };
        manifests.extend(loaded.documents.into_iter().map(raw));
    }
    if !all.within_budget {
        manifests.clear();
        let limit = options.limits.total_nodes;
        let message = format!("the source holds more than {limit} values: nothing of it is used");
        frame.problems.push(Finding::error("source-too-large", message).help("split the source"));
        frame.incomplete.push(format!("it holds more than {limit} values"));
    } else if manifests.is_empty() && !frame.problems.iter().any(|p| p.severity == Severity::Error) {
        let message = format!("no manifests were found in `{}`", frame.path);
        let help = "manifests are documents in files named `*.yaml` or `*.yml`; check the path";
        frame.problems.push(Finding::error("no-manifests", message).help(help));
        frame.incomplete.push("no manifests were found".to_owned());
    }
    frame.incomplete.extend(options.partial.clone());
    Reading { snapshot: snapshot(frame, manifests, options), texts: Texts(texts) }
}

fn snapshot(frame: Frame, manifests: Vec<RawManifest>, options: &ReadOptions) -> Snapshot {
    Snapshot {
        name: frame.name,
        path: frame.path,
        commit: frame.commit,
        complete: frame.incomplete.is_empty(),
        incomplete_because: frame.incomplete,
        tenants: options.tenants.clone(),
        operator: options.operator,
        manifests,
        problems: frame.problems,
    }
}

fn note_empty(loaded: &mut Loaded, meant: bool) {
    if !loaded.empty {
        return;
    }
    let finding = Finding::warning("empty-file", format!("`{}` is empty", loaded.file))
        .help("remove it, or write a comment to say that it is meant to be empty");
    loaded.problems.push(Finding { file: Some(Arc::clone(&loaded.file)), ..finding });
    if !meant {
        loaded.incomplete = Some(format!("`{}` is empty and may be about to be written", loaded.file));
    }
}

/// The files that fit the limits on bytes, and what is said of the others.
pub(crate) fn within_bytes<F>(
    files: Vec<Candidate<F>>,
    limits: &Limits,
) -> (Vec<Candidate<F>>, Vec<Finding>, Vec<String>) {
    let (mut total, mut full) = (0_u64, false);
    let (mut fit, mut problems, mut incomplete) = (Vec::with_capacity(files.len()), Vec::new(), Vec::new());
    for candidate in files {
        if candidate.size > limits.file_bytes {
            let (file, size) = (&candidate.file, shown_bytes(candidate.size));
            let message = format!("`{file}` has {size}; at most {} are read", shown_bytes(limits.file_bytes));
            let finding = Finding::error("file-too-large", message).help("split it into several files");
            incomplete.push(format!("`{file}` is too large"));
            problems.push(Finding { file: Some(candidate.file), ..finding });
            continue;
        }
        full |= total.saturating_add(candidate.size) > limits.total_bytes;
        if !full {
            total = total.saturating_add(candidate.size);
            fit.push(candidate);
        }
    }
    if full {
        let limit = shown_bytes(limits.total_bytes);
        let message =
            format!("the files of the source have more than {limit} together: the rest is not read");
        problems.push(Finding::error("source-too-large", message).help("split the source"));
        incomplete.push(format!("its files have more than {limit} together"));
    }
    (fit, problems, incomplete)
}
