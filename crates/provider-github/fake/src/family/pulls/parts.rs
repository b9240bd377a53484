//! The commits and the files of a pull request.

use serde_json::{Value, json};

use super::{found, number};
use crate::answer::{Said, refusal};
use crate::call::Call;
use crate::family::commits::whole;
use crate::git::facts;
use crate::page;

/// GitHub lists no more of either.
const COMMITS: usize = 250;
const FILES: usize = 3_000;

pub(super) fn commits(call: &mut Call<'_>) -> Said {
    let number = number(call)?;
    let (_, pull) = found(call, number)?;
    let all = facts::between(&call.bare()?, Some(&pull.base.1), &pull.head.1);
    let mut all = all.map_err(|said| refusal(500, &said.0))?;
    all.truncate(COMMITS);
    page::list_of(call, all, |one| whole(call, &one))
}

pub(super) fn files(call: &mut Call<'_>) -> Said {
    let number = number(call)?;
    let (_, pull) = found(call, number)?;
    let all = facts::changed(&call.bare()?, &pull.base.1, &pull.head.1);
    let mut all = all.map_err(|said| refusal(500, &said.0))?;
    all.truncate(FILES);
    let (url, head) = (call.repo_url(), pull.head.1.clone());
    page::list_of(call, all, |one| file(&url, &head, &one))
}

fn file(url: &str, head: &str, one: &facts::Changed) -> Value {
    let path = crate::route::encode(&one.path).replace("%2F", "/");
    json!({
        "sha": one.blob, "filename": one.path, "status": one.status, "additions": one.added,
        "deletions": one.removed, "changes": one.added + one.removed,
        "blob_url": format!("{url}/blob/{head}/{path}"), "raw_url": format!("{url}/raw/{head}/{path}"),
        "contents_url": format!("{url}/contents/{path}?ref={head}"),
    })
}
