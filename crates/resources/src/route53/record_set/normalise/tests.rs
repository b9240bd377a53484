//! Record sets as wished and as seen come to the same form.

use super::*;
use crate::route53::record_set::Records;
use crate::route53::{SeenRecord, seen_record};
use aplomo_core::{Sight, Type};

fn base(name: &str, record_type: &str, values: &[&str]) -> RecordSet<Wanted> {
    RecordSet {
        name: Wish::Value(name.into()),
        record_type: Wish::Value(record_type.into()),
        values: Wish::Value(values.iter().map(SmolStr::new).collect()),
        ..Default::default()
    }
}

fn wrong(model: RecordSet<Wanted>) -> String {
    let found = record(model).unwrap_err().into_iter().map(|f| f.message);
    found.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_was_wished_is_what_is_seen() {
    let mut model = base(r"\052.Example.com.", "mx", &["010 MAIL.example.com.", "20 b.test."]);
    model.ttl = Wish::Value(300);
    model.set_identifier = Wish::Value("a|b".into());
    model.weight = Wish::Value(10);
    let model = record(model).unwrap();
    let seen = seen_record(SeenRecord {
        name: r"\052.example.com.".into(),
        record_type: "MX".into(),
        set_identifier: Some("a|b".into()),
        ttl: Some(300),
        values: vec!["20 b.test".into(), "10 mail.example.com.".into()],
        weight: Some(10),
        ..Default::default()
    });
    assert_eq!(seen.values.value(), model.values.value());
    assert_eq!(Records::identity(&seen).unwrap(), r"*.example.com.|MX|a\174b");
    assert_eq!(Records::identity_wanted(&model), Records::identity(&seen));
    assert_eq!(Records::beside(&Records::identity(&seen).unwrap()).unwrap(), "*.example.com.");
    assert_eq!((model.region, model.alias_target), (Wish::Absent, Wish::Absent), "one policy, no alias");
}

#[test]
fn an_alias_has_a_target_and_nothing_else() {
    let mut model = base("a.test.", "A", &[]);
    model.values = Wish::LeftAlone;
    model.alias_target = Wish::Value("DualStack.lb.test".into());
    model.alias_zone = Wish::Value("/hostedzone/z1".into());
    let normal = record(model.clone()).unwrap();
    assert_eq!(normal.alias_target, Wish::Value("dualstack.lb.test.".into()));
    assert_eq!(
        (normal.alias_zone, normal.values, normal.ttl),
        (Wish::Value("Z1".into()), Wish::Absent, Wish::Absent)
    );
    model.ttl = Wish::Value(60);
    insta::assert_snapshot!(wrong(model), @r#"alias: an alias has neither values nor a time to live of its own"#);
}

#[test]
fn a_record_of_which_only_the_ttl_is_ours_stays_so() {
    let model = RecordSet::<Wanted> {
        name: Wish::Value("a.test.".into()),
        record_type: Wish::Value("NS".into()),
        ttl: Wish::Value(60),
        ..Default::default()
    };
    assert_eq!(record(model.clone()).unwrap(), model);
}

#[test]
fn everything_wrong_is_told_at_once() {
    let mut model = base("relative", "A", &["192.0.2.1", "192.0.2.999"]);
    model.ttl = Wish::Value(u32::MAX);
    model.weight = Wish::Value(256);
    model.failover = Wish::Value("THIRD".into());
    model.continent = Wish::Value("eu".into());
    model.subdivision = Wish::Value("WA".into());
    model.other = Wish::Value("geoproximity".into());
    insta::assert_snapshot!(wrong(model), @r#"
    name: `relative` is no domain name: it is not absolute; end it with a dot
    values: `192.0.2.999` is no value of type A: expected an IPv4 address, e.g. `192.0.2.1`
    ttl: 4294967295 is not within 0 and 2147483647
    routing/weight: 256 is not within 0 and 255
    routing/failover: `THIRD` is none of PRIMARY, SECONDARY
    routing/geo: it names a continent or a country, not both
    routing/geo: a subdivision goes with its country
    routing/other: geoproximity, CIDR routing and traffic policies are read, not written
    routing: `weight`, `failover`, `geo` do not mix; a record set has one policy
    "#);
    insta::assert_snapshot!(wrong(base("a.test.", "ALIAS", &["x"])), @r#"type: `ALIAS` is no record type that Route 53 knows; it knows A, AAAA, CAA, CNAME, DS, HTTPS, MX, NAPTR, NS, PTR, SOA, SPF, SRV, SSHFP, SVCB, TLSA, TXT"#);
    insta::assert_snapshot!(wrong(base("a.test.", "CNAME", &["b.test.", "c.test."])), @r#"values: a CNAME has one value"#);
}

#[test]
fn what_has_no_normal_form_is_seen_all_the_same() {
    let seen = seen_record(SeenRecord {
        name: "a..b".into(),
        record_type: "FUTURE".into(),
        values: vec!["x y".into()],
        multivalue: Some(false),
        ..Default::default()
    });
    assert_eq!(seen.name, Sight::Value("a..b".into()));
    assert_eq!(seen.record_type, Sight::Value("FUTURE".into()));
    assert_eq!(seen.values, Sight::Value(["x y".into()].into()));
    assert_eq!((seen.multivalue, seen.ttl), (Sight::Absent, Sight::Absent));
}
