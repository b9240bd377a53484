//! A command that could not be carried out: the error with its exit code.

use crate::exit::Exit;
use aplomo_engine::EngineError;

/// An error on its way to standard error.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What went wrong.
    pub error: anyhow::Error,
}

impl Failure {
    /// The command line is wrong.
    #[must_use]
    pub fn usage(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::Usage, error: anyhow::anyhow!("{message}") }
    }
    /// Refused by a guard, an approval or a policy.
    #[must_use]
    pub fn refused(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::Refused, error: anyhow::anyhow!("{message}") }
    }
    /// What was given is not valid.
    #[must_use]
    pub fn invalid(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::Invalid, error: anyhow::anyhow!("{message}") }
    }
    /// An error from outside.
    #[must_use]
    pub fn failed(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::Failed, error: anyhow::anyhow!("{message}") }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let exit = match error {
            EngineError::EditedPlan
            | EngineError::StrangePlan
            | EngineError::FuturePlan(_)
            | EngineError::UnknownDigest(_)
            | EngineError::NothingToLift(_)
            | EngineError::Glass(_)
            | EngineError::SecondPerson(_) => Exit::Refused,
            _ => Exit::Failed,
        };
        Self { exit, error: error.into() }
    }
}

macro_rules! failed {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self { Self { exit: Exit::Failed, error: error.into() } }
        }
    )*};
}
failed!(
    anyhow::Error,
    std::io::Error,
    serde_json::Error,
    aplomo_store::StoreError,
    aplomo_source::SourceError,
    aplomo_core::name::BadName
);
