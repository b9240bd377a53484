//! The daemon when something outside does not work: it stays up, says what is wrong, does not spin, and
//! goes on when it works again.

use crate::served::{Served, applied, until};
use aplomo_sandbox::{Fault, Rule};
use std::time::Duration;

#[test]
fn an_aws_that_cannot_be_reached_is_told_and_recovered_from() {
    let world = applied("");
    let rule = world.proxy.inject(Rule::on("*").then(Fault::LostRequest));
    let daemon = Served::start(&world);
    until("it says why it is not ready", || match daemon.request("/readyz", &[]) {
        (503, body) if body.contains("cannot-see-everything") && body.contains("GetCallerIdentity") => Ok(()),
        (status, body) => Err(format!("{status} {body}\n{}", daemon.log())),
    });
    assert_eq!(daemon.request("/healthz", &[]).0, 200);
    world.proxy.lift(rule);
    until("it is ready", || match daemon.request("/readyz", &[]) {
        (200, _) => Ok(()),
        (status, body) => Err(format!("{status} {body}\n{}", daemon.log())),
    });
    daemon.counts("acme", 0, 0);
    assert_eq!(world.proxy.writes(), 0);
    daemon.stop();
}

#[test]
fn a_change_that_fails_each_time_is_not_tried_at_each_turn() {
    for approval in ["manual", "automatic"] {
        let world = applied(&format!("driftEvery: 1s\napproval: {approval}\n"));
        let daemon = Served::start(&world);
        daemon.counts("acme", 0, 0);
        let rule = world.proxy.refuse_writes();
        world.edit("m/example-com.yaml", "{name: www, type: A, ttl: 300", "{name: www, type: A, ttl: 60");
        if approval == "manual" {
            daemon.counts("acme", 1, 0);
            world.aplomo(&["approve", world.plan()["digest"].as_str().unwrap()]).exits(0);
        }
        until("it was tried", || if world.proxy.fired(rule) > 0 { Ok(()) } else { Err(daemon.log()) });
        let plans = || daemon.metric("aplomo_plans_total").unwrap().parse::<u64>().unwrap();
        let looks = plans();
        until("five more looks", || if plans() >= looks + 5 { Ok(()) } else { Err(daemon.log()) });
        let runs = daemon.get("/api/v1/runs");
        assert_eq!(runs["runs"].as_array().unwrap().len(), 2, "{runs:#}\n{}", daemon.log());
        assert_eq!(runs["runs"][0]["ending"], "failed", "{runs:#}");
        let log = world.aplomo(&["audit", "log", "--tenant", "acme"]).exits(0).out;
        assert_eq!(log.matches(" approval ").count(), 2, "{log}");
        daemon.stop();
    }
}

#[test]
fn a_clock_that_is_wrong_stops_applying_and_not_the_daemon() {
    let world = applied("approval: automatic\n");
    let rule = world.proxy.inject(Rule::on("*").then(Fault::skew_date(-3600)));
    world.edit("m/example-com.yaml", "{name: www, type: A, ttl: 300", "{name: www, type: A, ttl: 60");
    let daemon = Served::start(&world);
    until("it says so", || match daemon.request("/readyz", &[]) {
        (503, body) if body.contains("clock") => Ok(()),
        (status, body) => Err(format!("{status} {body}\n{}", daemon.log())),
    });
    assert_eq!(daemon.get("/api/v1/runs")["runs"].as_array().unwrap().len(), 1);
    assert_eq!(world.proxy.writes(), 0);
    world.proxy.lift(rule);
    until("it goes on", || if world.proxy.writes() == 1 { Ok(()) } else { Err(daemon.log()) });
    daemon.counts("acme", 0, 0);
    daemon.stop();
}

#[test]
fn a_call_without_end_does_not_keep_a_daemon_that_was_told_to_stop() {
    let world = applied("");
    world.proxy.inject(Rule::on("route53:*").then(Fault::Hang(Duration::from_secs(60))));
    let daemon = Served::start(&world);
    until("it reads", || if world.proxy.total() > 0 { Ok(()) } else { Err(daemon.log()) });
    daemon.stop();
}
