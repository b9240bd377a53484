//! Every check of a Domain, each with a manifest that breaks it.

use crate::support::{accounts, all, domain, records, report, rules, source};
use aplomo_catalog::expand;

/// What the records are told.
fn told(list: &str) -> String {
    report(&records(list).findings)
}

#[test]
fn good_records_are_told_nothing() {
    let list = r#"
- {name: "@", type: NS, ttl: 3600}
- {name: "@", type: SOA, ttl: 900, values: [ns-1.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 300]}
- {name: "@", type: MX, values: [10 mail]}
- {name: mail, type: A, ttl: 5m, values: [192.0.2.1]}
- {name: "*", type: CNAME, values: [www]}
- {name: www, type: A, alias: {record: mail}}
- {name: shop, type: A, alias: {target: dualstack.lb-1.eu-west-1.elb.amazonaws.com, zoneId: Z32O12XQLNTSW2}}
- {name: child, type: NS, values: [ns1.child, ns2.example.net.]}
- {name: ns1.child, type: A, values: [192.0.2.53]}
- {name: child, type: DS, values: [12345 13 2 49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD]}
"#;
    assert_eq!(told(list), "");
}

#[test]
fn a_cname_stands_alone() {
    insta::assert_snapshot!(told(r#"
- {name: www, type: A, values: [192.0.2.1]}
- {name: www, type: CNAME, values: [a.example.net., b.example.net.]}
- {name: "@", type: CNAME, values: [example.net.]}
"#), @r"
    error[cname-beside-others] d.yaml:8:7 `www.example.com.` is a CNAME and has a record of type A as well (line 7)
        help: a CNAME stands alone at its name; an alias (type A or AAAA with `alias`) may stand beside others
    error[cname-one-value] d.yaml:8:32 `www.example.com.` is another name for 2 names
        help: a CNAME has one value; use weighted `routing` to choose between several
    error[cname-at-apex] d.yaml:9:19 the zone itself cannot be a CNAME: its NS and SOA stand there
        help: use type A (and AAAA) with `alias`
    ");
}

#[test]
fn mail_and_services_do_not_point_at_a_cname() {
    insta::assert_snapshot!(told(r#"
- {name: mail, type: CNAME, values: [mail.example.net.]}
- {name: "@", type: MX, values: [10 mail]}
- {name: _sip._tcp, type: SRV, values: [1 1 5060 mail.example.com.]}
- {name: sub, type: NS, values: [mail]}
"#), @r"
    warning[target-is-cname] d.yaml:8:29 `@ MX` points at `mail.example.com.`, which is a CNAME (line 7)
        help: point it at the name that has the address; some programs refuse a CNAME here
    warning[target-is-cname] d.yaml:9:36 `_sip._tcp SRV` points at `mail.example.com.`, which is a CNAME (line 7)
        help: point it at the name that has the address; some programs refuse a CNAME here
    warning[target-is-cname] d.yaml:10:29 `sub NS` points at `mail.example.com.`, which is a CNAME (line 7)
        help: point it at the name that has the address; some programs refuse a CNAME here
    ");
}

#[test]
fn aliases_have_a_form_and_a_target() {
    insta::assert_snapshot!(told(r#"
- {name: a, type: A, alias: {}}
- {name: b, type: A, alias: {record: mail, zoneId: Z1}}
- {name: c, type: A, alias: {target: lb.example.net}}
- {name: d, type: A, alias: {record: other.test.}}
- {name: e, type: A, alias: {record: mial}}
- {name: f, type: AAAA, alias: {record: mail}}
- {name: g, type: A, ttl: 60, alias: {record: mail}}
- {name: h, type: A, values: [192.0.2.1], alias: {record: mail}}
- {name: i, type: NS, alias: {record: mail}}
- {name: mail, type: A, values: [192.0.2.1]}
"#), @r"
    error[alias-shape] d.yaml:7:26 an alias has a `record` of this zone, or a `target` with its `zoneId`
        help: `record: www` for a record of this zone; else `target` and `zoneId`, which AWS documents for each service and region
    error[alias-shape] d.yaml:8:26 an alias has either `record` or `target` with `zoneId`
        help: `record: www` for a record of this zone; else `target` and `zoneId`, which AWS documents for each service and region
    error[alias-shape] d.yaml:9:26 the zone that `lb.example.net` is in is not named
        help: `record: www` for a record of this zone; else `target` and `zoneId`, which AWS documents for each service and region
    error[alias-shape] d.yaml:10:26 `other.test.` is no name in this zone
        help: `record: www` for a record of this zone; else `target` and `zoneId`, which AWS documents for each service and region
    error[dangling-alias] d.yaml:11:34 there is no record `mial.example.com.` of type A in this manifest
        help: did you mean `mail`?
    error[dangling-alias] d.yaml:12:37 there is no record `mail.example.com.` of type AAAA in this manifest
        help: that name has `A`; an alias has the type of its target
    error[ttl-with-alias] d.yaml:13:26 `g A` is an alias and takes its target's TTL
        help: remove `ttl`
    error[values-and-alias] d.yaml:14:47 `h A` has both values and an alias
        help: remove one of them
    error[alias-shape] d.yaml:15:27 a record of type NS cannot be an alias
        help: `record: www` for a record of this zone; else `target` and `zoneId`, which AWS documents for each service and region
    error[dangling-alias] d.yaml:15:35 there is no record `mail.example.com.` of type NS in this manifest
        help: that name has `A`; an alias has the type of its target
    ");
}

#[test]
fn aliases_end_somewhere() {
    insta::assert_snapshot!(told(r#"
- {name: a, type: A, alias: {record: b}}
- {name: b, type: A, alias: {record: c}}
- {name: c, type: A, alias: {record: a}}
- {name: d, type: A, alias: {record: d}}
- {name: e, type: A, alias: {record: a}}
"#), @r"
    error[alias-loop] d.yaml:7:34 aliases lead back to themselves: a -> b -> c -> a
        help: let one of them have values or another target
    error[alias-loop] d.yaml:10:34 aliases lead back to themselves: d -> d
        help: let one of them have values or another target
    ");
}

#[test]
fn a_record_has_something_to_answer() {
    insta::assert_snapshot!(told(r#"
- {name: a, type: A}
- {name: b, type: TXT, values: []}
"#), @r"
    error[no-values] d.yaml:7:7 `a A` has neither values nor an alias
        help: add `values`: an IPv4 address, e.g. `192.0.2.1`
    error[no-values] d.yaml:8:28 `b TXT` has neither values nor an alias
        help: add `values`: plain text, without quotes around it
    ");
}

#[test]
fn the_zones_own_records_are_only_tuned() {
    insta::assert_snapshot!(told(r#"
- {name: "@", type: NS, values: [ns1.example.net.]}
- {name: "@", type: SOA}
- {name: www, type: SOA, values: [ns1.example.net. a.example.net. 1 2 3 4 5]}
"#), @r"
    error[apex-authority] d.yaml:7:7 the zone's name servers are the service's own and cannot be chosen
        help: set `ttl` and nothing else
    error[apex-authority] d.yaml:8:7 `@ SOA` comes with the zone and nothing is set here
        help: set `ttl`, or one value
    error[apex-authority] d.yaml:9:7 only the zone itself (`@`) has an SOA
        help: set `ttl`, or one value
    ");
}

#[test]
fn times_to_live_are_looked_at() {
    insta::assert_snapshot!(told(r#"
- {name: a, type: A, ttl: 0, values: [192.0.2.1]}
- {name: b, type: A, ttl: 30d, values: [192.0.2.1]}
- {name: c, type: A, ttl: 2147483648, values: [192.0.2.1]}
"#), @r"
    error[bad-value] d.yaml:9:31 `2147483648` is not a value of Domain.spec.records[].ttl
        help: a time is seconds from 0 to 2147483647, or written like `90s`, `5m`, `1h`, `2d`
    ");
    assert_eq!(told(r#"- {name: b, type: A, ttl: 604800, values: [192.0.2.1]}"#), "");
    insta::assert_snapshot!(told("- {name: b, type: A, ttl: 30d, values: [192.0.2.1]}\n- {name: a, type: A, ttl: 0, values: [192.0.2.1]}"), @r"
    warning[ttl-bounds] d.yaml:7:26 an answer for `b A` is kept for 30 days, a wrong one too
        help: 60 to 86400 is usual
    warning[ttl-bounds] d.yaml:8:26 no answer for `a A` is ever kept: every question comes to the zone
        help: 60 to 86400 is usual
    ");
}

#[test]
fn names_are_in_the_zone() {
    insta::assert_snapshot!(told(r#"
- {name: www.example.net., type: A, values: [192.0.2.1]}
- {name: www.example.com, type: A, values: [192.0.2.1]}
- {name: example.com, type: TXT, values: [a]}
- {name: a..b, type: A, values: [192.0.2.1]}
- {name: "", type: A, values: [192.0.2.1]}
"#), @r"
    error[outside-zone] d.yaml:7:8 `www.example.net.` is not in the zone `example.com.`
        help: put it into the Domain of its own zone
    warning[repeats-zone] d.yaml:8:8 the name is `www.example.com.example.com.`: the zone's name stands in it twice
        help: end it with a dot (`www.example.com.`), or leave the zone's name out
    warning[repeats-zone] d.yaml:9:8 the name is `example.com.example.com.`: the zone's name stands in it twice
        help: end it with a dot (`example.com.`), or leave the zone's name out
    error[bad-value] d.yaml:10:8 `a..b` is no domain name: a label is empty
        help: `@` is the zone itself, `www` a name in it
    error[bad-value] d.yaml:11:8 `` is no domain name: it is empty
        help: `@` is the zone itself, `www` a name in it
    ");
}

#[test]
fn a_record_is_listed_once() {
    insta::assert_snapshot!(told(r#"
- {name: www, type: A, values: [192.0.2.1, 192.0.2.1]}
- {name: WWW.example.com., type: A, values: [192.0.2.2]}
- {name: w, type: A, ttl: 60, values: [192.0.2.1], routing: {id: a, weight: 1}}
- {name: w, type: A, ttl: 60, values: [192.0.2.2], routing: {id: a, weight: 1}}
"#), @r"
    warning[duplicate-value] d.yaml:7:48 the value `192.0.2.1` is listed twice
        help: remove one of them
    error[duplicate-record] d.yaml:8:7 `www A` is already listed in line 7
        help: list all values in one record, or give each a `routing` with its own `id`
    error[duplicate-record] d.yaml:10:7 `w A` with the id `a` is already listed in line 9
        help: list all values in one record, or give each a `routing` with its own `id`
    ");
}

#[test]
fn values_are_told_in_their_own_line() {
    insta::assert_snapshot!(told(r#"
- name: a
  type: A
  values:
    - 192.0.2.1
    - 192.0.2.256
- name: b
  type: MX
  values:
    - mail
- {name: c, type: CAA, values: [0 issue letsencrypt.org extra]}
- {name: d, type: TXT, values: ["a\\;b"]}
- {name: e, type: DS, values: [1 13 2 ABCD]}
"#), @r#"
    error[bad-value] d.yaml:11:11 `192.0.2.256` is no value of type A: expected an IPv4 address, e.g. `192.0.2.1`
    error[bad-value] d.yaml:15:11 `mail` is no value of type MX: expected preference and host name, e.g. `10 mail.example.net.`; expected decimal number
    error[bad-value] d.yaml:16:37 `0 issue letsencrypt.org extra` is no value of type CAA: expected flags, tag and value, e.g. `0 issue "letsencrypt.org"`; trailing tokens
    error[bad-value] d.yaml:17:37 `a\;b` is no value of type TXT: a backslash is written `\\`, an octet `\ooo` in octal; `;` and quotes need no backslash
    error[bad-value] d.yaml:18:36 `1 13 2 ABCD` is no value of type DS: digest type 2 has 64 hexadecimal digits, not 4
    "#);
}

#[test]
fn nobody_sees_what_is_below_a_delegation() {
    insta::assert_snapshot!(told(r#"
- {name: child, type: NS, values: [ns1.example.net.]}
- {name: child, type: TXT, values: [a]}
- {name: a.b.child, type: CNAME, values: [c]}
- {name: b.child, type: A, values: [192.0.2.1]}
"#), @r"
    warning[below-delegation] d.yaml:8:7 nobody sees `child TXT`: `child.example.com.` is delegated in line 7
        help: move it to the delegated zone
    warning[below-delegation] d.yaml:9:7 nobody sees `a.b.child CNAME`: `child.example.com.` is delegated in line 7
        help: move it to the delegated zone
    ");
}

#[test]
fn private_zones_have_networks_and_public_ones_none() {
    let specs = [
        "visibility: private",
        "networks: [{id: vpc-1, region: us-east-1}]",
        "visibility: private\nenvironments: [production]\nnetworks: [{id: vpc-1, region: us-east-1}, {id: vpc-1, region: us-east-1}]",
        "visibility: private\nnetworks: [{id: subnet-1, region: us-east-1}]",
    ];
    let found: Vec<String> = specs.iter().map(|spec| report(&all(&domain(spec)).findings)).collect();
    insta::assert_snapshot!(found.join("--\n"), @r"
    warning[unknown-tenant] t.yaml:3:31 no Tenant describes `acme`
        help: add a Tenant of this name to the operator's source; until then the safe defaults hold
    error[private-without-networks] t.yaml:6:3 a private zone answers nobody without a network
        help: add `networks`, each with `id` and `region`
    --
    warning[unknown-tenant] t.yaml:3:31 no Tenant describes `acme`
        help: add a Tenant of this name to the operator's source; until then the safe defaults hold
    error[public-with-networks] t.yaml:6:3 a public zone answers the whole world and is bound to no network
        help: set `visibility: private`, or remove the networks
    --
    warning[unknown-tenant] t.yaml:3:31 no Tenant describes `acme`
        help: add a Tenant of this name to the operator's source; until then the safe defaults hold
    error[unknown-environment] t.yaml:7:18 there is no Environment `production` of `acme`
        help: there is none
    warning[duplicate-network] t.yaml:8:46 `vpc-1` is listed twice
    --
    warning[unknown-tenant] t.yaml:3:31 no Tenant describes `acme`
        help: add a Tenant of this name to the operator's source; until then the safe defaults hold
    error[hosted-zone] t.yaml:7:3 networks: `us-east-1:subnet-1` is not `<region>:<vpc id>`
    ");
}

#[test]
fn a_zone_has_a_name_and_texts_mean_something() {
    let bad_zone = domain("records: []").replace("zone: example.com", "zone: '*.example.com'");
    let bad_adopt = domain("consents: [acme/Domain/x, other/Domian/y, other/Domain/z]")
        .replace("spec:", "lifecycle: {adopt: example.com}\nspec:");
    let former = domain("records: []").replace("tenant: acme", "tenant: acme, previousNames: [example-com]");
    let found: Vec<String> =
        [bad_zone, bad_adopt, former].iter().map(|text| report(&all(text).findings)).collect();
    insta::assert_snapshot!(found.join("--\n"), @r"
    warning[unknown-tenant] t.yaml:3:31 no Tenant describes `acme`
        help: add a Tenant of this name to the operator's source; until then the safe defaults hold
    error[bad-value] t.yaml:5:3 `*.example.com` is no domain name: a zone has a name of its own, without `*`
    --
    warning[unknown-tenant] t.yaml:3:31 no Tenant describes `acme`
        help: add a Tenant of this name to the operator's source; until then the safe defaults hold
    error[bad-adopt] t.yaml:4:13 `example.com` is no id of a hosted zone
        help: it is the zone's id, not its name, e.g. `Z0123456789ABC`
    error[bad-consent] t.yaml:7:3 `acme/Domain/x` is of the same tenant and needs no consent
        help: write `tenant/Kind/name`, e.g. `acme/Domain/shop`
    error[bad-consent] t.yaml:7:3 `other/Domian/y` names no manifest
        help: write `tenant/Kind/name`, e.g. `acme/Domain/shop`
    --
    warning[unknown-tenant] t.yaml:3:31 no Tenant describes `acme`
        help: add a Tenant of this name to the operator's source; until then the safe defaults hold
    error[previous-name] t.yaml:3:61 `example-com` is the present name, not a former one
        help: remove it from `previousNames`
    ");
}

#[test]
fn delegation_needs_a_parent_that_fits() {
    let parent = domain("records: []");
    let child = |zone: &str, from: &str, more: &str| {
        format!(
            "---\napiVersion: aplomo/v1\nkind: Domain\nmetadata: {{name: child, tenant: acme}}\nspec: {{zone: {zone}, delegateFrom: {from}{more}}}\n"
        )
    };
    let cases = [
        child("shop.example.com", "example-con", ""),
        child("shop.example.net", "example-com", ""),
        child("example.com", "example-com", ""),
        child("shop.example.com", "a/b/c/d", ""),
        child("shop.example.com", "other/example-com", ""),
        child(
            "shop.example.com",
            "example-com",
            ", visibility: private, networks: [{id: vpc-1, region: us-east-1}]",
        ),
    ];
    let found: Vec<String> =
        cases.iter().map(|case| report(&all(&format!("{parent}{case}")).findings)).collect();
    insta::assert_snapshot!(found.join("--\n"), @r"
    warning[unknown-tenant] t.yaml:10:25 no Tenant describes `acme`
        help: add a Tenant of this name to the operator's source; until then the safe defaults hold
    error[unknown-domain] t.yaml:11:32 there is no Domain `example-con` of `acme`
        help: did you mean `example-com`?
    --
    warning[unknown-tenant] t.yaml:10:25 no Tenant describes `acme`
        help: add a Tenant of this name to the operator's source; until then the safe defaults hold
    error[not-below] t.yaml:11:32 `shop.example.net.` is not below `example.com.`
    --
    error[claimed-twice] t.yaml:5:0 `example.com.|public` is claimed by `acme/Domain/child` as well (t.yaml:11)
        help: one remote object has one owner
    warning[unknown-tenant] t.yaml:10:25 no Tenant describes `acme`
        help: add a Tenant of this name to the operator's source; until then the safe defaults hold
    error[claimed-twice] t.yaml:11:0 `example.com.|public` is claimed by `acme/Domain/example-com` as well (t.yaml:5)
        help: one remote object has one owner
    error[not-below] t.yaml:11:27 `example.com.` is not below `example.com.`
    --
    warning[unknown-tenant] t.yaml:10:25 no Tenant describes `acme`
        help: add a Tenant of this name to the operator's source; until then the safe defaults hold
    error[bad-value] t.yaml:11:32 `a/b/c/d` names no Domain
        help: write `name` or `tenant/name`
    --
    warning[unknown-tenant] t.yaml:10:25 no Tenant describes `acme`
        help: add a Tenant of this name to the operator's source; until then the safe defaults hold
    error[unknown-domain] t.yaml:11:32 `other/example-com` does not exist, or does not consent
        help: ask its tenant
    --
    warning[unknown-tenant] t.yaml:10:25 no Tenant describes `acme`
        help: add a Tenant of this name to the operator's source; until then the safe defaults hold
    error[private-delegation] t.yaml:11:32 private zones neither delegate nor are delegated
    ");
}

#[test]
fn a_delegation_hides_what_the_parent_has_below() {
    let parent = domain("records:\n  - {name: www.shop, type: TXT, values: [a]}");
    let child = "apiVersion: aplomo/v1\nkind: Domain\nmetadata: {name: shop, tenant: acme}\nspec: {zone: shop.example.com, delegateFrom: example-com}\n";
    let state = expand(&[source("dir:/t", &[("p.yaml", &parent), ("c.yaml", child)])], &accounts());
    assert_eq!(rules(&state), ["unknown-tenant", "below-delegation"]);
}
