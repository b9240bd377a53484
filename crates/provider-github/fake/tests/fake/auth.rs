//! Who may see and do what.

use serde_json::{Value, json};

use super::support::{acme, jwt, send};

#[test]
fn an_app_speaks_for_itself_with_a_signed_and_timely_jwt_only() {
    let acme = acme();
    let _held = acme.held();
    let now = acme.clock.now().as_second();
    let good = jwt(acme.app, now);
    assert_eq!(acme.ask_as(&good, "GET", "/app", &Value::Null).body["slug"], "aplomo");
    assert_eq!(
        acme.ask_as(&good, "GET", "/orgs/acme/installation", &Value::Null).body["id"],
        acme.installation
    );
    let (head, signature) = good.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
    for bad in [forged.as_str(), &jwt(acme.app, now - 3_600), &jwt(999, now), "ghp_unknown"] {
        assert_eq!(acme.ask_as(bad, "GET", "/app", &Value::Null).status, 401);
    }
    assert_eq!(acme.ask("GET", "/app", &Value::Null).status, 401, "a person is no App");
}

#[test]
fn an_installation_token_carries_what_was_asked_for_and_ends() {
    let acme = acme();
    let _held = acme.held();
    acme.github.change(|world| world.add_repo(acme.org, "web"));
    let app = jwt(acme.app, acme.clock.now().as_second());
    let path = format!("/app/installations/{}/access_tokens", acme.installation);
    let body = json!({"repositories": ["shop"], "permissions": {"administration": "read"}});
    let minted = acme.ask_as(&app, "POST", &path, &body);
    assert_eq!((minted.status, minted.body["repository_selection"].as_str()), (201, Some("selected")));
    let token = minted.body["token"].as_str().unwrap();
    let as_app = |method: &str, path: &str, body: &Value| acme.ask_as(token, method, path, body);
    assert_eq!(as_app("GET", "/repos/acme/shop", &Value::Null).status, 200);
    assert_eq!(as_app("GET", "/repos/acme/web", &Value::Null).status, 404, "outside the subset: invisible");
    assert_eq!(as_app("GET", "/installation/repositories", &Value::Null).body["total_count"], 1);
    let refused = as_app("PATCH", "/repos/acme/shop", &json!({"has_wiki": false}));
    assert_eq!(
        (refused.status, refused.body["message"].as_str()),
        (403, Some("Resource not accessible by integration"))
    );
    assert_eq!(as_app("GET", "/orgs/acme/teams", &Value::Null).status, 403);
    let too_much = acme.ask_as(&app, "POST", &path, &json!({"permissions": {"secrets": "write"}}));
    assert_eq!(too_much.status, 422);
    acme.clock.advance(3_600);
    assert_eq!(as_app("GET", "/repos/acme/shop", &Value::Null).status, 401);
}

#[test]
fn a_suspended_installation_has_no_tokens() {
    let acme = acme();
    let token = acme.installation_token(&[("contents", "read")]);
    acme.github.change(|world| world.installations.get_mut(&acme.installation).unwrap().suspended = true);
    assert_eq!(acme.ask_as(&token, "GET", "/repos/acme/shop", &Value::Null).status, 401);
}

#[test]
fn what_is_invisible_is_404_and_what_is_forbidden_403() {
    let acme = acme();
    let _held = acme.held();
    let (member, outsider) =
        acme.github.change(|world| (world.add_token(acme.member), world.add_token(acme.outsider)));
    assert_eq!(acme.ask_as(&outsider, "GET", "/repos/acme/shop", &Value::Null).status, 404);
    assert_eq!(acme.ask_as(&member, "GET", "/repos/acme/shop", &Value::Null).status, 200);
    assert_eq!(acme.ask_as(&member, "GET", "/repos/acme/shop/hooks", &Value::Null).status, 404);
    assert_eq!(acme.ask_as(&member, "PATCH", "/repos/acme/shop", &json!({"has_wiki": false})).status, 403);
    assert_eq!(
        send(acme.github.base_url(), "GET", "/repos/acme/shop", "", &Value::Null).unwrap().status,
        404
    );
    acme.github.change(|world| world.repos.get_mut(&acme.shop).unwrap().visibility = "public".to_owned());
    assert_eq!(
        send(acme.github.base_url(), "GET", "/repos/acme/shop", "", &Value::Null).unwrap().status,
        200
    );
}

#[test]
fn bypass_actors_are_for_those_who_may_write_the_ruleset() {
    let acme = acme();
    let _held = acme.held();
    let body = json!({"name": "main", "enforcement": "active", "rules": [],
        "bypass_actors": [{"actor_id": acme.team, "actor_type": "Team", "bypass_mode": "always"}]});
    let id = acme.ask("POST", "/repos/acme/shop/rulesets", &body).body["id"].clone();
    let query = json!({"query": "{ repository(owner: \"acme\", name: \"shop\") { name rulesets(first: 1) { nodes { name bypassActors(first: 1) { totalCount } } } } }"});
    let path = format!("/repos/acme/shop/rulesets/{id}");
    for (level, seen) in [("read", false), ("write", true)] {
        let token = acme.installation_token(&[("administration", level)]);
        let rest = acme.ask_as(&token, "GET", &path, &Value::Null).body;
        assert_eq!(rest.get("bypass_actors").is_some(), seen, "{rest}");
        let graph = acme.ask_as(&token, "POST", "/graphql", &query).body;
        let node = &graph["data"]["repository"]["rulesets"]["nodes"][0];
        assert_eq!(node["name"], "main", "what is not hidden is there: {graph}");
        assert_eq!(node["bypassActors"].is_null(), !seen);
        assert_eq!(graph["errors"][0]["type"] == "FORBIDDEN", !seen);
    }
}

#[test]
fn merge_settings_over_rest_need_contents_write() {
    let acme = acme();
    let _held = acme.held();
    let reader = acme.installation_token(&[("administration", "write"), ("contents", "read")]);
    let rest = acme.ask_as(&reader, "GET", "/repos/acme/shop", &Value::Null).body;
    assert_eq!((rest.get("allow_squash_merge"), rest.get("delete_branch_on_merge")), (None, None));
    assert!(rest.get("security_and_analysis").is_some());
    assert_eq!(acme.get("/repos/acme/shop").body["allow_squash_merge"], true);
}

#[test]
fn a_classic_protection_that_names_an_app_cannot_be_read_by_an_app() {
    let acme = acme();
    let _held = acme.held();
    let one = "/repos/acme/shop/branches/main/protection";
    let body = |apps: Value| {
        json!({"required_status_checks": null, "enforce_admins": null,
        "required_pull_request_reviews": null, "restrictions": {"users": [], "teams": [], "apps": apps}})
    };
    let token = acme.installation_token(&[("administration", "read")]);
    acme.ask("PUT", one, &body(json!([])));
    assert_eq!(acme.ask_as(&token, "GET", one, &Value::Null).status, 200);
    acme.ask("PUT", one, &body(json!(["aplomo"])));
    assert_eq!(acme.ask_as(&token, "GET", one, &Value::Null).status, 403);
    assert_eq!(acme.get(one).status, 200);
    let query = json!({"query": "{ repository(owner: \"acme\", name: \"shop\") { branchProtectionRules(first: 1) { nodes { pattern pushAllowances(first: 1) { nodes { id } } } } } }"});
    let graph = acme.ask_as(&token, "POST", "/graphql", &query).body;
    let rule = &graph["data"]["repository"]["branchProtectionRules"]["nodes"][0];
    assert_eq!((&rule["pattern"], &rule["pushAllowances"]["nodes"]), (&json!("main"), &Value::Null));
    assert_eq!(graph["errors"][0]["type"], "FORBIDDEN");
}

#[test]
fn deploy_keys_of_other_tokens_look_absent_to_an_app() {
    let acme = acme();
    let _held = acme.held();
    acme.ask("POST", "/repos/acme/shop/keys", &json!({"title": "by hand", "key": "ssh-ed25519 AAAA"}));
    let token = acme.installation_token(&[("administration", "write")]);
    assert_eq!(acme.ask_as(&token, "GET", "/repos/acme/shop/keys", &Value::Null).body, json!([]));
    acme.ask_as(&token, "POST", "/repos/acme/shop/keys", &json!({"title": "own", "key": "ssh-ed25519 BBBB"}));
    assert_eq!(acme.ask_as(&token, "GET", "/repos/acme/shop/keys", &Value::Null).body[0]["title"], "own");
    assert_eq!(acme.get("/repos/acme/shop/keys").body.as_array().unwrap().len(), 2);
}

#[test]
fn a_fine_grained_token_is_refused_in_its_own_words() {
    let acme = acme();
    let token = acme.github.change(|world| world.add_fine_grained_token(acme.owner, &[("contents", "read")]));
    let refused = acme.ask_as(&token, "GET", "/repos/acme/shop/hooks", &Value::Null);
    assert_eq!(
        (refused.status, refused.body["message"].as_str()),
        (403, Some("Resource not accessible by personal access token"))
    );
    assert_eq!(refused.header("x-accepted-github-permissions"), Some("repository_hooks=read"));
}
