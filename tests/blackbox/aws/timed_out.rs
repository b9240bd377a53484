//! A certificate in somebody else's DNS that ACM gave up on: it waits for its records, and is asked for again
//! under the approval of the first asking, while that stands.

use super::estate::*;
use crate::world::World;
use aplomo_sandbox::DnsServer;
use serde_json::Value;

/// What somebody was asked to write into their DNS, and the effect that asked for it.
struct Asked {
    name: String,
    value: String,
    digest: String,
}

/// A world that looks records up in this DNS, with the certificate asked for, approved for a week.
fn asked_for(dns: &DnsServer) -> (World, Asked) {
    let world = with(&[EXTERNAL]);
    world.write("aplomo.yaml", format!("aws: {{resolver: '{}', settle: 0s}}\n", dns.addr()));
    let plan = world.plan();
    let mut changes = plan["changes"].as_array().unwrap().iter();
    let change = changes.find(|c| c["type"] == "aws.acm.Certificate").unwrap();
    let digest = change["digest"].as_str().unwrap().to_owned();
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(6);
    let said = findings(&world.plan(), "validation-record").remove(0);
    let words: Vec<&str> = said.split_whitespace().rev().take(3).collect();
    let [value, "CNAME", name] = words[..] else { panic!("{said}") };
    (world, Asked { name: name.to_owned(), value: value.to_owned(), digest })
}

fn arn(world: &World) -> String {
    let all = world.aws.certificates().unwrap();
    assert_eq!(all.len(), 1, "{all:#?}");
    all[0]["CertificateArn"].as_str().unwrap().to_owned()
}

fn gives_up(world: &World) -> String {
    let arn = arn(world);
    world.proxy.acm_override(&arn, "Status", "\"VALIDATION_TIMED_OUT\"").unwrap();
    arn
}

fn one_change(plan: &Value) -> &Value {
    let all = plan["changes"].as_array().unwrap();
    assert_eq!(all.len(), 1, "{plan:#}");
    &all[0]
}

#[test]
fn it_waits_for_its_record_and_is_asked_for_again_under_the_same_approval() {
    let dns = DnsServer::start().unwrap();
    let (world, asked) = asked_for(&dns);
    for attempt in 0..2 {
        let old = gives_up(&world);
        dns.remove(&asked.name);
        // No record, or one that cannot be looked up: a state, and no difference.
        for fails in [false, true] {
            if fails {
                dns.fail(&asked.name);
            }
            let plan =
                world.aplomo(&["plan", "m", "--detailed-exitcode", "--format", "json"]).exits(0).json();
            assert_eq!(World::changes(&plan), Vec::<String>::new(), "{plan:#}");
            let waits = findings(&plan, "waiting").join(" ");
            assert!(
                waits.contains("asked for again once DNS has") && waits.contains(&asked.name),
                "{plan:#}"
            );
            world.aplomo(&["apply", "m"]).exits(6);
        }
        assert_eq!(arn(&world), old, "nothing was asked for");
        dns.remove(&asked.name);
        dns.set_cname(&asked.name, &asked.value);
        let plan = world.plan();
        let change = one_change(&plan);
        assert_eq!((&change["action"], &change["again"]), (&"replace".into(), &true.into()), "{change:#}");
        // Nobody approves: the first asking was approved, and came to nothing so far.
        let run = world.aplomo(&["apply", "m", "--format", "json"]);
        assert!([0, 6].contains(&run.code), "attempt {attempt}: {run:?}");
        assert_ne!(arn(&world), old, "the new one stands in the place of the old one");
    }
    world.proxy.external_record(&asked.name, &asked.value);
    clean(&world);
    world.aplomo(&["audit", "verify"]).exits(0);
}

#[test]
fn what_was_issued_spent_its_approval() {
    let dns = DnsServer::start().unwrap();
    let (world, asked) = asked_for(&dns);
    dns.set_cname(&asked.name, &asked.value);
    world.proxy.external_record(&asked.name, &asked.value);
    clean(&world);
    // Issued, and then revoked by ACM: asking for another one is another matter.
    world.proxy.acm_override(&arn(&world), "Status", "\"REVOKED\"").unwrap();
    let plan = world.plan();
    assert_eq!(one_change(&plan)["again"], Value::Null, "{plan:#}");
    world.aplomo(&["apply", "m"]).exits(4);
}

#[test]
fn another_wish_and_a_revoked_approval_need_a_new_one() {
    let dns = DnsServer::start().unwrap();
    let (world, asked) = asked_for(&dns);
    world.edit("m/0.yaml", "shop.example.net", "shop.example.org");
    gives_up(&world);
    dns.set_cname(&asked.name, &asked.value);
    let plan = world.plan();
    assert_eq!(one_change(&plan)["again"], Value::Null, "another name was never approved: {plan:#}");
    world.aplomo(&["apply", "m"]).exits(4);
    world.edit("m/0.yaml", "shop.example.org", "shop.example.net");
    world.aplomo(&["approve", &asked.digest, "--revoke"]).exits(0);
    world.aplomo(&["apply", "m"]).exits(4);
}
