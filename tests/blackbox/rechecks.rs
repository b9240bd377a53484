//! What is checked again at the write, whatever a plan or a plan file says.

use crate::world::World;
use aplomo_sandbox::{Fault, RecordSet, Rule, Victim};

const SECOND: &str = "\
apiVersion: aplomo/v1
kind: Domain
metadata: {name: second, tenant: acme}
lifecycle: {deletion: delete}
spec: {zone: second.example, records: []}
";

#[test]
fn a_protection_applied_after_the_plan_still_protects() {
    let world = World::with_domain();
    world.write("m/second.yaml", SECOND);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    std::fs::remove_file(world.path().join("m/second.yaml")).unwrap();
    world.aplomo(&["plan", "m", "--out", "old.json"]).exits(0);
    world.write("m/second.yaml", SECOND.replace("lifecycle: {deletion: delete}\n", ""));
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    let run = world.aplomo(&["apply", "--plan", "old.json", "--auto-approve"]);
    assert!(run.code == 4 || run.code == 5, "{run:?}");
    assert!(run.out.contains("does not allow deletion"), "{run:?}");
    world.zone("second.example");
}

#[test]
fn a_plan_made_elsewhere_or_for_later_is_refused_and_that_is_recorded() {
    let world = World::with_domain();
    world.aplomo(&["plan", "m", "--out", "later.json", "--as-of", "2099-01-01T00:00:00Z"]).exits(0);
    assert!(world.aplomo(&["approve", "later.json"]).exits(4).err.contains("yet to come"));
    world.aplomo(&["plan", "m", "--out", "here.json"]).exits(0);
    std::fs::remove_dir_all(world.path().join(".aplomo")).unwrap();
    let refused = world.aplomo(&["apply", "--plan", "here.json", "--auto-approve"]).exits(4);
    assert!(refused.err.contains("not made here"), "{refused:?}");
    assert_eq!(world.proxy.writes(), 0);
    assert!(world.aplomo(&["audit", "log"]).exits(0).out.contains("refusal"));
}

#[test]
fn a_target_brings_along_what_it_cannot_be_done_without() {
    let world = World::applied();
    world.edit(
        "m/example-com.yaml",
        "{name: mail, type: A, ttl: 300, values: [192.0.2.25]}",
        "{name: mail, type: CNAME, ttl: 300, values: [www.example.com.]}",
    );
    world.edit("m/example-com.yaml", "10 mail.example.com.", "10 www.example.com.");
    let target = "acme/Domain/example-com:aws.route53.RecordSet/mail/CNAME";
    let plan = world.aplomo(&["plan", "m", "--format", "json", "--target", target]).exits(0).json();
    let changes = World::changes(&plan);
    assert_eq!(
        changes,
        [
            "create acme/Domain/example-com:aws.route53.RecordSet/mail/CNAME",
            "delete acme/Domain/example-com:aws.route53.RecordSet/mail/A",
        ]
    );
}

#[test]
fn a_resumed_run_does_not_take_a_strangers_object_for_its_own() {
    let world = World::with_domain();
    let victim = Victim::new();
    world.proxy.inject(
        Rule::on("route53:ChangeTagsForResource").nth(1).then(Fault::KillAfterEffect(victim.clone())),
    );
    let mut child = world.spawn(&["apply", "m", "--auto-approve"]);
    victim.set(child.id());
    child.wait().unwrap();
    let zone = world.zone("example.com");
    let stranger = RecordSet::new("mail.example.com.", "A", 300, &["192.0.2.25"]);
    world.aws.upsert(&zone, &stranger).unwrap();
    let run = world.aplomo(&["apply", "m", "--format", "json"]).exits(5).json();
    let outcomes = run["outcomes"].as_array().unwrap();
    let mail = outcomes.iter().find(|o| o["address"].as_str().unwrap().ends_with("/mail/A")).unwrap();
    assert_eq!(mail["status"], "stale", "{run:#}");
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    world.edit("m/example-com.yaml", "    - {name: mail, type: A, ttl: 300, values: [192.0.2.25]}\n", "");
    let plan = world.plan();
    assert_eq!(plan["summary"]["delete"], 0, "what is not ours is not deleted: {plan:#}");
}
