//! How much of what exists is looked after.

use super::common::*;
use aplomo_core::plan::Covered;
use aplomo_core::resource::Adopt;
use aplomo_core::{FieldPath, Sight};
use aplomo_planner::drift;
use serde_json::json;

fn covered(c: &Case) -> Covered {
    c.plan().coverage.unwrap()
}

/// A zone with two records and a server, all ours.
fn estate() -> Case {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "a/A", 60);
    c.record("example", "b/A", 60);
    c.server("web", &[("/port", int(80))]);
    c.settle();
    c
}

fn json_of(c: &Case) -> serde_json::Value {
    serde_json::to_value(drift(&c.plan())).unwrap()["coverage"].clone()
}

#[test]
fn everything_managed_and_seen_is_all() {
    let c = estate();
    let all = json!({"managed": 4, "unmanaged": 0, "unverifiable": 0, "reads": 3, "readsComplete": 3,
        "percent": 100.0, "readsPercent": 100.0});
    assert_eq!(json_of(&c), all);
    assert!(drift(&c.plan()).render(Default::default()).starts_with(
        "Coverage: 4 of 4 objects are managed (100.0 %); 3 of 3 readings were complete (100.0 %).\n"
    ));
}

#[test]
fn what_is_nobodys_or_not_ours_is_not_managed_and_what_comes_along_does_not_count() {
    let mut c = estate();
    let zone = c.zone_id("example");
    c.record_exists(&zone, "stranger/A", 60);
    c.record_exists(&zone, "apex/NS", 60).brought_along = true;
    assert_eq!((covered(&c).managed, covered(&c).unmanaged), (4, 1));
    // Described, equal, and not ours.
    c.record_exists(&zone, "equal/A", 60);
    c.record("example", "equal/A", 60);
    assert_eq!((covered(&c).managed, covered(&c).unmanaged), (4, 2));
    // About to be adopted.
    c.exists(SERVER, account(), "S9", None, &[("/port", Sight::Value(80.into()))]);
    c.server("old", &[("/port", int(80))]).adopt = Adopt::Id(id("S9"));
    assert_eq!((covered(&c).managed, covered(&c).unmanaged), (4, 3));
    assert_eq!(json_of(&c)["percent"], json!(57.1), "rounded down");
}

#[test]
fn what_goes_is_looked_after_until_it_went() {
    let mut c = estate();
    c.drop_resource(&server_address("web"));
    assert_eq!((covered(&c).managed, covered(&c).unmanaged), (4, 0));
}

#[test]
fn it_is_never_all_where_something_could_not_be_seen() {
    let mut c = estate();
    let server = c.id_of(&server_address("web"));
    c.seen(&server).fields.set(FieldPath::known("/port"), Sight::Hidden);
    assert_eq!(
        covered(&c),
        Covered { managed: 3, unmanaged: 0, unverifiable: 1, reads: 3, reads_complete: 3 }
    );
    assert_eq!(
        (json_of(&c)["percent"].clone(), json_of(&c)["readsPercent"].clone()),
        (json!(75.0), json!(99.9))
    );
    // A reading that failed where nothing of ours is known hides how much is there.
    let mut c = Case::new();
    c.zone("example");
    c.settle();
    c.fail(SERVER, account());
    assert_eq!((covered(&c).managed, covered(&c).unverifiable), (1, 0));
    assert_eq!(json_of(&c)["percent"], json!(99.9));
    assert_eq!((covered(&c).reads, covered(&c).reads_complete), (3, 2));
}

#[test]
fn nothing_is_no_share_and_a_narrowed_plan_has_none() {
    assert_eq!(json_of(&Case::new())["percent"], json!(null));
    let tenants = ["acme".parse().unwrap()];
    assert_eq!(aplomo_planner::filter(estate().plan(), &tenants, &[]).coverage, None);
}
