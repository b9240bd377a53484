//! From manifests to a certificate that is issued and profiles that work, in one command each.

use super::estate::*;
use crate::world::World;
use aplomo_sandbox::{Answer, Fault, Rule};

/// The calls that wrote, in order.
fn written(world: &World) -> Vec<String> {
    world.proxy.calls().into_iter().filter(|call| call.write).map(|call| call.action).collect()
}

#[test]
fn a_tenant_with_a_certificate_and_profiles_converges_while_the_certificate_is_pending() {
    let world = estate();
    // AWS takes minutes to see the records.
    let blind = |answer: Answer| Answer {
        body: answer.body.replace("\"ISSUED\"", "\"PENDING_VALIDATION\""),
        ..answer
    };
    world.proxy.inject(Rule::on("acm:*").then(Fault::rewrite(blind)));
    let run = apply(&world, 6).json();
    world.proxy.lift_all();
    assert_eq!(run["ending"], "waiting", "{run:#}");
    let waiting: Vec<&serde_json::Value> =
        run["outcomes"].as_array().unwrap().iter().filter(|o| o["status"] == "waiting").collect();
    assert_eq!(waiting.len(), 1, "{run:#}");
    assert!(waiting[0]["address"].as_str().unwrap().contains("aws.acm.Certificate"));
    let calls = written(&world);
    let at = |action: &str| calls.iter().position(|call| call == action).expect(action);
    let last = calls.iter().rposition(|call| call == "route53:ChangeResourceRecordSets").unwrap();
    assert!(at("acm:RequestCertificate") < last, "the records come after the request: {calls:?}");
    // The sandbox issues it, for the records are there: one for each name but the wildcard.
    let certificate = world.aws.certificates().unwrap().remove(0);
    assert_eq!(certificate["DomainName"], "shop.example.com");
    let plan = clean(&world);
    assert_eq!(findings(&plan, "waiting"), Vec::<String>::new());
    let zone = world.zone("example.com");
    let proofs = world.aws.records(&zone).unwrap().into_iter().filter(|set| set.kind == "CNAME").count();
    assert_eq!(proofs, 2, "the wildcard shares its parent's record");
}

#[test]
fn the_records_of_an_external_certificate_are_handed_over_and_their_arrival_ends_the_waiting() {
    let world = with(&[EXTERNAL]);
    let run = world.aplomo(&["apply", "m", "--auto-approve"]).exits(6);
    let plan = world.plan();
    let said = findings(&plan, "validation-record");
    let [said] = said.as_slice() else { panic!("{plan:#}") };
    let record: Vec<&str> = said.split_whitespace().rev().take(3).collect();
    let [value, "CNAME", name] = record[..] else { panic!("{said}") };
    assert!(name.ends_with(".shop.example.net.") && value.ends_with(".acm-validations.aws."), "{said}");
    assert!(run.out.contains(name) && run.out.contains(value), "the run says what to hand over: {run:?}");
    let text = world.aplomo(&["plan", "m"]).exits(0).out;
    assert!(text.contains(name) && text.contains(value), "{text}");
    // Still pending: nothing to do but wait, and nothing is doubled.
    apply(&world, 6);
    world.proxy.external_record(name, value);
    let plan = clean(&world);
    assert_eq!(findings(&plan, "validation-record"), Vec::<String>::new());
    assert_eq!(world.aws.certificates().unwrap().len(), 1);
}

#[test]
fn what_was_made_carries_our_marks_and_the_tenants_tags() {
    let world = applied(&[PARTNER, CI, &auditor()]);
    let roles = world.aws.roles().unwrap();
    assert_eq!(roles.len(), 3);
    for role in roles {
        assert_eq!(role.tags.get("aplomo:tenant").map(String::as_str), Some("acme"), "{role:?}");
        assert_eq!(role.tags.get("client").map(String::as_str), Some("acme"), "{role:?}");
    }
}

#[test]
fn all_of_it_goes_again_in_the_order_that_aws_allows() {
    let world = estate();
    settle(&world);
    for file in ["m/1.yaml", "m/2.yaml", "m/3.yaml", "m/4.yaml"] {
        let text = world.read(file);
        world.write(file, text.replace("spec:\n", "lifecycle: {deletion: delete}\nspec:\n"));
    }
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    for file in ["m/1.yaml", "m/2.yaml", "m/3.yaml", "m/4.yaml"] {
        std::fs::remove_file(world.path().join(file)).unwrap();
    }
    world.aplomo(&["plan", "m", "--out", "going.json"]).exits(0);
    let lift = ["approve", "going.json", "--lift", "guard:max-deletes=the tenant goes"];
    world.aplomo(&lift).exits(0);
    let ran = world.aplomo(&["apply", "--plan", "going.json"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    clean(&world);
    let left: Vec<_> = census(&world).into_iter().filter(|(_, count)| *count > 0).collect();
    assert_eq!(left, [("zones", 1)]);
}
