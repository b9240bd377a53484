//! Writing record sets.

use crate::support::*;
use aplomo_core::plan::Change;
use aplomo_core::ports::StepOutcome;
use aplomo_core::run::Status;
use aplomo_core::{Action, Datum, FieldPath, Observation, Wish};
use aplomo_sandbox::{Fault, RecordSet, Rule};

const CHANGE: &str = "route53:ChangeResourceRecordSets";

async fn world(name: &str) -> (World, String) {
    let w = World::new().await;
    let zone = w.seed.create_zone(name, "one", None).unwrap();
    (w, zone)
}

/// Carries changes out over what is there now, matched by name and type.
async fn carry_out(w: &World, zone: &str, changes: &mut [Change], seen: &Observation) -> Vec<StepOutcome> {
    let fresh = |change: &Change| {
        let after = change.after.as_ref()?;
        seen.objects.iter().find(|o| {
            ["/name", "/type", "/setIdentifier"].iter().all(|path| o.fields.text(path) == after.text(path))
        })
    };
    let steps: Vec<_> = changes
        .iter_mut()
        .map(|change| {
            let there = fresh(change);
            approve(change, w.zone_scope(zone), there)
        })
        .collect();
    w.write(&steps).await
}

fn statuses(outcomes: &[StepOutcome]) -> Vec<Status> {
    outcomes.iter().map(|outcome| outcome.status).collect()
}

fn every_type() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    vec![
        ("a", "A", vec!["192.0.2.1", "192.0.2.2"]),
        ("*", "A", vec!["192.0.2.3"]),
        ("aaaa", "AAAA", vec!["2001:db8::1"]),
        ("cname", "CNAME", vec!["www.example.net."]),
        ("mx", "MX", vec!["10 mail.example.net.", "20 mx.example.net."]),
        ("txt", "TXT", vec!["v=spf1 include:_spf.example.net ~all", "say \"hi\" \\\\ \\303\\251"]),
        ("spf", "SPF", vec!["v=spf1 -all"]),
        ("ns", "NS", vec!["ns1.example.net.", "ns2.example.net."]),
        ("ptr", "PTR", vec!["host.example.net."]),
        ("_sip._tcp", "SRV", vec!["10 5 5060 sip.example.net."]),
        ("caa", "CAA", vec!["0 issue \"letsencrypt.org\""]),
        ("ds", "DS", vec!["12345 13 2 49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE5A7F6B5F4C1A9E3F0B6D7C8A"]),
        ("naptr", "NAPTR", vec!["100 10 \"u\" \"sip+E2U\" \"!^.*$!sip:info@example.net!\" ."]),
        ("https", "HTTPS", vec!["1 . alpn=h2,h3"]),
        ("svcb", "SVCB", vec!["1 svc.example.net. port=8443"]),
        ("_443._tcp", "TLSA", vec!["3 1 1 0D6FCE3FFB43B9C5E2B1D4A0E3C2B1A0F9E8D7C6B5A4938271605F4E3D2C1B0A"]),
        ("sshfp", "SSHFP", vec!["4 2 49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE5A7F6B5F4C1A9E3F0B6D7C8A"]),
    ]
}

#[tokio::test]
async fn every_type_is_created_read_back_updated_and_deleted() {
    let (w, zone) = world("types.example.").await;
    let name = |relative: &str| format!("{relative}.types.example.");
    let make = |ttl| {
        let all = every_type().into_iter().enumerate();
        all.map(|(i, (n, kind, values))| {
            change(RECORD_SET, &format!("k{i}"), Action::Create, Some(record(&name(n), kind, ttl, &values)))
        })
        .collect::<Vec<_>>()
    };
    let mut created = make(300);
    let outcomes = carry_out(&w, &zone, &mut created, &w.records(&zone).await).await;
    assert!(outcomes.iter().all(|o| o.status == Status::Applied), "{outcomes:#?}");
    assert_eq!(w.proxy.count(CHANGE), 1, "one batch");
    let seen = w.records(&zone).await;
    for (change, (n, kind, _)) in created.iter().zip(every_type()) {
        let there = find(&seen, &name(n), kind).unwrap_or_else(|| panic!("{kind}"));
        for (path, wish) in change.after.as_ref().unwrap().iter() {
            assert_eq!(there.fields.value(path.as_str()), wish.value(), "{kind} {path}");
        }
        assert!(outcomes.iter().any(|o| o.id.as_ref() == Some(&there.id)), "{}", there.id);
    }
    let mut updated = make(60);
    updated.iter_mut().for_each(|change| change.action = Action::Update);
    let outcomes = carry_out(&w, &zone, &mut updated, &seen).await;
    assert!(outcomes.iter().all(|o| o.status == Status::Applied), "{outcomes:#?}");
    let seen = w.records(&zone).await;
    assert!(seen.objects.iter().all(|o| o.brought_along || o.fields.value("/ttl") == Some(&Datum::Int(60))));
    let mut deletes: Vec<_> =
        (0..updated.len()).map(|i| change(RECORD_SET, &format!("k{i}"), Action::Delete, None)).collect();
    let ours: Vec<_> = seen.objects.iter().filter(|o| !o.brought_along).collect();
    let steps: Vec<_> =
        deletes.iter_mut().zip(ours).map(|(c, o)| approve(c, w.zone_scope(&zone), Some(o))).collect();
    let outcomes = w.write(&steps).await;
    assert!(outcomes.iter().all(|o| o.status == Status::Applied), "{outcomes:#?}");
    assert_eq!(w.records(&zone).await.objects.len(), 2, "the apex stays");
    assert_eq!(w.proxy.count(CHANGE), 3);
    w.assert_counts_equal();
    assert!(w.proxy.calls().iter().all(|call| !call.body.contains("UPSERT")));
}

#[tokio::test]
async fn a_thousand_new_records_take_few_calls() {
    let (w, zone) = world("many.example.").await;
    let mut changes: Vec<_> = (0..1000)
        .map(|i| {
            let wanted = record(&format!("n{i}.many.example."), "A", 300, &["192.0.2.1"]);
            change(RECORD_SET, &format!("n{i}"), Action::Create, Some(wanted))
        })
        .collect();
    let outcomes = carry_out(&w, &zone, &mut changes, &Observation::default()).await;
    assert!(outcomes.iter().all(|o| o.status == Status::Applied));
    assert_eq!(outcomes.len(), 1000);
    assert!(w.proxy.count(CHANGE) <= 10, "{}", w.proxy.count(CHANGE));
    assert_eq!(w.journal.entries.lock().unwrap().len(), w.proxy.count(CHANGE), "one intent a call");
}

#[tokio::test]
async fn an_update_keeps_what_is_not_managed() {
    let (w, zone) = world("keep.example.").await;
    let check = w.seed.create_health_check("ref", "www.example.com", "/").unwrap();
    let set = RecordSet::new("w.keep.example.", "TXT", 60, &["\"a\" \"b\""]).routed("x", "Weight", "3");
    let mut set = set;
    set.extra.insert("HealthCheckId".into(), check.clone());
    w.seed.upsert(&zone, &set).unwrap();
    let mut wanted = record("w.keep.example.", "TXT", 61, &["ab"]);
    wanted.set(FieldPath::known("/setIdentifier"), Wish::Value("x".into()));
    let mut changes = [change(RECORD_SET, "w", Action::Update, Some(wanted))];
    let outcomes = carry_out(&w, &zone, &mut changes, &w.records(&zone).await).await;
    assert_eq!(statuses(&outcomes), [Status::Applied], "{outcomes:?}");
    let there = w.seed.find(&zone, "w.keep.example.", "TXT").unwrap().remove(0);
    assert_eq!(there.ttl, Some(61));
    assert_eq!(there.values, ["\"a\" \"b\""], "equal in meaning, so kept as it was");
    assert_eq!(there.extra["Weight"], "3");
    assert_eq!(there.extra["HealthCheckId"], check);
}

#[tokio::test]
async fn what_cannot_stand_side_by_side_goes_in_one_batch() {
    let (w, zone) = world("swap.example.").await;
    w.seed.upsert(&zone, &RecordSet::new("www.swap.example.", "CNAME", 60, &["old.example.net."])).unwrap();
    w.seed.upsert(&zone, &RecordSet::new("to.swap.example.", "A", 60, &["192.0.2.9"])).unwrap();
    let seen = w.records(&zone).await;
    let mut gone = change(RECORD_SET, "www/CNAME", Action::Delete, None);
    let mut new = change(
        RECORD_SET,
        "www/A",
        Action::Create,
        Some(record("www.swap.example.", "A", 60, &["192.0.2.1"])),
    );
    let alias = fields(&[
        ("/name", "to.swap.example.".into()),
        ("/type", "A".into()),
        ("/alias/target", "www.swap.example.".into()),
        ("/alias/zoneId", zone.as_str().into()),
        ("/alias/evaluateTargetHealth", false.into()),
    ]);
    let mut to_alias = change(RECORD_SET, "to/A", Action::Update, Some(alias));
    (gone.group, new.group) = (Some("g".into()), Some("g".into()));
    let scope = || w.zone_scope(&zone);
    let steps = [
        approve(&mut new, scope(), None),
        approve(&mut gone, scope(), find(&seen, "www.swap.example.", "CNAME")),
        approve(&mut to_alias, scope(), find(&seen, "to.swap.example.", "A")),
    ];
    let outcomes = w.write(&steps).await;
    assert_eq!(statuses(&outcomes), [Status::Applied; 3], "{outcomes:#?}");
    let seen = w.records(&zone).await;
    assert!(find(&seen, "www.swap.example.", "CNAME").is_none());
    let alias = find(&seen, "to.swap.example.", "A").unwrap();
    assert_eq!(alias.fields.text("/alias/target"), Some("www.swap.example."));
    assert_eq!(alias.fields.value("/ttl"), None);
}

#[tokio::test]
async fn one_culprit_does_not_hold_up_the_others() {
    let (w, zone) = world("split.example.").await;
    let mut changes: Vec<_> = (0..64)
        .map(|i| {
            let name =
                if i == 37 { "elsewhere.example.net.".to_owned() } else { format!("n{i}.split.example.") };
            change(
                RECORD_SET,
                &format!("n{i:02}"),
                Action::Create,
                Some(record(&name, "A", 60, &["192.0.2.1"])),
            )
        })
        .collect();
    let outcomes = carry_out(&w, &zone, &mut changes, &Observation::default()).await;
    for (i, outcome) in outcomes.iter().enumerate() {
        let expected = if i == 37 { Status::Failed } else { Status::Applied };
        assert_eq!(outcome.status, expected, "{outcome:?}");
    }
    let why = outcomes[37].error.as_deref().unwrap();
    assert!(why.contains("InvalidChangeBatch") && why.contains("elsewhere.example.net"), "{why}");
    assert_eq!(w.proxy.count(CHANGE), 3, "the refusal names the culprit");
    w.assert_counts_equal();
}

#[tokio::test]
async fn a_culprit_that_is_not_named_is_found_by_halving() {
    let (w, zone) = world("halve.example.").await;
    w.proxy.inject(
        Rule::on(CHANGE)
            .containing(">n11.halve")
            .then(Fault::invalid_change_batch_bare(&["something is wrong"])),
    );
    let mut changes: Vec<_> = (0..64)
        .map(|i| {
            let wanted = record(&format!("n{i:02}.halve.example."), "A", 60, &["192.0.2.1"]);
            change(RECORD_SET, &format!("n{i:02}"), Action::Create, Some(wanted))
        })
        .collect();
    let outcomes = carry_out(&w, &zone, &mut changes, &Observation::default()).await;
    let failed: Vec<_> = outcomes.iter().enumerate().filter(|(_, o)| o.status != Status::Applied).collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0].0, 11);
    assert!(failed[0].1.error.as_deref().unwrap().contains("something is wrong"), "{failed:?}");
    assert_eq!(w.proxy.count(CHANGE), 1 + 2 * 6);
}

#[tokio::test]
async fn a_group_fails_together_and_what_waits_for_it_is_not_tried() {
    let (w, zone) = world("group.example.").await;
    let mut bad =
        change(RECORD_SET, "1", Action::Create, Some(record("x.example.net.", "A", 60, &["192.0.2.1"])));
    let mut pair =
        change(RECORD_SET, "2", Action::Create, Some(record("p.group.example.", "A", 60, &["192.0.2.1"])));
    let mut waits =
        change(RECORD_SET, "3", Action::Create, Some(record("w.group.example.", "A", 60, &["192.0.2.1"])));
    let good =
        change(RECORD_SET, "4", Action::Create, Some(record("g.group.example.", "A", 60, &["192.0.2.1"])));
    (bad.group, pair.group) = (Some("g".into()), Some("g".into()));
    waits.depends_on = vec![bad.address.clone()];
    let mut all = [bad, pair, waits, good];
    let outcomes = carry_out(&w, &zone, &mut all, &Observation::default()).await;
    let expected = [Status::Failed, Status::Failed, Status::Skipped, Status::Applied];
    assert_eq!(statuses(&outcomes), expected, "{outcomes:#?}");
}

#[tokio::test]
async fn a_record_that_moved_meanwhile_is_refused_alone() {
    let (w, zone) = world("moved.example.").await;
    let set = |value: &str| RecordSet::new("m.moved.example.", "A", 60, &[value]);
    w.seed.upsert(&zone, &set("192.0.2.1")).unwrap();
    let stale = w.records(&zone).await;
    w.seed.upsert(&zone, &set("192.0.2.66")).unwrap();
    let mut changes = [
        change(RECORD_SET, "m", Action::Update, Some(record("m.moved.example.", "A", 60, &["192.0.2.2"]))),
        change(RECORD_SET, "n", Action::Create, Some(record("n.moved.example.", "A", 60, &["192.0.2.2"]))),
    ];
    let outcomes = carry_out(&w, &zone, &mut changes, &stale).await;
    assert_eq!(statuses(&outcomes), [Status::Failed, Status::Applied], "{outcomes:#?}");
    assert_eq!(w.seed.find(&zone, "m.moved.example.", "A").unwrap()[0].values, ["192.0.2.66"]);
}

#[tokio::test]
async fn apex_sets_are_changed_in_place_and_never_deleted() {
    let (w, zone) = world("apex.example.").await;
    let seen = w.records(&zone).await;
    let wanted = fields(&[("/name", "apex.example.".into()), ("/type", "NS".into()), ("/ttl", 900.into())]);
    let mut changes = [change(RECORD_SET, "apex/NS", Action::Update, Some(wanted))];
    let outcomes = carry_out(&w, &zone, &mut changes, &seen).await;
    assert_eq!(statuses(&outcomes), [Status::Applied], "{outcomes:?}");
    let after = w.records(&zone).await;
    assert_eq!(find(&after, "apex.example.", "NS").unwrap().fields.value("/ttl"), Some(&Datum::Int(900)));
    let mut delete = change(RECORD_SET, "apex/NS", Action::Delete, None);
    let step = approve(&mut delete, w.zone_scope(&zone), find(&after, "apex.example.", "NS"));
    w.proxy.reset();
    let outcomes = w.write(&[step]).await;
    assert_eq!((statuses(&outcomes), w.proxy.total()), (vec![Status::Failed], 0), "{outcomes:?}");
}

#[tokio::test]
async fn what_is_so_already_takes_no_call() {
    let (w, zone) = world("same.example.").await;
    w.seed.upsert(&zone, &RecordSet::new("a.same.example.", "A", 60, &["192.0.2.1"])).unwrap();
    w.seed.upsert(&zone, &RecordSet::new("b.same.example.", "A", 60, &["192.0.2.1"])).unwrap();
    let seen = w.records(&zone).await;
    w.proxy.reset();
    let mut changes = [
        change(RECORD_SET, "1", Action::Create, Some(record("a.same.example.", "A", 60, &["192.0.2.1"]))),
        change(RECORD_SET, "2", Action::Create, Some(record("b.same.example.", "A", 60, &["192.0.2.2"]))),
        change(RECORD_SET, "3", Action::Update, Some(record("c.same.example.", "A", 60, &["192.0.2.2"]))),
        change(RECORD_SET, "4", Action::Delete, None),
        change(RECORD_SET, "5", Action::Adopt, None),
    ];
    let outcomes = carry_out(&w, &zone, &mut changes, &seen).await;
    let expected = [Status::Applied, Status::Stale, Status::Stale, Status::Applied, Status::Applied];
    assert_eq!((statuses(&outcomes), w.proxy.total()), (expected.to_vec(), 0), "{outcomes:#?}");
}
