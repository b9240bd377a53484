//! What was seen of a network, by type.

use aplomo_core::{Model, Observed, RemoteId, Seen, Sight, TypeName};
use aplomo_resources::ec2::{self, model};
use smol_str::SmolStr;

/// An object with its model.
pub(super) struct Of<'a, M> {
    pub(super) object: &'a Observed,
    pub(super) model: M,
}

/// What was seen of a network.
pub(super) struct Sights<'a> {
    pub(super) vpc: Of<'a, model::Vpc<Seen>>,
    pub(super) subnets: Vec<Of<'a, model::Subnet<Seen>>>,
    pub(super) tables: Vec<Of<'a, model::RouteTable<Seen>>>,
    pub(super) nats: Vec<Of<'a, model::NatGateway<Seen>>>,
    pub(super) gateway: Option<&'a Observed>,
    pub(super) addresses: Vec<&'a Observed>,
    pub(super) groups: Vec<Of<'a, model::SecurityGroup<Seen>>>,
    pub(super) default_group: Option<Of<'a, model::DefaultSecurityGroup<Seen>>>,
    pub(super) lists: Vec<Of<'a, model::PrefixList<Seen>>>,
    pub(super) flow_logs: Vec<Of<'a, model::FlowLog<Seen>>>,
    pub(super) around: &'a [&'a Observed],
}

fn of<M: Model<Seen>>(object: &Observed) -> Of<'_, M> {
    Of { object, model: M::from_fields(&object.fields).unwrap_or_default() }
}

impl<'a> Sights<'a> {
    pub(super) fn of(vpc: &'a Observed, around: &'a [&'a Observed]) -> Self {
        let beside = |type_name: &TypeName| all(around, type_name, |o| o.scope == vpc.scope);
        let inside = vpc.scope.within(vpc.id.clone());
        let within = |type_name: &TypeName| all(around, type_name, |o| o.scope == inside);
        let ours = |o: &&Observed, path: &str| o.fields.text(path) == Some(vpc.id.as_str());
        Self {
            vpc: of(vpc),
            subnets: within(&ec2::SUBNET).into_iter().map(of).collect(),
            tables: within(&ec2::ROUTE_TABLE).into_iter().map(of).collect(),
            nats: within(&ec2::NAT_GATEWAY).into_iter().map(of).collect(),
            gateway: beside(&ec2::INTERNET_GATEWAY).into_iter().find(|o| ours(o, "/vpc")),
            addresses: beside(&ec2::ELASTIC_IP),
            groups: within(&ec2::SECURITY_GROUP).into_iter().map(of).collect(),
            default_group: within(&ec2::DEFAULT_SECURITY_GROUP).into_iter().map(of).next(),
            lists: beside(&ec2::PREFIX_LIST).into_iter().filter(|o| !o.brought_along).map(of).collect(),
            flow_logs: beside(&ec2::FLOW_LOG).into_iter().filter(|o| ours(o, "/resource")).map(of).collect(),
            around,
        }
    }

    /// The rules of a group.
    pub(super) fn rules(&self, group: &RemoteId) -> Vec<Of<'a, model::SecurityGroupRule<Seen>>> {
        let inside = self.vpc.object.scope.within(group.clone());
        let rules = all(self.around, &ec2::SECURITY_GROUP_RULE, |o| o.scope == inside);
        rules.into_iter().map(of).collect()
    }

    /// The table that the network brought along.
    pub(super) fn main(&self) -> Option<&Of<'a, model::RouteTable<Seen>>> {
        self.tables.iter().find(|table| table.object.brought_along)
    }
}

/// In the order of names, then of ids, so that the same network gives the same manifest.
fn all<'a>(
    around: &[&'a Observed],
    type_name: &TypeName,
    here: impl Fn(&Observed) -> bool,
) -> Vec<&'a Observed> {
    let mut all: Vec<&Observed> =
        around.iter().copied().filter(|o| o.type_name == *type_name && here(o)).collect();
    all.sort_by_key(|o| (o.key.clone(), o.fields.text("/tags/Name").map(str::to_owned), o.id.clone()));
    all
}

/// The text of a field.
pub(super) fn word(sight: &Sight<SmolStr>) -> &str {
    sight.value().map_or("", SmolStr::as_str)
}
