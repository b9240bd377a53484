//! Joins the engine's ports to `provider-github`: one connection per organisation.
//!
//! There is no organisation of our own: who lives on GitHub is said for each tenant.

use crate::config::{self, GithubSettings};
use crate::daemon::sources::secret;
use crate::env::Env;
use crate::failure::Failure;
use aplomo_core::ports::{ApprovedStep, Fut, ReadCx, Reader, Writer};
use aplomo_core::safety::TenantPolicy;
use aplomo_core::{Account, Observation, Provider, TypeName};
use aplomo_engine::connect::{ConnectProblem, Connection, Connector};
use aplomo_provider_github::{Credentials, GITHUB_COM, Github, GithubConfig, Session, Vault};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Mutex;

const GITHUB: Provider = Provider::known("github");

/// Makes connections to organisations.
pub struct GithubConnector {
    /// `None` where the configuration says nothing of GitHub.
    session: Option<Session>,
    known: Mutex<BTreeMap<String, Arc<GithubConnection>>>,
}

impl GithubConnector {
    /// A connector as configured. Nothing is sent.
    ///
    /// # Errors
    /// Where the settings cannot be, or a secret is not where they say.
    pub fn new(settings: Option<&GithubSettings>, env: &Env, vault: Arc<dyn Vault>) -> Result<Self, Failure> {
        let session = settings.map(|settings| open(settings, env, vault)).transpose()?;
        Ok(Self { session, known: Mutex::default() })
    }

    async fn connection(&self, organisation: &str) -> Result<Arc<GithubConnection>, ConnectProblem> {
        let session = self.session.as_ref().ok_or_else(|| ConnectProblem {
            message: format!(
                "the organisation `{organisation}` on GitHub cannot be reached: the configuration has no section `github`; add `github.app` as in deploy/github"
            ),
        })?;
        let mut known = self.known.lock().await;
        let connection = known.entry(organisation.to_lowercase()).or_insert_with(|| {
            let github = session.organisation(organisation);
            let readers = github.readers();
            Arc::new(GithubConnection { github, readers })
        });
        Ok(Arc::clone(connection))
    }
}

/// Opens the credentials of the configuration. Nothing is sent.
///
/// # Errors
/// As [`GithubConnector::new`].
pub fn open(settings: &GithubSettings, env: &Env, vault: Arc<dyn Vault>) -> Result<Session, Failure> {
    let credentials = match (&settings.app, &settings.token) {
        (Some(app), None) => Credentials::App { id: app.id, key: secret(&app.key, &env.vars)? },
        (None, Some(token)) => Credentials::Token(secret(token, &env.vars)?),
        _ => {
            let why = "`github` in the configuration needs either `app` or `token`, and not both";
            return Err(Failure::usage(why.to_owned()));
        }
    };
    let usual = GithubConfig::new(credentials);
    let pause = |text: &Option<String>| text.as_deref().map(config::pause).transpose();
    let settle = pause(&settings.settle).map_err(Failure::usage)?;
    let patience = pause(&settings.patience).map_err(Failure::usage)?;
    let between_writes = pause(&settings.between_writes).map_err(Failure::usage)?;
    let base_url = settings.url.clone().unwrap_or_else(|| GITHUB_COM.to_owned());
    let between_writes = between_writes.unwrap_or(usual.between_writes);
    if base_url.trim_end_matches('/') == GITHUB_COM && between_writes < usual.between_writes {
        let why = "`github.betweenWrites` must be `1s` or more: github.com shuts out who writes faster";
        return Err(Failure::usage(why.to_owned()));
    }
    let config = GithubConfig {
        base_url,
        settle,
        patience: patience.unwrap_or(usual.patience),
        between_writes,
        vault,
        ..usual
    };
    Session::open(config).map_err(|problem| Failure::usage(problem.to_string()))
}

impl Connector for GithubConnector {
    fn provider(&self) -> Provider {
        GITHUB
    }

    fn types(&self) -> Vec<TypeName> {
        let types = aplomo_resources::registry();
        let names = types.iter().map(aplomo_core::ResourceType::name);
        names.filter(|name| name.as_str().starts_with("github.")).collect()
    }

    fn connect<'a>(
        &'a self,
        tenant: Option<&'a TenantPolicy>,
    ) -> Fut<'a, Result<Option<Arc<dyn Connection>>, ConnectProblem>> {
        let organisation = tenant.and_then(|tenant| tenant.accounts.get(GITHUB.as_str()));
        Box::pin(async move {
            let Some(organisation) = organisation else { return Ok(None) };
            Ok(Some(self.connection(organisation.as_str()).await? as Arc<dyn Connection>))
        })
    }
}

struct GithubConnection {
    github: Github,
    readers: Vec<Box<dyn Reader>>,
}

impl Connection for GithubConnection {
    fn provider(&self) -> Provider {
        GITHUB
    }
    /// One way into an organisation: the App's, or the token's.
    fn way(&self) -> &str {
        ""
    }
    fn identity<'a>(&'a self, cx: &'a ReadCx<'a>) -> Fut<'a, Result<Account, ConnectProblem>> {
        Box::pin(async move {
            self.github.identity(cx).await.map_err(|problem| ConnectProblem { message: problem.to_string() })
        })
    }
    fn readers(&self) -> &[Box<dyn Reader>] {
        &self.readers
    }
    fn complete_outputs(&self, _: &mut Observation) {}
    fn writers(&self, approved: &[ApprovedStep<'_>]) -> Vec<Box<dyn Writer>> {
        self.github.writers(approved)
    }
    fn rest(&self) {
        self.github.rest();
    }
}
