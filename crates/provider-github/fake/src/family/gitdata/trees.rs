//! `POST …/git/trees`.

use serde_json::{Value, json};

use super::failed;
use crate::answer::{Answer, Said, created, invalid, not_found};
use crate::call::Call;
use crate::git::tree::{Entry, make as make_tree};
use crate::git::{Bare, facts};

/// A file, one that runs, a link, a folder, a commit elsewhere.
const MODES: [&str; 5] = ["100644", "100755", "120000", "040000", "160000"];

fn bad_tree(text: &str) -> Answer {
    invalid("Tree", "tree", "custom", text)
}

pub(super) fn make(call: &mut Call<'_>) -> Said {
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
    created(shown(call, &bare, &made)?)
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

fn shown(call: &Call<'_>, bare: &Bare, sha: &str) -> Result<Value, Answer> {
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
