//! Logs: to standard error, for people or as JSON lines.
//!
//! The filter of the configuration is put in place when the daemon has read it; before that, and in
//! commands, `-v` decides.

use crate::config::{LogConfig, LogFormat};
use crate::env::Env;
use std::io::IsTerminal as _;
use std::sync::OnceLock;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, reload};

type Handle = reload::Handle<EnvFilter, tracing_subscriber::Registry>;

static FILTER: OnceLock<Handle> = OnceLock::new();

/// Starts logging for a command. The daemon calls [`start_daemon`] later instead.
pub fn start(verbose: u8, daemon: bool, env: &Env) {
    if daemon {
        return;
    }
    let usual = match verbose {
        0 => "error",
        1 => "info,sqlx=warn",
        2 => "debug,sqlx=warn,hyper=info",
        _ => "trace",
    };
    let filter =
        EnvFilter::try_new(env.var("APLOMO_LOG").unwrap_or(usual)).unwrap_or_else(|_| EnvFilter::new(usual));
    install(filter, LogFormat::Human);
}

/// Starts logging for the daemon as the configuration says.
///
/// # Errors
/// Where the filter is not one.
pub fn start_daemon(config: &LogConfig) -> Result<(), String> {
    install(filter_of(config)?, config.format);
    Ok(())
}

/// Checks a configuration without taking it over.
///
/// # Errors
/// Where the filter is not one.
pub fn check(config: &LogConfig) -> Result<(), String> {
    filter_of(config).map(drop)
}

/// Takes over the filter of a configuration that was read again.
///
/// # Errors
/// Where the filter is not one.
pub fn reload(config: &LogConfig) -> Result<(), String> {
    let filter = filter_of(config)?;
    match FILTER.get() {
        Some(handle) => handle.reload(filter).map_err(|e| e.to_string()),
        None => Ok(()),
    }
}

fn filter_of(config: &LogConfig) -> Result<EnvFilter, String> {
    EnvFilter::try_new(&config.filter)
        .map_err(|e| format!("`log.filter: {}` is no filter: {e}", config.filter))
}

fn install(filter: EnvFilter, format: LogFormat) {
    let (filter, handle) = reload::Layer::new(filter);
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first; nothing depends on which.
    let started = match format {
        LogFormat::Json => registry.with(lines.json()).try_init(),
        LogFormat::Human => registry.with(lines.with_ansi(std::io::stderr().is_terminal())).try_init(),
    };
    if started.is_ok() {
        let _ = FILTER.set(handle);
    }
}
