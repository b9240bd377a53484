//! Counts, accounts and the seeding client.

use aplomo_sandbox::{Aws, Outcome, Proxy, RecordSet, unique_account};

use crate::support::{moto, plain};

#[test]
fn calls_are_counted_by_service_and_operation() {
    let (proxy, aws) = plain();
    let zone = aws.create_zone("count.example.", "one", None).unwrap();
    aws.upsert(&zone, &RecordSet::new("www.count.example.", "A", 60, &["192.0.2.1"])).unwrap();
    aws.records(&zone).unwrap();
    aws.zones().unwrap();
    aws.tag_zone(&zone, &[("owner", "a & b")]).unwrap();
    assert_eq!(aws.zone_tags(&zone).unwrap()["owner"], "a & b");
    aws.account().unwrap();
    aws.create_vpc("10.0.0.0/16").unwrap();
    aws.create_health_check("check", "www.count.example", "/up").unwrap();
    insta::assert_debug_snapshot!(proxy.counts(), @r#"
    {
        "ec2:CreateVpc": 1,
        "route53:ChangeResourceRecordSets": 1,
        "route53:ChangeTagsForResource": 1,
        "route53:CreateHealthCheck": 1,
        "route53:CreateHostedZone": 1,
        "route53:ListHostedZones": 1,
        "route53:ListResourceRecordSets": 1,
        "route53:ListTagsForResource": 1,
        "sts:GetCallerIdentity": 1,
    }
    "#);
    assert_eq!((proxy.total(), proxy.writes()), (9, 5));
    assert_eq!(proxy.calls()[0].outcome, Outcome::Answered(201));
    proxy.reset();
    assert_eq!((proxy.total(), proxy.count("route53:ListHostedZones")), (0, 0));
}

#[test]
fn accounts_do_not_see_each_other() {
    let (mine, yours) = (plain(), plain());
    mine.1.create_zone("mine.example.", "one", None).unwrap();
    assert_eq!(mine.1.zones().unwrap().len(), 1);
    assert_eq!(yours.1.zones().unwrap(), []);
    assert_eq!(Some(mine.1.account().unwrap().as_str()), mine.0.account());
    assert_ne!(mine.1.account().unwrap(), yours.1.account().unwrap());
    // Past the proxy, the same account by name.
    let direct = Aws::direct(moto().endpoint(), mine.0.account()).unwrap();
    assert_eq!(direct.zones().unwrap(), mine.1.zones().unwrap());
    assert_eq!(mine.0.count("route53:ListHostedZones"), 2);
}

#[test]
fn an_assumed_role_leads_to_its_own_account() {
    let (proxy, aws) = plain();
    let other = unique_account();
    let role = format!("arn:aws:iam::{other}:role/aplomo");
    let parameters = [("RoleArn", role.as_str()), ("RoleSessionName", "test")];
    let body = aws.query("sts", "2011-06-15", "AssumeRole", &parameters).unwrap();
    let key = body.split("<AccessKeyId>").nth(1).unwrap().split('<').next().unwrap();
    let answer = raw(&proxy, key, "sts", "Action=GetCallerIdentity&Version=2011-06-15");
    assert!(answer.contains(&format!("<Account>{other}</Account>")), "{answer}");
}

/// A call signed with a given key, which the seeding client does not offer.
fn raw(proxy: &Proxy, key: &str, service: &str, body: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
    let length = body.len();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential={key}/20200101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_private_zone_belongs_to_a_network() {
    let (_proxy, aws) = plain();
    let vpc = aws.create_vpc("10.0.0.0/16").unwrap();
    aws.create_zone("corp.example.", "private", Some(("us-east-1", &vpc))).unwrap();
    let zones = aws.zones().unwrap();
    assert!(zones[0].private, "{zones:?}");
}

/// The servers live on threads of their own: a test whose only thread is blocked still gets answers.
#[tokio::test]
async fn it_works_inside_a_blocked_runtime() {
    let (_proxy, aws) = plain();
    assert_eq!(aws.zones().unwrap(), []);
}
