//! Who may call: tokens, hosts and addresses.

use crate::world::{ACME, ALL, World, api, bare, call, get, guarded, send, token, tokens};
use aplomo_server::{Access, Gate, Readiness, ServeError, Token, router};
use axum::body::Body;
use axum::http::{Request, StatusCode};

const GUARDED: [&str; 8] = [
    "/metrics",
    "/api/v1/status",
    "/api/v1/plans",
    "/api/v1/plans/x",
    "/api/v1/runs",
    "/api/v1/runs/01run",
    "/api/v1/drift",
    "/api/v1/openapi.json",
];

#[tokio::test]
async fn without_a_valid_token_nothing_is_shown() {
    let longer = format!("{ALL}0");
    for path in GUARDED {
        for wrong in [None, Some("wrong"), Some(""), Some(&ALL[1..]), Some(longer.as_str())] {
            let (status, text) = call(guarded(), path, wrong).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path} {wrong:?}");
            assert!(!text.contains("acme"), "{text}");
        }
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(call(guarded(), path, None).await.0, StatusCode::OK);
    }
}

#[tokio::test]
async fn the_refusal_says_how_to_send_a_token() {
    let (_, response, text) = send(guarded(), get("/api/v1/runs").body(Body::empty()).unwrap()).await;
    assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"aplomo\"");
    insta::assert_snapshot!(text, @r#"{"type":"urn:aplomo:problem:no-token","title":"A token is needed","status":401,"detail":"send a token in the header `Authorization: Bearer …`"}"#);
}

#[tokio::test]
async fn a_token_counts_only_as_one_bearer_header() {
    let with = |values: &[&str]| {
        let request = values.iter().fold(get("/api/v1/runs"), |r, value| r.header("authorization", *value));
        request.body(Body::empty()).unwrap()
    };
    let bearer = format!("Bearer {ALL}");
    for good in [bearer.clone(), format!("bearer {ALL}")] {
        assert_eq!(send(guarded(), with(&[&good])).await.0, StatusCode::OK);
    }
    for bad in [vec![ALL], vec![bearer.as_str(), "Bearer x"], vec![&format!("Basic {ALL}")]] {
        assert_eq!(send(guarded(), with(&bad)).await.0, StatusCode::UNAUTHORIZED, "{bad:?}");
    }
    let (status, _) = call(guarded(), &format!("/api/v1/status?token={ALL}"), None).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn why_it_is_not_ready_is_told_in_words_only_to_who_may_see_all() {
    let readiness = Readiness::ready().because("no-source-read", "source acme-repo was never read");
    let service = router(api(World { readiness, ..World::default() }, &tokens()));
    for (secret, told) in [(None, false), (Some("wrong"), false), (Some(ACME), false), (Some(ALL), true)] {
        let (status, text) = call(service.clone(), "/readyz", secret).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(text.contains("no-source-read"));
        assert_eq!(text.contains("acme-repo"), told, "{secret:?}: {text}");
    }
}

#[tokio::test]
async fn another_hosts_name_is_refused_on_loopback_even_for_health() {
    for path in ["/healthz", "/api/v1/status", "/nothing"] {
        let request = Request::get(path).header("host", "evil.example").body(Body::empty()).unwrap();
        let (status, _, text) = send(bare(), request).await;
        assert_eq!(status, StatusCode::MISDIRECTED_REQUEST, "{path}: {text}");
    }
    let access = Access { public_host: Some("aplomo.example".into()), ..tokens() };
    let request = get("/healthz").body(Body::empty()).unwrap();
    assert_eq!(send(router(api(World::default(), &access)), request).await.0, StatusCode::OK);
    let request = Request::get("/healthz").header("host", "aplomo.example").body(Body::empty()).unwrap();
    assert_eq!(send(router(api(World::default(), &access)), request).await.0, StatusCode::OK);
}

#[tokio::test]
async fn behind_tokens_on_a_public_address_any_host_will_do() {
    let gate = Gate::new(&tokens(), "0.0.0.0:80".parse().unwrap()).unwrap();
    let service = router(aplomo_server::Api { gate, ..api(World::default(), &tokens()) });
    let request = Request::get("/healthz").header("host", "10.0.0.7").body(Body::empty()).unwrap();
    assert_eq!(send(service, request).await.0, StatusCode::OK);
}

#[test]
fn an_address_that_others_reach_needs_tokens() {
    let none = Access::default();
    for open in ["0.0.0.0:80", "10.0.0.1:80", "[::]:80", "[::ffff:10.0.0.1]:80"] {
        let refused = Gate::new(&none, open.parse().unwrap());
        assert!(matches!(refused, Err(ServeError::NeedsTokens { .. })), "{open}");
        assert!(Gate::new(&tokens(), open.parse().unwrap()).is_ok());
    }
    for local in ["127.0.0.1:80", "127.9.9.9:80", "[::1]:80", "[::ffff:127.0.0.1]:80"] {
        assert!(Gate::new(&none, local.parse().unwrap()).is_ok(), "{local}");
    }
}

#[test]
fn access_that_protects_nothing_is_refused_in_words() {
    let local = "127.0.0.1:80".parse().unwrap();
    let one = |token| Access { tokens: vec![token], public_host: None };
    let twice = |a, b| Access { tokens: vec![token(a, None), token(b, None)], public_host: None };
    let public = Access { public_host: Some("aplomo.example".into()), ..Access::default() };
    let errors: Vec<_> = [
        Gate::new(&Access::default(), "0.0.0.0:80".parse().unwrap()),
        Gate::new(&public, local),
        Gate::new(&one(token("short", None)), local),
        Gate::new(&one(token("spaced-23456789abcdef\n", None)), local),
        Gate::new(
            &Access {
                tokens: vec![token(ALL, None), Token { name: "second".into(), ..token(ALL, None) }],
                public_host: None,
            },
            local,
        ),
        Gate::new(&twice("all-0000000000000", "all-1111111111111"), local),
    ]
    .into_iter()
    .map(|gate| gate.unwrap_err().to_string())
    .collect();
    insta::assert_snapshot!(errors.join("\n"), @r#"
    0.0.0.0:80 can be reached from other machines and no token is configured; listen on 127.0.0.1 or configure `server.tokens`
    the public host `aplomo.example` lets others reach the server and no token is configured; configure `server.tokens` or remove the public host
    token `short` has fewer than 16 characters, or white space around them; make one with `openssl rand -hex 32`
    token `spaced` has fewer than 16 characters, or white space around them; make one with `openssl rand -hex 32`
    tokens `all` and `second` have the same name or the same secret; give each its own
    tokens `all` and `all` have the same name or the same secret; give each its own
    "#);
}

#[tokio::test]
async fn access_can_be_replaced_while_the_server_runs() {
    let api = api(World::default(), &tokens());
    let service = router(api.clone());
    let fresh = "another-secret-0000000";
    api.gate.replace(&Access { tokens: vec![token(fresh, None)], public_host: None }).unwrap();
    assert_eq!(call(service.clone(), "/api/v1/runs", Some(ALL)).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(call(service.clone(), "/api/v1/runs", Some(fresh)).await.0, StatusCode::OK);
    assert!(api.gate.replace(&Access { tokens: vec![token("short", None)], public_host: None }).is_err());
    assert_eq!(call(service, "/api/v1/runs", Some(fresh)).await.0, StatusCode::OK);
}

#[test]
fn secrets_are_not_shown_when_access_is_printed() {
    let access = tokens();
    let gate = Gate::new(&access, "127.0.0.1:0".parse().unwrap()).unwrap();
    let shown = format!("{access:?} {gate:?}");
    assert!(!shown.contains(ALL) && !shown.contains(ACME), "{shown}");
}
