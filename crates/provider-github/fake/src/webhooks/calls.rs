//! The list of an App's deliveries, one delivery whole, and asking for one again.

use serde_json::{Value, json};

use crate::answer::{Answer, Said, accepted, not_found, ok};
use crate::auth::Caller;
use crate::call::Call;
use crate::clock::show as time;
use crate::route::{Need, Route, free};
use crate::world::{Delivery, Map};

pub(crate) const ROUTES: &[Route] = &[
    free("GET", "/app/hook/deliveries", Need::Jwt, list),
    free("GET", "/app/hook/deliveries/{delivery_id}", Need::Jwt, |call| ok(full(found(call)?))),
    free("POST", "/app/hook/deliveries/{delivery_id}/attempts", Need::Jwt, |call| {
        let id = found(call)?.id;
        let again = call.world.redeliver(id).ok_or_else(not_found)?;
        call.deliveries.push(again);
        accepted(json!({}))
    }),
    free("GET", "/app/hook/config", Need::Jwt, |call| {
        let Caller::App(id) = call.caller else { return Err(not_found()) };
        let app = call.world.apps.get(id).ok_or_else(not_found)?;
        let secret = app.webhook_secret.as_ref().map(|_| "********");
        ok(
            json!({"url": app.webhook_url.clone().unwrap_or_default(), "content_type": "json", "insecure_ssl": "0",
            "secret": secret.unwrap_or_default()}),
        )
    }),
];

/// GitHub keeps three days of them.
const KEPT: i64 = 3 * 86_400;

fn own<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a Delivery> {
    let app = if let Caller::App(id) = call.caller { *id } else { 0 };
    let since = call.world.now.as_second() - KEPT;
    let all = call.world.deliveries.iter();
    all.filter(move |one| one.app == app && one.delivered_at.as_second() >= since)
}

fn found<'a>(call: &'a Call<'_>) -> Result<&'a Delivery, Answer> {
    let id = call.number("delivery_id")?;
    own(call).find(|one| one.id == id).ok_or_else(not_found)
}

/// Newest first; `cursor` is the last number of the page before.
fn list(call: &mut Call<'_>) -> Said {
    let size = call.query.get("per_page").and_then(|text| text.parse().ok()).unwrap_or(30_usize).min(100);
    let below = call.query.get("cursor").and_then(|text| text.parse::<u64>().ok()).unwrap_or(u64::MAX);
    let wanted = |one: &&Delivery| match call.query.get("status").map(String::as_str) {
        Some("success") => (200..400).contains(&one.status_code),
        Some("failure") => !(200..400).contains(&one.status_code),
        _ => true,
    };
    let mut all: Vec<&Delivery> = own(call).filter(|one| one.id < below).filter(wanted).collect();
    all.reverse();
    let next = all.get(size).and_then(|_| all.get(size - 1)).map(|one| one.id);
    let shown = all.into_iter().take(size).map(|one| Value::Object(short(one))).collect();
    let link = next
        .map(|id| format!("<{}?per_page={size}&cursor={id}>; rel=\"next\"", call.url("app/hook/deliveries")));
    ok(shown).map(|answer| match link {
        Some(link) => answer.header("link", link),
        None => answer,
    })
}

fn short(one: &Delivery) -> Map {
    let status = match one.status_code {
        0 => "failed to connect to host".to_owned(),
        200..400 => "OK".to_owned(),
        code => format!("Invalid HTTP Response: {code}"),
    };
    let shown = json!({
        "id": one.id, "guid": one.guid, "delivered_at": time(one.delivered_at), "redelivery": one.redelivery,
        "duration": 0.1, "status": status, "status_code": one.status_code, "event": one.event,
        "action": one.action, "installation_id": one.installation, "repository_id": one.repository,
        "throttled_at": null,
    });
    if let Value::Object(map) = shown { map } else { Map::new() }
}

fn full(one: &Delivery) -> Value {
    let mut shown = short(one);
    shown.insert("url".to_owned(), one.url.clone().into());
    let headers = json!({"X-GitHub-Event": one.event, "X-GitHub-Delivery": one.guid});
    shown.insert("request".to_owned(), json!({"headers": headers, "payload": one.payload}));
    shown.insert("response".to_owned(), json!({"headers": {}, "payload": ""}));
    Value::Object(shown)
}
