//! Deliveries: signed, listed, lost, repeated, asked for again.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use aplomo_github_fake::Sending;
use serde_json::{Value, json};

use super::support::{Acme, acme, jwt};

/// Head and body of what arrived.
type Arrived = (String, String);

/// Takes deliveries and answers each with the next of these statuses.
fn receiver(statuses: &'static [u16]) -> (String, Receiver<Arrived>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, arrived) = channel();
    std::thread::spawn(move || {
        for status in statuses {
            let Ok((stream, _)) = listener.accept() else { return };
            let mut reader = BufReader::new(stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                reader.read_line(&mut head).unwrap();
            }
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            write!(reader.get_mut(), "HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .unwrap();
            sender.send((head, String::from_utf8(body).unwrap())).ok();
        }
    });
    (url, arrived)
}

fn listen(acme: &Acme, statuses: &'static [u16]) -> Receiver<Arrived> {
    let (url, arrived) = receiver(statuses);
    acme.github.change(|world| {
        let app = world.apps.get_mut(&acme.app).unwrap();
        app.events = [
            "repository",
            "member",
            "label",
            "team",
            "membership",
            "deploy_key",
            "repository_ruleset",
            "push",
        ]
        .map(str::to_owned)
        .into();
        (app.webhook_url, app.webhook_secret) = (Some(url), Some("s3cret".to_owned()));
    });
    arrived
}

fn next(arrived: &Receiver<Arrived>) -> Arrived {
    arrived.recv_timeout(Duration::from_secs(20)).expect("a delivery")
}

/// The status of each delivery, once all are known: the receiver has the body before the fake has the answer.
fn statuses(acme: &Acme, count: usize) -> Vec<u16> {
    for _ in 0..100_000 {
        let all: Vec<u16> = acme.github.world().deliveries.iter().map(|one| one.status_code).collect();
        if all.len() == count && all.iter().all(|status| *status != 0) {
            return all;
        }
        std::thread::yield_now();
    }
    panic!("deliveries without an answer")
}

#[test]
fn every_event_is_signed_and_as_github_describes_it() {
    use hmac::{Hmac, KeyInit, Mac};
    let acme = acme();
    let _held = acme.held();
    let arrived = listen(&acme, &[200; 16]);
    let ask = |method: &str, path: &str, body: Value| {
        assert!(acme.ask(method, path, &body).status < 300, "{method} {path}")
    };
    ask("POST", "/orgs/acme/repos", json!({"name": "new", "private": true, "auto_init": true}));
    ask("PATCH", "/repos/acme/new", json!({"description": "x"}));
    ask("PATCH", "/repos/acme/new", json!({"name": "newer"}));
    ask("PATCH", "/repos/acme/newer", json!({"visibility": "public"}));
    ask("PUT", "/repos/acme/newer/topics", json!({"names": ["a"]}));
    ask("PUT", "/repos/acme/newer/collaborators/mick", json!({"permission": "push"}));
    ask("POST", "/repos/acme/newer/labels", json!({"name": "l"}));
    ask("PATCH", "/repos/acme/newer/labels/l", json!({"color": "000000"}));
    ask("POST", "/repos/acme/newer/keys", json!({"title": "k", "key": "ssh-ed25519 A"}));
    ask("POST", "/repos/acme/newer/rulesets", json!({"name": "r", "enforcement": "active"}));
    ask("POST", "/orgs/acme/teams", json!({"name": "T", "privacy": "closed"}));
    ask("PATCH", "/orgs/acme/teams/t", json!({"description": "d"}));
    ask("PUT", "/orgs/acme/teams/t/memberships/mick", json!({"role": "member"}));
    ask("DELETE", "/orgs/acme/teams/t", Value::Null);
    ask("PATCH", "/repos/acme/newer", json!({"archived": true}));
    ask("DELETE", "/repos/acme/newer", Value::Null);
    let all: Vec<String> = (0..16)
        .map(|_| {
            let (head, body) = next(&arrived);
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"s3cret").unwrap();
            mac.update(body.as_bytes());
            let signature =
                format!("x-hub-signature-256: sha256={}", hex::encode(mac.finalize().into_bytes()));
            assert!(head.contains(&signature), "{head}");
            let event =
                head.lines().find_map(|line| line.strip_prefix("x-github-event: ")).unwrap().to_owned();
            let body: Value = serde_json::from_str(&body).unwrap();
            format!("{event} {}", body["action"].as_str().unwrap())
        })
        .collect();
    let mut sorted = all.clone();
    sorted.sort();
    insta::assert_snapshot!(sorted.join("\n"));
}

#[test]
fn a_lost_delivery_is_sent_again_when_asked_for_with_the_same_guid() {
    let acme = acme();
    let _held = acme.held();
    let arrived = listen(&acme, &[500, 200]);
    let app = jwt(acme.app, acme.clock.now().as_second());
    let ask = |method: &str, path: &str| acme.ask_as(&app, method, path, &Value::Null);
    acme.github.sending(Sending::Lost);
    acme.ask("PUT", "/repos/acme/shop/topics", &json!({"names": ["a"]}));
    let failed = ask("GET", "/app/hook/deliveries?status=failure").body;
    assert_eq!((&failed[0]["event"], &failed[0]["status_code"]), (&json!("repository"), &json!(0)));
    acme.github.sending(Sending::Prompt);
    let path = format!("/app/hook/deliveries/{}", failed[0]["id"]);
    assert_eq!(ask("GET", &path).body["request"]["payload"]["action"], "edited");
    assert_eq!(ask("POST", &format!("{path}/attempts")).status, 202);
    let first = next(&arrived);
    assert_eq!(ask("POST", &format!("{path}/attempts")).status, 202);
    let second = next(&arrived);
    let guid = |head: &str| {
        head.lines().find_map(|line| line.strip_prefix("x-github-delivery: ")).unwrap().to_owned()
    };
    assert_eq!(
        (guid(&first.0), guid(&second.0)),
        (failed[0]["guid"].as_str().unwrap().to_owned(), guid(&first.0))
    );
    let all = ask("GET", "/app/hook/deliveries?per_page=1");
    assert_eq!((all.body[0]["redelivery"].clone(), all.header("link").is_some()), (json!(true), true));
}

#[test]
fn a_delivery_may_come_twice_and_only_to_those_who_asked() {
    let acme = acme();
    let arrived = listen(&acme, &[202, 202]);
    acme.github.sending(Sending::Twice);
    acme.ask("POST", "/repos/acme/shop/labels", &json!({"name": "l"}));
    assert_eq!(next(&arrived), next(&arrived));
    assert_eq!(statuses(&acme, 1), [202]);
    // A variable has no event, and the App did not ask for this one.
    acme.ask("POST", "/repos/acme/shop/actions/variables", &json!({"name": "v", "value": "x"}));
    acme.github.announce("issues", acme.org, Some(acme.shop), &serde_json::Map::new());
    assert_eq!(acme.github.world().deliveries.len(), 1);
}

#[test]
fn an_event_from_elsewhere_can_be_announced() {
    let acme = acme();
    let arrived = listen(&acme, &[200]);
    let payload = json!({"ref": "refs/heads/main"});
    acme.github.announce("push", acme.org, Some(acme.shop), payload.as_object().unwrap());
    let body: Value = serde_json::from_str(&next(&arrived).1).unwrap();
    assert_eq!(
        (&body["ref"], &body["installation"]["id"]),
        (&json!("refs/heads/main"), &json!(acme.installation))
    );
}

#[test]
fn deliveries_are_held_and_sent_in_any_order_or_fail() {
    let acme = acme();
    let _held = acme.held();
    let arrived = listen(&acme, &[202; 4]);
    let label = |name: &str| acme.ask("POST", "/repos/acme/shop/labels", &json!({"name": name}));
    acme.github.sending(Sending::Held);
    label("one");
    label("two");
    let held: Vec<u64> = acme.github.world().deliveries.iter().map(|one| one.id).collect();
    acme.github.send(&[held[1], held[0], held[1]]);
    let names: Vec<String> = (0..3)
        .map(|_| {
            serde_json::from_str::<Value>(&next(&arrived).1).unwrap()["label"]["name"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(names, ["two", "one", "two"]);
    assert_eq!(statuses(&acme, 2), [202, 202]);
    acme.github.sending(Sending::Failing(503));
    label("three");
    assert_eq!(statuses(&acme, 3)[2], 503);
    let app = jwt(acme.app, acme.clock.now().as_second());
    let failed = acme.ask_as(&app, "GET", "/app/hook/deliveries?status=failure", &Value::Null).body;
    assert_eq!((failed.as_array().unwrap().len(), &failed[0]["status_code"]), (1, &json!(503)));
    acme.clock.advance(4 * 86_400);
    let app = jwt(acme.app, acme.clock.now().as_second());
    let later = acme.ask_as(&app, "GET", "/app/hook/deliveries", &Value::Null).body;
    assert_eq!(later, json!([]), "GitHub forgets after three days");
    // It arrives, and nobody knows.
    acme.github.sending(Sending::Unanswered);
    label("four");
    assert!(next(&arrived).1.contains("four"));
    assert_eq!(acme.github.world().deliveries[3].status_code, 0);
}
