//! Every text that people read on a pull request, in each language. A text that is missing in one does not compile.
//!
//! Two sorts: what stands in running text puts everything from elsewhere into code spans itself; a `Line` stands in a
//! code block, where the block escapes it.
//!
//! Deliberately absent: what findings and the notes of a risk say. Those are words of the planner and of the types, in
//! English, and the same in the terminal.

mod en;
mod es;
#[cfg(test)]
mod tests;

use crate::command::Misspelt;
use crate::markdown::short;
use crate::view::{How, Locale, Note, Right};
use aplomo_core::plan::{Action, HeldBy, Reason};
use aplomo_core::{Digest, Risk, Severity, Timestamp};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The words of a language.
pub(crate) fn words(locale: Locale) -> &'static dyn Words {
    match locale {
        Locale::En => &en::English,
        Locale::Es => &es::Spanish,
    }
}

/// What can be said in a comment, as Markdown.
#[must_use]
pub fn help(locale: Locale) -> String {
    words(locale).help()
}

impl Misspelt {
    /// What is wrong with it, as Markdown, with the digest that an approval would name.
    #[must_use]
    pub fn say(&self, locale: Locale, digest: Option<&Digest>) -> String {
        words(locale).misspelt(self, digest)
    }
}

/// The most octets of something that was said: nobody fills the page by talking.
const SAID: usize = 160;

/// The most names that are listed in one line.
const NAMES: usize = 5;

/// Some names and how many more there are, for a line in a code block.
fn people(names: &BTreeSet<SmolStr>, more: impl Fn(usize) -> String) -> String {
    let mut all: Vec<String> = names.iter().take(NAMES).map(|name| short(name, SAID)).collect();
    if names.len() > NAMES {
        all.push(more(names.len() - NAMES));
    }
    all.join(", ")
}

/// All texts.
pub(crate) trait Words: Sync {
    /// How far it came, in one line without code or full stop: it is also the title of the check.
    fn headline(&self, what: &Headline) -> String;
    /// What is to be done next and by whom.
    fn next(&self, step: &Next<'_>) -> String;
    /// How what is not applied yet goes on, where there is something to say.
    fn go_on(&self, how: How) -> Option<&'static str>;
    /// What a plan does, counted, e.g. `2 to create, 1 to delete`.
    fn counts(&self, counts: &[(Action, usize)]) -> String;
    /// A heading.
    fn title(&self, title: Title) -> &'static str;
    /// That there is more than is shown.
    fn more(&self, what: More, count: usize) -> String;
    /// What was said and does not count. With the digest that an approval would name.
    fn note(&self, note: &Note, digest: Option<&Digest>) -> String;
    /// What is wrong with a command. With the digest that an approval would name.
    fn misspelt(&self, wrong: &Misspelt, digest: Option<&Digest>) -> String;
    /// What can be said in a comment, as Markdown.
    fn help(&self) -> String;
    /// What is done.
    fn action(&self, action: Action) -> &'static str;
    /// A risk, in capitals: it is shouted.
    fn risk(&self, risk: Risk) -> &'static str;
    /// Why a field differs.
    fn reason(&self, reason: Reason) -> &'static str;
    /// How much a finding weighs.
    fn severity(&self, severity: Severity) -> &'static str;
    /// What became of an effect.
    fn how(&self, how: How) -> &'static str;
    /// A line in a code block.
    fn line(&self, line: &Line<'_>) -> String;
    /// What stands in the place of a value.
    fn value(&self, value: &Value<'_>) -> String;
    /// What the plan cost: calls in all and by service, already in words of the service.
    fn cost(&self, calls: u64, by: &str) -> String;
}

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Headline {
    MayNotAsk,
    Conflict,
    TooLarge,
    Failed,
    Invalid {
        errors: usize,
    },
    Nothing,
    NeedsApproval {
        open: usize,
        all: usize,
    },
    /// It waits for approvals and cannot be shown whole, so it is not approved here.
    CannotShow,
    Approved {
        all: usize,
    },
    Done {
        all: usize,
    },
    Left {
        left: usize,
        all: usize,
    },
    Closed,
    Running,
}

/// What is to be done.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Next<'a> {
    MayNotAsk,
    Conflict,
    TooLarge {
        why: &'a str,
    },
    Failed {
        why: &'a str,
    },
    Invalid,
    Nothing,
    /// Followed by the comment to write. What is merged is not reviewed any more, so it has no commit then.
    NeedsApproval {
        teams: &'a BTreeSet<SmolStr>,
        commit: Option<&'a str>,
    },
    CannotShow,
    Approved,
    Done,
    /// Nothing more is known of what is left.
    Left,
    Closed,
    Running,
}

/// Headings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Title {
    Notes,
    Since,
    Findings,
    Results,
    Open,
    Unverifiable,
    Before,
    Digests,
    Whole,
}

/// What there may be more of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum More {
    Routine,
    RoutineDetails,
    Approvals,
    Grave,
    Errors,
    Findings,
    Unverifiable,
    Before,
    Digests,
    Notes,
    Since,
    Results,
    Files,
    Names,
}

/// A line in a code block.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Line<'a> {
    /// An object that is gone is made again.
    DriftGone,
    /// It was not there when it was approved.
    New,
    /// An approved effect is no part of it any more.
    Gone { address: &'a str },
    /// Whatever brings it along.
    ComesWith { address: &'a str },
    /// The address before.
    Was { address: &'a str },
    /// In which order one takes the place of the other.
    Replaced { create_first: bool },
    /// It goes by itself, and approving it approves that.
    Until { at: Timestamp },
    /// Approved and applied together.
    Group { group: &'a str },
    /// How many different people must approve it.
    People { needed: u32 },
    /// What holds it.
    Held { by: &'a HeldBy },
    /// Who approved an effect, and who must.
    Approval { digest: &'a str, right: Option<&'a Right> },
    /// The way out of a finding.
    Help { help: &'a str },
    /// Where a result came from.
    Run { run: &'a str },
    /// The ids of the services.
    Requests { ids: &'a str },
}

/// What stands in the place of a value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    None,
    Hidden,
    LeftAlone,
    Secret(&'a str),
    /// A reference that is known only once its target exists.
    Later(&'a str),
    /// The notes say all that it means.
    Told,
}
