//! Credentials: one client with our own, and tokens of an App's installation that hold what the work
//! needs and no more: to plan, reading; to write, what the steps of the plan ask for in their
//! repositories. A planner's token of an App cannot write; a personal token is one for both.
//!
//! Deliberately absent: waiting for limits and counting (`line`).

use crate::config::{Credentials, GithubConfig};
use crate::line::Line;
use crate::permissions::{self, Need};
use crate::problem::GithubProblem;
use crate::route::Route;
use aplomo_core::Timestamp;
use http::Method;
use jiff::SignedDuration;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use octocrab::Octocrab;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{Mutex, OnceCell};

/// A token is renewed this long before it ends.
const BEFORE_THE_END: SignedDuration = SignedDuration::from_mins(5);
/// How long the installation is taken to be as it was: an owner may change it at any time.
const FRESH: SignedDuration = SignedDuration::from_mins(1);
/// The most repositories that a token can be narrowed to.
const MOST_REPOSITORIES: usize = 500;

/// A client with one token; the number tells tokens apart.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) crab: Octocrab,
    pub(crate) token: u64,
}

fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// What a token is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// To look.
    Read,
    /// To talk about pull requests: comments, checks, issues and branches of proposals. Nothing that is managed.
    Desk,
    /// To write this, in these repositories; in all where it cannot be said.
    Write { needs: BTreeSet<Need>, repositories: Option<BTreeSet<u64>> },
}

/// Our own credentials.
#[derive(Debug, Clone)]
pub(crate) struct Own {
    client: Client,
    app: Option<App>,
}

/// An App: its id and its key.
#[derive(Clone)]
struct App {
    id: u64,
    key: EncodingKey,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What an App says of itself to prove who it is.
#[derive(Serialize)]
struct Claims {
    iss: String,
    iat: i64,
    exp: i64,
}

impl App {
    /// A client that speaks for the App itself, for the next minutes; by our own clock port and not by the
    /// machine's, which is why octocrab does not sign.
    fn speak(&self, crab: &Octocrab, now: Timestamp) -> Result<Octocrab, GithubProblem> {
        // Issued a minute ago, so that clocks may differ; GitHub takes ten minutes at most.
        let (iat, exp) = (now.as_second() - 60, now.as_second() + 9 * 60);
        let claims = Claims { iss: self.id.to_string(), iat, exp };
        let bad = |why: String| GithubProblem::Config { what: "the App's private key", why };
        let signed = jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &self.key);
        let signed = signed.map_err(|e| bad(format!("signs nothing ({e})")))?;
        crab.user_access_token(SecretString::from(signed)).map_err(|e| bad(e.to_string()))
    }
}

impl Own {
    /// Reads the credentials. Nothing is sent.
    pub(crate) fn open(config: &GithubConfig) -> Result<Self, GithubProblem> {
        let bad = |what, why: String| GithubProblem::Config { what, why };
        let root = crate::endpoint::Endpoint::parse(&config.base_url)?.root;
        let builder = Octocrab::builder().set_connect_timeout(Some(config.timeouts.connect));
        let builder = builder.base_uri(root).map_err(|e| bad("the address of GitHub", e.to_string()))?;
        let (builder, app) = match &config.credentials {
            Credentials::Token(token) => (builder.personal_token(token.clone()), None),
            Credentials::App { id, key } => {
                let pem = EncodingKey::from_rsa_pem(key.expose_secret().as_bytes());
                let pem = pem.map_err(|_| {
                    bad(
                        "the App's private key",
                        "is no RSA key in PEM form: use the file that GitHub gave".into(),
                    )
                })?;
                (builder, Some(App { id: *id, key: pem }))
            }
        };
        let crab = builder.build().map_err(|e| bad("the way to GitHub", e.to_string()))?;
        Ok(Self { client: Client { crab, token: number() }, app })
    }
}

/// The installation of an App in an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Installation {
    id: u64,
    #[serde(default)]
    permissions: BTreeMap<String, String>,
    #[serde(default)]
    suspended_at: Option<String>,
    #[serde(default)]
    repository_selection: Option<String>,
}

/// Not Debug: it holds a token.
#[derive(Deserialize)]
struct Minted {
    token: String,
    expires_at: Timestamp,
}

/// The keys to one organisation.
#[derive(Debug)]
pub(crate) struct Keys {
    own: Own,
    organisation: String,
    held: Mutex<Held>,
    person: OnceCell<String>,
}

/// The installation as it was last seen, and the tokens that were minted under it.
#[derive(Debug, Default)]
struct Held {
    installation: Option<(Installation, Timestamp)>,
    minted: BTreeMap<Purpose, (Client, Timestamp)>,
}

impl Held {
    /// Nothing that was minted before is worth anything, or is what would be minted now.
    fn drop_tokens(&mut self, line: &Line<'_>) {
        for (client, _) in std::mem::take(&mut self.minted).into_values() {
            line.site.etags.drop_token(client.token);
        }
    }
}

impl Keys {
    pub(crate) fn new(own: Own, organisation: &str) -> Self {
        Self { own, organisation: organisation.to_owned(), held: Mutex::default(), person: OnceCell::new() }
    }

    /// The App's id, where we are one.
    pub(crate) fn app(&self) -> Option<u64> {
        self.own.app.as_ref().map(|app| app.id)
    }

    /// The id of the person whose token we have; `None` for an App, and where GitHub does not say.
    pub(crate) async fn person(&self, line: &Line<'_>) -> Option<String> {
        if self.own.app.is_some() {
            return None;
        }
        let ask = || async {
            let person: serde_json::Value = line.ask(&Route::get("/user", &[])).await.map_err(drop)?;
            person["id"].as_u64().map(|id| id.to_string()).ok_or(())
        };
        self.person.get_or_try_init(ask).await.ok().cloned()
    }

    /// A client for a purpose, with a token that still lives, minted under the installation of now.
    pub(crate) async fn client(&self, line: &Line<'_>, purpose: &Purpose) -> Result<Client, GithubProblem> {
        let Some(app) = &self.own.app else { return Ok(self.own.client.clone()) };
        let mut held = self.held.lock().await;
        let installation = self.look_again(&mut held, line, app).await?;
        let now = line.now();
        if let Some((client, ends)) = held.minted.get(purpose) {
            if now + BEFORE_THE_END < *ends {
                return Ok(client.clone());
            }
            line.site.etags.drop_token(client.token);
        }
        let (client, ends) = self.mint(line, app, &installation, purpose).await?;
        held.minted.insert(purpose.clone(), (client.clone(), ends));
        Ok(client)
    }

    /// Whether we are an App that is let into some repositories only.
    pub(crate) async fn sees_only_some(&self, line: &Line<'_>) -> Result<bool, GithubProblem> {
        let Some(app) = &self.own.app else { return Ok(false) };
        let installation = self.look_again(&mut *self.held.lock().await, line, app).await?;
        Ok(installation.repository_selection.as_deref() == Some("selected"))
    }

    /// GitHub did not take this token: it is forgotten with what we know of the installation. Whether another
    /// one is worth a try.
    pub(crate) async fn refused(&self, line: &Line<'_>, token: u64) -> bool {
        if self.own.app.is_none() {
            return false;
        }
        let mut held = self.held.lock().await;
        held.installation = None;
        if held.minted.values().any(|(client, _)| client.token == token) {
            held.drop_tokens(line);
        }
        true
    }

    /// The installation as it is now, give or take a minute. Where an owner took it away, suspended it, gave it
    /// other permissions or repositories, the tokens from before are dropped.
    async fn look_again(
        &self,
        held: &mut Held,
        line: &Line<'_>,
        app: &App,
    ) -> Result<Installation, GithubProblem> {
        let now = line.now();
        if let Some((installation, at)) = &held.installation
            && *at <= now
            && now < *at + FRESH
        {
            return Ok(installation.clone());
        }
        match self.find(line, app).await {
            Ok(found) => {
                if held.installation.as_ref().is_none_or(|(before, _)| *before != found) {
                    held.drop_tokens(line);
                }
                held.installation = Some((found.clone(), now));
                Ok(found)
            }
            // A failure of GitHub or of the network says nothing of the installation.
            Err(problem) => {
                let lost = matches!(
                    problem,
                    GithubProblem::NotInstalled { .. }
                        | GithubProblem::Config { .. }
                        | GithubProblem::BadCredentials { .. }
                );
                if lost {
                    held.installation = None;
                    held.drop_tokens(line);
                }
                Err(problem)
            }
        }
    }

    async fn mint(
        &self,
        line: &Line<'_>,
        app: &App,
        installation: &Installation,
        purpose: &Purpose,
    ) -> Result<(Client, Timestamp), GithubProblem> {
        let mut body =
            serde_json::json!({ "permissions": permissions::granted(purpose, &installation.permissions) });
        if let Purpose::Write { repositories: Some(ids), .. } = purpose
            && !ids.is_empty()
            && ids.len() <= MOST_REPOSITORIES
        {
            body["repository_ids"] = serde_json::json!(ids);
        }
        let id = installation.id.to_string();
        let route = Route::new(Method::POST, "/app/installations/{installation_id}/access_tokens", &[&id]);
        let answer = line.as_ourselves(&self.ourselves(line, app)?, &route, Some(&body)).await?;
        let Minted { token, expires_at } = answer.json(&route.call)?;
        let crab = self.own.client.crab.user_access_token(SecretString::from(token));
        let crab = crab.map_err(|e| GithubProblem::NotSent { call: route.call, why: e.to_string() })?;
        Ok((Client { crab, token: number() }, expires_at))
    }

    /// A client that speaks for the App itself; `None` where we are none.
    pub(crate) fn as_app(&self, line: &Line<'_>) -> Result<Option<Client>, GithubProblem> {
        self.own.app.as_ref().map(|app| self.ourselves(line, app)).transpose()
    }

    fn ourselves(&self, line: &Line<'_>, app: &App) -> Result<Client, GithubProblem> {
        let crab = app.speak(&self.own.client.crab, line.now())?;
        Ok(Client { crab, ..self.own.client })
    }

    async fn find(&self, line: &Line<'_>, app: &App) -> Result<Installation, GithubProblem> {
        let route = Route::get("/orgs/{org}/installation", &[&self.organisation]);
        let answer = line.as_ourselves(&self.ourselves(line, app)?, &route, None).await;
        let not_there = |request_id| GithubProblem::NotInstalled {
            app: app.id,
            organisation: self.organisation.clone(),
            endpoint: line.site.endpoint.shown.clone(),
            request_id,
        };
        let installation: Installation = match answer {
            Ok(answer) => answer.json(&route.call)?,
            Err(GithubProblem::NotVisible { request_id, .. }) => return Err(not_there(request_id)),
            Err(other) => return Err(other),
        };
        match installation.suspended_at {
            Some(_) => Err(GithubProblem::Config {
                what: "the App's installation",
                why: format!(
                    "in `{}` is suspended: an owner of the organisation can lift that",
                    self.organisation
                ),
            }),
            None => Ok(installation),
        }
    }

    /// Forgets the tokens that can write: the run is over.
    pub(crate) fn rest(&self) {
        if let Ok(mut held) = self.held.try_lock() {
            held.minted.retain(|purpose, _| !matches!(purpose, Purpose::Write { .. }));
        }
    }
}
