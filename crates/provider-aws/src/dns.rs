//! Looking names up in DNS, as the rest of the world sees them. Deliberately absent: caching beyond
//! what an answer allows, and every claim about a name that could not be looked up.

use crate::config::Dns;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How long one question may take; a plan does not wait for somebody's broken name server.
const PATIENCE: Duration = Duration::from_secs(2);

/// What stands at a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Alias {
    /// A CNAME to this name, lower case, with a final dot.
    To(String),
    /// No CNAME.
    None,
    /// It could not be found out.
    Unknown,
}

/// A resolver, made at the first question.
#[derive(Clone)]
pub(crate) struct Lookup {
    dns: Dns,
    resolver: Arc<OnceLock<Option<TokioResolver>>>,
}

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lookup").field("dns", &self.dns).finish_non_exhaustive()
    }
}

impl Lookup {
    pub(crate) fn new(dns: Dns) -> Self {
        Self { dns, resolver: Arc::default() }
    }

    /// Whether nothing is ever looked up.
    pub(crate) const fn is_off(&self) -> bool {
        matches!(self.dns, Dns::Off)
    }

    /// What CNAME stands at an absolute name.
    pub(crate) async fn cname(&self, name: &str) -> Alias {
        let Some(resolver) = self.resolver.get_or_init(|| resolver(self.dns)) else { return Alias::Unknown };
        match resolver.lookup(name, RecordType::CNAME).await {
            Ok(lookup) => lookup
                .answers()
                .iter()
                .find_map(|record| match &record.data {
                    RData::CNAME(target) => Some(Alias::To(target.0.to_ascii().to_ascii_lowercase())),
                    _ => None,
                })
                .unwrap_or(Alias::None),
            Err(error) if error.is_no_records_found() => Alias::None,
            Err(_) => Alias::Unknown,
        }
    }
}

fn resolver(dns: Dns) -> Option<TokioResolver> {
    let mut builder = match dns {
        Dns::Off => return None,
        Dns::System => TokioResolver::builder_tokio().ok()?,
        Dns::At(address) => {
            let mut connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
            connections.iter_mut().for_each(|connection| connection.port = address.port());
            let server = NameServerConfig::new(address.ip(), true, connections.into());
            let config = ResolverConfig::from_name_servers(vec![server]);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        }
    };
    builder.options_mut().timeout = PATIENCE;
    builder.options_mut().attempts = 1;
    builder.build().ok()
}
