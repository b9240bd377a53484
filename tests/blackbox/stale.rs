//! What was approved is what is applied: a change whose world moved since is refused alone, with what
//! depends on it; the rest goes on.

use crate::world::World;
use aplomo_sandbox::{Fault, RecordSet, Rule};
use serde_json::Value;
use std::time::Duration;

/// Two updates and a create, planned and approved; the proxy forgets what was read for that.
fn approved() -> (World, String) {
    let world = World::applied();
    world.edit("m/example-com.yaml", "[192.0.2.25]", "[192.0.2.26]");
    world.edit("m/example-com.yaml", "v=spf1 mx -all", "v=spf1 -all");
    world.edit(
        "m/example-com.yaml",
        "    - {name: api,",
        "    - {name: new, type: A, ttl: 60, values: [192.0.2.9]}\n    - {name: api,",
    );
    world.aplomo(&["plan", "m", "--out", "plan.json"]).exits(0);
    world.aplomo(&["approve", "plan.json"]).exits(0);
    world.proxy.reset();
    let zone = world.zone("example.com");
    (world, zone)
}

fn apply(world: &World, code: i32) -> Value {
    world.aplomo(&["apply", "--plan", "plan.json", "--format", "json"]).exits(code).json()
}

#[test]
fn a_field_that_moved_makes_its_change_stale_and_no_other() {
    let (world, zone) = approved();
    let mut record = world.aws.find(&zone, "mail.example.com.", "A").unwrap().remove(0);
    record.ttl = Some(77);
    world.aws.upsert(&zone, &record).unwrap();
    let run = apply(&world, 5);
    assert_eq!(World::statuses(&run), ["applied @/TXT", "stale mail/A", "applied new/A"], "{run:#}");
    let why = run["outcomes"][1]["error"].as_str().unwrap();
    assert!(why.contains("/ttl"), "{why}");
    assert_eq!(world.aws.find(&zone, "mail.example.com.", "A").unwrap(), [record]);
}

#[test]
fn what_moved_elsewhere_does_not_matter() {
    let (world, zone) = approved();
    let mut record = world.aws.find(&zone, "www.example.com.", "A").unwrap().remove(0);
    record.ttl = Some(77);
    world.aws.upsert(&zone, &record).unwrap();
    world.aws.upsert(&zone, &RecordSet::new("other.example.com.", "A", 60, &["192.0.2.77"])).unwrap();
    let run = apply(&world, 0);
    assert_eq!(World::statuses(&run), ["applied @/TXT", "applied mail/A", "applied new/A"], "{run:#}");
}

#[test]
fn a_record_that_vanished_and_one_that_came_are_stale() {
    let (world, zone) = approved();
    let record = world.aws.find(&zone, "mail.example.com.", "A").unwrap().remove(0);
    world.aws.delete(&zone, &record).unwrap();
    let came = RecordSet::new("new.example.com.", "A", 60, &["198.51.100.1"]);
    world.aws.upsert(&zone, &came).unwrap();
    let run = apply(&world, 5);
    assert_eq!(World::statuses(&run), ["applied @/TXT", "stale mail/A", "stale new/A"], "{run:#}");
    assert_eq!(world.aws.find(&zone, "new.example.com.", "A").unwrap(), [came]);
}

#[test]
fn a_zone_that_was_made_anew_is_another_zone() {
    let (world, zone) = approved();
    let records = world.aws.records(&zone).unwrap();
    for record in records.iter().filter(|r| !matches!(r.kind.as_str(), "NS" | "SOA")) {
        world.aws.delete(&zone, record).unwrap();
    }
    world.aws.delete_zone(&zone).unwrap();
    let other = world.aws.create_zone("example.com", "by hand", None).unwrap();
    let run = world.aplomo(&["apply", "--plan", "plan.json", "--format", "json"]).json();
    assert!(World::statuses(&run).iter().all(|s| !s.starts_with("applied")), "{run:#}");
    let calls = world.proxy.calls();
    assert!(calls.iter().all(|c| !c.path.contains(&other)), "{calls:?}");
    assert_eq!(world.aws.records(&other).unwrap().len(), 2);
    // And the next plan does not take the stranger for ours.
    let plan = world.aplomo(&["plan", "m", "--format", "json"]).json();
    assert!(plan["changes"].as_array().unwrap().iter().all(|c| c["action"] != "delete"), "{plan:#}");
}

#[test]
fn what_depends_on_a_stale_change_is_skipped() {
    let world = World::with_domain();
    world.aplomo(&["plan", "m", "--out", "plan.json"]).exits(0);
    world.aplomo(&["approve", "plan.json"]).exits(0);
    world.aws.create_zone("example.com", "by hand", None).unwrap();
    let run = apply(&world, 5);
    let statuses = World::statuses(&run);
    assert!(statuses.contains(&"stale HostedZone".to_owned()), "{run:#}");
    assert!(statuses.contains(&"skipped www/A".to_owned()), "{run:#}");
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn two_applies_at_once_do_not_both_write() {
    let world = World::with_domain();
    let slow = Fault::Delay(Duration::from_secs(5));
    let rule = world.proxy.inject(Rule::on("route53:CreateHostedZone").then(slow));
    let first = world.spawn(&["apply", "m", "--auto-approve"]);
    while world.proxy.fired(rule) == 0 {
        std::thread::yield_now();
    }
    let second = world.aplomo(&["apply", "m", "--auto-approve"]).exits(1);
    assert!(second.err.contains("another run is at work"), "{}", second.err);
    let first = first.wait_with_output().unwrap();
    assert_eq!(first.status.code(), Some(0), "{}", String::from_utf8_lossy(&first.stderr));
    assert_eq!(world.proxy.count("route53:CreateHostedZone"), 1);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}
