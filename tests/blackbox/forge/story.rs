//! The whole way of a change: asked for, planned, approved, merged, applied, told.

use super::office::{Office, digest_in, ttl_of};
use crate::world::DOMAIN;

#[test]
fn a_change_is_asked_for_approved_merged_applied_and_told() {
    let (office, daemon) = Office::open("");
    let commit = office.push_ttl("ana", "faster", 60);
    let number = office.opens("ana", "faster");
    let asked = office.says(&daemon, number, "/aplomo approve sha256:");
    assert!(asked.contains("www") && asked.contains("300") && asked.contains("60"), "{asked}");
    let check = office.concludes(&daemon, &commit, "action_required");
    assert!(check.title.is_some_and(|title| !title.is_empty()));
    assert_eq!(office.proxy.writes(), 0);

    office.approves("sam", number);
    office.concludes(&daemon, &commit, "success");
    assert_eq!(office.www(), 300, "nothing is applied before it is merged");
    office.merges("ana", number);
    office.www_becomes(&daemon, 60);
    let told = office.says(&daemon, number, "applied");
    assert!(told.contains("www"), "{told}");

    let approvals = office.audited("approval");
    let sams = approvals.iter().find(|entry| entry.to_string().contains("github:")).expect("sam's approval");
    assert!(sams["payload"]["pull"] == format!("acme/manifests#{number}"), "{sams:#}");
    assert!(sams["payload"]["evidence"].as_str().unwrap().contains("review"), "{sams:#}");
    assert_eq!(office.audited("pull-merged").len(), 1);
    office.aplomo(&["audit", "verify"]).exits(0);
    let why = office.aplomo(&["why", "www.example.com", "--format", "json"]).exits(0).json();
    let applied = &why["found"][0]["applied"];
    assert_eq!(applied["pullRequest"], format!("acme/manifests#{number}"), "{why:#}");
    assert_eq!(
        (&applied["requestedBy"][0], &applied["approvedBy"][0]["name"]),
        (&"ana".into(), &"sam".into())
    );
    daemon.stop();
}

#[test]
fn what_is_merged_without_approval_is_held_until_somebody_approves() {
    let (office, daemon) = Office::open("");
    let number = office.asks_ttl("ana", "faster", 60);
    office.says(&daemon, number, "/aplomo approve sha256:");
    office.merges("ana", number);
    let held = office.says(&daemon, number, "approve");
    daemon.counts("acme", 1, 0);
    assert_eq!((office.www(), office.proxy.writes()), (300, 0), "{held}");
    office.comments("sam", number, &format!("/aplomo approve {}", digest_in(&held)));
    office.www_becomes(&daemon, 60);
    office.says(&daemon, number, "applied");
    daemon.stop();
}

#[test]
fn a_pull_request_that_is_closed_takes_its_approvals_with_it() {
    let (office, daemon) = Office::open("");
    let commit = office.push_ttl("ana", "faster", 60);
    let first = office.opens("ana", "faster");
    office.says(&daemon, first, "/aplomo approve sha256:");
    office.approves("sam", first);
    office.concludes(&daemon, &commit, "success");
    office.github.close_pull(office.repo, first, office.id("ana")).unwrap();
    office.concludes(&daemon, &commit, "neutral");
    // The same effect in another pull request, merged unapproved, is not covered by what was said of the first.
    let second = office.asks_ttl("ben", "again", 60);
    office.says(&daemon, second, "/aplomo approve sha256:");
    office.merges("ben", second);
    daemon.counts("acme", 1, 0);
    assert_eq!((office.www(), office.proxy.writes()), (300, 0));
    daemon.stop();
}

#[test]
fn going_back_and_forth_needs_an_approval_each_time() {
    let (office, daemon) = Office::open("");
    let first = office.asks_ttl("ana", "to-60", 60);
    office.says(&daemon, first, "/aplomo approve sha256:");
    office.approves("sam", first);
    office.says(&daemon, first, "sam");
    office.merges("ana", first);
    office.www_becomes(&daemon, 60);
    office.says(&daemon, first, "applied");

    office.comments("ana", first, "/aplomo revert");
    let back = crate::served::until("the pull request that goes back", || {
        let world = office.github.world();
        let pulls = world.repos[&office.repo].issues.values().filter(|issue| issue.is_open_pull());
        pulls.map(|issue| issue.number).find(|number| *number != first).ok_or(daemon.log())
    });
    office.says(&daemon, back, "/aplomo approve sha256:");
    office.approves("sue", back);
    office.says(&daemon, back, "sue");
    office.merges("ben", back);
    office.www_becomes(&daemon, 300);

    let third = {
        office.push("ben", "again", &[("live/domain.yaml", &ttl_of(DOMAIN, 60))]);
        office.opens("ben", "again")
    };
    office.says(&daemon, third, "/aplomo approve sha256:");
    office.merges("ben", third);
    daemon.counts("acme", 1, 0);
    assert_eq!(office.www(), 300, "the first approval was spent");
    daemon.stop();
}
