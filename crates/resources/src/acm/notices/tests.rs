//! What is said of certificates that are there.

use super::*;
use aplomo_core::Sight;
use std::collections::BTreeMap;

fn outputs(status: &str, more: &[(&str, &str)]) -> BTreeMap<SmolStr, Datum> {
    let mut all: BTreeMap<SmolStr, Datum> =
        more.iter().map(|(k, v)| (SmolStr::new(k), Datum::from(*v))).collect();
    all.insert(output::STATUS.into(), status.into());
    all.insert(output::validation("shop.example", Part::Name), "_a.shop.example.".into());
    let values = Datum::List(vec!["_b.acm-validations.aws.".into()]);
    all.insert(output::validation("*.shop.example", Part::Values), values);
    all
}

fn said(outputs: &BTreeMap<SmolStr, Datum>, hints: &[(&'static str, Datum)]) -> String {
    let seen = Certificate {
        domain_name: Sight::Value("shop.example".into()),
        in_use: Sight::Value(true),
        ..Certificate::default()
    };
    let hints = hints.iter().map(|(k, v)| (SmolStr::new_static(k), v.clone())).collect();
    let as_of = "2026-11-24T00:00:00Z".parse().unwrap();
    let found = certificate(&seen, &Watch { outputs, hints: &hints, as_of, applied_at: None });
    let lines = found.iter().map(|f| format!("{} {}: {}", f.severity as u8, f.rule, f.message));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_certificate_in_good_health_has_nothing_to_say() {
    assert_eq!(said(&outputs("ISSUED", &[("notAfter", "2027-12-01T00:00:00Z")]), &[]), "");
    assert_eq!(said(&BTreeMap::new(), &[]), "");
}

#[test]
fn the_end_is_announced_as_early_as_the_manifest_says() {
    let soon = outputs("ISSUED", &[("notAfter", "2027-01-10T00:00:00Z")]);
    assert_eq!(said(&soon, &[]), "", "47 days are more than 30");
    insta::assert_snapshot!(said(&soon, &[(EXPIRY_WARNING_DAYS, Datum::Int(60))]), @"1 certificate-near-expiry: the certificate for shop.example ends on 2027-01-10T00:00:00Z, in 47 days");
}

#[test]
fn a_renewal_that_fails_is_told_with_its_reason() {
    let failing = outputs("ISSUED", &[("renewal", "FAILED"), ("failure", "CAA_ERROR")]);
    insta::assert_snapshot!(said(&failing, &[]), @"1 renewal-failing: the renewal of the certificate for shop.example failed (CAA_ERROR)");
    assert_eq!(said(&outputs("ISSUED", &[("renewal", "SUCCESS")]), &[]), "");
}

#[test]
fn records_are_handed_over_only_where_somebody_else_writes_them() {
    let pending = outputs("PENDING_VALIDATION", &[]);
    assert_eq!(said(&pending, &[]), "");
    let external = [(EXTERNAL, Datum::Bool(true))];
    insta::assert_snapshot!(said(&pending, &external), @"0 validation-record: to prove shop.example, its DNS needs the record _a.shop.example. CNAME _b.acm-validations.aws.");
    let there = outputs("PENDING_VALIDATION", &[("validation/shop.example/seen", FOUND)]);
    insta::assert_snapshot!(said(&there, &external), @"0 validation-record: the record _a.shop.example. that proves shop.example is there; ACM has yet to see it");
}

#[test]
fn a_record_that_vanished_is_told_before_the_renewal_fails() {
    let gone = outputs("ISSUED", &[("validation/shop.example/seen", GONE)]);
    insta::assert_snapshot!(said(&gone, &[]), @"1 validation-record-vanished: the record _a.shop.example. that proves shop.example is gone: the next renewal will fail");
    let other = outputs("ISSUED", &[("validation/shop.example/seen", "x.example.")]);
    assert!(said(&other, &[]).contains("is `x.example.` now"));
}

#[test]
fn what_failed_is_told_with_what_must_be_there() {
    let late = outputs("VALIDATION_TIMED_OUT", &[]);
    insta::assert_snapshot!(said(&late, &[]), @"1 certificate-failed: the certificate for shop.example was not validated within 72 hours");
}
