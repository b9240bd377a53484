//! What became of a merged pull request.

use super::lists::{List, block};
use crate::texts::{Line, More, Title, Words};
use crate::view::{How, Outcome, Stage, View};
use aplomo_core::Digest;
use aplomo_core::plan::Change;
use aplomo_core::run::Status;
use std::collections::BTreeSet;

/// Whether nothing is left to be done of an effect.
pub(super) const fn is_done(how: How) -> bool {
    matches!(how, How::Ran(Status::Applied) | How::Gone)
}

/// The changes that are still to be made: none of a pull request that was closed, and of a merged one those that are
/// not done.
pub(super) fn open<'a>(view: &View<'a>) -> impl Iterator<Item = &'a Change> {
    let done: BTreeSet<Digest> = match &view.stage {
        Stage::Merged { results, .. } => {
            results.iter().filter(|r| is_done(r.how)).map(|r| r.digest).collect()
        }
        _ => BTreeSet::new(),
    };
    let plan = view.plan.filter(|_| !matches!(view.stage, Stage::Closed));
    plan.into_iter().flat_map(|plan| &plan.changes).filter(move |change| !done.contains(&change.digest))
}

/// What somebody has to look at comes first.
pub(super) const fn order(how: How) -> u8 {
    match how {
        How::Ran(Status::Failed) => 0,
        How::Ran(Status::Unknown) => 1,
        How::Ran(Status::Quarantined) => 2,
        How::Moved | How::Ran(Status::Stale) => 3,
        How::NotApproved => 4,
        How::Held | How::Ran(Status::Held) => 5,
        How::Ran(Status::Skipped) => 6,
        How::Ran(Status::Waiting) => 7,
        How::Due => 8,
        How::Ran(Status::Applied) => 9,
        How::Gone => 10,
    }
}

/// Each effect with its result, run and requests.
pub(super) fn results(view: &View<'_>, words: &dyn Words, room: usize) -> String {
    let Stage::Merged { results, .. } = &view.stage else { return String::new() };
    let mut sorted: Vec<&Outcome<'_>> = results.iter().collect();
    sorted.sort_by_key(|result| (order(result.how), result.address));
    let width = sorted.iter().map(|result| words.how(result.how).chars().count()).max().unwrap_or(0);
    let items: Vec<_> = sorted.into_iter().map(|result| lines(words, result, width)).collect();
    let list = List { items: &items, more: More::Results, room };
    list.text(words, |lines, more| block(words.title(Title::Results), lines, more))
}

fn lines(words: &dyn Words, result: &Outcome<'_>, width: usize) -> Vec<String> {
    let sign = match order(result.how) {
        0..=2 => '-',
        3..=6 => '!',
        7..=8 => ' ',
        _ => '+',
    };
    let mut out = vec![format!("{sign} {:width$}  {}", words.how(result.how), result.address)];
    let mut say = |text: String| out.push(format!("      {text}"));
    if let Some(detail) = &result.detail {
        say(detail.clone());
    }
    let run = result.run.as_ref().map(|run| words.line(&Line::Run { run }));
    let ids = result.request_ids.join(", ");
    let requests = (!ids.is_empty()).then(|| words.line(&Line::Requests { ids: &ids }));
    let both: Vec<String> = run.into_iter().chain(requests).collect();
    if !both.is_empty() {
        say(both.join("  "));
    }
    out
}
