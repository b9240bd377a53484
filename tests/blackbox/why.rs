//! `aplomo why`: from a name somebody found somewhere back to the line, the people and the run.

use crate::world::World;
use aplomo_sandbox::WorkTree;

const WWW: &str = "acme/Domain/example-com:aws.route53.RecordSet/www/A";

/// A world whose manifests are a commit of Ana's, applied in the name of Bea.
fn world() -> World {
    let world = World::with_domain();
    let mut tree = WorkTree::init(&world.path().join("m")).unwrap();
    tree.commit("ask for example.com").unwrap();
    world.aplomo(&["apply", "m", "--auto-approve", "--as", "bea"]).exits(0);
    world
}

fn why(world: &World, what: &str) -> serde_json::Value {
    world.aplomo(&["why", what, "--path", "m", "--format", "json"]).exits(0).json()
}

fn addresses(answer: &serde_json::Value) -> Vec<String> {
    let found = answer["found"].as_array().unwrap();
    found.iter().map(|one| one["address"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_dns_name_leads_to_line_author_approver_run_and_request_id() {
    let world = world();
    let answer = why(&world, "WWW.example.com.");
    // What it is comes before what names it: the alias `api` points at it.
    assert_eq!(addresses(&answer), [WWW, &WWW.replace("www", "api")], "{answer:#}");
    assert_eq!(answer["found"][1]["names"], "/alias/target");
    let www = &answer["found"][0];
    assert_eq!((&www["is"], &www["wished"]), (&"name".into(), &true.into()));
    let line = &www["manifest"][0];
    assert_eq!((&line["file"], &line["line"]), (&"example-com.yaml".into(), &7.into()), "{answer:#}");
    assert_eq!(line["askedBy"]["how"], "claimed", "{answer:#}");
    assert_eq!(line["askedBy"]["summary"], "ask for example.com");
    let applied = &www["applied"];
    assert_eq!(applied.get("pullRequest"), Some(&serde_json::Value::Null), "{applied:#}");
    assert_eq!(applied["approvedBy"], serde_json::json!([{"name": "bea", "how": "claimed"}]));
    assert!(applied["requestIds"][0].is_string(), "{answer:#}");
    let entry = world.aplomo(&["audit", "show", applied["audit"].as_str().unwrap()]).exits(0).json();
    assert_eq!(entry["payload"]["run"], applied["run"]);
    let text = world.aplomo(&["why", "www.example.com", "--path", "m"]).exits(0).out;
    for part in [
        "manifest  example-com.yaml:7",
        "(claimed by commit",
        "approved  bea (claimed)",
        applied["run"].as_str().unwrap(),
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

#[test]
fn an_id_an_arn_and_an_address_lead_to_the_same_zone() {
    let world = world();
    let zone = world.zone("example.com");
    let address = "acme/Domain/example-com:aws.route53.HostedZone";
    for what in [zone.as_str(), &format!("arn:aws:route53:::hostedzone/{zone}"), address] {
        assert_eq!(addresses(&why(&world, what)), [address], "{what}");
    }
    assert_eq!(addresses(&why(&world, "acme/Domain/example-com")).len(), 6);
    assert_eq!(addresses(&why(&world, "*/www/A")), [WWW]);
}

#[test]
fn drift_that_is_there_and_drift_that_was_undone_are_told() {
    let world = world();
    let zone = world.zone("example.com");
    let mut record = world.aws.find(&zone, "www.example.com.", "A").unwrap().remove(0);
    record.ttl = Some(77);
    world.aws.upsert(&zone, &record).unwrap();
    assert!(why(&world, WWW)["found"][0]["drift"].is_null());
    world.aplomo(&["drift", "m"]).exits(0);
    let answer = why(&world, WWW);
    assert!(answer["found"][0]["drift"]["firstSeen"].is_string(), "{answer:#}");
    world.aplomo(&["hold", WWW, "--for", "1h", "--reason", "looking"]).exits(0);
    assert!(why(&world, WWW)["found"][0]["heldBy"][0].as_str().unwrap().contains("looking"));
    world.aplomo(&["release", WWW]).exits(0);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    let drift = &why(&world, WWW)["found"][0]["drift"];
    assert!(drift["firstSeen"].is_null() && drift["lastUndone"]["run"].is_string(), "{drift:#}");
}

#[test]
fn a_person_is_found_in_the_manifests_that_name_them() {
    let world = World::with_domain();
    world.write(
        "m/tenant.yaml",
        "apiVersion: aplomo/v1\nkind: Tenant\nmetadata: {name: acme, tenant: acme}\nspec:\n  contacts:\n    - {name: Ana, github: Ana, role: requester}\n",
    );
    let answer = why(&world, "@ana");
    assert_eq!(answer["people"][0]["line"], 6, "{answer:#}");
    assert_eq!(answer["people"][0]["manifest"], "acme/Tenant/acme");
    // Of another tenant nothing is told.
    world.aplomo(&["why", "@ana", "--path", "m", "--tenant", "other"]).exits(1);
}

#[test]
fn what_nobody_knows_exits_1_and_says_where_was_looked() {
    let world = world();
    let ran = world.aplomo(&["why", "nobody\u{202e}\x1b[31m", "--path", "m"]).exits(1);
    assert_eq!(ran.out, "");
    for part in
        ["Nothing here is or names `nobody\\u{202e}\\u{1b}[31m`", "in the ledger", "the manifests in m"]
    {
        assert!(ran.err.contains(part), "{part:?} is not in\n{}", ran.err);
    }
    let answer = world.aplomo(&["why", "nobody", "--path", "m", "--format", "json"]).exits(1).json();
    assert_eq!(answer["found"], serde_json::json!([]));
    world.aplomo(&["why", " "]).exits(64);
}
