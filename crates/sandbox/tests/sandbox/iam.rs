//! IAM and STS in strict mode.

use aplomo_sandbox::{Aws, Pace, Proxy};
use serde_json::json;

use crate::support::{field, refusal, strict};

fn trust(principal: serde_json::Value) -> String {
    let statement = json!([{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]);
    json!({"Version": "2012-10-17", "Statement": statement}).to_string()
}

fn policy(resources: usize) -> String {
    let resources: Vec<_> = (0..resources).map(|n| format!("arn:aws:s3:::{n:080}")).collect();
    let statement = json!([{"Effect": "Allow", "Action": "s3:*", "Resource": resources}]);
    json!({"Version": "2012-10-17", "Statement": statement}).to_string()
}

fn role(aws: &Aws, name: &str, trust: &str) -> Result<String, aplomo_sandbox::Error> {
    aws.iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", trust)])
        .map(|body| field(&body, "Arn"))
}

fn service() -> String {
    trust(json!({"Service": "vpc-flow-logs.amazonaws.com"}))
}

#[test]
fn what_a_role_holds_holds_the_role() {
    let (_proxy, aws) = strict();
    role(&aws, "r", &service()).unwrap();
    assert_eq!(refusal(role(&aws, "r", &service())).1, "EntityAlreadyExists");
    let code = |action: &str, parameters: &[(&str, &str)]| refusal(aws.iam(action, parameters)).1;
    let name = ("RoleName", "r");
    let inline = policy(1);
    aws.iam("PutRolePolicy", &[name, ("PolicyName", "p"), ("PolicyDocument", &inline)]).unwrap();
    assert_eq!(code("DeleteRole", &[name]), "DeleteConflict");
    aws.iam("DeleteRolePolicy", &[name, ("PolicyName", "p")]).unwrap();
    let created = aws.iam("CreatePolicy", &[("PolicyName", "m"), ("PolicyDocument", &inline)]).unwrap();
    let arn = field(&created, "Arn");
    aws.iam("AttachRolePolicy", &[name, ("PolicyArn", &arn)]).unwrap();
    assert_eq!(code("DeleteRole", &[name]), "DeleteConflict");
    assert_eq!(code("DeletePolicy", &[("PolicyArn", &arn)]), "DeleteConflict");
    aws.iam("DetachRolePolicy", &[name, ("PolicyArn", &arn)]).unwrap();
    let version = [("PolicyArn", arn.as_str()), ("PolicyDocument", inline.as_str())];
    for _ in 0..4 {
        aws.iam("CreatePolicyVersion", &version).unwrap();
    }
    assert_eq!(code("CreatePolicyVersion", &version), "LimitExceeded");
    assert_eq!(code("DeletePolicy", &[("PolicyArn", &arn)]), "DeleteConflict");
    let profile = ("InstanceProfileName", "i");
    aws.iam("CreateInstanceProfile", &[profile]).unwrap();
    aws.iam("AddRoleToInstanceProfile", &[profile, name]).unwrap();
    assert_eq!(code("DeleteRole", &[name]), "DeleteConflict");
    assert_eq!(code("DeleteInstanceProfile", &[profile]), "DeleteConflict");
    aws.iam("RemoveRoleFromInstanceProfile", &[profile, name]).unwrap();
    aws.iam("DeleteRole", &[name]).unwrap();
}

#[test]
fn documents_have_sizes_and_must_be_policies() {
    let (_proxy, aws) = strict();
    assert_eq!(refusal(role(&aws, "r", "{}")).1, "MalformedPolicyDocument");
    assert_eq!(refusal(role(&aws, "r", "nonsense")).1, "MalformedPolicyDocument");
    let many: Vec<_> = (0..80).map(|n| format!("arn:aws:iam::{n:012}:root")).collect();
    assert_eq!(refusal(role(&aws, "r", &trust(json!({"AWS": many})))).1, "LimitExceeded");
    role(&aws, "r", &service()).unwrap();
    let put = |name: &str, document: &str| {
        aws.iam("PutRolePolicy", &[("RoleName", "r"), ("PolicyName", name), ("PolicyDocument", document)])
    };
    // 10,240 characters over all inline policies; replacing one counts it once.
    put("a", &policy(60)).unwrap();
    put("a", &policy(61)).unwrap();
    assert_eq!(refusal(put("b", &policy(60))).1, "LimitExceeded");
    assert_eq!(aws.role_policy("r", "a").unwrap(), policy(61));
    let big = [("PolicyName", "m"), ("PolicyDocument", &policy(70))];
    assert_eq!(refusal(aws.iam("CreatePolicy", &big.map(|(k, v)| (k, v as &str)))).1, "LimitExceeded");
}

#[test]
fn principals_must_exist_and_new_ones_are_not_believed_at_once() {
    let (proxy, aws) = strict();
    let account = aws.account().unwrap();
    let nobody = trust(json!({"AWS": format!("arn:aws:iam::{account}:role/nobody")}));
    let (_, code, message) = refusal(role(&aws, "r", &nobody));
    assert_eq!(code, "MalformedPolicyDocument");
    assert!(message.starts_with("Invalid principal in policy: \"AWS\":"), "{message}");
    // Roles of an account that nothing went to cannot be known.
    role(&aws, "r", &trust(json!({"AWS": "arn:aws:iam::999999999999:role/them"}))).unwrap();
    proxy.set_pace(Pace { new_role: 2, ..Pace::INSTANT });
    let fresh = role(&aws, "fresh", &service()).unwrap();
    let trusts = trust(json!({"AWS": [fresh]}));
    for _ in 0..2 {
        assert_eq!(refusal(role(&aws, "user", &trusts)).1, "MalformedPolicyDocument");
    }
    role(&aws, "user", &trusts).unwrap();
    // And as the role of a flow log.
    let fresh = role(&aws, "flow", &service()).unwrap();
    let vpc = aws.create_vpc("10.0.0.0/16").unwrap();
    let flow = [
        ("ResourceId.1", vpc.as_str()),
        ("ResourceType", "VPC"),
        ("TrafficType", "ALL"),
        ("LogGroupName", "flow"),
        ("DeliverLogsPermissionArn", fresh.as_str()),
    ];
    for _ in 0..2 {
        assert_eq!(refusal(aws.ec2("CreateFlowLogs", &flow)).1, "InvalidParameter");
    }
    aws.ec2("CreateFlowLogs", &flow).unwrap();
}

#[test]
fn saml_providers_have_one_name_and_tags() {
    let (_proxy, aws) = strict();
    let metadata = "x".repeat(1024);
    let new = [
        ("Name", "idp"),
        ("SAMLMetadataDocument", metadata.as_str()),
        ("Tags.member.1.Key", "owner"),
        ("Tags.member.1.Value", "a & b"),
    ];
    let arn = field(&aws.iam("CreateSAMLProvider", &new).unwrap(), "SAMLProviderArn");
    assert_eq!(refusal(aws.iam("CreateSAMLProvider", &new)).1, "EntityAlreadyExists");
    let name = ("SAMLProviderArn", arn.as_str());
    aws.iam("TagSAMLProvider", &[name, ("Tags.member.1.Key", "more"), ("Tags.member.1.Value", "1")]).unwrap();
    aws.iam("UntagSAMLProvider", &[name, ("TagKeys.member.1", "more")]).unwrap();
    let tags = aws.iam("ListSAMLProviderTags", &[name]).unwrap();
    assert!(tags.contains("<member><Key>owner</Key><Value>a &amp; b</Value></member></Tags>"), "{tags}");
    assert!(aws.iam("GetSAMLProvider", &[name]).unwrap().contains("<Key>owner</Key>"));
}

#[test]
fn roles_are_listed_with_what_they_hold() {
    let (proxy, aws) = strict();
    role(&aws, "r", &service()).unwrap();
    aws.iam("TagRole", &[("RoleName", "r"), ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")])
        .unwrap();
    let roles = aws.roles().unwrap();
    assert_eq!((roles[0].get("RoleName"), roles[0].tags["a"].as_str()), ("r", "b"));
    assert_eq!(proxy.count("iam:GetAccountAuthorizationDetails"), 1);
}

#[test]
fn a_session_policy_cuts_what_its_session_may_do() {
    let (proxy, aws) = strict();
    let role = format!("arn:aws:iam::{}:role/writer", aplomo_sandbox::unique_account());
    let may = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:Describe*","ec2:CreateVpc"],"Resource":"*"}]}"#;
    let session = aws.assume_role(&role, Some(may)).unwrap();
    session.create_vpc("10.0.0.0/16").unwrap();
    assert_eq!(session.vpcs().unwrap().len(), 2, "moto makes a default network per account");
    let denied = |result: Result<String, _>| {
        let (status, code, _) = refusal::<String>(result);
        (status, code)
    };
    assert_eq!(
        denied(session.ec2("DeleteVpc", &[("VpcId", "vpc-1")])),
        (403, "UnauthorizedOperation".into())
    );
    assert_eq!(denied(session.iam("ListRoles", &[])), (403, "AccessDenied".into()));
    let acm = session.acm("ListCertificates", &json!({}));
    assert_eq!(refusal(acm).1, "AccessDeniedException");
    // Who one is may always be asked, and it is the role's account.
    assert_eq!(session.account().unwrap(), role.split(':').nth(4).unwrap());
    assert!(proxy.calls().iter().any(|c| c.action == "sts:AssumeRole" && c.body.contains("Policy=")));
    let long = "x".repeat(2049);
    assert_eq!(refusal(aws.assume_role(&role, Some(&long))).1, "ValidationError");
}

/// Keeps the import of `Proxy` honest: strictness is per proxy.
#[test]
fn without_strict_mode_moto_decides() {
    let proxy = Proxy::to(crate::support::moto().endpoint()).account("210987654321").start().unwrap();
    let aws = Aws::through(&proxy).unwrap();
    role(&aws, "r", "{}").unwrap();
}
