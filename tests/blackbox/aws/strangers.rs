//! What others did is told in drift reports, and left alone: access added to a role of ours, a port opened
//! to the world in a network of ours, a role beside ours that a foreign account may take.

use super::estate::*;
use crate::world::World;
use serde_json::Value;

const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}"#;
const FOREIGN: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999900001111:root"},"Action":"sts:AssumeRole"}]}"#;

fn drift(world: &World) -> Value {
    world.aplomo(&["drift", "m", "--format", "json"]).json()
}

fn told(report: &Value) -> Vec<String> {
    let line = |f: &Value| format!("{} {}", f["rule"].as_str().unwrap(), f["message"].as_str().unwrap());
    report["findings"].as_array().unwrap().iter().filter(|f| f["severity"] == "warning").map(line).collect()
}

fn by_hand(world: &World) {
    let iam = |action: &str, parameters: &[(&str, &str)]| {
        world.aws.iam(action, parameters).unwrap_or_else(|e| panic!("{action}: {e}"));
    };
    iam("PutRolePolicy", &[("RoleName", "partner"), ("PolicyName", "extra"), ("PolicyDocument", EVERYTHING)]);
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    iam("AttachRolePolicy", &[("RoleName", "partner"), ("PolicyArn", admin)]);
    iam("CreateRole", &[("RoleName", "spy"), ("AssumeRolePolicyDocument", FOREIGN)]);
    iam("CreateRole", &[("RoleName", "far"), ("Path", "/far/"), ("AssumeRolePolicyDocument", FOREIGN)]);
    let groups = world.aws.security_groups().unwrap();
    let ours = groups.iter().find(|g| g.get("groupName") == "web");
    let parameters = [
        ("GroupId", ours.expect("a group of ours").get("groupId")),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", "22"),
        ("IpPermissions.1.ToPort", "22"),
        ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
    ];
    world.aws.ec2("AuthorizeSecurityGroupIngress", &parameters).unwrap();
}

#[test]
fn drift_reports_tell_what_others_added_and_what_share_is_managed() {
    let world = with(&[PARTNER, ENVIRONMENT]);
    settle(&world);
    let before = drift(&world);
    assert_eq!(told(&before), Vec::<String>::new(), "{before:#}");
    let coverage = &before["coverage"];
    assert!(coverage["managed"].as_u64().unwrap() > 15, "{coverage}");
    assert_eq!((&coverage["unverifiable"], &coverage["readsPercent"]), (&0.into(), &100.0.into()));

    by_hand(&world);
    let after = drift(&world);
    let told = told(&after).join("\n");
    for part in [
        "policy-not-ours the role partner has the inline policy `extra`, which no manifest names: it gains iam:* on *",
        "policy-not-ours the role partner has the attached policy arn:aws:iam::aws:policy/AdministratorAccess",
        "external-without-id the account 999900001111 may take the role spy without an external id",
        "open-to-world 0.0.0.0/0 may reach tcp port 22 (SSH) by the rule sgr-",
    ] {
        assert!(told.contains(part), "{part}\nis not in\n{told}");
    }
    assert!(!told.contains("role far"), "another path is another neighbourhood:\n{told}");
    assert_eq!(after["changes"], Value::Array(Vec::new()), "what others added is left alone");
    let (was, is) = (&before["coverage"], &after["coverage"]);
    let unmanaged = |coverage: &Value| coverage["unmanaged"].as_u64().unwrap();
    assert_eq!(unmanaged(is), unmanaged(was) + 3, "two roles and a rule");
    assert!(is["percent"].as_f64() < was["percent"].as_f64() && is["percent"].as_f64() < Some(100.0), "{is}");
    for format in ["text", "markdown", "html"] {
        let report = world.aplomo(&["drift", "m", "--format", format]).out;
        let share = report.contains("Coverage: ") || report.contains("objects are managed");
        assert!(share && report.contains("policy-not-ours"), "{format}\n{report}");
    }
}

#[test]
fn a_change_of_a_group_leaves_what_others_let_out_of_it() {
    let world = applied(&[ENVIRONMENT]);
    let groups = world.aws.security_groups().unwrap();
    let web = groups.iter().find(|g| g.get("groupName") == "web").unwrap().get("groupId").to_owned();
    let everything = [
        ("GroupId", web.as_str()),
        ("IpPermissions.1.IpProtocol", "-1"),
        ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
    ];
    world.aws.ec2("AuthorizeSecurityGroupEgress", &everything).unwrap();
    world.edit("m/0.yaml", "env: staging", "env: rehearsal");
    apply(&world, 0);
    let rules = world.aws.security_group_rules().unwrap();
    let out = rules.iter().filter(|r| r.get("groupId") == web && r.get("isEgress") == "true").count();
    assert_eq!(out, 1, "no plan spoke of it: {rules:#?}");
}
