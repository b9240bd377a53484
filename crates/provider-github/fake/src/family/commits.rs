//! Commits as REST shows them, and one of them read.

use serde_json::{Value, json};

use super::show::user;
use crate::answer::{Answer, ok, refusal};
use crate::call::Call;
use crate::clock::show as time;
use crate::git::{Signature, facts, is_sha};
use crate::ids::Id;
use crate::route::{Route, get};

pub(super) const ROUTES: &[Route] = &[get("/repos/{owner}/{repo}/commits/{ref}", "contents", |call| {
    let sha = named(call)?;
    let found = facts::commit(&call.bare()?, &sha).ok_or_else(|| unknown(&sha))?;
    ok(whole(call, &found))
})];

/// The commit that the path names: by itself, or by a branch.
pub(super) fn named(call: &Call<'_>) -> Result<String, Answer> {
    let name = call.value("ref").trim_start_matches("refs/");
    let name = name.trim_start_matches("heads/");
    let branch = call.repo()?.branches.get(name).cloned();
    branch.or_else(|| is_sha(name).then(|| name.to_owned())).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Answer {
    refusal(422, &format!("No commit found for SHA: {name}"))
}

/// With all that GitHub always tells of one.
pub(crate) fn whole(call: &Call<'_>, one: &facts::Commit) -> Value {
    let url = call.repo_url();
    let here = format!("{url}/commits/{}", one.sha);
    let account = |of: &Signature| account(call, &of.email).map(|id| user(call, id));
    let parents = one.parents.iter().map(|parent| {
        let here = format!("{url}/commits/{parent}");
        json!({"sha": parent, "url": here, "html_url": here})
    });
    json!({
        "sha": one.sha, "node_id": format!("C_{}", one.sha), "url": here, "html_url": here,
        "comments_url": format!("{here}/comments"), "author": account(&one.author),
        "committer": account(&one.committer), "parents": parents.collect::<Vec<_>>(),
        "commit": {
            "url": format!("{url}/git/commits/{}", one.sha), "message": one.message, "comment_count": 0,
            "author": signature(&one.author), "committer": signature(&one.committer),
            "tree": {"sha": one.tree, "url": format!("{url}/git/trees/{}", one.tree)},
            "verification": unverified(),
        },
    })
}

pub(super) fn signature(one: &Signature) -> Value {
    json!({"name": one.name, "email": one.email, "date": time(one.at)})
}

/// Nothing here is signed.
pub(super) fn unverified() -> Value {
    json!({"verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null})
}

/// Whose commit it is as GitHub has it: whoever says to have this address. Nobody checks that it was they.
fn account(call: &Call<'_>, email: &str) -> Option<Id> {
    let named =
        email.strip_suffix("@users.noreply.github.com").map(|name| name.rsplit('+').next().unwrap_or(name));
    let mut all = call.world.users.values();
    let one = all.find(|one| one.email.as_deref() == Some(email) || named == Some(&one.login));
    one.map(|one| one.id)
}

/// How a person signs what it writes on GitHub's pages.
pub(crate) fn signs(call: &Call<'_>, id: Id) -> Signature {
    let found = call.world.users.get(&id);
    let login = found.map_or("ghost", |user| &user.login).to_owned();
    let hidden = || format!("{id}+{login}@users.noreply.github.com");
    let email = found.and_then(|user| user.email.clone()).unwrap_or_else(hidden);
    Signature { email, name: login, at: call.world.now }
}

/// How GitHub signs what it makes itself.
pub(crate) fn github(call: &Call<'_>) -> Signature {
    Signature { name: "GitHub".to_owned(), email: "noreply@github.com".to_owned(), at: call.world.now }
}
