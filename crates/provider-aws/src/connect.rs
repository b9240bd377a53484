//! From a configuration to clients: one session with our own credentials, one [`Aws`] per tenant
//! account with readers, and writers for approved steps only.

use crate::clients::{Office, Purpose};
use crate::config::{Access, AwsConfig, Credentials};
use crate::dns::Lookup;
use crate::line::{Line, Site};
use crate::problem::AwsProblem;
use crate::read::acm::Details;
use crate::role::{Assumptions, Role};
use crate::services::{self, Clerk, SERVICES};
use crate::session_policy::session_policy;
use aplomo_core::ports::{ApprovedStep, ReadCx, Reader, Writer};
use aplomo_core::{Account, TypeName};
use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_route53::config::retry::RetryPartition;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;

/// Our own credentials and settings, loaded once.
#[derive(Debug, Clone)]
pub struct Session {
    own: SdkConfig,
    endpoint: String,
    settle: Option<Duration>,
    dns: Lookup,
}

impl Session {
    /// Loads the settings. Nothing is sent to AWS; credentials are looked for at the first call.
    ///
    /// # Errors
    /// [`AwsProblem::Config`] for an endpoint that is no URL.
    pub async fn open(config: &AwsConfig) -> Result<Self, AwsProblem> {
        if let Some(url) =
            config.endpoint.as_ref().filter(|url| !url.starts_with("http://") && !url.starts_with("https://"))
        {
            let why = "is no URL; it begins with http:// or https://";
            return Err(AwsProblem::Config { what: "the AWS endpoint", text: url.clone(), why });
        }
        let times = config.timeouts;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(times.connect)
            .operation_attempt_timeout(times.attempt)
            .operation_timeout(times.operation)
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(config.region.clone()))
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(config.read_attempts.max(1)));
        if let Some(url) = &config.endpoint {
            loader = loader.endpoint_url(url);
        }
        let own = match &config.credentials {
            Credentials::Chain { profile: None } => loader,
            Credentials::Chain { profile: Some(name) } => loader.profile_name(name),
            Credentials::Keys { id, secret, token } => {
                loader.credentials_provider(aws_credential_types::Credentials::new(
                    id,
                    secret,
                    token.clone(),
                    None,
                    "aplomo-configuration",
                ))
            }
        };
        let own = own.load().await;
        let endpoint = own.endpoint_url().unwrap_or("AWS").to_owned();
        Ok(Self { own, endpoint, settle: config.settle, dns: Lookup::new(config.dns) })
    }

    /// One tenant's account. Nothing is sent to AWS.
    #[must_use]
    pub fn account(&self, access: &Access) -> Aws {
        let site = Arc::new(Site {
            account: access.account.clone(),
            endpoint: self.endpoint.clone(),
            assumptions: Arc::new(Assumptions::default()),
            settle: self.settle,
            dns: self.dns.clone(),
            certificates: Details::default(),
            without_ipv6: Mutex::default(),
        });
        let config = self.as_role(&site, access, access.read_role.as_deref(), None);
        let office = Office { site: Arc::clone(&site), config, purpose: Purpose::Read };
        let sts = office.branch::<aws_sdk_sts::Client>().client(None);
        Aws {
            session: self.clone(),
            access: access.clone(),
            office,
            sts,
            identity: OnceCell::new(),
            site,
            sessions: Mutex::default(),
        }
    }

    /// The settings with a role's credentials, or our own where there is no role.
    /// `policy` cuts what the session may do.
    fn as_role(&self, site: &Site, access: &Access, arn: Option<&str>, policy: Option<String>) -> SdkConfig {
        let Some(arn) = arn else { return self.own.clone() };
        let sts = aws_sdk_sts::config::Builder::from(&self.own)
            .retry_partition(RetryPartition::new(format!("aplomo-sts-{}", access.account)));
        let role = Role {
            sts: aws_sdk_sts::Client::from_conf(sts.build()),
            arn: arn.to_owned(),
            external_id: access.external_id.clone(),
            session: access.session.clone(),
            policy,
            account: site.account.clone(),
            endpoint: site.endpoint.clone(),
            assumptions: site.assumptions.clone(),
        };
        // A cache of its own, so that the credentials of a write client go when it goes.
        let cache = IdentityCache::lazy().build();
        self.own
            .to_builder()
            .identity_cache(cache)
            .credentials_provider(SharedCredentialsProvider::new(role))
            .build()
    }
}

/// Who our credentials are in an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account, 12 digits.
    pub account: Account,
    /// The principal.
    pub arn: String,
}

/// One tenant's AWS account.
#[derive(Debug)]
pub struct Aws {
    session: Session,
    access: Access,
    site: Arc<Site>,
    office: Office,
    sts: aws_sdk_sts::Client,
    identity: OnceCell<Identity>,
    /// Write sessions by the type they are cut to, until the run is over.
    sessions: Mutex<BTreeMap<TypeName, SdkConfig>>,
}

impl Aws {
    /// Opens a session and the account in one go; for several accounts share a [`Session`].
    ///
    /// # Errors
    /// As [`Session::open`].
    pub async fn connect(config: &AwsConfig, access: &Access) -> Result<Self, AwsProblem> {
        Ok(Session::open(config).await?.account(access))
    }

    /// Who we are with the credentials that read. Asked once per process and account; failures are not kept.
    ///
    /// # Errors
    /// Any [`AwsProblem`]: this is the first call, so it tells what is wrong with endpoint and credentials.
    pub async fn caller_identity(&self, cx: &ReadCx<'_>) -> Result<Identity, AwsProblem> {
        self.identity.get_or_try_init(|| self.ask_identity(cx)).await.cloned()
    }

    async fn ask_identity(&self, cx: &ReadCx<'_>) -> Result<Identity, AwsProblem> {
        const CALL: &str = "sts:GetCallerIdentity";
        let line = Line::to_read(&self.site, cx, None);
        let request = self.sts.get_caller_identity();
        let output = line.ask(CALL, |probe| request.customize().interceptor(probe).send()).await?;
        let account = output.account.as_deref().and_then(|text| Account::new(text).ok());
        match (account, output.arn) {
            (Some(account), Some(arn)) => Ok(Identity { account, arn }),
            _ => Err(AwsProblem::Unreadable {
                call: CALL,
                why: "it names no account".into(),
                request_id: None,
            }),
        }
    }

    /// The readers of this account.
    #[must_use]
    pub fn readers(&self) -> Vec<Box<dyn Reader>> {
        SERVICES.iter().flat_map(|service| (service.readers)(&self.office)).collect()
    }

    /// Every type that readers yield.
    #[must_use]
    pub fn types(&self) -> Vec<TypeName> {
        services::types(&self.office)
    }

    /// The writers for what is approved: one per type that the steps speak of, none without steps.
    /// The clients that write, with their own credentials, are made here and nowhere else.
    #[must_use]
    pub fn writers(&self, approved: &[ApprovedStep<'_>]) -> Vec<Box<dyn Writer>> {
        let types: BTreeSet<&TypeName> = approved.iter().map(|step| &step.change.type_name).collect();
        let needed = services::clerks().filter(|clerk| types.contains(&clerk.feeds));
        needed.map(|clerk| (clerk.make)(&self.write_office(clerk))).collect()
    }

    /// Gives up the credentials of write sessions: the run is over.
    pub fn rest(&self) {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Where a role is taken to write, its session is cut to what this one writer calls.
    fn write_office(&self, clerk: &Clerk) -> Office {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let open = || {
            let policy = session_policy(clerk.calls.iter().chain(clerk.implied).copied());
            self.session.as_role(&self.site, &self.access, self.access.write_role.as_deref(), Some(policy))
        };
        let config = sessions.entry(clerk.feeds.clone()).or_insert_with(open).clone();
        Office { site: Arc::clone(&self.site), config, purpose: Purpose::Write }
    }
}
