//! From the configuration to clerks.

use super::Settings;
use crate::config::{self, ApprovalMode, Config, PullRequests, SourceConfig};
use crate::context::{Cx, source_options};
use crate::daemon::sources::{auth, secret};
use crate::failure::Failure;
use aplomo_core::{SourceName, TenantName};
use aplomo_engine::Engine;
use aplomo_forge::{Clerk, Git, Limits, Terms};
use aplomo_provider_github::Session;
use aplomo_source::GitRemote;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long a fetch may take; the first one loads the whole history.
const FETCH: Duration = Duration::from_secs(300);

/// What the configuration says of pull requests.
///
/// # Errors
/// Where it cannot be.
pub(super) fn settings(cx: &Cx, engine: &Arc<Engine>, cache: &Path) -> Result<Settings, Failure> {
    let asked: Vec<(&SourceConfig, &PullRequests)> = asked(&cx.config).collect();
    let mut settings = Settings { secrets: secrets(cx)?, ..Settings::default() };
    if asked.is_empty() {
        return Ok(settings);
    }
    let github = cx.config.github.as_ref().filter(|github| github.app.is_some()).ok_or_else(|| {
        Failure::invalid("`pullRequests` needs `github.app`: only an App can write checks; see deploy/github")
    })?;
    let session = crate::connector::github::open(github, &cx.env, Arc::clone(&cx.secrets) as _)?;
    for (source, pulls) in asked {
        settings.clerks.push(Arc::new(clerk(cx, engine, cache, &session, (source, pulls))?));
        let poll = config::duration(&pulls.poll).map_err(Failure::invalid)?;
        settings.poll = Some(settings.poll.map_or(poll, |other| other.min(poll)));
    }
    Ok(settings)
}

fn asked(config: &Config) -> impl Iterator<Item = (&SourceConfig, &PullRequests)> {
    config.sources.iter().filter_map(|source| Some((source, source.git.as_ref()?.pull_requests.as_ref()?)))
}

fn secrets(cx: &Cx) -> Result<Vec<secrecy::SecretString>, Failure> {
    let hook = cx.config.github.iter().filter_map(|github| github.webhook.as_ref());
    hook.flat_map(|hook| &hook.secrets).map(|reference| secret(reference, &cx.env.vars)).collect()
}

fn clerk(
    cx: &Cx,
    engine: &Arc<Engine>,
    cache: &Path,
    session: &Session,
    (source, pulls): (&SourceConfig, &PullRequests),
) -> Result<Clerk, Failure> {
    let wrong = |why: String| Failure::invalid(format!("source `{}`: {why}", source.name));
    let Some(git) = &source.git else { return Err(wrong("`pullRequests` needs a git remote".to_owned())) };
    let desk = session.desk(&pulls.repository).ok_or_else(|| {
        wrong(format!("`pullRequests.repository: {}` is not `owner/name`", pulls.repository.escape_debug()))
    })?;
    if pulls.approvers.as_deref().is_some_and(|team| team.split_once('/').is_none()) {
        return Err(wrong("`pullRequests.approvers` is a team `org/slug`".to_owned()));
    }
    let usual = Limits::default();
    let patience = pulls.patience.as_deref().map(config::duration).transpose().map_err(&wrong)?;
    let limits = Limits {
        files: pulls.max_files.unwrap_or(usual.files),
        patience: patience.unwrap_or(usual.patience),
        calls: pulls.max_calls.unwrap_or(usual.calls),
    };
    let remote = GitRemote {
        url: git.url.clone(),
        branch: git.branch.clone(),
        sub_path: git.sub_path.clone().unwrap_or_default(),
        auth: auth(git, &cx.env.vars)?,
        known_hosts: None,
        timeout: FETCH,
    };
    let options = source_options(source)?;
    let tenants = source.tenants.iter().map(TenantName::new).collect::<Result<_, _>>()?;
    let terms = Terms {
        source: SourceName::new(&source.name)?,
        tenants,
        approvers: pulls.approvers.as_deref().map(Into::into),
        limits,
        expiry: cx.expiry(None)?,
        automatic: cx.config.approval == ApprovalMode::Automatic,
        link: cx.config.public_host.as_ref().map(|host| format!("https://{host}/api/v1/plans/")),
    };
    let git = Git::new(remote, cache.join(format!("{}.pulls", source.name)), options);
    Ok(Clerk::new(Arc::clone(engine), desk, git, terms))
}
