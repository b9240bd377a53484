//! The network among the others, its zones, its ways out and its logs.

use super::Cx;
use crate::environment::spec::{Destination, EnvironmentType, Exposure, Nat, Network};
use crate::environment::{Environment, slots};
use aplomo_core::{Finding, RemoteId, Severity};
use std::collections::BTreeSet;

/// `bad-zones`, `unused-zones`, `bad-adopt`.
pub(super) fn zones(cx: &mut Cx<'_>) {
    let network = &cx.place.spec.network;
    let (named, wanted) = (network.availability_zones.len(), usize::from(network.zones));
    let pointer = "/spec/network/availabilityZones";
    if named > 0 && named < wanted {
        let message = format!("{wanted} zones are wished and {named} named");
        cx.tell(Finding::error("bad-zones", message).help("name them all, or none"), pointer);
    } else if named > wanted {
        let message = format!("{named} zones are named and {wanted} used");
        cx.tell(Finding::warning("unused-zones", message).help("raise `zones`, or name fewer"), pointer);
    }
    let unique: BTreeSet<_> = network.availability_zones.iter().collect();
    if unique.len() < named {
        let finding = Finding::error("bad-zones", "a zone is named twice");
        cx.tell(finding.help("zones are told apart to survive the loss of one"), pointer);
    }
    let region = cx.place.scope.region.as_ref().map(AsRef::as_ref).unwrap_or_default();
    let elsewhere = network.availability_zones.iter().find(|zone| !zone.starts_with::<&str>(region));
    if let Some(zone) = elsewhere {
        let finding = Finding::error("bad-zones", format!("`{zone}` is no zone of {region}"));
        cx.tell(finding.help(format!("e.g. `{region}a`")), pointer);
    }
    let adopt = cx.place.manifest.lifecycle.adopt.as_ref().map(RemoteId::as_str);
    if let Some(id) = adopt.filter(|id| !id.starts_with("vpc-")) {
        let finding = Finding::error("bad-adopt", format!("`{id}` is no id of a network"));
        cx.tell(
            finding.help("e.g. `vpc-0a1b2c3d`; what else is to be taken over stands under `existing`"),
            "/lifecycle/adopt",
        );
    }
}

/// `networks-overlap`: networks of one tenant that share addresses can never be connected.
pub(super) fn overlaps(cx: &mut Cx<'_>) {
    let own = &cx.place.manifest.reference;
    let names: Vec<String> = cx.estate.names::<Environment>(&own.tenant).map(str::to_owned).collect();
    for name in names {
        let Ok(name) = aplomo_core::ManifestName::new(&name) else { continue };
        let Some(other) = cx.estate.get::<Environment>(&own.tenant, &name) else { continue };
        let Some(block) = slots::network(&other.spec.network.cidr).filter(|_| name != own.name) else {
            continue;
        };
        if slots::overlap(block, cx.place.block) {
            let message =
                format!("{} and {block} of the Environment `{name}` share addresses", cx.place.block);
            let finding = Finding::warning("networks-overlap", message);
            cx.tell(
                finding.help("give them blocks of their own: such networks can never be connected"),
                "/spec/network/cidr",
            );
        }
    }
}

/// `nat-twice`, `nat-without-public`, `nat-unused`, `egress-without-nat`, `single-nat`, `no-public-tier`.
pub(super) fn nat(cx: &mut Cx<'_>) {
    let network = &cx.place.spec.network;
    let has = |exposure| network.tiers.iter().any(|tier| tier.exposure == exposure);
    let (public, egress) = (has(Exposure::Public), has(Exposure::Egress));
    let finding = match network.nat {
        Nat::Single | Nat::PerZone if !network.nat_gateways.is_empty() => {
            Finding::error("nat-twice", "the NAT gateways are listed, and `nat` asks for others")
                .help("leave `nat` out, or `natGateways`")
        }
        Nat::None if egress && goes_nowhere(network) => Finding::warning(
            "egress-without-nat",
            "the egress tiers reach nothing outside: there is no NAT gateway",
        )
        .help("set `nat: perZone` (or `single`), or give the tiers the exposure `isolated`"),
        Nat::Single | Nat::PerZone if !public => {
            Finding::error("nat-without-public", "a NAT gateway stands in a public tier, and there is none")
                .help("add a tier with `exposure: public`, or set `nat: none`")
        }
        Nat::Single | Nat::PerZone if !egress => {
            Finding::warning("nat-unused", "no tier goes out through the NAT gateways")
                .help("set `nat: none`, or give a tier the exposure `egress`")
        }
        Nat::Single if production(cx) && network.zones > 1 => Finding::warning(
            "single-nat",
            "when the zone of the one NAT gateway fails, production reaches nothing outside",
        )
        .help("set `nat: perZone`"),
        _ => return,
    };
    cx.tell(finding, "/spec/network/nat");
}

/// Whether no egress tier has routes of its own.
fn goes_nowhere(network: &Network) -> bool {
    let own = network.tiers.iter().filter(|tier| tier.exposure == Exposure::Egress);
    network.nat_gateways.is_empty()
        && !own.flat_map(|tier| &tier.subnets).any(|subnet| subnet.route_table.is_some())
}

/// `no-flow-logs`, `flow-logs`.
pub(super) fn flow_logs(cx: &mut Cx<'_>) {
    let Some(logs) = &cx.place.spec.network.flow_logs else {
        if production(cx) {
            let finding =
                Finding::warning("no-flow-logs", "the traffic of a production network is not logged");
            cx.tell(
                finding.help("add `flowLogs: {destination: cloudwatch, retentionDays: 90}`"),
                "/spec/network",
            );
        }
        return;
    };
    let wrong = match logs.destination {
        Destination::S3 if logs.bucket.is_none() => ("no bucket is named", "add `bucket: arn:aws:s3:::name`"),
        Destination::S3 if logs.retention_days.is_some() => {
            ("a bucket keeps logs by its own rules", "leave `retentionDays` out")
        }
        Destination::S3 if logs.log_group.is_some() || logs.role.is_some() => {
            ("a bucket has no log group and needs no role", "leave `logGroup` and `role` out")
        }
        Destination::Cloudwatch if logs.log_group.is_some() != logs.role.is_some() => (
            "a log group that exists and the role that may write it go together",
            "name both `logGroup` and `role`, or none for ones of their own",
        ),
        Destination::Cloudwatch if logs.log_group.is_some() && logs.retention_days.is_some() => {
            ("a log group that exists keeps its own retention", "leave `retentionDays` out")
        }
        Destination::Cloudwatch if logs.bucket.is_some() => {
            ("CloudWatch has no bucket", "leave `bucket` out, or set `destination: s3`")
        }
        _ => return,
    };
    cx.tell(Finding::error("flow-logs", wrong.0).help(wrong.1), "/spec/network/flowLogs");
}

/// `bad-tag`.
pub(super) fn tags(cx: &mut Cx<'_>) {
    for (key, value) in &cx.place.spec.tags {
        if let Some(why) = crate::tenant::bad_tag(key, value) {
            let pointer = format!("/spec/tags/{}", key.replace('~', "~0").replace('/', "~1"));
            cx.tell(Finding::new(Severity::Error, "bad-tag", format!("the tag `{key}` {why}")), &pointer);
        }
    }
}

fn production(cx: &Cx<'_>) -> bool {
    cx.place.spec.environment_type == EnvironmentType::Production
}
