//! Deliveries of webhooks: forged, repeated, lost; and a daemon that was away.

use super::office::{Office, SECRET};
use aplomo_github_fake::Sending;

/// A request with a body; the status.
fn post(address: &str, event: &str, id: &str, signature: &str, body: &str) -> u16 {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /hooks/github HTTP/1.1\r\nHost: {address}\r\nX-GitHub-Event: {event}\r\nX-GitHub-Delivery: {id}\r\n\
         X-Hub-Signature-256: {signature}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
}

fn signed(body: &str) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let bytes = mac.finalize().into_bytes();
    format!("sha256={}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

#[test]
fn a_forged_delivery_is_refused_and_a_repeated_one_does_nothing_more() {
    let (office, daemon) = Office::open("");
    let number = office.asks_ttl("ana", "faster", 60);
    office.says(&daemon, number, "/aplomo approve sha256:");
    let body = format!(
        "{{\"action\":\"synchronize\",\"number\":{number},\"pull_request\":{{\"number\":{number}}},\
         \"repository\":{{\"full_name\":\"acme/manifests\"}},\"sender\":{{\"login\":\"ana\",\"id\":1,\"type\":\"User\"}}}}"
    );
    for forged in ["sha256=00", "", "sha1=abc", &signed("another body")] {
        assert_eq!(post(&daemon.address, "pull_request", "d-1", forged, &body), 401);
    }
    let before = office.ours(number).unwrap();
    for _ in 0..3 {
        assert_eq!(post(&daemon.address, "pull_request", "d-2", &signed(&body), &body), 202);
    }
    assert_eq!(post(&daemon.address, "ping", "d-3", &signed("{}"), "{}"), 204);
    daemon.counts("acme", 0, 0);
    assert_eq!(
        office.ours(number).unwrap().updated_at,
        before.updated_at,
        "nothing changed, nothing is written"
    );
    daemon.stop();
}

#[test]
fn what_happened_while_the_daemon_was_away_is_found() {
    let (office, daemon) = Office::open("");
    office.github.sending(Sending::Lost);
    daemon.stop();
    let commit = office.push_ttl("ana", "faster", 60);
    let number = office.opens("ana", "faster");
    let daemon = office.serve();
    office.concludes(&daemon, &commit, "action_required");
    daemon.stop();
    office.approves("sam", number);
    let daemon = office.serve();
    office.concludes(&daemon, &commit, "success");
    daemon.stop();
    office.merges("ana", number);
    let daemon = office.serve();
    office.www_becomes(&daemon, 60);
    office.says(&daemon, number, "applied");
    daemon.stop();
}

#[test]
fn our_comment_is_put_back_where_somebody_edits_it() {
    let (office, daemon) = Office::open("");
    let number = office.asks_ttl("ana", "faster", 60);
    let shown = office.says(&daemon, number, "/aplomo approve sha256:");
    let ours = office.ours(number).unwrap();
    let lie = shown.replace("60", "59");
    office.github.edit_comment(office.repo, ours.id, office.id("ben"), &lie).unwrap();
    crate::served::until("it is put back", || {
        let body = office.ours(number).unwrap().body;
        if body.contains("60") && body != lie { Ok(()) } else { Err(format!("{body}\n{}", daemon.log())) }
    });
    daemon.stop();
}

#[test]
fn an_approval_does_not_outlive_its_word_where_we_were_killed_before_remembering_it() {
    let (office, daemon) = Office::open("");
    let commit = office.push_ttl("ana", "faster", 60);
    let number = office.opens("ana", "faster");
    office.says(&daemon, number, "/aplomo approve sha256:");
    let review = office.approves("sam", number);
    office.concludes(&daemon, &commit, "success");
    daemon.stop();
    // As after a kill between storing the approval and remembering what was taken for it.
    crate::audit::sql(&office, &["DELETE FROM pulls"]).unwrap();
    office.github.dismiss_review(office.repo, number, review, office.id("ben")).unwrap();
    let daemon = office.serve();
    office.concludes(&daemon, &commit, "action_required");
    office.merges("ana", number);
    daemon.counts("acme", 1, 0);
    assert_eq!((office.www(), office.proxy.writes()), (300, 0));
    daemon.stop();
}
