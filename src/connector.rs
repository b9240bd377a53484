//! Joins the engine's ports to `provider-aws`: one connection per way into an account.

use crate::config::AwsSettings;
use aplomo_core::ports::{ApprovedStep, Clock, Fut, ReadCx, Reader, Writer};
use aplomo_core::safety::TenantPolicy;
use aplomo_core::{Account, Installation, Observation, Provider, TypeName};
use aplomo_engine::connect::{ConnectProblem, Connection, Connector};
use aplomo_provider_aws::{Access, Aws, AwsConfig, Session};
use aplomo_resources::route53;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{Mutex, OnceCell};

const AWS: Provider = Provider::known("aws");

/// Makes connections to AWS accounts.
pub struct AwsConnector {
    config: AwsConfig,
    session: OnceCell<Session>,
    known: Mutex<BTreeMap<String, Arc<AwsConnection>>>,
}

impl AwsConnector {
    /// A connector for the configured endpoint and region; credentials come from the SDK's chain.
    #[must_use]
    pub fn new(settings: &AwsSettings, _installation: Installation, _clock: Arc<dyn Clock>) -> Self {
        let usual = AwsConfig::default();
        let config = AwsConfig {
            endpoint: settings.endpoint.clone(),
            region: settings.region.clone().unwrap_or_else(|| usual.region.clone()),
            ..usual
        };
        Self { config, session: OnceCell::new(), known: Mutex::default() }
    }

    async fn connection(&self, access: Access) -> Result<Arc<AwsConnection>, ConnectProblem> {
        let problem = |e: aplomo_provider_aws::AwsProblem| ConnectProblem { message: e.to_string() };
        let session = self.session.get_or_try_init(|| Session::open(&self.config)).await.map_err(problem)?;
        let key = format!("{access:?}");
        let mut known = self.known.lock().await;
        let connection = known.entry(key).or_insert_with(|| {
            let aws = session.account(&access);
            let readers = aws.readers();
            Arc::new(AwsConnection { aws, readers })
        });
        Ok(Arc::clone(connection))
    }
}

impl Connector for AwsConnector {
    fn types(&self) -> Vec<(Provider, TypeName)> {
        [route53::HOSTED_ZONE, route53::RECORD_SET, route53::HEALTH_CHECK].map(|t| (AWS, t)).into()
    }

    fn connect<'a>(
        &'a self,
        tenant: Option<&'a TenantPolicy>,
    ) -> Fut<'a, Result<Arc<dyn Connection>, ConnectProblem>> {
        let way_in = tenant.and_then(|t| Some((t, t.access.get("aws")?)));
        let roles = way_in.filter(|(_, a)| a.read_role.is_some() || a.write_role.is_some());
        let access = match roles {
            None => Access::own("own"),
            Some((tenant, access)) => Access {
                account: tenant
                    .accounts
                    .get("aws")
                    .map_or_else(|| tenant.name.to_string(), ToString::to_string),
                read_role: access.read_role.as_ref().map(ToString::to_string),
                write_role: access.write_role.as_ref().map(ToString::to_string),
                external_id: access.external_id.as_ref().map(ToString::to_string),
                session: format!("aplomo-{}", tenant.name),
            },
        };
        Box::pin(async move { Ok(self.connection(access).await? as Arc<dyn Connection>) })
    }
}

struct AwsConnection {
    aws: Aws,
    readers: Vec<Box<dyn Reader>>,
}

impl Connection for AwsConnection {
    fn provider(&self) -> Provider {
        AWS
    }
    fn identity<'a>(&'a self, cx: &'a ReadCx<'a>) -> Fut<'a, Result<Account, ConnectProblem>> {
        Box::pin(async move {
            let identity = self.aws.caller_identity(cx).await;
            identity.map(|i| i.account).map_err(|e| ConnectProblem { message: e.to_string() })
        })
    }
    fn readers(&self) -> &[Box<dyn Reader>] {
        &self.readers
    }
    fn complete_outputs(&self, observation: &mut Observation) {
        aplomo_provider_aws::lift_outputs(observation);
    }
    fn writers(&self, approved: &[ApprovedStep<'_>]) -> Vec<Box<dyn Writer>> {
        self.aws.writers(approved)
    }
}
