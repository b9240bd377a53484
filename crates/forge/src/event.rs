//! What a delivery is about. It only wakes: what a pull request is, who pushed and what was said is read from GitHub
//! each time, so a delivery that is lost, repeated, late or about another repository than it says does no harm.
//!
//! Deliberately absent: whether it is GitHub's (`signature`), and whether anybody here cares for that repository.

mod payload;
#[cfg(test)]
mod tests;

use payload::{Payload, full_name, login};
use smol_str::SmolStr;

/// Where to look again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A repository, `owner/name`.
    Repository(SmolStr),
    /// Every repository of an organisation: somebody joined or left, or a team changed.
    Organisation(SmolStr),
}

/// What a delivery is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Concern {
    /// Where.
    pub place: Place,
    /// The pull request; without one, all that are open there.
    pub pull: Option<u64>,
    /// The branch that was pushed to: whoever plans or applies it has something new.
    pub branch: Option<SmolStr>,
    /// Whether our own App caused it, and not a person or another App's bot.
    pub ours: bool,
}

/// Actions on a pull request after which it says, wishes and allows the same as before. An action that is not known
/// here wakes.
const IDLE: &[&str] = &[
    "assigned",
    "unassigned",
    "labeled",
    "unlabeled",
    "milestoned",
    "demilestoned",
    "locked",
    "unlocked",
    "review_requested",
    "review_request_removed",
    "auto_merge_enabled",
    "auto_merge_disabled",
];

/// What a delivery is about, by its `X-GitHub-Event` and its body; `None` where it wakes nobody, or is no such event.
///
/// `slug` is the name of our App in addresses: what `SLUG[bot]` did is ours.
#[must_use]
pub fn concerns(event: &str, body: &[u8], slug: &str) -> Option<Concern> {
    let payload: Payload = serde_json::from_slice(body).ok()?;
    let (pull, branch) = match event {
        "pull_request" => (Some(pull_request(&payload)?), None),
        "pull_request_review" => (Some(payload.pull_request.as_ref()?.number), None),
        "issue_comment" => (Some(commented(&payload)?), None),
        "push" => (None, Some(pushed(&payload)?)),
        "check_run" => (asked_again(&payload, payload.check_run.as_ref()?)?, None),
        "check_suite" => (asked_again(&payload, payload.check_suite.as_ref()?)?, None),
        "member" => (None, None),
        "membership" | "team" | "organization" => return organisation(&payload, slug),
        _ => return None,
    };
    let place = Place::Repository(full_name(&payload.repository.as_ref()?.full_name)?);
    Some(Concern { place, pull, branch, ours: is_ours(&payload, slug) })
}

fn pull_request(payload: &Payload) -> Option<u64> {
    let idle = payload.action.as_deref().is_some_and(|action| IDLE.contains(&action));
    payload.pull_request.as_ref().filter(|_| !idle).map(|pull| pull.number)
}

/// Comments on issues are nothing to us.
fn commented(payload: &Payload) -> Option<u64> {
    let issue = payload.issue.as_ref()?;
    issue.pull_request.as_ref().map(|_| issue.number)
}

/// Tags are nothing to us.
fn pushed(payload: &Payload) -> Option<SmolStr> {
    payload
        .reference
        .as_deref()?
        .strip_prefix("refs/heads/")
        .filter(|name| !name.is_empty())
        .map(SmolStr::new)
}

/// The pull request whose check somebody wants to see again. GitHub names none of forks, and several where they share a
/// commit: all are looked at then.
#[allow(clippy::option_option, reason = "the outer says whether it wakes, the inner whom")]
fn asked_again(payload: &Payload, check: &payload::Check) -> Option<Option<u64>> {
    let again = matches!(payload.action.as_deref(), Some("rerequested" | "requested_action"));
    let pull = if let [one] = check.pull_requests.as_slice() { Some(one.number) } else { None };
    again.then_some(pull)
}

fn organisation(payload: &Payload, slug: &str) -> Option<Concern> {
    let place = Place::Organisation(login(&payload.organization.as_ref()?.login)?);
    Some(Concern { place, pull: None, branch: None, ours: is_ours(payload, slug) })
}

/// Nobody but a bot can have a login with brackets; the type is looked at all the same.
fn is_ours(payload: &Payload, slug: &str) -> bool {
    let Some(sender) = &payload.sender else { return false };
    let name = sender.login.strip_suffix("[bot]");
    sender.kind == "Bot" && !slug.is_empty() && name.is_some_and(|name| name.eq_ignore_ascii_case(slug))
}
