//! The few fields of GitHub's deliveries that are read. Everything else is skipped without being kept.

use serde::Deserialize;
use serde::de::IgnoredAny;
use smol_str::SmolStr;

/// A delivery of any event: which of these are there depends on it.
#[derive(Debug, Deserialize)]
pub(super) struct Payload {
    pub(super) action: Option<SmolStr>,
    #[serde(rename = "ref")]
    pub(super) reference: Option<SmolStr>,
    pub(super) repository: Option<Repository>,
    pub(super) organization: Option<Account>,
    pub(super) sender: Option<Account>,
    pub(super) pull_request: Option<Numbered>,
    pub(super) issue: Option<Issue>,
    pub(super) check_run: Option<Check>,
    pub(super) check_suite: Option<Check>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Repository {
    pub(super) full_name: SmolStr,
}

#[derive(Debug, Deserialize)]
pub(super) struct Account {
    pub(super) login: SmolStr,
    #[serde(rename = "type", default)]
    pub(super) kind: SmolStr,
}

#[derive(Debug, Deserialize)]
pub(super) struct Numbered {
    pub(super) number: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Issue {
    pub(super) number: u64,
    /// There only where the issue is a pull request.
    pub(super) pull_request: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Check {
    #[serde(default)]
    pub(super) pull_requests: Vec<Numbered>,
}

/// The longest that GitHub allows for a login or the name of a repository.
const LONGEST: usize = 100;

/// A login, where it is one: it enters addresses.
pub(super) fn login(text: &str) -> Option<SmolStr> {
    is_name(text).then(|| SmolStr::new(text))
}

/// `owner/name`, where it is that.
pub(super) fn full_name(text: &str) -> Option<SmolStr> {
    let (owner, name) = text.split_once('/')?;
    (is_name(owner) && is_name(name)).then(|| SmolStr::new(text))
}

fn is_name(text: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !text.is_empty() && text.len() <= LONGEST && text.chars().all(fine) && !matches!(text, "." | "..")
}
