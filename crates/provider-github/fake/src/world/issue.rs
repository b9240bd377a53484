//! Issues and pull requests, which share one sequence of numbers; comments and reviews.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::ids::Id;

/// Who wrote or did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "ids of what they say")]
pub enum Author {
    Person(Id),
    App(Id),
}

/// An issue; every pull request is one, too.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Issue {
    pub id: Id,
    pub number: u64,
    pub title: String,
    pub body: Option<String>,
    pub author: Author,
    pub open: bool,
    /// Ids of labels of the repository.
    pub labels: Vec<Id>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub closed: Option<(Timestamp, Author)>,
    pub pull: Option<Pull>,
}

/// What makes an issue a pull request.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Pull {
    pub id: Id,
    pub draft: bool,
    /// A branch, and its commit when the pull request was opened or its head last moved: GitHub does not follow the
    /// base here.
    pub base: (String, String),
    /// A branch and its commit.
    pub head: (String, String),
    /// The repository of the head, if it is another: a fork.
    pub fork: Option<Id>,
    /// Every commit that was its head, oldest first.
    pub heads: Vec<String>,
    /// The commit at `refs/pull/N/merge`; nothing where base and head contradict each other, or git is not served.
    pub trial: Option<String>,
    pub merged: Option<Merged>,
    pub reviews: BTreeMap<Id, Review>,
}

/// How a pull request was merged.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Merged {
    pub at: Timestamp,
    pub by: Author,
    pub commit: String,
}

/// A review.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Review {
    pub id: Id,
    pub author: Author,
    pub body: String,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED` or `DISMISSED`.
    pub state: String,
    /// What was looked at; stays when the head moves on.
    pub commit: String,
    pub submitted_at: Timestamp,
}

/// A comment on an issue or a pull request.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Comment {
    pub id: Id,
    /// The issue's.
    pub number: u64,
    pub author: Author,
    pub body: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Issue {
    /// Whether it is an open pull request.
    #[must_use]
    pub fn is_open_pull(&self) -> bool {
        self.open && self.pull.is_some()
    }
}
