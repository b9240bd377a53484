//! SIGKILL at every write on GitHub, before its effect and after it: the next start finishes under the
//! approval that was given, makes nothing twice and loses nothing.

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

fn survives(make: fn() -> Hub, fault: fn(Arc<dyn Fn(u64) + Send + Sync>) -> Fault) {
    let mut k = 1;
    loop {
        let hub = make();
        if !strike(&hub, k, fault) {
            break;
        }
        settled(&hub, &format!("killed at write {k}"));
        k += 1;
    }
    assert!(k > 20, "only {k} writes were struck");
}

#[test]
fn a_first_run_killed_before_any_of_its_writes_is_finished() {
    survives(Hub::with_shop, Fault::CallInstead);
}

#[test]
fn a_first_run_killed_after_any_of_its_writes_is_finished() {
    survives(Hub::with_shop, Fault::Call);
}
