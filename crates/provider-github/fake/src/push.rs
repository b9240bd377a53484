//! What follows when a branch moves, whoever moved it and however: by git, by a call, by a merge.
//!
//! The branches that REST and GraphQL show, the list of activity, a `push` event; of open pull requests the head and the
//! references `refs/pull/N/head` and `refs/pull/N/merge` with their event. A base that has the head in it merged the
//! pull request; a head that is gone closed it.
//!
//! Deliberately absent: tags, branch protection, reviews that a push makes stale.

use serde_json::{Value, json};

use crate::call::Call;
use crate::clock::show as time;
use crate::family::pulls;
use crate::git::{Bare, Signature, facts};
use crate::ids::Id;
use crate::webhooks::happened;
use crate::world::{Activity, Author, Merged, Repo};

/// What GitHub says in the place of a commit that is not.
pub(crate) const NONE: &str = "0000000000000000000000000000000000000000";
/// So many commits are told with a push.
const TOLD: usize = 2_048;

/// A branch of the repository in the path is now there, elsewhere, or gone. `kind` names the activity if it is none of
/// the usual ones.
pub(crate) fn moved(
    call: &mut Call<'_>,
    branch: &str,
    before: Option<String>,
    after: Option<String>,
    kind: Option<&'static str>,
) {
    let bare = call.bare().ok();
    let Ok(actor) = call.author() else { return };
    let forced = match (&bare, &before, &after) {
        (Some(bare), Some(before), Some(after)) => !bare.descends(after, before),
        _ => false,
    };
    let usual = match (&before, &after) {
        (None, _) => "branch_creation",
        (_, None) => "branch_deletion",
        _ if forced => "force_push",
        _ => "push",
    };
    note(call, actor, branch, (before.clone(), after.clone()), kind.unwrap_or(usual));
    let told = event(call, bare.as_ref(), branch, (before.as_deref(), after.as_deref()), forced);
    happened(call, "push", told);
    heads(call, branch, after.as_deref());
    bases(call, branch, after.as_deref());
}

/// In the world: where the branch is, and what happened to it.
fn note(
    call: &mut Call<'_>,
    actor: Author,
    branch: &str,
    (before, after): (Option<String>, Option<String>),
    kind: &'static str,
) {
    let (id, at) = (call.world.ids.next(), call.world.now);
    let Ok(repo) = call.repo_mut() else { return };
    match &after {
        Some(after) => repo.branches.insert(branch.to_owned(), after.clone()),
        None => repo.branches.remove(branch),
    };
    let none = || NONE.to_owned();
    let (before, after) = (before.unwrap_or_else(none), after.unwrap_or_else(none));
    repo.activity.push(Activity { id, actor, branch: branch.to_owned(), before, after, kind, at });
}

fn event(
    call: &Call<'_>,
    bare: Option<&Bare>,
    branch: &str,
    (before, after): (Option<&str>, Option<&str>),
    forced: bool,
) -> Value {
    let url = call.repo().map(|repo| call.url(&call.world.full_name(repo))).unwrap_or_default();
    let known = bare.zip(after);
    // Of a new branch: what the default branch has not.
    let usual = || call.repo().ok().and_then(|repo| repo.branches.get(repo.text("default_branch")));
    let since = before.or_else(|| usual().map(String::as_str).filter(|usual| Some(*usual) != after));
    let commits = known.and_then(|(bare, after)| facts::between(bare, since, after).ok());
    let commits: Vec<Value> =
        commits.unwrap_or_default().iter().take(TOLD).map(|one| commit(&url, one)).collect();
    let head = known.and_then(|(bare, after)| facts::commit(bare, after)).map(|one| commit(&url, &one));
    let (name, email) = pusher(call);
    json!({
        "ref": format!("refs/heads/{branch}"), "before": before.unwrap_or(NONE), "after": after.unwrap_or(NONE),
        "created": before.is_none(), "deleted": after.is_none(), "forced": forced, "base_ref": null,
        "compare": format!("{url}/compare/{}...{}", before.unwrap_or(NONE), after.unwrap_or(NONE)),
        "commits": commits, "head_commit": head, "pusher": {"name": name, "email": email},
    })
}

fn commit(url: &str, one: &facts::Commit) -> Value {
    let person = |one: &Signature| json!({"name": one.name, "email": one.email, "date": time(one.at)});
    json!({
        "id": one.sha, "tree_id": one.tree, "distinct": true, "message": one.message,
        "timestamp": time(one.committer.at), "url": format!("{url}/commit/{}", one.sha),
        "author": person(&one.author), "committer": person(&one.committer), "added": [], "removed": [],
        "modified": [],
    })
}

fn pusher(call: &Call<'_>) -> (String, Option<String>) {
    match call.author() {
        Ok(Author::Person(id)) => {
            let found = call.world.users.get(&id);
            (found.map_or("ghost", |user| &user.login).to_owned(), found.and_then(|user| user.email.clone()))
        }
        Ok(Author::App(id)) => {
            let slug = call.world.apps.get(&id).map_or("ghost", |app| &app.slug);
            (format!("{slug}[bot]"), None)
        }
        Err(_) => ("ghost".to_owned(), None),
    }
}

/// Open pull requests, of any repository, whose head is this branch: repository and number.
fn from(call: &Call<'_>, branch: &str) -> Vec<(Id, u64)> {
    let here = call.repo;
    let each = |repo: &Repo| {
        let open = repo.issues.values().filter(|one| one.is_open_pull());
        let of = |pull: &crate::world::Pull, id| pull.fork.unwrap_or(id) == here && pull.head.0 == branch;
        let kept = open.filter(|one| one.pull.as_ref().is_some_and(|pull| of(pull, repo.id)));
        kept.map(|one| (repo.id, one.number)).collect::<Vec<_>>()
    };
    call.world.repos.values().flat_map(each).collect()
}

/// Pull requests whose head moved.
fn heads(call: &mut Call<'_>, branch: &str, after: Option<&str>) {
    for (repo, number) in from(call, branch) {
        let (own, org) = (call.repo, call.org);
        call.repo = repo;
        call.org = call.repo().map_or(org, |repo| repo.owner);
        match after {
            Some(after) => head(call, number, after),
            None => pulls::close(call, number),
        }
        (call.repo, call.org) = (own, org);
    }
}

fn head(call: &mut Call<'_>, number: u64, after: &str) {
    let now = call.world.now;
    let Ok(repo) = call.repo_mut() else { return };
    let branches = repo.branches.clone();
    let Some(one) = repo.issues.get_mut(&number) else { return };
    let Some(pull) = one.pull.as_mut() else { return };
    let before = std::mem::replace(&mut pull.head.1, after.to_owned());
    pull.heads.push(after.to_owned());
    if let Some(base) = branches.get(&pull.base.0) {
        pull.base.1.clone_from(base);
    }
    one.updated_at = now;
    pulls::refresh(call, number);
    let shown = pulls::full(call, number);
    let payload = json!({"action": "synchronize", "number": number, "before": before, "after": after,
        "pull_request": shown});
    happened(call, "pull_request", payload);
}

/// Pull requests into this branch: merged where it has their head in it now, closed where it is gone.
fn bases(call: &mut Call<'_>, branch: &str, after: Option<&str>) {
    let Ok(repo) = call.repo() else { return };
    let into = repo.issues.values().filter(|one| one.is_open_pull());
    let into = into.filter_map(|one| Some((one.number, one.pull.as_ref()?)));
    let into: Vec<(u64, String)> = into
        .filter(|(_, pull)| pull.base.0 == branch)
        .map(|(number, pull)| (number, pull.head.1.clone()))
        .collect();
    for (number, head) in into {
        match (after, call.bare()) {
            (None, _) => pulls::close(call, number),
            (Some(after), Ok(bare)) if bare.descends(after, &head) => {
                let (at, by) = (call.world.now, call.author().unwrap_or(Author::App(0)));
                pulls::merged(call, number, Merged { at, by, commit: after.to_owned() });
            }
            (Some(_), _) => pulls::refresh(call, number),
        }
    }
}
