//! The story of issue 2: plan, apply, drift, repair.

use crate::world::World;

#[test]
fn a_domain_is_planned_applied_and_then_nothing_differs() {
    let world = World::with_domain();
    let plan = world.plan();
    assert_eq!(plan["summary"]["create"], 7, "{plan:#}");
    let run = world.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(0).json();
    assert_eq!(run["converged"], true, "{run:#}");
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    world.aplomo(&["audit", "verify"]).exits(0);
}

#[test]
fn a_plan_is_the_same_byte_for_byte() {
    let world = World::with_domain();
    let plan = || {
        let args = ["plan", "m", "--format", "json", "--as-of", "2027-01-31T00:00:00Z"];
        let mut plan = world.aplomo(&args).exits(0).json();
        plan.as_object_mut().unwrap().remove("meta");
        plan.to_string()
    };
    assert_eq!(plan(), plan());
}

#[test]
fn what_is_changed_by_hand_is_named_and_repaired() {
    let world = World::applied();
    let zone = world.zone("example.com");
    let mut record = world.aws.find(&zone, "www.example.com.", "A").unwrap().remove(0);
    record.ttl = Some(60);
    world.aws.upsert(&zone, &record).unwrap();
    let report = world.aplomo(&["drift", "m", "--detailed-exitcode", "--format", "json"]).exits(2).json();
    let change = &report["changes"][0];
    assert_eq!(change["fields"][0]["path"], "/ttl");
    assert_eq!((&change["fields"][0]["before"], &change["fields"][0]["after"]), (&60.into(), &300.into()));
    assert_eq!(change["reason"], "drift");
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}
