//! The daemon with a directory: plans what changes, applies what is approved, never two runs at once,
//! survives being killed, stops and reloads as told, tells of drift.

use crate::audit::sql;
use crate::served::{Served, applied, of, until};
use crate::world::{DOMAIN, TENANT, World};
use aplomo_sandbox::{Fault, Rule, Victim};
use rustix::process::Signal;
use serde_json::Value;
use std::time::{Duration, Instant};

const EXTRA: &str = "\
apiVersion: aplomo/v1
kind: Domain
metadata: {name: example-org, tenant: acme}
spec:
  zone: example.org
  records:
    - {name: www, type: A, ttl: 300, values: [192.0.2.1]}
";

fn ttl(world: &World, name: &str) -> Option<u64> {
    world.aws.find(&world.zone("example.com"), name, "A").unwrap().first().and_then(|set| set.ttl)
}

fn by_hand(world: &World, name: &str, ttl: u64) {
    let zone = world.zone("example.com");
    let mut record = world.aws.find(&zone, name, "A").unwrap().remove(0);
    record.ttl = Some(ttl);
    world.aws.upsert(&zone, &record).unwrap();
}

#[track_caller]
fn in_time(what: &str, good: impl Fn() -> bool) {
    until(what, || if good() { Ok(()) } else { Err(String::new()) });
}

#[track_caller]
fn settled(world: &World) {
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    world.aplomo(&["audit", "verify"]).exits(0);
}

#[test]
fn a_new_manifest_is_planned_and_applied_once_it_is_approved() {
    let world = applied("");
    let daemon = Served::start(&world);
    daemon.counts("acme", 0, 0);
    world.write("m/example-org.yaml", EXTRA);
    daemon.counts("acme", 2, 0);
    let plans = daemon.sees("the plan", "/api/v1/plans", |p| p["plans"][0]["summary"]["create"] == 2);
    assert_eq!(world.proxy.writes(), 0);
    let digest = plans["plans"][0]["digest"].as_str().unwrap();
    let plan = daemon.get(&format!("/api/v1/plans/{digest}"));
    assert!(plan.to_string().contains("example.org"), "{plan:#}");
    world.aplomo(&["approve", digest, "--as", "ana"]).exits(0);
    daemon.sees("a run that converged", "/api/v1/runs", |r| r["runs"][0]["converged"] == true);
    let status = daemon.counts("acme", 0, 0);
    let tenant = of(&status, "tenants", "acme").unwrap();
    assert_eq!(
        (&tenant["state"], &tenant["lastRun"]["ending"]),
        (&"active".into(), &"converged".into()),
        "{status:#}"
    );
    assert_eq!(tenant["lastRun"]["summary"]["applied"], 2, "{status:#}");
    daemon.stop();
    settled(&world);
}

#[test]
fn automatic_covers_routine_wishes_and_neither_drift_nor_what_is_sensitive() {
    let world = applied("approval: automatic\n");
    let daemon = Served::start(&world);
    daemon.counts("acme", 0, 0);
    by_hand(&world, "mail.example.com.", 77);
    world.edit("m/example-com.yaml", "192.0.2.1, 192.0.2.2]}", "192.0.2.1, 192.0.2.3]}");
    daemon.sees("the wish is applied", "/api/v1/runs", |r| r["runs"][0]["summary"]["applied"] == 1);
    daemon.counts("acme", 0, 1);
    let drift = daemon.get("/api/v1/drift");
    let change = &drift["reports"][0]["report"]["changes"][0];
    assert_eq!(
        (&change["fields"][0]["path"], &change["fields"][0]["before"]),
        (&"/ttl".into(), &77.into()),
        "{drift:#}"
    );
    assert!(change["firstSeen"].is_string(), "{drift:#}");
    // Contacts say who may ask, so settings with contacts are sensitive. A rule that would approve it
    // counts from the next plan, so a commit does not approve itself.
    let contacts = "contacts: [{name: Ana, email: ana@example.com, role: requester}]";
    let rules = "approval: {automaticReasons: [drift], automaticRisks: [sensitive]}";
    let tenant = TENANT.replace("displayName: Acme", &format!("displayName: Acme, {contacts}, {rules}"));
    world.write("m/tenant.yaml", tenant);
    daemon.counts("acme", 1, 1);
    // Two more polls of the store for decisions go by, without one.
    let before = daemon.get("/api/v1/runs");
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(daemon.get("/api/v1/runs"), before);
    assert_eq!(ttl(&world, "mail.example.com."), Some(77));
    daemon.counts("acme", 1, 1);
}

#[test]
fn two_daemons_and_a_command_line_never_run_at_once() {
    let world = applied("");
    let daemons = [Served::start(&world), Served::start(&world)];
    for daemon in &daemons {
        daemon.counts("acme", 0, 0);
    }
    let slow = world.proxy.inject(Rule::on_writes().then(Fault::Delay(Duration::from_millis(1500))));
    world.write("m/example-org.yaml", EXTRA);
    let plan = world.plan();
    world.aplomo(&["approve", plan["digest"].as_str().unwrap()]).exits(0);
    let mut command = world.spawn(&["apply", "m", "--auto-approve"]);
    in_time("the zone is there", || world.aws.zones().unwrap().len() == 2);
    command.wait().unwrap();
    for daemon in &daemons {
        daemon.counts("acme", 0, 0);
    }
    world.proxy.lift(slow);
    let zones = world.aws.zones().unwrap();
    assert_eq!(zones.len(), 2, "{zones:?}");
    assert_eq!(world.proxy.count("route53:CreateHostedZone"), 1);
    assert_eq!(world.proxy.count("route53:ChangeResourceRecordSets"), 1);
    let started: Vec<Value> = daemons[0].get("/api/v1/runs")["runs"].as_array().unwrap().clone();
    for pair in started.windows(2) {
        assert!(pair[0]["started"].as_str() >= pair[1]["ended"].as_str(), "{started:#?}");
    }
    drop(daemons);
    settled(&world);
}

#[test]
fn killed_in_the_middle_of_an_apply_it_goes_on_at_the_next_start() {
    let world = applied("");
    world.write("m/example-org.yaml", EXTRA);
    let victim = Victim::new();
    let rule = world
        .proxy
        .inject(Rule::on("route53:CreateHostedZone").times(1).then(Fault::KillAfterEffect(victim.clone())));
    let mut daemon = Served::start(&world);
    victim.set(daemon.pid());
    daemon.counts("acme", 2, 0);
    world.aplomo(&["approve", world.plan()["digest"].as_str().unwrap()]).exits(0);
    assert_eq!(daemon.ended(), -1);
    assert_eq!(world.proxy.fired(rule), 1);
    let daemon = Served::start(&world);
    daemon.sees("the run ended", "/api/v1/runs", |r| r["runs"][0]["converged"] == true);
    daemon.counts("acme", 0, 0);
    assert!(daemon.log().contains("interrupted run"), "{}", daemon.log());
    assert_eq!(world.aws.zones().unwrap().len(), 2);
    daemon.stop();
    settled(&world);
}

#[test]
fn a_daemon_goes_on_with_what_a_killed_command_left() {
    let world = applied("");
    let daemon = Served::start(&world);
    daemon.counts("acme", 0, 0);
    world.write("m/example-org.yaml", EXTRA);
    let victim = Victim::new();
    let fault = Fault::KillAfterEffect(victim.clone());
    world.proxy.inject(Rule::on("route53:CreateHostedZone").times(1).then(fault));
    let mut command = world.spawn(&["apply", "m", "--auto-approve"]);
    victim.set(command.id());
    assert!(!command.wait().unwrap().success());
    daemon.sees("the run ended", "/api/v1/runs", |r| {
        r["runs"].as_array().unwrap().len() == 2 && r["runs"][0]["converged"] == true
    });
    daemon.counts("acme", 0, 0);
    assert_eq!(world.aws.zones().unwrap().len(), 2);
    daemon.stop();
    settled(&world);
}

#[test]
fn another_version_is_an_entry_of_the_audit_log() {
    let world = applied("");
    let log = || world.aplomo(&["audit", "log", "--tenant", "platform", "--format", "json"]).exits(0).out;
    assert!(!log().contains("version-changed"), "the first one is no change");
    sql(&world, &["UPDATE meta SET value = '0.0.9' WHERE name = 'note:version'"]).unwrap();
    for _ in 0..2 {
        world.aplomo(&["plan", "m"]).exits(0);
    }
    let log = log();
    assert!(log.matches("version-changed").count() == 1 && log.contains("0.0.9"), "{log}");
}

#[test]
fn told_to_stop_it_finishes_the_call_in_hand_and_the_next_start_goes_on() {
    let world = applied("");
    world.write("m/example-org.yaml", EXTRA);
    let daemon = Served::start(&world);
    daemon.counts("acme", 2, 0);
    let slow = world.proxy.inject(Rule::on_writes().then(Fault::Delay(Duration::from_secs(2))));
    world.aplomo(&["approve", world.plan()["digest"].as_str().unwrap()]).exits(0);
    in_time("a write is under way", || world.proxy.fired(slow) > 0);
    let begun = Instant::now();
    let log = daemon.stop();
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}\n{log}", begun.elapsed());
    assert_eq!(world.proxy.writes(), 1, "nothing new was begun: {:?}", world.proxy.counts());
    world.proxy.lift(slow);
    let daemon = Served::start(&world);
    daemon.sees("the run ended", "/api/v1/runs", |r| r["runs"][0]["converged"] == true);
    daemon.stop();
    assert_eq!(world.aws.zones().unwrap().len(), 2);
    settled(&world);
}

#[test]
fn a_changed_configuration_counts_and_one_that_is_not_valid_does_not() {
    let world = applied("log: {filter: info}\n");
    let daemon = Served::start(&world);
    daemon.counts("acme", 0, 0);
    world.write("m/example-org.yaml", EXTRA);
    daemon.counts("acme", 2, 0);
    let sources =
        "listen: 127.0.0.1:0\nsources:\n  - {name: ops, path: m, tenants: [acme], operator: true}\n";
    for (bad, says) in [
        ("driftEvery: soon\n", "`soon` is no duration"),
        ("aproval: automatic\n", "aproval"),
        ("log: {filter: \"a=b=c\"}\n", "is no filter"),
        ("tokens: [{name: x, token: plain}]\n", "never a value"),
        ("tokens: [{name: x, token: \"env:NOT_SET\"}]\n", "NOT_SET"),
    ] {
        world.write("aplomo.yaml", format!("{sources}approval: automatic\n{bad}"));
        daemon.signal(Signal::HUP);
        daemon.says(says);
    }
    world.write("aplomo.yaml", "");
    daemon.says("names no `sources`");
    assert_eq!(world.proxy.writes(), 0, "none of them was taken over");
    world.write(
        "aplomo.yaml",
        format!("{sources}approval: automatic\nlog: {{filter: \"debug,sqlx=warn\"}}\n"),
    );
    daemon.sees("it applies by itself", "/api/v1/runs", |r| r["runs"].as_array().unwrap().len() == 2);
    daemon.says("DEBUG");
    let log = world.aplomo(&["audit", "log", "--tenant", "platform", "--format", "json"]).exits(0).out;
    assert_eq!(log.matches("config-changed").count(), 2, "{log}");
    assert!(log.contains("\"approval\"") && log.contains("\"log\""), "{log}");
    daemon.stop();
}

#[test]
fn a_hold_stops_what_was_approved_and_a_release_lets_it_go_on() {
    let world = applied("");
    let daemon = Served::start(&world);
    world.aplomo(&["hold", "acme", "--for", "1h", "--reason", "night"]).exits(0);
    daemon.sees("the hold", "/api/v1/status", |s| s["holds"][0]["what"] == "acme");
    world.edit("m/example-com.yaml", "{name: www, type: A, ttl: 300", "{name: www, type: A, ttl: 60");
    let status = daemon.counts("acme", 1, 0);
    assert_eq!(status["holds"][0]["reason"], "night");
    world.aplomo(&["approve", world.plan()["digest"].as_str().unwrap()]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
    world.aplomo(&["release", "acme"]).exits(0);
    let plans =
        daemon.sees("a plan without the hold", "/api/v1/plans", |p| p["plans"][0]["applyable"] == true);
    let digest = plans["plans"][0]["digest"].as_str().unwrap().to_owned();
    // A hold after the approval counts as well, and ends by itself.
    world.aplomo(&["hold", "acme", "--for", "6s", "--reason", "wait"]).exits(0);
    let held = Instant::now();
    world.aplomo(&["approve", &digest]).exits(0);
    daemon.sees("the approval was seen and held", "/api/v1/plans", |p| {
        p["plans"][0]["digest"] != digest.as_str()
    });
    assert_eq!(ttl(&world, "www.example.com."), Some(300));
    in_time("it goes on", || ttl(&world, "www.example.com.") == Some(60));
    assert!(held.elapsed() >= Duration::from_secs(5), "{:?}", held.elapsed());
    daemon.stop();
}

#[test]
fn drift_is_noticed_on_schedule_counted_and_audit_heads_are_published() {
    let world = applied("driftEvery: 1s\nauditHeads: heads.jsonl\n");
    let daemon = Served::start(&world);
    daemon.counts("acme", 0, 0);
    by_hand(&world, "www.example.com.", 77);
    daemon.counts("acme", 0, 1);
    assert_eq!(daemon.metric("aplomo_drift_changes{tenant=\"acme\"}").as_deref(), Some("1"));
    world.aplomo(&["approve", world.plan()["digest"].as_str().unwrap()]).exits(0);
    in_time("it is repaired", || ttl(&world, "www.example.com.") == Some(300));
    daemon.counts("acme", 0, 0);
    daemon.says("audit head");
    let status = daemon.get("/api/v1/status");
    let head = of(&status, "tenants", "acme").unwrap()["auditHead"].clone();
    let hash = head["hash"].as_str().unwrap();
    assert!(world.read("heads.jsonl").contains(hash), "{hash}\n{}", world.read("heads.jsonl"));
    assert!(daemon.log().contains(hash), "{hash}\n{}", daemon.log());
    assert!(daemon.metric(&format!("aplomo_audit_head_info{{tenant=\"acme\",hash=\"{hash}\"}}")).is_some());
    assert_eq!(daemon.metric("aplomo_audit_head_seq{tenant=\"acme\"}"), Some(head["seq"].to_string()));
    world.aplomo(&["audit", "verify", "--head", hash]).exits(0);
    // Looking again and again at the same writes nothing.
    by_hand(&world, "www.example.com.", 78);
    daemon.counts("acme", 0, 1);
    let seq = || daemon.metric("aplomo_audit_head_seq{tenant=\"acme\"}");
    let (before, looks) = (seq(), daemon.metric("aplomo_plans_total").unwrap());
    until("three more looks", || {
        let now = daemon.metric("aplomo_plans_total").unwrap();
        let more = now.parse::<u64>().unwrap() - looks.parse::<u64>().unwrap();
        if more >= 3 { Ok(()) } else { Err(now) }
    });
    assert_eq!(seq(), before);
    daemon.stop();
}

#[test]
fn a_log_of_json_lines_is_one_object_per_line() {
    let world = applied("log: {format: json, filter: debug}\n");
    let daemon = Served::start(&world);
    daemon.counts("acme", 0, 0);
    world.write("m/example-org.yaml", EXTRA);
    daemon.counts("acme", 2, 0);
    let log = daemon.stop();
    for line in log.lines() {
        let entry: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        assert!(entry.is_object() && entry["level"].is_string(), "{line}");
    }
    assert!(log.contains("stopped"), "{log}");
}

#[test]
fn one_broken_tenant_blocks_nobody_else() {
    let world = World::new();
    let other = |text: &str| text.replace("acme", "beta").replace("example", "instance");
    for (file, text) in [("acme/tenant.yaml", TENANT.to_owned()), ("acme/domain.yaml", DOMAIN.into())] {
        world.write(&format!("m/{file}"), &text);
        world.write(&format!("m/{}", file.replace("acme", "beta")), other(&text));
    }
    let sources = "sources: [{name: ops, path: m, tenants: [acme, beta], operator: true}]\n";
    world.write("aplomo.yaml", format!("listen: 127.0.0.1:0\n{sources}approval: automatic\n"));
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    let daemon = Served::start(&world);
    daemon.counts("acme", 0, 0);
    world.edit("m/acme/tenant.yaml", "displayName", "displayNam");
    daemon.sees("the finding", "/api/v1/drift", |d| {
        d["reports"][0]["report"]["findings"].to_string().contains("displayNam")
    });
    let before = world.proxy.writes();
    world.edit("m/acme/domain.yaml", "{name: www, type: A, ttl: 300", "{name: www, type: A, ttl: 60");
    daemon.counts("acme", 1, 0);
    assert_eq!(world.proxy.writes(), before);
    world.edit("m/beta/domain.yaml", "{name: www, type: A, ttl: 300", "{name: www, type: A, ttl: 60");
    let zone = world.zone("instance.com");
    in_time("beta goes on", || world.aws.find(&zone, "www.instance.com.", "A").unwrap()[0].ttl == Some(60));
    daemon.counts("acme", 1, 0);
    assert_eq!(ttl(&world, "www.example.com."), Some(300));
    daemon.stop();
}

#[test]
fn a_directory_that_is_put_in_the_place_of_another_is_seen() {
    let world = applied("");
    let daemon = Served::start(&world);
    daemon.counts("acme", 0, 0);
    std::fs::rename(world.path().join("m"), world.path().join("old")).unwrap();
    daemon.sees("it is gone", "/api/v1/status", |s| of(s, "sources", "ops").unwrap()["complete"] == false);
    daemon.counts("acme", 0, 0);
    world.write("m/tenant.yaml", TENANT);
    world.write("m/example-com.yaml", DOMAIN.replace("ttl: 3600", "ttl: 60"));
    daemon.counts("acme", 2, 0);
    // And the new one is watched.
    world.write("m/example-org.yaml", EXTRA);
    daemon.counts("acme", 4, 0);
    assert_eq!(world.proxy.writes(), 0);
    daemon.stop();
}

#[test]
fn a_path_on_the_command_line_outlives_a_reload() {
    let world = World::with_domain();
    world.write("aplomo.yaml", "listen: 127.0.0.1:0\n");
    let daemon = Served::run(&mut world.command(&["serve", "m"]));
    daemon.counts("acme", 7, 0);
    daemon.signal(Signal::HUP);
    daemon.says("read anew");
    world.write("m/beta.yaml", TENANT.replace("acme", "beta"));
    daemon.counts("beta", 1, 0);
    daemon.counts("acme", 7, 0);
    daemon.stop();
}
