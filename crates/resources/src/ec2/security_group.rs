//! `aws.ec2.SecurityGroup` and `aws.ec2.DefaultSecurityGroup`.

use super::model::{DefaultSecurityGroup, SecurityGroup};
use super::names::{DEFAULT_SECURITY_GROUP, SECURITY_GROUP};
use super::{ports, security_group_rule, text};
use crate::change::{Notes, delta};
use crate::normal::Normal;
use aplomo_core::fields::{SeenFields, WantedFields};
use aplomo_core::model::Mode;
use aplomo_core::types::{Around, Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The type of security groups. Its identity in its network is the name.
pub struct SecurityGroups;

impl Type for SecurityGroups {
    const NAME: TypeName = SECURITY_GROUP;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = SecurityGroup<M>;

    fn normalise(mut model: SecurityGroup<Wanted>) -> Result<SecurityGroup<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("security-group");
        normal.value("name", &mut model.name, |name| text::group_name(name));
        normal.value("description", &mut model.description, |text| text::description(text, "a description"));
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(model: &SecurityGroup<Wanted>) -> Option<SmolStr> {
        model.name.value().cloned()
    }

    fn identity(model: &SecurityGroup<Seen>) -> Option<SmolStr> {
        model.name.value().cloned()
    }

    fn turnover(path: &FieldPath) -> Turnover {
        match path.as_str() {
            "/name" => Turnover::CreateFirst,
            // The name stays, and is unique in the network.
            "/description" => Turnover::DestroyFirst,
            _ => Turnover::InPlace,
        }
    }

    /// What new groups let out is settled when they are made; what is let out later are rules of their own.
    fn indifferent(path: &FieldPath, _: &WantedFields, _: &SeenFields) -> bool {
        path.as_str() == "/letsAllOut"
    }

    fn assess(before: Option<&SecurityGroup<Seen>>, after: Option<&SecurityGroup<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let name = delta!(before, after, name);
        let called = name.before.or(name.after).map_or("the group", SmolStr::as_str);
        if before.is_some() && after.is_none() {
            notes.add(
                Risk::Outage,
                format!("the security group {called} goes; what it let through is refused"),
            );
        } else if before.is_some() && (name.changes() || delta!(before, after, description).changes()) {
            let note =
                format!("another security group takes the place of {called}: it must be free of users first");
            notes.add(Risk::Outage, note);
        }
        notes.0
    }
}

/// The type of the group that comes with a network. Its identity is `default`.
pub struct DefaultSecurityGroups;

impl Type for DefaultSecurityGroups {
    const NAME: TypeName = DEFAULT_SECURITY_GROUP;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = DefaultSecurityGroup<M>;

    fn normalise(model: DefaultSecurityGroup<Wanted>) -> Result<DefaultSecurityGroup<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("default-security-group");
        if model.rules.value().is_some_and(|rules| !rules.is_empty()) {
            normal.wrong(
                "rules",
                "the default group is locked or left alone; give what needs rules a group of its own",
            );
        }
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(_: &DefaultSecurityGroup<Wanted>) -> Option<SmolStr> {
        Some(SmolStr::new_static("default"))
    }

    fn identity(_: &DefaultSecurityGroup<Seen>) -> Option<SmolStr> {
        Some(SmolStr::new_static("default"))
    }

    fn turnover(_: &FieldPath) -> Turnover {
        Turnover::InPlace
    }

    fn assess(
        before: Option<&DefaultSecurityGroup<Seen>>,
        after: Option<&DefaultSecurityGroup<Wanted>>,
    ) -> Assessment {
        let mut notes = Notes::default();
        let rules = delta!(before, after, rules);
        let none = BTreeSet::new();
        let gone = rules.before.unwrap_or(&none).difference(rules.after.unwrap_or(&none)).count();
        if after.is_some() && gone > 0 {
            let note =
                format!("the default group loses its {gone} rules; what uses no other group is cut off");
            notes.add(Risk::Outage, note);
        }
        notes.0
    }

    /// Of one that is not locked: a locked one has no rules to speak of.
    fn inspect(
        seen: &DefaultSecurityGroup<Seen>,
        wanted: Option<&DefaultSecurityGroup<Wanted>>,
        around: &Around<'_>,
    ) -> Vec<Finding> {
        let rules = seen.rules.value().filter(|_| wanted.is_none());
        let rule = format!("a rule of the default group {}", around.id);
        let parts = rules.into_iter().flatten().filter_map(|key| security_group_rule::parts(key));
        let inward = parts.filter(|atom| atom.direction == "ingress");
        inward
            .filter_map(|atom| ports::open(&rule, (atom.protocol, atom.from, atom.to), atom.source))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::{Sight, Wish};

    #[test]
    fn a_description_the_service_refuses_is_refused_here() {
        let wish = |text: &str| SecurityGroup::<Wanted> {
            name: Wish::Value("web".into()),
            description: Wish::Value(text.into()),
            ..Default::default()
        };
        assert!(SecurityGroups::normalise(wish("Web servers (public); tcp/443")).is_ok());
        let found = SecurityGroups::normalise(wish("caf\u{e9} <web>")).unwrap_err();
        insta::assert_snapshot!(found[0].message, @"description: a description holds `é`, which EC2 does not take: letters a-z, digits, spaces and ._-:/()#,@[]+=&;{}!$* are fine");
    }

    #[test]
    fn locking_the_default_group_is_an_outage_where_it_had_rules() {
        let rules = Sight::Value(["ingress|-1|||self".into()].into());
        let before = DefaultSecurityGroup::<Seen> { rules, ..Default::default() };
        let after =
            DefaultSecurityGroup::<Wanted> { rules: Wish::Value(BTreeSet::new()), ..Default::default() };
        assert_eq!(DefaultSecurityGroups::assess(Some(&before), Some(&after)).risk, Risk::Outage);
        assert_eq!(DefaultSecurityGroups::assess(None, Some(&after)), Assessment::default());
    }

    #[test]
    fn open_rules_of_a_default_group_that_is_not_locked_are_told() {
        let id = aplomo_core::RemoteId::new("sg-1").unwrap();
        let around = Around { id: &id, account: None };
        let rules = ["ingress|-1|||self", "ingress|tcp|22|22|0.0.0.0/0", "egress|-1|||0.0.0.0/0"];
        let rules = Sight::Value(rules.into_iter().map(SmolStr::new).collect());
        let seen = DefaultSecurityGroup::<Seen> { rules, ..Default::default() };
        let found = DefaultSecurityGroups::inspect(&seen, None, &around);
        let found: Vec<String> = found.into_iter().map(|f| f.message).collect();
        insta::assert_snapshot!(found.join("\n"), @"0.0.0.0/0 may reach tcp port 22 (SSH) by a rule of the default group sg-1, which no manifest names");
    }
}
