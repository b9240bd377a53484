//! Rules as written, taken apart into atoms: one for each source or destination.

use super::groups::placed;
use super::place::{Place, id};
use super::spec::Group;
use super::words::{Peer, Ports};
use aplomo_core::resource::Desired;
use aplomo_core::{Address, Finding, Model as _, Type as _, Wanted, Wish};
use aplomo_resources::ec2::model::SecurityGroupRule;
use aplomo_resources::ec2::{self, SecurityGroupRules};
use smol_str::{SmolStr, format_smolstr};

/// One rule in normal form, with where it is written.
pub(super) struct Rule<'a> {
    pub(super) group: &'a Group,
    pub(super) model: SecurityGroupRule<Wanted>,
    /// The source or destination as it stands in the address.
    pub(super) peer: SmolStr,
    /// The list it names, where it is one of this manifest.
    pub(super) list: Option<&'a SmolStr>,
    pub(super) pointer: String,
}

/// What an ingress and an egress rule have in common.
struct Written<'a> {
    group: &'a Group,
    direction: &'static str,
    protocol: &'a SmolStr,
    ports: Option<Ports>,
    description: Option<&'a SmolStr>,
    pointer: String,
}

/// All rules of all groups; what has no normal form is a finding.
pub(super) fn resolve<'a>(place: &Place<'a>, findings: &mut Vec<Finding>) -> Vec<Rule<'a>> {
    let mut rules = Vec::new();
    for (g, group) in place.spec.security_groups.iter().enumerate() {
        let here = format!("/spec/securityGroups/{g}");
        for (r, rule) in group.ingress.iter().enumerate() {
            let written = Written {
                group,
                direction: "ingress",
                protocol: &rule.protocol,
                ports: rule.ports,
                description: rule.description.as_ref(),
                pointer: format!("{here}/ingress/{r}"),
            };
            written.atoms(place, "from", &rule.from, &mut rules, findings);
        }
        for (r, rule) in group.egress.iter().flatten().enumerate() {
            let written = Written {
                group,
                direction: "egress",
                protocol: &rule.protocol,
                ports: rule.ports,
                description: rule.description.as_ref(),
                pointer: format!("{here}/egress/{r}"),
            };
            written.atoms(place, "to", &rule.to, &mut rules, findings);
        }
        if group.egress.is_none() {
            everything_out(place, group, &here, &mut rules);
        }
    }
    rules
}

/// Without a list everything may go out, as AWS has it.
fn everything_out<'a>(place: &Place<'a>, group: &'a Group, pointer: &str, rules: &mut Vec<Rule<'a>>) {
    const ALL: SmolStr = SmolStr::new_static("-1");
    let written = Written {
        group,
        direction: "egress",
        protocol: &ALL,
        ports: None,
        description: None,
        pointer: pointer.to_owned(),
    };
    let mut world = vec![Peer::Text(SmolStr::new_static("0.0.0.0/0"))];
    if place.spec.network.ipv6 {
        world.push(Peer::Text(SmolStr::new_static("::/0")));
    }
    for peer in &world {
        let (model, peer, _) = written.atom(place, peer);
        let rule = SecurityGroupRules::normalise(model);
        let made = |model| Rule { group, model, peer, list: None, pointer: pointer.to_owned() };
        rules.extend(rule.ok().map(made));
    }
}

impl<'a> Written<'a> {
    fn atoms(
        &self,
        place: &Place<'_>,
        field: &str,
        peers: &'a [Peer],
        rules: &mut Vec<Rule<'a>>,
        findings: &mut Vec<Finding>,
    ) {
        if let Some(wrong) = self.wrong_ports() {
            findings.push(place.manifest.finding_at(wrong, &format!("{}/ports", self.pointer)));
            return;
        }
        for (p, peer) in peers.iter().enumerate() {
            let pointer = format!("{}/{field}/{p}", self.pointer);
            let (model, peer, list) = self.atom(place, peer);
            match SecurityGroupRules::normalise(model) {
                Ok(model) => rules.push(Rule { group: self.group, model, peer, list, pointer }),
                Err(wrong) => {
                    findings.extend(wrong.into_iter().map(|finding| placed(place, finding, &self.pointer)));
                }
            }
        }
    }

    /// `missing-ports`, `bad-ports`: what the protocol asks for and what is written.
    fn wrong_ports(&self) -> Option<Finding> {
        let protocol = self.protocol.to_ascii_lowercase();
        let has_ports = ["tcp", "udp", "6", "17"].contains(&protocol.as_str());
        let icmp = ["icmp", "icmpv6", "1", "58"].contains(&protocol.as_str());
        match self.ports {
            None if has_ports => Some(
                Finding::error("missing-ports", format!("a rule for {protocol} names its ports"))
                    .help("add `ports`, e.g. `443`; `all` for all of them"),
            ),
            Some(ports) if ports.code && !icmp => Some(
                Finding::error("bad-ports", "a type with a code is of ICMP")
                    .help("write a range as `8000-8100`"),
            ),
            Some(ports) if ports.from != ports.to && icmp && !ports.code => Some(
                Finding::error("bad-ports", "ICMP has no ranges of types")
                    .help("write a type, or type and code as `3/4`"),
            ),
            Some(ports) if ports.from >= 0 && !has_ports && !icmp => Some(
                Finding::error("bad-ports", format!("the protocol {protocol} has no ports"))
                    .help("leave `ports` out, or write `all`"),
            ),
            _ => None,
        }
    }

    fn atom(
        &self,
        place: &Place<'_>,
        peer: &'a Peer,
    ) -> (SecurityGroupRule<Wanted>, SmolStr, Option<&'a SmolStr>) {
        let icmp_type = |p: &Ports| self.protocol.to_ascii_lowercase().starts_with("icmp") && !p.code;
        let (from, to) = match self.ports.filter(|ports| ports.from >= 0) {
            Some(ports) if icmp_type(&ports) => (Wish::Value(ports.from), Wish::Value(-1)),
            Some(ports) => (Wish::Value(ports.from), Wish::Value(ports.to)),
            None => (Wish::LeftAlone, Wish::LeftAlone),
        };
        let mut model = SecurityGroupRule::<Wanted> {
            direction: Wish::Value(SmolStr::new_static(self.direction)),
            protocol: Wish::Value(self.protocol.clone()),
            from_port: from,
            to_port: to,
            description: self.description.map_or(Wish::Absent, |text| Wish::Value(text.to_string())),
            ..SecurityGroupRule::default()
        };
        let own = place.address(&ec2::SECURITY_GROUP, &[&self.group.name]);
        let (peer, list) = match peer {
            Peer::Group(named) if is_own(place, &own, &named.security_group) => {
                model.own_group = Wish::Value(true);
                (SmolStr::new_static("self"), None)
            }
            other => address_it(place, other, &mut model),
        };
        (model, peer, list)
    }
}

/// Whether a group is named that is the rule's own, by name or by the id that is taken over: read back it is `self`.
fn is_own(place: &Place<'_>, own: &Address, named: &SmolStr) -> bool {
    let taken = place.spec.existing.get(super::expand::end(own).as_str());
    place.address(&ec2::SECURITY_GROUP, &[named]) == *own || taken.is_some_and(|id| id.as_str() == named)
}

/// Puts the source or destination into the model; gives its text for the address.
fn address_it<'a>(
    place: &Place<'_>,
    peer: &'a Peer,
    model: &mut SecurityGroupRule<Wanted>,
) -> (SmolStr, Option<&'a SmolStr>) {
    match peer {
        Peer::Text(text) if text == "self" => model.own_group = Wish::Value(true),
        Peer::Text(text) if text.contains(':') => {
            model.cidr6 = Wish::Value(text.clone());
            return (ec2::cidr::v6(text).unwrap_or_else(|_| text.clone()), None);
        }
        Peer::Text(text) => {
            model.cidr4 = Wish::Value(text.clone());
            return (ec2::cidr::v4(text).unwrap_or_else(|_| text.clone()), None);
        }
        Peer::Group(group) if group.security_group.starts_with("sg-") => {
            model.group = Wish::Value(group.security_group.clone());
            return (group.security_group.clone(), None);
        }
        Peer::Group(group) => {
            model.group = id(&place.address(&ec2::SECURITY_GROUP, &[&group.security_group]));
            return (format_smolstr!("group.{}", group.security_group), None);
        }
        Peer::List(list) if list.prefix_list.starts_with("pl-") => {
            model.prefix_list = Wish::Value(list.prefix_list.clone());
            return (list.prefix_list.clone(), None);
        }
        Peer::List(list) => {
            model.prefix_list = id(&place.address(&ec2::PREFIX_LIST, &[&list.prefix_list]));
            return (format_smolstr!("list.{}", list.prefix_list), Some(&list.prefix_list));
        }
    }
    (SmolStr::new_static("self"), None)
}

impl Rule<'_> {
    /// Whether it lets something in.
    pub(super) fn ingress(&self) -> bool {
        self.model.direction.value().is_some_and(|d| d == "ingress")
    }

    /// The block of a rule that new groups have: everything may go out there, and nothing is said of it.
    pub(super) fn comes_along(&self) -> Option<SmolStr> {
        let all = self.model.protocol.value().is_some_and(|protocol| protocol == "-1");
        let plain = self.model.description.value().is_none() && self.model.tags.is_empty();
        let block = self.model.cidr4.value().or(self.model.cidr6.value())?;
        let world = ["0.0.0.0/0", "::/0"].contains(&block.as_str());
        (!self.ingress() && all && plain && world).then(|| block.clone())
    }

    /// The ports as they stand in the address: `443`, `8000-8100`, `all`.
    pub(super) fn ports(&self) -> String {
        match (self.model.from_port.value(), self.model.to_port.value()) {
            (Some(from), Some(to)) if from == to => from.to_string(),
            (Some(from), Some(to)) => format!("{from}-{to}"),
            _ => "all".into(),
        }
    }

    /// The parts of its key, beside the group.
    pub(super) fn key(&self) -> [SmolStr; 4] {
        let text = |wish: &Wish<SmolStr>| wish.value().cloned().unwrap_or_default();
        let protocol = text(&self.model.protocol);
        let protocol = if protocol == "-1" { SmolStr::new_static("all") } else { protocol };
        [text(&self.model.direction), protocol, self.ports().into(), self.peer.clone()]
    }

    pub(super) fn resource(&self, place: &Place<'_>) -> Desired {
        let group = place.address(&ec2::SECURITY_GROUP, &[&self.group.name]);
        let [direction, protocol, ports, peer] = self.key();
        let key = [self.group.name.as_str(), &direction, &protocol, &ports, &peer];
        let fields = self.model.to_fields();
        place.plain(&ec2::SECURITY_GROUP_RULE, &key, place.within(&group), fields, &self.pointer)
    }
}
