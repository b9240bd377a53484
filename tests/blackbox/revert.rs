//! The way back of a run: planned from what was stored, approved like anything else, held until the
//! manifests agree, and never over what others did since.

use crate::served::{Served, applied};
use crate::world::World;
use serde_json::Value;

const MAIL: &str = "acme/Domain/example-com:aws.route53.RecordSet/mail/A";
const ALL: &[&str] = &["apply", "m", "--auto-approve", "--format", "json"];

fn ttl(world: &World, name: &str) -> Option<u64> {
    world.aws.find(&world.zone("example.com"), name, "A").unwrap().first().and_then(|set| set.ttl)
}

/// Applies what the manifests say; gives the run.
fn apply(world: &World) -> String {
    world.aplomo(ALL).exits(0).json()["run"].as_str().unwrap().to_owned()
}

fn say(world: &World, from: u32, to: u32) {
    let line = |ttl| format!("ttl: {ttl}, values: [192.0.2.25]");
    world.edit("m/example-com.yaml", &line(from), &line(to));
}

/// A world where `mail` was lowered to 60 by a run.
fn lowered() -> (World, String) {
    let world = World::applied();
    say(&world, 300, 60);
    let run = apply(&world);
    (world, run)
}

/// Plans the way back, approves and applies it.
fn go_back(world: &World, run: &str) -> Value {
    let answer = world.aplomo(&["revert", run, "--out", "back.json", "--format", "json"]).exits(0).json();
    world.aplomo(&["approve", "back.json", "--as", "ana"]).exits(0);
    world.aplomo(&["apply", "--plan", "back.json", "--format", "json"]).exits(0);
    answer
}

fn why(answer: &Value) -> Vec<String> {
    let line = |one: &Value| {
        let address = one["address"].as_str().unwrap();
        format!("{}: {}", address.split_once(':').unwrap().1, one["why"].as_str().unwrap())
    };
    answer["cannot"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn what_was_put_back_stays_until_the_manifests_agree() {
    let (world, run) = lowered();
    let answer = world.aplomo(&["revert", &run, "--format", "json"]).exits(0).json();
    assert_eq!(World::changes(&answer["plan"]), [format!("update {MAIL}")], "{answer:#}");
    assert_eq!(answer["plan"]["changes"][0]["fields"][0]["after"], 300);
    assert_eq!(ttl(&world, "mail.example.com."), Some(60), "a plan writes nothing");
    go_back(&world, &run);
    assert_eq!(ttl(&world, "mail.example.com."), Some(300));

    // The manifests still say 60.
    let plan = world.plan();
    assert_eq!(World::changes(&plan), [format!("update {MAIL} (reverted)")]);
    world.proxy.reset();
    world.aplomo(ALL).exits(4);
    world.aplomo(&["plan", "m", "--out", "plan.json"]).exits(0);
    world.aplomo(&["approve", "plan.json"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
    let status = world.aplomo(&["status"]).exits(0).out;
    let told = format!("{MAIL} was put back by ana (claimed) at");
    assert!(status.contains(&told) && status.contains(&run), "{status}");
    assert!(
        world.aplomo(&["why", MAIL, "--path", "m"]).exits(0).out.contains("held until the manifests agree")
    );

    // Now they agree; from then on they are followed again.
    say(&world, 60, 300);
    world.aplomo(ALL).exits(0);
    assert!(!world.aplomo(&["status"]).exits(0).out.contains("was put back"));
    say(&world, 300, 60);
    apply(&world);
    assert_eq!(ttl(&world, "mail.example.com."), Some(60));
    world.aplomo(&["audit", "verify"]).exits(0);
}

#[test]
fn drift_at_what_was_put_back_is_undone_to_what_was_put_back() {
    let (world, run) = lowered();
    go_back(&world, &run);
    say(&world, 60, 300);
    let zone = world.zone("example.com");
    let mut record = world.aws.find(&zone, "mail.example.com.", "A").unwrap().remove(0);
    record.ttl = Some(77);
    world.aws.upsert(&zone, &record).unwrap();
    assert_eq!(World::changes(&world.plan()), [format!("update {MAIL}")]);
    apply(&world);
    assert_eq!(ttl(&world, "mail.example.com."), Some(300));
}

#[test]
fn a_spent_approval_does_not_serve_again_after_a_way_back() {
    let world = World::applied();
    say(&world, 300, 60);
    world.aplomo(&["plan", "m", "--out", "plan.json"]).exits(0);
    world.aplomo(&["approve", "plan.json"]).exits(0);
    let run = world.aplomo(&["apply", "m", "--format", "json"]).exits(0).json();
    go_back(&world, run["run"].as_str().unwrap());
    world.proxy.reset();
    // Neither while it is held, nor when a person lets it go on.
    world.aplomo(&["apply", "--plan", "plan.json"]).exits(4);
    world.aplomo(&["release", MAIL, "--reason", "meant"]).exits(0);
    world.aplomo(&["apply", "m"]).exits(4);
    assert_eq!((ttl(&world, "mail.example.com."), world.proxy.writes()), (Some(300), 0));
    world.aplomo(ALL).exits(0);
    assert_eq!(ttl(&world, "mail.example.com."), Some(60));
}

#[test]
fn an_approval_given_before_a_way_back_is_refused_after_it() {
    let (world, run) = lowered();
    // 60 again, approved while nothing was put back: the world moved in between.
    let zone = world.zone("example.com");
    let mut record = world.aws.find(&zone, "mail.example.com.", "A").unwrap().remove(0);
    record.ttl = Some(300);
    world.aws.upsert(&zone, &record).unwrap();
    world.aplomo(&["plan", "m", "--out", "plan.json"]).exits(0);
    world.aplomo(&["approve", "plan.json"]).exits(0);
    record.ttl = Some(60);
    world.aws.upsert(&zone, &record).unwrap();
    go_back(&world, &run);
    world.proxy.reset();
    let ran = world.aplomo(&["apply", "--plan", "plan.json", "--format", "json"]).exits(4).json();
    let error = ran["outcomes"][0]["error"].as_str().unwrap();
    assert!(error.contains("held until the manifests agree"), "{error}");
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn what_was_made_goes_and_what_was_deleted_comes_back() {
    let world = World::applied();
    world.edit(
        "m/example-com.yaml",
        "{name: mail, type: A, ttl: 300, values: [192.0.2.25]}",
        "{name: mail, type: CNAME, ttl: 300, values: [www]}",
    );
    let run = apply(&world);
    let answer = go_back(&world, &run);
    let mut lines = World::changes(&answer["plan"]);
    lines.sort();
    let cname = MAIL.replace("/A", "/CNAME");
    assert_eq!(lines, [format!("create {MAIL}"), format!("delete {cname}")], "{answer:#}");
    assert_eq!(ttl(&world, "mail.example.com."), Some(300));
    let plan = world.plan();
    let held = World::changes(&plan);
    assert!(held.len() == 2 && held.iter().all(|line| line.ends_with("(reverted)")), "{held:?}");
    world.edit(
        "m/example-com.yaml",
        "{name: mail, type: CNAME, ttl: 300, values: [www]}",
        "{name: mail, type: A, ttl: 300, values: [192.0.2.25]}",
    );
    world.aplomo(ALL).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    assert!(!world.aplomo(&["status"]).exits(0).out.contains("was put back"));
}

#[test]
fn what_cannot_go_back_is_said() {
    let world = World::new();
    world.write("m/tenant.yaml", crate::world::TENANT);
    world.write("m/example-com.yaml", crate::world::DOMAIN);
    let run = apply(&world);
    let answer = world.aplomo(&["revert", &run, "--format", "json"]).exits(4).json();
    let zone = "delete acme/Domain/example-com:aws.route53.HostedZone (protected)".to_owned();
    assert!(World::changes(&answer["plan"]).contains(&zone), "{answer:#}");
    assert!(
        why(&answer).iter().all(|line| line.ends_with("follows the manifest: change that")),
        "{answer:#}"
    );
    assert_eq!(why(&answer).len(), 1, "{answer:#}");
    let text = world.aplomo(&["revert", &run]).exits(4).out;
    assert!(text.contains("Cannot go back") && !text.contains("Next: "), "{text}");
    say(&world, 300, 60);
    let run = apply(&world);
    let text = world.aplomo(&["revert", &run]).exits(0).out;
    assert!(text.contains("Next: `aplomo approve sha256:"), "{text}");
    world.aplomo(&["revert", "no-such-run"]).exits(1);
}

#[test]
fn nothing_runs_over_what_others_did_since() {
    let (world, run) = lowered();
    let zone = world.zone("example.com");
    let mut record = world.aws.find(&zone, "mail.example.com.", "A").unwrap().remove(0);
    record.ttl = Some(77);
    world.aws.upsert(&zone, &record).unwrap();
    let answer = world.aplomo(&["revert", &run, "--format", "json"]).exits(4).json();
    assert!(why(&answer)[0].contains("behind our back since"), "{answer:#}");
    apply(&world);
    // Whoever undid the drift wrote last.
    let answer = world.aplomo(&["revert", &run, "--format", "json"]).exits(4).json();
    assert!(why(&answer)[0].contains("changed since by run"), "{answer:#}");
}

#[test]
fn what_somebody_needs_stays() {
    let world = World::applied();
    world.edit(
        "m/example-com.yaml",
        "    - {name: api,",
        "    - {name: new, type: A, ttl: 60, values: [192.0.2.9]}\n    - {name: api,",
    );
    let run = apply(&world);
    world.edit("m/example-com.yaml", "alias: {record: www}", "alias: {record: new}");
    apply(&world);
    let answer = world.aplomo(&["revert", &run, "--format", "json"]).exits(4).json();
    assert!(why(&answer)[0].ends_with("RecordSet/api/A needs it"), "{answer:#}");
}

#[test]
fn the_way_back_of_a_way_back_is_what_was_there() {
    let (world, run) = lowered();
    go_back(&world, &run);
    let runs = world.aplomo(&["status", "--format", "json"]).exits(0).json();
    let back = runs["runs"][0]["run"].as_str().unwrap().to_owned();
    go_back(&world, &back);
    assert_eq!(ttl(&world, "mail.example.com."), Some(60));
    world.aplomo(ALL).exits(0);
    assert!(!world.aplomo(&["status"]).exits(0).out.contains("was put back"));
}

#[test]
fn a_daemon_that_needs_nobody_does_not_apply_what_was_put_back() {
    let world = applied("approval: automatic\n");
    say(&world, 300, 60);
    let run = apply(&world);
    go_back(&world, &run);
    world.proxy.reset();
    let daemon = Served::start(&world);
    daemon.counts("acme", 1, 0);
    // Something else is wished: it is applied, and this is not.
    world.edit("m/example-com.yaml", "192.0.2.1, 192.0.2.2]}", "192.0.2.1, 192.0.2.3]}");
    daemon.sees("the other wish is applied", "/api/v1/runs", |r| r["runs"][0]["summary"]["applied"] == 1);
    daemon.counts("acme", 1, 0);
    assert_eq!(ttl(&world, "mail.example.com."), Some(300));
    say(&world, 60, 300);
    daemon.counts("acme", 0, 0);
    daemon.stop();
    assert!(!world.aplomo(&["status"]).exits(0).out.contains("was put back"));
}
