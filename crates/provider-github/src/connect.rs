//! From a configuration to an organisation: readers at hand, writers for approved steps only.

use crate::config::GithubConfig;
use crate::endpoint::Endpoint;
use crate::etags::Etags;
use crate::keys::{Keys, Own};
use crate::line::{Line, Site};
use crate::names::Names;
use crate::pace::Pace;
use crate::problem::GithubProblem;
use crate::read::inside::{
    Actions, Autolinks, Environments, InRepository, Invitations, Secrets, Variables, Webhooks,
};
use crate::read::org::Organisation;
use crate::read::properties::Properties;
use crate::route::Route;
use aplomo_core::ports::{ApprovedStep, ReadCx, Reader, Writer};
use aplomo_core::{Account, TypeName};
use serde_json::Value;
use std::sync::Arc;

/// Our own credentials, opened once. Nothing is sent until somebody asks.
#[derive(Clone)]
pub struct Session {
    config: GithubConfig,
    endpoint: Endpoint,
    own: Own,
    /// A personal token is one for all organisations, and so is its pace.
    pace: Arc<Pace>,
}

impl Session {
    /// Opens the credentials. Needs a runtime, and sends nothing.
    ///
    /// # Errors
    /// [`GithubProblem::Config`] for an address or a key that cannot be.
    pub fn open(config: GithubConfig) -> Result<Self, GithubProblem> {
        let (endpoint, own) = (Endpoint::parse(&config.base_url)?, Own::open(&config)?);
        let pace = Arc::new(Pace::new(config.between_writes));
        Ok(Self { config, endpoint, own, pace })
    }

    /// The way into one organisation.
    #[must_use]
    pub fn organisation(&self, login: &str) -> Github {
        let organisation = login.to_lowercase();
        let keys = Keys::new(self.own.clone(), &organisation);
        // An App's installations are counted apart.
        let own_pace = || Arc::new(Pace::new(self.config.between_writes));
        let pace = if keys.app().is_some() { own_pace() } else { Arc::clone(&self.pace) };
        Github {
            site: Arc::new(Site {
                organisation,
                endpoint: self.endpoint.clone(),
                etags: Etags::default(),
                pace,
                names: Names::default(),
                keys,
                settle: self.config.settle,
                patience: self.config.patience,
                attempt: self.config.timeouts.attempt,
                vault: Arc::clone(&self.config.vault),
            }),
        }
    }
}

/// One organisation.
pub struct Github {
    pub(crate) site: Arc<Site>,
}

impl Github {
    /// Which organisation our credentials reach: its login in lower case.
    ///
    /// # Errors
    /// Any [`GithubProblem`]: this is the first call, so it tells what is wrong with address and credentials.
    pub async fn identity(&self, cx: &ReadCx<'_>) -> Result<Account, GithubProblem> {
        let line = Line::to_read(&self.site, cx);
        let route = Route::get("/orgs/{org}", &[&self.site.organisation]);
        let organisation: Value = line.ask(&route).await?;
        let login = organisation["login"].as_str().map(str::to_lowercase);
        login.and_then(|login| Account::new(login).ok()).ok_or_else(|| GithubProblem::Unreadable {
            call: route.call,
            why: "it names no organisation".into(),
            request_id: None,
        })
    }

    /// The readers of this organisation.
    #[must_use]
    pub fn readers(&self) -> Vec<Box<dyn Reader>> {
        let site = &self.site;
        vec![
            Box::new(Organisation(Arc::clone(site))),
            Box::new(Properties(Arc::clone(site))),
            InRepository::<Environments>::new(site),
            InRepository::<Variables>::new(site),
            InRepository::<Secrets>::new(site),
            InRepository::<Webhooks>::new(site),
            InRepository::<Autolinks>::new(site),
            InRepository::<Actions>::new(site),
            InRepository::<Invitations>::new(site),
        ]
    }

    /// Every type that readers yield.
    #[must_use]
    pub fn types(&self) -> Vec<TypeName> {
        let mut types: Vec<TypeName> = self.readers().iter().flat_map(|r| r.feeds().to_vec()).collect();
        types.sort();
        types.dedup();
        types
    }

    /// The writers for what is approved: one per type that the steps speak of, none without steps. Tokens
    /// that can write are minted here and nowhere else, when the first call needs them.
    #[must_use]
    pub fn writers(&self, approved: &[ApprovedStep<'_>]) -> Vec<Box<dyn Writer>> {
        crate::write::writers(&self.site, approved)
    }

    /// The run is over: tokens that write are given up.
    pub fn rest(&self) {
        self.site.keys.rest();
    }
}
