//! `POST …/git/commits`, and a commit as git has it.

use serde_json::{Value, json};

use super::failed;
use crate::answer::{Answer, Said, created, invalid, not_found};
use crate::call::Call;
use crate::family::commits::{github, signature, signs, unverified};
use crate::family::show;
use crate::git::{Signature, facts};
use crate::world::Author;

/// Whom the body names, else who asks.
fn signed(call: &Call<'_>, who: &str) -> Result<Option<Signature>, Answer> {
    let named = &call.body[who];
    let Some((name, email)) = named["name"].as_str().zip(named["email"].as_str()) else { return Ok(None) };
    let at = named["date"].as_str().map_or(Ok(call.world.now), |text| text.parse::<jiff::Timestamp>());
    let at = at.map_err(|_| invalid("Commit", who, "invalid", "date is not a date"))?;
    Ok(Some(Signature { name: name.to_owned(), email: email.to_owned(), at }))
}

pub(super) fn make(call: &mut Call<'_>) -> Said {
    let (bare, message) = (call.bare()?, call.wanted("Commit", "message")?);
    let tree = call.wanted("Commit", "tree")?;
    let missing = |text: &str| invalid("Commit", "tree", "custom", text);
    if bare.sort(&tree).as_deref() != Some("tree") {
        return Err(missing("Tree SHA does not exist"));
    }
    let parents = call.body["parents"].as_array().cloned().unwrap_or_default();
    let parents: Vec<&str> = parents.iter().filter_map(Value::as_str).collect();
    if !parents.iter().all(|parent| bare.has_commit(parent)) {
        return Err(missing("Parent SHA does not exist or is not a commit object"));
    }
    let usual = match call.author()? {
        Author::Person(id) => signs(call, id),
        Author::App(_) => bot(call),
    };
    let author = signed(call, "author")?.unwrap_or(usual);
    let committer = signed(call, "committer")?.unwrap_or_else(|| author.clone());
    let sha = bare.commit(&tree, &parents, &message, (&author, &committer)).map_err(failed)?;
    created(shown(call, &facts::commit(&bare, &sha).ok_or_else(not_found)?))
}

/// An App signs with the name of its account.
fn bot(call: &Call<'_>) -> Signature {
    let login = call.author().map(|author| show::author(call, author)["login"].clone());
    let name = login.ok().and_then(|login| login.as_str().map(str::to_owned)).unwrap_or_default();
    Signature { email: format!("{name}@users.noreply.github.com"), name, ..github(call) }
}

pub(super) fn shown(call: &Call<'_>, one: &facts::Commit) -> Value {
    let (url, page) = (format!("{}/git", call.repo_url()), format!("{}/commit", call.repo_url()));
    let parents = one.parents.iter().map(|parent| {
        json!({"sha": parent, "url": format!("{url}/commits/{parent}"), "html_url": format!("{page}/{parent}")})
    });
    json!({
        "sha": one.sha, "node_id": format!("C_{}", one.sha), "url": format!("{url}/commits/{}", one.sha),
        "html_url": format!("{page}/{}", one.sha), "author": signature(&one.author),
        "committer": signature(&one.committer), "message": one.message,
        "tree": {"sha": one.tree, "url": format!("{url}/trees/{}", one.tree)},
        "parents": parents.collect::<Vec<_>>(), "verification": unverified(),
    })
}
