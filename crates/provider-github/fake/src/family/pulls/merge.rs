//! Merging: by a merge commit, or squashed into one commit. The base moves as by a push.

use serde_json::json;

use super::{found, number};
use crate::answer::{Answer, Said, done, not_found, ok, refusal};
use crate::call::Call;
use crate::family::commits::{github, signs};
use crate::git::{Bare, Signature};
use crate::world::{Author, Merged};

pub(super) fn is_merged(call: &mut Call<'_>) -> Said {
    let number = number(call)?;
    if found(call, number)?.1.merged.is_some() { done() } else { Err(not_found()) }
}

/// What a merge begins with.
struct Plan {
    bare: Bare,
    /// Where the base is now.
    tip: String,
    base: String,
    head: String,
    branch: String,
    title: String,
}

pub(super) fn merge(call: &mut Call<'_>) -> Said {
    let number = number(call)?;
    let squash = match call.text("merge_method").unwrap_or("merge") {
        "merge" if call.repo()?.on("allow_merge_commit") => false,
        "squash" if call.repo()?.on("allow_squash_merge") => true,
        "merge" => return Err(refusal(405, "Merge commits are not allowed on this repository.")),
        "squash" => return Err(refusal(405, "Squash merges are not allowed on this repository.")),
        _ => return Err(refusal(405, "This merge method is not allowed on this repository.")),
    };
    let plan = plan(call, number)?;
    let commit = if squash { squashed(call, number, &plan) } else { joined(call, number, &plan) }?;
    plan.bare
        .set(&format!("refs/heads/{}", plan.base), Some(&commit))
        .map_err(|said| refusal(500, &said.0))?;
    let (at, by) = (call.world.now, call.author()?);
    super::merged(call, number, Merged { at, by, commit: commit.clone() });
    crate::push::moved(call, &plan.base, Some(plan.tip), Some(commit.clone()), Some("pr_merge"));
    tidy(call, number, &plan.bare)?;
    ok(json!({"sha": commit, "merged": true, "message": "Pull Request successfully merged"}))
}

fn plan(call: &Call<'_>, number: u64) -> Result<Plan, Answer> {
    let (one, pull) = found(call, number)?;
    if call.text("sha").is_some_and(|sha| sha != pull.head.1) {
        return Err(refusal(409, "Head branch was modified. Review and try the merge again."));
    }
    let unmergeable = || refusal(405, "Pull Request is not mergeable");
    if !one.open || pull.trial.is_none() || pull.draft {
        return Err(unmergeable());
    }
    let tip = call.repo()?.branches.get(&pull.base.0).cloned().ok_or_else(unmergeable)?;
    let (base, head, branch) = (pull.base.0.clone(), pull.head.1.clone(), pull.head.0.clone());
    Ok(Plan { bare: call.bare()?, tip, base, head, branch, title: one.title.clone() })
}

fn whoever(call: &Call<'_>, one: Author) -> Signature {
    match one {
        Author::Person(id) => signs(call, id),
        Author::App(_) => github(call),
    }
}

fn made(
    plan: &Plan,
    parents: &[&str],
    message: &str,
    by: (&Signature, &Signature),
) -> Result<String, Answer> {
    let unmergeable = || refusal(405, "Pull Request is not mergeable");
    let tree = plan.bare.merged_tree(&plan.tip, &plan.head).ok_or_else(unmergeable)?;
    plan.bare.commit(&tree, parents, message, by).map_err(|said| refusal(500, &said.0))
}

fn message(call: &Call<'_>, title: String, text: &str) -> String {
    let title = call.text("commit_title").map_or(title, str::to_owned);
    format!("{title}\n\n{}", call.text("commit_message").unwrap_or(text))
}

fn joined(call: &Call<'_>, number: u64, plan: &Plan) -> Result<String, Answer> {
    let owner = &call.org()?.login;
    let title = format!("Merge pull request #{number} from {owner}/{}", plan.branch);
    let by = whoever(call, call.author()?);
    let message = message(call, title, &plan.title);
    made(plan, &[&plan.tip, &plan.head], &message, (&by, &github(call)))
}

/// The author of the pull request is the author of what it became.
fn squashed(call: &Call<'_>, number: u64, plan: &Plan) -> Result<String, Answer> {
    let by = whoever(call, found(call, number)?.0.author);
    let message = message(call, format!("{} (#{number})", plan.title), "");
    made(plan, &[&plan.tip], &message, (&by, &github(call)))
}

/// The head goes, where the repository says so.
fn tidy(call: &mut Call<'_>, number: u64, bare: &Bare) -> Result<(), Answer> {
    let pull = found(call, number)?.1.clone();
    let repo = call.repo()?;
    if !repo.on("delete_branch_on_merge") || pull.fork.is_some() || !repo.branches.contains_key(&pull.head.0)
    {
        return Ok(());
    }
    bare.set(&format!("refs/heads/{}", pull.head.0), None).map_err(|said| refusal(500, &said.0))?;
    crate::push::moved(call, &pull.head.0, Some(pull.head.1), None, None);
    Ok(())
}
