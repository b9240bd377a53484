//! Mutations of GraphQL: writes like those of REST, with its permissions, limits, faults, lag and events.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aplomo_github_fake::{Fault, Lag, Limits, Rule, Sending};
use serde_json::{Value, json};

use super::support::{Acme, acme, send};

const CREATE: &str =
    "mutation($input: CreateBranchProtectionRuleInput!) { createBranchProtectionRule(input: $input) {
    clientMutationId branchProtectionRule { id pattern isAdminEnforced requiresStrictStatusChecks } } }";
const UPDATE: &str = "mutation($input: UpdateBranchProtectionRuleInput!) { updateBranchProtectionRule(input: $input) {
    branchProtectionRule { id pattern requiresApprovingReviews requiresCodeOwnerReviews requiredApprovingReviewCount } } }";
const DELETE: &str =
    "mutation($input: DeleteBranchProtectionRuleInput!) { deleteBranchProtectionRule(input: $input) {
    clientMutationId } }";
const REPOSITORY: &str =
    "mutation($input: UpdateRepositoryInput!) { updateRepository(input: $input) { repository {
    name hasDiscussionsEnabled hasProjectsEnabled } } }";
const PROTECTION: &str = "/repos/acme/shop/branches/main/protection";

impl Acme {
    fn mutate_as(&self, token: &str, query: &str, input: &Value) -> Option<Value> {
        let headers = format!("authorization: Bearer {token}\r\n");
        let body = json!({"query": query, "variables": {"input": input}});
        Some(send(self.github.base_url(), "POST", "/graphql", &headers, &body)?.body)
    }

    fn mutate(&self, query: &str, input: &Value) -> Value {
        self.mutate_as(&self.token, query, input).expect("an answer")
    }

    fn id(&self, path: &str) -> String {
        self.get(path).body["node_id"].as_str().expect("a node id").to_owned()
    }

    /// A protection of `main` that names everybody who can be named.
    fn protect(&self) -> Value {
        let made = self.mutate(CREATE, &self.whole());
        assert_eq!(made.get("errors"), None, "{made}");
        made["data"]["createBranchProtectionRule"].clone()
    }

    fn whole(&self) -> Value {
        let team = self.id("/orgs/acme/teams/platform-friends");
        let (mick, app) = (self.id("/users/mick"), self.id("/apps/aplomo"));
        json!({
            "repositoryId": self.id("/repos/acme/shop"), "pattern": "main", "clientMutationId": "c1",
            "isAdminEnforced": true, "lockBranch": true, "requiresLinearHistory": true,
            "requiresApprovingReviews": true, "requiredApprovingReviewCount": 2, "requiresCodeOwnerReviews": true,
            "restrictsPushes": true, "pushActorIds": [mick, team], "blocksCreations": true,
            "bypassPullRequestActorIds": [team], "bypassForcePushActorIds": [mick],
            "restrictsReviewDismissals": true, "reviewDismissalActorIds": [team],
            "requiresDeployments": true, "requiredDeploymentEnvironments": ["production"],
            "requiresStatusChecks": true, "requiresStrictStatusChecks": true,
            "requiredStatusChecks": [{"context": "build", "appId": app}, {"context": "lint", "appId": "any"}],
        })
    }
}

#[test]
fn rest_and_graphql_show_one_and_the_same_protection() {
    let acme = acme();
    let _held = acme.held();
    let made = acme.protect();
    assert_eq!(made["clientMutationId"], "c1");
    let shown = acme.get(PROTECTION).body;
    let on = |name: &str| shown[name]["enabled"] == true;
    assert!(
        on("enforce_admins") && on("lock_branch") && on("required_linear_history") && on("block_creations")
    );
    assert_eq!(shown["required_pull_request_reviews"]["required_approving_review_count"], 2);
    assert_eq!(shown["restrictions"]["users"][0]["login"], "mick");
    assert_eq!(
        shown["required_status_checks"]["checks"],
        json!([{"context": "build", "app_id": acme.app}, {"context": "lint", "app_id": null}])
    );
    // And the other way round, without losing what only GraphQL shows.
    let body = json!({"required_status_checks": null, "enforce_admins": false, "restrictions": null,
        "required_pull_request_reviews": {"required_approving_review_count": 1}});
    assert_eq!(acme.ask("PUT", PROTECTION, &body).status, 200);
    let read = acme.graphql(
        "{ repository(owner: \"acme\", name: \"shop\") { branchProtectionRules(first: 2) { nodes { id isAdminEnforced
            requiredApprovingReviewCount requiresStatusChecks restrictsPushes requiredDeploymentEnvironments
            bypassForcePushAllowances(first: 2) { nodes { actor { ... on User { login } } } } } } } }",
    );
    assert_eq!(
        read["data"]["repository"]["branchProtectionRules"]["nodes"],
        json!([{
            "id": made["branchProtectionRule"]["id"], "isAdminEnforced": false, "requiredApprovingReviewCount": 1,
            "requiresStatusChecks": false, "restrictsPushes": false, "requiredDeploymentEnvironments": ["production"],
            "bypassForcePushAllowances": {"nodes": [{"actor": {"login": "mick"}}]},
        }])
    );
    let input = json!({"branchProtectionRuleId": made["branchProtectionRule"]["id"]});
    assert_eq!(acme.mutate(DELETE, &input).get("errors"), None);
    assert_eq!(acme.get(PROTECTION).status, 404);
}

#[test]
fn what_is_left_out_of_an_update_stays_and_what_is_switched_off_is_kept() {
    let acme = acme();
    let id = acme.protect()["branchProtectionRule"]["id"].clone();
    let update = |input: Value| {
        let mut input = input;
        input["branchProtectionRuleId"] = id.clone();
        acme.mutate(UPDATE, &input)["data"]["updateBranchProtectionRule"]["branchProtectionRule"].clone()
    };
    let off = update(json!({"requiresApprovingReviews": false, "pattern": "release/*"}));
    assert_eq!(
        off,
        json!({"id": id, "pattern": "release/*", "requiresApprovingReviews": false, "requiresCodeOwnerReviews": true,
            "requiredApprovingReviewCount": null})
    );
    let on = update(json!({"requiresApprovingReviews": true}));
    assert_eq!(
        (&on["requiredApprovingReviewCount"], &on["requiresCodeOwnerReviews"]),
        (&json!(2), &json!(true))
    );
    let world = acme.github.world();
    let rule = &world.repos[&acme.shop].protections["release/*"];
    assert_eq!(rule.restrictions.as_ref().unwrap().users, [acme.member].into());
    assert_eq!(world.repos[&acme.shop].protections.len(), 1, "under its new pattern only");
}

#[test]
fn a_repository_is_changed_as_by_rest() {
    let acme = acme();
    let _held = acme.held();
    let id = acme.id("/repos/acme/shop");
    let input = json!({"repositoryId": id, "hasDiscussionsEnabled": true, "hasProjectsEnabled": false, "name": "store"});
    let shown = acme.mutate(REPOSITORY, &input)["data"]["updateRepository"]["repository"].clone();
    assert_eq!(shown, json!({"name": "store", "hasDiscussionsEnabled": true, "hasProjectsEnabled": false}));
    assert_eq!(acme.get("/repos/acme/store").body["has_discussions"], true);
    assert_eq!(acme.get("/repos/acme/shop").status, 301, "the former name leads to it");
    acme.github.change(|world| world.add_repo(acme.org, "taken"));
    let refused = acme.mutate(REPOSITORY, &json!({"repositoryId": id, "name": "taken"}));
    assert_eq!(refused["errors"][0]["type"], "UNPROCESSABLE");
}

#[test]
fn only_who_may_administer_changes_anything() {
    let acme = acme();
    let input = acme.whole();
    let kinds = |token: &str, input: &Value| {
        let said = acme.mutate_as(token, CREATE, input).unwrap();
        assert_eq!(said["data"], json!({"createBranchProtectionRule": null}), "{said}");
        assert_eq!(said["errors"][0]["path"], json!(["createBranchProtectionRule"]));
        said["errors"][0]["type"].clone()
    };
    let reader = acme.installation_token(&[("administration", "read"), ("metadata", "read")]);
    assert_eq!(kinds(&reader, &input), "FORBIDDEN");
    let (member, stranger) =
        acme.github.change(|world| (world.add_token(acme.member), world.add_token(acme.outsider)));
    assert_eq!(kinds(&member, &input), "FORBIDDEN");
    assert_eq!(kinds(&stranger, &input), "NOT_FOUND");
    let mut odd = input.clone();
    odd["pushActorIds"] = json!(["T_nobody"]);
    assert_eq!(kinds(&acme.token, &odd), "NOT_FOUND");
    acme.ask("PATCH", "/repos/acme/shop", &json!({"archived": true}));
    assert_eq!(kinds(&acme.token, &input), "FORBIDDEN");
    acme.ask("PATCH", "/repos/acme/shop", &json!({"archived": false}));
    assert_eq!((acme.github.writes(), acme.github.world().repos[&acme.shop].protections.len()), (2, 0));
    acme.protect();
    assert_eq!(kinds(&acme.token, &input), "UNPROCESSABLE", "two of one pattern");
    let writer = acme.installation_token(&[("administration", "write")]);
    let mut other = input;
    other["pattern"] = json!("release/*");
    assert_eq!(acme.mutate_as(&writer, CREATE, &other).unwrap().get("errors"), None);
}

#[test]
fn a_mutation_is_refused_counted_and_limited_as_a_write() {
    let acme = acme();
    let input = json!({"repositoryId": acme.id("/repos/acme/shop"), "hasDiscussionsEnabled": true});
    acme.github.refuse_writes(true);
    assert_eq!(acme.mutate(REPOSITORY, &input)["errors"][0]["type"], "FORBIDDEN");
    acme.graphql("query mutation { viewer { login } }");
    assert_eq!((acme.github.refused_writes(), acme.github.writes()), (1, 0));
    acme.github.refuse_writes(false);
    acme.mutate(REPOSITORY, &input);
    assert_eq!(acme.github.writes(), 1);
    let writes: Vec<bool> = acme.github.log().iter().map(|one| one.write).collect();
    assert_eq!(writes, [false, true, false, true]);
    acme.clock.advance(60);
    acme.github.limits(Limits { graphql_points: 9, ..Limits::default() });
    assert_eq!(acme.mutate(REPOSITORY, &input).get("errors"), None);
    let refused = acme.mutate(REPOSITORY, &input);
    assert!(
        refused["message"].as_str().unwrap().contains("secondary rate limit"),
        "five points each: {refused}"
    );
    acme.clock.advance(60);
    acme.github.limits(Limits { content_minute: 0, ..Limits::default() });
    assert!(acme.mutate(REPOSITORY, &input)["message"].as_str().unwrap().contains("secondary"));
    assert_eq!(acme.github.writes(), 2);
}

#[test]
fn faults_befall_mutations_and_no_queries() {
    let acme = acme();
    let id = acme.id("/repos/acme/shop");
    let rename =
        |name: &str| acme.mutate_as(&acme.token, REPOSITORY, &json!({"repositoryId": id, "name": name}));
    let name = || acme.github.world().repos[&acme.shop].name.clone();
    acme.github.inject(Rule::new(Fault::Reset).writes().times(1));
    acme.graphql("{ viewer { login } }");
    assert_eq!((rename("a"), name()), (None, "shop".to_owned()));
    acme.github.inject(Rule::new(Fault::LoseAnswer).path("/graphql").writes().times(1));
    assert_eq!((rename("b"), name()), (None, "b".to_owned()));
    let told = Arc::new(AtomicU64::new(0));
    let teller = Arc::clone(&told);
    acme.github.inject(
        Rule::new(Fault::Call(Arc::new(move |n| teller.store(n, Ordering::SeqCst)))).writes().times(1),
    );
    assert!(rename("c").is_some());
    assert_eq!((told.load(Ordering::SeqCst), name()), (2, "c".to_owned()));
}

#[test]
fn a_mutation_sees_the_world_as_it_is_and_reads_lag_behind_it() {
    let acme = acme();
    acme.github.lag(Some(Lag { seconds: 30, paths: vec!["/graphql".to_owned()] }));
    let made = acme.protect();
    let count = || {
        let query = "{ repository(owner: \"acme\", name: \"shop\") { branchProtectionRules(first: 2) { totalCount } } }";
        acme.graphql(query)["data"]["repository"]["branchProtectionRules"]["totalCount"].clone()
    };
    assert_eq!(count(), 0);
    let input = json!({"branchProtectionRuleId": made["branchProtectionRule"]["id"], "requiresApprovingReviews": false});
    assert_eq!(acme.mutate(UPDATE, &input).get("errors"), None, "what was just made can be changed");
    acme.clock.advance(30);
    assert_eq!(count(), 1);
}

#[test]
fn protection_is_told_by_webhooks_whichever_way_it_is_written() {
    let acme = acme();
    let _held = acme.held();
    acme.github.sending(Sending::Lost);
    acme.github.change(|world| {
        let app = world.apps.get_mut(&acme.app).unwrap();
        app.webhook_url = Some("http://127.0.0.1:9/".to_owned());
        app.events = ["branch_protection_rule", "repository"].map(str::to_owned).into();
    });
    let input = json!({"branchProtectionRuleId": acme.protect()["branchProtectionRule"]["id"]});
    acme.mutate(UPDATE, &input);
    acme.ask("POST", "/repos/acme/shop/branches/main/protection/required_signatures", &Value::Null);
    acme.ask("DELETE", PROTECTION, &Value::Null);
    let body = json!({"required_status_checks": null, "enforce_admins": true, "restrictions": null,
        "required_pull_request_reviews": null});
    acme.ask("PUT", PROTECTION, &body);
    let id = acme.id("/repos/acme/shop");
    // Discussions have no event of their own.
    acme.mutate(REPOSITORY, &json!({"repositoryId": id, "hasDiscussionsEnabled": true}));
    acme.mutate(REPOSITORY, &json!({"repositoryId": id, "description": "x"}));
    let told: Vec<String> = acme
        .github
        .world()
        .deliveries
        .iter()
        .map(|one| format!("{} {}", one.event, one.action.as_deref().unwrap_or_default()))
        .collect();
    let rule = "branch_protection_rule";
    let wanted =
        ["created", "edited", "edited", "deleted", "created"].map(|action| format!("{rule} {action}"));
    assert_eq!(told, [&wanted[..], &["repository edited".to_owned()]].concat());
}
