//! What the App may not see is unverifiable: never a difference, never a removal, never green.

use super::hub::Hub;
use crate::world::World;
use std::collections::BTreeSet;

/// Takes a permission from the App, as an owner of the organisation could.
fn withhold(hub: &Hub, permission: &str) {
    hub.github.change(|world| {
        for installation in world.installations.values_mut() {
            installation.permissions.remove(permission);
        }
    });
}

#[test]
fn whatever_permission_is_withheld_nothing_is_planned_and_the_answer_is_not_green() {
    let hub = Hub::applied();
    // Each shows something that the manifests wish; what the others show, nobody wishes here.
    for permission in ["actions_variables", "administration", "environments", "members", "repository_hooks"] {
        let before = hub.github.world().installations.clone();
        withhold(&hub, permission);
        let ran = hub.aplomo(&["plan", "m", "--detailed-exitcode", "--format", "json"]);
        let plan = ran.json();
        assert_eq!(World::changes(&plan), Vec::<String>::new(), "without {permission}");
        assert_eq!(ran.code, 1, "without {permission}: {:#}", plan["unverifiable"]);
        assert_eq!(plan["complete"], false, "without {permission}");
        hub.github.change(|world| world.installations = before);
    }
    hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn who_may_pass_by_a_ruleset_is_told_to_nobody_who_only_looks() {
    let hub = Hub::applied();
    hub.edit(
        "m/shop.yaml",
        "  patterns: [\"~DEFAULT_BRANCH\"]\n",
        "  patterns: [\"~DEFAULT_BRANCH\"]\n  bypass: [{team: core}]\n",
    );
    let ran = hub.aplomo(&["plan", "m", "--detailed-exitcode", "--format", "json"]);
    let plan = ran.json();
    let fields: BTreeSet<&str> = plan["unverifiable"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|u| u["fields"].as_array().unwrap())
        .map(|f| f.as_str().unwrap())
        .collect();
    assert_eq!(fields, BTreeSet::from(["/bypass"]), "{plan:#}");
    assert_eq!((ran.code, World::changes(&plan).len()), (1, 0), "{plan:#}");
}

#[test]
fn an_app_that_is_let_into_some_repositories_takes_the_others_for_hidden() {
    let hub = Hub::applied();
    hub.github.change(|world| {
        for installation in world.installations.values_mut() {
            installation.repos = Some(BTreeSet::new());
        }
    });
    let ran = hub.aplomo(&["plan", "m", "--detailed-exitcode", "--format", "json"]);
    let plan = ran.json();
    assert_eq!(World::changes(&plan), Vec::<String>::new());
    assert_eq!((ran.code, &plan["complete"]), (1, &false.into()), "{plan:#}");
}

#[test]
fn an_organisation_without_the_app_says_what_to_do() {
    let hub = Hub::applied();
    hub.github.change(|world| world.installations.clear());
    let ran = hub.aplomo(&["plan", "m"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(said.contains("is not installed in the organisation `acme`"), "{said}");
}
