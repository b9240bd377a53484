//! Slow consistency: new objects that some readings miss and some calls refuse.

use aplomo_sandbox::{Aws, Fault, Lag, Outcome, Proxy, Rule};
use serde_json::json;

use crate::support::{field, plain, refusal, strict};

fn vpc_ids(aws: &Aws) -> Vec<String> {
    aws.vpcs().unwrap().iter().map(|vpc| vpc.get("vpcId").to_owned()).collect()
}

#[test]
fn a_new_network_is_missing_from_some_readings_and_refused_to_some_calls() {
    let (proxy, aws) = plain();
    proxy.lag(Lag::on("ec2:CreateVpc").reads(3).uses(1));
    let vpc = aws.create_vpc("10.0.0.0/16").unwrap();
    assert!(!vpc_ids(&aws).contains(&vpc));
    // Asked for by id it does not exist; a filter finds nothing.
    let by_id = aws.ec2("DescribeVpcs", &[("VpcId.1", &vpc)]);
    assert_eq!(refusal(by_id).1, "InvalidVpcID.NotFound");
    let filter = [("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", vpc.as_str())];
    assert!(!aws.ec2("DescribeVpcs", &filter).unwrap().contains(&vpc));
    assert!(vpc_ids(&aws).contains(&vpc));
    let subnet = [("VpcId", vpc.as_str()), ("CidrBlock", "10.0.0.0/24")];
    assert_eq!(refusal(aws.ec2("CreateSubnet", &subnet)).1, "InvalidVpcID.NotFound");
    aws.ec2("CreateSubnet", &subnet).unwrap();
    assert_eq!(aws.subnets().unwrap().iter().filter(|s| s.get("vpcId") == vpc).count(), 1);
    // A refusal is an attempt, and is counted as one.
    assert_eq!(proxy.count("ec2:CreateSubnet"), 2);
    let refused = proxy.calls().into_iter().find(|call| call.action == "ec2:CreateSubnet").unwrap();
    assert_eq!(refused.outcome, Outcome::Injected(400));
}

#[test]
fn each_service_is_slow_in_its_own_words() {
    let (proxy, aws) = strict();
    proxy.lag(Lag::on("*").reads(1).uses(1));
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    aws.iam("CreateRole", &[("RoleName", "r"), ("AssumeRolePolicyDocument", trust)]).unwrap();
    let tag = [("RoleName", "r"), ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")];
    assert_eq!(refusal(aws.iam("TagRole", &tag)).1, "NoSuchEntity");
    assert_eq!(aws.roles().unwrap(), []);
    assert_eq!(aws.roles().unwrap().len(), 1);
    let body = json!({"DomainName": "a.example", "ValidationMethod": "DNS"});
    let arn = aws.acm("RequestCertificate", &body).unwrap();
    assert_eq!(refusal(aws.acm("DescribeCertificate", &arn)).1, "ResourceNotFoundException");
    assert_eq!(aws.certificates().unwrap().len(), 1);
    aws.logs("CreateLogGroup", &json!({"logGroupName": "g"})).unwrap();
    let retention = json!({"logGroupName": "g", "retentionInDays": 1});
    assert_eq!(refusal(aws.logs("PutRetentionPolicy", &retention)).1, "ResourceNotFoundException");
    let groups = || aws.logs("DescribeLogGroups", &json!({})).unwrap()["logGroups"].as_array().unwrap().len();
    assert_eq!((groups(), groups()), (0, 1));
    let zone = aws.create_zone("lag.example.", "one", None).unwrap();
    assert_eq!((aws.zones().unwrap().len(), aws.zones().unwrap().len()), (0, 1));
    assert_eq!(refusal(aws.delete_zone(&zone)).1, "NoSuchHostedZone");
    aws.delete_zone(&zone).unwrap();
}

#[test]
fn rules_of_a_group_come_late_one_by_one() {
    let (proxy, aws) = plain();
    let vpc = aws.create_vpc("10.0.0.0/16").unwrap();
    let new = [("GroupName", "g"), ("GroupDescription", "d"), ("VpcId", vpc.as_str())];
    let group = field(&aws.ec2("CreateSecurityGroup", &new).unwrap(), "groupId");
    proxy.lag(Lag::on("ec2:AuthorizeSecurityGroupIngress").reads(1));
    let rules = [
        ("GroupId", group.as_str()),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", "443"),
        ("IpPermissions.1.ToPort", "443"),
        ("IpPermissions.1.IpRanges.1.CidrIp", "10.0.0.0/8"),
        ("IpPermissions.1.IpRanges.2.CidrIp", "192.0.2.0/24"),
    ];
    aws.ec2("AuthorizeSecurityGroupIngress", &rules).unwrap();
    let ingress = || {
        let all = aws.security_group_rules().unwrap();
        all.iter().filter(|r| r.get("groupId") == group && r.get("isEgress") == "false").count()
    };
    assert_eq!((ingress(), ingress()), (0, 2));
    // Lifting makes everything known.
    aws.ec2(
        "AuthorizeSecurityGroupIngress",
        &[&rules[..4], &[("IpPermissions.1.IpRanges.1.CidrIp", "198.51.100.0/24")]].concat(),
    )
    .unwrap();
    proxy.lift_lags();
    assert_eq!(ingress(), 3);
}

#[test]
fn each_deletion_is_refused_for_a_while_by_itself() {
    let (proxy, aws) = plain();
    let rule = proxy.inject(Rule::on("ec2:DeleteVpc").each().times(2).then(Fault::dependency_violation()));
    let [one, two] = ["10.0.0.0/16", "10.1.0.0/16"].map(|cidr| aws.create_vpc(cidr).unwrap());
    let delete = |proxy: &Proxy, id: &str| Aws::through(proxy).unwrap().ec2("DeleteVpc", &[("VpcId", id)]);
    for id in [&one, &two, &one, &two] {
        assert_eq!(refusal(delete(&proxy, id)).1, "DependencyViolation");
    }
    delete(&proxy, &one).unwrap();
    delete(&proxy, &two).unwrap();
    assert_eq!((proxy.fired(rule), proxy.count("ec2:DeleteVpc")), (4, 6));
}
