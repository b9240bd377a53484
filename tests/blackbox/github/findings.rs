//! What a drift report tells of an organisation beside differences.

use super::hub::Hub;
use aplomo_github_fake::world::Role;
use serde_json::Value;
use std::collections::BTreeSet;

fn rules(report: &Value) -> BTreeSet<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|f| f["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_others_did_is_told() {
    let hub = Hub::applied();
    let quiet = hub.aplomo(&["drift", "m", "--format", "json"]).exits(0).json();
    assert_eq!(rules(&quiet), BTreeSet::new(), "{:#}", quiet["findings"]);
    hub.github.change(|world| {
        let gus = world.add_member(hub.org, "gus");
        let petra = world.users.values().find(|user| user.login == "petra-partner").unwrap().id;
        world.users.get_mut(&petra).unwrap().two_factor = false;
        let repo = world.repos.values_mut().next().unwrap();
        repo.direct.insert(gus, Role::Admin);
        repo.rulesets.clear();
        repo.branches.insert("main".into(), "0a".repeat(20));
        world.add_repo(hub.org, "beside");
    });
    let report = hub.aplomo(&["drift", "m", "--format", "json"]).exits(0).json();
    for rule in ["administrator-by-hand", "no-second-factor", "unprotected-branch"] {
        assert!(rules(&report).contains(rule), "no {rule}: {:#}", report["findings"]);
    }
    // The ruleset is wished, so that it is gone is drift; the repository that nobody wished is listed.
    assert!(report["changes"].as_array().unwrap().iter().any(|c| c["type"] == "github.repo.Ruleset"));
    let unmanaged: Vec<&str> =
        report["unmanaged"].as_array().unwrap().iter().map(|u| u["type"].as_str().unwrap()).collect();
    assert!(unmanaged.contains(&"github.repo.Repository"), "{unmanaged:?}");
    assert!(report["coverage"].is_object(), "{:#}", report["coverage"]);
}

#[test]
fn an_invitation_that_nobody_takes_up_is_told_before_it_ends() {
    let hub = Hub::with_shop();
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(6);
    hub.github.change(|world| {
        let now = world.now;
        for repo in world.repos.values_mut() {
            for invitation in repo.invitations.values_mut() {
                invitation.created_at = now - jiff::SignedDuration::from_hours(6 * 24);
            }
        }
    });
    let report = hub.aplomo(&["drift", "m", "--format", "json"]).json();
    assert!(rules(&report).contains("stale-invitation"), "{:#}", report["findings"]);
    // It is still waiting, and no second one is sent.
    let writes = hub.github.writes();
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(6);
    assert_eq!(hub.github.writes(), writes);
}
