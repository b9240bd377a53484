//! How pull requests of a git remote are dealt with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Pull requests into the branch of a git remote on GitHub. `github.app` must be installed there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PullRequests {
    /// The repository on GitHub, `owner/name`.
    pub repository: String,
    /// The team whose members approve where a tenant's own rules name none, `org/slug`. Without it only such rules
    /// let anybody approve.
    #[serde(default)]
    pub approvers: Option<String>,
    /// How often open pull requests are looked for beside what webhooks tell, e.g. `60s`.
    #[serde(default = "a_minute")]
    pub poll: String,
    /// The most files in which a pull request may differ; 3000 unless set.
    #[serde(default)]
    pub max_files: Option<usize>,
    /// How long looking at what one touches may take; `120s` unless set.
    #[serde(default)]
    pub patience: Option<String>,
    /// The most API calls that planning one may take; 2000 unless set.
    #[serde(default)]
    pub max_calls: Option<u64>,
}

/// The webhook of the App: `POST /hooks/github` takes its deliveries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Webhook {
    /// Its secrets: `env:NAME` or `file:PATH`. All of them count, so that one can be changed without losing a delivery.
    pub secrets: Vec<String>,
}

fn a_minute() -> String {
    "60s".to_owned()
}
