//! What a Tenant manifest says. The doc comments are the documentation of its fields.

use crate::environment::EnvironmentType;
use crate::text::Fraction;
use crate::windows::WindowWish;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// A client of the platform: where it lives, who may ask for changes, what protects it. Taken from
/// the operator's own source only.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TenantSpec {
    /// The name shown to people.
    pub display_name: Option<SmolStr>,
    /// Whether changes are planned and applied.
    #[serde(default)]
    pub state: StateWish,
    /// The people who may ask for changes.
    #[serde(default)]
    pub contacts: Vec<Contact>,
    /// Its AWS account. What is unset is what our own credentials speak for.
    #[serde(default)]
    pub aws: Aws,
    /// Its home on GitHub.
    #[serde(default)]
    pub github: Github,
    /// How many removals are allowed in 24 hours before the rest is held.
    #[serde(default)]
    pub guards: GuardWishes,
    /// Who approves its changes, and what automatic approval may cover beyond routine changes that come from manifests.
    #[serde(default)]
    pub approval: Approval,
    /// When its changes are applied. Unset: at any time.
    #[serde(default)]
    pub windows: Vec<WindowWish>,
    /// The names of the secrets that its manifests may use.
    #[serde(default)]
    pub secrets: BTreeSet<SmolStr>,
    /// The language of reports and comments.
    pub locale: Option<Locale>,
    /// Tags put on every object that can hold tags. Keys that begin with `aplomo:` or `aws:` are refused.
    #[serde(default)]
    pub tags: BTreeMap<SmolStr, SmolStr>,
}

/// The state of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StateWish {
    /// Changes are planned and applied.
    #[default]
    Active,
    /// Changes are planned and reported, and none is applied.
    Frozen,
    /// Once this is applied, its objects are taken down in order, each change with approvals by two different people.
    Leaving,
    /// Once this is applied, its objects are let go, nothing is deleted, and the tenant is forgotten.
    Released,
}

/// A person who may ask for changes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contact {
    /// The person's name.
    pub name: SmolStr,
    /// The login on GitHub.
    pub github: Option<SmolStr>,
    /// The number of the user on GitHub, which stays when the login changes hands. Where it is set, it counts
    /// and not the login; `https://api.github.com/users/LOGIN` shows it as `id`.
    #[schemars(range(min = 1))]
    pub github_id: Option<u64>,
    /// The mail address.
    pub email: Option<SmolStr>,
    /// What the person may do.
    pub role: Role,
}

/// What a contact may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May ask for changes.
    Requester,
    /// Answers technical questions, may ask for changes.
    Technical,
    /// Is told about security matters.
    Security,
}

/// The AWS account of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Aws {
    /// The account's 12 digits, in quotes. Unset: the account that our own credentials speak for.
    #[schemars(extend("format" = "digits-12", "pattern" = "^[0-9]{12}$"))]
    pub account_id: Option<SmolStr>,
    /// The region that is meant where none is named.
    pub region: Option<SmolStr>,
    /// Further regions in use.
    pub regions: BTreeSet<SmolStr>,
    /// The role to read with.
    pub read_role_arn: Option<SmolStr>,
    /// The role to write with.
    pub write_role_arn: Option<SmolStr>,
    /// The external id that both roles ask for.
    pub external_id: Option<SmolStr>,
}

/// The GitHub organisation of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Github {
    /// The organisation's login.
    pub organization: Option<SmolStr>,
    /// Whether somebody without two-factor authentication who has access is an error, and not a warning.
    pub require_two_factor: bool,
}

/// Limits on what may be removed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct GuardWishes {
    /// Deletes, replaces, archives and revocations in 24 hours. More than this and all of them are held.
    pub max_deletes: MaxDeletes,
}

/// How many removals are allowed. Removing a single object of a type is always allowed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MaxDeletes {
    /// The number; 5 unless set.
    #[schemars(range(max = 100_000))]
    pub count: Option<u32>,
    /// The share of what is owned of a type, from ten of it on, e.g. `0.3` or `30%`; 0.3 unless set.
    pub fraction: Option<Fraction>,
}

/// Who approves, and what may pass without a person. The safe choice is nobody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Approval {
    /// Reasons of changes, other than the manifest and the schedule.
    pub automatic_reasons: Vec<AutomaticReason>,
    /// Risks above routine.
    pub automatic_risks: Vec<AutomaticRisk>,
    /// Whether lifting a guard, or opening a freeze by `break-glass`, needs a second person.
    pub second_person_for_lifts: Option<bool>,
    /// Which GitHub teams may approve what, and how many people it takes. The most specific rule counts: one that
    /// names environment and risk, then one that names the environment, then the risk, then neither. What no
    /// rule speaks of is approved by one person of the team in the configuration.
    pub approvers: Vec<Approver>,
}

/// Who may approve some changes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Approver {
    /// The team on GitHub, `ORGANISATION/SLUG`.
    pub team: SmolStr,
    /// Only changes in environments of these types: of an Environment, and of what names one. Unset: all changes.
    #[serde(default)]
    pub environments: Vec<EnvironmentType>,
    /// Only changes of these risks. Unset: all risks.
    #[serde(default)]
    pub risks: Vec<RiskWord>,
    /// How many different people must approve; 1 unless set.
    #[schemars(range(min = 1, max = 9))]
    pub approvals: Option<u32>,
}

/// How risky a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RiskWord {
    /// Nothing special.
    Routine,
    /// Permissions, trust, protection, exposure, secrets, ownership.
    Sensitive,
    /// Something that serves is replaced or interrupted.
    Outage,
    /// Data or names are gone.
    Irreversible,
}

impl From<RiskWord> for aplomo_core::Risk {
    fn from(written: RiskWord) -> Self {
        match written {
            RiskWord::Routine => Self::Routine,
            RiskWord::Sensitive => Self::Sensitive,
            RiskWord::Outage => Self::Outage,
            RiskWord::Irreversible => Self::Irreversible,
        }
    }
}

/// A reason that is not covered unless named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AutomaticReason {
    /// The world was changed behind our back: put it back.
    Drift,
    /// Another version of Aplomo plans differently.
    Upgrade,
    /// There is no record of what was applied.
    Unknown,
}

/// A risk that is not covered unless named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AutomaticRisk {
    /// Permissions, trust, protection, exposure, secrets, ownership.
    Sensitive,
    /// Something that serves is replaced or interrupted.
    Outage,
    /// Data or names are gone.
    Irreversible,
}

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// English.
    En,
    /// Spanish.
    Es,
}

macro_rules! words {
    ($($name:ident { $($variant:ident = $word:literal),* })*) => {$(
        impl $name {
            /// As written in a manifest.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    )*};
}
words! {
    StateWish { Active = "active", Frozen = "frozen", Leaving = "leaving", Released = "released" }
    Role { Requester = "requester", Technical = "technical", Security = "security" }
    AutomaticReason { Drift = "drift", Upgrade = "upgrade", Unknown = "unknown" }
    AutomaticRisk { Sensitive = "sensitive", Outage = "outage", Irreversible = "irreversible" }
    Locale { En = "en", Es = "es" }
}
