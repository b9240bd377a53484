//! What a ChangeFreeze manifest says. The doc comments are the documentation of its fields.

use crate::iam_profile::Moment;
use crate::tenant::RiskWord;
use schemars::JsonSchema;
use serde::Deserialize;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// A time in which nothing is applied. Plans and reports are made all the same, and what is held may be approved
/// before its time. A freeze that is put counts at once; one that is shortened or taken away counts until that
/// was applied. Taken from the operator's own source only.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeFreezeSpec {
    /// The tenants, by name; `*` is all of them. Unset: whichever tenants have the environments.
    #[serde(default)]
    pub tenants: BTreeSet<SmolStr>,
    /// The environments, by name or by type (`production`, `certification`, `staging`). Then only changes of those
    /// Environments, and of what names them, are held. Unset: everything of the tenants.
    #[serde(default)]
    pub environments: BTreeSet<SmolStr>,
    /// From when, with its zone, e.g. `2026-12-20T00:00:00-03:00`.
    #[schemars(with = "SmolStr")]
    pub from: Moment,
    /// Until when, with its zone.
    #[schemars(with = "SmolStr")]
    pub until: Moment,
    /// Why, for people whose changes wait.
    pub reason: SmolStr,
    /// What is applied all the same. What needs a change that is held waits with it.
    #[serde(default)]
    pub except: Vec<ExceptionWish>,
}

/// Changes that are applied in a freeze: those of the risk, of manifests of the kind; where both are said, of both.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExceptionWish {
    /// Changes of exactly this risk.
    pub risk: Option<RiskWord>,
    /// Changes of manifests of this kind.
    pub kind: Option<SmolStr>,
}
