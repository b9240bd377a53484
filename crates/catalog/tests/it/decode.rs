//! Every problem of a document at once, each with its place.

use crate::support::{all, report, source};
use aplomo_catalog::{Accounts, expand};
use aplomo_core::manifest::RawManifest;
use aplomo_core::node::{Key, Node, NodeValue};
use aplomo_core::origin::Mark;
use proptest::prelude::*;
use std::sync::Arc;

#[test]
fn a_nasty_manifest_is_told_everything_at_once() {
    let text = r#"apiVersion: aplomo/v1
kind: Domain
metadata:
  name: Example_Com
  tenant: acme
  label: {a: b}
lifecycle: {deletion: keep}
spec:
  visibility: Private
  ownership: [exclusive]
  records:
    - name: "w\u200Bww"
      type: AA
      tttl: 300
      values: 192.0.2.1
    - type: A
      ttl: 1.5
      values: [12, "192.0.2.1"]
      routing: {id: a, weight: 300}
    - just text
    - {name: b, type: A, ttl: -5, values: [], routing: {weight: "10"}}
"#;
    insta::assert_snapshot!(report(&all(text).findings), @r"
    error[bad-value] t.yaml:4:9 `Example_Com` is not a value of Domain.metadata.name
        help: a name may hold a-z, 0-9, `-`, `.` and `_`, and begins and ends with a letter or digit
    error[unknown-field] t.yaml:6:3 `label` is not a field of Domain.metadata
        help: did you mean `labels`?
    error[bad-value] t.yaml:7:23 `keep` is not a value of Domain.lifecycle.deletion
        help: one of `protect`, `delete`, `orphan`
    error[missing-field] t.yaml:8:1 `zone` is missing in Domain.spec
        help: The zone's name, e.g. `example.com`
    error[bad-value] t.yaml:9:15 `Private` is not a value of Domain.spec.visibility
        help: did you mean `private`?
    error[wrong-type] t.yaml:10:14 Domain.spec.ownership is a list, where a text is wanted
    error[deceptive-characters] t.yaml:12:13 `w\u{200b}ww` holds the character U+200B, which does not show
        help: remove it: it can make one text look like another
    error[bad-value] t.yaml:13:13 `AA` is not a value of Domain.spec.records[].type
        help: one of `A`, `AAAA`, `CAA`, `CNAME`, `DS`, `HTTPS`, `MX`, `NAPTR`, `NS`, `PTR`, `SOA`, `SPF`, `SRV`, `SSHFP`, `SVCB`, `TLSA`, `TXT`
    error[unknown-field] t.yaml:14:7 `tttl` is not a field of Domain.spec.records[]
        help: did you mean `ttl`?
    error[wrong-type] t.yaml:15:15 Domain.spec.records[].values is a text, where a list is wanted
        help: write it as an item of a list: `- …` or `[…]`
    error[missing-field] t.yaml:16:7 `name` is missing in Domain.spec.records[]
        help: The name: relative to the zone (`www`), `@` for the zone itself, or absolute with a final dot
    error[bad-value] t.yaml:17:12 `1.5` is not a value of Domain.spec.records[].ttl
        help: a time is seconds from 0 to 2147483647, or written like `90s`, `5m`, `1h`, `2d`
    error[wrong-type] t.yaml:18:16 Domain.spec.records[].values[] is a whole number, where a text is wanted
        help: put it in quotes to make it a text
    error[bad-value] t.yaml:19:32 Domain.spec.records[].routing.weight is 300, outside 0 to 255
    error[wrong-type] t.yaml:20:7 Domain.spec.records[] is a text, where a mapping is wanted
    error[bad-value] t.yaml:21:31 `-5` is not a value of Domain.spec.records[].ttl
        help: a time is seconds from 0 to 2147483647, or written like `90s`, `5m`, `1h`, `2d`
    error[missing-field] t.yaml:21:47 `id` is missing in Domain.spec.records[].routing
        help: The set identifier: tells the records of a name and type apart
    error[wrong-type] t.yaml:21:65 Domain.spec.records[].routing.weight is a text, where a whole number is wanted
        help: leave the quotes out
    ");
}

#[test]
fn the_frame_of_a_manifest_is_checked_first() {
    let texts = [
        "- a\n- b\n",
        "kind: Domain\nmetadata: {name: a, tenant: b}\nspec: {zone: a.test}\n",
        "apiVersion: aplomo/v2\nkind: Domain\n",
        "apiVersion: aplomo/v1\nkind: Domian\n",
        "apiVersion: aplomo/v1\n",
        "apiVersion: aplomo/v1\nkind: Domain\nmetadata: {name: a, tenant: b}\nspec:\n",
    ];
    let found: Vec<String> = texts.iter().map(|text| report(&all(text).findings)).collect();
    insta::assert_snapshot!(found.join("--\n"), @r"
    error[wrong-type] t.yaml:1:1 a manifest is a mapping with `apiVersion`, `kind`, `metadata` and `spec`
    --
    error[missing-field] t.yaml:1:1 `apiVersion` is missing in Domain
        help: The version of the format
    --
    error[bad-value] t.yaml:1:1 `aplomo/v2` is not a version that is read here
        help: write `apiVersion: aplomo/v1`
    --
    error[unknown-kind] t.yaml:2:1 `Domian` is not a kind that this version knows
        help: did you mean `Domain`?
    --
    error[missing-field] t.yaml:1:1 `kind` is missing, or is not a text
        help: the kinds are `BranchProtection`, `Certificate`, `ChangeFreeze`, `Domain`, `Environment`, `IamProfile`, `Repository`, `RepositoryType`, `Team`, `Tenant`
    --
    error[missing-field] t.yaml:1:1 `spec` is missing in Domain
        help: What is wished
    ");
}

#[test]
fn nothing_written_is_as_good_as_left_out() {
    let state = all(
        "apiVersion: aplomo/v1\nkind: Domain\nmetadata: {name: a, tenant: platform, labels:}\nlifecycle:\nspec:\n  zone: a.test\n  ownership:\n  records:\n    - {name: w, type: A, ttl:, values: [192.0.2.1]}\n",
    );
    assert_eq!(report(&state.findings), "");
}

#[test]
fn a_second_manifest_of_a_name_is_told_at_both_places() {
    let text =
        "apiVersion: aplomo/v1\nkind: Domain\nmetadata: {name: a, tenant: platform}\nspec: {zone: a.test}\n";
    let state = expand(&[source("one", &[("a.yaml", text), ("b.yaml", text)])], &Accounts::default());
    insta::assert_snapshot!(report(&state.findings), @r"
    error[duplicate-manifest] a.yaml:3:12 `platform/Domain/a` is also described in b.yaml:1
        help: a manifest is unique by tenant, kind and name: remove or rename one of them
    error[duplicate-manifest] b.yaml:3:12 `platform/Domain/a` is also described in a.yaml:1
        help: a manifest is unique by tenant, kind and name: remove or rename one of them
    ");
    assert!(state.completeness.complete_sources.is_empty());
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Config {
    #[allow(dead_code, reason = "only read")]
    server: Option<Server>,
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Server {
    #[allow(dead_code, reason = "only read")]
    port: u16,
}

#[test]
fn a_configuration_is_told_everything_down_to_its_leaves() {
    let document = |text: &str| source("one", &[("c.yaml", text)]).manifests[0].root.clone();
    let file = Arc::from("c.yaml");
    let bad = document("server: {prot: 1, port: 99999}\nsevrer: {}\n");
    let found = aplomo_catalog::decode_config::<Config>(&bad, &file, "config").unwrap_err();
    insta::assert_snapshot!(report(&found), @r"
    error[unknown-field] c.yaml:1:10 `prot` is not a field of config.server
        help: did you mean `port`?
    error[bad-value] c.yaml:1:25 config.server.port is 99999, outside 0 to 65535
    error[unknown-field] c.yaml:2:1 `sevrer` is not a field of config
        help: did you mean `server`?
    ");
    assert!(
        aplomo_catalog::decode_config::<Config>(&document("server: {port: 1}\n"), &file, "config").is_ok()
    );
}

fn node() -> impl Strategy<Value = Node> {
    let at = Mark { line: 1, column: 1 };
    let words = prop_oneof![
        Just("apiVersion"),
        Just("aplomo/v1"),
        Just("kind"),
        Just("Domain"),
        Just("Tenant"),
        Just("metadata"),
        Just("name"),
        Just("tenant"),
        Just("spec"),
        Just("zone"),
        Just("records"),
        Just("type"),
        Just("A"),
        Just("values"),
        Just("routing"),
        Just("@"),
        Just("192.0.2.1"),
        Just("alias"),
        Just("\u{202e}"),
        Just("")
    ];
    let leaf = prop_oneof![
        Just(NodeValue::Null),
        any::<bool>().prop_map(NodeValue::Bool),
        any::<i64>().prop_map(NodeValue::Int),
        Just(NodeValue::Float("1e9".into())),
        words.clone().prop_map(|word| NodeValue::Text(word.into())),
        ".{0,8}".prop_map(|text| NodeValue::Text(text.into())),
    ];
    let node = move |value| Node { at, value };
    leaf.prop_map(node).prop_recursive(5, 48, 8, move |inner| {
        let key = words.clone().prop_map(move |word| Key { at, name: word.into() });
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(NodeValue::List),
            proptest::collection::vec((key, inner), 0..8).prop_map(NodeValue::Map),
        ]
        .prop_map(node)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_tree_breaks_decoding(spec in node(), meta in node(), whole in any::<bool>()) {
        let at = Mark { line: 1, column: 1 };
        let text = |text: &str| Node { at, value: NodeValue::Text(text.into()) };
        let entry = |name: &str, node: Node| (Key { at, name: name.into() }, node);
        let name = Node { at, value: NodeValue::Map(vec![entry("name", text("a")), entry("tenant", text("b"))]) };
        let root = if whole { spec } else {
            let zone = Node { at, value: NodeValue::Map(vec![
                entry("zone", text("a.test")),
                entry("records", Node { at, value: NodeValue::List(vec![spec, meta]) }),
            ]) };
            Node { at, value: NodeValue::Map(vec![
                entry("apiVersion", text("aplomo/v1")), entry("kind", text("Domain")),
                entry("metadata", name), entry("spec", zone),
            ]) }
        };
        let mut snapshot = source("one", &[]);
        snapshot.manifests.push(RawManifest { source: snapshot.name.clone(), file: Arc::from("x.yaml"), root });
        let state = expand(&[snapshot], &Accounts::default());
        prop_assert!(state.findings.iter().all(|finding| !finding.message.is_empty()));
    }
}
