//! Bulk reading.

use aplomo_github_fake::truth::graphql_differences;
use aplomo_github_fake::world::Role;
use serde_json::{Value, json};

use super::support::{acme, cache};

#[test]
fn the_schema_is_a_part_of_githubs() {
    let wrong = graphql_differences(&cache()).unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn repositories_come_in_pages_with_all_that_hangs_on_them() {
    let acme = acme();
    acme.github.change(|world| {
        for name in ["api", "web", "zoo"] {
            world.add_repo(acme.org, name);
        }
    });
    let page = |after: Value| {
        let query = format!(
            "{{ organization(login: \"acme\") {{ repositories(first: 3, after: {after}, orderBy: {{field: NAME, direction: ASC}}) {{
                totalCount pageInfo {{ hasNextPage endCursor }}
                nodes {{ name databaseId visibility squashMergeCommitTitle mergeCommitAllowed owner {{ login __typename }}
                    labels(first: 2) {{ nodes {{ name isDefault }} }} defaultBranchRef {{ name target {{ oid }} }} }} }} }} }}"
        );
        acme.graphql(&query)["data"]["organization"]["repositories"].clone()
    };
    let first = page(Value::Null);
    assert_eq!(first["totalCount"], 4);
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let second = page(first["pageInfo"]["endCursor"].clone());
    let names = |page: &Value| {
        page["nodes"].as_array().unwrap().iter().map(|n| n["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(json!([names(&first), names(&second)]), json!([["api", "shop", "web"], ["zoo"]]));
    assert_eq!(first["nodes"][0]["owner"], json!({"login": "acme", "__typename": "Organization"}));
    assert_eq!(first["nodes"][0]["labels"]["nodes"].as_array().unwrap().len(), 2);
}

#[test]
fn every_right_says_where_it_comes_from() {
    let acme = acme();
    acme.github.change(|world| {
        world.repos.get_mut(&acme.shop).unwrap().direct.insert(acme.outsider, Role::Triage);
        world
            .orgs
            .get_mut(&acme.org)
            .unwrap()
            .teams
            .get_mut(&acme.team)
            .unwrap()
            .repos
            .insert(acme.shop, Role::Maintain);
    });
    let read = acme.graphql(
        "{ repository(owner: \"acme\", name: \"shop\") { collaborators(first: 10, affiliation: ALL) { edges { permission
            node { login } permissionSources { permission roleName source { __typename ... on Team { slug } } } } } } }",
    );
    let edges = &read["data"]["repository"]["collaborators"]["edges"];
    insta::assert_json_snapshot!(edges);
}

#[test]
fn rulesets_protections_and_environments_read_in_one_query() {
    let acme = acme();
    let names = json!({"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}});
    let actors = json!([{"actor_id": acme.team, "actor_type": "Team", "bypass_mode": "pull_request"},
        {"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}]);
    acme.ask("POST", "/repos/acme/shop/rulesets", &json!({"name": "main", "enforcement": "active", "target": "branch",
        "conditions": names, "bypass_actors": actors, "rules": [{"type": "required_status_checks", "parameters":
        {"strict_required_status_checks_policy": true, "required_status_checks": [{"context": "build", "integration_id": 3}]}}]}));
    acme.ask(
        "PUT",
        "/repos/acme/shop/branches/main/protection",
        &json!({"required_status_checks": null,
        "enforce_admins": true, "restrictions": {"users": ["mick"], "teams": []},
        "required_pull_request_reviews": {"required_approving_review_count": 2}}),
    );
    acme.ask(
        "PUT",
        "/repos/acme/shop/environments/prod",
        &json!({"wait_timer": 5,
        "reviewers": [{"type": "Team", "id": acme.team}]}),
    );
    let read = acme.graphql(
        "{ repository(owner: \"acme\", name: \"shop\") {
            rulesets(first: 5) { nodes { name enforcement target conditions { refName { include } }
                source { ... on Repository { name } }
                bypassActors(first: 5) { nodes { bypassMode repositoryRoleName actor { ... on Team { slug } } } }
                rules(first: 5) { nodes { type parameters { ... on RequiredStatusChecksParameters {
                    strictRequiredStatusChecksPolicy requiredStatusChecks { context integrationId } } } } } } }
            branchProtectionRules(first: 5) { nodes { pattern isAdminEnforced requiredApprovingReviewCount restrictsPushes
                pushAllowances(first: 5) { nodes { actor { ... on User { login } } } } } }
            environments(first: 5) { nodes { name protectionRules(first: 5) { nodes { type timeout
                reviewers(first: 5) { nodes { ... on Team { slug } } } } } } } } }",
    );
    assert_eq!(read.get("errors"), None, "{read}");
    insta::assert_json_snapshot!(read["data"]["repository"]);
}

#[test]
fn a_query_costs_what_github_documents() {
    let acme = acme();
    // 1 + 50 + 50 * 60 requests, 50 + 3,000 + 30,000 nodes: GitHub's own example has this shape.
    let read = acme.graphql(
        "query($n: Int = 60) { organization(login: \"acme\") { repositories(first: 50) { nodes {
            labels(first: $n) { nodes { name repository { environments(first: 10) { nodes { name } } } } } } } }
            rateLimit { cost nodeCount remaining limit } }",
    );
    assert_eq!(
        read["data"]["rateLimit"],
        json!({"cost": 31, "nodeCount": 33_050, "remaining": 4_969, "limit": 5_000})
    );
    let refused = |query: &str| acme.graphql(query)["errors"][0]["type"].clone();
    assert_eq!(
        refused("{ organization(login: \"acme\") { repositories { nodes { name } } } }"),
        "MISSING_PAGINATION_BOUNDARIES"
    );
    assert_eq!(
        refused("{ organization(login: \"acme\") { repositories(first: 101) { nodes { name } } } }"),
        "EXCESSIVE_PAGINATION"
    );
    let large =
        "{ organization(login: \"acme\") { repositories(first: 100) { nodes { labels(first: 100) { nodes {
        repository { environments(first: 100) { nodes { name } } } } } } } } }";
    assert_eq!(refused(large), "MAX_NODE_LIMIT_EXCEEDED");
}

#[test]
fn nodes_take_ids_of_either_form_and_say_null_for_the_unknown() {
    let acme = acme();
    acme.github.change(|world| world.old_node_ids.insert((aplomo_github_fake::Sort::Team, acme.team)));
    let old = acme.get("/orgs/acme/teams/platform-friends").body["node_id"].clone();
    assert!(old.as_str().unwrap().starts_with("MDQ6VGVhb"), "{old}");
    let repo = acme.get("/repos/acme/shop").body["node_id"].clone();
    let read = acme.graphql(&format!("{{ nodes(ids: [{old}, {repo}, \"R_x\"]) {{ id ... on Team {{ slug }} ... on Repository {{ name }} }} }}"));
    let nodes = &read["data"]["nodes"];
    assert_eq!(
        (&nodes[0]["slug"], &nodes[1]["name"], &nodes[2]),
        (&json!("platform-friends"), &json!("shop"), &Value::Null)
    );
    assert_eq!(read["errors"][0]["path"], json!(["nodes", 2]));
}

#[test]
fn an_unknown_name_is_an_error_beside_null() {
    let acme = acme();
    let read = acme.graphql(
        "{ repository(owner: \"acme\", name: \"gone\") { id } organization(login: \"acme\") { login } }",
    );
    assert_eq!(read["data"], json!({"repository": null, "organization": {"login": "acme"}}));
    assert_eq!(read["errors"][0]["type"], "NOT_FOUND");
    assert_eq!(read["errors"][0]["path"], json!(["repository"]));
}
