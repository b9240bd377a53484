//! What people read before a record changes.

use super::*;
use aplomo_core::{Sight, Wish};
use smol_str::SmolStr;
use std::collections::BTreeSet;

fn set(values: &[&str]) -> BTreeSet<SmolStr> {
    values.iter().map(SmolStr::new).collect()
}

fn seen(name: &str, record_type: &str, values: &[&str]) -> RecordSet<Seen> {
    RecordSet {
        name: Sight::Value(name.into()),
        record_type: Sight::Value(record_type.into()),
        values: Sight::Value(set(values)),
        ..Default::default()
    }
}

fn wanted(name: &str, record_type: &str, values: &[&str]) -> RecordSet<Wanted> {
    RecordSet {
        name: Wish::Value(name.into()),
        record_type: Wish::Value(record_type.into()),
        values: Wish::Value(set(values)),
        ..Default::default()
    }
}

fn told(before: Option<&RecordSet<Seen>>, after: Option<&RecordSet<Wanted>>) -> String {
    let assessment = record(before, after);
    let lines = assessment.notes.iter().map(|n| format!("  {n}\n"));
    format!("{:?}\n{}", assessment.risk, lines.collect::<String>())
}

fn gone(name: &str, record_type: &str, values: &[&str]) -> String {
    told(Some(&seen(name, record_type, values)), None)
}

fn moved(name: &str, record_type: &str, from: &[&str], to: &[&str]) -> String {
    told(Some(&seen(name, record_type, from)), Some(&wanted(name, record_type, to)))
}

fn made(name: &str, record_type: &str, values: &[&str]) -> String {
    told(None, Some(&wanted(name, record_type, values)))
}

#[test]
fn what_serves() {
    let all = [
        gone("www.a.test.", "A", &["192.0.2.1"]),
        gone("example.com.", "A", &["192.0.2.1"]),
        gone("example.com.mx.", "AAAA", &["2001:db8::1"]),
        moved("www.a.test.", "A", &["192.0.2.1"], &["192.0.2.2"]),
        made("*.a.test.", "A", &["192.0.2.1"]),
    ];
    insta::assert_snapshot!(all.concat(), @r#"
    Routine
      www.a.test. no longer resolves (A)
    Outage
      example.com. itself no longer resolves (A)
    Outage
      example.com.mx. itself no longer resolves (AAAA)
    Routine
    Routine
      every name below a.test. that has no record of its own is answered (A)
    "#);
}

#[test]
fn who_speaks_for_a_name() {
    let all = [
        made("sub.a.test.", "NS", &["ns1.b.test.", "ns2.b.test."]),
        moved("sub.a.test.", "NS", &["ns1.b.test."], &["ns1.evil.test."]),
        gone("sub.a.test.", "NS", &["ns1.b.test."]),
        moved("sub.a.test.", "DS", &["1 13 2 AA"], &["2 13 2 BB"]),
        gone("sub.a.test.", "DS", &["1 13 2 AA"]),
        gone("a.test.", "CAA", &["0 issue \"ca.test\""]),
        moved(
            "a.test.",
            "CAA",
            &["0 issue \"ca.test\""],
            &["0 issue \"ca.test\"", "0 issue \"other.test; x=y\""],
        ),
        moved("a.test.", "CAA", &["0 issue \"ca.test\""], &["0 iodef \"mailto:x@a.test\""]),
        moved("a.test.", "CAA", &["0 issue \"ca.test\""], &["0 issue \";\""]),
        made("_acme-challenge.a.test.", "CNAME", &["x.ca.test."]),
    ];
    insta::assert_snapshot!(all.concat(), @r#"
    Sensitive
      hands sub.a.test. and everything below it to ns1.b.test. and ns2.b.test.
    Outage
      hands sub.a.test. and everything below it to ns1.evil.test.
      no name server of sub.a.test. stays: what the new ones do not know stops resolving
    Outage
      sub.a.test. and everything below it no longer resolves, for its delegation goes
    Outage
      a wrong DS makes the whole of sub.a.test. unresolvable wherever DNSSEC is checked
    Sensitive
      answers for sub.a.test. are no longer protected by DNSSEC
    Sensitive
      any authority may issue certificates for a.test., unless a name above it forbids it
    Sensitive
      other.test may issue certificates for a.test.
    Sensitive
      any authority may issue certificates for a.test.
      ca.test no longer issues certificates for a.test., and renewals by it fail
    Routine
      ca.test no longer issues certificates for a.test., and renewals by it fail
    Sensitive
      whoever controls x.ca.test. can obtain certificates for a.test.
    "#);
}

#[test]
fn mail() {
    let all = [
        gone("a.test.", "MX", &["10 mx.a.test."]),
        moved("a.test.", "MX", &["10 mx.a.test."], &["20 mx.a.test."]),
        moved("a.test.", "MX", &["10 mx.a.test."], &["10 mx.a.test.", "20 mx.evil.test."]),
        gone("a.test.", "TXT", &["v=spf1 -all", "other"]),
        moved("a.test.", "TXT", &["v=spf1 mx -all", "other"], &["v=spf1 mx ~all", "other"]),
        moved("a.test.", "TXT", &["v=spf1 mx ~all"], &["v=spf1 mx -all"]),
        made("a.test.", "TXT", &["v=spf1 +all"]),
        moved("_dmarc.a.test.", "TXT", &["v=DMARC1; p=reject"], &["v=DMARC1; p=none"]),
        moved("_dmarc.a.test.", "TXT", &["v=DMARC1; p=reject"], &["v=DMARC1; p=reject; pct=10"]),
        moved("_dmarc.a.test.", "TXT", &["v=DMARC1; p=none"], &["v=DMARC1; p=reject"]),
        gone("_dmarc.a.test.", "TXT", &["v=DMARC1; p=none"]),
        gone("k1._domainkey.a.test.", "TXT", &["v=DKIM1; p=x"]),
        moved("a.test.", "TXT", &["one"], &["two"]),
    ];
    insta::assert_snapshot!(all.concat(), @r#"
    Outage
      mail for a.test. has nowhere to go
    Routine
    Sensitive
      mail for a.test. goes to mx.a.test. and mx.evil.test.
    Sensitive
      nothing says any more who may send mail as a.test. (SPF)
    Sensitive
      mail sent as a.test. by others is no longer refused as before (SPF is loosened)
    Routine
    Sensitive
      anybody may send mail as a.test. (SPF `+all`)
    Sensitive
      forged mail of a.test. is no longer stopped as before (DMARC is loosened)
    Sensitive
      forged mail of a.test. is no longer stopped as before (DMARC is loosened)
    Routine
    Sensitive
      receivers no longer learn what to do with forged mail of a.test. (DMARC)
    Sensitive
      mail of a.test. signed with `k1` no longer verifies (DKIM)
    Routine
    "#);
}

#[test]
fn losing_a_health_check_is_sensitive() {
    let mut before = seen("www.a.test.", "A", &["192.0.2.1"]);
    before.health_check = Sight::Value("abc".into());
    let mut after = wanted("www.a.test.", "A", &["192.0.2.1"]);
    assert_eq!(record(Some(&before), Some(&after)).risk, Risk::Routine, "left alone");
    after.health_check = Wish::Absent;
    assert_eq!(record(Some(&before), Some(&after)).risk, Risk::Sensitive);
}

#[test]
fn a_name_server_set_from_a_reference_says_whose() {
    let mut after = wanted("sub.a.test.", "NS", &[]);
    after.values = Wish::Reference(Box::new(aplomo_core::Reference {
        to: "acme/Domain/sub:aws.route53.HostedZone/zone".parse().unwrap(),
        output: "nameServers".into(),
        constraint: Default::default(),
    }));
    let before = seen("sub.a.test.", "NS", &["ns1.b.test."]);
    insta::assert_snapshot!(told(Some(&before), Some(&after)), @r#"
    Sensitive
      hands sub.a.test. and everything below it to the nameServers of acme/Domain/sub:aws.route53.HostedZone/zone
    "#);
}
