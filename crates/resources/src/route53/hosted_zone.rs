//! `aws.route53.HostedZone`.

use super::dns::Name;
use super::model::HostedZone;
use crate::change::{Notes, delta};
use crate::normal::Normal;
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Sight, Type, TypeName, Wanted, Wish};
use smol_str::{SmolStr, format_smolstr};

/// The type's name.
pub const HOSTED_ZONE: TypeName = TypeName::known("aws.route53.HostedZone");

/// The type of hosted zones. Its identity is `name|public` or `name|private`.
pub struct Zone;

impl Type for Zone {
    const NAME: TypeName = HOSTED_ZONE;
    const STATEFUL: bool = true;
    const EMPTIED_FIRST: bool = true;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = HostedZone<M>;

    fn normalise(mut model: HostedZone<Wanted>) -> Result<HostedZone<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("hosted-zone");
        normal.value("name", &mut model.name, |text| Name::zone(text.trim()).map(SmolStr::from));
        for key in model.networks.keys() {
            if !is_network(key) {
                normal.wrong("networks", format!("`{}` is not `<region>:<vpc id>`", key.escape_debug()));
            }
        }
        for (name, wish) in &model.environments {
            if wish.value().is_some_and(|network| !is_network(network)) {
                normal.wrong("environments", format!("`{}` has no `<region>:<vpc id>`", name.escape_debug()));
            }
        }
        let bound = !model.networks.is_empty() || !model.environments.is_empty();
        if bound && model.private != Wish::Value(true) {
            normal.wrong("networks", "only a private zone has networks");
        }
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(model: &HostedZone<Wanted>) -> Option<SmolStr> {
        let private = match &model.private {
            Wish::Value(private) => *private,
            Wish::LeftAlone | Wish::Absent => false,
            Wish::Reference(_) | Wish::Secret(_) => return None,
        };
        model.name.value().map(|name| identity(name, private))
    }

    fn identity(model: &HostedZone<Seen>) -> Option<SmolStr> {
        let private = match &model.private {
            Sight::Value(private) => *private,
            Sight::Absent => false,
            Sight::Hidden => return None,
        };
        model.name.value().map(|name| identity(name, private))
    }

    fn turnover(path: &FieldPath) -> Turnover {
        // Two zones of one name can stand side by side, so the new one comes first.
        match path.as_str() {
            "/name" | "/private" => Turnover::CreateFirst,
            _ => Turnover::InPlace,
        }
    }

    fn assess(before: Option<&HostedZone<Seen>>, after: Option<&HostedZone<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let name = delta!(before, after, name);
        let private =
            delta!(before, after, private).after.or(delta!(before, after, private).before) == Some(&true);
        let called = name.before.or(name.after).map_or("the zone", SmolStr::as_str);
        let replaced = before.is_some() && after.is_some() && {
            let kind = delta!(before, after, private);
            name.changes() || kind.before.unwrap_or(&false) != kind.after.unwrap_or(&false)
        };
        if before.is_some() && after.is_none() {
            gone(called, private, &mut notes);
        } else if replaced {
            notes.add(Risk::Irreversible, format!("another zone takes the place of {called}"));
            gone(called, private, &mut notes);
        }
        networks(called, before, after, &mut notes);
        environments(called, before, after, &mut notes);
        notes.0
    }
}

/// `<region>:<vpc id>`.
fn is_network(text: &str) -> bool {
    text.split_once(':').is_some_and(|(region, id)| !region.is_empty() && id.starts_with("vpc-"))
}

fn identity(name: &str, private: bool) -> SmolStr {
    format_smolstr!("{name}|{}", if private { "private" } else { "public" })
}

fn gone(name: &str, private: bool, notes: &mut Notes) {
    if private {
        notes.add(
            Risk::Irreversible,
            format!("the records of {name} are gone, and its networks no longer resolve it"),
        );
    } else {
        notes.add(
            Risk::Irreversible,
            format!("the name servers of {name} are gone for good; the delegation at the registrar breaks"),
        );
    }
}

/// Which networks come to resolve the zone, and which no longer do.
fn networks(
    name: &str,
    before: Option<&HostedZone<Seen>>,
    after: Option<&HostedZone<Wanted>>,
    notes: &mut Notes,
) {
    let had = |key: &str| before.and_then(|b| b.networks.get(key)).is_some_and(|s| s.value() == Some(&true));
    for (key, wish) in after.iter().flat_map(|a| &a.networks) {
        let network = network(key);
        match wish {
            Wish::Value(true) if !had(key) => notes.add(
                Risk::Sensitive,
                format!("the private zone {name} becomes visible in {network} and hides a public zone of that name there"),
            ),
            Wish::Absent | Wish::Value(false) if had(key) => {
                notes.add(Risk::Outage, format!("{network} no longer resolves {name}"));
            }
            _ => {}
        }
    }
}

/// Which environments come to resolve the zone, and which no longer do.
fn environments(
    name: &str,
    before: Option<&HostedZone<Seen>>,
    after: Option<&HostedZone<Wanted>>,
    notes: &mut Notes,
) {
    let had = |key: &str| before.and_then(|b| b.environments.get(key)).and_then(Sight::value).is_some();
    for (environment, wish) in after.iter().flat_map(|a| &a.environments) {
        match wish {
            Wish::Value(_) | Wish::Reference(_) if !had(environment) => notes.add(
                Risk::Sensitive,
                format!("the private zone {name} becomes visible in the Environment {environment} and hides a public zone of that name there"),
            ),
            Wish::Absent if had(environment) => {
                notes.add(Risk::Outage, format!("the Environment {environment} no longer resolves {name}"));
            }
            _ => {}
        }
    }
}

/// `vpc-1 (eu-west-1)` for `eu-west-1:vpc-1`.
fn network(key: &str) -> String {
    key.split_once(':').map_or_else(|| key.to_owned(), |(region, id)| format!("{id} ({region})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str, networks: &[&str]) -> HostedZone<Wanted> {
        HostedZone {
            name: Wish::Value(name.into()),
            private: Wish::Value(!networks.is_empty()),
            networks: networks.iter().map(|n| ((*n).to_owned(), Wish::Value(true))).collect(),
            ..Default::default()
        }
    }

    fn seen(name: &str, networks: &[&str]) -> HostedZone<Seen> {
        HostedZone {
            name: Sight::Value(name.into()),
            private: Sight::Value(!networks.is_empty()),
            networks: networks.iter().map(|n| ((*n).to_owned(), Sight::Value(true))).collect(),
            ..Default::default()
        }
    }

    #[test]
    fn a_zone_is_known_by_name_and_visibility() {
        let zone = Zone::normalise(zone("Example.COM", &[])).unwrap();
        assert_eq!(Zone::identity_wanted(&zone).unwrap(), "example.com.|public");
        assert_eq!(
            Zone::identity(&seen("example.com.", &["eu-west-1:vpc-1"])).unwrap(),
            "example.com.|private"
        );
    }

    #[test]
    fn deleting_a_zone_is_irreversible_in_words() {
        let assessment = Zone::assess(Some(&seen("example.com.", &[])), None);
        assert_eq!(assessment.risk, Risk::Irreversible);
        insta::assert_snapshot!(assessment.notes.join("\n"), @"the name servers of example.com. are gone for good; the delegation at the registrar breaks");
    }

    #[test]
    fn networks_come_and_go() {
        let mut after = zone("a.test.", &["eu-west-1:vpc-2"]);
        after.networks.insert("eu-west-1:vpc-1".into(), Wish::Absent);
        let assessment = Zone::assess(Some(&seen("a.test.", &["eu-west-1:vpc-1"])), Some(&after));
        assert_eq!(assessment.risk, Risk::Outage);
        insta::assert_snapshot!(assessment.notes.join("\n"), @r"
        vpc-1 (eu-west-1) no longer resolves a.test.
        the private zone a.test. becomes visible in vpc-2 (eu-west-1) and hides a public zone of that name there
        ");
    }

    #[test]
    fn environments_come_and_go() {
        let mut after = zone("a.test.", &[]);
        after.environments.insert("staging".into(), Wish::Value("eu-west-1:vpc-1".into()));
        after.environments.insert("old".into(), Wish::Absent);
        let mut before = seen("a.test.", &[]);
        before.environments.insert("old".into(), Sight::Value("eu-west-1:vpc-2".into()));
        let assessment = Zone::assess(Some(&before), Some(&after));
        assert_eq!(assessment.risk, Risk::Outage);
        insta::assert_snapshot!(assessment.notes.join("\n"), @r"
        the Environment old no longer resolves a.test.
        the private zone a.test. becomes visible in the Environment staging and hides a public zone of that name there
        ");
    }

    #[test]
    fn a_public_zone_has_no_networks_and_tags_are_bounded() {
        let mut wrong = zone("*.test", &["vpc-1"]);
        wrong.private = Wish::Value(false);
        wrong.tags.insert("aws:x".into(), Wish::Value("y".into()));
        let found: Vec<String> = Zone::normalise(wrong).unwrap_err().into_iter().map(|f| f.message).collect();
        insta::assert_snapshot!(found.join("\n"), @r#"
        name: `*.test` is no domain name: a zone has a name of its own, without `*`
        networks: `vpc-1` is not `<region>:<vpc id>`
        networks: only a private zone has networks
        tags: `aws:x` begins with a reserved prefix
        "#);
    }
}
