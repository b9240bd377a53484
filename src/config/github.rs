//! How GitHub is reached.

use super::{RateConfig, Webhook};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How GitHub is reached: as an App, or with a personal token.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct GithubSettings {
    /// The address of the API, of GitHub Enterprise: `https://HOST/api/v3`. github.com unless set.
    pub url: Option<String>,
    /// The App that acts, installed in each organisation as deploy/github says.
    pub app: Option<GithubApp>,
    /// A personal access token: `env:NAME` or `file:PATH`. It cannot be cut to reading, so an App is better.
    pub token: Option<String>,
    /// How long an object may be missing from reads after a write, e.g. `30s`; two minutes where it is not
    /// given. The local GitHub needs `0s`.
    pub settle: Option<String>,
    /// The longest wait for a rate limit, e.g. `15m`; what is left then is done by the next run.
    pub patience: Option<String>,
    /// The pause between two writes. A second where it is not given: github.com asks for it, and shuts out
    /// who does not keep to it. `0s`, for a GitHub Enterprise without rate limits, holds no write back.
    pub between_writes: Option<String>,
    /// Calls that may be made, of REST and GraphQL together, where the published limit of 900 a minute
    /// does not fit: GitHub Enterprise has its own, or none.
    pub rate: Option<RateConfig>,
    /// The App's webhook; without it pull requests are looked for by polling alone.
    pub webhook: Option<Webhook>,
}

/// A GitHub App.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GithubApp {
    /// Its id.
    pub id: u64,
    /// Its private key in PEM form: `env:NAME` or `file:PATH`.
    pub key: String,
}
