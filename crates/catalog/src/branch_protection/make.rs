//! The rules as the models of a ruleset or of classic rules.

use super::spec::{Bypass, BypassMode, Enforcement, Requires, Rules, Target};
use crate::github::{People, known_ids};
use crate::repository::wish;
use aplomo_core::{Wanted, Wish};
use aplomo_resources::github::model::{BranchProtectionRule, Ruleset};
use smol_str::{SmolStr, format_smolstr};
use std::collections::{BTreeMap, BTreeSet};

/// A ruleset with these rules.
pub(super) fn ruleset(name: &str, rules: &Rules<'_>, people: &mut People<'_>, at: &str) -> Ruleset<Wanted> {
    let r = rules.requires;
    let queue = r.merge_queue.as_ref();
    let (bypass, bypass_ids) = bypass(rules.bypass, people, at);
    Ruleset {
        name: Wish::Value(name.into()),
        target: Wish::Value(if rules.target == Target::Tag { "tag".into() } else { "branch".into() }),
        enforcement: Wish::Value(enforcement(rules.enforcement)),
        include: Wish::Value(covered(rules)),
        exclude: if rules.exclude.is_empty() { Wish::Absent } else { set(rules.exclude) },
        bypass,
        bypass_ids,
        approvals: wish(r.approvals.as_ref()),
        code_owners: wish(r.code_owners.as_ref()),
        dismiss_stale: wish(r.dismiss_stale.as_ref()),
        last_push: wish(r.last_push_approval.as_ref()),
        resolved_threads: wish(r.resolved_threads.as_ref()),
        checks: contexts(r),
        check_apps: apps(r),
        up_to_date: wish(r.up_to_date.as_ref()),
        signed: wish(r.signed_commits.as_ref()),
        linear: wish(r.linear_history.as_ref()),
        deployments: r.deployments.as_deref().map_or(Wish::LeftAlone, set),
        code_scanning: scanning(r),
        queue_method: queue
            .map_or(Wish::LeftAlone, |q| Wish::Value(q.method.map_or("squash", |m| m.as_str()).into())),
        queue_grouping: wish(queue.and_then(|q| q.grouping.as_ref())),
        queue_build: wish(queue.and_then(|q| q.max_to_build.as_ref())),
        queue_least: wish(queue.and_then(|q| q.min_to_merge.as_ref())),
        queue_most: wish(queue.and_then(|q| q.max_to_merge.as_ref())),
        queue_wait: wish(queue.and_then(|q| q.min_wait_minutes.as_ref())),
        queue_timeout: wish(queue.and_then(|q| q.check_timeout_minutes.as_ref())),
        no_force_push: Wish::Value(rules.forbids.force_push.unwrap_or(true)),
        no_deletion: Wish::Value(rules.forbids.deletion.unwrap_or(true)),
        no_creation: wish(rules.forbids.creation.as_ref()),
        no_update: wish(rules.forbids.update.as_ref()),
        ..Ruleset::default()
    }
}

/// A classic rule of one pattern with these rules.
pub(super) fn classic(
    pattern: &str,
    rules: &Rules<'_>,
    people: &mut People<'_>,
    at: &str,
) -> BranchProtectionRule<Wanted> {
    let r = rules.requires;
    let pushers = rules.allows_push.map(|all| people.actors(all, &format!("{at}/allowsPush")));
    let who: Option<Vec<SmolStr>> = rules.bypass.map(|all| all.iter().filter_map(named).collect());
    let bypass = who.map(|all| people.actors(&all, &format!("{at}/bypass")));
    let names = |all: &Option<BTreeMap<SmolStr, Wish<SmolStr>>>| {
        all.as_ref().map_or(Wish::LeftAlone, |all| Wish::Value(all.keys().cloned().collect()))
    };
    let ids = pushers.iter().chain(&bypass).flat_map(known_ids).collect();
    BranchProtectionRule {
        pattern: Wish::Value(pattern.into()),
        approvals: wish(r.approvals.as_ref()),
        code_owners: wish(r.code_owners.as_ref()),
        dismiss_stale: wish(r.dismiss_stale.as_ref()),
        last_push: wish(r.last_push_approval.as_ref()),
        resolved_threads: wish(r.resolved_threads.as_ref()),
        checks: contexts(r),
        check_apps: apps(r),
        up_to_date: wish(r.up_to_date.as_ref()),
        signed: wish(r.signed_commits.as_ref()),
        linear: wish(r.linear_history.as_ref()),
        deployments: r.deployments.as_deref().map_or(Wish::LeftAlone, set),
        no_force_push: Wish::Value(rules.forbids.force_push.unwrap_or(true)),
        no_deletion: Wish::Value(rules.forbids.deletion.unwrap_or(true)),
        no_creation: wish(rules.forbids.creation.as_ref()),
        no_update: wish(rules.forbids.update.as_ref()),
        admins_too: Wish::Value(rules.admins_too.unwrap_or(true)),
        pushers: names(&pushers),
        bypass: names(&bypass),
        actor_ids: ids,
        ..BranchProtectionRule::default()
    }
}

/// What it covers: the default branch, or all tags, unless it says otherwise.
pub(super) fn covered(rules: &Rules<'_>) -> BTreeSet<SmolStr> {
    let usual = match rules.target {
        Target::Branch => "~DEFAULT_BRANCH",
        Target::Tag => "~ALL",
    };
    if rules.patterns.is_empty() { [usual.into()].into() } else { rules.patterns.iter().cloned().collect() }
}

fn enforcement(word: Enforcement) -> SmolStr {
    SmolStr::new_static(match word {
        Enforcement::Active => "active",
        Enforcement::Evaluate => "evaluate",
        Enforcement::Disabled => "disabled",
    })
}

fn set(all: &[SmolStr]) -> Wish<BTreeSet<SmolStr>> {
    Wish::Value(all.iter().cloned().collect())
}

fn contexts(r: &Requires) -> Wish<BTreeSet<SmolStr>> {
    let all = r.status_checks.as_ref();
    all.map_or(Wish::LeftAlone, |all| Wish::Value(all.iter().map(|check| check.context.clone()).collect()))
}

fn apps(r: &Requires) -> BTreeMap<String, Wish<SmolStr>> {
    let with_app = r.status_checks.iter().flatten().filter_map(|check| Some((check, check.app?)));
    with_app.map(|(check, app)| (check.context.to_string(), Wish::Value(format_smolstr!("{app}")))).collect()
}

fn scanning(r: &Requires) -> Wish<BTreeSet<SmolStr>> {
    let Some(all) = &r.code_scanning else { return Wish::LeftAlone };
    let one = |tool: &super::spec::CodeScanning| {
        let alerts = tool.alerts.as_deref().unwrap_or("errors");
        let security = tool.security_alerts.as_deref().unwrap_or("high_or_higher");
        format_smolstr!("{}:{alerts}:{security}", tool.tool)
    };
    Wish::Value(all.iter().map(one).collect())
}

/// `team:core` and the like.
fn named(one: &Bypass) -> Option<SmolStr> {
    let sorted = [("team", &one.team), ("user", &one.user), ("app", &one.app)];
    let found =
        sorted.into_iter().find_map(|(sort, name)| Some(format_smolstr!("{sort}:{}", name.as_ref()?)));
    found.or_else(|| match one.role.as_deref()? {
        plain @ ("organizationAdmin" | "deployKey") => Some(plain.into()),
        role => Some(format_smolstr!("role:{role}")),
    })
}

type Actors = (Wish<BTreeSet<SmolStr>>, BTreeMap<String, Wish<SmolStr>>);

fn bypass(all: Option<&[Bypass]>, people: &mut People<'_>, at: &str) -> Actors {
    let Some(all) = all else { return (Wish::LeftAlone, BTreeMap::new()) };
    let (mut who, mut ids) = (BTreeSet::new(), BTreeMap::new());
    for (n, one) in all.iter().enumerate() {
        let Some(written) = named(one) else { continue };
        let Some((actor, id)) = people.actor(&written, &format!("{at}/bypass/{n}")) else { continue };
        let mode = if one.mode == BypassMode::PullRequest { "pullRequest" } else { "always" };
        who.insert(format_smolstr!("{actor}:{mode}"));
        ids.insert(actor, id);
    }
    (Wish::Value(who), known_ids(&ids))
}
