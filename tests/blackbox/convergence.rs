//! After a run what it touched is read again; what did not stay is quarantined with its field named and
//! not written again until a person or a new effect releases it.

use crate::world::World;
use aplomo_sandbox::{Answer, Fault, Rule};

const APPLY: &[&str] = &["apply", "m", "--auto-approve", "--format", "json"];

/// Whatever TTL is wished for `mail`, readers see this one.
fn insisting(ttl: &'static str) -> Fault {
    Fault::rewrite(move |answer: Answer| {
        let Some((head, tail)) = answer.body.split_once("<Name>mail.example.com.</Name>") else {
            return answer;
        };
        let (between, rest) = tail.split_once("<TTL>").unwrap();
        let (_, rest) = rest.split_once("</TTL>").unwrap();
        let name = "<Name>mail.example.com.</Name>";
        Answer { body: format!("{head}{name}{between}<TTL>{ttl}</TTL>{rest}"), ..answer }
    })
}

const LONG: &str = "ttl: 900, values: [192.0.2.25]";

#[test]
fn what_does_not_stay_is_quarantined_until_a_person_or_another_effect_lets_it_go_on() {
    let world = World::applied();
    world.edit("m/example-com.yaml", "ttl: 300, values: [192.0.2.25]", LONG);
    world.aplomo(&["plan", "m", "--out", "plan.json"]).exits(0);
    let zone = world.zone("example.com");
    let back = world.aws.find(&zone, "mail.example.com.", "A").unwrap().remove(0);
    world.proxy.inject(Rule::on("route53:ListResourceRecordSets").then(insisting("300")));
    let run = world.aplomo(APPLY).exits(5).json();
    assert_eq!(World::statuses(&run), ["quarantined mail/A"], "{run:#}");
    let why = run["outcomes"][0]["error"].as_str().unwrap();
    assert!(why.contains("/ttl") && why.contains("aplomo release"), "{why}");
    assert_eq!(run["converged"], false);
    // From here on the world itself is as the other insists.
    world.aws.upsert(&zone, &back).unwrap();
    world.proxy.lift_all();
    world.proxy.reset();

    assert_eq!(world.plan()["changes"][0]["heldBy"], "quarantine");
    world.aplomo(APPLY).exits(4);
    // Nor does a plan file that is older than the quarantine get around it.
    world.aplomo(&["apply", "--plan", "plan.json", "--auto-approve"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
    assert!(world.aplomo(&["status"]).exits(0).out.contains("mail/A"));

    world.edit("m/example-com.yaml", LONG, "ttl: 901, values: [192.0.2.25]");
    world.aplomo(APPLY).exits(0);

    world.aws.upsert(&zone, &back).unwrap();
    world.edit("m/example-com.yaml", "ttl: 901, values: [192.0.2.25]", LONG);
    world.aplomo(APPLY).exits(4);
    world.aplomo(&["release", "acme/Domain/example-com:aws.route53.RecordSet/mail/A"]).exits(0);
    world.aplomo(APPLY).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_reading_that_lags_is_repeated_before_anything_is_said() {
    let world = World::applied();
    world.edit("m/example-com.yaml", "ttl: 300, values: [192.0.2.25]", "ttl: 900, values: [192.0.2.25]");
    // Plan, the look before the batch, and the first look after it; then the world shows.
    let rule = world.proxy.inject(Rule::on("route53:ListResourceRecordSets").nth(3).then(insisting("300")));
    let run = world.aplomo(APPLY).exits(0).json();
    assert_eq!(world.proxy.fired(rule), 1);
    assert_eq!(World::statuses(&run), ["applied mail/A"]);
}

#[test]
fn what_was_applied_and_vanished_is_said() {
    let world = World::applied();
    world.edit(
        "m/example-com.yaml",
        "    - {name: api,",
        "    - {name: new, type: A, ttl: 60, values: [192.0.2.9]}\n    - {name: api,",
    );
    let gone =
        |answer: Answer| answer.retain_elements("ResourceRecordSet", |set| !set.contains("new.example.com."));
    world.proxy.inject(Rule::on("route53:ListResourceRecordSets").then(Fault::rewrite(gone)));
    let run = world.aplomo(APPLY).exits(5).json();
    assert_eq!(World::statuses(&run), ["quarantined new/A"], "{run:#}");
    assert!(run["outcomes"][0]["error"].as_str().unwrap().contains("is not there"), "{run:#}");
}
