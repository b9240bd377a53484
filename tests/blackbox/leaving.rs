//! A client is offboarded: `state: leaving` and `state: released`, from the manifest to the empty account.

use crate::world::{TENANT, World};
use aplomo_sandbox::RecordSet;

const ALL: &[&str] = &["apply", "m", "--auto-approve"];

/// Domain manifest number `i` with this many records.
fn domain(i: usize, records: usize) -> String {
    let head = format!(
        "apiVersion: aplomo/v1\nkind: Domain\nmetadata: {{name: d{i}, tenant: acme}}\nspec:\n  zone: d{i}.example\n  records:\n"
    );
    (0..records).fold(head, |text, r| {
        format!("{text}    - {{name: r{r}, type: A, ttl: 60, values: [192.0.2.{}]}}\n", r % 250 + 1)
    })
}

/// A client with three zones and forty records: more than protection and any guard let go.
fn client() -> World {
    let world = World::new();
    world.write("m/tenant.yaml", TENANT);
    for (i, records) in [(1, 30), (2, 9), (3, 1)] {
        world.write(&format!("m/d{i}.yaml"), domain(i, records));
    }
    world.aplomo(ALL).exits(0);
    world
}

fn set_state(world: &World, from: &str, to: &str) {
    let part = |state: &str| if state.is_empty() { String::new() } else { format!(", state: {state}") };
    let text = |state: &str| format!("displayName: Acme{}}}", part(state));
    world.edit("m/tenant.yaml", &text(from), &text(to));
}

/// Writes a state and has it recorded.
fn recorded(world: &World, from: &str, to: &str) {
    set_state(world, from, to);
    let plan = world.plan();
    let says = plan["changes"].as_array().unwrap().iter().map(|c| c["action"].as_str().unwrap());
    assert_eq!(says.collect::<Vec<_>>(), ["update"], "recording it is all there is to do: {plan:#}");
    assert_eq!(plan["changes"][0]["risk"], "sensitive");
    world.aplomo(ALL).exits(0);
}

fn zones(world: &World) -> usize {
    world.aws.zones().unwrap().len()
}

#[test]
fn a_leaving_tenant_is_taken_down_by_two_people_and_not_by_one_who_asks_twice() {
    let world = client();
    recorded(&world, "", "leaving");
    let plan = world.plan();
    assert_eq!(plan["summary"]["delete"], 43, "{plan:#}");
    let changes = plan["changes"].as_array().unwrap();
    assert!(changes.iter().all(|c| c["approvalsNeeded"] == 2 && c["heldBy"].is_null()), "{plan:#}");
    let text = world.aplomo(&["plan", "m"]).exits(0).out;
    assert!(text.contains("needs approvals by 2 different people"), "{text}");

    let digest = plan["digest"].as_str().unwrap();
    let first = world.aplomo(&["approve", digest, "--as", "ana"]).exits(0).out;
    assert!(first.contains("43 changes with 1 of 2 approvals (ana)"), "{first}");
    let again = world.aplomo(&["approve", digest, "--as", "Ana"]).exits(0).out;
    assert!(again.contains("1 of 2 approvals"), "{again}");
    let refused = world.aplomo(&["apply", "m"]).exits(4);
    assert!(refused.err.contains("1 of 2 approvals (ana)"), "{refused:?}");
    let refused = world.aplomo(&["apply", "m", "--auto-approve", "--as", "ana"]).exits(4);
    assert!(refused.out.contains("another person must approve it as well"), "{refused:?}");
    assert_eq!(zones(&world), 3);

    let second = world.aplomo(&["approve", digest, "--as", "bo"]).exits(0).out;
    assert!(!second.contains("of 2 approvals"), "{second}");
    world.aplomo(&["apply", "m"]).exits(0);
    assert_eq!(zones(&world), 0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    let log = world.aplomo(&["audit", "log", "--format", "json"]).exits(0).out;
    assert!(log.contains("alsoApprovedBy"), "both are named");
    world.aplomo(&["audit", "verify"]).exits(0);
    // Its settings stay until its manifest goes.
    for file in ["m/tenant.yaml", "m/d1.yaml", "m/d2.yaml", "m/d3.yaml"] {
        std::fs::remove_file(world.path().join(file)).unwrap();
    }
    world.write("m/tenant.yaml", TENANT.replace("acme", "other").replace("Acme", "Other"));
    world.aplomo(ALL).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn holds_freezes_broken_manifests_and_going_back_stop_a_teardown() {
    let world = client();
    recorded(&world, "", "leaving");
    let plan = world.plan();
    let digest = plan["digest"].as_str().unwrap();
    for who in ["ana", "bo"] {
        world.aplomo(&["approve", digest, "--as", who]).exits(0);
    }
    world.aplomo(&["hold", "acme", "--for", "1h", "--reason", "legal asks"]).exits(0);
    world.aplomo(&["apply", "m"]).exits(4);
    world.aplomo(&["release", "acme"]).exits(0);

    world.write(
        "m/broken.yaml",
        "apiVersion: aplomo/v1\nkind: Domain\nmetadata: {name: x, tenant: acme}\nspec: {zon: x}\n",
    );
    assert_eq!(world.aplomo(&["plan", "m", "--format", "json"]).exits(3).json()["summary"]["delete"], 0);
    std::fs::remove_file(world.path().join("m/broken.yaml")).unwrap();
    let part = world.aplomo(&["plan", "m/d1.yaml", "--format", "json"]).json();
    assert_eq!(part["summary"]["delete"], 0, "{part:#}");

    for state in ["frozen", "", "released"] {
        set_state(&world, "leaving", state);
        let plan = world.plan();
        assert_eq!(plan["summary"]["delete"], 0, "`{state}`: {plan:#}");
        set_state(&world, state, "leaving");
    }
    recorded(&world, "leaving", "active");
    let plan = world.plan();
    assert_eq!(World::changes(&plan), Vec::<String>::new());
    // What two people approved while it left does not count for a tenant that came back.
    world.aplomo(&["apply", "m"]).exits(0);
    assert_eq!(zones(&world), 3);
}

/// Whether the zone carries no mark of ours, but for the one that says it was let go.
fn unmarked(world: &World, zone: &str) -> bool {
    let tags = world.aws.zone_tags(zone).unwrap();
    tags.keys().all(|tag| !tag.starts_with("aplomo:") || tag == "aplomo:released")
}

#[test]
fn orphans_are_released_and_what_is_not_ours_stays() {
    let world = client();
    world.edit("m/d3.yaml", "spec:\n", "lifecycle: {deletion: orphan}\nspec:\n");
    world.aplomo(ALL).exits(0);
    let hand = RecordSet::new("hand.d2.example.", "A", 60, &["192.0.2.99"]);
    world.aws.upsert(&world.zone("d2.example"), &hand).unwrap();
    recorded(&world, "", "leaving");
    let plan = world.plan();
    assert_eq!(
        (&plan["summary"]["delete"], &plan["summary"]["release"]),
        (&41.into(), &2.into()),
        "{plan:#}"
    );
    assert!(plan["unmanaged"].to_string().contains("hand.d2.example"), "{plan:#}");
    for who in ["ana", "bo"] {
        world.aplomo(&["approve", plan["digest"].as_str().unwrap(), "--as", who]).exits(0);
    }
    world.aplomo(&["apply", "m"]).exits(5);
    let kept = world.zone("d3.example");
    assert!(unmarked(&world, &kept));
    assert_eq!(zones(&world), 2, "the zone with the strange record stays, and so does the orphan");
    assert!(world.aws.records(&world.zone("d2.example")).unwrap().iter().any(|r| r.name.starts_with("hand")));
}

#[test]
fn a_released_tenant_loses_nothing_and_is_forgotten() {
    let world = client();
    recorded(&world, "", "released");
    let plan = world.plan();
    assert_eq!(
        (&plan["summary"]["release"], &plan["summary"]["delete"]),
        (&43.into(), &1.into()),
        "{plan:#}"
    );
    world.aplomo(ALL).exits(0);
    assert_eq!(zones(&world), 3);
    for zone in world.aws.zones().unwrap() {
        assert!(unmarked(&world, &zone.id));
    }
    let after = world.plan();
    assert_eq!(World::changes(&after), Vec::<String>::new(), "{after:#}");
    assert!(after["findings"].to_string().contains("nothing of it is recorded"), "{after:#}");
    let status = world.aplomo(&["status", "--format", "json"]).exits(0).json();
    assert!(status["tenants"].get("acme").is_none(), "{status:#}");
    assert!(status["auditHeads"].to_string().contains("acme"), "the audit chain stays");
    world.aplomo(&["audit", "verify"]).exits(0);
}

#[test]
fn a_tenant_whose_manifests_are_gone_before_it_is_still_leaves_by_two_people() {
    let world = client();
    recorded(&world, "", "leaving");
    for file in ["m/d1.yaml", "m/d2.yaml", "m/d3.yaml"] {
        std::fs::remove_file(world.path().join(file)).unwrap();
    }
    world.write("m/tenant.yaml", TENANT.replace("acme", "other").replace("Acme", "Other"));
    let plan = world.plan();
    assert_eq!(plan["summary"]["delete"], 44, "{plan:#}");
    // The other tenant's settings are applied, of the one that leaves nothing.
    world.aplomo(&["apply", "m", "--auto-approve", "--as", "ana"]).exits(5);
    assert_eq!(zones(&world), 3);
    // The settings went nowhere: without them the rest would be protected again.
    let digest = world.plan()["digest"].as_str().unwrap().to_owned();
    world.aplomo(&["approve", &digest, "--as", "bo"]).exits(0);
    world.aplomo(&["apply", "m"]).exits(0);
    assert_eq!(zones(&world), 0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_plan_file_that_was_narrowed_does_not_accept_the_head_of_its_source() {
    let world = World::with_domain();
    world.aplomo(&["plan", "m", "--target", "acme/Tenant/*", "--out", "part.json"]).exits(0);
    let plan: serde_json::Value = serde_json::from_str(&world.read("part.json")).unwrap();
    assert_eq!(plan["narrowed"], true);
    world.aplomo(&["apply", "--plan", "part.json", "--auto-approve"]).exits(0);
}

#[test]
fn status_tells_the_budgets_as_configured() {
    let world = World::applied();
    let text = world.aplomo(&["status"]).exits(0).out;
    assert!(text.contains("budget of route53: 10 calls a second, 50 at once"), "{text}");
    let json = world.aplomo(&["status", "--format", "json"]).exits(0).json();
    assert_eq!(json["budgets"]["route53"]["perSecond"], 10, "{json:#}");
}
