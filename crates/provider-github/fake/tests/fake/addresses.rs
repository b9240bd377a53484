//! The other addresses of the same things.

use serde_json::json;

use super::support::acme;

#[test]
fn people_and_apps_are_found_by_number_and_slug() {
    let acme = acme();
    let _held = acme.held();
    assert_eq!(acme.get(&format!("/user/{}", acme.member)).body["login"], "mick");
    assert_eq!(acme.get("/apps/aplomo").body["id"], acme.app);
    assert_eq!(
        (acme.get("/orgs/acme/members/mick").status, acme.get("/orgs/acme/members/otto").status),
        (204, 404)
    );
    assert_eq!(acme.get(&format!("/repositories/{}/topics", acme.shop)).body, json!({"names": []}));
    assert_eq!(
        acme.get(&format!("/organizations/{}/team/{}", acme.org, acme.team)).body["slug"],
        "platform-friends"
    );
    assert_eq!(acme.get("/no/such/call").status, 404);
}

#[test]
fn the_paths_of_an_enterprise_server_lead_to_the_same() {
    let acme = acme();
    assert_eq!(acme.get("/api/v3/repos/acme/shop").body["id"], acme.shop);
    let reply = acme.ask("POST", "/api/graphql", &json!({"query": "{ viewer { login } }"}));
    assert_eq!(reply.body["data"]["viewer"]["login"], "olga");
}
