//! Every check of routing policies, health checks and sizes, each with records that break it.

use crate::support::{records, report, rules};

/// What the records are told.
fn told(list: &str) -> String {
    report(&records(list).findings)
}

#[test]
fn a_routing_is_one_policy() {
    insta::assert_snapshot!(told(r#"
- {name: a, type: A, values: [192.0.2.1], routing: {id: x}}
- {name: b, type: A, values: [192.0.2.1], routing: {id: x, weight: 1, region: us-east-1}}
- {name: c, type: A, values: [192.0.2.1], routing: {id: "", weight: 1}}
- {name: d, type: A, values: [192.0.2.1], routing: {id: x, geo: {continent: EU, country: FR}}}
- {name: e, type: A, values: [192.0.2.1], routing: {id: x, geo: {country: France}}}
- {name: f, type: A, values: [192.0.2.1], routing: {id: x, geo: {country: CL, subdivision: RM}}}
- {name: g, type: A, alias: {record: a}, routing: {id: x, multivalue: true}}
- {name: h, type: A, values: [192.0.2.1], routing: {id: x, geo: {}}}
"#), @r"
    error[routing-policy] d.yaml:7:47 the routing of `a A` says no policy
        help: set one of `weight`, `region`, `failover`, `geo`, `multivalue`
    error[routing-policy] d.yaml:8:47 the routing of `b A` has `weight`, `region`; one is possible
        help: set one of `weight`, `region`, `failover`, `geo`, `multivalue`
    error[routing-policy] d.yaml:9:47 the `id` of a routing has 1 to 128 characters
    error[routing-policy] d.yaml:10:47 `geo` has either a `continent`, or a `country` with or without a `subdivision`
    error[routing-policy] d.yaml:11:47 `France` is no country: two letters, or `*` for everything not listed
    error[routing-policy] d.yaml:12:47 `RM` is no part of `CL` that Route 53 knows: it knows those of US and UA
    error[routing-policy] d.yaml:13:46 an alias cannot be one of several answers (`multivalue`)
    error[routing-policy] d.yaml:14:47 `geo` has either a `continent`, or a `country` with or without a `subdivision`
    ");
}

#[test]
fn records_of_a_name_have_the_same_policy() {
    insta::assert_snapshot!(told(r#"
- {name: a, type: A, values: [192.0.2.1]}
- {name: a, type: A, values: [192.0.2.2], routing: {id: x, weight: 1}}
- {name: b, type: A, values: [192.0.2.1], routing: {id: x, weight: 1}}
- {name: b, type: A, values: [192.0.2.2], routing: {id: y, region: eu-west-1}}
- {name: c, type: A, ttl: 60, values: [192.0.2.1], routing: {id: x, weight: 1}}
- {name: c, type: A, ttl: 61, values: [192.0.2.2], routing: {id: y, weight: 1}}
- {name: d, type: A, values: [192.0.2.1], routing: {id: x, weight: 0}}
- {name: d, type: A, values: [192.0.2.2], routing: {id: y, weight: 0}}
- {name: e, type: A, values: [192.0.2.1], routing: {id: x, region: eu-west-1}}
- {name: e, type: A, values: [192.0.2.2], routing: {id: y, region: EU-west-1}}
- {name: f, type: A, values: [192.0.2.1], routing: {id: x, geo: {country: us, subdivision: ca}}}
- {name: f, type: A, values: [192.0.2.2], routing: {id: y, geo: {country: US, subdivision: CA}}}
"#), @r"
    error[mixed-routing] d.yaml:8:47 `a A` has weight, and in line 7 no routing
        help: all records of a name and type have the same policy, each with its own `id`
    error[mixed-routing] d.yaml:10:47 `b A` has region, and in line 9 weight
        help: all records of a name and type have the same policy, each with its own `id`
    error[weighted-ttl] d.yaml:11:26 the weighted records of `c A` differ in TTL
        help: give all of them the same `ttl`
    warning[weights-all-zero] d.yaml:13:64 all weights of `d A` are 0: each is answered as often as the others
        help: give the one that shall be answered a weight above 0
    error[routing-twice] d.yaml:16:47 `e A` for the region eu-west-1 is already listed in line 15
    error[routing-twice] d.yaml:18:47 `f A` for US-CA is already listed in line 17
    ");
}

#[test]
fn a_failover_has_one_of_each_and_a_check() {
    insta::assert_snapshot!(told(r#"
- {name: a, type: A, values: [192.0.2.1], routing: {id: x, failover: primary}}
- {name: a, type: A, values: [192.0.2.2], routing: {id: y, failover: primary}}
- {name: a, type: A, values: [192.0.2.3], routing: {id: z, failover: secondary}}
"#), @r"
    warning[failover-unchecked] d.yaml:7:64 the primary of `a A` has no health check and never fails over
        help: add `healthCheck`, or `evaluateTargetHealth: true` to its alias
    error[failover-twice] d.yaml:8:64 `a A` has a second primary; the first is in line 7
    ");
}

#[test]
fn health_checks_ask_somebody_something() {
    insta::assert_snapshot!(told(r#"
- {name: a, type: A, values: [192.0.2.1], healthCheck: {type: HTTP, ip: 192.0.2.1}}
- {name: b, type: A, values: [192.0.2.1], routing: {id: x, multivalue: true}, healthCheck: {fqdn: a.test}}
- {name: c, type: A, values: [192.0.2.1], routing: {id: x, multivalue: true}, healthCheck: {type: TCP}}
- {name: d, type: A, values: [192.0.2.1], routing: {id: x, multivalue: true}, healthCheck: {type: HTTP_STR_MATCH, ip: 300.1.1.1, interval: 20}}
- {name: e, type: A, values: [192.0.2.1], routing: {id: x, multivalue: true}, healthCheck: {id: abc, port: 80}}
- {name: f, type: A, values: [192.0.2.1], routing: {id: x, multivalue: true}, healthCheck: {type: HTTP, ip: 192.0.2.1, regions: [mars]}}
"#), @r"
    warning[health-check-alone] d.yaml:7:47 `a A` is answered whether its health check is well or not
        help: a health check counts between several records with a `routing`
    error[health-check] d.yaml:8:83 a health check of our own has a `type`, e.g. `HTTPS`
    error[health-check] d.yaml:9:83 a TCP health check needs a `port`
    error[health-check] d.yaml:9:83 a health check asks somebody: set `fqdn`, `ip` or both
    error[health-check] d.yaml:10:83 a health check of this type looks for a `searchString`
    error[health-check] d.yaml:10:83 searchString: it goes with the types HTTP_STR_MATCH and HTTPS_STR_MATCH, and with no other
    error[health-check] d.yaml:10:119 ip: `300.1.1.1` is no IP address
    error[health-check] d.yaml:10:134 interval: 20 is neither 10 nor 30
    error[health-check] d.yaml:11:83 a health check named by its `id` is not ours to change
        help: leave the other fields out, or leave `id` out to have a check of our own
    error[health-check] d.yaml:12:124 regions: Route 53 checks from at least three regions
    error[health-check] d.yaml:12:124 regions: `mars` is none of ap-northeast-1, ap-southeast-1, ap-southeast-2, eu-west-1, sa-east-1, us-east-1, us-west-1, us-west-2
    ");
}

#[test]
fn sizes_have_limits() {
    let many: Vec<String> = (0..401).map(|i| format!("10.0.{}.{}", i / 256, i % 256)).collect();
    let long = "x".repeat(4001);
    let large: Vec<String> = (0..5).map(|i| format!("{i}{}", "y".repeat(3990))).collect();
    let list = format!(
        "- {{name: a, type: A, values: [{}]}}\n- {{name: b, type: TXT, values: [{long}]}}\n- {{name: c, type: TXT, values: [{}]}}",
        many.join(", "),
        large.join(", ")
    );
    assert_eq!(rules(&records(&list)), ["too-many-values", "bad-value", "record-too-large"]);
}
