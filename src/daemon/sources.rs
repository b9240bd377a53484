//! Reading the configured sources: directories as they are, git remotes at the head of their branch.
//!
//! A source that cannot be reached is read from what was fetched before; where there is nothing, it
//! is an empty source that is not complete, so nothing follows from what it does not say.

use crate::config::{GitConfig, SourceConfig};
use crate::context::source_options;
use crate::failure::Failure;
use aplomo_core::manifest::Snapshot;
use aplomo_core::{CommitId, SourceName};
use aplomo_source::{Auth, GitRemote, ReadOptions, Reading};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::task::JoinHandle;

/// How long a fetch may take.
const FETCH_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the first one may take, which loads the whole history.
const CLONE_TIMEOUT: Duration = Duration::from_secs(300);

/// What reading one source came to.
pub struct Read {
    /// The manifests.
    pub snapshot: Snapshot,
    /// Why it is not what it should be, where that is so.
    pub trouble: Option<String>,
    /// The repository that knows its history, where there is one.
    pub repository: Option<PathBuf>,
}

/// Resolves `env:NAME` and `file:PATH`.
pub type Secrets = BTreeMap<String, String>;

/// How long a turn waits for remotes; what comes later is for the next one.
const PATIENCE: Duration = Duration::from_secs(10);

/// Readings under way, by source: a remote that hangs delays neither the others nor their next look.
#[derive(Default)]
pub struct Readings(BTreeMap<String, (SourceConfig, JoinHandle<Result<Read, Failure>>)>);

impl Readings {
    /// Reads all sources at the same time. One that takes too long is given as it was last fetched.
    ///
    /// # Errors
    /// Where the configuration of one is not valid.
    pub async fn read_all(
        &mut self,
        configs: &[SourceConfig],
        cache: &Path,
        vars: &Secrets,
    ) -> Result<Vec<Read>, Failure> {
        self.0.retain(|_, (config, _)| configs.contains(config));
        for config in configs {
            self.0
                .entry(config.name.clone())
                .or_insert_with(|| (config.clone(), spawn(config, cache, vars, true)));
        }
        let mut late = std::pin::pin!(tokio::time::sleep(PATIENCE));
        let mut reads = Vec::with_capacity(configs.len());
        for config in configs {
            let Some((_, task)) = self.0.get_mut(&config.name) else { continue };
            let done = tokio::select! {
                biased;
                done = task => Some(done),
                () = until(late.as_mut()) => None,
            };
            if done.is_some() {
                self.0.remove(&config.name);
            }
            let done = match done {
                Some(done) => done,
                None => spawn(config, cache, vars, false).await,
            };
            reads.push(done.map_err(|e| Failure::failed(format!("reading a source ended early: {e}")))??);
        }
        Ok(reads)
    }
}

/// As the sleep itself, and may be asked again when it is over.
async fn until(sleep: std::pin::Pin<&mut tokio::time::Sleep>) {
    if !sleep.is_elapsed() {
        sleep.await;
    }
}

fn spawn(
    config: &SourceConfig,
    cache: &Path,
    vars: &Secrets,
    fetch: bool,
) -> JoinHandle<Result<Read, Failure>> {
    let (config, cache, vars) = (config.clone(), cache.to_path_buf(), vars.clone());
    tokio::task::spawn_blocking(move || read(&config, &cache, &vars, fetch))
}

/// Reads one source. Blocking: disk and network.
fn read(source: &SourceConfig, cache: &Path, vars: &Secrets, fetch: bool) -> Result<Read, Failure> {
    let options = source_options(source)?;
    match (&source.path, &source.git) {
        (Some(path), None) => Ok(read_directory(path, &options)),
        (None, Some(git)) => Ok(read_git(git, cache, &source.name, &options, vars, fetch)),
        _ => Err(Failure::invalid(format!("source `{}` needs either `path` or `git`", source.name))),
    }
}

fn read_directory(path: &Path, options: &ReadOptions) -> Read {
    match aplomo_source::read_directory(path, options) {
        Ok(Reading { snapshot, .. }) => {
            Read { snapshot, trouble: None, repository: Some(path.to_path_buf()) }
        }
        Err(error) => empty(options, &path.display().to_string(), &error.to_string()),
    }
}

fn read_git(
    git: &GitConfig,
    caches: &Path,
    name: &str,
    options: &ReadOptions,
    vars: &Secrets,
    fetch: bool,
) -> Read {
    let (cache, head_file) = (caches.join(name), caches.join(format!("{name}.head")));
    let mut remote = GitRemote {
        url: git.url.clone(),
        branch: git.branch.clone(),
        sub_path: git.sub_path.clone().unwrap_or_default(),
        auth: Auth::None,
        known_hosts: None,
        timeout: if head_file.exists() { FETCH_TIMEOUT } else { CLONE_TIMEOUT },
    };
    let fetched = match auth(git, vars) {
        _ if !fetch => Err(format!("{} takes long to answer", remote.shown_url())),
        Err(failure) => Err(format!("{:#}", failure.error)),
        Ok(auth) => {
            remote.auth = auth;
            remote.fetch(&cache).map_err(|error| error.to_string())
        }
    };
    let (head, trouble) = match fetched {
        Ok(fetched) => {
            // Remembered so that an unreachable remote can be read as it last was.
            if let Err(error) = std::fs::write(&head_file, fetched.head.as_str()) {
                tracing::warn!(%error, source = name, "the fetched head could not be remembered");
            }
            (Some(fetched.head), None)
        }
        Err(why) => (last_head(&head_file), Some(why)),
    };
    let Some(head) = head else {
        return empty(options, &remote.shown_url(), trouble.as_deref().unwrap_or("nothing was fetched yet"));
    };
    match remote.read(&cache, &head, options) {
        Ok(Reading { snapshot, .. }) => Read { snapshot, trouble, repository: Some(cache) },
        Err(error) => empty(options, &remote.shown_url(), &error.to_string()),
    }
}

fn last_head(file: &Path) -> Option<CommitId> {
    std::fs::read_to_string(file).ok().and_then(|text| CommitId::new(text.trim()).ok())
}

/// How a remote is entered.
///
/// # Errors
/// Where the reference has another form, or what it names is not there.
pub fn auth(git: &GitConfig, vars: &Secrets) -> Result<Auth, Failure> {
    match (&git.token, &git.ssh_key) {
        (Some(token), None) => Ok(Auth::Token(secret(token, vars)?)),
        (None, Some(key)) => {
            let path = key
                .strip_prefix("file:")
                .ok_or_else(|| Failure::invalid(format!("`sshKey: {key}` must have the form `file:PATH`")))?;
            Ok(Auth::SshKey { path: path.into(), passphrase: None })
        }
        (None, None) => Ok(Auth::None),
        _ => Err(Failure::invalid("a git source has either `token` or `sshKey`")),
    }
}

/// The secret that a reference names.
///
/// # Errors
/// Where the reference has another form, or what it names is not there.
pub fn secret(reference: &str, vars: &Secrets) -> Result<SecretString, Failure> {
    if let Some(name) = reference.strip_prefix("env:") {
        let value = vars.get(name).filter(|v| !v.is_empty());
        return value.map(|v| SecretString::from(v.clone())).ok_or_else(|| {
            Failure::failed(format!("the configuration names `env:{name}`, which is not set"))
        });
    }
    if let Some(path) = reference.strip_prefix("file:") {
        let text = std::fs::read_to_string(path).map_err(|e| {
            Failure::failed(format!("the configuration names `file:{path}`, which cannot be read: {e}"))
        })?;
        return Ok(SecretString::from(text.trim_end().to_owned()));
    }
    Err(Failure::invalid("a secret is a reference of the form `env:NAME` or `file:PATH`, never a value"))
}

fn empty(options: &ReadOptions, path: &str, why: &str) -> Read {
    let name = options.name.clone().unwrap_or(SourceName::known("source"));
    let snapshot = Snapshot {
        name,
        path: path.to_owned(),
        commit: None,
        complete: false,
        incomplete_because: vec![why.to_owned()],
        tenants: options.tenants.clone(),
        operator: options.operator,
        manifests: Vec::new(),
        problems: Vec::new(),
    };
    Read { snapshot, trouble: Some(why.to_owned()), repository: None }
}
