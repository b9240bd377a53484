//! AWS at its worst: it throttles, fails, hangs, forgets to answer, and is slow to know what it made. A run
//! converges or ends with a clear result, and no change is tried more often than is stated.

use super::estate::*;
use crate::world::World;
use aplomo_sandbox::{Fault, Lag, Pace, Rule};
use std::time::Duration;

/// As `crates/provider-aws/src/write.rs` states it: a throttled call, the first attempt included.
const ATTEMPTS: usize = 5;
/// As `crates/provider-aws/src/write/iam/mod.rs` states it: a call about what IAM has not heard of yet.
const PATIENT_ATTEMPTS: usize = 11;

#[track_caller]
fn converges(world: &World) {
    let ran = world.aplomo(&["apply", "m", "--auto-approve"]);
    assert!([0, 6].contains(&ran.code), "{ran:?}");
    clean(world);
}

/// The outcome of a change by the end of its address.
fn status(run: &serde_json::Value, address: &str) -> String {
    let mut outcomes = run["outcomes"].as_array().unwrap().iter();
    let found = outcomes.find(|o| o["address"].as_str().unwrap().ends_with(address));
    found.unwrap_or_else(|| panic!("{address}: {run:#}"))["status"].as_str().unwrap().to_owned()
}

#[test]
fn every_write_throttled_once_is_ridden_out() {
    let world = estate();
    let rule = world.proxy.inject(Rule::on_writes().each().times(1).then(Fault::throttling()));
    converges(&world);
    assert!(world.proxy.fired(rule) > 15, "{:?}", world.proxy.counts());
}

#[test]
fn a_write_throttled_for_ever_ends_partial_after_the_stated_attempts() {
    let world = with(&[PARTNER, CI]);
    let rule = world.proxy.inject(Rule::on("iam:CreatePolicy").then(Fault::throttling()));
    let run = apply(&world, 5).json();
    assert_eq!(world.proxy.count("iam:CreatePolicy"), ATTEMPTS, "{run:#}");
    assert_eq!(status(&run, "Policy/partner-queue"), "failed");
    assert_eq!(status(&run, "partner:aws.iam.Role"), "skipped");
    assert_eq!(status(&run, "ci:aws.iam.Role"), "applied");
    world.proxy.lift(rule);
    converges(&world);
}

#[test]
fn one_failure_of_the_service_at_any_create_is_ridden_out() {
    let creates =
        ["iam:CreateRole", "iam:CreatePolicy", "iam:CreateInstanceProfile", "acm:RequestCertificate"];
    let world = estate();
    for call in creates {
        world.proxy.inject(Rule::on(call).nth(1).then(Fault::internal_failure()));
    }
    converges(&world);
    assert!(census(&world).iter().all(|(_, count)| *count <= 3), "{:?}", census(&world));
}

#[test]
fn a_service_that_always_fails_is_tried_a_few_times_and_the_next_start_goes_on() {
    let world = with(&[CI]);
    let rule = world.proxy.inject(Rule::on("iam:CreateRole").then(Fault::internal_failure()));
    let ran = world.aplomo(&["apply", "m", "--auto-approve"]);
    assert!([1, 5].contains(&ran.code), "{ran:?}");
    assert!(world.proxy.count("iam:CreateRole") <= ATTEMPTS, "{:?}", world.proxy.counts());
    world.proxy.lift(rule);
    let ran = world.aplomo(&["apply", "m"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    clean(&world);
}

#[test]
fn a_call_that_hangs_is_given_up_and_looked_up() {
    let world = with(&[CI]);
    let hang = Fault::Hang(Duration::from_secs(60));
    let rule = world.proxy.inject(Rule::on("iam:CreateRole").nth(1).then(hang));
    let begun = std::time::Instant::now();
    converges(&world);
    assert_eq!(world.proxy.fired(rule), 1);
    assert!(begun.elapsed() < Duration::from_secs(50), "{:?}", begun.elapsed());
}

#[test]
fn a_connection_reset_before_any_write_is_ridden_out() {
    let world = estate();
    let rule = world.proxy.inject(Rule::on_writes().nth(4).then(Fault::LostRequest));
    let second = world.proxy.inject(Rule::on_writes().nth(9).then(Fault::LostRequest));
    converges(&world);
    assert_eq!((world.proxy.fired(rule), world.proxy.fired(second)), (1, 1));
}

#[test]
fn readings_that_fail_block_what_they_hid_and_doubled_nothing() {
    let world = applied(&[PARTNER]);
    world.edit("m/0.yaml", "maxSession: 4h", "maxSession: 2h");
    let rule =
        world.proxy.inject(Rule::on("iam:GetAccountAuthorizationDetails").then(Fault::internal_failure()));
    let plan = world.aplomo(&["plan", "m", "--format", "json"]).exits(1).json();
    assert_eq!(World::changes(&plan), Vec::<String>::new(), "{plan:#}");
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(1);
    assert_eq!(world.proxy.writes(), 0);
    world.proxy.lift(rule);
    converges(&world);
}

#[test]
fn what_was_just_made_and_is_not_known_yet_is_waited_for() {
    let world = estate();
    world.proxy.lag(Lag::on("iam:*").reads(2).uses(1));
    world.proxy.lag(Lag::on("acm:*").reads(2).uses(1));
    converges(&world);
    let counts = world.proxy.counts();
    assert_eq!(counts["iam:CreateRole"], 3, "{counts:?}");
    assert_eq!(counts["acm:RequestCertificate"], 1, "{counts:?}");
}

#[test]
fn a_lost_answer_to_a_create_that_lists_lack_at_first_doubles_nothing() {
    let creates = [
        "iam:CreateRole",
        "iam:CreatePolicy",
        "iam:CreateInstanceProfile",
        "iam:CreateOpenIDConnectProvider",
        "iam:CreateSAMLProvider",
        "acm:RequestCertificate",
    ];
    for call in creates {
        let world = with(&[CERTIFICATE, PARTNER, CI, &auditor(), DOMAIN]);
        world.write("aplomo.yaml", CONFIG.replace("0s", "1s"));
        world.proxy.lag(Lag::on(call).reads(1));
        let rule = world.proxy.inject(Rule::on(call).nth(1).then(Fault::LostAnswer));
        let ran = world.aplomo(&["apply", "m", "--auto-approve"]);
        assert!([0, 6].contains(&ran.code), "{call}: {ran:?}");
        assert_eq!(world.proxy.fired(rule), 1, "{call}");
        clean(&world);
        let expected = [1, 1, 3, 1, 1, 1];
        let found: Vec<usize> = census(&world).into_iter().map(|(_, count)| count).collect();
        assert_eq!(found, expected, "{call}: {:?}", census(&world));
    }
}

/// A profile that trusts the role `first`.
fn trusting(world: &World) -> String {
    let account = world.proxy.account().unwrap();
    format!(
        "\
apiVersion: aplomo/v1
kind: IamProfile
metadata: {{name: second, tenant: acme}}
spec:
  trust: {{principals: [\"arn:aws:iam::{account}:role/first\"]}}
  policies: {{managed: [ReadOnlyAccess]}}
"
    )
}

#[test]
fn a_role_that_is_not_yet_taken_as_a_principal_is_waited_for() {
    let world = with(&[]);
    world.write("m/second.yaml", trusting(&world));
    let first = "trust: {accounts: [\"444455556666\"], externalId: acme-7f3a91}\n";
    let (head, _) = CI.split_once("trust:").unwrap();
    world.write("m/first.yaml", head.replace("name: ci", "name: first") + first);
    world.proxy.set_pace(Pace { new_role: 2, ..Pace::default() });
    converges(&world);
    assert_eq!(world.proxy.count("iam:CreateRole"), 4, "one and two refusals, and the first role");
}

#[test]
fn a_principal_that_never_comes_ends_partial_after_the_stated_attempts() {
    let world = with(&[&auditor()]);
    world.write("m/second.yaml", trusting(&world));
    let run = apply(&world, 5).json();
    assert_eq!(status(&run, "second:aws.iam.Role"), "failed");
    assert_eq!(status(&run, "auditor:aws.iam.Role"), "applied");
    assert_eq!(world.proxy.count("iam:CreateRole"), 1 + PATIENT_ATTEMPTS);
    assert!(run.to_string().contains("Invalid principal"), "{run:#}");
}

#[test]
fn a_certificate_in_use_stays_when_it_is_replaced_until_nothing_uses_it() {
    let world = with(&[DOMAIN, CERTIFICATE]);
    settle(&world);
    let old = world.aws.certificates().unwrap().remove(0)["CertificateArn"].as_str().unwrap().to_owned();
    let user = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/1";
    world.proxy.acm_use(&old, user);
    world.edit("m/1.yaml", "www.example.com", "static.example.com");
    let run = world.aplomo(&["apply", "m", "--auto-approve"]);
    assert!([0, 5, 6].contains(&run.code), "{run:?}");
    assert!(run.out.contains(user), "the run says what still uses it: {run:?}");
    assert_eq!(world.aws.certificates().unwrap().len(), 2);
    world.proxy.acm_unuse(&old, user);
    let run = world.aplomo(&["apply", "m", "--auto-approve"]);
    assert!([0, 6].contains(&run.code), "{run:?}");
    clean(&world);
    assert_eq!(world.aws.certificates().unwrap().len(), 1);
}
