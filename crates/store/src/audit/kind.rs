//! The sorts of audit entries.

use crate::error::StoreError;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What an audit entry tells of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum AuditKind {
            $($(#[$doc])* #[serde(rename = $word)] $name,)*
        }
        impl AuditKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The word, as stored.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

kinds! {
    /// A plan was shown to somebody.
    PlanShown = "plan-shown",
    /// Effects were approved.
    Approval = "approval",
    /// An approval was revoked.
    ApprovalRevoked = "approval-revoked",
    /// A guard was lifted as part of an approval.
    Lift = "lift",
    /// Writes were stopped.
    Hold = "hold",
    /// A hold, a quarantine or a source was released.
    Release = "release",
    /// Drift was put off.
    Snooze = "snooze",
    /// Something was refused.
    Refusal = "refusal",
    /// A run began.
    RunStarted = "run-started",
    /// A call is about to be made.
    Intent = "intent",
    /// What became of a call.
    Outcome = "outcome",
    /// A change was applied.
    Applied = "applied",
    /// A change did not converge.
    Quarantined = "quarantined",
    /// A run ended.
    RunFinished = "run-finished",
    /// A source was held.
    SourceHeld = "source-held",
    /// A head of a source was accepted.
    SourceAccepted = "source-accepted",
    /// The configuration changed.
    ConfigChanged = "config-changed",
    /// Another version of Aplomo started.
    VersionChanged = "version-changed",
    /// The store was restored, or its ledger rebuilt.
    Recovered = "recovered",
    /// Another key signs from here on.
    KeyRotated = "key-rotated",
    /// Somebody's lease was broken.
    LeaseBroken = "lease-broken",
    /// A pull request was merged: its approvals count from then on.
    PullMerged = "pull-merged",
    /// A person's word counts no more, or again.
    Suspended = "suspended",
    /// Somebody asked to open the freezes and windows of a tenant, or opened them.
    BreakGlass = "break-glass",
    /// Somebody closed them again.
    BreakGlassEnded = "break-glass-ended",
}

impl fmt::Display for AuditKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for AuditKind {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        Self::ALL.iter().copied().find(|kind| kind.word() == text).ok_or_else(|| StoreError::BadText {
            what: "kind of audit entry",
            text: text.escape_debug().to_string(),
            why: "is one of the words that `aplomo audit log` shows, e.g. applied",
        })
    }
}
