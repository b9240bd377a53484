//! Each fault, seen from the client's side and from moto's.

use std::process::{Command, Stdio};
use std::time::Duration;

use aplomo_sandbox::{Aws, Error, Fault, Outcome, RecordSet, Rule, Victim};

use crate::support::{moto, plain, refusal};

const CHANGE: &str = "route53:ChangeResourceRecordSets";

fn record(name: &str) -> RecordSet {
    RecordSet::new(&format!("{name}.fault.example."), "A", 60, &["192.0.2.1"])
}

#[test]
fn an_injected_error_has_the_shape_of_its_service_and_no_effect() {
    let (proxy, aws) = plain();
    let zone = aws.create_zone("fault.example.", "one", None).unwrap();
    proxy.reset();
    let denied = proxy.inject(Rule::on(CHANGE).nth(2).then(Fault::access_denied()));
    aws.upsert(&zone, &record("first")).unwrap();
    assert_eq!(refusal(aws.upsert(&zone, &record("second"))).1, "AccessDenied");
    aws.upsert(&zone, &record("third")).unwrap();
    assert_eq!(proxy.fired(denied), 1);
    assert_eq!(proxy.calls()[1].outcome, Outcome::Injected(403));
    let names: Vec<_> = aws.records(&zone).unwrap().into_iter().map(|set| set.name).collect();
    assert_eq!(names, ["fault.example.", "fault.example.", "first.fault.example.", "third.fault.example."]);

    for service in ["sts", "ec2", "iam"] {
        proxy.inject(Rule::on(&format!("{service}:*")).times(1).then(Fault::throttling()));
        let (status, code, message) = refusal(aws.query(service, "2016-11-15", "GetThings", &[]));
        assert_eq!(
            (status, code.as_str(), message.as_str()),
            (400, "Throttling", "Rate exceeded"),
            "{service}"
        );
    }
}

#[test]
fn the_texts_of_injected_errors() {
    let (proxy, aws) = plain();
    let faults = [
        Fault::prior_request_not_complete(),
        Fault::expired_token(),
        Fault::internal_failure(),
        Fault::invalid_change_batch(&["a <b>", "c"]),
        Fault::error(409, "HostedZoneAlreadyExists", "there"),
    ];
    for fault in faults {
        proxy.inject(Rule::on("route53:ListHostedZones").times(1).then(fault));
    }
    // The first rule that fires wins, and a rule counts every match: all but the first were used up with it.
    assert_eq!(refusal(aws.zones()).1, "PriorRequestNotComplete");
    assert!(aws.zones().is_ok());
    proxy.lift_all();
    proxy.inject(Rule::on("route53:*").then(Fault::invalid_change_batch(&["a <b>", "c"])));
    assert_eq!(refusal(aws.zones()), (400, "InvalidChangeBatch".into(), "[a <b>, c]".into()));
    proxy.lift_all();
    proxy.inject(Rule::on("route53:*").then(Fault::invalid_change_batch_bare(&["x"])));
    assert_eq!(refusal(aws.zones()), (400, String::new(), "x".into()));
}

#[test]
fn a_text_in_the_body_can_be_refused() {
    let (proxy, aws) = plain();
    let zone = aws.create_zone("fault.example.", "one", None).unwrap();
    let refuse = Fault::invalid_change_batch(&["no culprits here"]);
    proxy.inject(Rule::on(CHANGE).containing("culprit.fault.example.").then(refuse));
    let (good, bad) = (record("good"), record("culprit"));
    assert_eq!(refusal(aws.change(&zone, &[("CREATE", &good), ("CREATE", &bad)])).1, "InvalidChangeBatch");
    aws.change(&zone, &[("CREATE", &good)]).unwrap();
}

#[test]
fn refused_writes_are_recorded_and_reads_go_on() {
    let (proxy, aws) = plain();
    let rule = proxy.refuse_writes();
    assert_eq!(refusal(aws.create_zone("fault.example.", "one", None)).0, 403);
    assert_eq!(aws.zones().unwrap(), []);
    assert_eq!(proxy.fired(rule), 1);
    proxy.lift(rule);
    aws.create_zone("fault.example.", "one", None).unwrap();
}

#[test]
fn a_lost_answer_has_its_effect_and_a_lost_request_has_none() {
    let (proxy, aws) = plain();
    let behind = Aws::direct(moto().endpoint(), proxy.account()).unwrap();
    let create = "route53:CreateHostedZone";
    proxy.inject(Rule::on(create).nth(1).then(Fault::LostRequest));
    proxy.inject(Rule::on(create).nth(2).then(Fault::LostAnswer));
    assert!(matches!(aws.create_zone("fault.example.", "one", None), Err(Error::NoAnswer { .. })));
    assert_eq!(behind.zones().unwrap().len(), 0);
    assert!(matches!(aws.create_zone("fault.example.", "one", None), Err(Error::NoAnswer { .. })));
    assert_eq!(behind.zones().unwrap().len(), 1);
    let outcomes: Vec<_> = proxy.calls().iter().map(|call| call.outcome).collect();
    assert_eq!(outcomes, [Outcome::Dropped { effect: false }, Outcome::Dropped { effect: true }]);
}

#[test]
fn a_process_is_killed_after_the_effect_and_before_the_answer() {
    use std::os::unix::process::ExitStatusExt;
    let (proxy, aws) = plain();
    let victim = Victim::new();
    proxy.inject(Rule::on_writes().nth(1).then(Fault::KillAfterEffect(victim.clone())));
    let mut child = Command::new("sleep").arg("600").stdin(Stdio::null()).spawn().unwrap();
    victim.set(child.id());
    assert!(matches!(aws.create_zone("fault.example.", "one", None), Err(Error::NoAnswer { .. })));
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    assert_eq!(aws.zones().unwrap().len(), 1);
}

#[test]
fn a_hanging_call_ends_without_effect() {
    let (proxy, aws) = plain();
    proxy.inject(Rule::on_writes().times(1).then(Fault::Hang(Duration::from_millis(20))));
    assert!(matches!(aws.create_zone("fault.example.", "one", None), Err(Error::NoAnswer { .. })));
    assert_eq!(aws.zones().unwrap(), []);
    proxy.inject(Rule::on_writes().times(1).then(Fault::Delay(Duration::from_millis(20))));
    aws.create_zone("fault.example.", "one", None).unwrap();
}

#[test]
fn answers_can_be_rewritten() {
    let (proxy, aws) = plain();
    for n in 0..4 {
        aws.create_zone(&format!("z{n}.example."), &format!("ref {n}"), None).unwrap();
    }
    let rule = proxy.inject(Rule::on("route53:ListHostedZones").then(Fault::rewrite(|answer| {
        let mut n = 0;
        answer.retain_elements("HostedZone", |_| {
            n += 1;
            n % 2 == 0
        })
    })));
    let names: Vec<_> = aws.zones().unwrap().into_iter().map(|zone| zone.name).collect();
    assert_eq!(names, ["z1.example.", "z3.example."]);
    proxy.lift(rule);
    assert_eq!(aws.zones().unwrap().len(), 4);
}

#[test]
fn the_date_of_answers_can_be_skewed() {
    let answer = aplomo_sandbox::Answer {
        status: 200,
        headers: vec![("date".into(), "Tue, 14 Nov 2023 22:13:20 GMT".into())],
        body: String::new(),
    };
    let shifted = |seconds| answer.clone().with_date_shifted(seconds).header("date").map(str::to_owned);
    assert_eq!(shifted(120).as_deref(), Some("Tue, 14 Nov 2023 22:15:20 GMT"));
    assert_eq!(shifted(-20).as_deref(), Some("Tue, 14 Nov 2023 22:13:00 GMT"));
    // And on the wire: shifted by a century, no clock can be mistaken for it.
    let (proxy, _aws) = plain();
    proxy.inject(Rule::on("*").then(Fault::skew_date(-100 * 365 * 86_400 / 2)));
    let dates = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = dates.clone();
    proxy.inject(Rule::on("*").then(Fault::rewrite(move |answer| {
        seen.lock().unwrap().extend(answer.header("date").map(str::to_owned));
        answer
    })));
    Aws::through(&proxy).unwrap().zones().unwrap();
    let dates = dates.lock().unwrap();
    assert!(dates.len() == 1 && dates[0].contains(" 19"), "{dates:?}");
}
