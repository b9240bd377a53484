//! What strict mode refuses and repairs, where moto alone would not.

use aplomo_sandbox::{Aws, Proxy, RecordSet};

use crate::support::{refusal, strict};

fn zone() -> (Proxy, Aws, String) {
    let (proxy, aws) = strict();
    let zone = aws.create_zone("strict.example.", "one", None).unwrap();
    (proxy, aws, zone)
}

fn a(name: &str, value: &str) -> RecordSet {
    RecordSet::new(&format!("{name}.strict.example."), "A", 60, &[value])
}

fn names(aws: &Aws, zone: &str) -> Vec<String> {
    let sets = aws.records(zone).unwrap().into_iter().filter(|set| set.kind != "NS" && set.kind != "SOA");
    sets.map(|set| format!("{} {} {}", set.name, set.kind, set.set_id.unwrap_or_default()).trim().to_owned())
        .collect()
}

#[test]
fn impossible_batches_are_refused_with_the_reason_and_without_effect() {
    let (_proxy, aws, zone) = zone();
    let www = a("www", "192.0.2.1");
    aws.upsert(&zone, &www).unwrap();
    let good = a("good", "192.0.2.9");
    let cname = RecordSet::new("www.strict.example.", "CNAME", 60, &["x.example."]);
    let apex = RecordSet::new("strict.example.", "CNAME", 60, &["x.example."]);
    let routed = a("www", "192.0.2.2").routed("blue", "Weight", "1");
    let dangling = RecordSet::alias("alias.strict.example.", "A", &zone, "nowhere.strict.example.");
    let cases: &[(&str, &RecordSet)] = &[
        ("CREATE", &www),
        ("DELETE", &a("gone", "192.0.2.1")),
        ("DELETE", &a("www", "192.0.2.7")),
        ("CREATE", &cname),
        ("CREATE", &apex),
        ("CREATE", &routed),
        ("UPSERT", &dangling),
        ("CREATE", &RecordSet::new("www.other.example.", "A", 60, &["192.0.2.1"])),
        ("CREATE", &RecordSet::new("dup.strict.example.", "A", 60, &["192.0.2.1", "192.0.2.1"])),
    ];
    let mut messages = Vec::new();
    for (verb, set) in cases {
        let (status, code, message) = refusal(aws.change(&zone, &[("CREATE", &good), (verb, set)]));
        assert_eq!((status, code.as_str()), (400, "InvalidChangeBatch"));
        messages.push(message.replace(&zone, "ZONE"));
    }
    assert_eq!(names(&aws, &zone), ["www.strict.example. A"]);
    insta::assert_snapshot!(messages.join("\n"), @r"
    [Tried to create resource record set [name='www.strict.example.', type='A'] but it already exists]
    [Tried to delete resource record set [name='gone.strict.example.', type='A'] but it was not found]
    [Tried to delete resource record set [name='www.strict.example.', type='A'] but the values provided do not match the current values]
    [RRSet of type CNAME with DNS name www.strict.example. is not permitted because a conflicting RRSet of type A with the same DNS name already exists in zone strict.example.]
    [RRSet of type CNAME with DNS name strict.example. is not permitted at apex in zone strict.example.]
    [RRSet with DNS name www.strict.example., type A, SetIdentifier blue cannot be created as a set with another routing policy exists with the same name and type]
    [Tried to create an alias that targets nowhere.strict.example., type A in zone ZONE, but that target was not found]
    [RRSet with DNS name www.other.example. is not permitted in zone strict.example.]
    [Duplicate Resource Record in [name='dup.strict.example.', type='A']]
    ");
}

#[test]
fn a_wrong_ttl_or_order_matters_as_it_does_in_aws() {
    let (_proxy, aws, zone) = zone();
    let set = RecordSet::new("x.strict.example.", "A", 60, &["192.0.2.1", "192.0.2.2"]);
    aws.upsert(&zone, &set).unwrap();
    assert_eq!(
        refusal(aws.delete(&zone, &RecordSet { ttl: Some(61), ..set.clone() })).1,
        "InvalidChangeBatch"
    );
    aws.delete(&zone, &RecordSet { values: vec!["192.0.2.2".into(), "192.0.2.1".into()], ..set }).unwrap();
    assert_eq!(names(&aws, &zone), [""; 0]);
}

#[test]
fn the_limits_of_a_batch() {
    let (_proxy, aws, zone) = zone();
    let sets: Vec<_> = (0..1001).map(|n| a(&format!("h{n}"), "192.0.2.1")).collect();
    let batch = |verb, n: usize| sets[..n].iter().map(|set| (verb, set)).collect::<Vec<(&str, _)>>();
    let limit = "[Number of records limit of 1000 exceeded.]";
    assert_eq!(refusal(aws.change(&zone, &batch("CREATE", 1001))).2, limit);
    assert_eq!(refusal(aws.change(&zone, &batch("UPSERT", 501))).2, limit);
    aws.change(&zone, &batch("CREATE", 1000)).unwrap();
    assert_eq!(names(&aws, &zone).len(), 1000);
    let long = format!("\"{}\"", "x".repeat(8_000));
    let texts: Vec<_> = (0..4)
        .map(|n| RecordSet::new(&format!("t{n}.strict.example."), "TXT", 60, &[&long]))
        .map(|set| ("CREATE", set))
        .collect();
    let texts: Vec<_> = texts.iter().map(|(verb, set)| (*verb, set)).collect();
    assert_eq!(refusal(aws.change(&zone, &texts)).2, "[Number of characters limit of 32000 exceeded.]");
    aws.change(&zone, &texts[..3]).unwrap();
}

#[test]
fn moto_s_own_mistakes_are_repaired() {
    let (_proxy, aws, zone) = zone();
    let blue = |name: &str| a(name, "192.0.2.1").routed("blue", "Weight", "1");
    aws.change(&zone, &[("CREATE", &blue("one")), ("CREATE", &blue("two"))]).unwrap();
    // A delete takes one identifier of one name.
    aws.delete(&zone, &blue("one")).unwrap();
    assert_eq!(names(&aws, &zone), ["two.strict.example. A blue"]);
    // What was there once can be created again.
    aws.change(&zone, &[("CREATE", &blue("one"))]).unwrap();
    assert_eq!(names(&aws, &zone), ["one.strict.example. A blue", "two.strict.example. A blue"]);
    // Delete and create of one key in one batch, as for alias to plain.
    let alias = RecordSet::alias("z.strict.example.", "A", "ZOTHER", "elsewhere.example.");
    aws.upsert(&zone, &alias).unwrap();
    aws.change(&zone, &[("DELETE", &alias), ("CREATE", &a("z", "192.0.2.3"))]).unwrap();
    assert_eq!(aws.find(&zone, "z.strict.example.", "A").unwrap(), [a("z", "192.0.2.3")]);
    let soa = aws.find(&zone, "strict.example.", "SOA").unwrap();
    assert!(soa[0].values[0].starts_with("ns-"), "{soa:?}");
}

#[test]
fn names_read_back_escaped_and_in_lower_case() {
    let (_proxy, aws, zone) = zone();
    aws.upsert(&zone, &a("*", "192.0.2.1")).unwrap();
    aws.upsert(&zone, &a("WWW", "192.0.2.1")).unwrap();
    assert_eq!(names(&aws, &zone), ["\\052.strict.example. A", "www.strict.example. A"]);
    aws.delete(&zone, &a("\\052", "192.0.2.1")).unwrap();
    assert_eq!(names(&aws, &zone), ["www.strict.example. A"]);
}

#[test]
fn pages_continue_inside_a_routed_set() {
    let (proxy, aws, zone) = zone();
    let mut sets: Vec<_> = (0..290).map(|n| a(&format!("a{n:03}"), "192.0.2.1")).collect();
    sets.extend((0..40).rev().map(|n| a("b", "192.0.2.1").routed(&format!("id {n:02}"), "Weight", "1")));
    aws.fill(&zone, &sets).unwrap();
    proxy.reset();
    let read = names(&aws, &zone);
    assert_eq!(proxy.count("route53:ListResourceRecordSets"), 2);
    assert_eq!(read.len(), 330);
    assert!(proxy.calls()[1].path.contains("&identifier=id%20"), "{}", proxy.calls()[1].path);
    assert_eq!(read.iter().collect::<std::collections::BTreeSet<_>>().len(), 330);
}

#[test]
fn caller_references_are_good_for_one_object() {
    let (proxy, aws, _zone) = zone();
    assert_eq!(refusal(aws.create_zone("other.example.", "one", None)).1, "HostedZoneAlreadyExists");
    let first = aws.create_health_check("check", "a.example", "/").unwrap();
    assert_eq!(aws.create_health_check("check", "a.example", "/").unwrap(), first);
    assert_eq!(refusal(aws.create_health_check("check", "b.example", "/")).1, "HealthCheckAlreadyExists");
    assert_eq!(aws.health_checks().unwrap(), [first]);
    assert_eq!(proxy.count("route53:CreateHealthCheck"), 3);
}

#[test]
fn at_most_ten_ids_per_tag_call() {
    let (_proxy, aws, zone) = zone();
    let ids = |n: usize| format!("<ResourceId>{zone}</ResourceId>").repeat(n);
    let call = |n| {
        let body = format!(
            "<ListTagsForResourcesRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ResourceIds>{}</ResourceIds></ListTagsForResourcesRequest>",
            ids(n)
        );
        aws.route53("POST", "tags/hostedzone", &body)
    };
    call(10).unwrap();
    assert_eq!(refusal(call(11)).1, "InvalidInput");
}
