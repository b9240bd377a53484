//! SIGKILL at every write on GitHub, before its effect and after it, and answers that never come: the next
//! start finishes under the approval that was given, makes nothing twice and loses nothing.

use super::hub::Hub;
use aplomo_github_fake::{Fault, Rule};
use aplomo_sandbox::Victim;
use rustix::process::{Pid, Signal, kill_process};
use std::sync::Arc;

/// Kills the process and comes back when the signal is sent.
fn kill(victim: &Victim) {
    let started = std::iter::repeat_with(|| victim.pid()).find_map(|pid| {
        pid.or_else(|| {
            std::thread::yield_now();
            None
        })
    });
    let pid = i32::try_from(started.unwrap()).unwrap();
    // A process that is gone already was killed by an earlier call.
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).ok();
}

/// Strikes the k-th write of an apply. `false` where there was no such write.
fn strike(hub: &Hub, k: u64, fault: fn(Arc<dyn Fn(u64) + Send + Sync>) -> Fault) -> bool {
    let victim = Victim::new();
    let aim = victim.clone();
    hub.github.inject(Rule::new(fault(Arc::new(move |_| kill(&aim)))).writes().after(k - 1).times(1));
    let mut child = hub.spawn(&["apply", "m", "--auto-approve"]);
    victim.set(child.id());
    let ended = child.wait().unwrap();
    hub.github.clear_faults();
    ended.code().is_none()
}

/// Everything is there once.
fn settled(hub: &Hub, told: &str) {
    let ran = hub.aplomo(&["apply", "m"]);
    assert!([0, 6].contains(&ran.code), "{told}: {}\n{}\n{}", ran.code, ran.out, ran.err);
    hub.accept_invitations();
    let ran = hub.aplomo(&["plan", "m", "--detailed-exitcode"]);
    assert_eq!(ran.code, 0, "{told}\n{}\n{}", ran.out, ran.err);
    let repo = hub.repo("ms-shop");
    let counts = [
        repo.rulesets.len(),
        repo.hooks.len(),
        repo.keys.len(),
        repo.autolinks.len(),
        repo.environments.len(),
    ];
    assert_eq!(counts, [1; 5], "{told}");
    hub.aplomo(&["audit", "verify"]).exits(0);
}

/// Strikes each write in turn until there is no further one; so many there must be at least.
fn survives(make: fn() -> Hub, least: u64, fault: fn(Arc<dyn Fn(u64) + Send + Sync>) -> Fault) {
    let mut k = 1;
    loop {
        let hub = make();
        if !strike(&hub, k, fault) {
            break;
        }
        settled(&hub, &format!("killed at write {k}"));
        k += 1;
    }
    assert!(k > least, "only {k} writes were struck");
}

#[test]
fn a_first_run_killed_before_any_of_its_writes_is_finished() {
    survives(Hub::with_shop, 20, Fault::CallInstead);
}

#[test]
fn a_first_run_killed_after_any_of_its_writes_is_finished() {
    survives(Hub::with_shop, 20, Fault::Call);
}

/// What is there, with changes of many sorts to come.
fn changing() -> Hub {
    let hub = Hub::applied();
    let edits = [
        ("approvals: 2", "approvals: 1"),
        ("linearHistory: true", "signedCommits: true"),
        ("description: The shop", "description: The boutique"),
        ("topics: [shop, microservice]", "topics: [shop, boutique]"),
        ("wiki: false", "wiki: true"),
        ("color: ff0000", "color: ff00ff"),
        ("events: [push]", "events: [push, issues]"),
        ("waitMinutes: 5", "waitMinutes: 10"),
        ("branches: [\"branch:main\"]", "branches: [\"branch:main\", \"tag:v*\"]"),
        ("REGION: eu-west-1", "REGION: us-east-1"),
        ("core: maintain", "core: push"),
        ("title: mirror", "title: mirror\n      write: true"),
        ("prefix: ACME-", "prefix: SHOP-"),
        ("members: [ben]", "members: []"),
        ("workflowPermissions: read", "workflowPermissions: write"),
        ("allowedActions: [acme/deploy@*]", "allowedActions: [acme/*]"),
    ];
    edits.iter().for_each(|(from, to)| hub.edit("m/shop.yaml", from, to));
    hub
}

#[test]
fn changes_killed_before_any_of_their_writes_are_finished() {
    survives(changing, 15, Fault::CallInstead);
}

#[test]
fn changes_killed_after_any_of_their_writes_are_finished() {
    survives(changing, 15, Fault::Call);
}

#[test]
fn a_lost_answer_to_any_write_is_looked_up() {
    let mut k = 1;
    loop {
        let hub = Hub::with_shop();
        hub.github.inject(Rule::new(Fault::LoseAnswer).writes().after(k - 1).times(1));
        let before = hub.github.writes();
        let ran = hub.aplomo(&["apply", "m", "--auto-approve"]);
        hub.github.clear_faults();
        assert!([5, 6].contains(&ran.code), "answer {k} lost: {}\n{}\n{}", ran.code, ran.out, ran.err);
        settled(&hub, &format!("answer {k} lost"));
        if hub.github.writes() - before < k {
            break;
        }
        k += 1;
    }
    assert!(k > 20, "only {k} answers were lost");
}

#[test]
fn changes_of_many_sorts_are_applied_in_one_run() {
    let hub = changing();
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}
