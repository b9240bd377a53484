//! Manifests from what was seen: expanding them wishes exactly what is there.

use crate::support::{TENANT, accounts, report, source};
use aplomo_catalog::expand;
use aplomo_catalog::import::{Options, domain_manifest};
use aplomo_core::observation::OwnerMark;
use aplomo_core::resource::{Adopt, DesiredState};
use aplomo_core::{
    Datum, ManifestName, Model as _, Observed, RemoteId, Scope, Seen, Sight, TenantName, TypeName, Wish,
};
use aplomo_resources::route53::model::HostedZone;
use aplomo_resources::route53::{HOSTED_ZONE, RECORD_SET, SeenRecord, seen_record};
use proptest::prelude::*;

fn seen(type_name: TypeName, id: &str, fields: aplomo_core::fields::SeenFields) -> Observed {
    Observed {
        type_name,
        scope: Scope::own(),
        id: RemoteId::new(id).unwrap(),
        key: None,
        mark: OwnerMark::None,
        created_by: None,
        fields,
        outputs: Default::default(),
        brought_along: false,
        raw: None,
        waiting: None,
    }
}

fn zone() -> Observed {
    let model = HostedZone::<Seen> {
        name: Sight::Value("example.com.".into()),
        private: Sight::Value(false),
        ..Default::default()
    };
    seen(HOSTED_ZONE, "Z1ABC", model.to_fields())
}

fn record(record: SeenRecord) -> Observed {
    seen(RECORD_SET, &format!("{}|{}", record.name, record.record_type), seen_record(record).to_fields())
}

fn plain(name: &str, record_type: &str, values: &[&str]) -> SeenRecord {
    SeenRecord {
        name: name.into(),
        record_type: record_type.into(),
        ttl: Some(300),
        values: values.iter().map(|v| (*v).to_owned()).collect(),
        ..SeenRecord::default()
    }
}

fn options() -> Options {
    Options {
        tenant: TenantName::known("acme"),
        name: ManifestName::known("example-com"),
        adopt: true,
        others: Default::default(),
    }
}

fn expanded(yaml: &str) -> DesiredState {
    expand(&[source("dir:/t", &[("d.yaml", yaml), ("t.yaml", TENANT)])], &accounts())
}

/// Every field that is wished and was seen must be equal; references to the zone are its id.
fn differences(state: &DesiredState, records: &[Observed]) -> Vec<String> {
    let types = aplomo_resources::registry();
    let mut out = Vec::new();
    for observed in records {
        let key = types.get(RECORD_SET.as_str()).unwrap().identity(&observed.fields).unwrap();
        let Some(desired) = state.resources.values().find(|d| d.type_name == RECORD_SET && d.key == key)
        else {
            out.push(format!("{key:?} is not wished"));
            continue;
        };
        for (path, wish) in desired.wanted.iter() {
            let sight = observed.fields.get(path.as_str()).cloned().unwrap_or_default();
            let same = match wish {
                Wish::Value(value) => sight.value() == Some(value),
                Wish::Absent => sight == Sight::Absent,
                Wish::Reference(_) => sight.value() == Some(&Datum::from("Z1ABC")),
                _ => true,
            };
            if !same {
                out.push(format!("{key:?} {path}: {wish:?} is not {sight:?}"));
            }
        }
    }
    out
}

#[test]
fn an_imported_zone_wishes_what_is_there() {
    let all = vec![
        record(plain("example.com.", "NS", &["ns-1.awsdns-00.com."])),
        record(plain("example.com.", "SOA", &["ns-1.awsdns-00.com. a.example. 1 7200 900 1209600 86400"])),
        record(plain("example.com.", "A", &["192.0.2.2", "192.0.2.1"])),
        record(plain("\\052.example.com.", "CNAME", &["WWW.example.com"])),
        record(plain("www.example.com.", "TXT", &["\"a;b\" \"c \\\"d\\\"\"", "\"no\""])),
        record(plain("example.com.", "MX", &["10 mail.example.net"])),
        record(plain("odd\\344.example.com.", "TXT", &["\"\\303\\244\""])),
        record(SeenRecord {
            name: "api.example.com.".into(),
            record_type: "A".into(),
            alias_target: Some("dualstack.LB-1.eu-west-1.elb.amazonaws.com.".into()),
            alias_zone: Some("Z32O12XQLNTSW2".into()),
            alias_evaluate: Some(true),
            ..SeenRecord::default()
        }),
        record(SeenRecord {
            name: "apex.example.com.".into(),
            record_type: "A".into(),
            alias_target: Some("example.com.".into()),
            alias_zone: Some("Z1ABC".into()),
            alias_evaluate: Some(false),
            ..SeenRecord::default()
        }),
        record(SeenRecord {
            set_identifier: Some("blue, green".into()),
            weight: Some(0),
            ..plain("w.example.com.", "A", &["192.0.2.1"])
        }),
        record(SeenRecord {
            set_identifier: Some("2".into()),
            weight: Some(9),
            health_check: Some("abc-1".into()),
            ..plain("w.example.com.", "A", &["192.0.2.2"])
        }),
        record(SeenRecord {
            set_identifier: Some("eu".into()),
            country: Some("*".into()),
            ..plain("g.example.com.", "A", &["192.0.2.2"])
        }),
    ];
    let strange = record(SeenRecord {
        set_identifier: Some("x".into()),
        other: Some("geoproximity".into()),
        ..plain("p.example.com.", "A", &["192.0.2.2"])
    });
    let given: Vec<&Observed> = all.iter().chain([&strange]).collect();
    let imported = domain_manifest(&zone(), &given, &options());
    insta::assert_snapshot!(format!("{}\n{}", imported.yaml, imported.notes.join("\n")), @r#"
    # Imported from the hosted zone Z1ABC.
    apiVersion: aplomo/v1
    kind: Domain
    metadata:
      name: example-com
      tenant: acme
    lifecycle:
      adopt: Z1ABC
    spec:
      zone: example.com
      ignore:
        - {name: p, type: A}
      records:
        - {name: '@', type: A, ttl: 300, values: [192.0.2.1, 192.0.2.2]}
        - {name: '@', type: MX, ttl: 300, values: [10 mail.example.net.]}
        - {name: '*', type: CNAME, ttl: 300, values: [www.example.com.]}
        - {name: apex, type: A, alias: {record: '@', evaluateTargetHealth: false}}
        - name: api
          type: A
          alias: {target: dualstack.lb-1.eu-west-1.elb.amazonaws.com., zoneId: Z32O12XQLNTSW2, evaluateTargetHealth: true}
        - {name: g, type: A, ttl: 300, values: [192.0.2.2], routing: {id: eu, geo: {country: '*'}}}
        - {name: 'odd\344', type: TXT, ttl: 300, values: ['\303\244']}
        - {name: w, type: A, ttl: 300, values: [192.0.2.1], routing: {id: 'blue, green', weight: 0}}
        - name: w
          type: A
          ttl: 300
          values:
            - 192.0.2.2
          routing: {id: '2', weight: 9}
          healthCheck: {id: abc-1}
        - {name: www, type: TXT, ttl: 300, values: ['a;bc "d"', 'no']}

    `p A` was put under `ignore`: its routing (geoproximity) is not written here
    "#);
    let state = expanded(&imported.yaml);
    assert_eq!(report(&state.findings), "");
    assert_eq!(differences(&state, &all[2..]), Vec::<String>::new());
    let zone = state.resources.values().find(|d| d.type_name == HOSTED_ZONE).unwrap();
    assert!(matches!(&zone.adopt, Adopt::Id(id) if id.as_str() == "Z1ABC"));
    assert_eq!(state.collections[0].ignore, ["p.example.com.|A|*"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_survives_the_way_through_a_manifest(texts in proptest::collection::btree_set("[ -~äπ\u{a0}]{1,40}", 1..4), id in "[ -~]{1,20}") {
        let quoted = |text: &String| {
            let octets: String = text.bytes().map(|b| format!("\\{b:03o}")).collect();
            format!("\"{octets}\"")
        };
        let values: Vec<String> = texts.iter().map(quoted).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let all = [record(SeenRecord { set_identifier: Some(id), weight: Some(1), ..plain("t.example.com.", "TXT", &values) })];
        let given: Vec<&Observed> = all.iter().collect();
        let imported = domain_manifest(&zone(), &given, &options());
        let state = expanded(&imported.yaml);
        prop_assert_eq!(report(&state.findings), "", "{}", imported.yaml);
        prop_assert_eq!(differences(&state, &all), Vec::<String>::new(), "{}", imported.yaml);
    }
}
