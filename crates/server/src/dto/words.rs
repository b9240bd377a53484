//! The words of the contract, as enumerations that the OpenAPI document lists.

use serde::Serialize;
use utoipa::ToSchema;

macro_rules! mirror {
    ($($(#[$doc:meta])* $name:ident of $core:ty { $($(#[$word_doc:meta])* $word:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
        #[serde(rename_all = "lowercase")]
        pub(crate) enum $name { $($(#[$word_doc])* $word,)* }

        const _: () = {
            type Core = $core;
            impl From<Core> for $name {
                fn from(core: Core) -> Self { match core { $(Core::$word => Self::$word,)* } }
            }
        };
    )*};
}

mirror! {
    /// What is done.
    Action of aplomo_core::plan::Action {
        /// A new object.
        Create,
        /// The object is changed.
        Update,
        /// A new object takes the place of the old one.
        Replace,
        /// The object goes.
        Delete,
        /// An existing object becomes ours.
        Adopt,
        /// The address changes, the object stays.
        Move,
        /// The object stays and is no longer ours.
        Release,
    }
    /// Why a field differs.
    Reason of aplomo_core::plan::Reason {
        /// Time moved.
        Schedule,
        /// The wish moved.
        Manifest,
        /// Aplomo moved.
        Upgrade,
        /// There is no record of what was applied.
        Unknown,
        /// The world moved.
        Drift,
    }
    /// How risky a change is.
    Risk of aplomo_core::types::Risk {
        /// Nothing special.
        Routine,
        /// Permissions, trust, protection, exposure, secrets, ownership.
        Sensitive,
        /// Something that serves is replaced or interrupted.
        Outage,
        /// Data or names are gone.
        Irreversible,
    }
    /// How much a finding weighs.
    Severity of aplomo_core::finding::Severity {
        /// Worth knowing.
        Info,
        /// Should be looked at.
        Warning,
        /// Stops applying for its tenant.
        Error,
    }
    /// What became of a change.
    Status of aplomo_core::run::Status {
        /// Done.
        Applied,
        /// Refused or failed; nothing happened.
        Failed,
        /// The world moved since it was planned.
        Stale,
        /// Held by a guard, a hold or a missing approval.
        Held,
        /// Something outside must happen first.
        Waiting,
        /// Not tried, because something it depends on did not happen.
        Skipped,
        /// Done, and it would not stay so.
        Quarantined,
        /// The answer was lost.
        Unknown,
    }
    /// How a run ended.
    Ending of aplomo_core::run::Ending {
        /// Everything is as wished.
        Converged,
        /// Some of it is.
        Partial,
        /// Something outside must happen first.
        Waiting,
        /// Nothing was allowed.
        Refused,
        /// Nothing worked.
        Failed,
        /// It was stopped between changes; the next start resumes it.
        Interrupted,
    }
}
