//! A small organisation, and the smallest client.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;

use aplomo_github_fake::truth::{Held, default_cache_dir, hold};
use aplomo_github_fake::{GitHub, Id, ManualClock, app_key};
use serde_json::Value;

#[allow(clippy::disallowed_methods, reason = "a test has no main.rs to read the environment for it")]
pub(crate) fn cache() -> PathBuf {
    let (cache, home) = (std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME"));
    default_cache_dir(cache.as_deref(), home.as_deref()).expect("HOME is set")
}

/// Acme with an owner, a member, somebody from outside, a team, a repository, and an App.
pub(crate) struct Acme {
    pub(crate) github: GitHub,
    pub(crate) clock: ManualClock,
    pub(crate) org: Id,
    pub(crate) owner: Id,
    pub(crate) member: Id,
    pub(crate) outsider: Id,
    pub(crate) team: Id,
    pub(crate) shop: Id,
    pub(crate) app: Id,
    pub(crate) installation: Id,
    /// The owner's classic token.
    pub(crate) token: String,
}

pub(crate) const ASKS: &[(&str, &str)] = &[
    ("administration", "write"),
    ("contents", "write"),
    ("issues", "write"),
    ("pull_requests", "write"),
    ("checks", "write"),
    ("members", "write"),
    ("organization_administration", "write"),
    ("actions", "read"),
    ("environments", "write"),
];

pub(crate) fn acme() -> Acme {
    let clock = ManualClock::at("2026-03-01T08:00:00Z".parse().unwrap());
    let github = GitHub::start(7, clock.clock()).unwrap();
    let (_, public) = app_key().unwrap();
    let (org, owner, member, outsider, team, shop, app, installation, token) = github.change(|world| {
        let owner = world.add_user("olga");
        let org = world.add_org("acme", owner);
        let member = world.add_member(org, "mick");
        let outsider = world.add_user("otto");
        let team = world.add_team(org, "Platform & Friends", &[member]);
        let shop = world.add_repo(org, "shop");
        let app = world.add_app(org, "aplomo", &public, ASKS);
        let installation = world.install(app, org);
        (org, owner, member, outsider, team, shop, app, installation, world.add_token(owner))
    });
    Acme { github, clock, org, owner, member, outsider, team, shop, app, installation, token }
}

impl Acme {
    /// Holds this test to the truth.
    pub(crate) fn held(&self) -> Held<'_> {
        hold(&self.github, &cache()).unwrap()
    }

    /// Asks as the owner.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.ask_as(&self.token, method, path, body)
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, &Value::Null)
    }

    pub(crate) fn ask_as(&self, token: &str, method: &str, path: &str, body: &Value) -> Reply {
        let header = format!("authorization: Bearer {token}\r\n");
        send(self.github.base_url(), method, path, &header, body).expect("an answer")
    }

    /// A token of the installation with some of its permissions.
    pub(crate) fn installation_token(&self, permissions: &[(&str, &str)]) -> String {
        let body = serde_json::json!({"permissions": permissions.iter().copied().collect::<std::collections::BTreeMap<_, _>>()});
        let jwt = jwt(self.app, self.clock.now().as_second());
        let path = format!("/app/installations/{}/access_tokens", self.installation);
        let reply = self.ask_as(&jwt, "POST", &path, &body);
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.body["token"].as_str().unwrap().to_owned()
    }

    /// Asks GraphQL as the owner.
    pub(crate) fn graphql(&self, query: &str) -> Value {
        let reply = self.ask("POST", "/graphql", &serde_json::json!({"query": query}));
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.body
    }
}

/// A JWT of the fake's well known key.
pub(crate) fn jwt(app: Id, now: i64) -> String {
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD as B64, Engine as _};
    use rsa::pkcs8::DecodePrivateKey;
    use sha2::{Digest, Sha256};
    let claims = serde_json::json!({"iat": now - 30, "exp": now + 540, "iss": app.to_string()}).to_string();
    let text = format!("{}.{}", B64.encode(r#"{"alg":"RS256","typ":"JWT"}"#), B64.encode(claims));
    let key = rsa::PrivateKey::from_pkcs8_pem(&app_key().unwrap().0).unwrap();
    let signed = key.sign(rsa::Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(&text)).unwrap();
    format!("{text}.{}", B64.encode(signed))
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// One request on a connection of its own; `None` if the connection ends without an answer.
pub(crate) fn send(base: &str, method: &str, path: &str, headers: &str, body: &Value) -> Option<Reply> {
    let mut stream = TcpStream::connect(base.trim_start_matches("http://")).unwrap();
    let text = if body.is_null() { String::new() } else { body.to_string() };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: fake\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{text}",
        text.len()
    )
    .unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).ok()?;
    let (head, body) = all.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let body = if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap() };
    Some(Reply { status, head: head.to_owned(), body })
}
