//! `aws.ec2.InternetGateway`, `aws.ec2.ElasticIp` and `aws.ec2.NatGateway`: the ways out of a network.

use super::model::{ElasticIp, InternetGateway, NatGateway};
use super::names::{ELASTIC_IP, INTERNET_GATEWAY, NAT_GATEWAY};
use crate::change::{Notes, delta};
use crate::normal::{Normal, absent_if, is_set};
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted, Wish};
use smol_str::SmolStr;

/// The type of internet gateways. A network has one, so its id is the identity.
pub struct InternetGateways;

impl Type for InternetGateways {
    const NAME: TypeName = INTERNET_GATEWAY;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = InternetGateway<M>;

    fn normalise(mut model: InternetGateway<Wanted>) -> Result<InternetGateway<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("internet-gateway");
        absent_if(&mut model.vpc, SmolStr::is_empty);
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(model: &InternetGateway<Wanted>) -> Option<SmolStr> {
        model.vpc.value().cloned()
    }

    fn identity(model: &InternetGateway<Seen>) -> Option<SmolStr> {
        model.vpc.value().cloned()
    }

    fn turnover(_: &FieldPath) -> Turnover {
        Turnover::InPlace
    }

    fn assess(before: Option<&InternetGateway<Seen>>, after: Option<&InternetGateway<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let network = delta!(before, after, vpc);
        // A reference may be to where it is attached already.
        let moves = network.reference.is_none() && network.changes();
        if let Some(from) = network.before.filter(|_| moves || after.is_none()) {
            notes.add(Risk::Outage, format!("the network {from} loses its way to and from the internet"));
        }
        if before.is_some() && network.before.is_none() && network.changes() {
            notes.add(Risk::Sensitive, "the network gets a way to and from the internet");
        }
        notes.0
    }
}

/// The type of public addresses. They have no identity without marks.
pub struct ElasticIps;

impl Type for ElasticIps {
    const NAME: TypeName = ELASTIC_IP;
    // A released address never comes back, and others may have it in their lists.
    const STATEFUL: bool = true;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = ElasticIp<M>;

    fn normalise(mut model: ElasticIp<Wanted>) -> Result<ElasticIp<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("elastic-ip");
        normal.word("domain", &mut model.domain, &["vpc"]);
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(_: &ElasticIp<Wanted>) -> Option<SmolStr> {
        None
    }

    fn identity(_: &ElasticIp<Seen>) -> Option<SmolStr> {
        None
    }

    fn turnover(path: &FieldPath) -> Turnover {
        if path.as_str() == "/domain" { Turnover::CreateFirst } else { Turnover::InPlace }
    }

    fn assess(before: Option<&ElasticIp<Seen>>, after: Option<&ElasticIp<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        if before.is_some() && (after.is_none() || delta!(before, after, domain).changes()) {
            notes.add(
                Risk::Irreversible,
                "the public address is gone for good; whoever lists it lets others in or us out",
            );
        }
        notes.0
    }
}

/// The type of NAT gateways. They have no identity without marks.
pub struct NatGateways;

impl Type for NatGateways {
    const NAME: TypeName = NAT_GATEWAY;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = NatGateway<M>;

    fn normalise(mut model: NatGateway<Wanted>) -> Result<NatGateway<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("nat-gateway");
        normal.word("connectivity", &mut model.connectivity, &["public", "private"]);
        absent_if(&mut model.allocation, SmolStr::is_empty);
        let private = model.connectivity == Wish::Value(SmolStr::new_static("private"));
        if private && is_set(&model.allocation) {
            normal.wrong("allocation", "a private gateway has no public address");
        }
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(_: &NatGateway<Wanted>) -> Option<SmolStr> {
        None
    }

    fn identity(_: &NatGateway<Seen>) -> Option<SmolStr> {
        None
    }

    fn turnover(path: &FieldPath) -> Turnover {
        match path.as_str() {
            "/allocation" => Turnover::CreateFirst,
            // The address is taken for as long as the old one stands.
            "/subnet" | "/connectivity" => Turnover::DestroyFirst,
            _ => Turnover::InPlace,
        }
    }

    fn assess(before: Option<&NatGateway<Seen>>, after: Option<&NatGateway<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        if before.is_none() {
            return notes.0;
        }
        let known = |changes: bool, by_reference: bool| changes && !by_reference;
        let (subnet, allocation) = (delta!(before, after, subnet), delta!(before, after, allocation));
        if after.is_none() {
            notes.add(Risk::Outage, "what goes out through this NAT gateway has no way out any more");
        } else if known(subnet.changes(), subnet.reference.is_some())
            || known(allocation.changes(), allocation.reference.is_some())
            || delta!(before, after, connectivity).changes()
        {
            notes.add(Risk::Outage, "another NAT gateway takes its place; open connections through it break");
        }
        notes.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::Sight;

    #[test]
    fn a_network_that_loses_its_gateway_is_told() {
        let before = InternetGateway::<Seen> { vpc: Sight::Value("vpc-1".into()), ..Default::default() };
        let told = InternetGateways::assess(Some(&before), None);
        assert_eq!(told.risk, Risk::Outage);
        insta::assert_snapshot!(told.notes.join("\n"), @"the network vpc-1 loses its way to and from the internet");
    }

    #[test]
    fn a_nat_gateway_with_another_address_breaks_connections() {
        let before =
            NatGateway::<Seen> { allocation: Sight::Value("eipalloc-1".into()), ..Default::default() };
        let after =
            NatGateway::<Wanted> { allocation: Wish::Value("eipalloc-2".into()), ..Default::default() };
        assert_eq!(NatGateways::assess(Some(&before), Some(&after)).risk, Risk::Outage);
        assert_eq!(NatGateways::assess(Some(&before), None).risk, Risk::Outage);
        assert_eq!(NatGateways::turnover(&FieldPath::known("/subnet")), Turnover::DestroyFirst);
    }

    #[test]
    fn a_released_address_is_gone_for_good() {
        let told = ElasticIps::assess(Some(&ElasticIp::default()), None);
        assert_eq!(told.risk, Risk::Irreversible);
    }
}
