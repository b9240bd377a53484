//! Prefix lists, flow logs and log groups.

use crate::ec2_support::*;
use crate::support::*;
use aplomo_core::observation::OwnerMark;
use aplomo_core::run::Status;
use aplomo_core::{Action, FieldPath, Wish};
use aplomo_sandbox::{Fault, Pace, Rule};
use serde_json::json;

#[tokio::test]
async fn a_prefix_list_grows_before_its_entries_and_shrinks_after_them() {
    let w = World::new().await;
    let wish = fields(&[
        ("/name", "waf".into()),
        ("/maxEntries", 2.into()),
        ("/addressFamily", "IPv4".into()),
        ("/entries/192.0.2.0~124", "one".into()),
        ("/entries/198.51.100.0~124", "two".into()),
        ("/tags/a", "b".into()),
    ]);
    let list = make(&w, (PREFIX_LIST, "waf"), region(&w), wish).await;
    let others = see(&w, PREFIX_LIST).await;
    assert!(others.objects.iter().filter(|o| o.id != list.id).all(|o| o.brought_along), "Amazon's");
    let mut wish = fields(&[
        ("/maxEntries", 3.into()),
        ("/entries/192.0.2.0~124", "another".into()),
        ("/entries/203.0.113.0~124", "three".into()),
    ]);
    let list = update(&w, (PREFIX_LIST, "waf"), &list, wish.clone()).await;
    wish.set(FieldPath::known("/entries/203.0.113.0~124"), Wish::Absent);
    wish.set(FieldPath::known("/entries/198.51.100.0~124"), Wish::Absent);
    wish.set(FieldPath::known("/maxEntries"), Wish::Value(1.into()));
    wish.set(FieldPath::known("/name"), Wish::Value("other".into()));
    let list = update(&w, (PREFIX_LIST, "waf"), &list, wish.clone()).await;
    assert_eq!(list.fields.iter().filter(|(path, _)| path.as_str().starts_with("/entries/")).count(), 1);

    let outdated = w.proxy.inject(Rule::on("ec2:ModifyManagedPrefixList").then(Fault::error(
        400,
        "PrefixListVersionMismatch",
        "no",
    )));
    let at = (region(&w), Some(&list));
    let wish = Some(fields(&[("/maxEntries", 9.into())]));
    let outcome = step(&w, (PREFIX_LIST, "waf"), Action::Update, at, wish).await;
    assert_eq!((outcome.status, w.proxy.fired(outdated)), (Status::Failed, 1), "somebody else changed it");
    w.proxy.lift(outdated);
    deleted(&w, PREFIX_LIST, list.id.as_str()).await;
}

#[tokio::test]
async fn a_flow_log_waits_for_its_new_role_and_says_what_a_half_success_hides() {
    let w = World::new().await;
    let vpc = a_vpc(&w).await;
    w.proxy.set_pace(Pace { new_role: 2, ..Pace::INSTANT });
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"vpc-flow-logs.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let role = format!("arn:aws:iam::{}:role/flow", w.account);
    let through = aplomo_sandbox::Aws::through(&w.proxy).unwrap();
    through.iam("CreateRole", &[("RoleName", "flow"), ("AssumeRolePolicyDocument", trust)]).unwrap();
    let group = fields(&[("/name", "/aplomo/flow".into()), ("/retentionDays", 30.into())]);
    make(&w, (LOG_GROUP, "flow"), region(&w), group).await;
    let wish = fields(&[
        ("/resource", vpc.id.as_str().into()),
        ("/trafficType", "ALL".into()),
        ("/destinationType", "cloud-watch-logs".into()),
        ("/logGroup", "/aplomo/flow".into()),
        ("/role", role.as_str().into()),
        ("/maxAggregationInterval", 60.into()),
        ("/tags/a", "b".into()),
    ]);
    let log = make(&w, (FLOW_LOG, "flow"), region(&w), wish).await;
    assert_eq!(w.proxy.count("ec2:CreateFlowLogs"), 3);
    w.seed.tag_ec2(log.id.as_str(), "a", "drift").unwrap();
    let log = look(&w, FLOW_LOG, log.id.as_str()).await.unwrap();
    update(&w, (FLOW_LOG, "flow"), &log, fields(&[("/tags/a", "b".into())])).await;
    deleted(&w, FLOW_LOG, log.id.as_str()).await;

    let bucket = fields(&[
        ("/resource", vpc.id.as_str().into()),
        ("/trafficType", "REJECT".into()),
        ("/destinationType", "s3".into()),
        ("/bucket", "arn:aws:s3:::no-such-bucket-of-ours".into()),
    ]);
    let outcome = step(&w, (FLOW_LOG, "s3"), Action::Create, (region(&w), None), Some(bucket)).await;
    assert_eq!(outcome.status, Status::Failed, "{outcome:?}");
    assert!(outcome.error.unwrap().contains("does not exist"));
}

#[tokio::test]
async fn a_log_group_is_made_kept_longer_tagged_and_deleted() {
    let w = World::new().await;
    let wish =
        fields(&[("/name", "/aplomo/x".into()), ("/retentionDays", 30.into()), ("/tags/a", "b".into())]);
    let group = make(&w, (LOG_GROUP, "x"), region(&w), wish).await;
    assert!(matches!(&group.mark, OwnerMark::Marked { tenant, .. } if tenant == "acme"));
    let arn = group.outputs["arn"].to_string();
    assert!(arn.ends_with(":log-group:/aplomo/x"), "{arn}");
    w.seed.logs("PutRetentionPolicy", &json!({"logGroupName": "/aplomo/x", "retentionInDays": 7})).unwrap();
    let drifted = look(&w, LOG_GROUP, "/aplomo/x").await.unwrap();
    let wish = fields(&[("/retentionDays", 90.into()), ("/tags/a", "c".into()), ("/tags/d", "e".into())]);
    let group = update(&w, (LOG_GROUP, "x"), &drifted, wish).await;
    let mut wish = fields(&[]);
    wish.set(FieldPath::known("/retentionDays"), Wish::Absent);
    wish.set(FieldPath::known("/tags/d"), Wish::Absent);
    let group = update(&w, (LOG_GROUP, "x"), &group, wish).await;
    assert_eq!(group.fields.text("/tags/d"), None);

    w.seed.logs("CreateLogGroup", &json!({"logGroupName": "/aws/lambda/f"})).unwrap();
    w.proxy.reset();
    let seen = see(&w, LOG_GROUP).await;
    assert_eq!(w.proxy.count("logs:ListTagsForResource"), 1, "not for what services make");
    assert!(seen.objects.iter().any(|o| o.id.as_str() == "/aws/lambda/f" && o.brought_along));
    deleted(&w, LOG_GROUP, "/aplomo/x").await;
}
