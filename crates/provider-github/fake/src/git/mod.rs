//! git over HTTP: `/{owner}/{repo}.git/…` by `git http-backend`, for those who may read or write contents.
//! What is pushed becomes the branches that REST and GraphQL show; [`crate::push`] says what follows from it.
//!
//! Deliberately absent: branch protection at the push, SSH, archives.

mod bare;
mod cgi;
pub(crate) mod facts;
pub(crate) mod tree;

pub(crate) use bare::{Bare, Said, Signature, is_sha};

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::answer::{Answer, forbidden, not_found, refusal};
use crate::auth::{Caller, identify};
use crate::call::Call;
use crate::gate::Request;
use crate::ids::Id;
use crate::route::Level;
use crate::state::{State, lock};
use crate::world::Repo;

/// What goes out.
pub(crate) type Reply = Option<hyper::Response<http_body_util::Full<bytes::Bytes>>>;

/// Commit by branch.
type Branches = BTreeMap<String, String>;

/// A request that was allowed.
struct Allowed {
    root: PathBuf,
    bare: Bare,
    caller: Caller,
    repo: Id,
    pushes: bool,
}

/// Whether a request is git's.
pub(crate) fn is_git(path: &str) -> bool {
    path.contains(".git/") && !path.starts_with("/repos/")
}

/// Answers it. Pushes come one after the other: each is to be known as its own pusher's.
pub(crate) async fn answer(state: &Arc<Mutex<State>>, request: &Request) -> Reply {
    let (allowed, pushing) = {
        let mut held = lock(state);
        (allow(&mut held, request), Arc::clone(&held.pushing))
    };
    let allowed = match allowed {
        Ok(allowed) => allowed,
        Err(answer) => return crate::server::respond(answer),
    };
    if !allowed.pushes {
        return cgi::answer(&allowed.root, request).await;
    }
    let _alone = pushing.lock().await;
    let was = allowed.bare.branches().ok()?;
    let reply = cgi::answer(&allowed.root, request).await?;
    let state = Arc::clone(state);
    tokio::task::spawn_blocking(move || pushed(&state, &allowed, &was)).await.ok()?;
    Some(reply)
}

impl Call<'_> {
    /// The bare repository of a repository.
    pub(crate) fn bare_of(&self, repo: &Repo) -> Result<Bare, Answer> {
        let root = self.git.as_ref().ok_or_else(|| refusal(409, "Git Repository is empty."))?;
        let place = format!("{}.git", self.world.full_name(repo));
        Bare::open(root, &place).map_err(|said| refusal(500, &said.0))
    }

    /// Of the repository in the path.
    pub(crate) fn bare(&self) -> Result<Bare, Answer> {
        self.bare_of(self.repo()?)
    }
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
    let pushes = pushes && request.method == "POST";
    let (repo, place) = (found.id, format!("{}.git", world.full_name(found)));
    let bare = Bare::open(&root, &place).map_err(|said| refusal(500, &said.0))?;
    Ok(Allowed { root, bare, caller, repo, pushes })
}

/// What a push made of the branches, and all that follows from it.
fn pushed(state: &Arc<Mutex<State>>, allowed: &Allowed, was: &Branches) {
    let mut state = lock(state);
    state.behind(&allowed.caller, allowed.repo, |call| {
        let Ok(now) = allowed.bare.branches() else { return };
        // What a call moved meanwhile is known already.
        let known = call.repo().map(|repo| repo.branches.clone()).unwrap_or_default();
        let names: BTreeSet<&String> = was.keys().chain(now.keys()).collect();
        let moved = |name: &&String| was.get(*name) != now.get(*name) && known.get(*name) != now.get(*name);
        for name in names.into_iter().filter(moved) {
            crate::push::moved(call, name, was.get(name).cloned(), now.get(name).cloned(), None);
        }
    });
}
