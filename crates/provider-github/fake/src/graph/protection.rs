//! Classic branch protection. What names an App is hidden from Apps.

use super::resolve::Cx;
use super::val::{Fields, Val};
use crate::ids::Sort;
use crate::world::{Actors, Protection, Repo};

/// Fields that are switches of REST under another name.
pub(super) const FLAGS: [(&str, &str); 9] = [
    ("allowsDeletions", "allow_deletions"),
    ("allowsForcePushes", "allow_force_pushes"),
    ("blocksCreations", "block_creations"),
    ("isAdminEnforced", "enforce_admins"),
    ("lockAllowsFetchAndMerge", "allow_fork_syncing"),
    ("lockBranch", "lock_branch"),
    ("requiresCommitSignatures", "required_signatures"),
    ("requiresConversationResolution", "required_conversation_resolution"),
    ("requiresLinearHistory", "required_linear_history"),
];

pub(super) fn rule(cx: &Cx, repo: &Repo, one: &Protection) -> Val {
    let mut fields: Fields = FLAGS
        .iter()
        .map(|(field, flag)| ((*field).to_owned(), Val::json(one.flags.get(flag).copied().unwrap_or(false))))
        .collect();
    let mut set = |name: &str, value: Val| fields.insert(name.to_owned(), value);
    set("id", cx.id(Sort::Protection, one.id));
    set("databaseId", Val::json(one.id));
    set("pattern", Val::json(one.pattern.clone()));
    set("repository", Val::of("Repository", repo.id));
    set("requiresDeployments", Val::json(one.deployments.is_some()));
    let deployed = one.deployments.iter().flatten().map(|name| Val::json(name.clone()));
    set("requiredDeploymentEnvironments", Val::List(deployed.collect()));
    set("restrictsPushes", Val::json(one.restrictions.is_some()));
    let empty = Actors::default();
    let reviews = one.reviews.as_ref().unwrap_or(&one.resting.reviews);
    set("requiresApprovingReviews", Val::json(one.reviews.is_some()));
    set(
        "requiredApprovingReviewCount",
        Val::json(one.reviews.as_ref().map(|r| r.required_approving_review_count)),
    );
    set("dismissesStaleReviews", Val::json(reviews.dismiss_stale_reviews));
    set("requiresCodeOwnerReviews", Val::json(reviews.require_code_owner_reviews));
    set("requireLastPushApproval", Val::json(reviews.require_last_push_approval));
    set("restrictsReviewDismissals", Val::json(reviews.dismissal_restrictions.is_some()));
    let dismissers = reviews.dismissal_restrictions.as_ref().unwrap_or(&empty);
    set("reviewDismissalAllowances", allowances(cx, one.id, "ReviewDismissalAllowance", dismissers));
    set(
        "bypassPullRequestAllowances",
        allowances(cx, one.id, "BypassPullRequestAllowance", &reviews.bypass_allowances),
    );
    set("bypassForcePushAllowances", allowances(cx, one.id, "BypassForcePushAllowance", &one.force_pushers));
    let pushers = one.restrictions.as_ref().unwrap_or(&empty);
    set("pushAllowances", allowances(cx, one.id, "PushAllowance", pushers));
    checks(one, &mut fields);
    Val::map("BranchProtectionRule", fields)
}

fn checks(one: &Protection, fields: &mut Fields) {
    let checks = one.checks.as_ref();
    let names = checks.map(|(_, all)| all.keys().map(|name| Val::json(name.clone())).collect());
    let described = checks.map(|(_, all)| {
        let one = |(name, app): (&String, &Option<u64>)| {
            Val::fields(
                "RequiredStatusCheckDescription",
                [
                    ("context", Val::json(name.clone())),
                    ("app", Val::or_null(app.map(|id| Val::of("App", id)))),
                ],
            )
        };
        all.iter().map(one).collect()
    });
    fields.insert("requiresStatusChecks".to_owned(), Val::json(checks.is_some()));
    fields.insert(
        "requiresStrictStatusChecks".to_owned(),
        Val::json(checks.map_or(one.resting.strict, |(strict, _)| *strict)),
    );
    fields.insert("requiredStatusCheckContexts".to_owned(), Val::or_null(names.map(Val::List)));
    fields.insert("requiredStatusChecks".to_owned(), Val::or_null(described.map(Val::List)));
}

fn allowances(cx: &Cx, rule: u64, ty: &'static str, actors: &Actors) -> Val {
    if cx.caller.installation().is_some() && !actors.apps.is_empty() {
        return Val::HiddenConn;
    }
    let users = actors.users.iter().map(|id| ("User", *id));
    let teams = actors.teams.iter().map(|id| ("Team", *id));
    let all = users.chain(teams).chain(actors.apps.iter().map(|id| ("App", *id)));
    Val::conn(all.map(|(sort, id)| {
        let node = format!("{ty}_{rule}_{sort}_{id}");
        Val::fields(ty, [("id", Val::json(node)), ("actor", Val::of(sort, id))])
    }))
}
