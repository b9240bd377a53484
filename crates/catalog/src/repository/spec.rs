//! What a Repository manifest says, and what a RepositoryType gives as defaults: the same fields. The
//! doc comments are their documentation.

use super::parts::{
    Access, Actions, Autolink, DeployKey, EnvironmentWish, Features, Labels, Merge, Security, Visibility,
    WebhookWish,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Declares a structure that has the settings of a repository beside its own fields.
macro_rules! settings {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident : $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, default)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
            /// What it is, in one line.
            pub description: Option<String>,
            /// Its home page.
            pub homepage: Option<String>,
            /// Its topics, at most 20. Set, they are all it has.
            pub topics: Option<Vec<SmolStr>>,
            /// Who may see it. A new repository is private unless set.
            pub visibility: Option<Visibility>,
            /// `owner/name` of the template that a new repository is made from.
            pub template: Option<SmolStr>,
            /// The default branch. It must be there.
            pub default_branch: Option<SmolStr>,
            /// Whether it is archived: readable, and closed to changes.
            pub archived: Option<bool>,
            /// Whether others may be made from it.
            pub is_template: Option<bool>,
            /// What it offers beside code.
            pub features: Features,
            /// How pull requests are merged.
            pub merge: Merge,
            /// What looks after its security.
            pub security: Security,
            /// Who may reach it.
            pub access: Access,
            /// What GitHub Actions may do in it, with variables and secrets.
            pub actions: Actions,
            /// Its deployment environments. Others that are there are left alone.
            pub environments: Vec<EnvironmentWish>,
            /// Its webhooks. Others that are there are left alone.
            pub webhooks: Vec<WebhookWish>,
            /// Its deploy keys. Others that are there are left alone.
            pub deploy_keys: Vec<DeployKey>,
            /// Its autolink references. Others that are there are left alone.
            pub autolinks: Vec<Autolink>,
            /// Its labels.
            pub labels: Labels,
            /// Values of the organisation's custom properties; a list where the property takes several.
            #[schemars(with = "BTreeMap<SmolStr, serde_json::Value>")]
            pub custom_properties: BTreeMap<SmolStr, PropertyValue>,
        }
    };
}

settings! {
    /// A repository on GitHub with who may reach it and all that is set in it. Deleting the manifest archives the
    /// repository, once `lifecycle.deletion: delete` was applied.
    pub struct RepositorySpec {
        /// The organisation's login; the tenant's unless set.
        pub organization: Option<SmolStr>,
        /// Its name on GitHub; the manifest's name unless set. Another name renames it.
        pub name: Option<SmolStr>,
        /// The RepositoryType it follows: `microservice`, `intermediary`, `widget`, `infrastructure`, or another that
        /// the operator describes. Its defaults hold where nothing is set here.
        pub r#type: Option<SmolStr>,
    }
}

settings! {
    /// What repositories of a type have where they say nothing else.
    pub struct Settings {}
}

/// One value of a custom property, or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PropertyValue {
    /// One text.
    One(SmolStr),
    /// A flag.
    Flag(bool),
    /// Several texts.
    Many(Vec<SmolStr>),
}
