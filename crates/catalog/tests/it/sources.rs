//! What a source may say, and whether its silence means anything.

use crate::support::{TENANT, accounts, domain, one, report, rules, source};
use aplomo_catalog::expand;
use aplomo_core::manifest::Snapshot;
use aplomo_core::{Finding, TenantName};

fn bound(mut snapshot: Snapshot, tenants: &[&str], operator: bool) -> Snapshot {
    snapshot.tenants = Some(tenants.iter().map(|tenant| TenantName::new(tenant).unwrap()).collect());
    snapshot.operator = operator;
    snapshot
}

#[test]
fn a_source_speaks_for_its_tenants_only() {
    let text = domain("records: []").replace("tenant: acme", "tenant: victim");
    let operator = bound(source("ops", &[("t.yaml", TENANT)]), &["acme", "platform"], true);
    let client = bound(source("client", &[("d.yaml", &text)]), &["acme"], false);
    let state = expand(&[operator, client], &accounts());
    insta::assert_snapshot!(report(&state.findings), @r"
    error[foreign-tenant] d.yaml:3:31 the source `client` may not speak for the tenant `victim`
        help: it may speak for `acme`
    ");
    assert_eq!(state.findings[0].tenant.as_deref(), Some("acme"), "the victim is not stopped");
    assert!(!state.resources.keys().any(|address| address.as_str().contains("Domain")));
    let complete: Vec<&str> = state.completeness.complete_sources.iter().map(|s| s.as_str()).collect();
    assert_eq!(complete, ["ops"]);
}

#[test]
fn tenants_come_from_the_operator() {
    let client = bound(source("client", &[("t.yaml", TENANT)]), &["acme"], false);
    let state = expand(&[client], &accounts());
    insta::assert_snapshot!(report(&state.findings), @r"
    error[operator-only] t.yaml:2:1 a Tenant is only taken from the operator's own source, and `client` is not
        help: ask the operator to change it
    ");
    assert!(state.tenants.is_empty() && state.resources.is_empty());
}

#[test]
fn a_misspelt_tenant_is_found_where_tenants_are_described() {
    let text = domain("records: []").replace("tenant: acme", "tenant: acmee");
    let state = expand(&[source("dir:/t", &[("d.yaml", &text), ("t.yaml", TENANT)])], &accounts());
    insta::assert_snapshot!(report(&state.findings), @r"
    error[unknown-tenant] d.yaml:3:31 no Tenant describes `acmee`
        help: did you mean `acme`?
    ");
}

#[test]
fn one_broken_manifest_makes_its_source_incomplete_and_stops_its_tenant() {
    let good = domain("records: []");
    let bad = domain("recrods: []").replace("example-com", "other").replace("example.com", "other.example");
    let ops = source("ops", &[("t.yaml", TENANT), ("a.yaml", &good)]);
    let client = source("client", &[("b.yaml", &bad)]);
    let state = expand(&[ops, client], &accounts());
    assert_eq!(rules(&state), ["unknown-field"]);
    assert_eq!(state.findings[0].tenant.as_deref(), Some("acme"));
    one(&state, "example-com:aws.route53.HostedZone");
    let because: Vec<&String> = state.completeness.because.iter().collect();
    assert_eq!(because, ["client: acme/Domain/other has errors"]);
    assert_eq!(state.completeness.complete_sources.iter().map(|s| s.as_str()).collect::<Vec<_>>(), ["ops"]);
}

#[test]
fn one_broken_record_makes_its_source_incomplete_too() {
    let text = domain("records:\n  - {name: a, type: A, values: [nonsense]}");
    let state = expand(&[source("dir:/t", &[("d.yaml", &text), ("t.yaml", TENANT)])], &accounts());
    assert_eq!(rules(&state), ["bad-value"]);
    assert!(state.completeness.complete_sources.is_empty());
}

#[test]
fn what_could_not_be_parsed_or_read_counts_too() {
    let mut broken = bound(source("client", &[]), &["acme"], false);
    broken.problems.push(Finding::error("yaml", "no YAML"));
    let mut partial = source("ops", &[("t.yaml", TENANT)]);
    partial.complete = false;
    partial.incomplete_because.push("a checkout is in progress".into());
    let state = expand(&[broken, partial], &accounts());
    assert_eq!(state.findings[0].tenant.as_deref(), Some("acme"), "the only tenant it can mean");
    let because: Vec<&String> = state.completeness.because.iter().collect();
    assert_eq!(because, ["client: a manifest has errors", "ops: a checkout is in progress"]);
    assert!(state.completeness.complete_sources.is_empty());
}

#[test]
fn warnings_leave_a_source_complete() {
    let text = domain("records:\n  - {name: a, type: A, ttl: 0, values: [192.0.2.1]}");
    let state = expand(&[source("dir:/t", &[("d.yaml", &text), ("t.yaml", TENANT)])], &accounts());
    assert_eq!(rules(&state), ["ttl-bounds"]);
    assert_eq!(state.completeness.complete_sources.len(), 1);
}

#[test]
fn two_zones_of_one_name_and_two_adoptions_of_one_id_are_claimed_twice() {
    let one = domain("records: []").replace("spec:", "lifecycle: {adopt: Z1}\nspec:");
    let two =
        one.replace("name: example-com", "name: second").replace("zone: example.com", "zone: EXAMPLE.com.");
    let three =
        one.replace("name: example-com", "name: third").replace("zone: example.com", "zone: other.example");
    let files = [("a.yaml", one.as_str()), ("b.yaml", &two), ("c.yaml", &three), ("t.yaml", TENANT)];
    let state = expand(&[source("dir:/t", &files)], &accounts());
    insta::assert_snapshot!(report(&state.findings), @r"
    error[claimed-twice] a.yaml:6:0 `example.com.|public` is claimed by `acme/Domain/second` as well (b.yaml:6)
        help: one remote object has one owner
    error[claimed-twice] a.yaml:6:0 the object `Z1` is claimed by `acme/Domain/second` as well (b.yaml:6)
        help: one remote object has one owner
    error[claimed-twice] b.yaml:6:0 `example.com.|public` is claimed by `acme/Domain/example-com` as well (a.yaml:6)
        help: one remote object has one owner
    error[claimed-twice] b.yaml:6:0 the object `Z1` is claimed by `acme/Domain/example-com` as well (a.yaml:6)
        help: one remote object has one owner
    error[claimed-twice] b.yaml:6:0 the object `Z1` is claimed by `acme/Domain/third` as well (c.yaml:6)
        help: one remote object has one owner
    error[claimed-twice] c.yaml:6:0 the object `Z1` is claimed by `acme/Domain/second` as well (b.yaml:6)
        help: one remote object has one owner
    ");
}

#[test]
fn a_private_and_a_public_zone_of_one_name_are_two_objects() {
    let one = domain("records: []");
    let two = domain("visibility: private\nnetworks: [{id: vpc-1, region: us-east-1}]")
        .replace("example-com", "inside");
    let state =
        expand(&[source("dir:/t", &[("a.yaml", &one), ("b.yaml", &two), ("t.yaml", TENANT)])], &accounts());
    assert_eq!(report(&state.findings), "");
}
