//! Import of an organisation that people made by hand: what is written adopts it by id, and planning it
//! changes nothing.

use super::hub::Hub;
use crate::world::World;

/// An organisation that Aplomo made and forgot: to the next installation it is by hand.
fn by_hand() -> Hub {
    let hub = Hub::applied();
    for folder in [".aplomo", "m"] {
        std::fs::remove_dir_all(hub.path().join(folder)).unwrap();
    }
    hub
}

#[test]
fn a_whole_organisation_is_adopted_without_a_write() {
    let hub = by_hand();
    hub.github.refuse_writes(true);
    let ran =
        hub.aplomo(&["import", "--all", "--tenant", "acme", "--organization", "acme", "--out", "m"]).exits(0);
    hub.write("m/tenant.yaml", super::hub::TENANT);
    let said = hub.aplomo(&["validate", "m"]).exits(0);
    assert!(said.out.contains("0 errors"), "{}{}", said.out, said.err);
    let plan = hub.plan();
    let other = |change: &String| !change.starts_with("adopt ") && !change.contains(":aplomo.");
    assert_eq!(World::changes(&plan).into_iter().find(other), None, "{plan:#}\n{}", ran.err);
    // Nothing is written to adopt: GitHub has no marks.
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    assert_eq!(hub.github.refused_writes(), 0);
    hub.github.refuse_writes(false);
    hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    // From now on it is ours: a change by hand is drift.
    hub.by_hand("ms-shop", |repo| drop(repo.settings.insert("has_wiki".into(), true.into())));
    hub.aplomo(&["drift", "m", "--detailed-exitcode"]).exits(2);
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    assert!(!hub.repo("ms-shop").on("has_wiki"));
}

#[test]
fn one_repository_is_imported_by_name() {
    let hub = by_hand();
    let ran = hub
        .aplomo(&["import", "Repository", "--name", "ms-shop", "--tenant", "acme", "--organization", "acme"])
        .exits(0);
    assert!(ran.out.contains("kind: Repository"), "{}", ran.out);
    hub.write("m/tenant.yaml", super::hub::TENANT);
    hub.write("m/imported.yaml", &ran.out);
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}
