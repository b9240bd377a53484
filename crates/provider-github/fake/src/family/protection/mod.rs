//! Classic branch protection by branch. REST sees exact names; patterns are seen through GraphQL and
//! through the branches that they match.

mod change;
mod told;
mod view;

pub(crate) use told::told;

use serde_json::json;

use crate::answer::{Answer, Said, done, forbidden, ok, refusal};
use crate::call::Call;
use crate::glob::matches;
use crate::route::{Route, get, write};
use crate::world::{Protection, Repo};

const ONE: &str = "/repos/{owner}/{repo}/branches/{branch}/protection";
const SIGNATURES: &str = "/repos/{owner}/{repo}/branches/{branch}/protection/required_signatures";
const ADMINS: &str = "/repos/{owner}/{repo}/branches/{branch}/protection/enforce_admins";

pub(super) const ROUTES: &[Route] = &[
    get(ONE, "administration", |call| ok(view::show(call, found(call)?))),
    write("PUT", ONE, "administration", change::put),
    write("DELETE", ONE, "administration", |call| {
        let pattern = found(call)?.pattern.clone();
        call.repo_mut()?.protections.remove(&pattern);
        done()
    }),
    get(SIGNATURES, "administration", |call| flag(call, "required_signatures")),
    write("POST", SIGNATURES, "administration", |call| {
        set_flag(call, "required_signatures", true)?;
        flag(call, "required_signatures")
    }),
    write("DELETE", SIGNATURES, "administration", |call| {
        set_flag(call, "required_signatures", false)?;
        done()
    }),
    get(ADMINS, "administration", |call| flag(call, "enforce_admins")),
    write("POST", ADMINS, "administration", |call| {
        set_flag(call, "enforce_admins", true)?;
        flag(call, "enforce_admins")
    }),
    write("DELETE", ADMINS, "administration", |call| {
        set_flag(call, "enforce_admins", false)?;
        done()
    }),
];

/// The protection that holds for a branch: by its name, else by the first pattern.
pub(crate) fn matching<'a>(repo: &'a Repo, branch: &str) -> Option<&'a Protection> {
    let by_pattern = || repo.protections.values().find(|one| matches(&one.pattern, branch));
    repo.protections.get(branch).or_else(by_pattern)
}

/// An App cannot read a protection that names an App.
fn found<'a>(call: &'a Call<'_>) -> Result<&'a Protection, Answer> {
    let (repo, branch) = (call.repo()?, call.value("branch"));
    if !repo.branches.contains_key(branch) {
        return Err(refusal(404, "Branch not found"));
    }
    let one = matching(repo, branch).ok_or_else(|| refusal(404, "Branch not protected"))?;
    if call.caller.installation().is_some() && names_an_app(one) {
        return Err(forbidden("Resource not accessible by integration"));
    }
    Ok(one)
}

/// Whether an App is among those that a protection names.
pub(crate) fn names_an_app(one: &Protection) -> bool {
    let reviews = one.reviews.as_ref();
    let dismissers = reviews.and_then(|reviews| reviews.dismissal_restrictions.as_ref());
    let actors = [one.restrictions.as_ref(), dismissers, reviews.map(|reviews| &reviews.bypass_allowances)];
    actors.into_iter().flatten().any(|actors| !actors.apps.is_empty())
}

fn flag(call: &mut Call<'_>, name: &str) -> Said {
    let on = found(call)?.flags.get(name).copied().unwrap_or(false);
    ok(json!({"url": format!("{}/{name}", view::url(call)), "enabled": on}))
}

fn set_flag(call: &mut Call<'_>, name: &'static str, on: bool) -> Result<(), Answer> {
    let (pattern, now) = (found(call)?.pattern.clone(), call.world.now);
    if let Some(one) = call.repo_mut()?.protections.get_mut(&pattern) {
        one.flags.insert(name, on);
        one.updated_at = now;
    }
    Ok(())
}
