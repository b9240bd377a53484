//! Certificates: what is wished, and what is wrong with them.

use crate::support::{TENANT, accounts, domain, one, report, rules, source, wish};
use aplomo_catalog::expand;
use aplomo_core::resource::{Adopt, DesiredState};
use aplomo_core::{Datum, Wish};

/// A Certificate `name` of `acme` with these lines in its `spec`.
fn certificate(name: &str, spec: &str) -> String {
    let body: String = spec.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "apiVersion: aplomo/v1\nkind: Certificate\nmetadata: {{name: {name}, tenant: acme}}\nspec:\n{body}"
    )
}

fn world(certificates: &[String]) -> DesiredState {
    let zone = domain("records: []");
    let sub =
        zone.replace("name: example-com", "name: sub").replace("zone: example.com", "zone: eu.example.com");
    let all = certificates.join("---\n");
    let files = [("c.yaml", all.as_str()), ("d.yaml", &zone), ("s.yaml", &sub), ("t.yaml", TENANT)];
    expand(&[source("dir:/t", &files)], &accounts())
}

const IRELAND: &str = "domainName: shop.example.com\nregions: [eu-west-1]\n";

#[test]
fn there_is_one_certificate_for_each_region_and_its_record_takes_both_values_from_it() {
    let text = "domainName: Shop.example.com\nalternativeNames: [shop.example.com., api.example.com]\nregions: [us-east-1, eu-west-1]\nkeyAlgorithm: EC_prime256v1\nvalidation: {domains: [example-com]}";
    let state = world(&[certificate("shop", text)]);
    insta::assert_snapshot!(report(&state.findings), @"
    warning[duplicate-name] c.yaml:6:22 the name `shop.example.com` is there already
        help: remove one of them
    ");
    insta::assert_snapshot!(wish(&state, "Certificate/us-east-1"), @r#"{"alternativeNames":["api.example.com"],"domainName":"shop.example.com","keyAlgorithm":"EC_prime256v1","tags":{"client":"acme"},"valid":true,"validation":"DNS"}"#);
    assert_eq!(
        one(&state, "Certificate/eu-west-1").scope.region.as_ref().map(|r| r.as_str()),
        Some("eu-west-1")
    );
    let record = one(&state, "RecordSet/acm/shop.example.com");
    let references: Vec<String> = record
        .wanted
        .references()
        .map(|(path, r)| format!("{path} = {} {} {:?}", r.to, r.output, r.constraint))
        .collect();
    insta::assert_snapshot!(references.join("\n"), @r#"
    /name = acme/Certificate/shop:aws.acm.Certificate/eu-west-1 validation/shop.example.com/name Suffix(".example.com.")
    /values = acme/Certificate/shop:aws.acm.Certificate/eu-west-1 validation/shop.example.com/value Suffix(".acm-validations.aws.")
    "#);
    let on: Vec<&str> = record.depends_on.iter().map(|a| a.as_str()).collect();
    assert_eq!(
        on,
        ["acme/Certificate/shop:aws.acm.Certificate/us-east-1"],
        "it needs the other region's as well"
    );
    assert!(record.contribution && record.key.is_none());
    assert_eq!(record.defaults.value("/ttl"), Some(&Datum::Int(300)));
}

#[test]
fn apex_and_wildcard_and_several_manifests_share_one_record() {
    let one_of = "domainName: example.com\nalternativeNames: ['*.example.com']\nregions: [eu-west-1]\nvalidation: {domains: [example-com]}";
    let other = "domainName: '*.example.com'\nregions: [eu-west-1]\nvalidation: {domains: [example-com]}";
    let state = world(&[certificate("a", one_of), certificate("b", other)]);
    assert_eq!(rules(&state), ["wildcard-name", "wildcard-name"]);
    let records: Vec<&str> =
        state.resources.keys().map(|a| a.as_str()).filter(|a| a.contains("/acm/")).collect();
    assert_eq!(records, ["acme/Domain/example-com:aws.route53.RecordSet/acm/example.com"]);
    let record = one(&state, "acm/example.com");
    assert_eq!(record.origins.len(), 2, "both certificates speak of it");
    assert!(record.depends_on.iter().any(|a| a.as_str().contains("Certificate/b:")));
    let alone = world(&[certificate("b", other)]);
    let record = one(&alone, "acm/example.com");
    assert!(record.wanted.references().all(|(_, r)| r.to.as_str().contains("Certificate/b:")), "it lives on");
}

#[test]
fn a_name_goes_to_the_zone_with_the_longest_match() {
    let text = "domainName: a.eu.example.com\nalternativeNames: [eu2.example.com]\nregions: [eu-west-1]\nvalidation: {domains: [example-com, sub]}";
    let state = world(&[certificate("x", text)]);
    assert_eq!(report(&state.findings), "");
    let records: Vec<&str> =
        state.resources.keys().map(|a| a.as_str()).filter(|a| a.contains("/acm/")).collect();
    assert_eq!(
        records,
        [
            "acme/Domain/example-com:aws.route53.RecordSet/acm/eu2.example.com",
            "acme/Domain/sub:aws.route53.RecordSet/acm/a.eu.example.com"
        ]
    );
}

#[test]
fn external_validation_writes_no_record_and_is_watched() {
    let state = world(&[certificate("x", &format!("{IRELAND}validation: external\nexpiryWarningDays: 60"))]);
    assert_eq!(report(&state.findings), "");
    assert!(state.resources.keys().all(|a| !a.as_str().contains("/acm/")));
    let hints = &one(&state, "Certificate/eu-west-1").hints;
    assert_eq!(hints.get("external"), Some(&Datum::Bool(true)));
    assert_eq!(hints.get("expiryWarningDays"), Some(&Datum::Int(60)));
    assert_eq!(one(&state, "Certificate/eu-west-1").wanted.get("/keyAlgorithm"), None::<&Wish>);
}

#[test]
fn what_is_wrong_is_told_where_it_stands() {
    let bad =
        "domainName: com\nalternativeNames: [a_b.example.com]\nregions: [Ireland]\nvalidation: external";
    let far = "domainName: shop.example.org\nregions: [eu-west-1]\nvalidation: {domains: [example-com]}";
    let unknown = "domainName: shop.example.com\nregions: [eu-west-1]\nvalidation: {domains: [exampel-com]}";
    let nowhere = "domainName: shop.example.com\nvalidation: {domains: []}";
    let many: Vec<String> = (0..11).map(|n| format!("n{n}.example.com")).collect();
    let many = format!("{IRELAND}validation: external\nalternativeNames: [{}]", many.join(", "));
    let all = [("bad", bad), ("far", far), ("unknown", unknown), ("nowhere", nowhere), ("many", &many)];
    for (name, spec) in all {
        let state = world(&[certificate(name, spec)]);
        let expected: &[&str] = match name {
            "bad" => &["bad-value", "bad-value", "bad-value"],
            "far" => &["out-of-reach"],
            "unknown" => &["unknown-domain"],
            "nowhere" => &["no-region", "no-domains"],
            _ => &["too-many-names"],
        };
        let mut found = rules(&state);
        found.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{name}: {}", report(&state.findings));
    }
    let raised = world(&[certificate("many", &format!("{many}\nmaxNames: 12"))]);
    assert_eq!(report(&raised.findings), "");
}

#[test]
fn an_arn_is_adopted_in_its_own_region_alone() {
    let text = certificate(
        "x",
        "domainName: shop.example.com\nregions: [eu-west-1, us-east-1]\nvalidation: external",
    );
    let arn = "arn:aws:acm:us-east-1:123456789012:certificate/0a";
    let with = |arn: &str| text.replace("spec:", &format!("lifecycle: {{adopt: '{arn}'}}\nspec:"));
    let state = world(&[with(arn)]);
    assert_eq!(report(&state.findings), "");
    assert!(matches!(&one(&state, "Certificate/us-east-1").adopt, Adopt::Id(id) if id.as_str() == arn));
    assert_eq!(one(&state, "Certificate/eu-west-1").adopt, Adopt::No);
    assert_eq!(rules(&world(&[with("arn:aws:acm:sa-east-1:1:certificate/0a")])), ["bad-adopt"]);
}

#[test]
fn a_word_that_is_no_validation_is_told_with_the_way_out() {
    let state = world(&[certificate("x", &format!("{IRELAND}validation: extern"))]);
    assert!(
        report(&state.findings).contains("write `external`, or a mapping with `domains`"),
        "{}",
        report(&state.findings)
    );
}

/// A certificate of nobody, as a reading shows it.
fn seen(validation: &str) -> aplomo_core::Observed {
    use aplomo_core::{Account, Model, Provider, Region, RemoteId, Scope, Seen, Sight};
    let model = aplomo_resources::acm::model::Certificate::<Seen> {
        domain_name: Sight::Value("shop.example.com".into()),
        alternative_names: Sight::Value(["*.shop.example.com".into(), "www.example.com".into()].into()),
        key_algorithm: Sight::Value("EC_prime256v1".into()),
        validation: Sight::Value(validation.into()),
        transparency: Sight::Hidden,
        valid: Sight::Value(true),
        in_use: Sight::Value(true),
        tags: [
            ("client".to_owned(), Sight::Value("acme".to_owned())),
            ("a: b".to_owned(), Sight::Value("x".to_owned())),
        ]
        .into(),
    };
    let scope = Scope::account(Provider::known("aws"), Account::known("123456789012"));
    aplomo_core::Observed {
        type_name: aplomo_resources::acm::CERTIFICATE,
        scope: Scope { region: Some(Region::known("eu-west-1")), ..scope },
        id: RemoteId::known("arn:aws:acm:eu-west-1:123456789012:certificate/0a"),
        key: None,
        mark: aplomo_core::observation::OwnerMark::None,
        created_by: None,
        fields: model.to_fields(),
        outputs: std::collections::BTreeMap::new(),
        brought_along: false,
        raw: None,
        waiting: None,
    }
}

#[test]
fn an_imported_certificate_wishes_exactly_what_is_there() {
    use aplomo_catalog::import::{Options, certificate_manifest};
    let options = Options {
        tenant: aplomo_core::TenantName::known("acme"),
        name: aplomo_core::ManifestName::known("shop"),
        adopt: true,
        others: Default::default(),
    };
    let there = seen("DNS");
    let imported = certificate_manifest(&there, &[("example-com".into(), "example.com.".into())], &options);
    insta::assert_snapshot!(imported.yaml, @r"
    # Imported from the certificate arn:aws:acm:eu-west-1:123456789012:certificate/0a.
    apiVersion: aplomo/v1
    kind: Certificate
    metadata:
      name: shop
      tenant: acme
    lifecycle:
      adopt: 'arn:aws:acm:eu-west-1:123456789012:certificate/0a'
    spec:
      domainName: shop.example.com
      alternativeNames: ['*.shop.example.com', www.example.com]
      validation: {domains: [example-com]}
      keyAlgorithm: EC_prime256v1
      regions: [eu-west-1]
      tags:
        'a: b': x
        client: acme
    ");
    assert!(imported.notes.is_empty(), "{:?}", imported.notes);
    let state = world(&[imported.yaml]);
    assert_eq!(rules(&state), ["wildcard-name"]);
    let wished = one(&state, "Certificate/eu-west-1");
    assert_eq!(wished.adopt, Adopt::Id(there.id.clone()));
    for (path, wish) in wished.wanted.iter() {
        assert_eq!(wish.value(), there.fields.value(path.as_str()), "{path}: the plan would not be empty");
    }
    let external = certificate_manifest(&seen("EMAIL"), &[], &options);
    assert!(external.yaml.contains("validation: external"));
    assert_eq!(
        external.notes,
        ["it was validated by mail: Aplomo would ask for another one, validated by DNS"]
    );
}
