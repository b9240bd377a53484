//! How a hand changes rulesets and classic protections. Deliberately absent: whether anybody notices.

use super::super::hub::Hub;
use super::Row;
use super::rows::{person, shop};
use crate::by_hand::row;
use aplomo_github_fake::world::{Protection, Reviews, Ruleset};
use serde_json::{Value, json};

pub fn rows() -> Vec<Row> {
    [ruleset_itself(), ruleset_requires(), ruleset_forbids(), classic(), classic_reviews()]
        .into_iter()
        .flatten()
        .collect()
}

const RULESET: &str = "github.repo.Ruleset";

fn ruleset(hub: &Hub, change: impl FnOnce(&mut Ruleset)) {
    shop(hub, |repo| change(repo.rulesets.values_mut().next().unwrap()));
}

/// Takes a rule away.
fn without(hub: &Hub, kind: &str) {
    ruleset(hub, |set| set.rules.retain(|rule| rule["type"] != kind));
}

/// Changes a parameter of a rule.
fn alter(hub: &Hub, kind: &str, name: &str, value: impl Into<Value>) {
    ruleset(hub, |set| {
        let rule = set.rules.iter_mut().find(|rule| rule["type"] == kind).unwrap();
        rule["parameters"][name] = value.into();
    });
}

fn ruleset_itself() -> Vec<Row> {
    vec![
        row(RULESET, "/name", |h| ruleset(h, |set| set.name = "renamed".into())),
        row(RULESET, "/enforcement", |h| ruleset(h, |set| set.enforcement = "disabled".into())),
        row(RULESET, "/refs/include", |h| {
            ruleset(h, |set| set.conditions["ref_name"]["include"] = json!(["refs/heads/nothing"]));
        }),
        row(RULESET, "/refs/exclude", |h| {
            ruleset(h, |set| set.conditions["ref_name"]["exclude"] = json!(["refs/heads/**"]));
        }),
    ]
}

const REVIEWS: &str = "pull_request";
const CHECKS: &str = "required_status_checks";
const QUEUE: &str = "merge_queue";

fn ruleset_requires() -> Vec<Row> {
    vec![
        row(RULESET, "/requires/approvals", |h| alter(h, REVIEWS, "required_approving_review_count", 0)),
        row(RULESET, "/requires/codeOwners", |h| alter(h, REVIEWS, "require_code_owner_review", false)),
        row(RULESET, "/requires/dismissStale", |h| alter(h, REVIEWS, "dismiss_stale_reviews_on_push", false)),
        row(RULESET, "/requires/lastPushApproval", |h| {
            alter(h, REVIEWS, "require_last_push_approval", false)
        }),
        row(RULESET, "/requires/resolvedThreads", |h| {
            alter(h, REVIEWS, "required_review_thread_resolution", false);
        }),
        row(RULESET, "/requires/statusChecks", |h| {
            alter(h, CHECKS, "required_status_checks", json!([{"context": "nothing"}]));
        }),
        row(RULESET, "/requires/upToDate", |h| {
            alter(h, CHECKS, "strict_required_status_checks_policy", false);
        }),
        row(RULESET, "/requires/signedCommits", |h| without(h, "required_signatures")),
        row(RULESET, "/requires/linearHistory", |h| without(h, "required_linear_history")),
        row(RULESET, "/requires/deployments", |h| without(h, "required_deployments")),
        row(RULESET, "/requires/codeScanning", |h| without(h, "code_scanning")),
        row(RULESET, "/requires/mergeQueue/method", |h| alter(h, QUEUE, "merge_method", "REBASE")),
        row(RULESET, "/requires/mergeQueue/grouping", |h| alter(h, QUEUE, "grouping_strategy", "HEADGREEN")),
        row(RULESET, "/requires/mergeQueue/maxToBuild", |h| alter(h, QUEUE, "max_entries_to_build", 50)),
        row(RULESET, "/requires/mergeQueue/minToMerge", |h| alter(h, QUEUE, "min_entries_to_merge", 2)),
        row(RULESET, "/requires/mergeQueue/maxToMerge", |h| alter(h, QUEUE, "max_entries_to_merge", 50)),
        row(RULESET, "/requires/mergeQueue/minWaitMinutes", |h| {
            alter(h, QUEUE, "min_entries_to_merge_wait_minutes", 1);
        }),
        row(RULESET, "/requires/mergeQueue/checkTimeoutMinutes", |h| {
            alter(h, QUEUE, "check_response_timeout_minutes", 5);
        }),
    ]
}

fn ruleset_forbids() -> Vec<Row> {
    vec![
        row(RULESET, "/forbids/forcePush", |h| without(h, "non_fast_forward")),
        row(RULESET, "/forbids/deletion", |h| without(h, "deletion")),
        row(RULESET, "/forbids/creation", |h| without(h, "creation")),
        row(RULESET, "/forbids/update", |h| without(h, "update")),
    ]
}

const CLASSIC: &str = "github.repo.BranchProtectionRule";

fn protection(hub: &Hub, change: impl FnOnce(&mut Protection)) {
    shop(hub, |repo| change(repo.protections.values_mut().next().unwrap()));
}

fn flag(hub: &Hub, name: &'static str, on: bool) {
    protection(hub, |one| _ = one.flags.insert(name, on));
}

fn reviews(hub: &Hub, change: impl FnOnce(&mut Reviews)) {
    protection(hub, |one| change(one.reviews.as_mut().unwrap()));
}

fn classic() -> Vec<Row> {
    vec![
        row(CLASSIC, "/adminsToo", |h| flag(h, "enforce_admins", false)),
        row(CLASSIC, "/forbids/forcePush", |h| flag(h, "allow_force_pushes", true)),
        row(CLASSIC, "/forbids/deletion", |h| flag(h, "allow_deletions", true)),
        row(CLASSIC, "/forbids/creation", |h| flag(h, "block_creations", false)),
        row(CLASSIC, "/requires/signedCommits", |h| flag(h, "required_signatures", false)),
        row(CLASSIC, "/requires/linearHistory", |h| flag(h, "required_linear_history", false)),
        row(CLASSIC, "/requires/resolvedThreads", |h| flag(h, "required_conversation_resolution", false)),
        row(CLASSIC, "/requires/statusChecks", |h| {
            protection(h, |one| one.checks.as_mut().unwrap().1 = [("nothing".to_owned(), None)].into());
        }),
        row(CLASSIC, "/requires/upToDate", |h| {
            protection(h, |one| one.checks.as_mut().unwrap().0 = false);
        }),
        row(CLASSIC, "/requires/deployments", |h| protection(h, |one| one.deployments = None)),
        row(CLASSIC, "/allowsPush", |h| {
            let ben = person(h, "ben");
            protection(h, |one| _ = one.restrictions.as_mut().unwrap().users.insert(ben));
        }),
    ]
}

fn classic_reviews() -> Vec<Row> {
    vec![
        row(CLASSIC, "/bypass", |h| {
            let ben = person(h, "ben");
            reviews(h, |r| _ = r.bypass_allowances.users.insert(ben));
        }),
        row(CLASSIC, "/requires/approvals", |h| reviews(h, |r| r.required_approving_review_count = 0)),
        row(CLASSIC, "/requires/codeOwners", |h| reviews(h, |r| r.require_code_owner_reviews = false)),
        row(CLASSIC, "/requires/dismissStale", |h| reviews(h, |r| r.dismiss_stale_reviews = false)),
        row(CLASSIC, "/requires/lastPushApproval", |h| reviews(h, |r| r.require_last_push_approval = false)),
    ]
}
