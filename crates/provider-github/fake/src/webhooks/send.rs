//! Sending: one POST with GitHub's headers and the signature of the body.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use sha2::Sha256;

use crate::ids::Id;
use crate::state::{State, lock};
use crate::world::{Delivery, World};

/// What becomes of deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sending {
    /// They are sent at once, in their order.
    #[default]
    Prompt,
    /// They are noted as failed and not sent.
    Lost,
    /// Every one is sent twice.
    Twice,
    /// They are noted with this status, as if the receiver had answered so, and not sent.
    Failing(u16),
    /// They are sent, and noted as failed: the answer came too late.
    Unanswered,
    /// They wait, and count as failed, until [`crate::GitHub::send`] sends them: in any order, and as often as one likes.
    Held,
}

/// Sends what was noted in the way that was in force then, one after the other, and notes how it went.
pub(crate) async fn deliver(state: Arc<Mutex<State>>, ids: Vec<Id>, sending: Sending) {
    for id in ids {
        let times = match sending {
            Sending::Lost | Sending::Held => continue,
            Sending::Failing(status) => {
                note(&state, id, status);
                continue;
            }
            Sending::Twice => 2,
            Sending::Prompt | Sending::Unanswered => 1,
        };
        let Some((headers, one)) = found(&state, id) else { continue };
        for _ in 0..times {
            let status = attempt(&one, &headers).await;
            note(&state, id, if sending == Sending::Unanswered { 0 } else { status });
        }
    }
}

fn found(state: &Mutex<State>, id: Id) -> Option<(Vec<(&'static str, String)>, Delivery)> {
    let held = lock(state);
    let one = held.world.deliveries.iter().find(|one| one.id == id)?.clone();
    Some((headers(&held.world, &one), one))
}

async fn attempt(one: &Delivery, headers: &[(&'static str, String)]) -> u16 {
    let patience = std::time::Duration::from_secs(10);
    let body = Bytes::from(one.payload.to_string());
    let sent = tokio::time::timeout(patience, post(&one.url, headers, body)).await;
    sent.ok().flatten().unwrap_or(0)
}

/// How it went.
fn note(state: &Mutex<State>, id: Id, status: u16) {
    let mut held = lock(state);
    if let Some(one) = Arc::make_mut(&mut held.world).deliveries.iter_mut().find(|one| one.id == id) {
        one.status_code = status;
    }
}

fn headers(world: &World, one: &Delivery) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("content-type", "application/json".to_owned()),
        ("user-agent", "GitHub-Hookshot/fake".to_owned()),
        ("x-github-event", one.event.clone()),
        ("x-github-delivery", one.guid.clone()),
        ("x-github-hook-id", one.app.to_string()),
        ("x-github-hook-installation-target-type", "integration".to_owned()),
        ("x-github-hook-installation-target-id", one.app.to_string()),
    ];
    let secret = world.apps.get(&one.app).and_then(|app| app.webhook_secret.as_ref());
    all.extend(secret.map(|secret| ("x-hub-signature-256", signature(secret, &one.payload.to_string()))));
    all
}

/// `sha256=…`.
pub(crate) fn signature(secret: &str, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(body.as_bytes());
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// The status of the answer; nothing if nobody answered.
async fn post(url: &str, headers: &[(&'static str, String)], body: Bytes) -> Option<u16> {
    let uri: hyper::Uri = url.parse().ok()?;
    let authority = uri.authority()?.as_str().to_owned();
    let stream = tokio::net::TcpStream::connect((uri.host()?, uri.port_u16().unwrap_or(80))).await.ok()?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
    tokio::spawn(connection);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = hyper::Request::post(path).header("host", authority);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    Some(sender.send_request(request.body(Full::new(body)).ok()?).await.ok()?.status().as_u16())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_signature_is_githubs_own_example() {
        // From GitHub's documentation of how to validate deliveries.
        let signed = super::signature("It's a Secret to Everybody", "Hello, World!");
        assert_eq!(signed, "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
    }
}
