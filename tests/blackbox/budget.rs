//! Calls: few, in batches that split around a culprit, and counted as they are made.

use crate::world::{TENANT, World};
use aplomo_sandbox::{Fault, RecordSet, Rule};
use serde_json::Value;
use std::collections::BTreeMap;

const HEAD: &str = "apiVersion: aplomo/v1\nkind: Domain\nmetadata: {name: example-com, tenant: acme}\nspec:\n  zone: example.com\n";

fn records(count: usize) -> String {
    let line = |i: usize| {
        format!("    - {{name: r{i}, type: A, ttl: 60, values: [192.0.{}.{}]}}\n", i / 250, i % 250 + 1)
    };
    "  records:\n".to_owned() + &(0..count).map(line).collect::<String>()
}

/// A zone that is applied and empty.
fn empty_zone() -> World {
    let world = World::new();
    world.write("m/tenant.yaml", TENANT);
    world.write("m/d.yaml", HEAD);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.proxy.reset();
    world
}

/// The calls that a result claims are those that the proxy saw, but for who we are.
#[track_caller]
fn counted(world: &World, results: &[&Value]) {
    let mut claimed: BTreeMap<String, usize> = BTreeMap::new();
    for result in results {
        for (call, count) in result["meta"]["apiCalls"].as_object().unwrap() {
            *claimed.entry(call.clone()).or_default() += usize::try_from(count.as_u64().unwrap()).unwrap();
        }
    }
    assert_eq!(claimed, world.proxy.counts());
}

#[test]
fn a_plan_counts_its_calls_as_they_are_made() {
    let world = World::applied();
    let plan = world.plan();
    counted(&world, &[&plan]);
    assert!(world.proxy.total() <= 5, "{:?}", world.proxy.counts());
}

#[test]
fn an_apply_counts_its_calls_as_they_are_made() {
    let world = World::with_domain();
    let run = world.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(0).json();
    counted(&world, &[&run]);
}

#[test]
fn a_thousand_new_records_take_at_most_ten_change_calls() {
    let world = empty_zone();
    world.write("m/d.yaml", HEAD.to_owned() + &records(1000));
    let run = world.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(0).json();
    assert!(world.proxy.count("route53:ChangeResourceRecordSets") <= 10, "{:?}", world.proxy.counts());
    counted(&world, &[&run]);
    assert_eq!(world.aws.records(&world.zone("example.com")).unwrap().len(), 1002);
}

#[test]
fn a_plan_of_a_large_zone_reads_its_pages_and_little_more() {
    let world = empty_zone();
    let zone = world.zone("example.com");
    let sets: Vec<RecordSet> = (0..10_000)
        .map(|i| {
            RecordSet::new(
                &format!("r{i}.example.com."),
                "A",
                60,
                &[&format!("192.0.{}.{}", i / 250, i % 250 + 1)],
            )
        })
        .collect();
    world.aws.fill(&zone, &sets).unwrap();
    world.write("m/d.yaml", HEAD.to_owned() + &records(10_000));
    let plan = world.aplomo(&["plan", "m", "--detailed-exitcode", "--format", "json"]).exits(0).json();
    let pages = 10_002_usize.div_ceil(300);
    assert!(world.proxy.total() <= 4 + pages, "{:?}", world.proxy.counts());
    counted(&world, &[&plan]);
}

#[test]
fn a_rejected_batch_is_split_until_the_culprit_stands_alone() {
    let world = empty_zone();
    world.write("m/d.yaml", HEAD.to_owned() + &records(40));
    let refused = Fault::invalid_change_batch(&["something in this batch is wrong"]);
    world.proxy.inject(
        Rule::on("route53:ChangeResourceRecordSets").containing("<Name>r17.example.com.").then(refused),
    );
    let run = world.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(5).json();
    let failed: Vec<_> = World::statuses(&run).into_iter().filter(|s| !s.starts_with("applied")).collect();
    assert_eq!(failed, ["failed r17/A"], "{run:#}");
    assert!(run.to_string().contains("something in this batch is wrong"));
    assert!(world.proxy.count("route53:ChangeResourceRecordSets") <= 14, "{:?}", world.proxy.counts());
    assert_eq!(world.aws.records(&world.zone("example.com")).unwrap().len(), 41);
}

#[test]
fn the_service_itself_refuses_one_and_takes_the_others() {
    // A CNAME that came by hand stands in the way of `r3`; the strict world refuses the batch.
    let world = empty_zone();
    world.write("m/d.yaml", HEAD.to_owned() + &records(6));
    let zone = world.zone("example.com");
    world
        .aws
        .upsert(&zone, &RecordSet::new("r3.example.com.", "CNAME", 60, &["elsewhere.example."]))
        .unwrap();
    let run = world.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(5).json();
    let failed: Vec<_> = World::statuses(&run).into_iter().filter(|s| !s.starts_with("applied")).collect();
    assert_eq!(failed, ["failed r3/A"], "{run:#}");
}

#[test]
fn what_only_looks_writes_nothing() {
    let world = World::applied();
    world.edit("m/example-com.yaml", "[192.0.2.25]", "[192.0.2.26]");
    world.proxy.refuse_writes();
    for args in [
        &["plan", "m"][..],
        &["plan", "m", "--out", "plan.json"],
        &["drift", "m"],
        &["validate", "m"],
        &["graph", "m"],
        &["import", "Domain", "--zone", "example.com"],
        &["status"],
        &["audit", "verify"],
    ] {
        world.aplomo(args).exits(0);
    }
    assert_eq!(world.proxy.writes(), 0, "{:?}", world.proxy.calls());
}
