//! ACM and CloudWatch Logs in strict mode.

use aplomo_sandbox::{Aws, Pace, Proxy, RecordSet};
use serde_json::{Value, json};

use crate::support::{refusal, strict};

fn request(aws: &Aws, body: Value) -> String {
    aws.acm("RequestCertificate", &body).unwrap()["CertificateArn"].as_str().unwrap().to_owned()
}

fn shown(aws: &Aws, arn: &str) -> Value {
    aws.acm("DescribeCertificate", &json!({"CertificateArn": arn})).unwrap()["Certificate"].clone()
}

fn records(shown: &Value) -> Vec<(String, String)> {
    let options = shown["DomainValidationOptions"].as_array().unwrap();
    let text = |option: &Value, key: &str| option["ResourceRecord"][key].as_str().unwrap().to_owned();
    options.iter().map(|option| (text(option, "Name"), text(option, "Value"))).collect()
}

fn pending() -> (Proxy, Aws, String) {
    let (proxy, aws) = strict();
    let body = json!({"DomainName": "a.example", "SubjectAlternativeNames": ["*.a.example", "b.example"], "ValidationMethod": "DNS"});
    let arn = request(&aws, body);
    (proxy, aws, arn)
}

#[test]
fn a_certificate_waits_for_its_records_in_route53() {
    let (_proxy, aws, arn) = pending();
    let first = shown(&aws, &arn);
    assert_eq!(first["Status"], "PENDING_VALIDATION");
    assert!(first["DomainValidationOptions"][0].get("ResourceRecord").is_none(), "{first}");
    assert!(first.get("NotAfter").is_none() && first.get("IssuedAt").is_none(), "{first}");
    let second = shown(&aws, &arn);
    let mut wanted = records(&second);
    wanted.sort();
    wanted.dedup();
    assert_eq!(wanted.len(), 2, "apex and wildcard share one: {second}");
    for (n, (name, value)) in wanted.iter().enumerate() {
        assert_eq!(shown(&aws, &arn)["Status"], "PENDING_VALIDATION");
        let zone = format!("{}.example.", if name.contains(".a.") { "a" } else { "b" });
        let zone = aws.create_zone(&zone, &format!("ref {n}"), None).unwrap();
        aws.upsert(&zone, &RecordSet::new(name, "CNAME", 60, &[value.trim_end_matches('.')])).unwrap();
    }
    let issued = shown(&aws, &arn);
    assert_eq!(issued["Status"], "ISSUED");
    assert!(issued["NotAfter"].is_number(), "{issued}");
    assert_eq!(issued["DomainValidationOptions"][0]["ValidationStatus"], "SUCCESS");
}

#[test]
fn a_certificate_waits_for_external_records() {
    let (proxy, aws, arn) = pending();
    proxy.set_pace(Pace::INSTANT);
    let wanted = records(&shown(&aws, &arn));
    for (name, value) in &wanted {
        proxy.external_record(name, value);
    }
    assert_eq!(shown(&aws, &arn)["Status"], "ISSUED");
    proxy.forget_external_record(&wanted[0].0);
    assert_eq!(shown(&aws, &arn)["Status"], "ISSUED");
    let (proxy, aws, arn) = pending();
    proxy.acm_validate(&arn);
    assert_eq!(aws.certificates().unwrap()[0]["Status"], "ISSUED");
}

/// A record in the zone of another account counts as soon as the proxy has met that account.
#[test]
fn a_record_may_be_in_another_account() {
    let (proxy, aws, _) = pending();
    proxy.set_pace(Pace::INSTANT);
    let arn = request(&aws, json!({"DomainName": "c.example", "ValidationMethod": "DNS"}));
    let role = format!("arn:aws:iam::{}:role/dns", aplomo_sandbox::unique_account());
    let other = aws.assume_role(&role, None).unwrap();
    let zone = other.create_zone("c.example.", "one", None).unwrap();
    let (name, value) = records(&shown(&aws, &arn)).remove(0);
    other.upsert(&zone, &RecordSet::new(&name, "CNAME", 60, &[&value])).unwrap();
    assert_eq!(shown(&aws, &arn)["Status"], "ISSUED");
}

#[test]
fn lists_hide_other_key_types_and_filter_by_what_is_shown() {
    let (proxy, aws, rsa) = pending();
    let key = "EC_prime256v1";
    let ec =
        request(&aws, json!({"DomainName": "a.example", "ValidationMethod": "DNS", "KeyAlgorithm": key}));
    proxy.acm_validate(&ec);
    let list = |body: Value| -> Vec<String> {
        let listed = aws.acm("ListCertificates", &body).unwrap();
        let all = listed["CertificateSummaryList"].as_array().unwrap();
        all.iter().map(|c| c["CertificateArn"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(list(json!({})), [rsa.as_str()]);
    assert_eq!(list(json!({"Includes": {"keyTypes": [key]}})), [ec.as_str()]);
    let both = json!({"keyTypes": [key, "RSA_2048"]});
    assert_eq!(list(json!({"Includes": both, "CertificateStatuses": ["ISSUED"]})), [ec.as_str()]);
    assert_eq!(list(json!({"Includes": both})).len(), 2);
    assert_eq!(shown(&aws, &ec)["KeyAlgorithm"], key);
    // Another region has none of them.
    assert_eq!(aws.in_region("eu-west-1").certificates().unwrap(), [json!(null); 0]);
}

#[test]
fn a_certificate_in_use_stays_and_fields_can_be_set() {
    let (proxy, aws, arn) = pending();
    let delete = || aws.acm("DeleteCertificate", &json!({"CertificateArn": arn}));
    proxy.acm_use(&arn, "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/x/1");
    assert_eq!(refusal(delete()).1, "ResourceInUseException");
    assert_eq!(shown(&aws, &arn)["InUseBy"].as_array().unwrap().len(), 1);
    proxy.acm_unuse(&arn, "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/x/1");
    proxy.acm_override(&arn, "Status", "\"VALIDATION_TIMED_OUT\"").unwrap();
    assert_eq!(shown(&aws, &arn)["Status"], "VALIDATION_TIMED_OUT");
    let options =
        json!({"CertificateArn": arn, "Options": {"CertificateTransparencyLoggingPreference": "DISABLED"}});
    aws.acm("UpdateCertificateOptions", &options).unwrap();
    assert_eq!(shown(&aws, &arn)["Options"]["CertificateTransparencyLoggingPreference"], "DISABLED");
    delete().unwrap();
    assert_eq!(refusal(delete()).1, "ResourceNotFoundException");
}

#[test]
fn an_idempotency_token_gives_the_same_certificate() {
    let (proxy, aws, _) = pending();
    let ask = |token: &str| {
        request(
            &aws,
            json!({"DomainName": "t.example", "ValidationMethod": "DNS", "IdempotencyToken": token}),
        )
    };
    let first = ask("one");
    assert_eq!(ask("one"), first);
    assert_ne!(ask("two"), first);
    let bad = json!({"DomainName": "t.example", "IdempotencyToken": "with-a-dash"});
    assert_eq!(refusal(aws.acm("RequestCertificate", &bad)).1, "ValidationException");
    assert_eq!(proxy.count("acm:RequestCertificate"), 5);
    aws.acm("DeleteCertificate", &json!({"CertificateArn": first})).unwrap();
    assert_ne!(ask("one"), first);
}

#[test]
fn log_groups_come_through() {
    let (proxy, aws) = strict();
    let group = json!({"logGroupName": "flow", "tags": {"a": "b"}});
    aws.logs("CreateLogGroup", &group).unwrap();
    assert_eq!(refusal(aws.logs("CreateLogGroup", &group)).1, "ResourceAlreadyExistsException");
    aws.logs("PutRetentionPolicy", &json!({"logGroupName": "flow", "retentionInDays": 30})).unwrap();
    let listed = aws.logs("DescribeLogGroups", &json!({})).unwrap();
    assert_eq!(listed["logGroups"][0]["retentionInDays"], 30);
    assert_eq!((proxy.count("logs:CreateLogGroup"), proxy.writes()), (2, 3));
}
