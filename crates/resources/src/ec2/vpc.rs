//! `aws.ec2.Vpc`.

use super::cidr;
use super::model::Vpc;
use super::names::VPC;
use crate::change::{Notes, delta};
use crate::normal::Normal;
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted};
use smol_str::SmolStr;

/// The type of networks. They have no identity without marks: blocks may repeat.
pub struct Vpcs;

impl Type for Vpcs {
    const NAME: TypeName = VPC;
    const STATEFUL: bool = true;
    const EMPTIED_FIRST: bool = true;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = Vpc<M>;

    fn normalise(mut model: Vpc<Wanted>) -> Result<Vpc<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("network");
        normal.value("network/cidr", &mut model.cidr, |text| cidr::v4(text));
        let length = model.cidr.value().and_then(|c| c.rsplit('/').next()?.parse::<u8>().ok());
        if length.is_some_and(|length| !(16..=28).contains(&length)) {
            normal.wrong("network/cidr", "a network has a prefix of 16 to 28 bits");
        }
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(_: &Vpc<Wanted>) -> Option<SmolStr> {
        None
    }

    fn identity(_: &Vpc<Seen>) -> Option<SmolStr> {
        None
    }

    fn turnover(path: &FieldPath) -> Turnover {
        match path.as_str() {
            "/cidr" => Turnover::CreateFirst,
            _ => Turnover::InPlace,
        }
    }

    fn assess(before: Option<&Vpc<Seen>>, after: Option<&Vpc<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let Some(_) = before else { return notes.0 };
        let block = delta!(before, after, cidr);
        let called = block.before.map_or("the network", SmolStr::as_str);
        if after.is_none() {
            notes.add(Risk::Irreversible, format!("the network {called} goes, with all that is in it"));
            return notes.0;
        }
        if block.changes() {
            notes.add(
                Risk::Irreversible,
                format!("another network takes the place of {called}: all in it is made anew"),
            );
        }
        if lost(delta!(before, after, ipv6)) {
            notes.add(
                Risk::Outage,
                format!("{called} loses its IPv6 block, and never gets the same one again"),
            );
        }
        if lost(delta!(before, after, dns_support)) {
            notes.add(Risk::Outage, format!("names are no longer resolved in {called}"));
        }
        if lost(delta!(before, after, dns_hostnames)) {
            notes.add(Risk::Outage, format!("what is in {called} has no public names any more"));
        }
        notes.0
    }
}

/// Whether something that was on goes off.
fn lost(change: crate::change::Delta<'_, bool>) -> bool {
    change.before == Some(&true) && change.after != Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::{Sight, Wish};

    #[test]
    fn another_block_is_another_network() {
        let before = Vpc::<Seen> { cidr: Sight::Value("10.0.0.0/16".into()), ..Default::default() };
        let after = Vpc::<Wanted> { cidr: Wish::Value("10.1.0.0/16".into()), ..Default::default() };
        let told = Vpcs::assess(Some(&before), Some(&after));
        assert_eq!(told.risk, Risk::Irreversible);
        insta::assert_snapshot!(told.notes.join("\n"), @"another network takes the place of 10.0.0.0/16: all in it is made anew");
    }

    #[test]
    fn what_goes_off_is_told() {
        let before = Vpc::<Seen> { dns_support: Sight::Value(true), ..Default::default() };
        let after = Vpc::<Wanted> { dns_support: Wish::Value(false), ..Default::default() };
        assert_eq!(Vpcs::assess(Some(&before), Some(&after)).risk, Risk::Outage);
        assert_eq!(Vpcs::assess(Some(&before), Some(&Vpc::default())).risk, Risk::Routine);
    }

    #[test]
    fn the_block_is_masked_and_bounded() {
        let wish = |cidr: &str| Vpc::<Wanted> { cidr: Wish::Value(cidr.into()), ..Default::default() };
        assert_eq!(Vpcs::normalise(wish("10.0.9.9/16")).unwrap().cidr, Wish::Value("10.0.0.0/16".into()));
        assert!(Vpcs::normalise(wish("10.0.0.0/8")).is_err());
    }
}
