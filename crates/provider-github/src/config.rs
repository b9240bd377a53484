//! How to reach GitHub, as the caller says it. Deliberately absent: the process environment, which
//! `main.rs` reads for us.

use aplomo_core::fields::Fingerprint;
use secrecy::SecretString;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How to reach GitHub and as whom.
#[derive(Clone)]
pub struct GithubConfig {
    /// The address of the API: `https://api.github.com`, or `https://HOST/api/v3` of GitHub Enterprise.
    pub base_url: String,
    /// As whom.
    pub credentials: Credentials,
    /// Time limits.
    pub timeouts: Timeouts,
    /// How long an object may be missing from reads after a write; unset: as each type needs.
    pub settle: Option<Duration>,
    /// The longest wait for a rate limit before the work is handed over unfinished.
    pub patience: Duration,
    /// The pause between two writes; github.com asks for a second.
    pub between_writes: Duration,
    /// What secrets hold, by fingerprint.
    pub vault: Arc<dyn Vault>,
}

/// The address of github.com's API.
pub const GITHUB_COM: &str = "https://api.github.com";

impl GithubConfig {
    /// The usual settings with these credentials.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            base_url: GITHUB_COM.to_owned(),
            credentials,
            timeouts: Timeouts::default(),
            settle: None,
            patience: Duration::from_secs(15 * 60),
            between_writes: Duration::from_secs(1),
            vault: Arc::new(Empty),
        }
    }
}

impl fmt::Debug for GithubConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { base_url, credentials, timeouts, settle, patience, between_writes, vault: _ } = self;
        f.debug_struct("GithubConfig")
            .field("base_url", base_url)
            .field("credentials", credentials)
            .field("timeouts", timeouts)
            .field("settle", settle)
            .field("patience", patience)
            .field("between_writes", between_writes)
            .finish_non_exhaustive()
    }
}

/// As whom GitHub is asked.
#[derive(Clone)]
pub enum Credentials {
    /// A GitHub App: its installation is looked up for each organisation, and tokens are minted that
    /// hold what the work needs and no more.
    App {
        /// The App's id.
        id: u64,
        /// Its private key, PEM; never shown.
        key: SecretString,
    },
    /// A personal access token: it can do what it can do, so reading and writing differ by our care alone.
    Token(SecretString),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App { id, .. } => f.debug_struct("App").field("id", id).finish_non_exhaustive(),
            Self::Token(_) => f.write_str("Token(..)"),
        }
    }
}

/// Time limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection to stand.
    pub connect: Duration,
    /// For one attempt; GitHub itself gives up after 10 s, and answers large GraphQL pages slowly.
    pub attempt: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), attempt: Duration::from_secs(30) }
    }
}

/// Gives secrets their values at the moment they are written, and never before.
pub trait Vault: Send + Sync {
    /// What the tenant's secret with this fingerprint holds; `None` where it holds something else by now, or
    /// the tenant may not use it. Fingerprints stand in plans that many read, so one alone opens nothing.
    fn reveal(&self, tenant: &str, fingerprint: &Fingerprint) -> Option<SecretString>;
}

/// A vault without secrets.
struct Empty;

impl Vault for Empty {
    fn reveal(&self, _: &str, _: &Fingerprint) -> Option<SecretString> {
        None
    }
}
