//! Import of roles, certificates and whole accounts: what somebody made by hand becomes ours with
//! nothing but marks, and what gets no manifest is told.

use crate::world::{TENANT, World};
use aplomo_sandbox::{Aws, Fault, RecordSet, Rule, unique_account};
use serde_json::{Value, json};

/// Nothing is asked of DNS.
const QUIET: &str = "aws: {resolver: off, settle: 1s}\n";

const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": {"Sid": "who", "Effect": "Allow",
 "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole",
 "Condition": {"StringEquals": {"sts:ExternalId": "it's a secret: 1"}}}}"#;
const INLINE: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
 "Action": ["s3:GetObject", "s3:List*"], "Resource": "*"}]}"#;

fn aws(world: &World) -> Aws {
    Aws::through(&world.proxy).unwrap()
}

/// A role by hand, with all that a role has.
fn role(world: &World, name: &str) {
    let aws = aws(world);
    let create = [
        ("RoleName", name),
        ("Path", "/partners/"),
        ("Description", "What: auditors see"),
        ("AssumeRolePolicyDocument", TRUST),
        ("MaxSessionDuration", "7200"),
        ("Tags.member.1.Key", "cost centre"),
        ("Tags.member.1.Value", "0042"),
    ];
    aws.iam("CreateRole", &create).unwrap();
    let inline = [("RoleName", name), ("PolicyName", "look"), ("PolicyDocument", INLINE)];
    aws.iam("PutRolePolicy", &inline).unwrap();
    // moto has none of AWS's own policies.
    aws.iam("CreatePolicy", &[("PolicyName", "of-hand"), ("PolicyDocument", INLINE)]).unwrap();
    let policy = format!("arn:aws:iam::{}:policy/of-hand", world.proxy.account().unwrap());
    aws.iam("AttachRolePolicy", &[("RoleName", name), ("PolicyArn", &policy)]).unwrap();
}

/// A certificate by hand, issued.
fn certificate(world: &World, aws: &Aws, name: &str) -> String {
    let asked = json!({
        "DomainName": name, "SubjectAlternativeNames": [name, format!("www.{name}")],
        "ValidationMethod": "DNS", "Tags": [{"Key": "team", "Value": "web"}],
    });
    let arn = aws.acm("RequestCertificate", &asked).unwrap()["CertificateArn"].as_str().unwrap().to_owned();
    world.proxy.acm_validate(&arn);
    arn
}

fn by_hand() -> (World, String) {
    let world = World::new();
    world.write("aplomo.yaml", QUIET);
    role(&world, "Auditor.Read");
    let zone = world.aws.create_zone("example.com.", "by-hand", None).unwrap();
    let sets = [RecordSet::new("www.example.com.", "A", 60, &["192.0.2.1"])];
    world.aws.fill(&zone, &sets).unwrap();
    let arn = certificate(&world, &aws(&world), "example.com");
    (world, arn)
}

fn actions(plan: &Value) -> Vec<String> {
    World::changes(plan).into_iter().filter(|change| !change.starts_with("adopt ")).collect()
}

/// Adopts all of a directory, which writes marks and nothing else, and finds nothing left to do.
fn adopts(world: &World, directory: &str) {
    world.write(&format!("{directory}/tenant.yaml"), TENANT);
    let plan = world.aplomo(&["plan", directory, "--format", "json"]).exits(0).json();
    let others: Vec<String> = actions(&plan).into_iter().filter(|c| !c.contains(":aplomo.")).collect();
    assert_eq!(others, Vec::<String>::new(), "{plan:#}");
    world.aplomo(&["apply", directory, "--auto-approve"]).exits(0);
    world.aplomo(&["plan", directory, "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_whole_account_is_adopted_with_marks_only() {
    let (world, arn) = by_hand();
    world.proxy.reset();
    let ran = world.aplomo(&["import", "--all", "--tenant", "acme", "--out", "m"]).exits(0);
    assert_eq!(world.proxy.writes(), 0);
    let networks = ["aws.ec2.Vpc `vpc-", "AWS made it with the account"];
    for told in networks.into_iter().chain(["aws.iam.Policy `arn:aws:iam::", "aws-service-role"]) {
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    for file in ["certificate-example-com", "domain-example-com", "iamprofile-auditor-read"] {
        assert!(world.path().join(format!("m/{file}.yaml")).is_file(), "{file}: {}", ran.err);
    }
    assert!(world.read("m/certificate-example-com.yaml").contains(&arn));
    adopts(&world, "m");
    let tags = aws(&world).iam("ListRoleTags", &[("RoleName", "Auditor.Read")]).unwrap();
    assert!(tags.contains("acme/IamProfile/auditor-read:aws.iam.Role") && tags.contains("0042"), "{tags}");
    let again = world.aplomo(&["import", "--all", "--tenant", "acme", "--out", "again"]).exits(0);
    assert_eq!(std::fs::read_dir(world.path().join("again")).unwrap().count(), 0, "{}", again.err);
    assert!(again.err.contains("it is ours already, as `acme/IamProfile/auditor-read"), "{}", again.err);
}

#[test]
fn single_objects_are_chosen_by_name_or_arn() {
    let (world, arn) = by_hand();
    let name = ["import", "IamProfile", "--name", "Auditor.Read", "--tenant", "acme", "--out", "r/role.yaml"];
    std::fs::create_dir_all(world.path().join("r")).unwrap();
    world.aplomo(&name).exits(0);
    world.write("r/tenant.yaml", TENANT);
    let plan = ["plan", "r", "--target", "acme/IamProfile", "--detailed-exitcode"];
    world.aplomo(&plan).exits(0);
    assert!(!world.read("r/role.yaml").contains("adopt"));
    let by_arn = ["import", "Certificate", "--arn", &arn, "--tenant", "acme", "--out", "r/cert.yaml"];
    world.aplomo(&by_arn).exits(0);
    world.aplomo(&[&name[..], &["--adopt"]].concat()).exits(0);
    adopts(&world, "r");
    let other = certificate(&world, &aws(&world).in_region("eu-west-1"), "example.com");
    let both = ["--region", "us-east-1", "--region", "eu-west-1"];
    let many = world.aplomo(&[&["import", "Certificate", "--name", "example.com"], &both[..]].concat());
    let many = many.exits(4);
    assert!(many.err.contains(&other) && many.err.contains(&arn), "{}", many.err);
    let none = world.aplomo(&["import", "IamProfile", "--name", "nobody"]).exits(1);
    assert!(none.err.contains("no aws.iam.Role is called `nobody`"), "{}", none.err);
    let unknown = world.aplomo(&["import", "Network", "--name", "vpc-1"]).exits(64);
    assert!(unknown.err.contains("Domain, Environment, IamProfile"), "{}", unknown.err);
    world.aplomo(&["import", "--all"]).exits(64);
    world.aplomo(&["import", "Domain"]).exits(64);
}

#[test]
fn what_cannot_be_expressed_is_told_and_the_rest_is_written() {
    let (world, arn) = by_hand();
    world.proxy.acm_override(&arn, "Status", "\"EXPIRED\"").unwrap();
    let tags = [
        ("RoleName", "Stack"),
        ("AssumeRolePolicyDocument", TRUST),
        ("Tags.member.1.Key", "aplomo:installation"),
        ("Tags.member.1.Value", "another"),
    ];
    aws(&world).iam("CreateRole", &tags).unwrap();
    let service = [("AWSServiceName", "elasticbeanstalk.amazonaws.com")];
    aws(&world).iam("CreateServiceLinkedRole", &service).unwrap();
    let ran = world.aplomo(&["import", "--all", "--tenant", "acme"]).exits(0);
    let documents = ran.out.split("---\n").count();
    assert_eq!(documents, 2, "{}", ran.out);
    assert!(ran.err.contains("has expired"), "{}", ran.err);
    assert!(ran.err.contains("the mark of the installation `another`"), "{}", ran.err);
    let one = world.aplomo(&["import", "Certificate", "--arn", &arn]).exits(1);
    assert!(one.err.contains("has expired"), "{}", one.err);
    world.write("taken/iamprofile-auditor-read.yaml", "# mine\n");
    let taken = world.aplomo(&["import", "--all", "--tenant", "acme", "--out", "taken"]).exits(4);
    assert!(taken.err.contains("is there already"), "{}", taken.err);
    assert_eq!(std::fs::read_dir(world.path().join("taken")).unwrap().count(), 1);
}

#[test]
fn what_could_not_be_seen_is_not_written_and_the_rest_is() {
    let (world, _) = by_hand();
    let mailed = certificate(&world, &aws(&world), "mailed.example");
    world.proxy.acm_override(&mailed, "DomainValidationOptions", MAILED).unwrap();
    world.proxy.inject(Rule::on("route53:ListResourceRecordSets").then(Fault::access_denied()));
    let ran = world.aplomo(&["import", "--all", "--tenant", "acme", "--out", "m"]).exits(1);
    assert!(ran.err.contains("not every aws.route53.RecordSet in it could be seen"), "{}", ran.err);
    assert!(ran.err.contains("validated by mail"), "{}", ran.err);
    let mut files: Vec<_> =
        std::fs::read_dir(world.path().join("m")).unwrap().map(|f| f.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["certificate-example-com.yaml", "iamprofile-auditor-read.yaml"]);
    let one = world.aplomo(&["import", "Domain", "--zone", "example.com"]).exits(1);
    assert!(one.err.contains("no manifest is written") && one.out.is_empty(), "{}", one.err);
}

const MAILED: &str = r#"[{"DomainName": "mailed.example", "ValidationMethod": "EMAIL", "ValidationStatus": "SUCCESS",
 "ValidationEmails": ["admin@mailed.example"]}]"#;

#[test]
fn a_tenant_with_an_account_of_its_own_is_read_there() {
    let world = World::new();
    world.write("aplomo.yaml", QUIET);
    role(&world, "of-ours");
    let theirs = unique_account();
    let arn = format!("arn:aws:iam::{theirs}:role/aplomo-read");
    let there = aws(&world).assume_role(&arn, None).unwrap();
    there.iam("CreateRole", &[("RoleName", "of-theirs"), ("AssumeRolePolicyDocument", TRUST)]).unwrap();
    let access = format!(
        "aws: {{accountId: '{theirs}', region: eu-west-1, readRoleArn: '{arn}', writeRoleArn: '{arn}'}}"
    );
    let tenant = TENANT.replace("displayName: Acme", &format!("displayName: Acme, {access}"));
    world.write("m/tenant.yaml", &tenant);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    let ran = world.aplomo(&["import", "--all", "--tenant", "acme", "--out", "m"]).exits(0);
    let looked = format!("looked at account {theirs} in eu-west-1, as tenant `acme`");
    assert!(ran.err.contains(&looked), "{}", ran.err);
    assert!(world.read("m/iamprofile-of-theirs.yaml").contains("adopt: of-theirs"));
    assert!(!world.path().join("m/iamprofile-of-ours.yaml").exists());
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}
