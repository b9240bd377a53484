//! git over HTTP: `/{owner}/{repo}.git/…` by `git http-backend`, for those who may read or write contents.
//! What is pushed becomes the branches that REST and GraphQL show, and a `push` event for each.
//!
//! Deliberately absent: branch protection at the push, pull requests' refs, SSH, archives.

mod cgi;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::answer::{Answer, forbidden, not_found, refusal};
use crate::auth::identify;
use crate::gate::Request;
use crate::ids::Id;
use crate::route::Level;
use crate::state::{State, lock};
use crate::world::Map;

/// What goes out.
pub(crate) type Reply = Option<hyper::Response<http_body_util::Full<bytes::Bytes>>>;

/// A request that was allowed.
struct Allowed {
    root: PathBuf,
    /// `owner/name.git`.
    place: String,
    repo: Id,
    pushes: bool,
}

/// Whether a request is git's.
pub(crate) fn is_git(path: &str) -> bool {
    path.contains(".git/") && !path.starts_with("/repos/")
}

/// Answers it.
pub(crate) async fn answer(state: &Arc<Mutex<State>>, request: &Request) -> Reply {
    let allowed = allow(&mut lock(state), request);
    let allowed = match allowed {
        Ok(allowed) => allowed,
        Err(answer) => return crate::server::respond(answer),
    };
    cgi::ensure(&allowed.root, &allowed.place).await?;
    let reply = cgi::answer(&allowed.root, request).await?;
    if allowed.pushes {
        let branches = cgi::branches(&allowed.root, &allowed.place).await?;
        pushed(state, allowed.repo, branches);
    }
    Some(reply)
}

fn allow(state: &mut State, request: &Request) -> Result<Allowed, Answer> {
    let root = state.git.clone().ok_or_else(not_found)?;
    let caller = identify(&state.world, request.header("authorization"))?;
    let mut parts = request.path.trim_start_matches('/').splitn(3, '/');
    let (owner, repo) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let world = &state.world;
    let found = world.repo_named(owner, repo.trim_end_matches(".git"));
    // git asks without credentials first and shows them when it is told to.
    let hidden = || match caller.account().as_str() {
        "nobody" => {
            refusal(401, "Requires authentication").header("www-authenticate", "Basic realm=\"GitHub\"")
        }
        _ => not_found(),
    };
    let found = found.filter(|repo| caller.sees(world, repo)).ok_or_else(hidden)?;
    let pushes = format!("{}?{}", request.path, request.query).contains("git-receive-pack");
    let level = if pushes { Level::Write } else { Level::Read };
    if !caller.may(world, found, "contents", level) || (pushes && found.archived) {
        return Err(if caller.account() == "nobody" {
            hidden()
        } else {
            forbidden("Write access to repository not granted.")
        });
    }
    let place = format!("{}.git", world.full_name(found));
    let pushes = pushes && request.method == "POST";
    Ok(Allowed { root, place, repo: found.id, pushes })
}

/// Takes over what the branches are now.
fn pushed(state: &Arc<Mutex<State>>, id: Id, branches: BTreeMap<String, String>) {
    let mut state = lock(state);
    let world = Arc::make_mut(&mut state.world);
    let Some(repo) = world.repos.get_mut(&id) else { return };
    let old = std::mem::replace(&mut repo.branches, branches.clone());
    let (org, full) = (repo.owner, repo.name.clone());
    let none = "0".repeat(40);
    let mut noted = Vec::new();
    let names: std::collections::BTreeSet<&String> = old.keys().chain(branches.keys()).collect();
    for name in names.into_iter().filter(|name| old.get(*name) != branches.get(*name)) {
        let (before, after) = (old.get(name).unwrap_or(&none), branches.get(name).unwrap_or(&none));
        let payload = json!({
            "ref": format!("refs/heads/{name}"), "before": before, "after": after,
            "created": *before == none, "deleted": *after == none, "repository": {"id": id, "name": full},
        });
        let payload = if let serde_json::Value::Object(map) = payload { map } else { Map::new() };
        noted.extend(world.announce("push", org, Some(id), &payload));
    }
    state.outbox.extend(noted);
}
