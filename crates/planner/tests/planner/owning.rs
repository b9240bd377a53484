//! Whose objects are, and how they become ours.

use super::common::*;
use aplomo_core::observation::OwnerMark;
use aplomo_core::plan::{Action, Before};
use aplomo_core::resource::Adopt;
use aplomo_core::safety::{Deletion, Ownership};
use aplomo_core::{FieldPath, Sight};
use insta::assert_snapshot;

#[test]
fn an_equal_object_plans_nothing_and_does_not_become_ours() {
    let mut c = Case::new();
    c.zone("example");
    c.zone_exists("Z1", "example");
    assert_snapshot!(lines(&c.plan()), @"");
    c.drop_manifest("acme/Domain/example");
    c.record_safety("acme/Domain/example", Deletion::Delete, Ownership::Additive);
    assert_snapshot!(lines(&c.plan()), @r#"unmanaged t.net.Zone Z1"#);
}

#[test]
fn a_differing_object_is_a_finding_until_it_is_adopted_and_changes_in_the_plan_after_that() {
    let mut c = Case::new();
    c.zone("example").wanted.set(FieldPath::known("/comment"), text("ours"));
    c.zone_exists("Z1", "example");
    assert_snapshot!(lines(&c.plan()), @r#"error not-ours acme/domain/example:zone: z1 exists, is not ours and differs in /comment"#);
    c.desired.resources.get_mut(&zone_address("example")).unwrap().adopt = Adopt::Id(id("Z1"));
    let plan = c.apply();
    assert_snapshot!(lines(&plan), @r#"adopt acme/Domain/example:Zone manifest"#);
    let adopt = &plan.changes[0];
    let Before::Seen(before) = &adopt.before else { panic!() };
    assert_eq!(before.get("/comment"), Some(&Sight::Absent));
    assert_eq!(adopt.after.as_ref().unwrap().get("/comment"), None);
    assert_snapshot!(lines(&c.apply()), @r#"update acme/Domain/example:Zone unknown [/comment:unknown]"#);
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn records_are_adopted_with_their_zone_and_only_with_it() {
    let mut c = Case::new();
    c.zone("example").adopt = Adopt::Id(id("Z1"));
    c.record("example", "www/A", 300).adopt = Adopt::InContainer;
    c.zone_exists("Z1", "example");
    c.record_exists("Z1", "www/A", 60);
    assert_snapshot!(lines(&c.plan()), @r#"
    adopt acme/Domain/example:Record/www/A manifest after=acme/Domain/example:Zone
    adopt acme/Domain/example:Zone manifest
    "#);
    c.desired.resources.get_mut(&zone_address("example")).unwrap().adopt = Adopt::No;
    assert_snapshot!(lines(&c.plan()), @r#"error not-ours acme/domain/example:record/www/a: www/a exists, is not ours and differs in /ttl"#);
    c.desired.resources.get_mut(&zone_address("example")).unwrap().adopt = Adopt::Id(id("Z1"));
    c.settle();
    assert_eq!(c.seen("www/A").fields.value("/ttl"), Some(&300.into()));
}

#[test]
fn what_another_tool_owns_is_not_adopted() {
    let mut c = Case::new();
    c.zone("example").adopt = Adopt::Id(id("Z1"));
    c.zone_exists("Z1", "example").mark = OwnerMark::OtherTool("CloudFormation".into());
    assert_snapshot!(lines(&c.plan()), @r#"error other-tool acme/domain/example:zone: z1 is managed by cloudformation"#);
    c.desired.resources.get_mut(&zone_address("example")).unwrap().adopt = Adopt::No;
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn adopting_what_is_not_there_or_is_something_else_is_refused() {
    let mut c = Case::new();
    c.zone("example").adopt = Adopt::Id(id("Z7"));
    c.zone("other").adopt = Adopt::Id(id("Z1"));
    c.zone_exists("Z1", "third");
    assert_snapshot!(lines(&c.plan()), @r#"
    error adopt-missing acme/domain/example:zone: z7 is to be adopted and is not there
    error adopt-mismatch acme/domain/other:zone: z1 is to be adopted and is third, not other
    "#);
}

#[test]
fn an_object_that_was_made_and_not_fully_marked_is_taken_up_again() {
    let mut c = Case::new();
    c.zone("example");
    c.zone_exists("Z1", "example").mark =
        OwnerMark::Marked { installation: "here".into(), tenant: "acme".into(), address: "".into() };
    assert_snapshot!(lines(&c.plan()), @r#"adopt acme/Domain/example:Zone manifest"#);
}

#[test]
fn what_the_container_brings_along_is_changed_never_made_or_deleted() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "@/NS", 60).created_with = Some(zone_address("example"));
    let plan = c.apply();
    assert_snapshot!(lines(&plan), @r#"
    update acme/Domain/example:Record/@/NS manifest [/name:manifest /ttl:manifest /type:manifest] after=acme/Domain/example:Zone
    create acme/Domain/example:Zone manifest
    "#);
    assert_eq!(plan.changes[0].before, Before::CreatedWith(zone_address("example")));
    assert_eq!(plan.changes[0].action, Action::Update);
    assert_snapshot!(lines(&c.plan()), @"");
    c.drop_resource(&record_address("example", "@/NS"));
    assert_snapshot!(lines(&c.plan()), @"");
    assert_eq!(aplomo_planner::forgotten(&c.input()), [record_address("example", "@/NS")]);
}

#[test]
fn tuning_what_an_adopted_zone_brought_along_waits_for_the_adoption() {
    let mut c = Case::new();
    c.zone("example").adopt = Adopt::Id(id("Z1"));
    c.record("example", "@/NS", 60).created_with = Some(zone_address("example"));
    c.zone_exists("Z1", "example");
    c.record_exists("Z1", "@/NS", 900).brought_along = true;
    assert_snapshot!(lines(&c.apply()), @r#"adopt acme/Domain/example:Zone manifest"#);
    assert_snapshot!(lines(&c.apply()), @r#"update acme/Domain/example:Record/@/NS unknown [/ttl:unknown]"#);
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn a_collection_that_is_observed_is_reported_and_never_written() {
    let mut c = Case::new();
    c.zone("example").observe = true;
    c.record("example", "www/A", 300).observe = true;
    c.record("example", "new/A", 300).observe = true;
    c.zone_exists("Z1", "example");
    c.record_exists("Z1", "www/A", 60);
    let plan = c.plan();
    assert_snapshot!(lines(&plan), @r#"
    create acme/Domain/example:Record/new/A manifest held=observe
    update acme/Domain/example:Record/www/A unknown [/ttl:unknown] held=observe
    "#);
    assert!(!plan.applyable);
}
