//! The check on a pull request's head: whether it may go on, in a line, and what matters at the lines that matter.
//!
//! Deliberately absent: sending it, 50 annotations at a time (`work`).

#[cfg(test)]
mod tests;

use crate::comment;
use crate::markdown::{link, short};
use crate::texts::{Headline, Next, Title, Words, words};
use crate::view::{Locale, Stage, View};
use aplomo_core::plan::Change;
use aplomo_core::{Finding, Risk, Severity};
use aplomo_planner::escape_text;

/// What a check run says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// How it ended; none while it runs.
    pub conclusion: Option<Conclusion>,
    /// One line of text, at most 255 octets.
    pub title: String,
    /// Markdown, at most [`comment::LIMIT`] octets.
    pub summary: String,
    /// What is said at lines of files: all of it.
    pub annotations: Vec<Annotation>,
}

/// How a check ended, as GitHub calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// It may be merged.
    Success,
    /// It cannot go on as it is.
    Failure,
    /// A person has to do something.
    ActionRequired,
    /// Neither good nor bad.
    Neutral,
}

impl Conclusion {
    /// GitHub's word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::ActionRequired => "action_required",
            Self::Neutral => "neutral",
        }
    }
}

/// Something that is said at lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The file, from the root of the repository.
    pub path: String,
    /// From 1.
    pub start_line: u32,
    /// The last line, this included.
    pub end_line: u32,
    /// How much it weighs.
    pub level: Level,
    /// At most 255 octets, plain text.
    pub title: String,
    /// At most 64 KB, plain text.
    pub message: String,
}

/// How much an annotation weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Worth knowing.
    Notice,
    /// To be looked at.
    Warning,
    /// To be corrected.
    Failure,
}

impl Level {
    /// GitHub's word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }
}

/// GitHub's limit for titles is 255 characters, for messages 64 KB; `…` has three octets.
const TITLE: usize = 250;
const MESSAGE: usize = 60_000;
/// The room of each part of the summary.
const NOTES: usize = 6_000;
const ERRORS: usize = 30_000;
const FINDINGS: usize = 12_000;

/// What the check says while nothing is known yet.
#[must_use]
pub fn running(locale: Locale) -> Check {
    let words = words(locale);
    let (title, summary) = (words.headline(&Headline::Running), words.next(&Next::Running));
    Check { conclusion: None, title, summary, annotations: Vec::new() }
}

/// What the check says.
#[must_use]
pub fn check(view: &View<'_>) -> Check {
    let words = words(view.locale);
    let findings = view.findings.iter().filter_map(|finding| of_finding(view, words, finding));
    let changes = view.plan.into_iter().flat_map(|plan| &plan.changes);
    let changes = changes.filter_map(|change| of_change(view, words, change));
    Check {
        conclusion: Some(conclusion(&view.stage)),
        title: short(&comment::headline(view, words), TITLE),
        summary: summary(view, words),
        annotations: findings.chain(changes).collect(),
    }
}

const fn conclusion(stage: &Stage<'_>) -> Conclusion {
    match stage {
        Stage::MayNotAsk | Stage::NeedsApproval => Conclusion::ActionRequired,
        Stage::Approved | Stage::Nothing | Stage::Merged { done: true, .. } => Conclusion::Success,
        Stage::Invalid | Stage::Conflict { .. } | Stage::TooLarge { .. } | Stage::Failed { .. } => {
            Conclusion::Failure
        }
        Stage::Merged { done: false, .. } | Stage::Closed => Conclusion::Neutral,
    }
}

/// What is to be done next, what does not count and what is wrong. The changes are in the comment.
fn summary(view: &View<'_>, words: &dyn Words) -> String {
    let parts = [
        comment::next(view, words),
        comment::notes(view, words, NOTES),
        comment::errors(view, words, ERRORS),
        comment::findings(view, words, FINDINGS),
        view.link.and_then(|to| link(words.title(Title::Whole), to)).unwrap_or_default(),
    ];
    let parts = parts.iter().filter(|part| !part.is_empty()).map(|part| part.trim_end());
    parts.collect::<Vec<_>>().join("\n\n")
}

fn of_finding(view: &View<'_>, words: &dyn Words, finding: &Finding) -> Option<Annotation> {
    let level = match finding.severity {
        Severity::Error => Level::Failure,
        Severity::Warning => Level::Warning,
        Severity::Info => Level::Notice,
    };
    let title = format!("{}[{}]", words.severity(finding.severity), finding.rule);
    let address = finding.address.as_ref().map(ToString::to_string);
    let message = [Some(finding.message.clone()), finding.help.clone(), address];
    Some(annotation(view, finding.file.as_ref()?, finding.line, level, &title, message.into_iter().flatten()))
}

/// What is not routine is said where it was written.
fn of_change(view: &View<'_>, words: &dyn Words, change: &Change) -> Option<Annotation> {
    let origin = change.origins.first().filter(|_| change.risk > Risk::Routine)?;
    let title = format!("{}: {} {}", words.risk(change.risk), words.action(change.action), change.address);
    let message = change.risk_notes.iter().cloned().chain([change.address.to_string()]);
    Some(annotation(view, &origin.file, Some(origin.line), Level::Warning, &title, message))
}

/// A file whose line is not known is spoken of at its first.
fn annotation(
    view: &View<'_>,
    file: &str,
    line: Option<u32>,
    level: Level,
    title: &str,
    message: impl Iterator<Item = String>,
) -> Annotation {
    let line = line.unwrap_or(1).max(1);
    // Each is one line of its own; what it holds cannot make more of them.
    let lines: Vec<String> = message.map(|line| escape_text(&line).into_owned()).collect();
    Annotation {
        path: view.path(file),
        start_line: line,
        end_line: line,
        level,
        title: short(title, TITLE),
        message: cut(lines.join("\n")),
    }
}

fn cut(text: String) -> String {
    if text.len() <= MESSAGE {
        return text;
    }
    let end = (0..=MESSAGE).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}…", &text[..end])
}
