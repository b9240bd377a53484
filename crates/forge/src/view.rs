//! All that a pull request's comment and check say, as plain data: [`crate::comment()`] and [`crate::check()`] turn it into
//! words, and nothing else does. The same view gives the same text, so what is shown is written again only where it
//! changed.
//!
//! Deliberately absent: where any of it comes from (`work`).

use crate::command::Misspelt;
use aplomo_core::approval::PullRef;
use aplomo_core::run::Status;
use aplomo_core::{Address, Change, CommitId, Digest, Finding, Plan, TenantName, Timestamp};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// The languages that comments are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
}

impl Locale {
    /// As a Tenant manifest says it; English for all else.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text == "es" { Self::Es } else { Self::En }
    }
}

/// What stands in a pull request's comment and check.
#[derive(Debug, Clone)]
pub struct View<'a> {
    /// The language.
    pub locale: Locale,
    /// The pull request.
    pub pull: &'a PullRef,
    /// The commit that was looked at.
    pub head: &'a CommitId,
    /// How far it came.
    pub stage: Stage<'a>,
    /// What checks say of what the pull request brings, errors first; file and line in its source.
    pub findings: &'a [Finding],
    /// Its effects, where a plan was made: plan(merge) without what plan(base) has as well.
    pub plan: Option<&'a Plan>,
    /// What differed before and is no part of it: drift, and changes that nobody approved yet.
    pub before: &'a [Change],
    /// Who approved, and what is still needed, by effect.
    pub rights: BTreeMap<Digest, Right>,
    /// What was said and does not count, and why.
    pub notes: Vec<Note>,
    /// Since something was approved, what differs from it.
    pub since: Option<Since>,
    /// Where the whole is, where a page shows it.
    pub link: Option<&'a str>,
    /// Where the manifests are below the root of the repository, without slashes at the ends: annotations need
    /// whole paths.
    pub sub_path: &'a str,
}

impl View<'_> {
    /// A file of the source as it is called in the repository.
    #[must_use]
    pub fn path(&self, file: &str) -> String {
        if self.sub_path.is_empty() { file.to_owned() } else { format!("{}/{file}", self.sub_path) }
    }
}

/// How far a pull request came.
#[derive(Debug, Clone)]
pub enum Stage<'a> {
    /// No plan was made: who asks may not ask. The notes say who and why.
    MayNotAsk,
    /// No plan was made: it cannot be merged as it is.
    Conflict {
        /// The files, at most a few.
        files: Vec<String>,
    },
    /// No plan was made: it is too large.
    TooLarge {
        /// In words of the reader of sources, e.g. which limit.
        why: String,
    },
    /// No plan could be made for now: something outside failed. It is tried again.
    Failed {
        /// What.
        why: String,
    },
    /// Its manifests have errors: they are in the findings.
    Invalid,
    /// It changes nothing outside.
    Nothing,
    /// Effects wait for approvals.
    NeedsApproval,
    /// All effects are approved: merging applies them.
    Approved,
    /// Merged, and this became of the effects.
    Merged {
        /// Each effect.
        results: Vec<Outcome<'a>>,
        /// Whether nothing is left to be done.
        done: bool,
    },
    /// Closed without a merge: nothing is applied and approvals ended.
    Closed,
}

/// What became of an effect of a merged pull request.
#[derive(Debug, Clone)]
pub struct Outcome<'a> {
    /// Where.
    pub address: &'a Address,
    /// The effect.
    pub digest: Digest,
    /// What became of it.
    pub how: How,
    /// In words, where there is more to say.
    pub detail: Option<String>,
    /// The ids of the requests that did it.
    pub request_ids: Vec<SmolStr>,
    /// The run.
    pub run: Option<SmolStr>,
}

/// What became of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A run did this.
    Ran(Status),
    /// Nobody approved it: it is held.
    NotApproved,
    /// The world moved: another change has to be made there, and that one is not approved.
    Moved,
    /// Something holds it: freeze, hold, guard.
    Held,
    /// It is approved and its turn comes.
    Due,
    /// There is nothing to do any more.
    Gone,
}

/// The approvals of one effect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Right {
    /// Logins of those who approved it.
    pub approved_by: BTreeSet<SmolStr>,
    /// How many people must.
    pub needed: u32,
    /// The teams whose members may, `org/slug`.
    pub teams: BTreeSet<SmolStr>,
}

impl Right {
    /// Whether enough people approved it.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.missing() == 0
    }

    /// How many people still must.
    #[must_use]
    pub fn missing(&self) -> u32 {
        let have = u32::try_from(self.approved_by.len()).unwrap_or(u32::MAX);
        self.needed.max(1).saturating_sub(have)
    }
}

/// What differs from what was approved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Since {
    /// Effects that nobody saw before.
    pub new: BTreeSet<Digest>,
    /// Addresses of approved effects that are no part of it any more.
    pub gone: BTreeSet<Address>,
}

/// Something that was said or done and does not count, with the reason. Logins are GitHub's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// Who opened it is no contact of a tenant that it touches.
    AuthorMayNotAsk {
        /// Who.
        login: SmolStr,
        /// Of whom.
        tenant: TenantName,
    },
    /// Somebody pushed to it who is no contact of a tenant that it touches.
    PusherMayNotAsk {
        /// Who.
        login: SmolStr,
        /// Of whom.
        tenant: TenantName,
    },
    /// A contact's login belongs to another account than when it was recorded.
    LoginChangedHands {
        /// The login.
        login: SmolStr,
        /// Of whom.
        tenant: TenantName,
    },
    /// Who pushed cannot be seen.
    PushersUnknown {
        /// Why.
        why: String,
    },
    /// It touches manifests of a tenant that this repository does not speak for.
    NotOfThisSource {
        /// Which tenant.
        tenant: SmolStr,
    },
    /// Nobody approves what he or she asked for or pushed to.
    OwnWork {
        /// Who.
        login: SmolStr,
    },
    /// Not a member of a team that may approve.
    NoApprover {
        /// Who.
        login: SmolStr,
        /// The teams that may.
        teams: BTreeSet<SmolStr>,
    },
    /// The review is of a commit that is not what is planned now.
    OtherCommit {
        /// Who.
        login: SmolStr,
        /// The commit of the review.
        commit: SmolStr,
    },
    /// The digest is no plan and no effect that is shown here.
    OtherDigest {
        /// Who.
        login: SmolStr,
        /// What was written.
        digest: String,
    },
    /// The person is suspended.
    Suspended {
        /// Who.
        login: SmolStr,
    },
    /// The comment was changed after it was written: an approval by it ended, or it never counted.
    Edited {
        /// Who.
        login: SmolStr,
    },
    /// The review was dismissed, or the comment taken away.
    Withdrawn {
        /// Who.
        login: SmolStr,
    },
    /// The approval is over.
    Expired {
        /// Who.
        login: SmolStr,
        /// When.
        at: Timestamp,
    },
    /// What was written is no command.
    NoCommand {
        /// Who.
        login: SmolStr,
        /// What was written, and what is wrong with it.
        what: Misspelt,
    },
    /// A command that was not carried out.
    Refused {
        /// Who.
        login: SmolStr,
        /// The command.
        command: SmolStr,
        /// Why.
        why: String,
    },
    /// Somebody else changed our comment; it was put back.
    CommentRestored,
}
