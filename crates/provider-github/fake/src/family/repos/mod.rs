//! Repositories: reading, making, changing, renaming, archiving, transferring, deleting; topics.

mod change;
mod make;
mod view;

pub(crate) use view::{full, minimal, plain};

use serde_json::{Value, json};

use crate::answer::{Answer, Said, accepted, done, invalid, invalid_simple, not_found, ok};
use crate::call::Call;
use crate::ids::Id;
use crate::page;
use crate::route::{Need, Route, free, get, org_get, org_write, write};
use crate::world::{Due, Repo};

const ONE: &str = "/repos/{owner}/{repo}";
const TOPICS: &str = "/repos/{owner}/{repo}/topics";

/// Reads one.
pub(crate) const SHOW: Route = get(ONE, "metadata", |call| ok(full(call, call.repo()?)));
/// Changes one.
pub(crate) const CHANGE: Route = free("PATCH", ONE, Need::EvenArchived("administration"), change::change);

pub(super) const ROUTES: &[Route] = &[
    SHOW,
    CHANGE,
    free("DELETE", ONE, Need::EvenArchived("administration"), delete),
    write("POST", "/repos/{owner}/{repo}/transfer", "administration", transfer),
    get(TOPICS, "metadata", |call| ok(json!({"names": call.repo()?.topics}))),
    write("PUT", TOPICS, "administration", set_topics),
    org_get("/orgs/{org}/repos", "metadata", list),
    org_write("POST", "/orgs/{org}/repos", "administration", make::make),
    free("POST", "/repos/{template_owner}/{template_repo}/generate", Need::Nothing, make::generate),
    free("GET", "/installation/repositories", Need::Nothing, of_installation),
];

/// What the caller sees of an organisation, newest first.
fn visible<'a>(call: &'a Call<'_>, org: Id) -> Vec<&'a Repo> {
    let own = call.world.repos.values().filter(|repo| repo.owner == org);
    let mut seen: Vec<&Repo> = own.filter(|repo| call.caller.sees(call.world, repo)).collect();
    seen.sort_by(|a, b| b.created_at.cmp(&a.created_at).then(a.id.cmp(&b.id)));
    seen
}

fn list(call: &mut Call<'_>) -> Said {
    let kept = |repo: &&Repo| match call.query.get("type").map_or("all", String::as_str) {
        "public" => repo.visibility == "public",
        "private" => repo.visibility != "public",
        _ => true,
    };
    let mut repos: Vec<&Repo> = visible(call, call.org).into_iter().filter(kept).collect();
    if call.query.get("sort").is_some_and(|sort| sort == "full_name") {
        repos.sort_by(|a, b| a.name.cmp(&b.name));
    }
    page::list_of(call, repos, |repo| minimal(call, repo))
}

fn of_installation(call: &mut Call<'_>) -> Said {
    let org =
        call.caller.installation().and_then(|id| call.world.installations.get(&id)).map(|found| found.org);
    let only = "You must authenticate with an installation access token in order to list repositories for an installation.";
    let repos = visible(call, org.ok_or_else(|| crate::answer::forbidden(only))?);
    page::counted_of(call, "repositories", repos, |repo| Value::Object(plain(call, repo)))
}

fn delete(call: &mut Call<'_>) -> Said {
    call.world.repos.remove(&call.repo).ok_or_else(not_found)?;
    let id = call.repo;
    call.world.orgs.values_mut().flat_map(|org| org.teams.values_mut()).for_each(|team| {
        team.repos.remove(&id);
    });
    call.world.renamed.retain(|_, to| *to != id);
    done()
}

/// Happens later: until then the repository is where it was.
fn transfer(call: &mut Call<'_>) -> Said {
    let to = call.wanted("Repository", "new_owner")?;
    let to = call.world.org_named(&to).map(|org| org.id);
    let to = to.ok_or_else(|| invalid("Repository", "new_owner", "invalid", "Invalid new_owner"))?;
    let name =
        call.text("new_name").map_or_else(|| call.repo().map(|r| r.name.clone()), |n| Ok(n.to_owned()))?;
    let at = call.world.now + jiff::SignedDuration::from_secs(call.world.quirks.transfer_takes);
    let shown = minimal(call, call.repo()?);
    call.world.due.push((at, Due::Transfer { repo: call.repo, to, name }));
    accepted(shown)
}

fn set_topics(call: &mut Call<'_>) -> Said {
    let names = call.body.get("names").and_then(Value::as_array).cloned();
    let names = names.ok_or_else(|| invalid("Repository", "names", "missing_field", "names is missing"))?;
    let names: Vec<String> = names.iter().filter_map(Value::as_str).map(str::to_lowercase).collect();
    names.iter().try_for_each(|name| fits(name))?;
    let now = call.world.now;
    let repo = call.repo_mut()?;
    (repo.topics, repo.updated_at) = (names.clone(), now);
    ok(json!({"names": names}))
}

/// Lower case letters, digits and hyphens, at most fifty, not beginning with a hyphen.
fn fits(name: &str) -> Result<(), Answer> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > 50 || name.starts_with('-') || !name.chars().all(plain) {
        return Err(invalid_simple(
            "Topics must start with a lowercase letter or number, consist of 50 characters or less, and can include hyphens.",
        ));
    }
    Ok(())
}
