//! Every protocol through the proxy: names of calls, read or write, errors in the service's shape, accounts, regions.

use std::sync::{Arc, Mutex};

use aplomo_sandbox::{Answer, Fault, Rule};
use serde_json::json;

use crate::support::{plain, refusal};

#[test]
fn calls_of_every_protocol_are_named_and_sorted_into_reads_and_writes() {
    let (proxy, aws) = plain();
    aws.ec2("DescribeVpcs", &[]).unwrap();
    aws.create_vpc("10.0.0.0/16").unwrap();
    aws.iam("GetAccountAuthorizationDetails", &[]).unwrap();
    aws.iam("CreateInstanceProfile", &[("InstanceProfileName", "i")]).unwrap();
    aws.acm("ListCertificates", &json!({})).unwrap();
    aws.acm("RequestCertificate", &json!({"DomainName": "a.example"})).unwrap();
    aws.logs("DescribeLogGroups", &json!({})).unwrap();
    aws.logs("CreateLogGroup", &json!({"logGroupName": "g"})).unwrap();
    aws.account().unwrap();
    aws.zones().unwrap();
    let named: Vec<_> = proxy.calls().into_iter().map(|call| (call.action, call.write)).collect();
    let wanted = [
        ("ec2:DescribeVpcs", false),
        ("ec2:CreateVpc", true),
        ("iam:GetAccountAuthorizationDetails", false),
        ("iam:CreateInstanceProfile", true),
        ("acm:ListCertificates", false),
        ("acm:RequestCertificate", true),
        ("logs:DescribeLogGroups", false),
        ("logs:CreateLogGroup", true),
        ("sts:GetCallerIdentity", false),
        ("route53:ListHostedZones", false),
    ];
    assert_eq!(named, wanted.map(|(name, write)| (name.to_owned(), write)));
}

/// The exact bytes the SDKs parse: code, message and request id, per protocol.
#[test]
fn injected_errors_have_the_shape_of_their_service() {
    let (proxy, aws) = plain();
    let seen: Arc<Mutex<Vec<Answer>>> = Arc::default();
    let keep = seen.clone();
    proxy.inject(Rule::on("*").then(Fault::error(400, "Code", "a <b> \"c\"")));
    proxy.inject(Rule::on("*").then(Fault::rewrite(move |answer| {
        keep.lock().unwrap().push(answer.clone());
        answer
    })));
    let wanted = (400, "Code".to_owned(), "a <b> \"c\"".to_owned());
    assert_eq!(refusal(aws.ec2("DescribeVpcs", &[])), wanted);
    assert_eq!(refusal(aws.iam("ListRoles", &[])), wanted);
    assert_eq!(refusal(aws.account()), wanted);
    assert_eq!(refusal(aws.acm("ListCertificates", &json!({}))), wanted);
    assert_eq!(refusal(aws.logs("DescribeLogGroups", &json!({}))), wanted);
    assert_eq!(refusal(aws.zones()), wanted);
    let seen = seen.lock().unwrap();
    assert!(seen[0].body.starts_with("<Response><Errors><Error><Code>"), "{}", seen[0].body);
    assert!(seen[0].body.contains("<RequestID>"), "{}", seen[0].body);
    assert!(seen[1].body.starts_with("<ErrorResponse><Error>"), "{}", seen[1].body);
    assert_eq!(seen[3].header("x-amzn-errortype"), Some("Code"));
    assert_eq!(seen[3].header("content-type"), Some("application/x-amz-json-1.1"));
    assert!(seen[3].body.starts_with("{\"__type\":\"Code\""), "{}", seen[3].body);
    assert!(seen.iter().all(|answer| answer.header("x-amzn-requestid").is_some()));
}

#[test]
fn accounts_and_regions_stay_apart_and_are_in_the_log() {
    let (proxy, aws) = plain();
    let other = aplomo_sandbox::unique_account();
    let role = format!("arn:aws:iam::{other}:role/reader");
    let there = aws.assume_role(&role, None).unwrap().in_region("eu-west-1");
    let vpc = there.create_vpc("10.9.0.0/16").unwrap();
    let has = |aws: &aplomo_sandbox::Aws| aws.vpcs().unwrap().iter().any(|v| v.get("vpcId") == vpc);
    assert!(has(&there));
    assert!(!has(&there.in_region("eu-west-2")));
    assert!(!has(&aws.in_region("eu-west-1")));
    // A second session of the same role sees the same.
    assert!(has(&aws.assume_role(&role, None).unwrap().in_region("eu-west-1")));
    assert_eq!(there.account().unwrap(), other);
    let call = proxy.calls().into_iter().find(|call| call.action == "ec2:CreateVpc").unwrap();
    assert_eq!((call.account.as_deref(), call.region.as_deref()), (Some(other.as_str()), Some("eu-west-1")));
    assert_eq!(proxy.calls()[0].account.as_deref(), proxy.account());
}

/// moto brings botocore along: a second opinion by a real SDK, with real signatures.
#[test]
fn an_sdk_understands_injected_errors() {
    let (proxy, _aws) = plain();
    proxy.inject(Rule::on("*").then(Fault::error(400, "Throttling", "Rate <exceeded>")));
    let venv = aplomo_sandbox::Venv::ensure(&crate::support::venv_dir()).unwrap();
    let mut python = std::process::Command::new(venv.python());
    python.args(["-I", "-c", include_str!("sdk.py"), proxy.endpoint()]);
    let output = python.envs(proxy.env()).output().unwrap();
    let id = "00000000-0000-4000-8000-000000000000";
    let wanted: String = ["ec2", "iam", "sts", "acm", "logs", "route53"]
        .iter()
        .map(|service| format!("{service} 400 Throttling Rate <exceeded> {id}\n"))
        .collect();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), wanted, "{stderr}");
    let called: Vec<_> = proxy.calls().into_iter().map(|call| call.action).collect();
    let wanted = [
        "ec2:DescribeVpcs",
        "iam:ListRoles",
        "sts:GetCallerIdentity",
        "acm:ListCertificates",
        "logs:DescribeLogGroups",
        "route53:ListHostedZones",
    ];
    assert_eq!(called, wanted);
}
