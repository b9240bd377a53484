//! What readers see, how much of it, and what it costs.

use crate::support::*;
use aplomo_core::observation::OwnerMark;
use aplomo_core::{Coverage, Datum};
use aplomo_sandbox::RecordSet;

#[tokio::test]
async fn a_zone_of_many_pages_costs_four_calls_and_its_pages() {
    let w = World::new().await;
    let zone = w.seed.create_zone("big.example.", "one", None).unwrap();
    let sets: Vec<_> =
        (0..700).map(|i| RecordSet::new(&format!("n{i}.big.example."), "A", 60, &["192.0.2.1"])).collect();
    w.seed.fill(&zone, &sets).unwrap();
    w.aws.caller_identity(&w.read_cx()).await.unwrap();
    let seen = w.read_all().await;
    w.aws.caller_identity(&w.read_cx()).await.unwrap();
    assert_eq!(seen.objects.iter().filter(|o| o.type_name.as_str() == RECORD_SET).count(), 702);
    assert!(seen.coverage.values().all(Coverage::is_complete), "{:?}", seen.coverage);
    assert_eq!(w.proxy.total(), 4 + 3);
    w.assert_counts_equal();
    assert_eq!(w.budget.taken.lock().unwrap().len(), 7);
    assert!(seen.skew_seconds.unwrap().abs() < 30);
}

#[tokio::test]
async fn paging_goes_on_inside_a_group_of_weighted_sets() {
    let w = World::new().await;
    let zone = w.seed.create_zone("big.example.", "one", None).unwrap();
    let one = |i| {
        RecordSet::new("w.big.example.", "A", 60, &["192.0.2.1"]).routed(&format!("s{i:03}"), "Weight", "1")
    };
    w.seed.fill(&zone, &(0..450).map(one).collect::<Vec<_>>()).unwrap();
    let seen = w.records(&zone).await;
    assert_eq!(seen.objects.len(), 452);
    let ids: std::collections::BTreeSet<_> = seen.objects.iter().map(|o| &o.id).collect();
    assert_eq!(ids.len(), 452, "each once");
}

#[tokio::test]
async fn the_apex_is_brought_along_and_names_the_servers() {
    let w = World::new().await;
    w.seed.create_zone("apex.example.", "one", None).unwrap();
    let seen = w.read_all().await;
    for kind in ["NS", "SOA"] {
        assert!(find(&seen, "apex.example.", kind).unwrap().brought_along, "{kind}");
    }
    let zone = seen.objects.iter().find(|o| o.type_name.as_str() == HOSTED_ZONE).unwrap();
    let Some(Datum::List(servers)) = zone.outputs.get("nameServers") else { panic!("{:?}", zone.outputs) };
    assert!(servers.len() >= 2 && servers.iter().all(|s| s.as_text().unwrap().ends_with('.')), "{servers:?}");
    assert_eq!(zone.outputs["id"], Datum::from(zone.id.as_str()));
    assert_eq!(zone.created_by.as_deref(), Some("one"));
    assert_eq!(zone.mark, OwnerMark::None);
}

#[tokio::test]
async fn marks_come_from_tags_or_else_from_the_caller_reference() {
    let w = World::new().await;
    let marked = w.seed.create_zone("a.example.", "one", None).unwrap();
    let tags = [
        ("aplomo:installation", "main"),
        ("aplomo:tenant", "acme"),
        ("aplomo:address", "x"),
        ("env", "prod"),
    ];
    w.seed.tag_zone(&marked, &tags).unwrap();
    w.seed.create_zone("b.example.", "aplomo:other:123", None).unwrap();
    let seen = w.zones().await;
    let mark = |name: &str| seen.objects.iter().find(|o| o.fields.text("/name") == Some(name)).unwrap();
    let ours = OwnerMark::Marked { installation: "main".into(), tenant: "acme".into(), address: "x".into() };
    assert_eq!(mark("a.example.").mark, ours);
    assert_eq!(mark("a.example.").fields.text("/tags/env"), Some("prod"));
    assert_eq!(mark("a.example.").fields.get("/tags/aplomo:tenant"), None);
    let half = OwnerMark::Marked { installation: "other".into(), tenant: "".into(), address: "".into() };
    assert_eq!(mark("b.example.").mark, half);
}

#[tokio::test]
async fn only_private_zones_are_asked_for_their_networks() {
    let w = World::new().await;
    let seeder = aplomo_sandbox::Aws::through(&w.proxy).unwrap();
    let vpc = seeder.create_vpc("10.0.0.0/16").unwrap();
    w.seed.create_zone("in.example.", "one", Some(("us-east-1", &vpc))).unwrap();
    w.seed.create_zone("out.example.", "two", None).unwrap();
    w.proxy.reset();
    let seen = w.zones().await;
    let private = seen.objects.iter().find(|o| o.fields.text("/name") == Some("in.example.")).unwrap();
    assert_eq!(private.fields.value("/private"), Some(&Datum::Bool(true)));
    assert_eq!(private.fields.value(&format!("/networks/us-east-1:{vpc}")), Some(&Datum::Bool(true)));
    assert_eq!(w.proxy.count("route53:GetHostedZone"), 1);
    w.assert_counts_equal();
}

#[tokio::test]
async fn odd_readings_are_kept_to_the_letter() {
    let w = World::new().await;
    let zone = w.seed.create_zone("odd.example.", "one", None).unwrap();
    w.seed.upsert(&zone, &RecordSet::new("t.odd.example.", "TXT", 60, &["\"ab\" \"cd\""])).unwrap();
    w.seed.upsert(&zone, &RecordSet::new("*.odd.example.", "A", 60, &["192.0.2.1"])).unwrap();
    w.seed.upsert(&zone, &RecordSet::new("plain.odd.example.", "A", 60, &["192.0.2.1"])).unwrap();
    w.seed.upsert(&zone, &RecordSet::new("bad.odd.example.", "MX", 60, &["not a mail host at all"])).unwrap();
    let seen = w.records(&zone).await;
    let values = |name: &str, kind: &str| {
        find(&seen, name, kind).unwrap().fields.value("/values").unwrap().to_string()
    };
    assert_eq!(values("t.odd.example.", "TXT"), r#"["abcd"]"#);
    assert!(
        find(&seen, "t.odd.example.", "TXT").unwrap().raw.as_deref().unwrap().contains(r#"\"ab\" \"cd\""#)
    );
    assert!(find(&seen, "*.odd.example.", "A").unwrap().raw.as_deref().unwrap().contains(r"\\052"));
    assert_eq!(values("bad.odd.example.", "MX"), r#"["not a mail host at all"]"#);
    assert_eq!(find(&seen, "plain.odd.example.", "A").unwrap().raw, None);
    assert!(seen.coverage.values().all(Coverage::is_complete));
}

#[tokio::test]
async fn a_zone_that_is_gone_has_no_records() {
    let w = World::new().await;
    let seen = w.records("Z0000000000000000000").await;
    assert_eq!(seen.coverage.values().collect::<Vec<_>>(), [&Coverage::Complete]);
    assert!(seen.objects.is_empty());
}

#[tokio::test]
async fn tags_of_health_checks_are_asked_for_only_where_there_are_any() {
    let w = World::new().await;
    assert!(w.read(HEALTH_CHECK, &w.scope()).await.objects.is_empty());
    assert_eq!(w.proxy.total(), 1);
    let id = w.seed.create_health_check("ref", "www.example.com", "/up").unwrap();
    w.seed.tag_health_check(&id, &[("aplomo:installation", "main")]).unwrap();
    let seen = w.read(HEALTH_CHECK, &w.scope()).await;
    assert_eq!(w.proxy.total(), 3);
    let check = &seen.objects[0];
    assert_eq!(check.id.as_str(), id);
    assert_eq!(check.fields.text("/fqdn"), Some("www.example.com"));
    assert_eq!(check.fields.text("/path"), Some("/up"));
    assert_eq!(check.fields.value("/port"), Some(&Datum::Int(443)));
    assert!(matches!(&check.mark, OwnerMark::Marked { installation, .. } if installation == "main"));
    w.assert_counts_equal();
}
