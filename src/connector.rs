//! Joins the engine's ports to `provider-aws`: one connection per way into an account.

pub mod github;

use crate::config::{AwsSettings, Resolver};
use aplomo_core::ports::{ApprovedStep, Fut, ReadCx, Reader, Writer};
use aplomo_core::safety::TenantPolicy;
use aplomo_core::{Account, Observation, Provider, TypeName};
use aplomo_engine::connect::{ConnectProblem, Connection, Connector};
use aplomo_provider_aws::{Access, Aws, AwsConfig, Dns, Session};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
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
    pub fn new(settings: &AwsSettings, settle: Option<Duration>) -> Self {
        let usual = AwsConfig::default();
        let config = AwsConfig {
            endpoint: settings.endpoint.clone(),
            region: settings.region.clone().unwrap_or_else(|| usual.region.clone()),
            settle,
            dns: match settings.resolver {
                Resolver::System => Dns::System,
                Resolver::Off => Dns::Off,
                Resolver::At(address) => Dns::At(address),
            },
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
            Arc::new(AwsConnection { way: way(&access), aws, readers })
        });
        Ok(Arc::clone(connection))
    }
}

impl Connector for AwsConnector {
    fn provider(&self) -> Provider {
        AWS
    }

    fn types(&self) -> Vec<TypeName> {
        let types = aplomo_resources::registry();
        let names = types.iter().map(aplomo_core::ResourceType::name);
        names.filter(|name| name.as_str().starts_with("aws.")).collect()
    }

    fn connect<'a>(
        &'a self,
        tenant: Option<&'a TenantPolicy>,
    ) -> Fut<'a, Result<Option<Arc<dyn Connection>>, ConnectProblem>> {
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
        Box::pin(async move { Ok(Some(self.connection(access).await? as Arc<dyn Connection>)) })
    }
}

/// What tells a way in from another: the roles; nothing for our own credentials.
fn way(access: &Access) -> String {
    let roles = [&access.read_role, &access.write_role, &access.external_id];
    roles.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ")
}

struct AwsConnection {
    way: String,
    aws: Aws,
    readers: Vec<Box<dyn Reader>>,
}

impl Connection for AwsConnection {
    fn provider(&self) -> Provider {
        AWS
    }
    fn way(&self) -> &str {
        &self.way
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
    fn rest(&self) {
        self.aws.rest();
    }
}
