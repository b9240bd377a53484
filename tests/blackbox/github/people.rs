//! Somebody who leaves, and an organisation whose manifests are lost.

use super::hub::Hub;
use crate::world::World;
use aplomo_github_fake::world::Role;
use serde_json::Value;

fn words(list: &Value, key: &str) -> String {
    list.as_array().unwrap().iter().map(|item| item[key].as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

#[test]
fn somebody_who_leaves_is_out_once_the_edit_is_applied() {
    let hub = Hub::applied();
    // Somebody let her into another repository by hand.
    let ana = hub.github.world().users.values().find(|user| user.login == "ana").unwrap().id;
    let shown = hub.aplomo(&["offboard", "ana", "m", "--write", "--format", "json"]).exits(0).json();
    assert_eq!(shown["edits"].as_array().unwrap().len(), 2, "{shown:#}");
    let changes = World::changes(&shown["plan"]).join("\n");
    for part in ["delete acme/Team/core:github.org.TeamMembership/ana", "github.repo.Environment/production"]
    {
        assert!(changes.contains(part), "{part} is not in\n{changes}");
    }
    assert!(words(&shown["unreached"], "what").contains("member of the organisation acme"), "{shown:#}");
    // The plan of the edited files has the effects that were shown.
    let digests = |plan: &Value| words(&plan["changes"], "digest");
    assert_eq!(digests(&hub.plan()), digests(&shown["plan"]));
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    let team =
        hub.github.world().orgs[&hub.org].teams.values().find(|team| team.slug == "core").unwrap().clone();
    assert!(!team.members.contains_key(&ana));
    // What others gave her is seen, and told.
    hub.by_hand("ms-shop", |repo| repo.direct.extend([(ana, Role::Push)]));
    let again =
        hub.aplomo(&["offboard", "ana", "m", "--detailed-exitcode", "--format", "json"]).exits(2).json();
    let unreached = words(&again["unreached"], "what");
    assert!(unreached.contains("write on the repository ms-shop"), "{unreached}");
}

#[test]
fn an_organisation_is_imported_whole_and_then_nothing_differs() {
    let hub = Hub::applied();
    let before = hub.repo("ms-shop");
    std::fs::remove_dir_all(hub.path().join(".aplomo")).unwrap();
    let tenant = hub.read("m/tenant.yaml");
    let ran =
        hub.aplomo(&["import", "--all", "--tenant", "acme", "--organization", "acme", "--out", "i"]).exits(0);
    assert!(ran.err.contains("looked at the organisation acme"), "{}", ran.err);
    hub.write("i/tenant.yaml", &tenant);
    hub.aplomo(&["validate", "i"]).exits(0);
    let plan = hub.aplomo(&["plan", "i", "--format", "json"]).exits(0).json();
    let odd = |line: &&String| !line.starts_with("adopt ") && !line.contains(":aplomo.core.");
    assert_eq!(World::changes(&plan).iter().find(odd), None, "{plan:#}");
    hub.aplomo(&["apply", "i", "--auto-approve"]).exits(0);
    let plan = hub.aplomo(&["plan", "i", "--detailed-exitcode", "--format", "json"]);
    assert_eq!(World::changes(&plan.json()), Vec::<String>::new(), "{}", plan.out);
    let after = hub.repo("ms-shop");
    assert_eq!((before.rulesets.len(), before.direct.len()), (after.rulesets.len(), after.direct.len()));
    // One by one, by name.
    std::fs::remove_dir_all(hub.path().join(".aplomo")).unwrap();
    for (kind, name) in [("Repository", "ms-shop"), ("Team", "core"), ("BranchProtection", "ms-shop/main")] {
        let one = hub
            .aplomo(&["import", kind, "--name", name, "--tenant", "acme", "--organization", "acme"])
            .exits(0);
        assert!(one.out.contains(&format!("kind: {kind}\n")) && one.out.contains("adopt: "), "{}", one.out);
    }
    hub.aplomo(&["import", "Repository", "--name", "nothing", "--tenant", "acme", "--organization", "acme"])
        .exits(1);
    hub.aplomo(&["import", "Repository", "--name", "ms-shop", "--tenant", "acme"]).exits(64);
}
