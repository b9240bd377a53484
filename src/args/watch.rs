//! Arguments of the commands by which people stop, open, put off and ask.

use clap::Args;
use std::path::PathBuf;

/// Arguments of `hold`.
#[derive(Debug, Args)]
pub struct HoldArgs {
    /// A tenant, an address or a glob
    pub what: String,
    /// For how long, e.g. 2h or 3d
    #[arg(long = "for", value_name = "DURATION")]
    pub duration: String,
    /// Why
    #[arg(long)]
    pub reason: String,
    /// Who; recorded as claimed
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<String>,
}

/// Arguments of `snooze`.
#[derive(Debug, Args)]
pub struct SnoozeArgs {
    /// The address that drifted
    pub address: String,
    /// For how long, e.g. 2d
    #[arg(long = "for", value_name = "DURATION", required_unless_present = "end", conflicts_with = "end")]
    pub duration: Option<String>,
    /// Why
    #[arg(long, required_unless_present = "end")]
    pub reason: Option<String>,
    /// Who; recorded as claimed
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<String>,
    /// End it now
    #[arg(long)]
    pub end: bool,
}

/// Arguments of `suspend`.
#[derive(Debug, Args)]
pub struct SuspendArgs {
    /// The login on GitHub, or the name that was claimed
    pub login: String,
    /// Why
    #[arg(long)]
    pub reason: String,
    /// Let the person's word count again
    #[arg(long)]
    pub end: bool,
    /// Who; recorded as claimed
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<String>,
}

/// Arguments of `break-glass`.
#[derive(Debug, Args)]
pub struct BreakGlassArgs {
    /// The tenant
    pub tenant: String,
    /// For how long, e.g. 2h; at most 24h
    #[arg(long = "for", value_name = "DURATION", required_unless_present = "end", conflicts_with = "end")]
    pub duration: Option<String>,
    /// Why
    #[arg(long)]
    pub reason: String,
    /// Close them again before the time is over
    #[arg(long)]
    pub end: bool,
    /// Who; recorded as claimed
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<String>,
}

/// Arguments of `release`.
#[derive(Debug, Args)]
pub struct ReleaseArgs {
    /// A tenant, an address or a glob; `source:NAME` accepts a rewritten source, `seen:TYPE` (or `seen:*`) a sudden absence
    pub what: String,
    /// Why
    #[arg(long)]
    pub reason: Option<String>,
    /// Who; recorded as claimed
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<String>,
}

/// Arguments of `why`.
#[derive(Debug, Args)]
pub struct WhyArgs {
    /// An ARN, a remote id, a DNS name, a login or an address (or the beginning or a glob of one)
    pub what: String,
    /// Directory or file with manifests [default: the configured sources]
    #[arg(long, value_name = "PATH")]
    pub path: Option<PathBuf>,
}

/// Arguments of `revert`.
#[derive(Debug, Args)]
pub struct RevertArgs {
    /// The run, as `apply` and `status` name it
    pub run: String,
    /// Directory or file with manifests [default: the configured sources, else where the run was planned from]
    #[arg(long, value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Write the plan here, for `approve` and `apply --plan`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
