//! `aws.ec2.SecurityGroupRule`: one atom, so that rules have no order and no groups to split.

mod assess;
mod atom;
mod normalise;
mod seen;

pub(crate) use atom::parts;
pub use atom::{atom, ports_in_words, source_in_words};
pub use seen::{SeenRule, seen_rule};

use super::model::SecurityGroupRule;
use super::names::SECURITY_GROUP_RULE;
use super::ports;
use aplomo_core::model::Mode;
use aplomo_core::types::{Around, Assessment, Counting, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Sight, Type, TypeName, Wanted, Wish};
use atom::Atom;
use smol_str::SmolStr;

/// The type of rules. Its identity in its group is the atom itself, see [`atom()`]: it is recognised without marks.
pub struct SecurityGroupRules;

impl Type for SecurityGroupRules {
    const NAME: TypeName = SECURITY_GROUP_RULE;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerContainer;
    type Model<M: Mode> = SecurityGroupRule<M>;

    fn normalise(model: SecurityGroupRule<Wanted>) -> Result<SecurityGroupRule<Wanted>, Vec<Finding>> {
        normalise::rule(model)
    }

    fn identity_wanted(model: &SecurityGroupRule<Wanted>) -> Option<SmolStr> {
        Atom {
            direction: model.direction.value()?,
            protocol: model.protocol.value()?,
            from: model.from_port.value().copied(),
            to: model.to_port.value().copied(),
            source: source(
                [&model.cidr4, &model.cidr6, &model.group, &model.prefix_list].map(Wish::value),
                model.own_group.value(),
            )?,
        }
        .key()
    }

    fn identity(model: &SecurityGroupRule<Seen>) -> Option<SmolStr> {
        Atom {
            direction: model.direction.value()?,
            protocol: model.protocol.value()?,
            from: model.from_port.value().copied(),
            to: model.to_port.value().copied(),
            source: source(
                [&model.cidr4, &model.cidr6, &model.group, &model.prefix_list].map(Sight::value),
                model.own_group.value(),
            )?,
        }
        .key()
    }

    fn turnover(path: &FieldPath) -> Turnover {
        if path.as_str() == "/description" || path.as_str().starts_with("/tags/") {
            return Turnover::InPlace;
        }
        // Another atom is another rule; the new one lets through before the old one goes.
        Turnover::CreateFirst
    }

    fn assess(
        before: Option<&SecurityGroupRule<Seen>>,
        after: Option<&SecurityGroupRule<Wanted>>,
    ) -> Assessment {
        assess::rule(before, after)
    }

    fn inspect(
        seen: &SecurityGroupRule<Seen>,
        wanted: Option<&SecurityGroupRule<Wanted>>,
        around: &Around<'_>,
    ) -> Vec<Finding> {
        let inward = seen.direction.value().is_some_and(|d| d == "ingress") && wanted.is_none();
        let block = seen.cidr4.value().or(seen.cidr6.value()).filter(|_| inward);
        let protocol = seen.protocol.value().map_or("-1", |p| p.as_str());
        let (from, to) = (seen.from_port.value().copied(), seen.to_port.value().copied());
        let rule = format!("the rule {}", around.id);
        block.and_then(|block| ports::open(&rule, (protocol, from, to), block)).into_iter().collect()
    }
}

/// The one source that is set.
fn source<'a>(texts: [Option<&'a SmolStr>; 4], own_group: Option<&bool>) -> Option<&'a str> {
    let own = own_group.filter(|own| **own).map(|_| "self");
    texts.into_iter().flatten().map(SmolStr::as_str).next().or(own)
}

#[cfg(test)]
mod tests;
