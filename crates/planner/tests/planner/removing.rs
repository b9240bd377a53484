//! What goes, what stays, and what it takes.

use super::common::*;
use aplomo_core::observation::OwnerMark;
use aplomo_core::plan::Action;
use aplomo_core::safety::{Deletion, Ownership};
use aplomo_core::{Coverage, Datum, Finding, Plan, Sight, TypeName};
use insta::assert_snapshot;

fn domain() -> Case {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    c.record("example", "api/A", 300);
    c.settle();
    c
}

#[test]
fn a_record_that_nobody_wishes_any_more_goes() {
    let mut c = domain();
    c.drop_resource(&record_address("example", "www/A"));
    assert_snapshot!(lines(&c.apply()), @r#"delete acme/Domain/example:Record/www/A manifest"#);
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn a_protected_zone_stays_with_all_that_is_in_it() {
    let mut c = domain();
    c.drop_manifest("acme/Domain/example");
    let plan = c.plan();
    assert_snapshot!(lines(&plan), @r#"
    delete acme/Domain/example:Record/api/A manifest held=dependency
    delete acme/Domain/example:Record/www/A manifest held=dependency
    delete acme/Domain/example:Zone manifest held=protected after=acme/Domain/example:Record/api/A,acme/Domain/example:Record/www/A
    warning protected acme/domain/example:zone: delete of t.net.zone is held: its deletion was never allowed
    "#);
    assert!(!plan.applyable);
}

#[test]
fn what_stands_beside_something_protected_of_a_manifest_that_is_gone_stays_too() {
    let mut c = domain();
    let beside = addr("acme/Domain/example:t.net.Server/beside");
    c.wish(&beside, account(), fields(&[("/port", int(1))]));
    c.settle();
    c.drop_manifest("acme/Domain/example");
    let plan = c.plan();
    let held = plan.changes.iter().find(|change| change.address == beside).map(|change| &change.held_by);
    assert_eq!(held, Some(&Some(aplomo_core::plan::HeldBy::DEPENDENCY)), "{}", lines(&plan));
}

#[test]
fn deletion_that_was_applied_before_lets_it_go_content_first_settings_last() {
    let mut c = domain();
    c.setting("acme/Domain/example:aplomo.own.Setting", &[("/deletion", text("delete"))]);
    c.settle();
    c.record_safety("acme/Domain/example", Deletion::Delete, Ownership::Additive);
    c.drop_manifest("acme/Domain/example");
    assert_snapshot!(lines(&c.apply()), @r#"
    delete acme/Domain/example:aplomo.own.Setting manifest after=acme/Domain/example:Record/api/A,acme/Domain/example:Record/www/A,acme/Domain/example:Zone
    delete acme/Domain/example:Record/api/A manifest
    delete acme/Domain/example:Record/www/A manifest
    delete acme/Domain/example:Zone manifest after=acme/Domain/example:Record/api/A,acme/Domain/example:Record/www/A
    "#);
    assert_snapshot!(lines(&c.plan()), @"");
    assert!(c.observation.objects.is_empty());
}

#[test]
fn the_wish_alone_lifts_nothing() {
    let mut c = domain();
    c.desired.resources.get_mut(&zone_address("example")).unwrap().deletion = Deletion::Delete;
    c.drop_manifest("acme/Domain/example");
    c.desired.manifests.insert(zone_address("example").manifest_ref().unwrap(), Deletion::Delete);
    assert!(c.plan().changes.iter().all(|change| change.held_by.is_some()));
}

#[test]
fn orphans_are_let_go_and_stay() {
    let mut c = domain();
    c.record_safety("acme/Domain/example", Deletion::Orphan, Ownership::Additive);
    c.drop_manifest("acme/Domain/example");
    let plan = c.apply();
    assert_snapshot!(lines(&plan), @r#"
    release acme/Domain/example:Record/api/A manifest
    release acme/Domain/example:Record/www/A manifest
    release acme/Domain/example:Zone manifest after=acme/Domain/example:Record/api/A,acme/Domain/example:Record/www/A
    "#);
    assert!(plan.changes.iter().all(|change| change.action == Action::Release));
    assert_snapshot!(lines(&c.plan()), @r#"
    unmanaged t.net.Record api/A
    unmanaged t.net.Record www/A
    unmanaged t.net.Zone Zone1
    "#);
}

#[test]
fn absence_from_an_incomplete_source_means_nothing() {
    let mut c = domain();
    c.drop_manifest("acme/Domain/example");
    c.desired.completeness.complete_sources.clear();
    let plan = c.plan();
    assert_snapshot!(lines(&plan), @"");
    assert!(!plan.complete);
}

#[test]
fn a_broken_manifest_of_the_tenant_or_of_nobody_known_plans_no_delete() {
    for tenant in [Some("acme".into()), None] {
        let mut c = domain();
        c.drop_manifest("acme/Domain/example");
        let mut finding = Finding::error("syntax", "broken");
        finding.tenant = tenant;
        c.desired.findings.push(finding);
        assert!(c.plan().changes.is_empty(), "{}", lines(&c.plan()));
    }
    let mut c = domain();
    c.drop_resource(&record_address("example", "www/A"));
    c.desired.findings.push(Finding::error("syntax", "broken").of("other/Domain/x"));
    assert_eq!(c.plan().changes.len(), 1, "another tenant's");
    assert_eq!(c.plan().changes[0].held_by, None);
}

#[test]
fn without_the_ledger_nothing_is_deleted_and_the_marked_are_listed() {
    let mut c = domain();
    c.memory.ledger.clear();
    c.record_safety("acme/Domain/example", Deletion::Delete, Ownership::Additive);
    c.drop_manifest("acme/Domain/example");
    assert_snapshot!(lines(&c.plan()), @r#"
    unmanaged t.net.Record api/A
    unmanaged t.net.Record www/A
    unmanaged t.net.Zone Zone1 (carries our mark of acme/Domain/example:t.net.Zone and is not recorded as it)
    "#);
}

#[test]
fn what_is_gone_already_is_forgotten_and_what_cannot_be_seen_is_told() {
    let mut c = domain();
    c.drop_resource(&record_address("example", "www/A"));
    c.vanish("www/A");
    assert_snapshot!(lines(&c.plan()), @"");
    assert_eq!(aplomo_planner::forgotten(&c.input()), [record_address("example", "www/A")]);
    let zone = id(&c.zone_id("example"));
    c.observation
        .coverage
        .insert((RECORD, account().within(zone)), Coverage::LowerBound("a page failed".into()));
    assert_snapshot!(lines(&c.plan()), @r#"
    unverifiable ["t.net.Record"] in t/1/Zone1 []: not all was seen: a page failed
    unverifiable acme/Domain/example:Record/www/A []: nobody wishes it any more, and it could not be seen
    "#);
    assert_eq!(aplomo_planner::forgotten(&c.input()), []);
}

#[test]
fn content_of_a_zone_that_is_gone_is_forgotten_with_it() {
    let mut c = domain();
    c.record_safety("acme/Domain/example", Deletion::Delete, Ownership::Additive);
    c.drop_manifest("acme/Domain/example");
    c.observation.objects.clear();
    c.cover();
    assert_snapshot!(lines(&c.plan()), @"");
    assert_eq!(aplomo_planner::forgotten(&c.input()).len(), 3);
}

#[test]
fn what_another_installation_or_tool_took_over_is_not_deleted() {
    let mut c = Case::new();
    c.server("a", &[("/port", int(1))]);
    c.server("b", &[("/port", int(1))]);
    c.settle();
    c.drop_manifest("acme/Server/a");
    c.drop_manifest("acme/Server/b");
    c.seen("Server1").mark = OwnerMark::OtherTool("CloudFormation".into());
    c.seen("Server2").mark =
        OwnerMark::Marked { installation: "there".into(), tenant: "x".into(), address: "y".into() };
    assert_snapshot!(lines(&c.plan()), @r#"
    error foreign-mark acme/server/b:server: server2 belongs to the installation there
    unmanaged t.net.Server Server1 (managed by CloudFormation)
    unmanaged t.net.Server Server2 (managed by the installation there)
    "#);
}

#[test]
fn a_wish_that_is_over_goes_on_schedule() {
    let mut c = Case::new();
    c.server("guest", &[("/port", int(1))]).until = Some(at("2027-03-01T00:00:00Z"));
    c.settle();
    assert_snapshot!(lines(&c.plan()), @"");
    c.as_of = at("2027-03-01T00:00:00Z");
    assert_snapshot!(lines(&c.apply()), @r#"delete acme/Server/guest:Server schedule"#);
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn a_container_with_strangers_in_it_is_not_taken_apart() {
    let mut c = domain();
    let zone = c.zone_id("example");
    c.record_exists(&zone, "stranger/A", 1);
    c.record_safety("acme/Domain/example", Deletion::Delete, Ownership::Additive);
    c.drop_manifest("acme/Domain/example");
    assert_snapshot!(lines(&c.plan()), @r"
    delete acme/Domain/example:Record/api/A manifest held=dependency
    delete acme/Domain/example:Record/www/A manifest held=dependency
    delete acme/Domain/example:Zone manifest held=occupied after=acme/Domain/example:Record/api/A,acme/Domain/example:Record/www/A
    warning occupied acme/domain/example:zone: t.net.zone zone1 is not deleted, and nothing that goes with it: in it stay t.net.record stranger/a
    unmanaged t.net.Record stranger/A
    ");
    c.observation.objects.retain(|object| object.id.as_str() != "stranger/A");
    assert_snapshot!(lines(&c.plan()), @r"
    delete acme/Domain/example:Record/api/A manifest
    delete acme/Domain/example:Record/www/A manifest
    delete acme/Domain/example:Zone manifest after=acme/Domain/example:Record/api/A,acme/Domain/example:Record/www/A
    ");
}

#[test]
fn a_container_of_which_not_all_was_seen_is_not_taken_apart() {
    let mut c = domain();
    c.record_safety("acme/Domain/example", Deletion::Delete, Ownership::Additive);
    c.drop_manifest("acme/Domain/example");
    let gap = Coverage::LowerBound("a page failed".into());
    for (_, coverage) in c.observation.coverage.iter_mut().filter(|((_, scope), _)| scope.container.is_some())
    {
        *coverage = gap.clone();
    }
    let plan = c.plan();
    assert!(plan.changes.iter().all(|change| change.held_by.is_some()), "{}", lines(&plan));
    assert!(plan.findings.iter().any(|f| f.rule == "occupied" && f.message.contains("could not be read")));
}

#[test]
fn what_would_take_others_along_stays_until_they_go_too_or_hang_on_it_no_more() {
    let mut c = Case::new();
    let (all, core) = (addr("acme/Band/all:t.club.Band"), addr("acme/Band/core:t.club.Band"));
    c.wish(&all, account(), fields(&[("/port", int(1))]));
    c.wish(&core, account(), fields(&[("/port", int(1)), ("/peer", refer(all.as_str()))]));
    c.cover();
    c.settle();
    let (parent, child) = (c.id_of(&all), c.id_of(&core));
    let peer = |id: &str| Sight::Value(Datum::Text(id.into()));
    let band = TypeName::known("t.club.Band");
    c.exists(band.clone(), account(), "foreign", None, &[("/peer", peer(&child))]);
    c.observation.coverage.insert((band.clone(), account()), Coverage::Complete);
    c.drop_manifest("acme/Band/all");
    c.drop_manifest("acme/Band/core");
    let held = |plan: &Plan| plan.changes.iter().filter(|c| c.held_by.is_some()).count();
    let plan = c.plan();
    assert_eq!((plan.changes.len(), held(&plan)), (2, 2), "{}", lines(&plan));
    assert!(plan.findings.iter().any(|f| f.rule == "occupied" && f.message.contains("foreign")));
    c.set("foreign", "/peer", Datum::Text("elsewhere".into()));
    let plan = c.plan();
    assert_eq!(held(&plan), 0, "{}", lines(&plan));
    let gap = Coverage::LowerBound("a page failed".into());
    c.observation.coverage.insert((band, account()), gap);
    let plan = c.plan();
    assert_eq!(held(&plan), plan.changes.len(), "{parent}: {}", lines(&plan));
}
