//! References, trees and commits as git has them, made without a work tree.
//!
//! Deliberately absent: blobs and tags by themselves, signatures, reading trees.

mod commits;
mod trees;

use serde_json::{Value, json};

use crate::answer::{Answer, Said, created, done, invalid, not_found, ok, refusal};
use crate::call::Call;
use crate::git::{Bare, Said as GitSaid, facts};
use crate::route::{Route, get, write};

const REF: &str = "/repos/{owner}/{repo}/git/refs/{ref}";
const COMMIT: &str = "/repos/{owner}/{repo}/git/commits/{commit_sha}";
const MAY: &str = "contents";

pub(super) const ROUTES: &[Route] = &[
    get("/repos/{owner}/{repo}/git/ref/{ref}", MAY, |call| {
        let name = name(call)?;
        let at = call.bare()?.reference(&name).ok_or_else(not_found)?;
        ok(shown(call, &name, &at))
    }),
    write("POST", "/repos/{owner}/{repo}/git/refs", MAY, make),
    write("PATCH", REF, MAY, change),
    write("DELETE", REF, MAY, delete),
    write("POST", "/repos/{owner}/{repo}/git/trees", MAY, trees::make),
    write("POST", "/repos/{owner}/{repo}/git/commits", MAY, commits::make),
    get(COMMIT, MAY, |call| {
        let sha = call.value("commit_sha").to_owned();
        let bare = call.bare()?;
        let known = bare.has_commit(&sha).then(|| facts::commit(&bare, &sha)).flatten();
        ok(commits::shown(call, &known.ok_or_else(not_found)?))
    }),
];

fn wrong(text: &str) -> Answer {
    invalid("Reference", "ref", "custom", text)
}

fn failed(said: GitSaid) -> Answer {
    refusal(500, &said.0)
}

/// The reference in the path: `heads/main` is `refs/heads/main`.
fn name(call: &Call<'_>) -> Result<String, Answer> {
    let text = call.value("ref");
    let name = format!("refs/{}", text.trim_start_matches("refs/"));
    if call.bare()?.is_name(&name) { Ok(name) } else { Err(not_found()) }
}

fn shown(call: &Call<'_>, name: &str, at: &str) -> Value {
    let url = call.repo_url();
    let short = name.trim_start_matches("refs/");
    json!({
        "ref": name, "node_id": format!("REF_{short}"), "url": format!("{url}/git/refs/{short}"),
        "object": {"type": "commit", "sha": at, "url": format!("{url}/git/commits/{at}")},
    })
}

/// What a person may set: branches and tags.
fn settable(bare: &Bare, name: &str) -> Result<(), Answer> {
    let known = ["refs/heads/", "refs/tags/"].iter().any(|start| name.starts_with(start));
    if known && bare.is_name(name) { Ok(()) } else { Err(wrong("Reference name is not valid")) }
}

/// Sets it, with all that follows where it is a branch.
fn set(call: &mut Call<'_>, bare: &Bare, name: &str, after: Option<&str>) -> Result<(), Answer> {
    let before = bare.reference(name);
    bare.set(name, after).map_err(failed)?;
    if let Some(branch) = name.strip_prefix("refs/heads/").filter(|_| before.as_deref() != after) {
        crate::push::moved(call, branch, before, after.map(str::to_owned), None);
    }
    Ok(())
}

fn target(call: &Call<'_>, bare: &Bare) -> Result<String, Answer> {
    let sha = call.wanted("Reference", "sha")?;
    if bare.has_commit(&sha) { Ok(sha) } else { Err(wrong("Object does not exist")) }
}

fn make(call: &mut Call<'_>) -> Said {
    let (bare, name) = (call.bare()?, call.wanted("Reference", "ref")?);
    settable(&bare, &name)?;
    let sha = target(call, &bare)?;
    if bare.reference(&name).is_some() {
        return Err(wrong("Reference already exists"));
    }
    set(call, &bare, &name, Some(&sha))?;
    created(shown(call, &name, &sha))
}

fn change(call: &mut Call<'_>) -> Said {
    let (bare, name) = (call.bare()?, name(call)?);
    settable(&bare, &name)?;
    let sha = target(call, &bare)?;
    let before = bare.reference(&name).ok_or_else(|| wrong("Reference does not exist"))?;
    if call.switch("force") != Some(true) && !bare.descends(&sha, &before) {
        return Err(wrong("Update is not a fast forward"));
    }
    set(call, &bare, &name, Some(&sha))?;
    ok(shown(call, &name, &sha))
}

fn delete(call: &mut Call<'_>) -> Said {
    let (bare, name) = (call.bare()?, name(call)?);
    settable(&bare, &name)?;
    bare.reference(&name).ok_or_else(|| wrong("Reference does not exist"))?;
    set(call, &bare, &name, None)?;
    done()
}
