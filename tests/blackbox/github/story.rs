//! The way of a repository: planned, approved, applied, changed by hand, repaired, archived.

use super::hub::Hub;
use crate::world::World;

#[test]
fn a_repository_with_team_and_protection_is_applied_and_then_nothing_differs() {
    let hub = Hub::with_shop();
    let plan = hub.plan();
    assert_eq!((&plan["complete"], &plan["applyable"]), (&true.into(), &true.into()), "{plan:#}");
    // The partner is from outside and has to accept.
    let run = hub.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(6).json();
    let other = |status: &String| !status.starts_with("applied") && !status.starts_with("waiting");
    assert_eq!(World::statuses(&run).into_iter().find(other), None, "{run:#}");
    hub.accept_invitations();
    hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    hub.aplomo(&["drift", "m", "--detailed-exitcode"]).exits(0);
    hub.aplomo(&["audit", "verify"]).exits(0);
    let repo = hub.repo("ms-shop");
    assert_eq!(repo.visibility, "private");
    assert_eq!(repo.rulesets.len(), 1);
    assert_eq!(repo.direct.len(), 2);
}

#[test]
fn what_is_changed_by_hand_is_named_and_repaired() {
    let hub = Hub::applied();
    hub.by_hand("ms-shop", |repo| {
        repo.settings.insert("allow_merge_commit".into(), true.into());
        repo.environments.get_mut("production").unwrap();
        repo.labels.values_mut().find(|label| label.name == "urgent").unwrap().color = "00ff00".into();
    });
    let report = hub.aplomo(&["drift", "m", "--detailed-exitcode", "--format", "json"]).exits(2).json();
    let mut paths: Vec<&str> = report["changes"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|change| change["fields"].as_array().unwrap())
        .map(|field| field["path"].as_str().unwrap())
        .collect();
    paths.sort_unstable();
    assert_eq!(paths, ["/color", "/merge/methods"], "{report:#}");
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_manifest_that_is_gone_archives_its_repository_once_that_is_allowed() {
    let hub = Hub::applied();
    hub.edit(
        "m/shop.yaml",
        "metadata: {name: ms-shop, tenant: acme}\n",
        "metadata: {name: ms-shop, tenant: acme}\nlifecycle: {deletion: delete}\n",
    );
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    let whole = hub.read("m/shop.yaml");
    let team_only = whole.split("---\n").next().unwrap();
    hub.write("m/shop.yaml", team_only);
    let plan = hub.plan();
    assert!(
        World::changes(&plan).iter().any(|c| c == "delete acme/Repository/ms-shop:github.repo.Repository"),
        "{plan:#}"
    );
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    assert!(hub.repo("ms-shop").archived);
    hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn labels_that_a_new_repository_comes_with_are_brought_into_shape() {
    let hub = Hub::with_shop();
    hub.edit(
        "m/shop.yaml",
        "color: d73a4a, description: Something does not work",
        "color: \"123456\", description: Ours",
    );
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(6);
    let repo = hub.repo("ms-shop");
    let bugs: Vec<_> = repo.labels.values().filter(|label| label.name == "bug").collect();
    assert_eq!(bugs.len(), 1);
    assert_eq!((bugs[0].color.as_str(), bugs[0].description.as_deref()), ("123456", Some("Ours")));
}
