//! Bytes to documents, on all cores, with results in the order of the files.
//!
//! Deliberately absent: where the bytes come from.

use crate::limits::Limits;
use crate::yaml::parse_documents;
use aplomo_core::node::Node;
use aplomo_core::{Finding, Mark, Severity};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What became of one file.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) file: Arc<str>,
    /// The text, where it is one.
    pub(crate) text: Option<Arc<str>>,
    /// What git calls these bytes, where that was asked for.
    pub(crate) blob: Option<git2::Oid>,
    pub(crate) documents: Vec<Node>,
    pub(crate) problems: Vec<Finding>,
    /// Why not all of its manifests are known.
    pub(crate) incomplete: Option<String>,
    /// Nothing at all stands in it.
    pub(crate) empty: bool,
    nodes: usize,
}

impl Loaded {
    /// A file that could not be read.
    pub(crate) fn unread(file: Arc<str>, mut finding: Finding, why: String) -> Self {
        finding.file = Some(Arc::clone(&file));
        let incomplete = Some(format!("`{file}` {why}"));
        Self {
            file,
            text: None,
            blob: None,
            documents: Vec::new(),
            problems: vec![finding],
            incomplete,
            empty: false,
            nodes: 0,
        }
    }

    /// The documents of a file that was read.
    pub(crate) fn parse(file: Arc<str>, bytes: Vec<u8>, with_blob: bool, limits: &Limits) -> Self {
        let blob = with_blob.then(|| git2::Oid::hash_object(git2::ObjectType::Blob, &bytes).ok()).flatten();
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let finding = not_utf8(&file, error.as_bytes(), error.utf8_error().valid_up_to());
                return Self { blob, ..Self::unread(file, finding, "is not UTF-8".into()) };
            }
        };
        let text: Arc<str> = text.strip_prefix('\u{feff}').unwrap_or(&text).into();
        Self { blob, ..Self::parse_text(file, text, limits) }
    }

    fn parse_text(file: Arc<str>, text: Arc<str>, limits: &Limits) -> Self {
        // The parser promises not to panic; a promise broken must not take the daemon down.
        let Ok(parsed) = catch_unwind(AssertUnwindSafe(|| parse_documents(&file, &text, limits))) else {
            let finding = Finding::error("yaml-syntax", "the YAML parser failed on this file")
                .help("simplify the file, and report this as a bug of Aplomo");
            return Self::unread(file, finding, "could not be parsed".into());
        };
        let bad = parsed.problems.iter().any(|p| p.severity == Severity::Error);
        Self {
            incomplete: bad.then(|| format!("`{file}` is not fully readable")),
            empty: text.trim().is_empty(),
            file,
            text: Some(text),
            blob: None,
            documents: parsed.documents,
            problems: parsed.problems,
            nodes: parsed.nodes,
        }
    }
}

fn not_utf8(file: &Arc<str>, bytes: &[u8], valid: usize) -> Finding {
    let before = String::from_utf8_lossy(bytes.get(..valid).unwrap_or_default());
    let last = before.rsplit('\n').next().unwrap_or("").chars().count();
    let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let line = narrow(before.matches('\n').count()).saturating_add(1);
    let mark = Mark { line, column: narrow(last).saturating_add(1) };
    let message = format!("the file is not UTF-8: byte {} cannot be read", valid.saturating_add(1));
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let help = if utf16 { "it looks like UTF-16; save it as UTF-8" } else { "save it as UTF-8" };
    Finding::error("not-utf8", message).help(help).at(file, mark)
}

/// Everything that was loaded.
pub(crate) struct All {
    /// Sorted by file.
    pub(crate) files: Vec<Loaded>,
    /// Whether the budget for all files together was enough; else nothing in `files` may be used.
    pub(crate) within_budget: bool,
}

/// Works through the jobs on all cores. The jobs themselves are made one at a time, as they are taken.
pub(crate) fn load_all<J: Send>(
    jobs: impl Iterator<Item = J> + Send,
    count: usize,
    limits: &Limits,
    work: impl Fn(J) -> Loaded + Sync,
) -> All {
    let queue = Mutex::new(jobs);
    let done = Mutex::new(Vec::with_capacity(count));
    let nodes = AtomicUsize::new(0);
    let worker = || {
        while nodes.load(Ordering::Relaxed) <= limits.total_nodes {
            let job = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(job) = job else { return };
            let loaded = work(job);
            nodes.fetch_add(loaded.nodes, Ordering::Relaxed);
            done.lock().unwrap_or_else(PoisonError::into_inner).push(loaded);
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 1..cores.min(count) {
            scope.spawn(worker);
        }
        worker();
    });
    let mut files = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    files.sort_by(|a, b| a.file.cmp(&b.file));
    All { files, within_budget: nodes.into_inner() <= limits.total_nodes }
}
