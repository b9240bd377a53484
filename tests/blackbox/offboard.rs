//! Taking a person out of the manifests: the edit, its plan, and what is only listed. What GitHub itself
//! says of them is told elsewhere; here none is configured.

use crate::world::World;
use serde_json::Value;

const TENANT: &str = "\
apiVersion: aplomo/v1
kind: Tenant
metadata: {name: acme, tenant: acme}
spec:
  github: {organization: acme-inc}
  secrets: [npm-token]
  contacts:
    # on call until June
    - name: Ana
      github: Ana
      email: ana@example.com
      role: technical
    - {name: Ben, github: ben, role: security}
    - {name: A. N. Other, email: Ana@example.com, role: requester}
";
const TEAM: &str = "\
apiVersion: aplomo/v1
kind: Team
metadata: {name: core, tenant: acme}
spec:
  members: {maintainers: [ana], members: [ben, eva]} # ana founded it
";
const REPOSITORY: &str = "\
apiVersion: aplomo/v1
kind: Repository
metadata: {name: shop, tenant: acme}
spec:
  access:
    teams: {core: write}
    users:
      '@Ana':
        permission: admin
      eva: {permission: read}
  actions: {secrets: {NPM: npm-token}}
  environments:
    - name: production
      reviewers: [user:ana, team:core]
    - name: canary
      reviewers:
        - user:ana
---
apiVersion: aplomo/v1
kind: BranchProtection
metadata: {name: main, tenant: acme}
spec:
  repositories: [shop]
  bypass:
    - {user: ana, mode: pullRequest}
";
const PROFILE: &str = "\
apiVersion: aplomo/v1
kind: IamProfile
metadata: {name: partner, tenant: acme}
spec:
  trust:
    externalId: agreed
    principals: ['arn:aws:iam::210987654321:user/ana', 'arn:aws:iam::210987654321:role/ci']
  policies: {managed: [ReadOnlyAccess]}
";

fn world() -> World {
    let world = World::new();
    world.write("aplomo.yaml", "aws: {settle: 0s, resolver: off}\n");
    for (file, text) in
        [("tenant.yaml", TENANT), ("core.yaml", TEAM), ("shop.yaml", REPOSITORY), ("partner.yaml", PROFILE)]
    {
        world.write(&format!("m/{file}"), text);
    }
    world
}

fn list(answer: &Value, name: &str) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let line = |item: &Value| {
        ["file", "line", "what"]
            .iter()
            .filter_map(|key| item.get(key))
            .map(text)
            .collect::<Vec<_>>()
            .join(" ")
    };
    answer[name].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn the_edit_takes_out_what_names_them_and_lists_the_rest() {
    let world = world();
    // There is no way to GitHub, so that not all could be seen; the edit needs none.
    let answer = world.aplomo(&["offboard", "@ANA", "m", "--format", "json"]).exits(1).json();
    assert_eq!(answer["login"], "ana");
    assert_eq!((&answer["urgent"], &answer["written"]), (&true.into(), &false.into()));
    insta::assert_snapshot!(list(&answer, "edits").join("\n"));
    insta::assert_snapshot!(list(&answer, "byHand").join("\n"));
    insta::assert_snapshot!(answer["patch"].as_str().unwrap());
    // The comments that name them, and what was left for a person.
    insta::assert_snapshot!(list(&answer, "stillNamed").join("\n"));
    let unreached = list(&answer, "unreached").join("\n");
    for what in [
        "1 secret of acme that their workflows could read: npm-token",
        "the organisation acme-inc",
        "access keys",
    ] {
        assert!(unreached.contains(what), "{what} is not in\n{unreached}");
    }
    let addresses = World::changes(&answer["plan"]).join("\n");
    assert!(addresses.contains("acme/Tenant/acme:aplomo.core.TenantSettings"), "{addresses}");
    assert!(!addresses.contains("IamProfile"), "what is pending anyway is not of this matter: {addresses}");
    assert_eq!(world.read("m/tenant.yaml"), TENANT, "nothing is written unless asked for");
}

#[test]
fn what_is_written_is_what_was_shown_and_plans_with_the_same_digests() {
    let world = world();
    let shown = world.aplomo(&["offboard", "ana", "m", "--format", "json"]).exits(1).json();
    let written = world.aplomo(&["offboard", "ana", "m", "--write", "--format", "json"]).exits(1).json();
    assert_eq!((&shown["patch"], &written["written"]), (&written["patch"], &true.into()));
    assert_eq!(
        world.read("m/tenant.yaml"),
        TENANT.replace(
            "    - name: Ana\n      github: Ana\n      email: ana@example.com\n      role: technical\n",
            ""
        )
    );
    assert!(world.read("m/shop.yaml").contains("reviewers: []\n"), "left out it would leave them there");
    world.aplomo(&["validate", "m"]).exits(0);
    // The plan of what was written has the effects that were shown.
    let plan = world.aplomo(&["plan", "m", "--format", "json"]).exits(1).json();
    let digests = |plan: &Value| -> Vec<String> {
        plan["changes"].as_array().unwrap().iter().map(|c| c["digest"].as_str().unwrap().to_owned()).collect()
    };
    let (effects, all) = (digests(&shown["plan"]), digests(&plan));
    assert!(!effects.is_empty() && effects.iter().all(|digest| all.contains(digest)), "{effects:?} {all:?}");
    // Once more: what is left is for a person. The address went with the contact that had the login.
    let again = world.aplomo(&["offboard", "ana", "m", "--format", "json"]).exits(1).json();
    assert_eq!((&again["patch"], &again["plan"]["changes"]), (&"".into(), &serde_json::json!([])));
    assert_eq!(list(&again, "byHand"), ["partner.yaml 7 `ana` may take the role"]);
}

#[test]
fn an_address_that_is_theirs_alone_settles_a_doubt() {
    let world = world();
    let args = ["offboard", "ana", "m", "--email", "ana@example.com", "--format", "json"];
    let answer = world.aplomo(&args).exits(1).json();
    assert!(list(&answer, "edits").iter().any(|line| line.ends_with("contact (requester)")));
    assert!(!list(&answer, "byHand").iter().any(|line| line.contains("contact")));
}

#[test]
fn contacts_alone_are_planned_without_github() {
    let world = World::new();
    world.write("m/tenant.yaml", TENANT.replace("  github: {organization: acme-inc}\n", ""));
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    let text = world.aplomo(&["offboard", "ana", "m", "--detailed-exitcode"]).exits(2);
    assert!(text.out.contains("Taken out of the manifests (1)"), "{}", text.out);
    assert!(text.out.contains("Not taken out, for you to decide (1)"), "{}", text.out);
    assert!(text.out.contains("-    - name: Ana"), "{}", text.out);
    world.aplomo(&["offboard", "ana", "m", "--write"]).exits(0);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    let markdown = world
        .aplomo(&["offboard", "nobody-here", "m", "--format", "markdown", "--detailed-exitcode"])
        .exits(0);
    assert!(markdown.out.contains("No manifest had to be edited"), "{}", markdown.out);
}

#[test]
fn what_cannot_be_read_or_cut_is_said() {
    let world = world();
    world.aplomo(&["offboard", "not a login", "m"]).exits(64);
    world.aplomo(&["offboard", "ana"]).exits(64);
    world.aplomo(&["offboard", "ana", "nowhere"]).exits(1);
    world.write(
        "m/core.yaml",
        TEAM.replace("{maintainers: [ana], members: [ben, eva]}", "{maintainers: &all [ana], members: *all}"),
    );
    let answer = world.aplomo(&["offboard", "ana", "m", "--format", "json"]).exits(3).json();
    let by_hand = answer["byHand"].as_array().unwrap();
    let reasons: Vec<&str> =
        by_hand.iter().filter(|l| l["file"] == "core.yaml").map(|l| l["why"].as_str().unwrap()).collect();
    assert_eq!(
        reasons,
        [
            "taking it out would change something else as well",
            "it is written elsewhere: an anchor or a merge brings it in"
        ]
    );
}
