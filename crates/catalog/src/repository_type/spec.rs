//! What a RepositoryType manifest says. The doc comments are the documentation of its fields.

use crate::branch_protection::rules;
use crate::repository::Settings;
use schemars::JsonSchema;
use serde::Deserialize;
use smol_str::SmolStr;

/// A type of repositories: how they are called, what they have where they say nothing else, and what none of
/// them may change. Makes nothing by itself. Changing it changes every repository of the type, and plans show
/// each.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RepositoryTypeSpec {
    /// What it is for.
    pub description: Option<String>,
    /// How repositories of the type are called.
    #[serde(default)]
    pub naming: Naming,
    /// What a repository of the type has where it says nothing else.
    #[serde(default)]
    pub defaults: Settings,
    /// What protects the branches of every repository of the type.
    #[serde(default)]
    pub branch_protections: Vec<TypeProtection>,
    /// Fields that a repository of the type may not set otherwise, with dots, e.g. `visibility`,
    /// `security.secretScanning`, `merge`.
    #[serde(default)]
    pub locked: Vec<SmolStr>,
}

/// How repositories are called.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Naming {
    /// What every name begins with.
    pub prefix: Option<SmolStr>,
    /// What every name ends in.
    pub suffix: Option<SmolStr>,
    /// What every name fits, with `*`, `?` and `[a-z]`.
    pub pattern: Option<SmolStr>,
}

rules! {
    /// What protects branches or tags of every repository of a type.
    pub struct TypeProtection {
        /// Its name, unique in the type; the ruleset is called so.
        pub name: SmolStr,
    }
}
