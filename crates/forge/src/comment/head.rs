//! What stands first: how far it came, what is to be done next and by whom, what it does in numbers.

use super::results;
use crate::markdown::{codes, fence, short};
use crate::texts::{Headline, More, Next, Words};
use crate::view::{How, Stage, View};
use aplomo_core::plan::{Action, Change};
use aplomo_core::{Digest, Risk, Severity};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// The most octets of what failed or was too much.
const WHY: usize = 500;
/// How many files in conflict, and effects to approve one by one, are named.
const FILES: usize = 10;
/// How many characters of a commit are shown.
const COMMIT: usize = 12;

/// How far it came, in one line.
pub(crate) fn headline(view: &View<'_>, words: &dyn Words) -> String {
    let all = view.plan.map_or(0, |plan| plan.changes.len());
    words.headline(&match &view.stage {
        Stage::MayNotAsk => Headline::MayNotAsk,
        Stage::Conflict { .. } => Headline::Conflict,
        Stage::TooLarge { .. } => Headline::TooLarge,
        Stage::Failed { .. } => Headline::Failed,
        Stage::Invalid => {
            let errors = view.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
            Headline::Invalid { errors }
        }
        Stage::Nothing => Headline::Nothing,
        Stage::NeedsApproval if !super::fits(view) => Headline::CannotShow,
        Stage::NeedsApproval => Headline::NeedsApproval { open: lacking(view).count(), all },
        Stage::Approved => Headline::Approved { all },
        Stage::Merged { results, done: true } => Headline::Done { all: results.len() },
        Stage::Merged { results, done: false } => {
            let left = results.iter().filter(|result| !results::is_done(result.how)).count();
            Headline::Left { left, all: results.len() }
        }
        Stage::Closed => Headline::Closed,
    })
}

/// Changes that not enough people approved.
fn lacking<'a>(view: &View<'a>) -> impl Iterator<Item = &'a Change> {
    results::open(view)
        .filter(|change| view.rights.get(&change.digest).is_none_or(|right| !right.is_enough()))
}

/// The digest that an approval names here; none where what it means cannot be shown.
pub(super) fn approvable(view: &View<'_>) -> Option<Digest> {
    view.plan.filter(|_| super::fits(view)).map(|plan| plan.digest)
}

/// What is to be done next and by whom, and what it does in numbers.
pub(crate) fn next(view: &View<'_>, words: &dyn Words) -> String {
    let mut out = step(view, words).trim_end().to_owned();
    let changes: Vec<&Change> = results::open(view).collect();
    if !changes.is_empty() {
        out.push_str("\n\n");
        out.push_str(&counts(&changes, words));
    }
    out
}

fn step(view: &View<'_>, words: &dyn Words) -> String {
    match &view.stage {
        Stage::MayNotAsk => words.next(&Next::MayNotAsk),
        Stage::Conflict { files } => conflict(files, words),
        Stage::TooLarge { why } => words.next(&Next::TooLarge { why: &short(why, WHY) }),
        Stage::Failed { why } => words.next(&Next::Failed { why: &short(why, WHY) }),
        Stage::Invalid => words.next(&Next::Invalid),
        Stage::Nothing => words.next(&Next::Nothing),
        Stage::NeedsApproval => approve(view, words),
        Stage::Approved => words.next(&Next::Approved),
        Stage::Merged { done: true, .. } => words.next(&Next::Done),
        Stage::Merged { results, done: false } => {
            go_on(view, words, results.iter().map(|r| (r.how, r.digest)))
        }
        Stage::Closed => words.next(&Next::Closed),
    }
}

fn conflict(files: &[String], words: &dyn Words) -> String {
    let mut out = words.next(&Next::Conflict);
    if !files.is_empty() {
        out.push_str(&format!("\n\n- {}", codes(files.iter().take(FILES).map(|file| short(file, WHY)))));
    }
    if files.len() > FILES {
        out.push_str(&format!("\n- … {}", words.more(More::Files, files.len() - FILES)));
    }
    out
}

fn approve(view: &View<'_>, words: &dyn Words) -> String {
    let Some(digest) = approvable(view) else { return words.next(&Next::CannotShow) };
    let rights = lacking(view).filter_map(|change| view.rights.get(&change.digest));
    let teams: BTreeSet<SmolStr> = rights.flat_map(|right| right.teams.iter().cloned()).take(FILES).collect();
    let commit: String = view.head.as_str().chars().take(COMMIT).collect();
    let commit = Some(commit.as_str()).filter(|_| !matches!(view.stage, Stage::Merged { .. }));
    let said = words.next(&Next::NeedsApproval { teams: &teams, commit });
    format!("{said}\n\n{}", command([digest]))
}

fn command(digests: impl IntoIterator<Item = Digest>) -> String {
    let digests = digests.into_iter().map(|digest| format!(" {digest}")).collect::<String>();
    fence("", [format!("/aplomo approve{digests}")])
}

/// How what was merged and is not applied goes on: once for each way, and what to write where it lacks approvals.
fn go_on(view: &View<'_>, words: &dyn Words, results: impl Iterator<Item = (How, Digest)>) -> String {
    let (mut said, mut unapproved) = (BTreeMap::new(), Vec::new());
    for (how, digest) in results {
        if let Some(text) = words.go_on(how) {
            said.entry(text).or_insert(results::order(how));
        }
        unapproved.extend((how == How::NotApproved).then_some(digest));
    }
    let mut said: Vec<_> = said.into_iter().map(|(text, order)| (order, text)).collect();
    said.sort_unstable();
    let mut out = said.iter().map(|(_, text)| format!("- {text}")).collect::<Vec<_>>().join("\n");
    if out.is_empty() {
        out = words.next(&Next::Left);
    }
    if lacking(view).next().is_some() {
        out.push_str("\n\n");
        out.push_str(&approve(view, words));
    } else if view.plan.is_none() && !unapproved.is_empty() && unapproved.len() <= FILES {
        out.push_str("\n\n");
        out.push_str(&command(unapproved));
    }
    out
}

fn counts(changes: &[&Change], words: &dyn Words) -> String {
    let of = |action: Action| (action, changes.iter().filter(|change| change.action == action).count());
    let actions: Vec<_> = Action::ALL.into_iter().map(of).filter(|(_, count)| *count > 0).collect();
    let mut out = format!("{}.", words.counts(&actions));
    let risks = [Risk::Irreversible, Risk::Outage, Risk::Sensitive];
    let counted = risks.map(|risk| (risk, changes.iter().filter(|change| change.risk == risk).count()));
    let shouted = counted.into_iter().filter(|(_, count)| *count > 0);
    let shouted: Vec<String> =
        shouted.map(|(risk, count)| format!("{}: {count}", words.risk(risk))).collect();
    if !shouted.is_empty() {
        out.push_str(&format!(" **{}**", shouted.join(" · ")));
    }
    out
}
