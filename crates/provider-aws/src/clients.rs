//! Clients of one account: one per service and region, made when they are first needed.
//!
//! Deliberately absent: calls, and any service by name but in the list at the end.

use crate::line::Site;
use crate::write::Desk;
use aplomo_core::Region;
use aws_config::SdkConfig;
use aws_sdk_route53::config::retry::{RetryConfig, RetryPartition};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What clients are for. Those that write are never repeated by the SDK: writers repeat by themselves,
/// each time with an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Read,
    Write,
}

/// A service's client.
pub(crate) trait Sdk: Clone + Send + Sync {
    /// The service as in `service:Action`.
    const SERVICE: &'static str;
    /// A client. `partition` keeps its retries apart from those of other accounts.
    fn open(config: &SdkConfig, region: Option<&Region>, purpose: Purpose, partition: String) -> Self;
}

/// The clients of one service.
#[derive(Debug)]
pub(crate) struct Branch<C> {
    config: SdkConfig,
    account: String,
    purpose: Purpose,
    open: Mutex<BTreeMap<Option<Region>, C>>,
}

impl<C: Sdk> Branch<C> {
    /// The client of a region; of the usual one where none is named.
    pub(crate) fn client(&self, region: Option<&Region>) -> C {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || {
            let place = region.map_or("global", |region| region.as_str());
            let purpose = if self.purpose == Purpose::Read { "read" } else { "write" };
            let partition = format!("aplomo-{}-{purpose}-{}-{place}", C::SERVICE, self.account);
            C::open(&self.config, region, self.purpose, partition)
        };
        open.entry(region.cloned()).or_insert_with(fresh).clone()
    }
}

/// Where readers and writers of one account get their clients.
#[derive(Debug, Clone)]
pub(crate) struct Office {
    pub(crate) site: Arc<Site>,
    pub(crate) config: SdkConfig,
    pub(crate) purpose: Purpose,
}

impl Office {
    /// The clients of a service.
    pub(crate) fn branch<C: Sdk>(&self) -> Arc<Branch<C>> {
        Arc::new(Branch {
            config: self.config.clone(),
            account: self.site.account.clone(),
            purpose: self.purpose,
            open: Mutex::default(),
        })
    }

    /// What writers of a service share.
    pub(crate) fn desk<C: Sdk>(&self) -> Desk<C> {
        Desk::new(Arc::clone(&self.site), self.branch())
    }
}

macro_rules! sdks {
    ($($sdk:ident: $service:literal,)*) => {$(impl Sdk for $sdk::Client {
        const SERVICE: &'static str = $service;
        fn open(config: &SdkConfig, region: Option<&Region>, purpose: Purpose, partition: String) -> Self {
            let mut builder = $sdk::config::Builder::from(config).retry_partition(RetryPartition::new(partition));
            if let Some(region) = region {
                builder = builder.region($sdk::config::Region::new(region.to_string()));
            }
            if purpose == Purpose::Write {
                builder = builder.retry_config(RetryConfig::disabled());
            }
            Self::from_conf(builder.build())
        }
    })*};
}

sdks! {
    aws_sdk_acm: "acm",
    aws_sdk_cloudwatchlogs: "logs",
    aws_sdk_ec2: "ec2",
    aws_sdk_iam: "iam",
    aws_sdk_resourcegroupstagging: "tagging",
    aws_sdk_route53: "route53",
    aws_sdk_sts: "sts",
}
