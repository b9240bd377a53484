//! What a mutation makes of a classic protection: a field that is left out stays as it is.

use std::collections::BTreeMap;

use serde_json::Value;

use super::mutate::Refused;
use super::protection::FLAGS;
use super::resolve::no_node;
use super::val::Args;
use crate::call::Call;
use crate::ids::{Id, Sort, parse};
use crate::world::{Actors, Protection};

/// The protection as it shall be.
pub(super) fn changed(call: &Call<'_>, mut one: Protection, input: &Args) -> Result<Protection, Refused> {
    if let Some(pattern) = input.get("pattern").and_then(Value::as_str) {
        named(call, &one, pattern)?;
        pattern.clone_into(&mut one.pattern);
    }
    for (field, flag) in FLAGS {
        if let Some(on) = switch(input, field) {
            one.flags.insert(flag, on);
        }
    }
    reviews(call, &mut one, input)?;
    checks(call, &mut one, input)?;
    let pushers = part(call, input, "pushActorIds", one.restrictions.take(), "restrictsPushes")?;
    one.restrictions = pushers;
    if let Some(list) = actors(call, input, "bypassForcePushActorIds")? {
        one.force_pushers = list;
    }
    let on = switch(input, "requiresDeployments").unwrap_or(one.deployments.is_some());
    let sent = texts(input, "requiredDeploymentEnvironments").map(|all| all.into_iter().collect());
    one.deployments = sent.or(one.deployments.take()).or_else(|| Some(Default::default())).filter(|_| on);
    one.updated_at = call.world.now;
    Ok(one)
}

fn switch(input: &Args, name: &str) -> Option<bool> {
    input.get(name).and_then(Value::as_bool)
}

fn texts(input: &Args, name: &str) -> Option<Vec<String>> {
    let all = input.get(name)?.as_array()?;
    Some(all.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn named(call: &Call<'_>, one: &Protection, pattern: &str) -> Result<(), Refused> {
    let others = &call.repo().map_err(|_| ("NOT_FOUND", no_node(pattern)))?.protections;
    if pattern.is_empty() {
        return Err(("UNPROCESSABLE", "Pattern can't be blank".to_owned()));
    }
    if others.get(pattern).is_some_and(|other| other.id != one.id) {
        return Err(("UNPROCESSABLE", format!("Name already protected: {pattern}")));
    }
    Ok(())
}

fn reviews(call: &Call<'_>, one: &mut Protection, input: &Args) -> Result<(), Refused> {
    let was = one.reviews.is_some();
    let on = switch(input, "requiresApprovingReviews").unwrap_or(was);
    let mut all = one.reviews.take().unwrap_or_else(|| std::mem::take(&mut one.resting.reviews));
    let count = input.get("requiredApprovingReviewCount").and_then(Value::as_u64);
    if count.is_some_and(|count| count > 6) {
        let text = "Required approving review count must be less than or equal to 6";
        return Err(("UNPROCESSABLE", text.to_owned()));
    }
    let usual = if on && !was && all.required_approving_review_count == 0 {
        1
    } else {
        all.required_approving_review_count
    };
    all.required_approving_review_count = count.unwrap_or(usual);
    for (field, flag) in [
        ("dismissesStaleReviews", &mut all.dismiss_stale_reviews),
        ("requiresCodeOwnerReviews", &mut all.require_code_owner_reviews),
        ("requireLastPushApproval", &mut all.require_last_push_approval),
    ] {
        *flag = switch(input, field).unwrap_or(*flag);
    }
    let (list, part_of) = ("reviewDismissalActorIds", "restrictsReviewDismissals");
    all.dismissal_restrictions = part(call, input, list, all.dismissal_restrictions.take(), part_of)?;
    if let Some(list) = actors(call, input, "bypassPullRequestActorIds")? {
        all.bypass_allowances = list;
    }
    if on {
        one.reviews = Some(all);
    } else {
        one.resting.reviews = all;
    }
    Ok(())
}

fn checks(call: &Call<'_>, one: &mut Protection, input: &Args) -> Result<(), Refused> {
    let on = switch(input, "requiresStatusChecks").unwrap_or(one.checks.is_some());
    let (strict, mut all) = one.checks.take().unwrap_or_else(|| (one.resting.strict, BTreeMap::new()));
    let strict = switch(input, "requiresStrictStatusChecks").unwrap_or(strict);
    let reported = |name: &str| call.repo().ok().and_then(|repo| repo.reported_checks.get(name).copied());
    if let Some(contexts) = texts(input, "requiredStatusCheckContexts") {
        all = contexts.into_iter().map(|name| (name.clone(), reported(&name))).collect();
    }
    if let Some(sent) = input.get("requiredStatusChecks").and_then(Value::as_array) {
        all.clear();
        for check in sent {
            let name = check["context"].as_str().unwrap_or_default();
            // Left out, it is whichever App reported it last.
            let app = match check["appId"].as_str() {
                None => reported(name),
                Some("any") => None,
                Some(id) => Some(known(call, id, &[Sort::App])?.1),
            };
            all.insert(name.to_owned(), app);
        }
    }
    one.resting.strict = strict;
    one.checks = on.then_some((strict, all));
    Ok(())
}

/// A list of actors that counts while its switch is on.
fn part(
    call: &Call<'_>,
    input: &Args,
    list: &str,
    old: Option<Actors>,
    part_of: &str,
) -> Result<Option<Actors>, Refused> {
    let on = switch(input, part_of).unwrap_or(old.is_some());
    let sent = actors(call, input, list)?;
    Ok(sent.or(old).or_else(|| Some(Actors::default())).filter(|_| on))
}

fn actors(call: &Call<'_>, input: &Args, list: &str) -> Result<Option<Actors>, Refused> {
    let Some(ids) = texts(input, list) else { return Ok(None) };
    let mut actors = Actors::default();
    for id in ids {
        match known(call, &id, &[Sort::User, Sort::Team, Sort::App])? {
            (Sort::User, id) => actors.users.insert(id),
            (Sort::Team, id) => actors.teams.insert(id),
            (_, id) => actors.apps.insert(id),
        };
    }
    Ok(Some(actors))
}

/// Who is behind an id: somebody who exists, and a team of the same organisation.
fn known(call: &Call<'_>, id: &str, sorts: &[Sort]) -> Result<(Sort, Id), Refused> {
    let found = parse(id).filter(|(sort, _)| sorts.contains(sort));
    let there = found.filter(|(sort, id)| match sort {
        Sort::User => call.world.users.contains_key(id),
        Sort::Team => call.org().is_ok_and(|org| org.teams.contains_key(id)),
        _ => call.world.apps.contains_key(id),
    });
    there.ok_or_else(|| ("NOT_FOUND", no_node(id)))
}
