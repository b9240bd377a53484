//! References, trees and commits as git has them, made without a work tree.
//!
//! Deliberately absent: blobs and tags by themselves, signatures, reading trees.

use serde_json::{Value, json};

use super::commits::{github, signature, signs, unverified};
use crate::answer::{Answer, Said, created, done, invalid, not_found, ok, refusal};
use crate::call::Call;
use crate::git::tree::{Entry, make as make_tree};
use crate::git::{Bare, Said as GitSaid, Signature, facts};
use crate::route::{Route, get, write};
use crate::world::Author;

const REF: &str = "/repos/{owner}/{repo}/git/refs/{ref}";
const COMMIT: &str = "/repos/{owner}/{repo}/git/commits/{commit_sha}";
const MAY: &str = "contents";
/// A file, one that runs, a link, a folder, a commit elsewhere.
const MODES: [&str; 5] = ["100644", "100755", "120000", "040000", "160000"];

pub(super) const ROUTES: &[Route] = &[
    get("/repos/{owner}/{repo}/git/ref/{ref}", MAY, |call| {
        let name = name(call)?;
        let at = call.bare()?.reference(&name).ok_or_else(not_found)?;
        ok(shown(call, &name, &at))
    }),
    write("POST", "/repos/{owner}/{repo}/git/refs", MAY, make),
    write("PATCH", REF, MAY, change),
    write("DELETE", REF, MAY, delete),
    write("POST", "/repos/{owner}/{repo}/git/trees", MAY, tree),
    write("POST", "/repos/{owner}/{repo}/git/commits", MAY, commit),
    get(COMMIT, MAY, |call| {
        let sha = call.value("commit_sha").to_owned();
        let bare = call.bare()?;
        let known = bare.has_commit(&sha).then(|| facts::commit(&bare, &sha)).flatten();
        ok(shown_commit(call, &known.ok_or_else(not_found)?))
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

fn bad_tree(text: &str) -> Answer {
    invalid("Tree", "tree", "custom", text)
}

fn tree(call: &mut Call<'_>) -> Said {
    let bare = call.bare()?;
    let former = match call.text("base_tree") {
        // A commit stands for its tree.
        Some(sha) => Some(match bare.sort(sha).as_deref() {
            Some("tree") => sha.to_owned(),
            Some("commit") => facts::commit(&bare, sha).map(|one| one.tree).ok_or_else(not_found)?,
            _ => return Err(not_found()),
        }),
        None => None,
    };
    let list = call.body.get("tree").and_then(Value::as_array).cloned();
    let list = list.filter(|list| !list.is_empty()).ok_or_else(|| bad_tree("Invalid tree info"))?;
    let entries = list.iter().map(entry).collect::<Option<Vec<_>>>();
    let entries = entries.ok_or_else(|| bad_tree("Must supply either tree.sha or tree.content"))?;
    let made = make_tree(&bare, former.as_deref(), &entries).map_err(|said| bad_tree(&said.0))?;
    created(shown_tree(call, &bare, &made)?)
}

fn entry(one: &Value) -> Option<(String, Entry)> {
    let mode = one["mode"].as_str().unwrap_or("100644");
    let mode = MODES.contains(&mode).then(|| mode.to_owned())?;
    let entry = match (one.get("sha"), one["content"].as_str()) {
        (Some(Value::Null), None) => Entry::Gone,
        (Some(Value::String(sha)), None) => Entry::Object(mode, sha.clone()),
        (None, Some(content)) => Entry::Content(mode, content.as_bytes().to_vec()),
        _ => return None,
    };
    Some((one["path"].as_str()?.to_owned(), entry))
}

fn shown_tree(call: &Call<'_>, bare: &Bare, sha: &str) -> Result<Value, Answer> {
    let url = format!("{}/git", call.repo_url());
    let text = bare.ask(&["ls-tree", "-z", "-l", sha]).map_err(failed)?;
    let line = |line: &str| {
        let (head, path) = line.split_once('\t')?;
        let fields: Vec<&str> = head.split_whitespace().collect();
        let [mode, sort, object, size] = fields[..] else { return None };
        let mut shown = json!({"path": path, "mode": mode, "type": sort, "sha": object,
            "url": format!("{url}/{sort}s/{object}")});
        if let Ok(size) = size.parse::<u64>() {
            shown["size"] = size.into();
        }
        Some(shown)
    };
    let all: Vec<Value> = text.split('\0').filter_map(line).collect();
    Ok(json!({"sha": sha, "url": format!("{url}/trees/{sha}"), "truncated": false, "tree": all}))
}

/// Whom the body names, else who asks.
fn signed(call: &Call<'_>, who: &str) -> Result<Option<Signature>, Answer> {
    let named = &call.body[who];
    let Some((name, email)) = named["name"].as_str().zip(named["email"].as_str()) else { return Ok(None) };
    let at = named["date"].as_str().map_or(Ok(call.world.now), |text| text.parse::<jiff::Timestamp>());
    let at = at.map_err(|_| invalid("Commit", who, "invalid", "date is not a date"))?;
    Ok(Some(Signature { name: name.to_owned(), email: email.to_owned(), at }))
}

fn commit(call: &mut Call<'_>) -> Said {
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
    created(shown_commit(call, &facts::commit(&bare, &sha).ok_or_else(not_found)?))
}

/// An App signs with the name of its account.
fn bot(call: &Call<'_>) -> Signature {
    let login = call.author().map(|author| super::show::author(call, author)["login"].clone());
    let name = login.ok().and_then(|login| login.as_str().map(str::to_owned)).unwrap_or_default();
    Signature { email: format!("{name}@users.noreply.github.com"), name, ..github(call) }
}

fn shown_commit(call: &Call<'_>, one: &facts::Commit) -> Value {
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
