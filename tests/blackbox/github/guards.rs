//! What GitHub's guards hold, and what a plan says in words before somebody approves it.

use super::hub::Hub;
use crate::world::World;
use serde_json::Value;

/// Heads of the changes that are held, with what holds them.
fn held(plan: &Value) -> Vec<String> {
    World::changes(plan).into_iter().filter(|change| change.ends_with(')')).collect()
}

/// Everything a plan says of the risk of a change.
#[track_caller]
fn risk<'p>(plan: &'p Value, address: &str) -> (&'p str, String) {
    let change = plan["changes"].as_array().unwrap().iter().find(|c| c["address"] == address);
    let change = change.unwrap_or_else(|| panic!("no {address} in {:#?}", World::changes(plan)));
    let notes: Vec<&str> =
        change["riskNotes"].as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
    (change["risk"].as_str().unwrap(), notes.join("; "))
}

const REPOSITORY: &str = "acme/Repository/ms-shop:github.repo.Repository";
const RULESET: &str = "acme/BranchProtection/main:github.repo.Ruleset/ms-shop";

#[test]
fn the_last_administrator_stays() {
    let hub = Hub::applied();
    hub.edit("m/shop.yaml", "      cleo: {permission: admin}\n", "");
    let plan = hub.plan();
    assert_eq!(held(&plan), ["delete acme/Repository/ms-shop:github.repo.Collaborator/cleo (last-keeper)"]);
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(4);
    assert_eq!(hub.repo("ms-shop").direct.len(), 2);
    // Nor is it a matter of a reason and a second person.
    hub.edit("m/shop.yaml", "core: maintain", "core: admin");
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(5);
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    assert_eq!(hub.repo("ms-shop").direct.len(), 1, "another administrator was there first");
}

#[test]
fn a_bad_file_does_not_empty_a_team() {
    let hub = Hub::new();
    let people = ["ana", "ben", "cleo", "dora", "emil", "fay", "gus", "hal"];
    hub.github.change(|world| people.map(|login| world.add_member(hub.org, login)));
    let team = |members: &[&str]| {
        format!(
            "apiVersion: aplomo/v1\nkind: Team\nmetadata: {{name: core, tenant: acme}}\nspec:\n  name: Core\n  \
             members: {{members: [{}]}}\n",
            members.join(", ")
        )
    };
    hub.write("m/team.yaml", team(&people));
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    hub.write("m/team.yaml", team(&people[..5]));
    let plan = hub.plan();
    assert_eq!(held(&plan).len(), 3, "three of eight are more than a quarter: {:#?}", World::changes(&plan));
    hub.write("m/team.yaml", team(&people[..6]));
    assert_eq!(held(&hub.plan()), Vec::<String>::new(), "two of eight are a quarter");
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    // The day's share is used up.
    hub.write("m/team.yaml", team(&people[..5]));
    assert_eq!(held(&hub.plan()).len(), 1);
}

#[test]
fn weaker_protection_and_a_public_repository_are_sensitive_and_told_in_words() {
    let hub = Hub::applied();
    hub.edit("m/shop.yaml", "approvals: 2", "approvals: 1");
    hub.edit("m/shop.yaml", "linearHistory: true", "linearHistory: false");
    hub.edit("m/shop.yaml", "visibility: private", "visibility: public");
    let plan = hub.plan();
    let (sensitive, words) = risk(&plan, RULESET);
    assert_eq!(sensitive, "sensitive");
    assert!(words.contains("1 approval is enough") && words.contains("merge commits"), "{words}");
    let (sensitive, words) = risk(&plan, REPOSITORY);
    assert_eq!(sensitive, "sensitive");
    assert!(words.contains("everybody") || words.contains("public"), "{words}");
    // Tightening is told as such by nobody: it is routine.
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    hub.edit("m/shop.yaml", "approvals: 1", "approvals: 2");
    assert_eq!(risk(&hub.plan(), RULESET).0, "routine");
}

#[test]
fn a_change_of_a_type_shows_each_repository_that_it_touches() {
    let hub = Hub::new();
    hub.write("m/type.yaml", TYPE);
    for n in 1..=3 {
        hub.write(
            &format!("m/ms-{n}.yaml"),
            format!("apiVersion: aplomo/v1\nkind: Repository\nmetadata: {{name: ms-{n}, tenant: acme}}\nspec: {{type: microservice}}\n"),
        );
    }
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    hub.edit("m/type.yaml", "wiki: false", "wiki: true");
    let changes = World::changes(&hub.plan());
    let touched: Vec<String> =
        (1..=3).map(|n| format!("update acme/Repository/ms-{n}:github.repo.Repository")).collect();
    assert_eq!(changes, touched);
    hub.edit("m/type.yaml", "approvals: 1", "approvals: 0");
    let plan = hub.plan();
    let weaker = plan["changes"].as_array().unwrap().iter().filter(|c| c["risk"] == "sensitive").count();
    assert_eq!(weaker, 3, "{:#?}", World::changes(&plan));
}

#[test]
fn a_new_name_moves_the_repository_and_what_is_in_it() {
    let hub = Hub::applied();
    let before = hub.repo("ms-shop");
    let text = hub.read("m/shop.yaml");
    let text = text.replace(
        "metadata: {name: ms-shop, tenant: acme}",
        "metadata: {name: ms-store, tenant: acme, previousNames: [ms-shop]}",
    );
    hub.write("m/shop.yaml", text.replace("repositories: [ms-shop]", "repositories: [ms-store]"));
    let plan = hub.plan();
    let odd = World::changes(&plan)
        .into_iter()
        .find(|c| c.starts_with("delete") || c.starts_with("create") || c.starts_with("replace"));
    assert_eq!(odd, None, "{plan:#}");
    // Names first, in the ledger; then the name on GitHub.
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    let after = hub.repo("ms-store");
    assert_eq!((before.id, before.rulesets.len()), (after.id, after.rulesets.len()));
    hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_repository_is_never_transferred() {
    let hub = Hub::applied();
    hub.github.change(|world| world.add_org("other", world.users.values().next().unwrap().id));
    hub.edit(
        "m/shop.yaml",
        "spec:\n  description: The shop",
        "spec:\n  organization: other\n  description: The shop",
    );
    let ran = hub.aplomo(&["plan", "m"]);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(said.contains("does not move between tenants") && said.contains("under a new name"), "{said}");
    let before = hub.github.writes();
    let ran = hub.aplomo(&["apply", "m", "--auto-approve"]);
    assert_eq!(ran.code, 4, "{}", ran.out);
    assert_eq!(hub.github.writes(), before);
}

const TYPE: &str = "\
apiVersion: aplomo/v1
kind: RepositoryType
metadata: {name: microservice, tenant: platform}
spec:
  description: A service
  naming: {prefix: ms-}
  defaults: {visibility: private, features: {wiki: false}}
  branchProtections:
    - name: default-branch
      requires: {approvals: 1}
";
