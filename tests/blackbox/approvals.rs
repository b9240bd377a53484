//! Nothing is written without an approval that stands, and each approval counts once.

use crate::world::{TENANT, World};
use aplomo_sandbox::{Fault, Rule};
use std::time::Duration;

const ALL: &[&str] = &["apply", "m", "--auto-approve"];

/// Plans into `plan.json` and yields the plan.
fn planned(world: &World) -> serde_json::Value {
    world.aplomo(&["plan", "m", "--out", "plan.json", "--format", "json"]).exits(0).json()
}

fn digest(plan: &serde_json::Value, address: &str) -> String {
    let changes = plan["changes"].as_array().unwrap();
    let change = changes.iter().find(|c| c["address"].as_str().unwrap().ends_with(address));
    change.unwrap_or_else(|| panic!("no change of {address}"))["digest"].as_str().unwrap().to_owned()
}

/// A world where `www` has other values than applied.
fn one_change() -> World {
    let world = World::applied();
    world.edit("m/example-com.yaml", "ttl: 300, values: [192.0.2.25]", "ttl: 60, values: [192.0.2.25]");
    world
}

#[test]
fn without_approval_and_terminal_nothing_is_written() {
    let world = World::with_domain();
    let ran = world.aplomo(&["apply", "m"]).exits(4);
    assert!(ran.err.contains("nobody approved this plan"), "{}", ran.err);
    planned(&world);
    world.aplomo(&["apply", "--plan", "plan.json"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn a_plan_file_is_approved_and_applied_once() {
    let world = World::with_domain();
    planned(&world);
    world.aplomo(&["approve", "plan.json", "--as", "ana"]).exits(0);
    world.aplomo(&["apply", "--plan", "plan.json"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    world.proxy.reset();
    world.aplomo(&["apply", "--plan", "plan.json"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn an_effect_is_approved_by_its_digest_and_the_rest_is_held() {
    let world = one_change();
    world.edit("m/example-com.yaml", "v=spf1 mx -all", "v=spf1 -all");
    let plan = planned(&world);
    world.aplomo(&["approve", &digest(&plan, "mail/A")]).exits(0);
    let run = world.aplomo(&["apply", "m", "--format", "json"]).exits(5).json();
    assert_eq!(World::statuses(&run), ["held @/TXT", "applied mail/A"], "{run:#}");
    let wrong = format!("sha256:{}", "0".repeat(64));
    world.aplomo(&["approve", &wrong]).exits(4);
}

#[test]
fn a_used_approval_does_not_work_when_the_same_effect_recurs() {
    let world = one_change();
    let zone = world.zone("example.com");
    let before = world.aws.find(&zone, "mail.example.com.", "A").unwrap().remove(0);
    let plan = planned(&world);
    let effect = digest(&plan, "mail/A");
    // Approved twice: one success spends both.
    world.aplomo(&["approve", "plan.json"]).exits(0);
    world.aplomo(&["approve", "plan.json"]).exits(0);
    world.aplomo(&["apply", "m"]).exits(0);
    world.aws.upsert(&zone, &before).unwrap();
    world.proxy.reset();
    assert_eq!(digest(&planned(&world), "mail/A"), effect);
    world.aplomo(&["apply", "m"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn a_revoked_approval_and_one_that_is_over_do_not_count() {
    let world = one_change();
    planned(&world);
    world.aplomo(&["approve", "plan.json"]).exits(0);
    world.aplomo(&["approve", "plan.json", "--revoke"]).exits(0);
    world.aplomo(&["apply", "m"]).exits(4);
    for duration in ["0s", "-1h", "soon"] {
        let ran = world.aplomo(&["approve", "plan.json", &format!("--expires={duration}")]).exits(64);
        assert!(!ran.err.is_empty());
    }
    world.aplomo(&["apply", "m"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn an_approval_that_is_revoked_while_a_run_is_under_way_stops_it_between_changes() {
    let world = World::with_domain();
    planned(&world);
    world.aplomo(&["approve", "plan.json"]).exits(0);
    let slow = Fault::Delay(Duration::from_secs(3));
    let rule = world.proxy.inject(Rule::on("route53:CreateHostedZone").then(slow));
    let child = world.spawn(&["apply", "--plan", "plan.json", "--format", "json"]);
    while world.proxy.fired(rule) == 0 {
        std::thread::yield_now();
    }
    world.aplomo(&["approve", "plan.json", "--revoke"]).exits(0);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(world.proxy.count("route53:ChangeResourceRecordSets"), 0);
    let run: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(World::statuses(&run).contains(&"held www/A".to_owned()), "{run:#}");
}

#[test]
fn an_approval_is_for_one_source() {
    let world = one_change();
    let plan = planned(&world);
    for file in ["tenant.yaml", "example-com.yaml"] {
        world.write(&format!("copy/{file}"), world.read(&format!("m/{file}")));
    }
    let other = world.aplomo(&["plan", "copy", "--format", "json"]).exits(0).json();
    assert_eq!(digest(&plan, "mail/A"), digest(&other, "mail/A"), "the effect is the same");
    world.aplomo(&["approve", "plan.json"]).exits(0);
    world.aplomo(&["apply", "copy"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
    world.aplomo(&["apply", "m"]).exits(0);
}

#[test]
fn a_plan_file_that_was_edited_is_refused() {
    let world = one_change();
    planned(&world);
    world.aplomo(&["approve", "plan.json"]).exits(0);
    let text = world.read("plan.json");
    for (from, to) in
        [("\"ttl\": 60", "\"ttl\": 61"), ("\"heldBy\": null", "\"heldBy\": \"hold\""), ("mail/A", "mail/B")]
    {
        assert!(text.contains(from), "{from}");
        world.write("plan.json", text.replace(from, to));
        world.aplomo(&["apply", "--plan", "plan.json"]).exits(4);
        world.aplomo(&["approve", "plan.json"]).exits(4);
    }
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn a_group_of_which_one_is_not_approved_is_refused_together() {
    let world = World::applied();
    world.edit(
        "m/example-com.yaml",
        "{name: mail, type: A, ttl: 300, values: [192.0.2.25]}",
        "{name: mail, type: CNAME, ttl: 300, values: [www]}",
    );
    let plan = planned(&world);
    assert_eq!(World::changes(&plan).len(), 2, "{plan:#}");
    world.aplomo(&["approve", &digest(&plan, "mail/CNAME")]).exits(0);
    world.aplomo(&["apply", "m"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
    world.aplomo(&["approve", &digest(&plan, "mail/A")]).exits(0);
    world.aplomo(&["apply", "m"]).exits(0);
    assert_eq!(world.proxy.count("route53:ChangeResourceRecordSets"), 1, "in one breath");
}

#[test]
fn a_guard_is_lifted_by_name_and_with_a_reason() {
    let world = World::new();
    world.write("m/tenant.yaml", TENANT);
    // Seven health checks: a type that is counted per tenant.
    let record = |i: u32| {
        format!(
            "    - {{name: r{i}, type: A, ttl: 60, values: [192.0.2.{i}], routing: {{id: x, weight: 1}}, healthCheck: {{type: TCP, ip: 192.0.2.{i}, port: 80}}}}\n"
        )
    };
    let head = "apiVersion: aplomo/v1\nkind: Domain\nmetadata: {name: example-com, tenant: acme}\nspec:\n  zone: example.com\n  records:\n";
    let text = |n: u32| head.to_owned() + &(1..=n).map(record).collect::<String>();
    world.write("m/d.yaml", text(14));
    world.aplomo(ALL).exits(0);
    world.write("m/d.yaml", text(8));
    world.proxy.reset();
    let plan = planned(&world);
    assert!(
        plan["changes"]
            .as_array()
            .unwrap()
            .iter()
            .all(|c| c["heldBy"].as_str().unwrap_or("").starts_with("guard:")),
        "{:#?}",
        World::changes(&plan)
    );
    world.aplomo(ALL).exits(4);
    world.aplomo(&["approve", "plan.json", "--lift", "guard:no-such=because"]).exits(4);
    world.aplomo(&["approve", "plan.json", "--lift", "guard:max-deletes"]).exits(64);
    world.aplomo(&["approve", "plan.json", "--lift", "hold=because"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
    let lifts =
        ["--lift", "guard:max-deletes=moved elsewhere", "--lift", "guard:max-fraction=moved elsewhere"];
    world.aplomo(&[&["approve", "plan.json"], &lifts[..]].concat()).exits(0);
    world.aplomo(&["apply", "m"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    assert_eq!(world.aws.health_checks().unwrap().len(), 8);
    assert!(world.aplomo(&["audit", "log"]).exits(0).out.contains("lift"));
}

#[test]
fn an_approval_counts_up_to_the_moment_it_expires() {
    use aplomo_core::approval::{Approval, Grant, Refusal};
    use aplomo_core::{Plan, SignedDuration};
    let world = one_change();
    planned(&world);
    let approved =
        world.aplomo(&["approve", "plan.json", "--expires", "1h", "--format", "json"]).exits(0).json();
    let approvals: Vec<Approval> = serde_json::from_value(approved["approvals"].clone()).unwrap();
    let plan: Plan = serde_json::from_str(&world.read("plan.json")).unwrap();
    let check = |now| Grant::check(&plan.changes[0], &plan.changes[0].source, &approvals, now);
    let expires = approvals[0].expires;
    assert_eq!(expires.duration_since(approvals[0].at), SignedDuration::from_hours(1));
    assert!(check(expires - SignedDuration::from_millis(1)).is_ok());
    assert!(matches!(check(expires), Err(Refusal::Void(why)) if why[0].contains("expired")));
}
