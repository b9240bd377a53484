//! Freezes and windows hold applies, not plans; break-glass opens them, and everybody can see that it did. Who
//! breaks a lock stops its holder.

use crate::world::{DOMAIN, TENANT, World};
use aplomo_core::{SignedDuration, Timestamp};
use aplomo_sandbox::{Fault, Rule};
use serde_json::Value;
use std::time::Duration;

const ALL: &[&str] = &["apply", "m", "--auto-approve"];

fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

/// A freeze of acme, `more` beside its times.
fn freeze(from: Timestamp, until: Timestamp, more: &str) -> String {
    format!(
        "apiVersion: aplomo/v1\nkind: ChangeFreeze\nmetadata: {{name: peak, tenant: platform}}\nspec:\n  tenants: \
         [acme]\n  from: {from}\n  until: {until}\n  reason: the busy week\n{more}"
    )
}

/// An hour ago until in two hours.
fn now(more: &str) -> String {
    let at = Timestamp::now();
    freeze(at - hours(1), at + hours(2), more)
}

/// A world where `mail` shall get another TTL, with the freeze recorded.
fn frozen(more: &str) -> World {
    let world = World::applied();
    world.write("m/freeze.yaml", now(more));
    world.aplomo(ALL).exits(0);
    world.edit("m/example-com.yaml", "ttl: 300, values: [192.0.2.25]", "ttl: 60, values: [192.0.2.25]");
    world.proxy.reset();
    world
}

fn held(plan: &Value) -> Vec<String> {
    let line = |c: &Value| {
        let key = c["address"].as_str().unwrap().rsplit('.').next().unwrap();
        format!("{key} {}", c["heldBy"].as_str().unwrap_or("-"))
    };
    plan["changes"].as_array().unwrap().iter().map(line).collect()
}

/// How often the chain of acme tells of something.
fn audited(world: &World, kind: &str) -> usize {
    let log = world.aplomo(&["audit", "log", "--tenant", "acme"]).exits(0).out;
    log.split_whitespace().filter(|word| *word == kind).count()
}

#[test]
fn a_freeze_holds_applies_and_not_plans_and_what_it_holds_may_be_approved() {
    let world = frozen("");
    let plan = world.plan();
    assert_eq!(held(&plan), ["RecordSet/mail/A freeze"], "{plan:#}");
    assert_eq!(plan["findings"][0]["rule"], "freeze");
    assert!(plan["findings"][0]["message"].as_str().unwrap().contains("the busy week"), "{plan:#}");
    let digest = plan["changes"][0]["digest"].as_str().unwrap().to_owned();
    let text = world.aplomo(ALL).exits(4).out;
    assert!(text.contains("it waits for the end of a freeze"), "{text}");
    world.aplomo(&["drift", "m"]).exits(0);
    world.aplomo(&["plan", "m", "--out", "plan.json"]).exits(0);
    world.aplomo(&["approve", &digest, "--as", "ana"]).exits(0);
    world.aplomo(&["apply", "m"]).exits(4);
    let refused = world.aplomo(&["apply", "--plan", "plan.json"]).exits(4);
    assert!(refused.err.contains("heldBy"), "{}", refused.err);
    assert_eq!(world.proxy.writes(), 0);

    // Taking the freeze away loosens: it is a change of its own, and the record waits until that was applied.
    std::fs::remove_file(world.path().join("m/freeze.yaml")).unwrap();
    let plan = world.plan();
    assert_eq!(held(&plan), ["RecordSet/mail/A freeze", "Freeze -"], "{plan:#}");
    assert_eq!(plan["changes"][1]["risk"], "sensitive");
    assert_eq!(plan["changes"][0]["digest"], digest.as_str(), "the effect is the same");
    let run = world.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(5).json();
    assert_eq!(World::statuses(&run), ["held mail/A", "applied aplomo.core.Freeze"], "{run:#}");
    assert_eq!(world.proxy.writes(), 0);
    world.aplomo(&["apply", "m"]).exits(0);
    assert_eq!(world.proxy.writes(), 1, "under the approval that was given in the freeze");
}

#[test]
fn a_freeze_that_is_put_counts_at_once_and_one_that_is_over_holds_nothing() {
    let world = World::with_domain();
    world.write("m/freeze.yaml", now(""));
    let run = world.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(5).json();
    assert_eq!(world.proxy.writes(), 0, "settings are recorded and nothing else: {run:#}");
    let at = Timestamp::now();
    world.write("m/freeze.yaml", freeze(at - hours(9), at - hours(8), ""));
    world.aplomo(ALL).exits(5);
    world.aplomo(ALL).exits(0);
}

#[test]
fn exceptions_by_risk_go_on() {
    let world = frozen("  except: [{risk: routine, kind: Domain}]\n");
    // Where mail goes is what an outage is made of; a TTL is routine.
    world.edit("m/example-com.yaml", "10 mail.example.com.", "20 other.example.com.");
    let plan = world.plan();
    let risks: Vec<_> =
        plan["changes"].as_array().unwrap().iter().map(|c| c["risk"].as_str().unwrap()).collect();
    assert!(risks.contains(&"routine") && risks.iter().any(|risk| *risk != "routine"), "{plan:#}");
    for change in plan["changes"].as_array().unwrap() {
        assert_eq!(change["heldBy"].is_null(), change["risk"] == "routine", "{change:#}");
    }
    world.aplomo(ALL).exits(5);
    assert_eq!(world.proxy.writes(), 1);
}

#[test]
fn outside_its_windows_a_tenant_waits() {
    let world = World::applied();
    // A window on the day after tomorrow, so that no midnight comes between.
    let day = (Timestamp::now() + hours(48)).strftime("%a").to_string().to_lowercase();
    let windows = format!("windows: [{{days: [{day}], from: '10:00', to: '11:00', timeZone: UTC}}]");
    world.edit("m/tenant.yaml", "displayName: Acme", &format!("displayName: Acme, {windows}"));
    world.aplomo(ALL).exits(0);
    world.edit("m/example-com.yaml", "ttl: 300, values: [192.0.2.25]", "ttl: 60, values: [192.0.2.25]");
    world.proxy.reset();
    let plan = world.plan();
    assert_eq!(held(&plan), ["RecordSet/mail/A window"], "{plan:#}");
    let opens: Timestamp = plan["wake"].as_str().unwrap().parse().unwrap();
    assert!(opens > Timestamp::now() && opens < Timestamp::now() + hours(72), "{opens}");
    world.aplomo(ALL).exits(4);
    assert_eq!(world.proxy.writes(), 0);
    let then =
        world.aplomo(&["plan", "m", "--as-of", &opens.to_string(), "--format", "json"]).exits(0).json();
    assert_eq!(held(&then), ["RecordSet/mail/A -"], "{then:#}");
}

#[test]
fn broken_glass_opens_a_freeze_and_is_shown_everywhere() {
    let world = frozen("");
    for wrong in [["--for", "25h"], ["--for", "soon"]] {
        let args = [&["break-glass", "acme", "--reason", "down"], &wrong[..]].concat();
        assert_ne!(world.aplomo(&args).code, 0);
    }
    world.aplomo(&["break-glass", "acme", "--for", "1h"]).exits(64);
    world.aplomo(&["break-glass", "acme", "--for", "1h", "--reason", "the site is down"]).exits(0);
    let again = world.aplomo(&["break-glass", "acme", "--for", "2h", "--reason", "longer"]).exits(4);
    assert!(again.err.contains("open until"), "{}", again.err);
    let status = world.aplomo(&["status"]).exits(0).out;
    assert!(status.contains("BREAK-GLASS: freezes and windows of acme are open"), "{status}");
    assert!(status.contains("tester (claimed): the site is down"), "{status}");
    let plan = world.plan();
    assert_eq!(held(&plan), ["RecordSet/mail/A -"], "{plan:#}");
    assert_eq!(plan["findings"][0]["rule"], "break-glass");
    let run = world.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(0).json();
    assert_eq!(run["breakGlass"][0]["tenant"], "acme", "{run:#}");
    assert_eq!(world.proxy.writes(), 1);

    world.edit("m/example-com.yaml", "ttl: 60, values: [192.0.2.25]", "ttl: 90, values: [192.0.2.25]");
    world.aplomo(&["break-glass", "acme", "--end", "--reason", "it is up again"]).exits(0);
    world.aplomo(&["break-glass", "acme", "--end", "--reason", "it is up again"]).exits(4);
    world.aplomo(ALL).exits(4);
    assert_eq!((audited(&world, "break-glass"), audited(&world, "break-glass-ended")), (1, 1));
}

#[test]
fn where_the_tenant_asks_for_a_second_person_one_person_opens_nothing() {
    let world = frozen("");
    world.edit(
        "m/tenant.yaml",
        "displayName: Acme",
        "displayName: Acme, approval: {secondPersonForLifts: true}",
    );
    world.aplomo(ALL).exits(5);
    let glass = |who: &str| {
        world.aplomo(&[
            "break-glass",
            "acme",
            "--for",
            "1h",
            "--reason",
            "down",
            "--as",
            who,
            "--format",
            "json",
        ])
    };
    assert_eq!(glass("ana").exits(0).json()["opens"], false);
    assert_eq!(held(&world.plan()), ["RecordSet/mail/A freeze"]);
    let status = world.aplomo(&["status"]).exits(0).out;
    assert!(status.contains("break-glass of acme waits for another person"), "{status}");
    glass("Ana").exits(4);
    assert_eq!(glass("bob").exits(0).json()["opens"], true);
    world.aplomo(ALL).exits(0);
    assert_eq!(world.proxy.writes(), 1);
}

/// The zone was made, and its records were refused because of the freeze.
fn stopped_in_between(world: &World, run: &Value) {
    let told = World::statuses(run);
    assert!(told.contains(&"applied HostedZone".to_owned()), "{run:#}");
    assert!(told.contains(&"held www/A".to_owned()), "{run:#}");
    let why = run["outcomes"].as_array().unwrap().iter().find(|o| o["status"] == "held").unwrap();
    assert!(why["error"].as_str().unwrap().contains("frozen until"), "{why:#}");
    assert_eq!(world.proxy.count("route53:ChangeResourceRecordSets"), 0);
    world.aplomo(ALL).exits(4);
    assert_eq!(world.proxy.count("route53:ChangeResourceRecordSets"), 0);
}

#[test]
fn a_run_that_crosses_into_a_freeze_stops_between_changes_and_says_so() {
    let world = World::new();
    world.write("m/tenant.yaml", TENANT);
    let before = Timestamp::now();
    world.aplomo(ALL).exits(0);
    // As long as that took, the next two will take: the freeze begins while the zone is being made.
    let begins =
        Timestamp::now() + before.duration_until(Timestamp::now()) * 2 + SignedDuration::from_secs(4);
    world.write("m/freeze.yaml", freeze(begins, begins + hours(2), ""));
    world.aplomo(ALL).exits(0);
    world.write("m/example-com.yaml", DOMAIN);
    let slow = Fault::Delay(Duration::from_secs(9));
    world.proxy.inject(Rule::on("route53:CreateHostedZone").then(slow));
    let run = world.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(5).json();
    stopped_in_between(&world, &run);
}

#[test]
fn a_freeze_that_is_applied_while_a_run_is_under_way_stops_it_between_changes() {
    let world = World::with_domain();
    let slow = Fault::Delay(Duration::from_secs(9));
    let rule = world.proxy.inject(Rule::on("route53:CreateHostedZone").then(slow));
    let child = world.spawn(&["apply", "m", "--auto-approve", "--format", "json"]);
    while world.proxy.fired(rule) == 0 {
        std::thread::yield_now();
    }
    world.write("other/freeze.yaml", now(""));
    world.aplomo(&["apply", "other", "--auto-approve"]).exits(0);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", String::from_utf8_lossy(&output.stderr));
    stopped_in_between(&world, &serde_json::from_slice(&output.stdout).unwrap());
}

#[test]
fn who_breaks_a_lock_stops_its_holder_before_the_next_write() {
    let world = World::with_domain();
    let slow = Fault::Delay(Duration::from_secs(9));
    let rule = world.proxy.inject(Rule::on("route53:CreateHostedZone").then(slow));
    let child = world.spawn(&["apply", "m", "--auto-approve", "--format", "json"]);
    while world.proxy.fired(rule) == 0 {
        std::thread::yield_now();
    }
    let status = world.aplomo(&["status"]).exits(0).out;
    assert!(status.contains("is being worked on by") && status.contains(" since 2"), "{status}");
    let lease = &world.aplomo(&["status", "--format", "json"]).exits(0).json()["leases"];
    assert!(
        lease.as_array().unwrap().iter().any(|l| l["scope"].as_str().unwrap().starts_with("acme/")),
        "{lease:#}"
    );
    let busy = world.aplomo(ALL);
    assert!(busy.code != 0 && busy.err.contains("another run is at work"), "{}", busy.err);
    world.aplomo(&["status", "--unlock", "acme"]).exits(64);
    world.aplomo(&["status", "--unlock", "acme", "--reason", "the machine is gone"]).exits(0);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(world.proxy.count("route53:ChangeResourceRecordSets"), 0, "its next write failed");
    assert!(audited(&world, "lease-broken") > 0);
    // The next one goes on where it stopped.
    world.aplomo(ALL).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    world.aplomo(&["status", "--unlock", "acme", "--reason", "nobody holds it"]).exits(4);
}
