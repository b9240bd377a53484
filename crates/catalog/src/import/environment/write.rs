//! The manifest's text.

use super::groups::{Group, Groups};
use super::network::{Parts, Tier};
use super::sights::{Of, Sights, word};
use super::{Draft, flow, text};
use crate::import::Imported;
use crate::import::yaml::{flow_list, scalar};
use aplomo_core::{Observed, Region, Seen, Sight};
use aplomo_resources::ec2;
use aplomo_resources::ec2::model::{FlowLog, PrefixList, Subnet};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What is never read, so that nobody takes it for seen to.
const UNREAD: &str = "not looked at, and left as they are: further IPv4 blocks, network ACLs, DHCP options, endpoints, \
                      peerings, VPN and transit gateways; routes name them by their ids";

pub(super) fn manifest(
    sights: &Sights<'_>,
    parts: &Parts<'_, '_>,
    groups: &Groups<'_, '_>,
    mut draft: Draft,
) -> Imported {
    let vpc = sights.vpc.object;
    let mut out = format!(
        "# Imported from the network {}.\napiVersion: aplomo/v1\nkind: Environment\nmetadata:\n  name: {}\n  tenant: {}\nlifecycle:\n  adopt: {}\nspec:\n  type: staging\n",
        vpc.id,
        scalar(draft.reference.name.as_str()),
        scalar(draft.reference.tenant.as_str()),
        scalar(vpc.id.as_str()),
    );
    draft
        .notes
        .push("it is written down as `staging`: say what it is, production is checked more strictly".into());
    if let Some(region) = vpc.scope.region.as_ref().map(Region::as_str) {
        let _ = writeln!(out, "  region: {}", scalar(region));
    }
    network(sights, parts, &mut out, &mut draft);
    rules(groups, &mut out);
    tags(sights, &mut out, &mut draft);
    out.push_str("  keepTags: true\n");
    if !draft.existing.is_empty() {
        out.push_str("  existing:\n");
    }
    for (end, id) in &draft.existing {
        let _ = writeln!(out, "    {}: {}", scalar(end), scalar(id.as_str()));
    }
    main_table(sights, parts, &mut draft);
    draft.notes.push(UNREAD.to_owned());
    Imported { yaml: out, notes: draft.notes, takes: draft.existing.into_values().collect() }
}

fn network(sights: &Sights<'_>, parts: &Parts<'_, '_>, out: &mut String, draft: &mut Draft) {
    let _ = writeln!(out, "  network:\n    cidr: {}", scalar(word(&sights.vpc.model.cidr)));
    if sights.vpc.model.ipv6 == Sight::Value(true) {
        out.push_str("    ipv6: true\n");
    }
    if !parts.zones.is_empty() {
        let _ = writeln!(
            out,
            "    zones: {}\n    availabilityZones: {}",
            parts.zones.len(),
            flow_list(&parts.zones)
        );
    }
    list(out, "    tiers:\n", &parts.tiers, |out, tier| self::tier(parts, tier, out));
    list(out, "    natGateways:\n", &parts.nats, |out, nat| {
        let line = flow(&[("name", text(&nat.name)), ("tier", text(&nat.tier)), ("zone", text(&nat.zone))]);
        let _ = writeln!(out, "      - {line}");
    });
    list(out, "    routeTables:\n", &parts.tables, |out, (name, routes)| {
        let _ = writeln!(out, "      - name: {}", scalar(name));
        list(out, "        routes:\n", routes, |out, (to, target)| {
            let _ = writeln!(out, "          {}: {}", scalar(to), scalar(target));
        });
    });
    flow_logs(&sights.flow_logs, out, draft);
    default_group(sights, out, draft);
}

fn list<T>(out: &mut String, heading: &str, items: &[T], mut write: impl FnMut(&mut String, &T)) {
    if !items.is_empty() {
        out.push_str(heading);
    }
    items.iter().for_each(|item| write(out, item));
}

fn tier(parts: &Parts<'_, '_>, tier: &Tier<'_, '_>, out: &mut String) {
    let (name, exposure) = (scalar(&tier.name), tier.exposure);
    let _ = writeln!(out, "      - name: {name}\n        exposure: {exposure}\n        subnets:");
    for subnet in &tier.subnets {
        let model = &subnet.model;
        let table = model.route_table.value().and_then(|id| parts.names.get(id.as_str()));
        let public = model.map_public_ip.value().copied().unwrap_or_default();
        let (six, assigns) = (model.ipv6_index.value(), model.assign_ipv6 == Sight::Value(true));
        let line = flow(&[
            ("zone", text(word(&model.availability_zone))),
            ("cidr", text(word(&model.cidr))),
            ("routeTable", text(table.map_or("main", String::as_str))),
            ("publicAddresses", (public != (exposure == "public")).then(|| public.to_string())),
            ("ipv6", six.map(ToString::to_string)),
            ("ipv6Addresses", (assigns != six.is_some()).then(|| assigns.to_string())),
        ]);
        let _ = writeln!(out, "          - {line}");
    }
}

/// The first that the kind can say; of the others it is told.
fn flow_logs(logs: &[Of<'_, FlowLog<Seen>>], out: &mut String, draft: &mut Draft) {
    let mut written = false;
    for log in logs {
        let fields = log_fields(&log.model);
        match fields {
            Some(fields) if !written => {
                let _ = writeln!(out, "    flowLogs: {fields}");
                draft.take(&ec2::FLOW_LOG, &[], log.object);
                written = true;
            }
            Some(_) => draft.leave(log.object, "an environment has one flow log"),
            None => draft.leave(log.object, "its destination, role or interval cannot be written here"),
        }
    }
}

fn log_fields(log: &FlowLog<Seen>) -> Option<String> {
    let aggregation = log.aggregation.value().filter(|seconds| [60, 600].contains(*seconds))?;
    let traffic = text(&word(&log.traffic_type).to_lowercase());
    let (destination, own) = match (word(&log.destination_type), &log.log_group, &log.role, &log.bucket) {
        ("cloud-watch-logs", Sight::Value(group), Sight::Value(role), _) => {
            ("cloudwatch", [("logGroup", text(group)), ("role", text(role))])
        }
        ("s3", _, Sight::Absent, Sight::Value(bucket)) => ("s3", [("bucket", text(bucket)), ("role", None)]),
        _ => return None,
    };
    let [first, second] = own;
    let aggregation = ("aggregation", Some(aggregation.to_string()));
    Some(flow(&[("destination", text(destination)), first, second, ("traffic", traffic), aggregation]))
}

fn default_group(sights: &Sights<'_>, out: &mut String, draft: &mut Draft) {
    let rules = sights.default_group.as_ref().and_then(|group| group.model.rules.value());
    if rules.is_some_and(|rules| rules.is_empty()) {
        return;
    }
    out.push_str("    lockDefaultSecurityGroup: false\n");
    draft.notes.push(
        "the default security group lets things through and is left alone: set `lockDefaultSecurityGroup: true` to empty it"
            .to_owned(),
    );
}

fn rules(groups: &Groups<'_, '_>, out: &mut String) {
    list(out, "  securityGroups:\n", &groups.groups, |out, group: &Group<'_>| {
        let (name, description) = (scalar(group.name), scalar(group.description));
        let _ = writeln!(out, "    - name: {name}\n      description: {description}");
        let line = |out: &mut String, rule: &String| out.push_str(&format!("        - {rule}\n"));
        list(out, "      ingress:\n", &group.ingress, line);
        list(out, "      egress:\n", &group.egress, line);
        if group.egress.is_empty() {
            out.push_str("      egress: []\n");
        }
    });
    list(out, "  prefixLists:\n", &groups.lists, |out, found: &&Of<'_, PrefixList<Seen>>| {
        let most = found.model.max_entries.value().copied().unwrap_or_default();
        let name = scalar(word(&found.model.name));
        let _ = writeln!(out, "    - name: {name}\n      maxEntries: {most}");
        let entries: Vec<_> = found.model.entries.iter().collect();
        list(out, "      entries:\n", &entries, |out, (block, said)| {
            let said = said.value().filter(|said| !said.is_empty());
            let line = flow(&[("cidr", text(block)), ("description", said.and_then(|said| text(said)))]);
            let _ = writeln!(out, "        - {line}");
        });
    });
}

/// Those that everything taken over has; what else there is stays as it is.
fn tags(sights: &Sights<'_>, out: &mut String, draft: &mut Draft) {
    let taken = |o: &&&Observed| draft.existing.values().any(|id| *id == o.id);
    let mut all = sights.around.iter().filter(taken).map(|o| own_tags(o));
    let mut common = own_tags(sights.vpc.object);
    let mut others = false;
    for tags in all.by_ref() {
        others |= tags != common;
        common.retain(|key, value| tags.get(key) == Some(value));
    }
    common.retain(|key, value| key != "Name" && crate::tenant::bad_tag(key, value).is_none());
    let pairs: Vec<_> = common.iter().collect();
    list(out, "  tags:\n", &pairs, |out, (key, value)| {
        let _ = writeln!(out, "    {}: {}", scalar(key), scalar(value));
    });
    if others {
        draft.notes.push("names, and tags that not everything in it has, are left as they are".to_owned());
    }
}

fn own_tags(object: &Observed) -> BTreeMap<SmolStr, SmolStr> {
    let tags = object.fields.iter().filter_map(|(path, sight)| {
        let key = path.as_str().strip_prefix("/tags/")?.replace("~1", "/").replace("~0", "~");
        Some((key.into(), sight.value()?.as_text()?.into()))
    });
    tags.collect()
}

fn main_table(sights: &Sights<'_>, parts: &Parts<'_, '_>, draft: &mut Draft) {
    let Some(main) = sights.main() else { return };
    let implicit = |s: &&&Of<'_, Subnet<Seen>>| s.model.route_table == Sight::Absent;
    let on: usize = parts.tiers.iter().map(|tier| tier.subnets.iter().filter(implicit).count()).sum();
    let routes = main.model.routes.len();
    if on > 0 || routes > 0 {
        let why =
            format!("it came with the network; {on} subnets have it, and its {routes} routes are left alone");
        draft.leave(main.object, &why);
    }
}
