//! Manifests from zone files.

use crate::support::{TENANT, accounts, one, report, source};
use aplomo_catalog::expand;
use aplomo_catalog::import::{Imported, Options, from_zonefile};
use aplomo_core::{ManifestName, TenantName};

fn options() -> Options {
    Options {
        tenant: TenantName::known("acme"),
        name: ManifestName::known("example-com"),
        adopt: false,
        others: Default::default(),
    }
}

const FILE: &str = r#"; exported elsewhere
$ORIGIN example.com.
$TTL 1h
@   IN SOA ns1.old.example. hostmaster.example.com. (
        2026010101 ; serial
        2h 15m 2w 1d )
    IN NS ns1.old.example.
    IN NS ns2.old.example.
    IN MX 10 mail
       MX 20 mail2.example.net.
@      300 IN A 192.0.2.1
       IN 60 A 192.0.2.2
www    CNAME @
mail.example.com. A 192.0.2.25
txt    TXT "v=spf1; \"q\" " "second \195\161" ; two strings
long   TXT ( "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
             "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" )
*.wild A 192.0.2.9
host   LOC 51 30 12.748 N 0 7 39.612 W 0.00m
_sip._tcp SRV 10 5 5060 sip
$ORIGIN sub.example.com.
a      AAAA 2001:DB8::1
@      CAA 0 issue "ca.example; policy=ev"
other.example. A 192.0.2.77
"#;

fn written(imported: &Imported) -> String {
    format!("{}\n{}", imported.yaml, imported.notes.join("\n"))
}

#[test]
fn a_zone_file_becomes_a_manifest() {
    let imported = from_zonefile(FILE, None, &options()).unwrap();
    insta::assert_snapshot!(written(&imported), @r#"
    # Imported from a zone file.
    apiVersion: aplomo/v1
    kind: Domain
    metadata:
      name: example-com
      tenant: acme
    spec:
      zone: example.com
      records:
        - {name: '@', type: A, ttl: 60, values: [192.0.2.1, 192.0.2.2]}
        - {name: '@', type: MX, ttl: 3600, values: [10 mail.example.com., 20 mail2.example.net.]}
        - {name: _sip._tcp, type: SRV, ttl: 3600, values: [10 5 5060 sip.example.com.]}
        - name: long
          type: TXT
          ttl: 3600
          values:
            - aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
        - {name: mail, type: A, ttl: 3600, values: [192.0.2.25]}
        - {name: sub, type: CAA, ttl: 3600, values: ['0 issue "ca.example; policy=ev"']}
        - {name: a.sub, type: AAAA, ttl: 3600, values: ['2001:db8::1']}
        - {name: txt, type: TXT, ttl: 3600, values: ['v=spf1; "q" second \303\241']}
        - {name: '*.wild', type: A, ttl: 3600, values: [192.0.2.9]}
        - {name: www, type: CNAME, ttl: 3600, values: [example.com.]}

    line 4: the SOA was left out: the new zone has its own
    line 7: the zone's NS were left out: the new zone has its own
    line 19: `host.example.com. LOC` was left out: Route 53 has no such type
    line 24: `other.example. A` was left out: it is not in the zone `example.com.`
    "#);
    let state = expand(&[source("dir:/t", &[("d.yaml", &imported.yaml), ("t.yaml", TENANT)])], &accounts());
    assert_eq!(report(&state.findings), "");
    let text = one(&state, "txt/TXT").wanted.get("/values").cloned().unwrap();
    insta::assert_snapshot!(format!("{text:?}"), @r#"Value(List([Text("v=spf1; \"q\" second \\303\\241")]))"#);
}

#[test]
fn the_zone_may_be_named_by_the_caller() {
    let imported = from_zonefile("www 60 A 192.0.2.1\n", Some("example.com"), &options()).unwrap();
    assert!(imported.yaml.contains("zone: example.com\n"), "{}", imported.yaml);
    assert!(
        imported.yaml.contains("- {name: www, type: A, ttl: 60, values: [192.0.2.1]}"),
        "{}",
        imported.yaml
    );
    let by_soa =
        from_zonefile("example.com. SOA a. b. 1 2 3 4 5\nwww A 192.0.2.1\n", None, &options()).unwrap();
    assert!(
        by_soa.yaml.contains("zone: example.com\n") && by_soa.yaml.contains("name: www"),
        "{}",
        by_soa.yaml
    );
}

#[test]
fn everything_wrong_in_a_zone_file_is_told() {
    let text = "$ORIGIN example.com.\n$INCLUDE other\n  A 1.2.3.4\nwww A 1.2.3\nwww CH A 1.2.3.4\nx\ny TXT \"open\n$TTL never\n";
    insta::assert_snapshot!(report(&from_zonefile(text, None, &options()).unwrap_err()), @r"
    error[zone-file] zone file:2:0 `$INCLUDE` is not read here; write what it stands for into the file
    error[zone-file] zone file:3:0 it has no name, and no record before has one
    error[zone-file] zone file:4:0 `1.2.3` is no value of type A: expected an IPv4 address, e.g. `192.0.2.1`
    error[zone-file] zone file:5:0 the class `CH` is not that of the Internet
    error[zone-file] zone file:6:0 it has no type
    error[zone-file] zone file:7:0 a quote is not closed
    error[zone-file] zone file:8:0 `never` is no time
    ");
    assert!(from_zonefile("www A 192.0.2.1\n", None, &options()).is_err());
    assert!(from_zonefile("", None, &options()).is_err());
}
