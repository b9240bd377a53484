//! "Reads back different": one test for each entry of the list of what GitHub does not give back as it was sent.

use aplomo_github_fake::world::Role;
use serde_json::{Value, json};

use super::support::acme;

#[test]
fn push_and_write_are_one() {
    let acme = acme();
    let _held = acme.held();
    for word in ["push", "write"] {
        acme.ask("PUT", "/repos/acme/shop/collaborators/mick", &json!({"permission": word}));
        let shown = acme.get("/repos/acme/shop/collaborators?affiliation=direct").body;
        assert_eq!(
            (&shown[0]["role_name"], &shown[0]["permissions"]["push"]),
            (&json!("write"), &json!(true))
        );
    }
}

#[test]
fn bypass_actors_come_in_an_order_of_their_own_and_stay_when_left_out() {
    let acme = acme();
    let _held = acme.held();
    let actor = |id: u64, sort: &str| json!({"actor_id": id, "actor_type": sort, "bypass_mode": "always"});
    let sent = json!([actor(5, "RepositoryRole"), actor(acme.team, "Team"), actor(acme.app, "Integration")]);
    let made = acme
        .ask(
            "POST",
            "/repos/acme/shop/rulesets",
            &json!({"name": "r", "enforcement": "active", "bypass_actors": sent}),
        )
        .body;
    let types = |body: &Value| {
        body["bypass_actors"].as_array().unwrap().iter().map(|a| a["actor_type"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(json!(types(&made)), json!(["Team", "RepositoryRole", "Integration"]));
    let path = format!("/repos/acme/shop/rulesets/{}", made["id"]);
    let without = acme.ask("PUT", &path, &json!({"enforcement": "disabled"})).body;
    assert_eq!(types(&without).len(), 3);
    acme.github.change(|world| world.quirks.keeps_last_bypass_actors = true);
    assert_eq!(
        types(&acme.ask("PUT", &path, &json!({"bypass_actors": []})).body).len(),
        3,
        "the removal is ignored"
    );
    acme.github.change(|world| world.quirks.keeps_last_bypass_actors = false);
    assert_eq!(types(&acme.ask("PUT", &path, &json!({"bypass_actors": []})).body).len(), 0);
}

#[test]
fn the_app_that_reported_a_check_is_filled_in() {
    let acme = acme();
    let _held = acme.held();
    acme.github.change(|world| {
        world.repos.get_mut(&acme.shop).unwrap().reported_checks.insert("build".to_owned(), acme.app)
    });
    let rules = json!([{"type": "required_status_checks", "parameters": {"strict_required_status_checks_policy": true,
        "required_status_checks": [{"context": "build"}, {"context": "other"}]}}]);
    let made = acme
        .ask(
            "POST",
            "/repos/acme/shop/rulesets",
            &json!({"name": "r", "enforcement": "active", "rules": rules}),
        )
        .body;
    let checks = &made["rules"][0]["parameters"]["required_status_checks"];
    assert_eq!(*checks, json!([{"context": "build", "integration_id": acme.app}, {"context": "other"}]));
    let classic = json!({"required_status_checks": {"strict": false, "contexts": [], "checks": [{"context": "build"}]},
        "enforce_admins": null, "required_pull_request_reviews": null, "restrictions": null});
    let read = acme.ask("PUT", "/repos/acme/shop/branches/main/protection", &classic).body;
    assert_eq!(read["required_status_checks"]["checks"], json!([{"context": "build", "app_id": acme.app}]));
}

#[test]
fn node_ids_are_old_or_new() {
    let acme = acme();
    acme.github.change(|world| world.old_node_ids.insert((aplomo_github_fake::Sort::Repository, acme.shop)));
    let id = |headers: &str| {
        let headers = format!("authorization: Bearer {}\r\n{headers}", acme.token);
        super::support::send(acme.github.base_url(), "GET", "/repos/acme/shop", &headers, &Value::Null)
            .unwrap()
            .body["node_id"]
            .clone()
    };
    let (old, new) = (id(""), id("x-github-next-global-id: 1\r\n"));
    assert!(
        old.as_str().unwrap().starts_with("MDEwOlJlcG9zaXRvcnk") && new.as_str().unwrap().starts_with("R_kg"),
        "{old} {new}"
    );
    let read = acme.graphql(&format!("{{ nodes(ids: [{old}, {new}]) {{ ... on Repository {{ name }} }} }}"));
    assert_eq!(read["data"]["nodes"], json!([{"name": "shop"}, {"name": "shop"}]));
}

#[test]
fn the_secret_of_a_webhook_is_masked() {
    let acme = acme();
    let _held = acme.held();
    let made = acme.ask(
        "POST",
        "/repos/acme/shop/hooks",
        &json!({"config": {"url": "https://example.com", "secret": "s3cret"}}),
    );
    assert_eq!(made.body["config"]["secret"], "********");
    let hook = acme.github.world().repos[&acme.shop].hooks.values().next().unwrap().clone();
    assert_eq!(hook.secret.as_deref(), Some("s3cret"));
    // A configuration without a secret takes it away.
    let path = format!("/repos/acme/shop/hooks/{}", hook.id);
    let changed = acme.ask("PATCH", &path, &json!({"config": {"url": "https://example.com/2"}}));
    assert_eq!(changed.body["config"].get("secret"), None);
}

#[test]
fn the_comment_of_a_deploy_key_is_dropped() {
    let acme = acme();
    let _held = acme.held();
    let made =
        acme.ask("POST", "/repos/acme/shop/keys", &json!({"title": "k", "key": "ssh-ed25519 AAAA me@home"}));
    assert_eq!(made.body["key"], "ssh-ed25519 AAAA");
}

#[test]
fn an_archived_repository_denies_that_it_has_alerts() {
    let acme = acme();
    let _held = acme.held();
    let alerts = "/repos/acme/shop/vulnerability-alerts";
    acme.ask("PUT", alerts, &Value::Null);
    assert_eq!(acme.get(alerts).status, 204);
    acme.ask("PATCH", "/repos/acme/shop", &json!({"archived": true}));
    assert_eq!(acme.get(alerts).status, 404);
    assert_eq!(acme.ask("DELETE", alerts, &Value::Null).status, 403);
    acme.ask("PATCH", "/repos/acme/shop", &json!({"archived": false}));
    assert_eq!(acme.get(alerts).status, 204);
}

#[test]
fn an_owner_is_always_maintainer() {
    let acme = acme();
    let _held = acme.held();
    let path = "/orgs/acme/teams/platform-friends/memberships/olga";
    assert_eq!(acme.ask("PUT", path, &json!({"role": "member"})).body["role"], "maintainer");
    assert_eq!(acme.get(path).body["role"], "maintainer");
}

#[test]
fn who_is_no_member_yet_is_pending() {
    let acme = acme();
    let _held = acme.held();
    let path = "/orgs/acme/teams/platform-friends/memberships/otto";
    assert_eq!(acme.ask("PUT", path, &json!({"role": "maintainer"})).body["state"], "pending");
    let members = || acme.get("/orgs/acme/teams/platform-friends/members").body.as_array().unwrap().len();
    assert_eq!((acme.get(path).body["state"].clone(), members()), (json!("pending"), 1));
    assert_eq!(acme.get("/orgs/acme/teams/platform-friends/invitations").body[0]["login"], "otto");
    acme.github.change(|world| world.join(acme.org, acme.outsider));
    assert_eq!((acme.get(path).body["role"].clone(), members()), (json!("maintainer"), 2));
}

#[test]
fn members_of_child_teams_count_unless_immediate() {
    let acme = acme();
    acme.github.change(|world| {
        let child = world.add_team(acme.org, "Child", &[acme.owner]);
        world.orgs.get_mut(&acme.org).unwrap().teams.get_mut(&child).unwrap().parent = Some(acme.team);
    });
    let members = |membership: &str| {
        let query = format!(
            "{{ organization(login: \"acme\") {{ team(slug: \"platform-friends\") {{ members(first: 9, membership: {membership}) {{ nodes {{ login }} }} }} }} }}"
        );
        acme.graphql(&query)["data"]["organization"]["team"]["members"]["nodes"].clone()
    };
    assert_eq!(members("IMMEDIATE"), json!([{"login": "mick"}]));
    assert_eq!(members("ALL").as_array().unwrap().len(), 2);
    assert_eq!(acme.get("/orgs/acme/teams/platform-friends/members").body.as_array().unwrap().len(), 2);
}

#[test]
fn the_security_managers_are_in_every_repository() {
    let acme = acme();
    let _held = acme.held();
    acme.github.change(|world| world.orgs.get_mut(&acme.org).unwrap().security_managers.insert(acme.team));
    let teams = acme.get("/repos/acme/shop/teams").body;
    assert_eq!((&teams[0]["slug"], &teams[0]["permission"]), (&json!("platform-friends"), &json!("pull")));
    acme.github.change(|world| world.add_repo(acme.org, "new"));
    assert_eq!(acme.get("/repos/acme/new/teams").body.as_array().unwrap().len(), 1);
    acme.ask("DELETE", "/orgs/acme/teams/platform-friends/repos/acme/shop", &Value::Null);
    assert_eq!(acme.get("/repos/acme/shop/teams").body.as_array().unwrap().len(), 1, "cannot be taken out");
}

#[test]
fn an_enforced_security_configuration_owns_its_settings() {
    let acme = acme();
    let _held = acme.held();
    acme.github.change(|world| {
        let owned = ["secret_scanning", "dependabot_alerts"].map(str::to_owned);
        world.orgs.get_mut(&acme.org).unwrap().enforced_security.extend(owned);
    });
    let scan =
        json!({"security_and_analysis": {"secret_scanning": {"status": "disabled"}}, "has_wiki": false});
    assert_eq!(acme.ask("PATCH", "/repos/acme/shop", &scan).status, 422);
    assert!(acme.github.world().repos[&acme.shop].on("has_wiki"), "nothing of a refused change happens");
    assert_eq!(acme.ask("PUT", "/repos/acme/shop/vulnerability-alerts", &Value::Null).status, 422);
    assert_eq!(acme.ask("PATCH", "/repos/acme/shop", &json!({"has_wiki": false})).status, 200);
}

#[test]
fn a_new_repository_is_unseen_for_two_minutes_where_reads_lag() {
    let acme = acme();
    acme.github.lag(Some(aplomo_github_fake::Lag { seconds: 120, paths: vec![String::new()] }));
    assert_eq!(acme.ask("POST", "/orgs/acme/repos", &json!({"name": "new", "private": true})).status, 201);
    assert_eq!(acme.get("/repos/acme/new").status, 404);
    assert_eq!(acme.ask("POST", "/orgs/acme/repos", &json!({"name": "new"})).status, 422, "but it is there");
    acme.clock.advance(120);
    assert_eq!(acme.get("/repos/acme/new").status, 200);
}

#[test]
fn a_transfer_happens_later_and_leaves_the_teams_behind() {
    let acme = acme();
    let _held = acme.held();
    acme.github.change(|world| {
        world.add_org("other", acme.owner);
        world
            .orgs
            .get_mut(&acme.org)
            .unwrap()
            .teams
            .get_mut(&acme.team)
            .unwrap()
            .repos
            .insert(acme.shop, Role::Push);
    });
    let asked = acme.ask("POST", "/repos/acme/shop/transfer", &json!({"new_owner": "other"}));
    assert_eq!((asked.status, asked.body["full_name"].as_str()), (202, Some("acme/shop")));
    acme.clock.advance(59);
    assert_eq!((acme.get("/repos/acme/shop").status, acme.get("/repos/other/shop").status), (200, 404));
    acme.clock.advance(1);
    let old = acme.get("/repos/acme/shop");
    assert_eq!((old.status, acme.get("/repos/other/shop").status), (301, 200));
    let place = old.header("location").unwrap().strip_prefix(acme.github.base_url()).unwrap();
    assert_eq!(acme.get(place).body["full_name"], "other/shop");
    assert_eq!(acme.get("/repos/other/shop/teams").body, json!([]));
}

#[test]
fn an_invitation_expires_and_another_can_be_sent() {
    let acme = acme();
    let _held = acme.held();
    let ask = || acme.ask("PUT", "/repos/acme/shop/collaborators/otto", &json!({"permission": "admin"}));
    assert_eq!(ask().body["expired"], false);
    acme.clock.advance(7 * 86_400);
    assert_eq!(acme.get("/repos/acme/shop/invitations").body[0]["expired"], true);
    let again = ask();
    assert_eq!((again.status, again.body["expired"].clone()), (201, json!(false)));
    let (id, person) = acme.github.world().repos[&acme.shop]
        .invitations
        .values()
        .map(|one| (one.id, one.invitee))
        .next()
        .unwrap();
    acme.github.change(|world| world.accept_invitation(acme.shop, id));
    assert_eq!(acme.github.world().repos[&acme.shop].direct[&person], Role::Admin);
}

#[test]
fn a_secret_is_opened_to_see_that_it_was_sealed_and_never_shown() {
    use base64::prelude::{BASE64_STANDARD as B64, Engine as _};
    let acme = acme();
    let _held = acme.held();
    let key = acme.get("/repos/acme/shop/actions/secrets/public-key").body;
    let public: [u8; 32] = B64.decode(key["key"].as_str().unwrap()).unwrap().try_into().unwrap();
    let sealed = crypto_box::PublicKey::from(public).seal(&mut crypto_box::aead::OsRng, b"hunter2").unwrap();
    let path = "/repos/acme/shop/actions/secrets/token";
    let body = |value: &[u8]| json!({"encrypted_value": B64.encode(value), "key_id": key["key_id"]});
    assert_eq!(acme.ask("PUT", path, &body(&sealed)).status, 201);
    assert_eq!(acme.ask("PUT", path, &body(&sealed)).status, 204);
    assert_eq!(acme.ask("PUT", path, &body(b"plain")).status, 422);
    assert_eq!(
        acme.ask("PUT", path, &json!({"encrypted_value": B64.encode(&sealed), "key_id": "1"})).status,
        422
    );
    assert_eq!(acme.github.world().repos[&acme.shop].secrets["TOKEN"].opened, b"hunter2");
    let shown = acme.get(path).body;
    assert_eq!(shown.as_object().unwrap().keys().collect::<Vec<_>>(), ["created_at", "name", "updated_at"]);
}
