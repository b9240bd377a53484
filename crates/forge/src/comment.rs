//! The one comment on a pull request, which is updated in place.
//!
//! GitHub takes 65,536 characters. What is routine is left out where it does not fit, details before rows, with the
//! number of what is missing. What is not routine, errors and the digest are never left out: a plan of which those
//! alone are too much is not shown in part as if that were all, and is not approved here ([`fits`]).
//!
//! What a plan needs and what people may say have room of their own, so that nobody makes a plan too large by talking.
//!
//! Deliberately absent: the words (`texts`), and what is on the page beside them (`view`).

mod change;
mod changes;
mod head;
mod lists;
mod results;
#[cfg(test)]
mod tests;
mod values;

use crate::markdown::link;
use crate::texts::{Title, Words, words};
use crate::view::View;
use changes::Changes;
pub(crate) use head::{headline, next};
pub(crate) use lists::{errors, findings, notes};

/// The first line: invisible, and how our comment is found again.
pub const MARKER: &str = "<!-- aplomo:pull -->";

/// The most octets of a comment: fewer than GitHub takes characters, whichever it counts.
pub const LIMIT: usize = 60_000;

/// The most octets of what is never left out of a plan. The rest is for what people said and for ourselves.
const GRAVE_LIMIT: usize = 42_000;
/// The most octets of what people said, of what is new, and what findings that are no errors and what could not be
/// seen have for certain.
const NOTES: usize = 6_000;
const SINCE: usize = 3_000;
const SHARE: usize = 3_000;
/// For the lines that say that something is left out.
const RESERVE: usize = 1_000;

/// Whether all that must never be left out can be shown, so that the plan may be approved by what is shown here.
#[must_use]
pub fn fits(view: &View<'_>) -> bool {
    let words = words(view.locale);
    grave_size(view, words, &Changes::new(view, words)) <= GRAVE_LIMIT
}

/// Depends on the plan and its findings alone: an approval must not change whether there is one.
fn grave_size(view: &View<'_>, words: &dyn Words, changes: &Changes<'_>) -> usize {
    errors(view, words, usize::MAX).len() + changes.grave_size()
}

/// The comment, as GitHub's Markdown.
#[must_use]
pub fn comment(view: &View<'_>) -> String {
    let words = words(view.locale);
    let changes = Changes::new(view, words);
    let room = if grave_size(view, words, &changes) <= GRAVE_LIMIT { usize::MAX } else { GRAVE_LIMIT / 2 };
    let mut page = Page::new(view, words, &changes, room);
    page.fill();
    page.text()
}

/// The parts of the page. First what is always there, then what fits, the more important before the less.
struct Page<'a> {
    view: &'a View<'a>,
    words: &'a dyn Words,
    changes: &'a Changes<'a>,
    head: String,
    notes: String,
    since: String,
    errors: String,
    tail: String,
    results: String,
    findings: String,
    shown: String,
    unverifiable: String,
    before: String,
    digests: String,
}

impl<'a> Page<'a> {
    /// `room` is for the errors and for what is not routine, each: all of them, where they fit.
    fn new(view: &'a View<'a>, words: &'a dyn Words, changes: &'a Changes<'a>, room: usize) -> Self {
        Self {
            head: format!("{MARKER}\n### {}\n\n{}", headline(view, words), next(view, words)),
            notes: notes(view, words, NOTES),
            since: lists::since(view, words, SINCE),
            errors: errors(view, words, room),
            tail: tail(view, words),
            shown: changes.grave(room),
            results: String::new(),
            findings: String::new(),
            unverifiable: String::new(),
            before: String::new(),
            digests: String::new(),
            view,
            words,
            changes,
        }
    }

    /// What is left to be filled.
    fn room(&self) -> usize {
        LIMIT.saturating_sub(self.text().len() + RESERVE)
    }

    fn fill(&mut self) {
        let (view, words) = (self.view, self.words);
        self.findings = findings(view, words, SHARE.min(self.room()));
        self.unverifiable = lists::unverifiable(view, words, SHARE.min(self.room()));
        self.results = results::results(view, words, self.room());
        if self.changes.are_whole(&self.shown) {
            self.shown = self.changes.within(self.room() + self.shown.len());
        }
        self.findings = findings(view, words, self.room() + self.findings.len());
        self.unverifiable = lists::unverifiable(view, words, self.room() + self.unverifiable.len());
        self.before = lists::before(view, words, self.room());
        self.digests = lists::digests(view, words, self.room());
    }

    fn text(&self) -> String {
        let parts = [
            &self.head,
            &self.notes,
            &self.since,
            &self.results,
            &self.errors,
            &self.findings,
            &self.shown,
            &self.unverifiable,
            &self.before,
            &self.digests,
            &self.tail,
        ];
        let parts = parts.into_iter().filter(|part| !part.is_empty()).map(|part| part.trim_end());
        let mut text = parts.collect::<Vec<_>>().join("\n\n");
        text.push('\n');
        text
    }
}

/// What it cost and where the whole is.
fn tail(view: &View<'_>, words: &dyn Words) -> String {
    let cost = view.plan.and_then(|plan| lists::cost(&plan.meta.api_calls, words));
    let link = view.link.and_then(|to| link(words.title(Title::Whole), to));
    cost.into_iter().chain(link).collect::<Vec<_>>().join(" ")
}
