//! Exit codes, as cli.md promises them.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done; nothing differs.
    Done,
    /// Could not be done: an error from outside.
    Failed,
    /// Differences found (`--detailed-exitcode`).
    Differs,
    /// The manifests are invalid.
    Invalid,
    /// A guard, a hold, an approval or a policy refused.
    Refused,
    /// Applied in part.
    Partial,
    /// Something outside must happen first.
    Waiting,
    /// The command line is wrong.
    Usage,
}

impl Exit {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Differs => 2,
            Self::Invalid => 3,
            Self::Refused => 4,
            Self::Partial => 5,
            Self::Waiting => 6,
            Self::Usage => 64,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
