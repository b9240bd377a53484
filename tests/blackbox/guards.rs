//! What keeps a tenant from its own manifests: limits on removals, protection, ownership; and what
//! moves, is adopted or let go without being written.

use crate::world::{TENANT, World};
use aplomo_sandbox::RecordSet;
use serde_json::Value;

const ALL: &[&str] = &["apply", "m", "--auto-approve"];
const HEAD: &str = "apiVersion: aplomo/v1\nkind: Domain\nmetadata: {name: example-com, tenant: acme}\nspec:\n  zone: example.com\n  records:\n";

fn record(i: usize) -> String {
    format!("    - {{name: r{i}, type: A, ttl: 60, values: [192.0.2.{i}]}}\n")
}

fn records(range: std::ops::RangeInclusive<usize>) -> String {
    HEAD.to_owned() + &range.map(record).collect::<String>()
}

/// The zone with records `r1` to `r<count>`, applied.
fn with_records(count: usize) -> World {
    let world = World::new();
    world.write("m/tenant.yaml", TENANT);
    world.write("m/example-com.yaml", records(1..=count));
    world.aplomo(ALL).exits(0);
    world.proxy.reset();
    world
}

/// Changes as `action key (heldBy)`.
fn changes(plan: &Value) -> Vec<String> {
    let short = |line: String| {
        let (action, rest) = line.split_once(' ').unwrap();
        let (_, key) = rest.split_once(':').unwrap();
        format!("{action} {}", key.trim_start_matches("aws.route53.").trim_start_matches("RecordSet/"))
    };
    World::changes(plan).into_iter().map(short).collect()
}

/// How many records the zone has beside its own NS and SOA.
fn count(world: &World) -> usize {
    world.aws.records(&world.zone("example.com")).unwrap().len() - 2
}

#[test]
fn records_of_a_small_zone_may_all_go() {
    // Records count by share alone, and a share counts from ten on.
    let world = with_records(8);
    world.write("m/example-com.yaml", records(1..=2));
    world.aplomo(ALL).exits(0);
    assert_eq!(count(&world), 2);
}

#[test]
fn more_than_the_share_of_a_zones_records_is_held_and_the_rest_goes_on() {
    let world = with_records(10);
    world.write("m/example-com.yaml", records(5..=11));
    let plan = world.plan();
    let held = "(guard:max-fraction)";
    let expected: Vec<String> = (1..=4).map(|i| format!("delete r{i}/A {held}")).collect();
    assert_eq!(changes(&plan), [vec!["create r11/A".to_owned()], expected].concat());
    world.aplomo(ALL).exits(5);
    assert_eq!(count(&world), 11);
    // Over 24 hours: three at a time is no way around it.
    world.write("m/example-com.yaml", records(4..=11));
    world.aplomo(ALL).exits(0);
    world.write("m/example-com.yaml", records(6..=11));
    assert!(changes(&world.plan()).iter().all(|c| c.contains(held)));
}

#[test]
fn one_of_anything_may_go() {
    let world = with_records(10);
    world.write("m/example-com.yaml", records(2..=10));
    world.aplomo(ALL).exits(0);
    assert_eq!(count(&world), 9);
}

#[test]
fn a_zone_goes_only_after_its_protection_was_lifted_by_a_change_applied_before() {
    let world = with_records(3);
    let lifted = records(1..=3).replace("spec:\n", "lifecycle: {deletion: delete}\nspec:\n");
    // Manifest gone, protection never lifted.
    std::fs::remove_file(world.path().join("m/example-com.yaml")).unwrap();
    let plan = world.plan();
    assert!(changes(&plan).contains(&"delete HostedZone (protected)".to_owned()), "{:#?}", changes(&plan));
    world.aplomo(ALL);
    assert_eq!(world.aws.zones().unwrap().len(), 1);
    world.write("m/example-com.yaml", &lifted);
    world.aplomo(ALL).exits(0);
    assert_eq!(count(&world), 3);
    std::fs::remove_file(world.path().join("m/example-com.yaml")).unwrap();
    let plan = world.plan();
    assert!(changes(&plan).contains(&"delete HostedZone".to_owned()), "{:#?}", changes(&plan));
    world.aplomo(ALL).exits(0);
    assert!(world.aws.zones().unwrap().is_empty());
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    world.aplomo(&["audit", "verify"]).exits(0);
}

#[test]
fn lifting_a_protection_and_using_it_in_one_commit_does_not_work() {
    let world = with_records(1);
    let other = records(1..=1)
        .replace("zone: example.com", "zone: example.org")
        .replace("spec:\n", "lifecycle: {deletion: delete}\nspec:\n");
    world.write("m/example-com.yaml", other);
    let plan = world.plan();
    let zone = changes(&plan).into_iter().find(|c| c.contains("HostedZone")).unwrap();
    assert_eq!(zone, "replace HostedZone (protected)", "{plan:#}");
    world.aplomo(ALL);
    assert_eq!(world.aws.zones().unwrap().len(), 1);
}

#[test]
fn a_zone_is_replaced_by_making_the_new_one_first() {
    let world = with_records(2);
    world.edit("m/example-com.yaml", "spec:\n", "lifecycle: {deletion: delete}\nspec:\n");
    world.aplomo(ALL).exits(0);
    world.edit("m/example-com.yaml", "zone: example.com", "zone: example.org");
    world.aplomo(ALL).exits(0);
    let zones = world.aws.zones().unwrap();
    assert_eq!(zones.len(), 1, "{zones:?}");
    assert_eq!(zones[0].name, "example.org.");
    assert_eq!(world.aws.records(&zones[0].id).unwrap().len(), 4);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn exclusive_counts_from_the_plan_after_it_was_applied() {
    let world = with_records(3);
    let zone = world.zone("example.com");
    world.aws.upsert(&zone, &RecordSet::new("hand.example.com.", "A", 60, &["192.0.2.99"])).unwrap();
    world.edit("m/example-com.yaml", "  records:\n", "  ownership: exclusive\n  records:\n");
    let plan = world.plan();
    assert!(changes(&plan).iter().all(|c| !c.starts_with("delete")), "{:#?}", changes(&plan));
    assert!(
        plan["changes"].to_string().contains("hand.example.com"),
        "the change says what would go: {plan:#}"
    );
    world.aplomo(ALL).exits(0);
    assert_eq!(count(&world), 4);
    assert_eq!(changes(&world.plan()), ["delete hand.example.com./A"]);
    world.aplomo(ALL).exits(0);
    assert_eq!(count(&world), 3);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn what_others_wrote_stays_where_ownership_is_additive() {
    let world = with_records(3);
    let zone = world.zone("example.com");
    world.aws.upsert(&zone, &RecordSet::new("hand.example.com.", "A", 60, &["192.0.2.99"])).unwrap();
    let plan = world.aplomo(&["plan", "m", "--detailed-exitcode", "--format", "json"]).exits(0).json();
    assert!(plan["unmanaged"].to_string().contains("hand.example.com"), "{plan:#}");
    world.aplomo(ALL).exits(0);
    assert_eq!((count(&world), world.proxy.writes()), (4, 0));
}

#[test]
fn adopting_writes_marks_and_nothing_else() {
    let world = World::new();
    world.write("m/tenant.yaml", TENANT);
    let id = world.aws.create_zone("example.com", "by hand", None).unwrap();
    world.aws.upsert(&id, &RecordSet::new("r1.example.com.", "A", 300, &["192.0.2.1"])).unwrap();
    world.write("m/example-com.yaml", records(1..=1));
    // Not ours and not adopted: a finding, and nothing is touched.
    world.aplomo(ALL);
    assert_eq!(world.proxy.writes(), 0, "{:?}", world.proxy.calls());
    world.edit("m/example-com.yaml", "spec:\n", &format!("lifecycle: {{adopt: {id}}}\nspec:\n"));
    world.aplomo(ALL).exits(0);
    let writes: Vec<_> = world.proxy.calls().into_iter().filter(|c| c.write).map(|c| c.action).collect();
    assert_eq!(writes, ["route53:ChangeTagsForResource"]);
    assert_eq!(world.aws.find(&id, "r1.example.com.", "A").unwrap()[0].ttl, Some(300));
    assert!(world.aws.zone_tags(&id).unwrap().contains_key("aplomo:address"));
    // What differs is a difference of the next plan.
    world.aplomo(ALL).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    assert_eq!(world.aws.find(&id, "r1.example.com.", "A").unwrap()[0].ttl, Some(60));
    assert_eq!(world.aws.zones().unwrap().len(), 1);
}

#[test]
fn a_rename_moves_marks_and_ledger_and_writes_no_record() {
    let world = with_records(3);
    world.edit(
        "m/example-com.yaml",
        "{name: example-com,",
        "{name: main-site, previousNames: [example-com],",
    );
    let plan = world.plan();
    let all = changes(&plan);
    assert!(all.iter().any(|c| c == "move HostedZone") && all.iter().any(|c| c == "move r1/A"), "{all:#?}");
    assert!(all.iter().all(|c| !c.starts_with("create r") && !c.starts_with("delete")), "{all:#?}");
    world.aplomo(ALL).exits(0);
    assert_eq!(world.proxy.count("route53:ChangeResourceRecordSets"), 0);
    assert_eq!(world.proxy.count("route53:CreateHostedZone"), 0);
    let tags = world.aws.zone_tags(&world.zone("example.com")).unwrap();
    assert_eq!(tags["aplomo:address"], "acme/Domain/main-site:aws.route53.HostedZone");
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn orphan_lets_go_of_what_stays() {
    let world = with_records(2);
    world.edit("m/example-com.yaml", "spec:\n", "lifecycle: {deletion: orphan}\nspec:\n");
    world.aplomo(ALL).exits(0);
    std::fs::remove_file(world.path().join("m/example-com.yaml")).unwrap();
    let plan = world.plan();
    assert_eq!(plan["summary"]["release"], 3, "{:#?}", changes(&plan));
    world.proxy.reset();
    world.aplomo(ALL).exits(0);
    assert_eq!(world.proxy.count("route53:ChangeResourceRecordSets"), 0);
    assert_eq!(count(&world), 2);
    let tags = world.aws.zone_tags(&world.zone("example.com")).unwrap();
    assert!(!tags.contains_key("aplomo:address"), "{tags:?}");
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_hold_stops_writes_until_it_is_released() {
    let world = World::with_domain();
    world.aplomo(&["plan", "m", "--out", "plan.json"]).exits(0);
    world.aplomo(&["approve", "plan.json"]).exits(0);
    world.aplomo(&["hold", "acme", "--for", "1h", "--reason", "a freeze"]).exits(0);
    world.aplomo(&["apply", "--plan", "plan.json"]).exits(4);
    world.aplomo(ALL).exits(4);
    assert_eq!(world.proxy.writes(), 0);
    world.aplomo(&["release", "acme"]).exits(0);
    world.aplomo(&["apply", "--plan", "plan.json"]).exits(0);
}

#[test]
fn automatic_approval_does_not_cover_drift() {
    use aplomo_core::approval::automatic_covers;
    use aplomo_core::safety::ApprovalRules;
    let world = World::with_domain();
    world.aplomo(&["plan", "m", "--out", "plan.json"]).exits(0);
    let plan: aplomo_core::Plan = serde_json::from_str(&world.read("plan.json")).unwrap();
    let change = plan.changes.iter().find(|c| c.address.as_str().ends_with("www/A")).unwrap();
    let rules = ApprovalRules::default();
    assert!(automatic_covers(change, &rules));
    for reason in [aplomo_core::Reason::Drift, aplomo_core::Reason::Upgrade, aplomo_core::Reason::Unknown] {
        assert!(!automatic_covers(&aplomo_core::Change { reason, ..change.clone() }, &rules), "{reason}");
    }
    for risk in [aplomo_core::Risk::Sensitive, aplomo_core::Risk::Outage, aplomo_core::Risk::Irreversible] {
        assert!(!automatic_covers(&aplomo_core::Change { risk, ..change.clone() }, &rules), "{risk:?}");
    }
}
