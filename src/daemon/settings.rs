//! The configuration of a running daemon: checked as a whole before it counts, so that one that is
//! not valid changes nothing, and audited when it changes.

use super::sources;
use crate::config::{Config, SourceConfig, duration};
use crate::context::source_options;
use crate::failure::Failure;
use aplomo_store::{AuditKind, Store};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What the command line put beside the configuration; it outlives a reload.
#[derive(Debug, Default)]
pub struct Given {
    /// Address to listen on.
    pub listen: Option<String>,
    /// A source.
    pub source: Option<SourceConfig>,
}

impl Given {
    /// Puts it into a configuration.
    pub fn put_into(&self, config: &mut Config) {
        if let Some(listen) = &self.listen {
            config.listen.clone_from(listen);
        }
        config.sources.extend(self.source.clone());
    }
}

/// Checks what reading the file does not: everything that a turn of the loop relies on.
///
/// # Errors
/// What is wrong, and the way out.
pub fn check(config: &Config, vars: &BTreeMap<String, String>) -> Result<(), Failure> {
    if config.sources.is_empty() {
        return Err(Failure::usage(
            "the configuration names no `sources`, and no PATH was given: there is nothing to watch",
        ));
    }
    let mut names = BTreeSet::new();
    for source in &config.sources {
        if !names.insert(&source.name) {
            return Err(Failure::invalid(format!("two sources have the name `{}`", source.name)));
        }
        source_options(source)
            .map_err(|e| Failure::invalid(format!("source `{}`: {:#}", source.name, e.error)))?;
        check_place(source, vars)?;
    }
    for text in [&config.drift_every, &config.approval_expiry] {
        duration(text).map_err(Failure::invalid)?;
    }
    crate::logging::check(&config.log).map_err(Failure::invalid)?;
    crate::reports::office::check(config)?;
    crate::secrets::Keeper::new(config.secrets.as_ref(), vars)?;
    super::backend::access(config, vars).map(drop)
}

fn check_place(source: &SourceConfig, vars: &BTreeMap<String, String>) -> Result<(), Failure> {
    match (&source.path, &source.git) {
        (Some(_), None) => Ok(()),
        (None, Some(git)) => {
            duration(&git.poll).map_err(Failure::invalid)?;
            sources::auth(git, vars).map(drop)
        }
        _ => Err(Failure::invalid(format!("source `{}` needs either `path` or `git`", source.name))),
    }
}

/// The settings that only a restart changes, as they are in force.
pub fn keep_fixed(old: &Config, new: &mut Config) {
    let fixed = |c: &Config| {
        let log = serde_json::to_value(c.log.format).unwrap_or_default();
        (
            c.installation.clone(),
            c.store.clone(),
            c.listen.clone(),
            c.audit_key.clone(),
            c.audit_heads.clone(),
            log,
            (json(&c.aws), json(&c.github)),
        )
    };
    if fixed(old) != fixed(new) {
        tracing::warn!(
            "`installation`, `store`, `listen`, `auditKey`, `auditHeads`, `aws`, `github` and `log.format` change only with a restart"
        );
    }
    new.installation.clone_from(&old.installation);
    new.store.clone_from(&old.store);
    new.listen.clone_from(&old.listen);
    new.audit_key.clone_from(&old.audit_key);
    new.audit_heads.clone_from(&old.audit_heads);
    new.aws.clone_from(&old.aws);
    new.github.clone_from(&old.github);
    new.log.format = old.log.format;
}

fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// Writes an audit entry where the configuration in force is another than the last one: its digest,
/// and the names of the settings that differ. Secrets are references there, so none is stored.
///
/// # Errors
/// Where the store cannot be written.
pub async fn audit(store: &Store, config: &Config) -> Result<(), Failure> {
    let now = json(config);
    let text = now.to_string();
    let entry = |before: Option<&str>| {
        let before: Option<Value> = before.and_then(|text| serde_json::from_str(text).ok());
        Some(serde_json::json!({
            "from": before.as_ref().and_then(|b| aplomo_core::Digest::of_json(b).ok()),
            "to": aplomo_core::Digest::of_json(&now).ok(),
            "settings": differing(before.as_ref(), &now),
            "approval": now["approval"],
        }))
    };
    store.note("config", &text, AuditKind::ConfigChanged, entry).await?;
    Ok(())
}

/// The names of the settings that differ; all of them where nothing was known.
fn differing(before: Option<&Value>, now: &Value) -> Vec<String> {
    let settings = now.as_object().into_iter().flatten();
    settings
        .filter(|(name, value)| before.is_none_or(|b| b.get(name) != Some(value)))
        .map(|(name, _)| name.clone())
        .collect()
}
