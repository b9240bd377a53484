//! Who may ask and who may approve: each refusal says why, and nothing follows from it.

use super::office::{Office, digest_in, ttl_of};
use crate::world::DOMAIN;

#[test]
fn who_is_no_contact_gets_no_plan_and_no_call_is_made() {
    let (office, daemon) = Office::open("");
    let commit = office.push_ttl("eve", "evil", 60);
    let number = office.opens("eve", "evil");
    office.concludes(&daemon, &commit, "action_required");
    let why = office.says(&daemon, number, "eve");
    assert!(!why.contains("sha256:"), "{why}");
    // A contact for security is told and may not ask.
    let commit = office.push_ttl("sec", "secure", 61);
    office.opens("sec", "secure");
    office.concludes(&daemon, &commit, "action_required");
    // A contact opens it, and somebody else pushed to it.
    let commit = office.push_ttl("eve", "shared", 62);
    let shared = office.opens("ana", "shared");
    office.concludes(&daemon, &commit, "action_required");
    office.says(&daemon, shared, "eve");
    // Approving it does not help, and merging applies nothing.
    office.approves("sam", shared);
    office.merges("ana", shared);
    daemon.counts("acme", 1, 0);
    assert_eq!((office.www(), office.proxy.writes()), (300, 0));
    daemon.stop();
}

#[test]
fn nobody_approves_their_own_work_and_only_members_of_the_team_approve() {
    let (office, daemon) = Office::open("");
    // Sam is an approver, and becomes somebody who pushed.
    office.write(
        "platform/tenant.yaml",
        office
            .read("platform/tenant.yaml")
            .replace("    - {name: Sec", "    - {name: Sam, github: sam, role: technical}\n    - {name: Sec"),
    );
    daemon.counts("acme", 1, 0);
    office.apply_all(&daemon);
    office.push_ttl("ana", "faster", 60);
    let commit = office.push_ttl("sam", "faster", 61);
    let number = office.opens("ana", "faster");
    let shown = office.says(&daemon, number, "/aplomo approve sha256:");
    let digest = digest_in(&shown);
    for (who, why) in [("ana", "ana"), ("sam", "sam"), ("eve", "eve"), ("ben", "ben")] {
        office.comments(who, number, &format!("/aplomo approve {digest}"));
        office.says(&daemon, number, &format!("`{why}`"));
    }
    office.comments("sue", number, &format!("/aplomo approve sha256:{}", "0".repeat(64)));
    office.says(&daemon, number, &"0".repeat(12));
    office.concludes(&daemon, &commit, "action_required");
    assert!(office.audited("refusal").len() >= 2);
    // Sue did not push: hers counts.
    office.comments("sue", number, &format!("/aplomo approve {digest}"));
    office.concludes(&daemon, &commit, "success");
    // She leaves the team before it is merged.
    office.github.remove_team_member(office.sre, office.id("sue")).unwrap();
    office.merges("ana", number);
    daemon.counts("acme", 1, 0);
    office.says(&daemon, number, "sue");
    assert_eq!((office.www(), office.proxy.writes()), (300, 0));
    daemon.stop();
}

#[test]
fn a_dismissed_review_an_edited_comment_and_a_suspension_end_an_approval() {
    let (office, daemon) = Office::open("");
    let commit = office.push_ttl("ana", "faster", 60);
    let number = office.opens("ana", "faster");
    let digest = digest_in(&office.says(&daemon, number, "/aplomo approve sha256:"));

    let review = office.approves("sam", number);
    office.concludes(&daemon, &commit, "success");
    office.github.dismiss_review(office.repo, number, review, office.id("ben")).unwrap();
    office.concludes(&daemon, &commit, "action_required");

    let comment = office.comments("sam", number, &format!("/aplomo approve {digest}"));
    office.concludes(&daemon, &commit, "success");
    let text = format!("/aplomo approve {digest}\n\nLooks good.");
    office.github.edit_comment(office.repo, comment, office.id("sam"), &text).unwrap();
    office.concludes(&daemon, &commit, "action_required");

    office.comments("sue", number, &format!("/aplomo approve {digest}"));
    office.concludes(&daemon, &commit, "success");
    office.aplomo(&["suspend", "sue", "--reason", "left the company", "--as", "olga"]).exits(0);
    office.comments("ben", number, "any news?");
    office.concludes(&daemon, &commit, "action_required");
    office.says(&daemon, number, "sue");
    office.merges("ana", number);
    daemon.counts("acme", 1, 0);
    assert_eq!(office.proxy.writes(), 0);
    daemon.stop();
}

#[test]
fn a_pull_request_that_names_another_tenant_or_its_own_contacts_is_refused() {
    let (office, daemon) = Office::open("");
    let globex = DOMAIN.replace("tenant: acme", "tenant: globex");
    let commit = office.push("ana", "other", &[("live/globex.yaml", &globex)]);
    let number = office.opens("ana", "other");
    office.concludes(&daemon, &commit, "action_required");
    office.says(&daemon, number, "globex");
    // Tenants come from the operator's source alone: this one makes nobody a contact, and is an error.
    let tenant = "apiVersion: aplomo/v1\nkind: Tenant\nmetadata: {name: acme, tenant: acme}\nspec:\n  \
                  contacts: [{name: Eve, github: eve, role: requester}]\n";
    let text = ttl_of(DOMAIN, 60);
    let commit = office.push("eve", "self", &[("live/tenant.yaml", tenant), ("live/domain.yaml", &text)]);
    office.opens("eve", "self");
    office.concludes(&daemon, &commit, "action_required");
    let commit = office.push("ana", "honest", &[("live/tenant.yaml", tenant)]);
    office.opens("ana", "honest");
    office.concludes(&daemon, &commit, "failure");
    assert_eq!(office.proxy.writes(), 0);
    daemon.stop();
}

/// The digest of the newest plan of all that is merged, with as many changes.
fn merged_plan(daemon: &crate::served::Served, changes: usize) -> String {
    crate::served::until("what is merged is planned", || {
        let plans = daemon.get("/api/v1/plans?limit=1");
        let digest = plans["plans"][0]["digest"].as_str().unwrap_or_default().to_owned();
        let plan = daemon.get(&format!("/api/v1/plans/{digest}"));
        let (all, narrowed) = (plan["changes"].as_array().unwrap().len(), plan["narrowed"] == true);
        if all == changes && !narrowed { Ok(digest) } else { Err(format!("{plan:#}")) }
    })
}

#[test]
fn an_approval_at_one_merged_pull_request_reaches_no_other() {
    let (office, daemon) = Office::open("");
    let other =
        DOMAIN.replace("name: example-com", "name: other").replace("zone: example.com", "zone: o.example");
    office.push("ben", "other", &[("live/other.yaml", &other)]);
    let second = office.opens("ben", "other");
    office.says(&daemon, second, "/aplomo approve sha256:");
    office.merges("ben", second);
    office.says(&daemon, second, "Merged");
    let first = office.asks_ttl("ana", "faster", 60);
    office.says(&daemon, first, "/aplomo approve sha256:");
    office.merges("ana", first);
    office.says(&daemon, first, "Merged");
    let status = daemon.sees("both are planned", "/api/v1/status", |status| {
        crate::served::of(status, "tenants", "acme").is_some_and(|t| t["pendingChanges"].as_u64() > Some(1))
    });
    let pending = crate::served::of(&status, "tenants", "acme").unwrap()["pendingChanges"].as_u64().unwrap();
    let digest = merged_plan(&daemon, usize::try_from(pending).unwrap());
    office.read_by_somebody(first);
    office.comments("sam", first, &format!("/aplomo approve {digest}"));
    office.www_becomes(&daemon, 60);
    daemon.counts("acme", pending - 1, 0);
    assert_eq!(office.aws.zones().unwrap().len(), 1, "the other zone was asked for elsewhere");
    daemon.stop();
}

#[test]
fn who_pushes_right_before_the_merge_is_asked_about() {
    let (office, daemon) = Office::open("");
    let number = office.asks_ttl("ana", "faster", 60);
    office.says(&daemon, number, "/aplomo approve sha256:");
    daemon.stop();
    let commit = office.push_ttl("eve", "faster", 30);
    office.merges("ana", number);
    let daemon = office.serve();
    office.concludes(&daemon, &commit, "action_required");
    office.says(&daemon, number, "eve");
    let digest = merged_plan(&daemon, 1);
    office.comments("sam", number, &format!("/aplomo approve {digest}"));
    office.comments("ben", number, "any news?");
    daemon.counts("acme", 1, 0);
    office.says(&daemon, number, "eve");
    assert_eq!((office.www(), office.proxy.writes()), (300, 0));
    daemon.stop();
}
