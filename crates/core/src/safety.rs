//! Safeties: what protects a tenant from its own manifests. What is recorded as applied counts, not
//! what the newest commit says; nothing recorded means protected.

pub mod freeze;
mod people;
pub mod window;

pub use freeze::{BreakGlass, Calendar, Freeze};
pub use people::{ApproverRule, Approvers, BadRule, ContactPolicy, ContactRole};
pub use window::Window;

use crate::name::{Account, TenantName};
use crate::plan::Change;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// What happens to the objects of a manifest that goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deletion {
    /// Stateful objects stay and the plan says so.
    #[default]
    Protect,
    /// They are deleted.
    Delete,
    /// They stay, without our marks.
    Orphan,
}

/// Who owns what is in a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ownership {
    /// We own what we made or adopted; the rest is listed as unmanaged.
    #[default]
    Additive,
    /// We own all of it; what no manifest names is deleted.
    Exclusive,
    /// We report and never write.
    Observe,
}

/// The recorded safety of one manifest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Safety {
    /// What happens when it goes away.
    pub deletion: Deletion,
    /// Who owns its collection.
    pub ownership: Ownership,
    /// Other tenants' manifests that may contribute to it.
    pub consents: BTreeSet<SmolStr>,
    /// Collections of it that are owned otherwise, by the type of their members.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub collections: BTreeMap<SmolStr, Ownership>,
}

impl Safety {
    /// Who owns its collection of members of this type.
    #[must_use]
    pub fn ownership_of(&self, member: &str) -> Ownership {
        self.collections.get(member).copied().unwrap_or(self.ownership)
    }
}

/// How many removals a tenant allows in 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Guards {
    /// More than this many removals are held.
    pub count: u32,
    /// From 10 owned of a type on, more than this share is held; in thousandths.
    pub permille: u32,
}

impl Default for Guards {
    fn default() -> Self {
        Self { count: 5, permille: 300 }
    }
}

/// Whether plans and applies are made for a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TenantState {
    /// The normal state.
    #[default]
    Active,
    /// Plans and reports, no applies.
    Frozen,
    /// Its objects are taken down in order, with two approvals.
    Leaving,
    /// Forgotten; nothing is deleted.
    Released,
}

/// Which risks and reasons a tenant lets through without a person. Never set by a tenant's own source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ApprovalRules {
    /// Reasons other than `manifest` and `schedule` that automatic approval may cover, by name.
    pub automatic_reasons: BTreeSet<SmolStr>,
    /// Risks above `routine` that automatic approval may cover, by name.
    pub automatic_risks: BTreeSet<SmolStr>,
    /// Whether lifting a guard needs a second person.
    pub second_person_for_lifts: bool,
    /// Which teams may approve what, and by how many people. What no rule speaks of is the default team's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<ApproverRule>,
}

/// What an environment is for. The strictest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EnvironmentType {
    /// Serves the client's users.
    Production,
    /// Where the client accepts a change before production.
    Certification,
    /// Where changes are tried.
    Staging,
}

impl EnvironmentType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Production, Self::Certification, Self::Staging];
    /// As written in a manifest.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Certification => "certification",
            Self::Staging => "staging",
        }
    }
    /// The type of a word, where it is one.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// The language of what people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
}

/// The way into a tenant's account at one provider.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Access {
    /// The region to start from.
    pub region: Option<SmolStr>,
    /// The role to read with.
    pub read_role: Option<SmolStr>,
    /// The role to write with.
    pub write_role: Option<SmolStr>,
    /// The external id both roles ask for.
    pub external_id: Option<SmolStr>,
}

/// What the planner and the engine need to know of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantPolicy {
    /// The tenant.
    pub name: TenantName,
    /// Its state.
    pub state: TenantState,
    /// Limits on removals.
    pub guards: Guards,
    /// The account it lives in, by provider (`aws`: 12 digits); unset: where our credentials speak.
    pub accounts: BTreeMap<SmolStr, Account>,
    /// The way into each account, by provider; unset: our own credentials.
    #[serde(default)]
    pub access: BTreeMap<SmolStr, Access>,
    /// How approvals are made.
    pub approval: ApprovalRules,
    /// Names of secrets its manifests may use.
    pub secrets: BTreeSet<SmolStr>,
    /// The people the client named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<ContactPolicy>,
    /// The language of reports and comments.
    #[serde(default)]
    pub locale: Locale,
}

impl TenantPolicy {
    /// The policy of a tenant of which nothing is said: everything protected.
    #[must_use]
    pub fn protected(name: TenantName) -> Self {
        Self {
            name,
            state: TenantState::Active,
            guards: Guards::default(),
            accounts: BTreeMap::new(),
            access: BTreeMap::new(),
            approval: ApprovalRules::default(),
            secrets: BTreeSet::new(),
            contacts: Vec::new(),
            locale: Locale::default(),
        }
    }
}

/// What is recorded as applied, gathered from the ledger: only this loosens anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// By manifest (`tenant/Kind/name`); what is not listed is protected and additive.
    pub safeties: BTreeMap<SmolStr, Safety>,
    /// By tenant; what is not listed has the protected policy.
    pub policies: BTreeMap<TenantName, TenantPolicy>,
    /// What environments are for, by manifest (`tenant/Kind/name`); what is not listed is a production.
    pub environments: BTreeMap<SmolStr, EnvironmentType>,
    /// Freezes and windows.
    pub calendar: Calendar,
}

impl Recorded {
    /// The recorded safety of a manifest, protected where nothing is recorded.
    #[must_use]
    pub fn safety(&self, manifest: &str) -> Safety {
        self.safeties.get(manifest).cloned().unwrap_or_default()
    }
    /// The recorded guards of a tenant, the defaults where nothing is recorded.
    #[must_use]
    pub fn guards(&self, tenant: &str) -> Guards {
        self.policies.get(tenant).map(|p| p.guards).unwrap_or_default()
    }
    /// What an environment of a tenant is for, as recorded: production where nothing is.
    #[must_use]
    pub fn environment(&self, tenant: &str, name: &str) -> EnvironmentType {
        let manifest = smol_str::format_smolstr!("{tenant}/Environment/{name}");
        self.environments.get(&manifest).copied().unwrap_or(EnvironmentType::Production)
    }
    /// The strictest of the environments that a change is in; none where it is in none.
    #[must_use]
    pub fn environment_of(&self, change: &Change) -> Option<EnvironmentType> {
        let names = change.environments.iter().chain(&change.was_in);
        names.map(|name| self.environment(change.address.tenant(), name)).min()
    }
    /// Who may approve a change and by how many it must be, by the recorded rules of its tenant.
    #[must_use]
    pub fn approvers(&self, change: &Change, default_team: Option<&str>) -> Approvers {
        static NONE: ApprovalRules = ApprovalRules {
            automatic_reasons: BTreeSet::new(),
            automatic_risks: BTreeSet::new(),
            second_person_for_lifts: false,
            approvers: Vec::new(),
        };
        let rules = self.policies.get(change.address.tenant()).map_or(&NONE, |policy| &policy.approval);
        rules.approvers(change.risk, self.environment_of(change), default_team)
    }
}
