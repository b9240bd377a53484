//! Limits, pages, ETags, lag, faults: what the transport has to bear.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aplomo_github_fake::truth::Judge;
use aplomo_github_fake::{Fault, Lag, Limits, Rule};
use serde_json::{Value, json};

use super::support::{acme, send};

const SHOP: &str = "/repos/acme/shop";

#[test]
fn the_hour_runs_out_and_comes_back() {
    let acme = acme();
    let _held = acme.held();
    acme.github.limits(Limits { core: 2, graphql: 2, ..Limits::default() });
    let first = acme.get(SHOP);
    assert_eq!(first.header("x-ratelimit-limit"), Some("2"));
    assert_eq!(first.header("x-ratelimit-remaining"), Some("1"));
    let reset: i64 = first.header("x-ratelimit-reset").unwrap().parse().unwrap();
    acme.get(SHOP);
    let refused = acme.get(SHOP);
    assert_eq!((refused.status, refused.header("x-ratelimit-remaining")), (403, Some("0")));
    assert_eq!(refused.header("x-ratelimit-resource"), Some("core"));
    let query = "{ viewer { login } }";
    assert_eq!(acme.graphql(query)["data"]["viewer"]["login"], "olga");
    acme.graphql(query);
    let refused = acme.graphql(query);
    assert_eq!(refused["errors"][0]["type"], "RATE_LIMITED", "HTTP 200 with an error");
    acme.clock.advance(reset - acme.clock.now().as_second());
    assert_eq!(acme.get(SHOP).status, 200);
    assert_eq!(acme.graphql(query)["data"]["viewer"]["login"], "olga");
}

#[test]
fn a_read_that_changed_nothing_is_free_but_only_for_the_same_token() {
    let acme = acme();
    let _held = acme.held();
    let other = acme.github.change(|world| world.add_token(acme.owner));
    let first = acme.get(SHOP);
    let tag = first.header("etag").unwrap().to_owned();
    let with = |token: &str| {
        let headers = format!("authorization: token {token}\r\nif-none-match: {tag}\r\n");
        send(acme.github.base_url(), "GET", SHOP, &headers, &Value::Null).unwrap()
    };
    let same = with(&acme.token);
    assert_eq!((same.status, same.body.clone()), (304, Value::Null));
    assert_eq!(same.header("x-ratelimit-used"), first.header("x-ratelimit-used"));
    assert_eq!(with(&other).status, 200);
    acme.ask("PATCH", SHOP, &json!({"has_wiki": false}));
    assert_eq!(with(&acme.token).status, 200);
}

#[test]
fn too_much_in_a_minute_is_refused_with_retry_after() {
    let acme = acme();
    let _held = acme.held();
    acme.github.limits(Limits { content_minute: 3, retry_after: 7, ..Limits::default() });
    let put = |n: u64| acme.ask("PUT", "/repos/acme/shop/topics", &json!({"names": [format!("t{n}")]}));
    for n in 0..3 {
        assert_eq!(put(n).status, 200);
    }
    let refused = put(3);
    assert_eq!((refused.status, refused.header("retry-after")), (403, Some("7")));
    assert!(refused.body["message"].as_str().unwrap().contains("secondary rate limit"));
    acme.clock.advance(60);
    assert_eq!(put(4).status, 200);
    acme.github.limits(Limits { rest_points: 12, ..Limits::default() });
    acme.clock.advance(60);
    assert_eq!((put(5).status, put(6).status, put(7).status), (200, 200, 403), "a write is five points");
}

#[test]
fn lists_lead_from_page_to_page() {
    let acme = acme();
    let _held = acme.held();
    acme.github.change(|world| {
        for n in 0..4 {
            world.add_repo(acme.org, &format!("r{n}"));
        }
    });
    let page = acme.get("/orgs/acme/repos?per_page=2&page=2&type=all");
    let link = page.header("link").unwrap();
    let url = |n: u8, rel: &str| {
        format!("<{}/orgs/acme/repos?per_page=2&type=all&page={n}>; rel=\"{rel}\"", acme.github.base_url())
    };
    assert_eq!(link, [url(1, "prev"), url(3, "next"), url(3, "last"), url(1, "first")].join(", "));
    assert_eq!(acme.get("/orgs/acme/repos?per_page=2&page=3").body.as_array().unwrap().len(), 1);
    assert_eq!(acme.get("/orgs/acme/repos").header("link"), None);
}

#[test]
fn reads_lag_behind_writes_where_told() {
    let acme = acme();
    acme.github.lag(Some(Lag { seconds: 120, paths: vec!["/labels".to_owned(), "/graphql".to_owned()] }));
    acme.ask("POST", "/repos/acme/shop/labels", &json!({"name": "new"}));
    let label = "/repos/acme/shop/labels/new";
    let seen = || {
        let graph =
            acme.graphql("{ repository(owner: \"acme\", name: \"shop\") { label(name: \"new\") { name } } }");
        (acme.get(label).status == 200, !graph["data"]["repository"]["label"].is_null())
    };
    assert_eq!(seen(), (false, false));
    assert_eq!(acme.get(SHOP).status, 200, "other paths do not lag");
    acme.clock.advance(119);
    assert_eq!(seen(), (false, false));
    acme.clock.advance(1);
    assert_eq!(seen(), (true, true));
    acme.ask("PATCH", label, &json!({"color": "000000"}));
    assert_eq!(acme.get(label).body["color"], "ededed", "old, not absent");
}

#[test]
fn faults_come_before_or_after_the_effect() {
    let acme = acme();
    let base = acme.github.base_url();
    let headers = format!("authorization: Bearer {}\r\n", acme.token);
    let label = |name: &str| send(base, "POST", "/repos/acme/shop/labels", &headers, &json!({"name": name}));
    let exists = |name: &str| acme.github.world().repos[&acme.shop].labels.values().any(|l| l.name == name);
    acme.github.inject(Rule::new(Fault::Status(502)).method("POST").path("/labels").times(1));
    assert_eq!((label("a").unwrap().status, exists("a")), (502, false));
    acme.github.inject(Rule::new(Fault::Reset).writes().times(1));
    assert_eq!((label("b").is_none(), exists("b")), (true, false));
    acme.github.inject(Rule::new(Fault::LoseAnswer).writes().times(1));
    assert_eq!((label("c").is_none(), exists("c")), (true, true));
    let told = Arc::new(AtomicU64::new(0));
    let teller = Arc::clone(&told);
    let call = Fault::Call(Arc::new(move |n| teller.store(n, Ordering::SeqCst)));
    acme.github.inject(Rule::new(call).writes().after(1).times(1));
    assert_eq!((label("d").unwrap().status, told.load(Ordering::SeqCst)), (201, 0));
    assert_eq!(
        (label("e").unwrap().status, told.load(Ordering::SeqCst)),
        (201, 3),
        "the third write with an effect"
    );
}

#[test]
fn every_write_can_be_refused_and_is_counted() {
    let acme = acme();
    acme.github.refuse_writes(true);
    let before = acme.github.world();
    assert_eq!(acme.ask("PATCH", SHOP, &json!({"has_wiki": false})).status, 403);
    assert_eq!(acme.ask("DELETE", SHOP, &Value::Null).status, 403);
    assert_eq!(acme.get(SHOP).status, 200);
    acme.graphql("{ viewer { login } }");
    acme.installation_token(&[("contents", "read")]);
    assert_eq!((acme.github.refused_writes(), acme.github.writes()), (2, 0));
    assert!(before.repos[&acme.shop].on("has_wiki") && acme.github.world().repos[&acme.shop].on("has_wiki"));
}

#[test]
fn a_large_organisation_gives_an_installation_more() {
    let acme = acme();
    acme.github.change(|world| {
        for n in 0..40 {
            world.add_repo(acme.org, &format!("r{n}"));
        }
    });
    let token = acme.installation_token(&[("contents", "read")]);
    assert_eq!(acme.ask_as(&token, "GET", SHOP, &Value::Null).header("x-ratelimit-limit"), Some("6050"));
}

#[test]
fn the_log_tells_who_asked_what() {
    let acme = acme();
    acme.get("/repos/acme/shop/labels?per_page=1");
    acme.graphql("{ viewer { login } }");
    let log = acme.github.log();
    assert_eq!(
        (log[0].template, log[0].points, log[0].write),
        (Some("/repos/{owner}/{repo}/labels"), 1, false)
    );
    assert_eq!(log[0].account, format!("user {}", acme.owner));
    assert_eq!((log[1].line(), log[1].points), ("POST /graphql -> 200".to_owned(), 1));
}

#[test]
fn too_many_at_once_are_refused() {
    let acme = acme();
    acme.github.limits(Limits { concurrent: 0, ..Limits::default() });
    assert_eq!(acme.get(SHOP).status, 403);
    acme.github.limits(Limits { concurrent: 1, ..Limits::default() });
    assert_eq!(acme.get(SHOP).status, 200);
}

#[test]
fn the_judge_can_say_no() {
    let acme = acme();
    acme.get(SHOP);
    let judge = Judge::fetch(&super::support::cache()).unwrap();
    let good = acme.github.log().remove(0);
    assert_eq!(judge.check(&good), Vec::<String>::new());
    let mut bad = good.clone();
    bad.response.as_mut().unwrap()["id"] = json!("seven");
    bad.query = "colour=red".to_owned();
    let said = judge.check(&bad).join("\n");
    assert!(said.contains("/id") && said.contains("colour"), "{said}");
    bad.status = 299;
    assert!(judge.check(&bad)[1].contains("describes no answer 299"));
    let mut field = good;
    (field.method, field.request) = ("PATCH".to_owned(), Some(json!({"colour": "red"})));
    assert!(judge.check(&field)[0].contains("colour"), "a field that GitHub does not know");
}
