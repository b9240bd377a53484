//! What is remembered of a pull request between two looks: what was shown, when, and which words were taken for
//! approvals. Everything else is read from GitHub again, so losing this costs a comment that is written anew and
//! approvals that have to be given again; it never applies anything.

use aplomo_core::{Address, Change, CommitId, Digest, Finding, Timestamp};
use aplomo_provider_github::desk::Person;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// The most plans of a pull request that are remembered as shown.
const SHOWN: usize = 50;
/// The most changes that were there before which are kept to be shown.
pub const BEFORE: usize = 100;

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Memo {
    /// The commit that was looked at.
    pub head: Option<CommitId>,
    /// Into what it was merged to look.
    pub base: Option<CommitId>,
    /// Plans that were shown, oldest first; the last is the one of now.
    pub shown: Vec<Shown>,
    /// What the plan of now says, whatever the moment.
    pub says: Option<Digest>,
    /// Findings that the pull request brings.
    pub findings: Vec<Finding>,
    /// What differed before.
    pub before: Vec<Change>,
    /// Whether its manifests have errors.
    pub invalid: bool,
    /// Words that were taken for approvals, with the approvals.
    pub taken: BTreeMap<SmolStr, Vec<SmolStr>>,
    /// Words that were answered: commands that were carried out, by comment.
    pub answered: BTreeSet<u64>,
    /// Our comment.
    pub comment: Option<u64>,
    /// Whether it was written in this look: then what was read of it before is old.
    #[serde(skip)]
    pub just_said: bool,
    /// What it says, by digest.
    pub comment_says: Option<Digest>,
    /// What our check says and of which commit, by digest.
    pub check_says: Option<Digest>,
    /// Where effects are: of a merged pull request, what is planned there is of it.
    pub addresses: BTreeSet<Address>,
    /// When it was last planned.
    pub planned_at: Option<Timestamp>,
    /// Who asked, by immutable id, with the login of then: none of them approves.
    pub askers: BTreeMap<u64, SmolStr>,
    /// Of a pull request that we opened: for whom, and the commit that we made.
    pub ours: Option<Ours>,
    /// Whether it was merged.
    pub merged: bool,
    /// Whether nothing more comes of it.
    pub concluded: bool,
}

/// A plan that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// The plan.
    pub plan: Digest,
    /// The commit that it is of.
    pub head: CommitId,
    /// When it was shown, by GitHub's clock: what was said before cannot mean it.
    pub at: Option<Timestamp>,
}

/// For whom we opened a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ours {
    /// Who asked for it: that is its author.
    pub person: Person,
    /// The commit that we made.
    pub commit: String,
}

impl Memo {
    /// The plan of now.
    #[must_use]
    pub fn now(&self) -> Option<&Shown> {
        self.shown.last()
    }

    /// Another plan is shown.
    pub fn show(&mut self, plan: Digest, head: CommitId) {
        self.shown.push(Shown { plan, head, at: None });
        let excess = self.shown.len().saturating_sub(SHOWN);
        self.shown.drain(..excess);
    }

    /// The plan that somebody saw who spoke of this commit at this moment. Moments are whole seconds: what was said in
    /// the second in which a plan was shown does not mean it.
    #[must_use]
    pub fn seen_at(&self, commit: &str, at: Timestamp) -> Option<&Shown> {
        self.shown.iter().rev().find(|s| s.head.as_str() == commit && s.at.is_some_and(|shown| shown < at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_means_the_plan_that_was_shown_when_it_was_said() {
        let head = CommitId::new("a".repeat(40)).unwrap();
        let digest = |text: &str| Digest::of_json(&text).unwrap();
        let mut memo = Memo::default();
        for (n, second) in [("one", 10), ("two", 20)] {
            memo.show(digest(n), head.clone());
            memo.shown.last_mut().unwrap().at = Timestamp::from_second(second).ok();
        }
        memo.show(digest("three"), head.clone());
        let at =
            |second| memo.seen_at(head.as_str(), Timestamp::from_second(second).unwrap()).map(|s| s.plan);
        assert_eq!((at(10), at(20), at(99)), (None, Some(digest("one")), Some(digest("two"))));
        assert_eq!(memo.seen_at("b", Timestamp::from_second(99).unwrap()), None);
        (0..99).for_each(|_| memo.show(digest("more"), head.clone()));
        assert_eq!(memo.shown.len(), SHOWN);
    }
}
