//! Security groups with their rules, and the prefix lists that they name.

use super::sights::{Of, Sights, word};
use super::{Draft, flow, text};
use aplomo_core::{Model as _, RemoteId, Seen, Sight, Type as _, Wanted, Wish};
use aplomo_resources::ec2::model::{PrefixList, SecurityGroup, SecurityGroupRule};
use aplomo_resources::ec2::{self, PrefixLists, SecurityGroups, text as texts};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// What AWS grants per group and direction unless asked for more; a manifest with more is refused.
const MOST: usize = 60;

/// A group in the making: its rules are lines of YAML.
pub(super) struct Group<'s> {
    pub(super) name: &'s str,
    pub(super) description: &'s str,
    pub(super) ingress: Vec<String>,
    pub(super) egress: Vec<String>,
}

/// Groups and lists in the making.
pub(super) struct Groups<'s, 'a> {
    pub(super) groups: Vec<Group<'s>>,
    pub(super) lists: Vec<&'s Of<'a, PrefixList<Seen>>>,
}

/// Names by ids, of what the manifest has.
struct Names<'s> {
    groups: BTreeMap<&'s RemoteId, &'s str>,
    lists: BTreeMap<&'s RemoteId, (&'s str, usize)>,
}

impl<'s, 'a> Groups<'s, 'a> {
    pub(super) fn of(sights: &'s Sights<'a>, draft: &mut Draft) -> Self {
        let lists = lists(sights, draft);
        let mut seen = BTreeSet::new();
        let mut fit = Vec::new();
        for group in &sights.groups {
            let name = word(&group.model.name);
            let wrong = unsayable(&group.model)
                .or_else(|| (!seen.insert(name.to_lowercase())).then(|| "another has its name".to_owned()));
            match wrong {
                Some(why) => draft.leave(group.object, &format!("with all its rules: {why}")),
                None => fit.push(group),
            }
        }
        let named = |list: &&'s Of<'a, PrefixList<Seen>>| {
            let room = list.model.max_entries.value().map_or(1, |most| *most as usize);
            (&list.object.id, (word(&list.model.name), room))
        };
        let names = Names {
            groups: fit.iter().map(|group| (&group.object.id, word(&group.model.name))).collect(),
            lists: lists.iter().map(named).collect(),
        };
        let groups = fit.into_iter().filter_map(|group| one(sights, group, &names, draft)).collect();
        Self { groups, lists }
    }
}

fn one<'s>(
    sights: &Sights<'_>,
    group: &'s Of<'_, SecurityGroup<Seen>>,
    names: &Names<'_>,
    draft: &mut Draft,
) -> Option<Group<'s>> {
    let (name, description) = (word(&group.model.name), group.model.description.value());
    let description = description.map_or("", String::as_str);
    let mut out = Group { name, description, ingress: Vec::new(), egress: Vec::new() };
    let mut weights = [0, 0];
    for found in sights.rules(&group.object.id) {
        let ingress = word(&found.model.direction) == "ingress";
        match rule(&found.model, if ingress { "from" } else { "to" }, names) {
            Ok((line, weight)) => {
                weights[usize::from(ingress)] += weight;
                if ingress { &mut out.ingress } else { &mut out.egress }.push(line);
            }
            Err(why) => draft.leave(found.object, &format!("a rule of the group `{name}`: {why}")),
        }
    }
    if weights.iter().any(|weight| *weight > MOST) {
        draft.leave(group.object, "it has more than 60 rules in a direction, and a manifest takes no more");
        return None;
    }
    draft.take(&ec2::SECURITY_GROUP, &[name], group.object);
    Some(out)
}

fn unsayable(group: &SecurityGroup<Seen>) -> Option<String> {
    let (Some(name), Some(description)) = (group.name.value(), group.description.value()) else {
        return Some("name and description could not be read".to_owned());
    };
    let wish = SecurityGroup::<Wanted> {
        name: Wish::Value(name.clone()),
        description: Wish::Value(description.clone()),
        ..SecurityGroup::default()
    };
    match SecurityGroups::normalise(wish) {
        Err(found) => Some(found.into_iter().map(|f| f.message).collect::<Vec<_>>().join("; ")),
        Ok(normal)
            if normal.name.value() != Some(name) || normal.description.value() != Some(description) =>
        {
            Some("name or description begin or end with spaces".to_owned())
        }
        Ok(_) => None,
    }
}

/// A rule as a line of YAML, and for how many it counts.
fn rule(model: &SecurityGroupRule<Seen>, side: &str, names: &Names<'_>) -> Result<(String, usize), String> {
    let protocol = word(&model.protocol);
    let description = model.description.value().map(String::as_str);
    if let Some(said) = description {
        let normal = texts::description(said, "its description")?;
        if normal != said {
            return Err("its description begins or ends with spaces".to_owned());
        }
    }
    let (peer, weight) = peer(model, names).ok_or("what it lets through could not be read")?;
    let line = flow(&[
        ("protocol", text(if protocol == "-1" { "all" } else { protocol }).filter(|_| protocol != "tcp")),
        ("ports", ports(protocol, model.from_port.value(), model.to_port.value())),
        (side, Some(format!("[{peer}]"))),
        ("description", description.and_then(text)),
    ]);
    Ok((line, weight))
}

fn ports(protocol: &str, from: Option<&i32>, to: Option<&i32>) -> Option<String> {
    let (from, to) = (*from?, *to?);
    Some(match (protocol.starts_with("icmp"), from, to) {
        (true, -1, _) => return None,
        (true, kind, -1) => kind.to_string(),
        (true, kind, code) => format!("'{kind}/{code}'"),
        (_, 0, 65_535) => "all".to_owned(),
        (_, from, to) if from == to => from.to_string(),
        (_, from, to) => format!("'{from}-{to}'"),
    })
}

fn peer(model: &SecurityGroupRule<Seen>, names: &Names<'_>) -> Option<(String, usize)> {
    if model.own_group == Sight::Value(true) {
        return Some(("self".to_owned(), 1));
    }
    if let Some(block) = model.cidr4.value().or(model.cidr6.value()) {
        return text(block).map(|block| (block, 1));
    }
    let id = |text: &SmolStr| RemoteId::new(text.as_str()).ok();
    if let Some(group) = model.group.value() {
        let name = id(group).and_then(|id| names.groups.get(&id).copied());
        return Some((flow(&[("securityGroup", text(name.unwrap_or(group)))]), 1));
    }
    let list = model.prefix_list.value()?;
    let (name, weight) = id(list).and_then(|id| names.lists.get(&id).copied()).unwrap_or((list, 1));
    Some((flow(&[("prefixList", text(name))]), weight))
}

/// The lists that rules of this network name and that a manifest can have.
fn lists<'s, 'a>(sights: &'s Sights<'a>, draft: &mut Draft) -> Vec<&'s Of<'a, PrefixList<Seen>>> {
    let rules = sights.groups.iter().flat_map(|group| sights.rules(&group.object.id));
    let used: BTreeSet<SmolStr> = rules.filter_map(|rule| rule.model.prefix_list.value().cloned()).collect();
    let mut seen = BTreeSet::new();
    let mut fit = Vec::new();
    for list in sights.lists.iter().filter(|list| used.contains(list.object.id.as_str())) {
        let wrong = match normal(&list.model) {
            Err(why) => Some(why),
            Ok(()) if !seen.insert(word(&list.model.name)) => Some("another has its name".to_owned()),
            Ok(()) => None,
        };
        if let Some(why) = wrong {
            draft.leave(list.object, &format!("rules name it by its id: {why}"));
            continue;
        }
        draft.take(&ec2::PREFIX_LIST, &[word(&list.model.name)], list.object);
        fit.push(list);
    }
    fit
}

fn normal(list: &PrefixList<Seen>) -> Result<(), String> {
    if word(&list.name).starts_with("pl-") {
        return Err("its name looks like an id".to_owned());
    }
    if list.entries.is_empty() && word(&list.address_family) == "IPv6" {
        return Err("it is for IPv6 and empty, which a manifest cannot say".to_owned());
    }
    let wish = PrefixList::<Wanted> {
        name: Wish::Value(word(&list.name).into()),
        max_entries: list.max_entries.value().map_or(Wish::LeftAlone, |most| Wish::Value(*most)),
        address_family: Wish::Value(word(&list.address_family).into()),
        entries: list.entries.iter().map(|(block, said)| (block.clone(), entry(said))).collect(),
        ..PrefixList::default()
    };
    let told = |found: Vec<aplomo_core::Finding>| found.into_iter().map(|f| f.message).collect::<Vec<_>>();
    PrefixLists::normalise(wish).map(|normal| drop(normal.to_fields())).map_err(|f| told(f).join("; "))
}

fn entry(said: &Sight<String>) -> Wish<String> {
    said.value().cloned().map_or(Wish::LeftAlone, Wish::Value)
}
