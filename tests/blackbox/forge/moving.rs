//! Commits and the world move between asking, approving and applying.

use super::office::{Office, ttl_of};
use crate::world::DOMAIN;

#[test]
fn another_commit_is_stale_only_where_an_effect_changed() {
    let (office, daemon) = Office::open("");
    office.push_ttl("ana", "faster", 60);
    let number = office.opens("ana", "faster");
    office.says(&daemon, number, "/aplomo approve sha256:");
    office.approves("sam", number);
    office.says(&daemon, number, "sam");
    // A comment in the file changes no effect.
    let same = ttl_of(DOMAIN, 60) + "# asked for in ticket 7\n";
    let commit = office.push("ana", "faster", &[("live/domain.yaml", &same)]);
    office.concludes(&daemon, &commit, "success");
    // Another value does.
    let commit = office.push_ttl("ana", "faster", 30);
    office.concludes(&daemon, &commit, "action_required");
    office.merges("ana", number);
    daemon.counts("acme", 1, 0);
    assert_eq!((office.www(), office.proxy.writes()), (300, 0));
    daemon.stop();
}

#[test]
fn what_moved_where_it_matters_is_refused_and_planned_anew_and_elsewhere_it_is_applied() {
    let (office, daemon) = Office::open("driftEvery: 1s\n");
    let commit = office.push_ttl("ana", "faster", 60);
    let number = office.opens("ana", "faster");
    office.says(&daemon, number, "/aplomo approve sha256:");
    office.approves("sam", number);
    office.concludes(&daemon, &commit, "success");
    // Elsewhere.
    let zone = office.zone("example.com");
    let mut mail = office.aws.find(&zone, "mail.example.com.", "A").unwrap().remove(0);
    mail.ttl = Some(77);
    office.aws.upsert(&zone, &mail).unwrap();
    daemon.counts("acme", 0, 1);
    office.concludes(&daemon, &commit, "success");
    // Where it matters.
    let mut www = office.aws.find(&zone, "www.example.com.", "A").unwrap().remove(0);
    www.ttl = Some(123);
    office.aws.upsert(&zone, &www).unwrap();
    office.concludes(&daemon, &commit, "action_required");
    office.merges("ana", number);
    // The wish moved and the world did: the stronger reason is told.
    daemon.counts("acme", 0, 2);
    assert_eq!(office.www(), 123);
    // What is there now is approved anew, and that is what is done.
    let shown = office.says(&daemon, number, "123");
    office.comments("sue", number, &format!("/aplomo approve {}", super::office::digest_in(&shown)));
    office.www_becomes(&daemon, 60);
    let mail = office.aws.find(&zone, "mail.example.com.", "A").unwrap().remove(0);
    assert_eq!(mail.ttl, Some(77), "drift that was there before is not approved with it");
    daemon.stop();
}

#[test]
fn of_two_pull_requests_on_one_record_the_second_is_planned_again() {
    let (office, daemon) = Office::open("");
    let first = office.asks_ttl("ana", "to-60", 60);
    let both = ttl_of(DOMAIN, 60).replace(
        "    - {name: mail",
        "    - {name: more, type: A, ttl: 300, values: [192.0.2.9]}\n    - {name: mail",
    );
    let commit = office.push("ben", "to-60-and-more", &[("live/domain.yaml", &both)]);
    let second = office.opens("ben", "to-60-and-more");
    for number in [first, second] {
        office.says(&daemon, number, "/aplomo approve sha256:");
        office.approves("sam", number);
        office.says(&daemon, number, "sam");
    }
    office.merges("ana", first);
    office.www_becomes(&daemon, 60);
    // Of the second one effect is left, and it was approved.
    office.concludes(&daemon, &commit, "success");
    office.merges("ben", second);
    let zone = office.zone("example.com");
    crate::served::until("the other record is there", || {
        match office.aws.find(&zone, "more.example.com.", "A").unwrap().len() {
            1 => Ok(()),
            _ => Err(daemon.log()),
        }
    });
    daemon.stop();
}
