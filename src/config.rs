//! The configuration file, `aplomo.yaml`. Paths in it are relative to the file.
//!
//! Everything secret is a reference: `env:NAME` or `file:PATH`, resolved where it is used.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

mod github;
mod pulls;
mod resolver;
mod secrets;
pub use github::GithubSettings;
pub use pulls::{PullRequests, Webhook};
pub use resolver::Resolver;
pub use secrets::{SecretConfig, SecretKey, SecretSettings};

/// The configuration of one Aplomo.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Config {
    /// The name of this Aplomo. It is part of every ownership mark, so it must never change.
    pub installation: String,
    /// The store, a SQLite file.
    pub store: PathBuf,
    /// The key that signs the audit log, outside the store: `file:PATH`. Made where it is not there.
    pub audit_key: String,
    /// Where the heads of the audit log are published, as JSON lines. Put it where who writes the store cannot rewrite it.
    pub audit_heads: Option<PathBuf>,
    /// Where manifests come from, and which tenants each may speak for.
    pub sources: Vec<SourceConfig>,
    /// Whether routine changes that a manifest wishes are applied without a person.
    pub approval: ApprovalMode,
    /// How long an approval stands, e.g. `7d`.
    pub approval_expiry: String,
    /// How often everything is read and compared, e.g. `1h`.
    pub drift_every: String,
    /// Address of the daemon's HTTP server. Anything but loopback needs `tokens`.
    pub listen: String,
    /// The host name by which a proxy on this machine passes requests on, without port.
    pub public_host: Option<String>,
    /// Who may read the HTTP server.
    pub tokens: Vec<TokenConfig>,
    /// What is logged, and how.
    pub log: LogConfig,
    /// How AWS is reached.
    pub aws: AwsSettings,
    /// How GitHub is reached; left out, nothing is read or written there.
    pub github: Option<GithubSettings>,
    /// Drift reports that the daemon sends.
    pub reports: Vec<ReportConfig>,
    /// How mail is sent; needed where a report goes by mail.
    pub mail: Option<MailSettings>,
    /// The secrets that manifests may name; left out, there are none.
    pub secrets: Option<SecretSettings>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            installation: "default".to_owned(),
            store: PathBuf::from(".aplomo/aplomo.db"),
            audit_key: "file:.aplomo/audit.key".to_owned(),
            audit_heads: Some(PathBuf::from(".aplomo/audit-heads.jsonl")),
            sources: Vec::new(),
            approval: ApprovalMode::Manual,
            approval_expiry: "7d".to_owned(),
            drift_every: "1h".to_owned(),
            listen: "127.0.0.1:9180".to_owned(),
            public_host: None,
            tokens: Vec::new(),
            log: LogConfig::default(),
            aws: AwsSettings::default(),
            github: None,
            reports: Vec::new(),
            mail: None,
            secrets: None,
        }
    }
}

/// How changes come to be approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ApprovalMode {
    /// A person approves each effect.
    Manual,
    /// Routine changes that a manifest wishes need nobody; drift and all else still do.
    Automatic,
}

/// One source of manifests: a directory or a git remote.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SourceConfig {
    /// Its name. Approvals and the ledger are bound to it.
    pub name: String,
    /// A directory.
    pub path: Option<PathBuf>,
    /// A git remote.
    pub git: Option<GitConfig>,
    /// The tenants it may speak for.
    pub tenants: Vec<String>,
    /// Whether it is the operator's own: Tenant manifests are taken from nowhere else.
    #[serde(default)]
    pub operator: bool,
    /// Whether it is only a part of a larger whole: then absence from it deletes nothing.
    #[serde(default)]
    pub part: bool,
    /// Given by hand on the command line, so it speaks for all it names.
    #[serde(skip)]
    pub by_hand: bool,
}

/// A git remote.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GitConfig {
    /// Its address: https://, http:// (loopback only), ssh:// or a path.
    pub url: String,
    /// The branch.
    #[serde(default = "main_branch")]
    pub branch: String,
    /// The directory in it that holds the manifests.
    #[serde(default)]
    pub sub_path: Option<String>,
    /// How often to look for new commits, e.g. `60s`.
    #[serde(default = "a_minute")]
    pub poll: String,
    /// A token for http(s): `env:NAME` or `file:PATH`.
    #[serde(default)]
    pub token: Option<String>,
    /// A private key for ssh: `file:PATH`.
    #[serde(default)]
    pub ssh_key: Option<String>,
    /// Whether and how pull requests into the branch are answered.
    #[serde(default)]
    pub pull_requests: Option<PullRequests>,
}

fn main_branch() -> String {
    "main".to_owned()
}
fn a_minute() -> String {
    "60s".to_owned()
}

/// A token of the HTTP server.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenConfig {
    /// Who holds it.
    pub name: String,
    /// The token: `env:NAME` or `file:PATH`.
    pub token: String,
    /// The tenants it may see; all where it is left out.
    #[serde(default)]
    pub tenants: Option<Vec<String>>,
}

/// A drift report that is sent by a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportConfig {
    /// The tenant it is of: what others own, and what is nobody's in particular, is not in it. Left out, it is
    /// of all, for the operator.
    #[serde(default)]
    pub tenant: Option<String>,
    /// When it is sent: minute, hour, day of the month, month, day of the week, e.g. `0 8 * * 1-5`.
    pub schedule: String,
    /// The time zone of the schedule, e.g. `America/Santiago`.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// The language: `en` or `es`.
    #[serde(default = "english")]
    pub locale: String,
    /// Who gets it.
    pub to: Vec<ReceiverConfig>,
}

fn utc() -> String {
    "UTC".to_owned()
}
fn english() -> String {
    "en".to_owned()
}

/// Who gets a report: exactly one of these.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReceiverConfig {
    /// A file, written anew each time: `.html`, `.json`, else Markdown.
    #[serde(default)]
    pub file: Option<PathBuf>,
    /// A webhook as Slack has them: `env:NAME` or `file:PATH` that holds its address, which is a secret.
    #[serde(default)]
    pub slack: Option<String>,
    /// Mail.
    #[serde(default)]
    pub mail: Option<MailTo>,
}

/// Who gets mail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailTo {
    /// The addresses.
    pub to: Vec<String>,
}

/// How mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailSettings {
    /// The host of the SMTP server.
    pub host: String,
    /// Its port; 465 with `tls`, 587 with `starttls`, 25 with `none` unless set.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the way there is kept private.
    #[serde(default)]
    pub security: MailSecurity,
    /// The user.
    #[serde(default)]
    pub user: Option<String>,
    /// The password: `env:NAME` or `file:PATH`.
    #[serde(default)]
    pub password: Option<String>,
    /// The sender, e.g. `Aplomo <aplomo@example.com>`.
    pub from: String,
}

/// How the way to the mail server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// TLS from the first byte.
    #[default]
    Tls,
    /// TLS after asking for it; without it nothing is sent.
    Starttls,
    /// Not at all: only to this machine itself.
    None,
}

/// What is logged, and how.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct LogConfig {
    /// For people or as JSON lines.
    pub format: LogFormat,
    /// Which messages, as a tracing filter, e.g. `info` or `aplomo=debug`.
    pub filter: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Human, filter: "info".to_owned() }
    }
}

/// Forms of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Human,
    /// JSON lines.
    Json,
}

/// How AWS is reached. Credentials come from the usual chain of the SDK.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AwsSettings {
    /// Another address for all services (an emulator).
    pub endpoint: Option<String>,
    /// The region to start from.
    pub region: Option<String>,
    /// Where the records are looked up that prove names in DNS that is not ours: `system` unless set,
    /// `off`, or the address of a resolver like `192.0.2.53:53`.
    #[schemars(with = "Option<String>")]
    pub resolver: Resolver,
    /// Calls a service allows, by service (`route53`), where the published rates do not fit.
    pub rates: BTreeMap<String, RateConfig>,
    /// How long an object may be missing from listings after a create whose answer was lost, e.g. `30s`;
    /// as each service needs where it is not given. An emulator needs `0s`.
    pub settle: Option<String>,
}

/// A token bucket.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateConfig {
    /// Calls that may leave at once.
    pub burst: u32,
    /// Calls that are added each second.
    pub per_second: u32,
}

impl Config {
    /// The same configuration with its paths made absolute below a directory.
    #[must_use]
    pub fn below(mut self, base: &Path) -> Self {
        self.store = base.join(&self.store);
        self.audit_heads = self.audit_heads.map(|p| base.join(p));
        for source in &mut self.sources {
            source.path = source.path.take().map(|p| base.join(p));
            for reference in source.git.iter_mut().flat_map(|g| [&mut g.token, &mut g.ssh_key]).flatten() {
                file_below(reference, base);
            }
        }
        self.tokens.iter_mut().for_each(|token| file_below(&mut token.token, base));
        let github = self.github.iter_mut();
        let held = github.flat_map(|g| {
            let hooks = g.webhook.iter_mut().flat_map(|hook| &mut hook.secrets);
            g.token.iter_mut().chain(g.app.iter_mut().map(|app| &mut app.key)).chain(hooks)
        });
        held.for_each(|reference| file_below(reference, base));
        for to in self.reports.iter_mut().flat_map(|report| &mut report.to) {
            to.file = to.file.take().map(|file| base.join(file));
            to.slack.iter_mut().for_each(|reference| file_below(reference, base));
        }
        self.mail.iter_mut().flat_map(|mail| &mut mail.password).for_each(|held| file_below(held, base));
        if let Some(secrets) = &mut self.secrets {
            let keys = std::iter::once(&mut secrets.key).chain(&mut secrets.old_keys);
            keys.for_each(|key| file_below(&mut key.from, base));
            secrets.values.iter_mut().for_each(|value| file_below(&mut value.from, base));
        }
        self
    }
}

/// The file that a reference `file:PATH` names, made absolute.
fn file_below(reference: &mut String, base: &Path) {
    if let Some(path) = reference.strip_prefix("file:") {
        *reference = format!("file:{}", base.join(path).display());
    }
}

/// A duration like `90s`, `16h`, `7d`, `2w`.
///
/// # Errors
/// What the form is, where the text has another.
pub fn duration(text: &str) -> Result<std::time::Duration, String> {
    let form =
        || format!("`{text}` is no duration: write a whole number and s, m, h, d or w, e.g. `90s` or `7d`");
    aplomo_core::span(text).ok_or_else(form)
}

/// As [`duration`], and `0s` for none at all.
///
/// # Errors
/// What the form is, where the text has another.
pub fn pause(text: &str) -> Result<std::time::Duration, String> {
    if text == "0s" { Ok(std::time::Duration::ZERO) } else { duration(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_nonsense_is_refused() {
        assert_eq!(duration("90s").unwrap().as_secs(), 90);
        assert_eq!(duration("7d").unwrap().as_secs(), 604_800);
        for bad in ["", "7", "d", "-1h", "1.5h", "0s", "99999999999999999999s", "1é"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert_eq!(pause("0s"), Ok(std::time::Duration::ZERO));
        assert!(pause("0").is_err() && pause("30s") == duration("30s"));
    }
}
