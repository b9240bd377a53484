//! What people said of a pull request: each review and each comment as one word with its place, so that it can be
//! looked at again and taken back when it is gone.
//!
//! Deliberately absent: whether it counts (`rights`), and what a command does (`clerk`).

use crate::command::{Command, commands};
use crate::memo::Memo;
use crate::view::Note;
use aplomo_core::{Digest, Timestamp};
use aplomo_provider_github::desk::{Comment, Person, Review};
use smol_str::{SmolStr, format_smolstr};
use std::collections::{BTreeMap, BTreeSet};

/// Something that somebody said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Word {
    /// Where: `review 80`, `comment 55`. Its approvals end when it is gone.
    pub place: SmolStr,
    /// Who.
    pub who: Person,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What was said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    /// A review that approves a commit: all of the plan that was shown of it.
    Reviewed(String),
    /// These effects, or all of these plans.
    Approves(BTreeSet<Digest>),
    /// Anything else, with the comment's id.
    Commands(u64, Command),
}

/// What was said, and what cannot count whoever said it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Said {
    /// Words that may count.
    pub words: Vec<Word>,
    /// What does not, and why.
    pub notes: BTreeSet<Note>,
    /// Our own comment as it is.
    pub ours: Option<Comment>,
}

/// Gathers what was said. Comments of our own App say nothing; those of other machines are not asked for either.
#[must_use]
pub(crate) fn said(reviews: &[Review], comments: &[Comment], memo: &Memo, app: Option<u64>) -> Said {
    let mut said = Said::default();
    review_words(reviews, memo, &mut said);
    for comment in comments {
        let (Some(who), Some(body)) = (&comment.user, &comment.body) else { continue };
        if who.sort == "Bot" || app.is_some_and(|app| comment.is_of(app)) {
            continue;
        }
        comment_words(comment, who, body, &mut said);
    }
    said
}

/// Of each person the last review counts that approves or asks for changes; a dismissed one is gone.
fn review_words(reviews: &[Review], memo: &Memo, said: &mut Said) {
    let mut last: BTreeMap<u64, &Review> = BTreeMap::new();
    for review in reviews {
        let Some(who) = &review.user else { continue };
        if matches!(review.state.as_str(), "APPROVED" | "CHANGES_REQUESTED" | "DISMISSED") {
            last.insert(who.id, review);
        }
    }
    for review in last.into_values() {
        let place = format_smolstr!("review {}", review.id);
        let (Some(who), Some(at)) = (review.user.clone(), review.submitted_at) else { continue };
        match (review.state.as_str(), &review.commit_id) {
            ("APPROVED", Some(commit)) => {
                said.words.push(Word { place, who, at, what: What::Reviewed(commit.clone()) });
            }
            ("DISMISSED", _) if memo.taken.contains_key(&place) => {
                said.notes.insert(Note::Withdrawn { login: who.login.into() });
            }
            _ => {}
        }
    }
}

fn comment_words(comment: &Comment, who: &Person, body: &str, said: &mut Said) {
    let found = commands(body);
    if found.is_empty() {
        return;
    }
    let login = SmolStr::new(&who.login);
    if comment.edited() {
        // What others read may not be what was written: nobody can tell when it was said.
        said.notes.insert(Note::Edited { login });
        return;
    }
    for command in found {
        let place = format_smolstr!("comment {}", comment.id);
        let (who, at) = (who.clone(), comment.created_at);
        match command {
            Ok(Command::Approve { digests }) => {
                said.words.push(Word { place, who, at, what: What::Approves(digests) });
            }
            Ok(command) => {
                said.words.push(Word { place, who, at, what: What::Commands(comment.id, command) });
            }
            Err(misspelt) => {
                said.notes.insert(Note::NoCommand { login: login.clone(), what: misspelt });
            }
        }
    }
}
