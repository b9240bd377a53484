//! What a Domain manifest becomes.

use crate::support::{ACCOUNT, TENANT, accounts, all, domain, one, records, report, source, wish};
use aplomo_catalog::expand;
use aplomo_core::resource::Adopt;
use aplomo_core::safety::{Deletion, Ownership};

#[test]
fn a_zone_and_its_records() {
    let state = records(
        r#"
- {name: "@", type: NS, ttl: 3600}
- {name: "@", type: A, values: [192.0.2.1]}
- {name: "*.WWW", type: TXT, ttl: 5m, values: ['say "hi"; ok', b]}
- {name: mail, type: MX, ttl: 60, values: [10 mx, 20 mx.example.net.]}
"#,
    );
    assert_eq!(report(&state.findings), "");
    let addresses: Vec<&str> = state.resources.keys().map(|address| address.as_str()).collect();
    insta::assert_snapshot!(addresses.join("\n"), @r"
    acme/Domain/example-com:aws.route53.HostedZone
    acme/Domain/example-com:aws.route53.RecordSet/=2A.www/TXT
    acme/Domain/example-com:aws.route53.RecordSet/@/A
    acme/Domain/example-com:aws.route53.RecordSet/@/NS
    acme/Domain/example-com:aws.route53.RecordSet/mail/MX
    acme/Tenant/acme:aplomo.core.TenantSettings
    ");
    insta::assert_snapshot!(wish(&state, "HostedZone"), @r#"{"name":"example.com.","private":false,"tags":{"client":"acme"}}"#);
    insta::assert_snapshot!(wish(&state, "@/A"), @r#"{"alias":{"evaluateTargetHealth":{"$absent":true},"target":{"$absent":true},"zoneId":{"$absent":true}},"healthCheckId":{"$absent":true},"name":"example.com.","type":"A","values":["192.0.2.1"]}"#);
    insta::assert_snapshot!(wish(&state, "www/TXT"), @r#"{"alias":{"evaluateTargetHealth":{"$absent":true},"target":{"$absent":true},"zoneId":{"$absent":true}},"healthCheckId":{"$absent":true},"name":"*.www.example.com.","ttl":300,"type":"TXT","values":["b","say \"hi\"; ok"]}"#);
    insta::assert_snapshot!(wish(&state, "mail/MX"), @r#"{"alias":{"evaluateTargetHealth":{"$absent":true},"target":{"$absent":true},"zoneId":{"$absent":true}},"healthCheckId":{"$absent":true},"name":"mail.example.com.","ttl":60,"type":"MX","values":["10 mx.example.com.","20 mx.example.net."]}"#);
    insta::assert_snapshot!(wish(&state, "@/NS"), @r#"{"name":"example.com.","ttl":3600,"type":"NS"}"#);
    let record = one(&state, "@/A");
    assert_eq!(serde_json::to_string(&record.defaults).unwrap(), r#"{"ttl":300}"#);
    assert_eq!(record.key.as_deref(), Some("example.com.|A|"));
    assert_eq!(record.scope.account.as_ref().unwrap().as_str(), ACCOUNT);
    assert_eq!(record.scope.container_of.as_ref(), Some(&one(&state, "HostedZone").address));
    assert_eq!((&*record.origins[0].file, record.origins[0].line), ("d.yaml", 8));
    assert_eq!(one(&state, "HostedZone").key.as_deref(), Some("example.com.|public"));
    assert_eq!(one(&state, "@/NS").created_with.as_ref(), Some(&one(&state, "HostedZone").address));
    assert!(one(&state, "@/NS").defaults.is_empty());
}

#[test]
fn aliases_routing_and_health_checks() {
    let state = records(
        r#"
- {name: a, type: A, alias: {record: api}}
- {name: b, type: A, alias: {target: Dualstack.LB.eu-west-1.elb.amazonaws.com, zoneId: /hostedzone/z32o, evaluateTargetHealth: true}}
- {name: api, type: A, ttl: 60, values: [192.0.2.1], routing: {id: api 1, failover: primary}, healthCheck: {type: HTTPS, fqdn: API.example.com., interval: 10}}
- {name: api, type: A, ttl: 60, values: [192.0.2.2], routing: {id: api 2, failover: secondary}, healthCheck: {id: 1234-abcd}}
- {name: geo, type: A, ttl: 60, values: [192.0.2.2], routing: {id: us-ca, geo: {country: us, subdivision: ca}}}
"#,
    );
    assert_eq!(report(&state.findings), "");
    insta::assert_snapshot!(wish(&state, "/a/A"), @r#"{"alias":{"target":"api.example.com.","zoneId":{"$ref":{"constraint":{"must":"any"},"output":"id","to":"acme/Domain/example-com:aws.route53.HostedZone"}}},"healthCheckId":{"$absent":true},"name":"a.example.com.","ttl":{"$absent":true},"type":"A","values":{"$absent":true}}"#);
    insta::assert_snapshot!(wish(&state, "/b/A"), @r#"{"alias":{"evaluateTargetHealth":true,"target":"dualstack.lb.eu-west-1.elb.amazonaws.com.","zoneId":"Z32O"},"healthCheckId":{"$absent":true},"name":"b.example.com.","ttl":{"$absent":true},"type":"A","values":{"$absent":true}}"#);
    insta::assert_snapshot!(wish(&state, "RecordSet/api/A/api=201"), @r#"{"alias":{"evaluateTargetHealth":{"$absent":true},"target":{"$absent":true},"zoneId":{"$absent":true}},"healthCheckId":{"$ref":{"constraint":{"must":"any"},"output":"id","to":"acme/Domain/example-com:aws.route53.HealthCheck/api/A/api=201"}},"name":"api.example.com.","routing":{"failover":"PRIMARY","geo":{"continent":{"$absent":true},"country":{"$absent":true},"subdivision":{"$absent":true}},"multivalue":{"$absent":true},"region":{"$absent":true},"weight":{"$absent":true}},"setIdentifier":"api 1","ttl":60,"type":"A","values":["192.0.2.1"]}"#);
    insta::assert_snapshot!(wish(&state, "HealthCheck/api/A/api=201"), @r#"{"fqdn":"api.example.com","interval":10,"tags":{"client":"acme"},"type":"HTTPS"}"#);
    insta::assert_snapshot!(wish(&state, "RecordSet/api/A/api=202"), @r#"{"alias":{"evaluateTargetHealth":{"$absent":true},"target":{"$absent":true},"zoneId":{"$absent":true}},"healthCheckId":"1234-abcd","name":"api.example.com.","routing":{"failover":"SECONDARY","geo":{"continent":{"$absent":true},"country":{"$absent":true},"subdivision":{"$absent":true}},"multivalue":{"$absent":true},"region":{"$absent":true},"weight":{"$absent":true}},"setIdentifier":"api 2","ttl":60,"type":"A","values":["192.0.2.2"]}"#);
    insta::assert_snapshot!(wish(&state, "/geo/A/us-ca"), @r#"{"alias":{"evaluateTargetHealth":{"$absent":true},"target":{"$absent":true},"zoneId":{"$absent":true}},"healthCheckId":{"$absent":true},"name":"geo.example.com.","routing":{"failover":{"$absent":true},"geo":{"continent":{"$absent":true},"country":"US","subdivision":"CA"},"multivalue":{"$absent":true},"region":{"$absent":true},"weight":{"$absent":true}},"setIdentifier":"us-ca","ttl":60,"type":"A","values":["192.0.2.2"]}"#);
    let alias = one(&state, "/a/A");
    assert_eq!(alias.depends_on.len(), 2);
    assert_eq!(
        serde_json::to_string(&alias.defaults).unwrap(),
        r#"{"alias":{"evaluateTargetHealth":false}}"#
    );
    assert!(one(&state, "/b/A").defaults.is_empty());
    assert_eq!(one(&state, "HealthCheck/api/A/api=201").scope.container_of, None);
    let types = aplomo_resources::registry();
    for resource in state.resources.values() {
        let normal = types.get(resource.type_name.as_str()).unwrap().normalise(&resource.wanted);
        assert_eq!(normal.as_ref(), Ok(&resource.wanted), "{}", resource.address);
    }
}

#[test]
fn former_names_adoption_and_lifecycle_reach_every_resource() {
    let text = domain("ownership: exclusive\nignore:\n  - {name: \"*\", type: TXT}\n  - {name: _acme*}\n  - {name: \"@\", type: CAA}\nrecords:\n  - {name: www, type: A, values: [192.0.2.1]}")
        .replace("tenant: acme", "tenant: acme, previousNames: [old-name]")
        .replace("spec:", "lifecycle: {deletion: delete, adopt: Z123ABC}\nspec:");
    let state = expand(&[source("dir:/t", &[("d.yaml", &text), ("t.yaml", TENANT)])], &accounts());
    assert_eq!(report(&state.findings), "");
    let (zone, record) = (one(&state, "HostedZone"), one(&state, "www/A"));
    assert_eq!(record.previous[0].as_str(), "acme/Domain/old-name:aws.route53.RecordSet/www/A");
    assert_eq!(zone.previous[0].as_str(), "acme/Domain/old-name:aws.route53.HostedZone");
    assert!(matches!(&zone.adopt, Adopt::Id(id) if id.as_str() == "Z123ABC"));
    assert_eq!(record.adopt, Adopt::InContainer);
    assert_eq!((zone.deletion, record.deletion), (Deletion::Delete, Deletion::Delete));
    insta::assert_snapshot!(wish(&state, "Domain/example-com:aplomo.core.Safety"), @r#"{"consents":{"$absent":true},"deletion":"delete","ownership":"exclusive"}"#);
    let collection = &state.collections[0];
    assert_eq!((collection.ownership, &collection.container), (Ownership::Exclusive, &zone.address));
    assert_eq!(collection.ignore, ["*|TXT|*", "_acme*.example.com.|*|*", "example.com.|CAA|*"]);
    assert!(state.resources.values().all(|resource| !resource.observe));
}

#[test]
fn observing_writes_nothing() {
    let text = domain("ownership: observe\nrecords:\n  - {name: www, type: A, values: [192.0.2.1]}");
    let state = expand(&[source("dir:/t", &[("d.yaml", &text), ("t.yaml", TENANT)])], &accounts());
    assert!(one(&state, "HostedZone").observe && one(&state, "www/A").observe);
    assert!(!one(&state, "Safety").observe, "the wish to observe is itself recorded");
}

#[test]
fn a_private_zone_is_bound_to_its_networks() {
    let text = domain("visibility: private\nnetworks: [{id: vpc-1, region: us-east-1}]");
    let state = expand(&[source("dir:/t", &[("d.yaml", &text), ("t.yaml", TENANT)])], &accounts());
    insta::assert_snapshot!(wish(&state, "HostedZone"), @r#"{"name":"example.com.","networks":{"us-east-1:vpc-1":true},"private":true,"tags":{"client":"acme"}}"#);
    assert_eq!(one(&state, "HostedZone").key.as_deref(), Some("example.com.|private"));
}

#[test]
fn the_account_is_the_tenants_own_or_unknown() {
    let text = domain("records: []");
    let tenant = TENANT.replace("{displayName: Acme", "{aws: {accountId: \"999999999999\"}");
    let state = expand(&[source("dir:/t", &[("d.yaml", &text), ("t.yaml", &tenant)])], &accounts());
    assert_eq!(one(&state, "HostedZone").scope.account.as_ref().unwrap().as_str(), "999999999999");
    let nobody = expand(&[source("dir:/t", &[("d.yaml", &text)])], &aplomo_catalog::Accounts::default());
    assert_eq!(one(&nobody, "HostedZone").scope.account, None);
}

fn child(tenant: &str, from: &str) -> String {
    format!(
        "apiVersion: aplomo/v1\nkind: Domain\nmetadata: {{name: shop, tenant: {tenant}}}\nspec: {{zone: shop.example.com, delegateFrom: {from}}}\n"
    )
}

#[test]
fn a_delegation_is_contributed_to_the_parent() {
    let (parent, child) = (domain("records: []"), child("acme", "example-com"));
    let state = expand(
        &[source("dir:/t", &[("p.yaml", &parent), ("c.yaml", &child), ("t.yaml", TENANT)])],
        &accounts(),
    );
    assert_eq!(report(&state.findings), "");
    let record = one(&state, "acme/Domain/example-com:aws.route53.RecordSet/shop/NS");
    assert!(record.contribution);
    assert_eq!(&*record.origins[0].file, "c.yaml");
    assert_eq!(
        record.scope.container_of.as_ref().unwrap().as_str(),
        "acme/Domain/example-com:aws.route53.HostedZone"
    );
    assert_eq!(serde_json::to_string(&record.defaults).unwrap(), r#"{"ttl":172800}"#);
    insta::assert_snapshot!(wish(&state, "shop/NS"), @r#"{"alias":{"evaluateTargetHealth":{"$absent":true},"target":{"$absent":true},"zoneId":{"$absent":true}},"healthCheckId":{"$absent":true},"name":"shop.example.com.","type":"NS","values":{"$ref":{"constraint":{"must":"hostNames"},"output":"nameServers","to":"acme/Domain/shop:aws.route53.HostedZone"}}}"#);
}

#[test]
fn another_tenant_must_consent() {
    let tenants = format!("{TENANT}---\n{}", TENANT.replace("acme", "other"));
    let child = child("other", "acme/example-com");
    let go = |parent: &str| {
        expand(
            &[source("dir:/t", &[("p.yaml", parent), ("c.yaml", &child), ("t.yaml", &tenants)])],
            &accounts(),
        )
    };
    let refused = go(&domain("records: []"));
    insta::assert_snapshot!(report(&refused.findings), @r"
    error[no-consent] c.yaml:4:0 `acme/Domain/example-com` belongs to another tenant and does not consent to `other/Domain/shop`
        help: ask for `consents: [other/Domain/shop]` in `acme/Domain/example-com`
    ");
    assert_eq!(refused.findings[0].tenant.as_deref(), Some("other"), "the target's tenant is not stopped");
    assert!(!refused.resources.keys().any(|address| address.as_str().ends_with("shop/NS")));
    let agreed = go(&domain("consents: [other/Domain/shop]"));
    assert_eq!(report(&agreed.findings), "");
    assert!(one(&agreed, "shop/NS").contribution);
    insta::assert_snapshot!(wish(&agreed, "example-com:aplomo.core.Safety"), @r#"{"consents":["other/Domain/shop"],"deletion":"protect","ownership":"additive"}"#);
}

#[test]
fn a_contribution_beside_a_record_of_the_same_address_is_claimed_twice() {
    let parent = domain("records:\n  - {name: shop, type: NS, ttl: 60, values: [ns1.example.net.]}");
    let child = child("acme", "example-com");
    let state = expand(
        &[source("dir:/t", &[("p.yaml", &parent), ("c.yaml", &child), ("t.yaml", TENANT)])],
        &accounts(),
    );
    insta::assert_snapshot!(report(&state.findings), @r"
    error[claimed-twice] c.yaml:4:0 `acme/Domain/example-com:aws.route53.RecordSet/shop/NS` is claimed by `acme/Domain/example-com` as well (p.yaml:7)
        help: leave it to one of them
    error[claimed-twice] p.yaml:7:0 `acme/Domain/example-com:aws.route53.RecordSet/shop/NS` is claimed by `acme/Domain/shop` as well (c.yaml:4)
        help: leave it to one of them
    ");
    assert!(state.completeness.complete_sources.is_empty());
}

#[test]
fn thousands_of_records_expand() {
    // A smoke test of the shape, not of the speed: see the bench of xtask.
    let list: Vec<String> = (0..2000)
        .map(|i| format!("- {{name: h{i}, type: A, ttl: 60, values: [10.0.{}.{}]}}", i / 250, i % 250))
        .collect();
    assert_eq!(records(&list.join("\n")).resources.len(), 2002);
    assert!(all("").resources.is_empty());
}
