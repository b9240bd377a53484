//! What hangs on a repository: branches, keys, labels, topics, environments.

use super::protection::rule;
use super::resolve::Cx;
use super::val::Val;
use crate::clock::show as time;
use crate::family::{is_default_label, protection_of};
use crate::ids::Sort;
use crate::route::Level;
use crate::world::{Environment, Label, Repo};

/// A branch that exists, else null.
pub(super) fn branch(cx: &Cx, repo: &Repo, name: &str) -> Val {
    let Some(commit) = repo.branches.get(name) else { return Val::NULL };
    let protection = protection_of(repo, name).filter(|_| cx.may(repo, "administration", Level::Read));
    Val::fields(
        "Ref",
        [
            ("id", Val::json(format!("REF_{}_{name}", repo.id))),
            ("name", Val::json(name)),
            ("prefix", Val::json("refs/heads/")),
            ("repository", Val::of("Repository", repo.id)),
            ("branchProtectionRule", Val::or_null(protection.map(|one| rule(cx, repo, one)))),
            (
                "target",
                Val::fields(
                    "Commit",
                    [("id", Val::json(format!("C_{commit}"))), ("oid", Val::json(commit.clone()))],
                ),
            ),
        ],
    )
}

/// An installation sees the keys of its own tokens only; the others look absent.
pub(super) fn keys(cx: &Cx, repo: &Repo) -> Val {
    let own = cx.caller.installation().map(|_| cx.caller.account());
    let seen = repo.keys.values().filter(|key| own.as_ref().is_none_or(|own| key.made_by == *own));
    Val::conn(seen.map(|key| {
        Val::fields(
            "DeployKey",
            [
                ("id", cx.id(Sort::DeployKey, key.id)),
                ("key", Val::json(key.key.clone())),
                ("title", Val::json(key.title.clone())),
                ("readOnly", Val::json(key.read_only)),
                ("verified", Val::json(true)),
                ("enabled", Val::json(true)),
                ("createdAt", Val::json(time(key.created_at))),
            ],
        )
    }))
}

pub(super) fn label(cx: &Cx, repo: &Repo, label: &Label) -> Val {
    let path = format!("{}/labels/{}", cx.world.full_name(repo), label.name.replace(' ', "%20"));
    Val::fields(
        "Label",
        [
            ("id", cx.id(Sort::Label, label.id)),
            ("name", Val::json(label.name.clone())),
            ("color", Val::json(label.color.clone())),
            ("description", Val::json(label.description.clone())),
            ("isDefault", Val::json(is_default_label(&label.name))),
            ("createdAt", Val::json(time(repo.created_at))),
            ("url", cx.url(&path)),
            ("resourcePath", Val::json(format!("/{path}"))),
            ("repository", Val::of("Repository", repo.id)),
        ],
    )
}

pub(super) fn topic(cx: &Cx, repo: &Repo, name: &str) -> Val {
    Val::fields(
        "RepositoryTopic",
        [
            ("id", Val::json(format!("RT_{}_{name}", repo.id))),
            (
                "topic",
                Val::fields("Topic", [("id", Val::json(format!("TO_{name}"))), ("name", Val::json(name))]),
            ),
            ("url", cx.url(&format!("topics/{name}"))),
            ("resourcePath", Val::json(format!("/topics/{name}"))),
        ],
    )
}

/// Rules are there only where they do something.
pub(super) fn environment(cx: &Cx, one: &Environment) -> Val {
    let make = |at: u64, sort: &str, timeout: u64, prevents: Option<bool>, reviewers: Val| {
        Val::fields(
            "DeploymentProtectionRule",
            [
                ("databaseId", Val::json(one.id + at)),
                ("preventSelfReview", Val::json(prevents)),
                ("timeout", Val::json(timeout)),
                ("type", Val::json(sort)),
                ("reviewers", reviewers),
            ],
        )
    };
    let mut rules = Vec::new();
    if one.wait_timer > 0 {
        rules.push(make(1, "WAIT_TIMER", one.wait_timer, None, Val::conn([])));
    }
    if !one.reviewers.is_empty() {
        let who = one.reviewers.iter().map(|(team, id)| Val::of(if *team { "Team" } else { "User" }, *id));
        rules.push(make(2, "REQUIRED_REVIEWERS", 0, Some(one.prevent_self_review), Val::conn(who)));
    }
    if one.protected_branches.is_some() {
        rules.push(make(3, "BRANCH_POLICY", 0, None, Val::conn([])));
    }
    Val::fields(
        "Environment",
        [
            ("id", cx.id(Sort::Environment, one.id)),
            ("databaseId", Val::json(one.id)),
            ("name", Val::json(one.name.clone())),
            ("protectionRules", Val::conn(rules)),
        ],
    )
}
