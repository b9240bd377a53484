//! Classic branch protection rules with everybody they name.

use super::actor::actor;
use crate::line::Line;
use crate::read::sweep::node::{flag, id, items, must, number, plain, word};
use crate::read::{Find, Haul, seen_of, some_words};
use aplomo_core::fields::Sight;
use aplomo_core::{Coverage, Seen};
use aplomo_resources::github::model::BranchProtectionRule;
use aplomo_resources::github::names::{self, output};
use serde_json::Value;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn all(haul: &mut Haul<'_>, line: &Line<'_>, repository: &str, node: &Value) {
    let type_name = &names::BRANCH_PROTECTION_RULE;
    let (all, complete) = match items(node, "branchProtectionRules") {
        Ok(found) => found,
        Err(why) => return haul.cover(type_name, Some(repository), Coverage::Failed(why)),
    };
    if !complete {
        haul.cover(type_name, Some(repository), seen_of(false, "branch protection rules"));
    }
    for rule in all {
        let Some(id) = must(rule, "id") else {
            haul.cover(type_name, Some(repository), seen_of(false, "branch protection rules"));
            continue;
        };
        let find = Find::new(id).within(repository).with(output::NODE_ID, Some(id));
        haul.take(type_name, find, &fields(line, rule));
    }
}

fn fields(line: &Line<'_>, rule: &Value) -> BranchProtectionRule<Seen> {
    let mut ids = BTreeMap::new();
    let mut who = |switch: Option<&str>, key: &str| {
        let empty = switch.is_some_and(|switch| rule[switch] == true);
        if switch.is_some_and(|switch| rule[switch] == false) {
            return Sight::Absent;
        }
        allowed(line, rule, key, empty, &mut ids)
    };
    let pushers = who(Some("restrictsPushes"), "pushAllowances");
    let dismissers = who(Some("restrictsReviewDismissals"), "reviewDismissalAllowances");
    let bypass = who(None, "bypassPullRequestAllowances");
    let force_pushers = who(None, "bypassForcePushAllowances");
    let reviews = flag(rule, "requiresApprovingReviews");
    let (checks, check_apps) = checks(line, rule);
    BranchProtectionRule {
        pattern: word(rule, "pattern"),
        approvals: only_if(&reviews, number(rule, "requiredApprovingReviewCount")),
        code_owners: flag(rule, "requiresCodeOwnerReviews"),
        dismiss_stale: flag(rule, "dismissesStaleReviews"),
        last_push: flag(rule, "requireLastPushApproval"),
        resolved_threads: flag(rule, "requiresConversationResolution"),
        checks,
        up_to_date: flag(rule, "requiresStrictStatusChecks"),
        signed: flag(rule, "requiresCommitSignatures"),
        linear: flag(rule, "requiresLinearHistory"),
        deployments: only_if(
            &flag(rule, "requiresDeployments"),
            some_words(plain(rule, "requiredDeploymentEnvironments").filter_map(Value::as_str)),
        ),
        no_force_push: not(flag(rule, "allowsForcePushes")),
        no_deletion: not(flag(rule, "allowsDeletions")),
        no_creation: flag(rule, "blocksCreations"),
        no_update: flag(rule, "lockBranch"),
        admins_too: flag(rule, "isAdminEnforced"),
        pushers,
        bypass,
        force_pushers,
        dismissers,
        check_apps,
        actor_ids: ids,
    }
}

fn not(flag: Sight<bool>) -> Sight<bool> {
    match flag {
        Sight::Value(on) => Sight::Value(!on),
        other => other,
    }
}

/// What counts only while a switch is on.
fn only_if<T>(switch: &Sight<bool>, value: Sight<T>) -> Sight<T> {
    match switch {
        Sight::Value(true) => value,
        Sight::Value(false) | Sight::Absent => Sight::Absent,
        Sight::Hidden => Sight::Hidden,
    }
}

/// The contexts that must pass, and the apps they must come from.
fn checks(line: &Line<'_>, rule: &Value) -> (Sight<BTreeSet<SmolStr>>, BTreeMap<String, Sight<SmolStr>>) {
    if rule["requiresStatusChecks"] == false {
        return (Sight::Absent, BTreeMap::new());
    }
    let Some(all) = rule["requiredStatusChecks"].as_array() else { return (Sight::Hidden, BTreeMap::new()) };
    let contexts = some_words(all.iter().filter_map(|check| must(check, "context")));
    let apps = all.iter().filter_map(|check| {
        let app = id(&check["app"], "databaseId")?;
        actor(line, &check["app"]);
        Some((must(check, "context")?.to_owned(), Sight::Value(SmolStr::new(app))))
    });
    (contexts, apps.collect())
}

/// Whom a list names. An App cannot read a list that names Apps: then it is hidden.
fn allowed(
    line: &Line<'_>,
    rule: &Value,
    key: &str,
    empty_counts: bool,
    ids: &mut BTreeMap<String, Sight<SmolStr>>,
) -> Sight<BTreeSet<SmolStr>> {
    let Ok((all, true)) = items(rule, key) else { return Sight::Hidden };
    let mut found = BTreeSet::new();
    for item in all {
        let (Some(name), Some(id)) = (actor(line, &item["actor"]), id(&item["actor"], "databaseId")) else {
            return Sight::Hidden;
        };
        found.insert(SmolStr::new(&name));
        ids.insert(name, Sight::Value(SmolStr::new(id)));
    }
    if found.is_empty() && !empty_counts { Sight::Absent } else { Sight::Value(found) }
}
