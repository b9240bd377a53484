//! What happened to the branches of a repository, and who did it: newest first, by cursor.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::show::author;
use crate::answer::{Answer, Said, invalid_simple, ok};
use crate::call::Call;
use crate::clock::show as time;
use crate::ids::Sort;
use crate::route::{Route, encode, get};
use crate::world::Activity;

pub(super) const ROUTES: &[Route] = &[get("/repos/{owner}/{repo}/activity", "contents", list)];

const KINDS: [&str; 6] =
    ["push", "force_push", "branch_creation", "branch_deletion", "pr_merge", "merge_queue_merge"];

fn list(call: &mut Call<'_>) -> Said {
    let mut all = kept(call)?;
    if call.query.get("direction").is_none_or(|direction| direction != "asc") {
        all.reverse();
    }
    let place = |name: &str| {
        let id: u64 = call.query.get(name)?.strip_prefix("c")?.parse().ok()?;
        all.iter().position(|one| one.id == id)
    };
    let size =
        call.query.get("per_page").and_then(|text| text.parse().ok()).unwrap_or(30_usize).clamp(1, 100);
    // `before` a cursor is the page that ends in front of it.
    let (from, to) = match (place("after"), place("before")) {
        (Some(after), _) => (after + 1, (after + 1 + size).min(all.len())),
        (None, Some(before)) => (before.saturating_sub(size), before),
        (None, None) => (0, size.min(all.len())),
    };
    let mut links = Vec::new();
    let page = all.get(from..to).unwrap_or_default();
    if let Some(last) = page.last().filter(|_| to < all.len()) {
        links.push(link(call, "after", last.id, "next"));
    }
    if let Some(first) = page.first().filter(|_| from > 0) {
        links.push(link(call, "before", first.id, "prev"));
    }
    let answer = ok(page.iter().map(|one| show(call, one)).collect())?;
    Ok(if links.is_empty() { answer } else { answer.header("link", links.join(", ")) })
}

fn link(call: &Call<'_>, name: &str, id: u64, rel: &str) -> String {
    let others = call.query.iter().filter(|(name, _)| !matches!(name.as_str(), "after" | "before"));
    let mut query: Vec<String> = others.map(|(name, value)| format!("{name}={}", encode(value))).collect();
    query.push(format!("{name}=c{id}"));
    format!("<{}{}?{}>; rel=\"{rel}\"", call.base, call.path, query.join("&"))
}

/// What the question asks for, oldest first.
fn kept<'a>(call: &'a Call<'_>) -> Result<Vec<&'a Activity>, Answer> {
    let asked = |name: &str| call.query.get(name).map(String::as_str);
    let kind = asked("activity_type");
    if kind.is_some_and(|kind| !KINDS.contains(&kind)) {
        return Err(invalid_simple("activity_type is not a valid activity type"));
    }
    let days = match asked("time_period") {
        None => i64::MAX,
        Some("day") => 1,
        Some("week") => 7,
        Some("month") => 31,
        Some("quarter") => 92,
        Some("year") => 366,
        Some(_) => return Err(invalid_simple("time_period is not a valid time period")),
    };
    let branch = asked("ref").map(|name| name.trim_start_matches("refs/heads/"));
    let young = |one: &Activity| {
        days == i64::MAX || call.world.now.duration_since(one.at) <= SignedDuration::from_hours(24 * days)
    };
    let by = |one: &Activity| author(call, one.actor)["login"].clone();
    let all = call.repo()?.activity.iter().filter(|one| {
        kind.is_none_or(|kind| kind == one.kind)
            && branch.is_none_or(|branch| branch == one.branch)
            && asked("actor").is_none_or(|actor| by(one) == actor)
            && young(one)
    });
    Ok(all.collect())
}

fn show(call: &Call<'_>, one: &Activity) -> Value {
    json!({
        "id": one.id, "node_id": call.node(Sort::Other, one.id), "before": one.before, "after": one.after,
        "ref": format!("refs/heads/{}", one.branch), "timestamp": time(one.at), "activity_type": one.kind,
        "actor": author(call, one.actor),
    })
}
