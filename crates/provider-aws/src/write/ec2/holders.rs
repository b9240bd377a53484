//! Who still uses what could not be deleted, for the words of a refusal: asked once, when patience is over.
//! What cannot be asked is left out of the words.

use super::filter;
use crate::write::craft::Job;
use crate::write::patience::is_held;
use aplomo_core::ports::CallError;
use aws_sdk_ec2::Client;

pub(super) const INTERFACES: &str = "ec2:DescribeNetworkInterfaces";
pub(super) const GROUPS: &str = "ec2:DescribeSecurityGroups";
pub(super) const SUBNETS: &str = "ec2:DescribeSubnets";
pub(super) const GATEWAYS: &str = "ec2:DescribeInternetGateways";

/// The most names that words hold.
const MOST: usize = 10;

/// Which lists to look at, by the filter that finds what uses the object.
#[derive(Clone, Copy)]
pub(super) struct Uses {
    pub(super) interfaces: &'static str,
    pub(super) groups: &'static [&'static str],
    pub(super) subnets: Option<&'static str>,
    pub(super) gateways: Option<&'static str>,
}

/// The outcome of a delete, with the users named where it was refused for them.
pub(super) async fn explained(
    job: &Job<'_, Client>,
    result: Result<(), CallError>,
    id: &str,
    uses: Uses,
) -> Result<(), CallError> {
    match result {
        Err(CallError::Refused { code, message, request_id }) if is_held(&code) => {
            let users = users(job, id, uses).await;
            let words = if users.is_empty() {
                "; what uses it cannot be seen from here".to_owned()
            } else {
                let more = users.len().saturating_sub(MOST);
                let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
                let named: Vec<_> = users.into_iter().take(MOST).collect();
                format!("; still in use by {}{rest}: take these away first", named.join(", "))
            };
            Err(CallError::Refused { code, message: message + &words, request_id })
        }
        ended => ended,
    }
}

async fn users(job: &Job<'_, Client>, id: &str, uses: Uses) -> Vec<String> {
    let mut users = interfaces(job, id, uses.interfaces).await;
    if let Some(name) = uses.subnets {
        let request = job.pen.client.describe_subnets().filters(filter(name, id));
        let asked = job.pen.line.ask(SUBNETS, |probe| request.customize().interceptor(probe).send()).await;
        let found = asked.ok().and_then(|answer| answer.subnets).unwrap_or_default();
        users.extend(found.into_iter().filter_map(|subnet| subnet.subnet_id));
    }
    for name in uses.groups {
        let request = job.pen.client.describe_security_groups().filters(filter(name, id));
        let asked = job.pen.line.ask(GROUPS, |probe| request.customize().interceptor(probe).send()).await;
        let found = asked.ok().and_then(|answer| answer.security_groups).unwrap_or_default().into_iter();
        let others = found.filter(|group| {
            group.group_name.as_deref() != Some("default") && group.group_id.as_deref() != Some(id)
        });
        users.extend(others.filter_map(|group| Some(named(group.group_id?, group.group_name.as_deref()))));
    }
    if let Some(name) = uses.gateways {
        let request = job.pen.client.describe_internet_gateways().filters(filter(name, id));
        let asked = job.pen.line.ask(GATEWAYS, |probe| request.customize().interceptor(probe).send()).await;
        let found = asked.ok().and_then(|answer| answer.internet_gateways).unwrap_or_default();
        users.extend(found.into_iter().filter_map(|gateway| gateway.internet_gateway_id));
    }
    users
}

async fn interfaces(job: &Job<'_, Client>, id: &str, name: &str) -> Vec<String> {
    let request = job.pen.client.describe_network_interfaces().filters(filter(name, id));
    let asked = job.pen.line.ask(INTERFACES, |probe| request.customize().interceptor(probe).send()).await;
    let found = asked.ok().and_then(|answer| answer.network_interfaces).unwrap_or_default().into_iter();
    found.filter_map(|card| Some(named(card.network_interface_id?, card.description.as_deref()))).collect()
}

fn named(id: String, words: Option<&str>) -> String {
    match words.filter(|words| !words.is_empty()) {
        Some(words) => format!("{id} ({words})"),
        None => id,
    }
}
