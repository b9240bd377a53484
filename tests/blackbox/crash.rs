//! Killed at any call that writes, the next start finds what happened and goes on: nothing is doubled,
//! nothing is lost, and the approval that was given still stands.

use crate::killing::Story;
use crate::world::{DOMAIN, TENANT, World};
use aplomo_sandbox::{Fault, Rule, Victim};
use rustix::process::{Pid, Signal, kill_process};
use std::time::Duration;

/// A zone, its tags, records, a failover pair with a health check, settings.
const CHECKED: &str = "\
apiVersion: aplomo/v1
kind: Domain
metadata: {name: example-com, tenant: acme}
spec:
  zone: example.com
  records:
    - {name: mail, type: A, ttl: 300, values: [192.0.2.25]}
    - {name: old, type: CNAME, ttl: 300, values: [mail]}
    - name: www
      type: A
      ttl: 60
      values: [192.0.2.1]
      routing: {id: one, failover: primary}
      healthCheck: {type: HTTPS, fqdn: www.example.com, interval: 30}
    - {name: www, type: A, ttl: 60, values: [192.0.2.2], routing: {id: two, failover: secondary}}
";

fn fresh() -> World {
    let world = World::new();
    world.write("m/tenant.yaml", TENANT);
    world.write("m/example-com.yaml", CHECKED);
    world
}

/// Applied, then wished otherwise: an update, a delete, a create, a health check that must be replaced.
fn changed() -> World {
    let world = fresh();
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.edit("m/example-com.yaml", "192.0.2.25", "192.0.2.26");
    world.edit("m/example-com.yaml", "{name: old, type: CNAME", "{name: new, type: CNAME");
    world.edit("m/example-com.yaml", "interval: 30", "interval: 10");
    world.proxy.reset();
    world
}

/// Everything is there once, the next plan is empty, the log is whole.
#[track_caller]
fn settled(world: &World) {
    let plan = world.aplomo(&["plan", "m", "--detailed-exitcode", "--format", "json"]).exits(0).json();
    assert_eq!(plan["unmanaged"], serde_json::json!([]), "{plan:#}");
    assert_eq!(world.aws.zones().unwrap().len(), 1);
    assert_eq!(world.aws.health_checks().unwrap().len(), 1);
    world.aplomo(&["audit", "verify"]).exits(0);
}

const FIRST: Story = Story { make: fresh, ends: &[0], settled };
const CHANGES: Story = Story { make: changed, ..FIRST };

#[test]
fn a_first_run_survives_a_kill_after_any_write() {
    FIRST.survives(Fault::KillAfterEffect);
}

#[test]
fn a_first_run_survives_a_kill_before_any_write() {
    FIRST.survives(Fault::KillBeforeEffect);
}

#[test]
fn changes_survive_a_kill_after_any_write() {
    CHANGES.survives(Fault::KillAfterEffect);
}

#[test]
fn changes_survive_a_kill_before_any_write() {
    CHANGES.survives(Fault::KillBeforeEffect);
}

#[test]
fn a_lost_answer_is_looked_up_in_the_same_run() {
    for (make, k) in [(fresh as fn() -> World, 1), (fresh, 3), (fresh, 5), (changed, 1), (changed, 3)] {
        let world = make();
        let rule = world.proxy.inject(Rule::on_writes().nth(k).then(Fault::LostAnswer));
        world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
        assert_eq!(world.proxy.fired(rule), 1);
        settled(&world);
    }
}

#[test]
fn answers_that_stay_lost_leave_a_run_that_the_next_start_goes_on_with() {
    let world = World::new();
    world.write("m/tenant.yaml", TENANT);
    world.write("m/example-com.yaml", DOMAIN);
    let rule = world.proxy.inject(Rule::on("route53:ChangeResourceRecordSets").then(Fault::LostRequest));
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(1);
    world.proxy.lift(rule);
    world.aplomo(&["apply", "m"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_interrupted_run_waits_until_it_can_look() {
    let world = fresh();
    let victim = Victim::new();
    let calls = Rule::on("route53:CreateHealthCheck");
    let rule = world.proxy.inject(calls.then(Fault::KillAfterEffect(victim.clone())));
    let mut child = world.spawn(&["apply", "m", "--auto-approve"]);
    victim.set(child.id());
    child.wait().unwrap();
    world.proxy.lift(rule);
    for blind in ["sts:GetCallerIdentity", "route53:ListHealthChecks"] {
        let rule = world.proxy.inject(Rule::on(blind).then(Fault::access_denied()));
        world.aplomo(&["apply", "m", "--auto-approve"]).exits(1);
        world.proxy.lift(rule);
    }
    world.aplomo(&["apply", "m"]).exits(0);
    settled(&world);
}

#[test]
fn an_interrupted_run_does_not_go_on_when_its_approval_was_revoked() {
    let world = World::with_domain();
    let victim = Victim::new();
    world.proxy.inject(Rule::on_writes().nth(1).then(Fault::KillAfterEffect(victim.clone())));
    world.aplomo(&["plan", "m", "--out", "plan.json"]).exits(0);
    world.aplomo(&["approve", "plan.json"]).exits(0);
    let mut child = world.spawn(&["apply", "--plan", "plan.json"]);
    victim.set(child.id());
    child.wait().unwrap();
    world.proxy.lift_all();
    world.aplomo(&["approve", "plan.json", "--revoke"]).exits(0);
    world.proxy.reset();
    world.aplomo(&["apply", "m"]).exits(4);
    assert_eq!(world.proxy.writes(), 0, "{:?}", world.proxy.calls());
    // The zone that was made and not yet marked is found by what it was made with, and taken up.
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    assert_eq!(world.aws.zones().unwrap().len(), 1);
}

#[test]
fn a_run_that_is_told_to_stop_ends_between_changes_and_goes_on_later() {
    let world = fresh();
    let slow = Fault::Delay(Duration::from_secs(1));
    let rule = world.proxy.inject(Rule::on("route53:CreateHostedZone").then(slow));
    let child = world.spawn(&["apply", "m", "--auto-approve"]);
    while world.proxy.fired(rule) == 0 {
        std::thread::yield_now();
    }
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(world.proxy.count("route53:ChangeResourceRecordSets"), 0);
    world.proxy.lift(rule);
    world.aplomo(&["apply", "m"]).exits(0);
    settled(&world);
}

#[test]
fn a_replaced_check_stays_while_a_record_that_uses_it_could_not_move_on() {
    let world = changed();
    let refused = Fault::invalid_change_batch(&["the record is not to your liking"]);
    let rule = world
        .proxy
        .inject(Rule::on("route53:ChangeResourceRecordSets").containing("HealthCheckId").then(refused));
    let run = world.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(5).json();
    let outcomes = run["outcomes"].as_array().unwrap();
    let check = outcomes.iter().find(|o| o["action"] == "replace").unwrap();
    assert_eq!(check["status"], "applied", "{run:#}");
    assert!(check["error"].as_str().unwrap().starts_with("superseded: "), "{run:#}");
    assert_eq!(world.aws.health_checks().unwrap().len(), 2);
    world.proxy.lift(rule);
    let run = world.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(0).json();
    let statuses = World::statuses(&run);
    assert!(statuses[0].starts_with("applied HealthCheck/superseded/"), "{statuses:?}");
    assert_eq!(statuses[1..], ["applied www/A/one"]);
    let order: Vec<_> = world.proxy.calls().into_iter().filter(|c| c.write).map(|c| c.action).collect();
    assert_eq!(order[order.len() - 2..], ["route53:ChangeResourceRecordSets", "route53:DeleteHealthCheck"]);
    settled(&world);
}
