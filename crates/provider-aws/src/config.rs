//! How to reach AWS, as the caller says it. Deliberately absent: the process environment, which
//! `main.rs` reads for us, but for what the SDK's own credential chain and endpoints look up.

use std::fmt;
use std::time::Duration;

/// How to reach AWS and as whom.
#[derive(Debug, Clone)]
pub struct AwsConfig {
    /// An endpoint URL for all services; unset: `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, or AWS itself.
    pub endpoint: Option<String>,
    /// The region calls are signed for and STS is asked in; Route 53 itself has none.
    pub region: String,
    /// Where our own credentials come from.
    pub credentials: Credentials,
    /// Time limits.
    pub timeouts: Timeouts,
    /// Attempts of a call that only reads, the first included. Writes are never repeated by the SDK.
    pub read_attempts: u32,
    /// How long an object may be missing from listings after a create whose answer was lost; unset: as
    /// each service needs. An emulator needs none.
    pub settle: Option<Duration>,
    /// Where the records that prove names to others are looked up.
    pub dns: Dns,
}

/// Where names are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dns {
    /// The resolvers of this machine.
    #[default]
    System,
    /// The resolver at this address.
    At(std::net::SocketAddr),
    /// Nowhere: nothing is said of such records.
    Off,
}

impl Default for AwsConfig {
    fn default() -> Self {
        Self {
            endpoint: None,
            region: "us-east-1".into(),
            credentials: Credentials::Chain { profile: None },
            timeouts: Timeouts::default(),
            read_attempts: 3,
            settle: None,
            dns: Dns::default(),
        }
    }
}

/// Where our own credentials come from.
#[derive(Clone)]
pub enum Credentials {
    /// The SDK's chain: environment, profile, web identity, container, instance.
    Chain {
        /// The profile, where not the default one.
        profile: Option<String>,
    },
    /// Given keys, for the emulator and tests.
    Keys {
        /// The access key id.
        id: String,
        /// The secret access key; never shown.
        secret: String,
        /// The session token; never shown.
        token: Option<String>,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chain { profile } => f.debug_struct("Chain").field("profile", profile).finish(),
            Self::Keys { id, .. } => f.debug_struct("Keys").field("id", id).finish_non_exhaustive(),
        }
    }
}

/// Time limits. The SDK has none of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection to stand.
    pub connect: Duration,
    /// For one attempt.
    pub attempt: Duration,
    /// For one call with all its attempts.
    pub operation: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(10),
            operation: Duration::from_secs(30),
        }
    }
}

/// As whom one tenant's account is read and written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The account id where known, else any name; keeps budgets and retries of accounts apart.
    pub account: String,
    /// The role to read with; unset: our own credentials.
    pub read_role: Option<String>,
    /// The role to write with; unset: our own credentials.
    pub write_role: Option<String>,
    /// The external id both roles ask for.
    pub external_id: Option<String>,
    /// The session name that shows up in CloudTrail: 2 to 64 of `[A-Za-z0-9_+=,.@-]`.
    pub session: String,
}

impl Access {
    /// Our own credentials for both.
    #[must_use]
    pub fn own(account: &str) -> Self {
        Self {
            account: account.into(),
            read_role: None,
            write_role: None,
            external_id: None,
            session: "aplomo".into(),
        }
    }
}
