//! Import: manifests for what already exists, such that planning them changes nothing.

use crate::world::{TENANT, World};
use aplomo_sandbox::RecordSet;

/// A zone that somebody made by hand, with the oddities of real zones.
fn by_hand() -> World {
    let world = World::new();
    world.write("m/tenant.yaml", TENANT);
    let zone = world.aws.create_zone("example.com.", "by-hand", None).unwrap();
    let long = format!("\"{}\" \"{}\"", "a".repeat(255), "b;c\\\"d\\\"");
    let check = world.aws.create_health_check("hand-check", "www.example.com", "/up").unwrap();
    let sets = [
        RecordSet::new("example.com.", "MX", 3600, &["10 mail.example.com.", "20 mail2.example.com."]),
        RecordSet::new("example.com.", "TXT", 60, &["\"v=spf1 -all\"", &long]),
        RecordSet::new("example.com.", "CAA", 60, &["0 issue \"letsencrypt.org\""]),
        RecordSet::new("\\052.example.com.", "A", 60, &["192.0.2.9"]),
        RecordSet::new("_sip._tls.example.com.", "SRV", 60, &["1 2 443 sip.example.com."]),
        RecordSet::new("www.example.com.", "A", 60, &["192.0.2.1"]).routed("one", "Weight", "10").routed(
            "one",
            "HealthCheckId",
            &check,
        ),
        RecordSet::new("www.example.com.", "A", 60, &["192.0.2.2"]).routed("two", "Weight", "0"),
        RecordSet::new("v6.example.com.", "AAAA", 60, &["2001:DB8:0::1"]),
        RecordSet::alias("short.example.com.", "A", &zone, "v4.example.com."),
        RecordSet::new("v4.example.com.", "A", 60, &["192.0.2.3"]),
    ];
    world.aws.fill(&zone, &sets).unwrap();
    world
}

#[test]
fn an_imported_zone_plans_nothing_and_can_be_adopted() {
    let world = by_hand();
    let args = ["import", "Domain", "--zone", "example.com", "--tenant", "acme", "--out", "m/d.yaml"];
    world.aplomo(&args).exits(0);
    assert_eq!(world.proxy.writes(), 0);
    let plan =
        world.aplomo(&["plan", "m", "--target", "acme/Domain", "--detailed-exitcode", "--format", "json"]);
    assert_eq!(World::changes(&plan.exits(0).json()), Vec::<String>::new(), "{}", world.read("m/d.yaml"));
    let args = [&args[..], &["--adopt"]].concat();
    world.aplomo(&args).exits(0);
    let plan = world.plan();
    assert_eq!((&plan["summary"]["update"], &plan["summary"]["delete"]), (&0.into(), &0.into()), "{plan:#}");
    assert!(plan["summary"]["adopt"].as_u64().unwrap() >= 10, "{plan:#}");
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_zone_file_becomes_a_manifest_that_applies() {
    let world = World::new();
    world.write("m/tenant.yaml", TENANT);
    world.write(
        "old.zone",
        "$ORIGIN example.com.\n$TTL 1h\n@ IN SOA ns.old. host.old. ( 1 2 3\n 4 5 ) ; of the old provider\n@ NS ns.old.\n@ MX 10 mail\nmail 300 A 192.0.2.25\n     AAAA 2001:db8::25\nwww CNAME @\n@ A 192.0.2.1\n@ TXT \"v=spf1 \" \"mx -all\" ; quoted; semicolon\n",
    );
    let args = ["import", "Domain", "--zonefile", "old.zone", "--tenant", "acme", "--out", "m/d.yaml"];
    world.aplomo(&args).exits(0);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    let zone = world.zone("example.com");
    let txt = world.aws.find(&zone, "example.com.", "TXT").unwrap().remove(0);
    assert_eq!(txt.values, ["\"v=spf1 mx -all\""]);
    world.write("bad.zone", "@ A 192.0.2.999\nwww MX ten mail\n");
    let bad =
        world.aplomo(&["import", "Domain", "--zonefile", "bad.zone", "--origin", "example.com"]).exits(3);
    assert!(bad.err.contains("bad.zone:1") && bad.err.contains("bad.zone:2"), "{}", bad.err);
}
