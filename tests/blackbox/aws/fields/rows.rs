//! How a hand changes each field. Deliberately absent: whether anybody notices.

use crate::by_hand::row;
use crate::world::World;
use aplomo_sandbox::{Aws, Thing};
use serde_json::json;

/// A row of AWS.
pub type Row = crate::by_hand::Row<World>;

pub fn rows() -> Vec<Row> {
    let mut all = vec![];
    all.extend(roles());
    all.extend(other_iam());
    all.extend(certificates());
    all.extend(route53());
    all.extend(super::ec2::rows());
    all
}

const ROLE: &str = "aws.iam.Role";
const OTHERS: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
const OPEN: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;

fn iam(world: &World, action: &str, parameters: &[(&str, &str)]) {
    world.aws.iam(action, parameters).unwrap_or_else(|e| panic!("{action}: {e}"));
}

fn roles() -> Vec<Row> {
    vec![
        row(ROLE, "/description", |w| {
            iam(
                w,
                "UpdateRole",
                &[("RoleName", "partner"), ("Description", "by hand"), ("MaxSessionDuration", "14400")],
            );
        }),
        row(ROLE, "/maxSession", |w| {
            let parameters = [
                ("RoleName", "partner"),
                ("Description", "Files the monthly reports"),
                ("MaxSessionDuration", "7200"),
            ];
            iam(w, "UpdateRole", &parameters);
        }),
        row(ROLE, "/trust", |w| {
            iam(w, "UpdateAssumeRolePolicy", &[("RoleName", "partner"), ("PolicyDocument", OPEN)]);
        }),
        row(ROLE, "/inline/reports", |w| {
            let parameters = [("RoleName", "partner"), ("PolicyName", "reports"), ("PolicyDocument", OTHERS)];
            iam(w, "PutRolePolicy", &parameters);
        }),
        row(ROLE, "/attachments/arn:aws:iam::aws:policy~1job-function~1ViewOnlyAccess", |w| {
            let arn = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess";
            iam(w, "DetachRolePolicy", &[("RoleName", "partner"), ("PolicyArn", arn)]);
        }),
        row(ROLE, "/permissionsBoundary", |w| {
            iam(w, "DeleteRolePermissionsBoundary", &[("RoleName", "partner")])
        }),
        row(ROLE, "/tags/client", |w| {
            iam(
                w,
                "TagRole",
                &[("RoleName", "partner"), ("Tags.member.1.Key", "client"), ("Tags.member.1.Value", "x")],
            );
        }),
        row(ROLE, "/attachments/arn:aws:iam::aws:policy~1ReadOnlyAccess", |w| {
            let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
            iam(w, "DetachRolePolicy", &[("RoleName", "ci"), ("PolicyArn", arn)]);
        }),
        row(ROLE, "/attachments/arn:aws:iam::aws:policy~1SecurityAudit", |w| {
            let arn = "arn:aws:iam::aws:policy/SecurityAudit";
            iam(w, "DetachRolePolicy", &[("RoleName", "auditor"), ("PolicyArn", arn)]);
        }),
        row(ROLE, "/attachments/arn:aws:iam::ACCOUNT:policy~1partner-queue", |w| {
            iam(w, "DetachRolePolicy", &[("RoleName", "partner"), ("PolicyArn", &own_policy(w))]);
        }),
    ]
}

fn own_policy(world: &World) -> String {
    format!("arn:aws:iam::{}:policy/partner-queue", world.proxy.account().unwrap())
}

/// The ARN of the only provider of a sort.
fn provider(world: &World, action: &str, list: &str) -> String {
    let listed = Thing::all(&world.aws.iam(action, &[]).unwrap(), list);
    listed[0].get("Arn").to_owned()
}

fn oidc(world: &World) -> String {
    provider(world, "ListOpenIDConnectProviders", "OpenIDConnectProviderList")
}

fn saml(world: &World) -> String {
    provider(world, "ListSAMLProviders", "SAMLProviderList")
}

fn other_iam() -> Vec<Row> {
    const TAG: [(&str, &str); 2] = [("Tags.member.1.Key", "client"), ("Tags.member.1.Value", "x")];
    let (policy, profile) = ("aws.iam.Policy", "aws.iam.InstanceProfile");
    let (oidc_type, saml_type) = ("aws.iam.OidcProvider", "aws.iam.SamlProvider");
    vec![
        row(policy, "/document", |w| {
            let parameters =
                [("PolicyArn", &*own_policy(w)), ("PolicyDocument", OTHERS), ("SetAsDefault", "true")];
            iam(w, "CreatePolicyVersion", &parameters);
        }),
        row(policy, "/tags/client", |w| {
            iam(w, "TagPolicy", &[&[("PolicyArn", &*own_policy(w))], &TAG[..]].concat())
        }),
        row(profile, "/role", |w| {
            let parameters = [("InstanceProfileName", "partner"), ("RoleName", "partner")];
            iam(w, "RemoveRoleFromInstanceProfile", &parameters);
        }),
        row(profile, "/tags/client", |w| {
            iam(w, "TagInstanceProfile", &[&[("InstanceProfileName", "partner")], &TAG[..]].concat());
        }),
        row(profile, "/role", |w| {
            // Another role, one that is not ours.
            iam(w, "CreateRole", &[("RoleName", "strange"), ("AssumeRolePolicyDocument", OPEN)]);
            let names = |role| [("InstanceProfileName", "partner"), ("RoleName", role)];
            iam(w, "RemoveRoleFromInstanceProfile", &names("partner"));
            iam(w, "AddRoleToInstanceProfile", &names("strange"));
        }),
        row(oidc_type, "/audiences", |w| {
            // moto has no such call; the strict sandbox does.
            let parameters = [("OpenIDConnectProviderArn", &*oidc(w)), ("ClientID", "stranger")];
            Aws::through(&w.proxy).unwrap().iam("AddClientIDToOpenIDConnectProvider", &parameters).unwrap();
        }),
        row(oidc_type, "/thumbprints", |w| {
            let other = "a".repeat(40);
            let parameters = [("OpenIDConnectProviderArn", &*oidc(w)), ("ThumbprintList.member.1", &other)];
            iam(w, "UpdateOpenIDConnectProviderThumbprint", &parameters);
        }),
        row(oidc_type, "/tags/client", |w| {
            let arn = oidc(w);
            iam(w, "TagOpenIDConnectProvider", &[&[("OpenIDConnectProviderArn", &*arn)], &TAG[..]].concat());
        }),
        row(saml_type, "/metadata", |w| {
            let document = "b".repeat(1_200);
            let parameters = [("SAMLProviderArn", &*saml(w)), ("SAMLMetadataDocument", &document)];
            iam(w, "UpdateSAMLProvider", &parameters);
        }),
        row(saml_type, "/tags/client", |w| {
            // These tags are the strict sandbox's, not moto's.
            let arn = saml(w);
            let parameters = [&[("SAMLProviderArn", &*arn)], &TAG[..]].concat();
            Aws::through(&w.proxy).unwrap().iam("TagSAMLProvider", &parameters).unwrap();
        }),
    ]
}

fn certificates() -> Vec<Row> {
    const NAME: &str = "aws.acm.Certificate";
    vec![
        row(NAME, "/tags/team", |w| tag_certificate(w, "team")),
        row(NAME, "/tags/client", |w| tag_certificate(w, "client")),
    ]
}

fn tag_certificate(world: &World, key: &str) {
    let certificate = world.aws.certificates().unwrap().remove(0);
    let body = json!({"CertificateArn": certificate["CertificateArn"], "Tags": [{"Key": key, "Value": "x"}]});
    world.aws.acm("AddTagsToCertificate", &body).unwrap();
}

fn route53() -> Vec<Row> {
    const RECORD: &str = "aws.route53.RecordSet";
    const CHECK: &str = "aws.route53.HealthCheck";
    vec![
        row("aws.route53.HostedZone", "/tags/client", |w| {
            w.aws.tag_zone(&w.zone("example.com"), &[("client", "x")]).unwrap();
        }),
        row(RECORD, "/ttl", |w| record(w, "api.example.com.", |set| set.ttl = Some(7))),
        row(RECORD, "/values", |w| {
            record(w, "api.example.com.", |set| set.values = vec!["192.0.2.99".into()])
        }),
        row(RECORD, "/routing/weight", |w| {
            record(w, "api.example.com.", |set| drop(set.extra.insert("Weight".into(), "77".into())));
        }),
        row(RECORD, "/healthCheckId", |w| {
            record(w, "api.example.com.", |set| drop(set.extra.remove("HealthCheckId")));
        }),
        row(CHECK, "/fqdn", |w| {
            update_check(w, "<FullyQualifiedDomainName>x.example.com</FullyQualifiedDomainName>")
        }),
        row(CHECK, "/path", |w| update_check(w, "<ResourcePath>/by-hand</ResourcePath>")),
        row(CHECK, "/tags/client", |w| {
            let id = w.aws.health_checks().unwrap().remove(0);
            w.aws.tag_health_check(&id, &[("client", "x")]).unwrap();
        }),
    ]
}

fn update_check(world: &World, change: &str) {
    let id = world.aws.health_checks().unwrap().remove(0);
    let body = format!(
        r#"<UpdateHealthCheckRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/">{change}</UpdateHealthCheckRequest>"#
    );
    world.aws.route53("POST", &format!("healthcheck/{id}"), &body).unwrap();
}

fn record(world: &World, name: &str, change: fn(&mut aplomo_sandbox::RecordSet)) {
    let zone = world.zone("example.com");
    let mut set = world.aws.find(&zone, name, "A").unwrap().remove(0);
    change(&mut set);
    world.aws.upsert(&zone, &set).unwrap();
}
