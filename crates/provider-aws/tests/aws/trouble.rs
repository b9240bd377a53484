//! What goes wrong between us and AWS: said in words, counted, and never worse than it is.

use crate::support::*;
use aplomo_core::observation::OwnerMark;
use aplomo_core::ports::Priority;
use aplomo_core::run::{CallOutcome, Status};
use aplomo_core::{Action, Coverage, Observation};
use aplomo_provider_aws::{Access, AwsConfig, AwsProblem, Credentials, Timeouts};
use aplomo_sandbox::{Fault, RecordSet, Rule, unique_account};
use std::sync::Mutex;
use std::time::Duration;

const CHANGE: &str = "route53:ChangeResourceRecordSets";
const LIST: &str = "route53:ListResourceRecordSets";

fn coverage(seen: &Observation) -> &Coverage {
    seen.coverage.values().next().unwrap()
}

#[tokio::test]
async fn a_failing_page_gives_a_lower_bound() {
    let w = World::new().await;
    let zone = w.seed.create_zone("big.example.", "one", None).unwrap();
    let sets: Vec<_> =
        (0..400).map(|i| RecordSet::new(&format!("n{i}.big.example."), "A", 60, &["192.0.2.1"])).collect();
    w.seed.fill(&zone, &sets).unwrap();
    w.proxy.inject(Rule::on(LIST).from_nth(2).then(Fault::internal_failure()));
    let seen = w.records(&zone).await;
    assert_eq!(seen.objects.len(), 300);
    let Coverage::LowerBound(why) = coverage(&seen) else { panic!("{:?}", seen.coverage) };
    assert!(
        why.contains("first 300 record sets") && why.contains("InternalFailure") && why.contains("request "),
        "{why}"
    );
    assert_eq!(w.proxy.count(LIST), 1 + 3, "repeated twice");
    w.assert_counts_equal();
}

#[tokio::test]
async fn denied_and_failing_first_pages_prove_nothing() {
    let w = World::new().await;
    w.proxy.inject(Rule::on("route53:ListHostedZones").then(Fault::access_denied()));
    let seen = w.zones().await;
    let Coverage::Failed(why) = coverage(&seen) else { panic!("{:?}", seen.coverage) };
    assert!(why.contains("access denied in account") && why.contains("deploy/iam"), "{why}");
    assert_eq!(w.proxy.total(), 1, "not repeated");
    w.proxy.inject(Rule::on(LIST).then(Fault::LostAnswer));
    assert!(matches!(coverage(&w.records("Z1").await), Coverage::Failed(_)));
}

#[tokio::test]
async fn unreadable_tags_make_ownership_unknown_and_nothing_else() {
    let w = World::new().await;
    w.seed.create_zone("a.example.", "aplomo:main:1", None).unwrap();
    w.proxy.inject(Rule::on("route53:ListTagsForResources").then(Fault::access_denied()));
    let seen = w.zones().await;
    assert_eq!(coverage(&seen), &Coverage::Complete);
    assert_eq!(seen.objects[0].mark, OwnerMark::Unknown);
}

#[tokio::test]
async fn throttled_reads_are_repeated_told_to_the_budget_and_counted() {
    let w = World::new().await;
    w.seed.create_zone("a.example.", "one", None).unwrap();
    w.proxy.inject(Rule::on("route53:ListHostedZones").times(2).then(Fault::throttling()));
    let seen = w.zones().await;
    assert_eq!((seen.objects.len(), coverage(&seen)), (1, &Coverage::Complete));
    assert_eq!(w.budget.throttled.lock().unwrap().len(), 2);
    w.assert_counts_equal();
    w.proxy.inject(Rule::on("route53:ListHostedZones").then(Fault::throttling()));
    let Coverage::Failed(why) = coverage(&w.zones().await).clone() else { panic!() };
    assert!(why.contains("throttled"), "{why}");
}

#[tokio::test]
async fn throttled_writes_wait_longer_each_time_and_give_up() {
    let w = World::new().await;
    let zone = w.seed.create_zone("a.example.", "one", None).unwrap();
    let busy = w.proxy.inject(Rule::on(CHANGE).times(2).then(Fault::prior_request_not_complete()));
    let mut create =
        change(RECORD_SET, "x", Action::Create, Some(record("x.a.example.", "A", 60, &["192.0.2.1"])));
    let step = approve(&mut create, w.zone_scope(&zone), None);
    assert_eq!(w.write(std::slice::from_ref(&step)).await[0].status, Status::Applied);
    assert_eq!((w.proxy.count(CHANGE), w.proxy.fired(busy)), (3, 2));
    assert_eq!(w.journal.entries.lock().unwrap().len(), 3, "an intent for each attempt");
    assert!(w.budget.taken.lock().unwrap().iter().all(|(_, priority)| *priority == Priority::Apply));
    w.proxy.lift_all();
    w.proxy.inject(Rule::on(CHANGE).then(Fault::throttling()));
    let outcomes = w.write(&[step]).await;
    assert_eq!(outcomes[0].status, Status::Failed);
    assert!(outcomes[0].error.as_deref().unwrap().contains("throttled"), "{outcomes:?}");
    assert_eq!(w.proxy.count(CHANGE), 3 + 5);
    let slept = w.clock.0.lock().unwrap();
    assert_eq!(slept.len(), 2 + 4);
    assert!(slept[5] > slept[2], "{slept:?}");
    w.assert_counts_equal();
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_not_sent_again() {
    let w = World::new().await;
    let zone = w.seed.create_zone("a.example.", "one", None).unwrap();
    for fault in [Fault::LostAnswer, Fault::internal_failure()] {
        let rule = w.proxy.inject(Rule::on(CHANGE).then(fault));
        w.proxy.reset();
        let mut create =
            change(RECORD_SET, "x", Action::Create, Some(record("x.a.example.", "A", 60, &["192.0.2.1"])));
        let outcomes = w.write(&[approve(&mut create, w.zone_scope(&zone), None)]).await;
        assert_eq!((outcomes[0].status, w.proxy.count(CHANGE)), (Status::Unknown, 1), "{outcomes:?}");
        let last = w.journal.entries.lock().unwrap().last().unwrap().1.clone();
        assert!(matches!(last, Some(CallOutcome::Unknown { .. })), "{last:?}");
        w.proxy.lift(rule);
    }
}

#[tokio::test]
async fn without_journal_or_lease_nothing_is_sent() {
    let mut w = World::new().await;
    let zone = w.seed.create_zone("a.example.", "one", None).unwrap();
    let wanted = |i: usize| record(&format!("n{i}.a.example."), "TXT", 60, &["x".repeat(3900).as_str()]);
    let mut changes: Vec<_> =
        (0..20).map(|i| change(RECORD_SET, &format!("n{i:02}"), Action::Create, Some(wanted(i)))).collect();
    let steps: Vec<_> = changes.iter_mut().map(|c| approve(c, w.zone_scope(&zone), None)).collect();
    w.fence.0 = Mutex::new(1);
    let outcomes = w.write(&steps).await;
    assert_eq!(w.proxy.count(CHANGE), 1);
    assert_eq!(outcomes.iter().filter(|o| o.status == Status::Applied).count(), 8, "the first batch");
    assert_eq!(outcomes.iter().filter(|o| o.status == Status::Skipped).count(), 12);
    assert!(outcomes[19].error.as_deref().unwrap().contains("asked to stop"), "{:?}", outcomes[19]);
    w.journal.full = true;
    w.fence.0 = Mutex::new(9);
    w.proxy.reset();
    let outcomes = w.write(&steps[8..]).await;
    assert_eq!(w.proxy.total(), 0);
    assert!(outcomes[0].error.as_deref().unwrap().contains("disk full"), "{:?}", outcomes[0]);
}

#[tokio::test]
async fn problems_with_credentials_and_endpoints_are_told_apart() {
    let w = World::new().await;
    w.proxy.inject(Rule::on("sts:GetCallerIdentity").times(1).then(Fault::expired_token()));
    let expired = w.aws.caller_identity(&w.read_cx()).await.unwrap_err();
    assert!(matches!(expired, AwsProblem::ExpiredCredentials { .. }), "{expired}");
    assert!(expired.to_string().contains("renew them"), "{expired}");
    assert_eq!(
        w.aws.caller_identity(&w.read_cx()).await.unwrap().account.as_str(),
        w.account,
        "failures are not kept"
    );

    let nowhere = World::with(
        |c| AwsConfig { endpoint: Some("http://127.0.0.1:1".into()), read_attempts: 1, ..c },
        |a| a,
    )
    .await;
    let unreachable = nowhere.aws.caller_identity(&nowhere.read_cx()).await.unwrap_err();
    assert!(matches!(unreachable, AwsProblem::Unreachable { .. }), "{unreachable:?}");
    assert!(unreachable.to_string().contains("http://127.0.0.1:1"), "{unreachable}");

    let profile = Credentials::Chain { profile: Some("aplomo-test-no-such-profile".into()) };
    let nobody = World::with(|c| AwsConfig { credentials: profile, ..c }, |a| a).await;
    let none = nobody.aws.caller_identity(&nobody.read_cx()).await.unwrap_err();
    assert!(matches!(none, AwsProblem::NoCredentials { .. }), "{none:?}");
    assert_eq!(nobody.proxy.total(), 0);

    let bad = AwsConfig { endpoint: Some("localhost:5000".into()), ..AwsConfig::default() };
    let bad = aplomo_provider_aws::Session::open(&bad).await;
    assert!(bad.unwrap_err().to_string().contains("begins with http://"));
}

#[tokio::test]
async fn a_slow_service_is_given_up_on() {
    let timeouts = Timeouts {
        attempt: Duration::from_millis(200),
        operation: Duration::from_millis(500),
        ..Timeouts::default()
    };
    let w = World::with(|c| AwsConfig { timeouts, read_attempts: 1, ..c }, |a| a).await;
    w.proxy.inject(Rule::on("sts:*").then(Fault::Hang(Duration::from_secs(20))));
    let slow = w.aws.caller_identity(&w.read_cx()).await.unwrap_err();
    assert!(matches!(slow, AwsProblem::NoAnswer { .. }), "{slow:?}");
}

#[tokio::test]
async fn roles_are_taken_with_the_external_id_apart_for_reading_and_writing_and_counted() {
    let theirs = unique_account();
    let role = |name: &str| Some(format!("arn:aws:iam::{theirs}:role/{name}"));
    let (read_role, write_role) = (role("reads"), role("writes"));
    let w = World::with(
        |config| config,
        |access| Access { read_role, write_role, external_id: Some("ext-1".into()), ..access },
    )
    .await;
    assert_eq!(w.aws.caller_identity(&w.read_cx()).await.unwrap().account.as_str(), theirs);
    w.zones().await;
    let assumed = |name: &str| {
        let taken =
            |call: &&aplomo_sandbox::Call| call.body.contains(name) && call.body.contains("ExternalId=ext-1");
        w.proxy.calls().iter().filter(taken).count()
    };
    assert_eq!((assumed("reads"), assumed("writes")), (1, 0), "a reading cannot write");
    let mut create =
        change(HOSTED_ZONE, "zone", Action::Create, Some(fields(&[("/name", "r.example.".into())])));
    assert!(w.aws.writers(&[]).is_empty(), "no writer without an approved step");
    let outcomes = w.write(&[approve(&mut create, w.scope(), None)]).await;
    assert_eq!(outcomes[0].status, Status::Applied, "{outcomes:?}");
    assert_eq!((assumed("reads"), assumed("writes")), (1, 1));
    w.assert_counts_equal();
}

#[tokio::test]
async fn a_role_that_may_not_be_taken_is_named() {
    let w = World::with(|c| c, |a| Access { read_role: Some("arn:aws:iam::1:role/x".into()), ..a }).await;
    w.proxy.inject(Rule::on("sts:AssumeRole").then(Fault::access_denied()));
    let Coverage::Failed(why) = coverage(&w.zones().await).clone() else { panic!() };
    assert!(why.starts_with("sts:AssumeRole: access denied"), "{why}");
    w.assert_counts_equal();
}

#[tokio::test]
async fn the_service_s_clock_is_compared_with_ours() {
    let w = World::new().await;
    w.proxy.inject(Rule::on("*").then(Fault::skew_date(-600)));
    let skew = w.zones().await.skew_seconds.unwrap();
    assert!((-630..=-570).contains(&skew), "{skew}");
}
