//! A classic protection as webhooks tell of it.

use serde_json::{Value, json};

use crate::clock::show as time;
use crate::ids::Id;
use crate::world::{Actors, Protection, World};

/// The `rule` of a `branch_protection_rule` event: switches of several sorts are told as levels.
pub(crate) fn told(world: &World, repository: Id, one: &Protection) -> Value {
    let on = |name: &str| one.flags.get(name).copied().unwrap_or(false);
    let level = |on: bool| match (on, one.flags.get("enforce_admins") == Some(&true)) {
        (false, _) => "off",
        (true, false) => "non_admins",
        (true, true) => "everyone",
    };
    let whole = |on: bool| if on { "everyone" } else { "off" };
    let reviews = one.reviews.as_ref().unwrap_or(&one.resting.reviews);
    let checks = one.checks.as_ref().map(|(_, all)| all.keys().collect::<Vec<_>>()).unwrap_or_default();
    let strict = one.checks.as_ref().map_or(one.resting.strict, |(strict, _)| *strict);
    let pushers = one.restrictions.as_ref().map(|actors| names(world, actors)).unwrap_or_default();
    json!({
        "id": one.id, "repository_id": repository, "name": one.pattern, "created_at": time(one.created_at),
        "updated_at": time(one.updated_at), "admin_enforced": on("enforce_admins"),
        "allow_deletions_enforcement_level": whole(on("allow_deletions")),
        "allow_force_pushes_enforcement_level": whole(on("allow_force_pushes")),
        "authorized_actor_names": pushers, "authorized_actors_only": one.restrictions.is_some(),
        "authorized_dismissal_actors_only": reviews.dismissal_restrictions.is_some(),
        "create_protected": on("block_creations"), "dismiss_stale_reviews_on_push": reviews.dismiss_stale_reviews,
        "ignore_approvals_from_contributors": false,
        "linear_history_requirement_enforcement_level": level(on("required_linear_history")),
        "lock_branch_enforcement_level": level(on("lock_branch")), "lock_allows_fork_sync": on("allow_fork_syncing"),
        "merge_queue_enforcement_level": "off", "pull_request_reviews_enforcement_level": level(one.reviews.is_some()),
        "require_code_owner_review": reviews.require_code_owner_reviews,
        "require_last_push_approval": reviews.require_last_push_approval,
        "required_approving_review_count": reviews.required_approving_review_count,
        "required_conversation_resolution_level": level(on("required_conversation_resolution")),
        "required_deployments_enforcement_level": level(one.deployments.is_some()),
        "required_status_checks": checks, "required_status_checks_enforcement_level": level(one.checks.is_some()),
        "signature_requirement_enforcement_level": level(on("required_signatures")),
        "strict_required_status_checks_policy": strict,
    })
}

/// Logins and slugs.
fn names(world: &World, actors: &Actors) -> Vec<String> {
    let users = actors.users.iter().filter_map(|id| Some(world.users.get(id)?.login.clone()));
    let teams = actors.teams.iter().filter_map(|id| Some(world.team(*id)?.1.slug.clone()));
    let apps = actors.apps.iter().filter_map(|id| Some(world.apps.get(id)?.slug.clone()));
    users.chain(teams).chain(apps).collect()
}
