//! `POST /repos/{owner}/{repo}/pulls`.

use serde_json::json;

use super::{announce, full, refresh};
use crate::answer::{Answer, Said, created, invalid};
use crate::call::Call;
use crate::family::issues::{next_number, text_fits};
use crate::git::facts;
use crate::ids::Id;
use crate::world::{Issue, Pull};

/// Where the head is.
struct Head {
    /// The other repository, if it is another.
    fork: Option<Id>,
    branch: String,
    commit: String,
}

fn wrong(field: &str) -> Answer {
    invalid("PullRequest", field, "invalid", &format!("{field} is invalid"))
}

fn refused(text: &str) -> Answer {
    invalid("PullRequest", "base", "custom", text)
}

pub(super) fn make(call: &mut Call<'_>) -> Said {
    let (base, title) = (call.wanted("PullRequest", "base")?, call.wanted("PullRequest", "title")?);
    let body = call.text("body").map(str::to_owned);
    text_fits("PullRequest", body.as_deref())?;
    let head = head(call)?;
    let tip = call.repo()?.branches.get(&base).cloned().ok_or_else(|| wrong("base"))?;
    differs(call, &head, &base, &tip)?;
    let (author, now, draft) = (call.author()?, call.world.now, call.switch("draft").unwrap_or(false));
    let (id, pull, number) = (call.world.ids.next(), call.world.ids.next(), next_number(call)?);
    let pull = Pull {
        id: pull,
        draft,
        base: (base, tip),
        heads: vec![head.commit.clone()],
        head: (head.branch, head.commit),
        fork: head.fork,
        trial: None,
        merged: None,
        reviews: std::collections::BTreeMap::new(),
    };
    let one = Issue {
        id,
        number,
        title,
        body,
        author,
        open: true,
        labels: Vec::new(),
        created_at: now,
        updated_at: now,
        closed: None,
        pull: Some(pull),
    };
    call.repo_mut()?.issues.insert(number, one);
    refresh(call, number);
    announce(call, number, "opened", json!({}));
    created(full(call, number))
}

/// `branch`, or `owner:branch` of a repository of the same name, or of the one that `head_repo` names.
fn head(call: &Call<'_>) -> Result<Head, Answer> {
    let text = call.wanted("PullRequest", "head")?;
    let own = call.org()?.login.clone();
    let (owner, branch) = text.split_once(':').unwrap_or((&own, &text));
    let name = call.text("head_repo").unwrap_or(&call.repo()?.name);
    let name = name.rsplit('/').next().unwrap_or(name);
    let repo = call.world.repo_named(owner, name).filter(|repo| call.caller.sees(call.world, repo));
    let repo = repo.ok_or_else(|| wrong("head"))?;
    let commit = repo.branches.get(branch).cloned().ok_or_else(|| wrong("head"))?;
    let fork = (repo.id != call.repo).then_some(repo.id);
    Ok(Head { fork, branch: branch.to_owned(), commit })
}

/// There is something to merge, and nobody asked for it yet.
fn differs(call: &Call<'_>, head: &Head, base: &str, tip: &str) -> Result<(), Answer> {
    let same = |pull: &Pull| pull.fork == head.fork && pull.head.0 == head.branch && pull.base.0 == base;
    let mut open = call.repo()?.issues.values().filter(|one| one.is_open_pull());
    if open.any(|one| one.pull.as_ref().is_some_and(same)) {
        let owner = &call.org()?.login;
        return Err(refused(&format!("A pull request already exists for {owner}:{}.", head.branch)));
    }
    let nothing = match (call.bare(), head.fork) {
        (Ok(bare), None) => {
            facts::between(&bare, Some(tip), &head.commit).is_ok_and(|commits| commits.is_empty())
        }
        _ => tip == head.commit,
    };
    if nothing {
        return Err(refused(&format!("No commits between {base} and {}", head.branch)));
    }
    Ok(())
}
