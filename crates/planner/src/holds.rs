//! What holds changes back, and what is held with them.

use crate::PlanInput;
use crate::accounts::is_pending;
use crate::depart::departure;
use crate::draft::{Containers, Draft};
use crate::place::is_own;
use aplomo_core::plan::HeldBy;
use aplomo_core::safety::{Ownership, TenantPolicy, TenantState};
use aplomo_core::{Address, Finding, Severity};
use std::collections::{HashMap, HashSet};

/// Everything that holds a change for itself, the strongest first.
pub(crate) fn hold(input: &PlanInput<'_>, drafts: &mut [Draft], findings: &[Finding]) {
    let (invalid, all_invalid) = invalid(findings);
    let observed = observed(input);
    for draft in drafts {
        let tenant = draft.change.address.tenant();
        let strongest =
            if draft.change.held_by == Some(HeldBy::OBSERVE) || is_observed(input, &observed, draft) {
                Some(HeldBy::OBSERVE)
            } else if all_invalid || invalid.contains(tenant) {
                Some(HeldBy::INVALID)
            } else if input.held_sources.contains_key(&draft.change.source) {
                Some(HeldBy::SOURCE)
            } else if is_pending(input.recorded, input.desired, tenant, &draft.change.scope.provider)
                && !draft.is_settings()
            {
                Some(HeldBy::ACCOUNT)
            } else if is_stopped(input, draft) && !draft.is_settings() && !draft.scheduled {
                Some(HeldBy::TENANT_STATE)
            } else if is_on_hold(input, &draft.change.address) {
                Some(HeldBy::HOLD)
            } else if is_reverted(input, &draft.change.address) {
                Some(HeldBy::REVERTED)
            } else if draft.change.held_by.is_none() && is_in_quarantine(input, draft) {
                Some(HeldBy::QUARANTINE)
            } else {
                None
            };
        if strongest.is_some() {
            draft.change.held_by = strongest;
        }
    }
}

/// Tenants with an error, and whether there is an error of which nobody knows the tenant.
fn invalid(findings: &[Finding]) -> (HashSet<&str>, bool) {
    let errors = || findings.iter().filter(|f| f.severity == Severity::Error);
    (errors().filter_map(|f| f.tenant.as_deref()).collect(), errors().any(|f| f.tenant.is_none()))
}

/// Containers whose members are only observed, as wished.
fn observed<'a>(input: &PlanInput<'a>) -> HashSet<(&'a Address, &'a str)> {
    let observe = input.desired.collections.iter().filter(|c| c.ownership == Ownership::Observe);
    observe.map(|c| (&c.container, c.member.as_str())).collect()
}

/// Whether the change is of a collection that is only observed, as wished or as recorded.
fn is_observed(input: &PlanInput<'_>, observed: &HashSet<(&Address, &str)>, draft: &Draft) -> bool {
    if is_own(&draft.change.scope) {
        return false;
    }
    let member = draft.change.type_name.as_str();
    let recorded = || {
        let safety = input.recorded.safety(draft.change.address.manifest());
        safety.ownership_of(member) == Ownership::Observe
    };
    let container = draft.change.scope.container_of.as_ref();
    container.is_some_and(|c| observed.contains(&(c, member))) || recorded()
}

fn policies<'a>(input: &PlanInput<'a>, tenant: &str) -> [Option<&'a TenantPolicy>; 2] {
    [input.recorded.policies.get(tenant), input.desired.tenants.get(tenant)]
}

/// Whether the tenant's state stops a change. Of a tenant that goes, what goes is not stopped, nor what
/// is recorded of its manifests: letting an object live is a setting.
fn is_stopped(input: &PlanInput<'_>, draft: &Draft) -> bool {
    let tenant = draft.change.address.tenant();
    let stopped =
        policies(input, tenant).into_iter().flatten().any(|policy| policy.state != TenantState::Active);
    let departs = || departure(input.recorded, input.desired, tenant).is_some();
    stopped && !((draft.goes() || is_own(&draft.change.scope)) && departs())
}

fn is_on_hold(input: &PlanInput<'_>, address: &Address) -> bool {
    input.memory.holds.iter().any(|hold| hold.until > input.as_of && hold.what.matches(address))
}

/// Whether it was put back to how it was and the manifests do not say that yet.
fn is_reverted(input: &PlanInput<'_>, address: &Address) -> bool {
    let put_back = input.memory.reverted.get(address);
    put_back.is_some_and(|put_back| !crate::revert::agrees(input, put_back))
}

/// The same effect under the same commit would fail again.
fn is_in_quarantine(input: &PlanInput<'_>, draft: &Draft) -> bool {
    let change = &draft.change;
    let commit = input.commits.get(&change.source).and_then(Option::as_ref);
    let same = |q: &aplomo_core::ledger::Quarantine| {
        q.address == change.address && q.digest == change.digest && q.commit.as_ref() == commit
    };
    input.memory.quarantine.iter().any(same)
}

/// Holds what depends on what is held, what is in its group, and what is in a container that stays
/// after all. What only a guard holds is held by that guard further on, so that lifting it lifts all;
/// everything else counts more than a guard. What waits for the end of a freeze is held by it in the same way, so
/// that it can be approved meanwhile.
pub(crate) fn spread(input: &PlanInput<'_>, drafts: &mut [Draft]) {
    let mut ties = ties(drafts);
    tie_to_protected(input, drafts, &mut ties);
    let held = |drafts: &[Draft], by: &dyn Fn(&HeldBy) -> bool| -> Vec<usize> {
        let is = |d: &Draft| d.change.held_by.as_ref().is_some_and(by);
        (0..drafts.len()).filter(|i| is(&drafts[*i])).collect()
    };
    let weak = |by: &HeldBy| by.liftable() || by.passes();
    let firm = held(drafts, &|by| !weak(by));
    flow(drafts, &ties, firm, &HeldBy::DEPENDENCY, &|by| by.is_none_or(weak));
    for time in [HeldBy::FREEZE, HeldBy::WINDOW] {
        let start = held(drafts, &|by| *by == time);
        flow(drafts, &ties, start, &time, &|by| by.is_none_or(HeldBy::liftable));
    }
    for guard in [HeldBy::GUARD_COUNT, HeldBy::GUARD_FRACTION] {
        let start = held(drafts, &|by| *by == guard);
        flow(drafts, &ties, start, &guard, &|by| by.is_none());
    }
}

/// Of a manifest that is gone nothing goes while something stateful of it is protected or cannot go for
/// what is in it: a network whose gateways and routes were taken away is no protected network.
fn tie_to_protected(input: &PlanInput<'_>, drafts: &[Draft], ties: &mut [Vec<usize>]) {
    let gone = |d: &Draft| {
        let manifest = d.change.address.manifest_ref();
        d.goes()
            && !is_own(&d.change.scope)
            && manifest.is_some_and(|m| !input.desired.manifests.contains_key(&m))
    };
    let mut by_manifest: HashMap<&str, Vec<usize>> = HashMap::new();
    for (i, draft) in drafts.iter().enumerate().filter(|(_, d)| gone(d)) {
        by_manifest.entry(draft.change.address.manifest()).or_default().push(i);
    }
    for members in by_manifest.values() {
        let stays = |by: &HeldBy| *by == HeldBy::PROTECTED || *by == HeldBy::OCCUPIED;
        for i in members.iter().filter(|i| drafts[**i].change.held_by.as_ref().is_some_and(stays)) {
            ties[*i].extend(members.iter().filter(|other| *other != i));
        }
    }
}

fn flow(
    drafts: &mut [Draft],
    ties: &[Vec<usize>],
    mut work: Vec<usize>,
    by: &HeldBy,
    takes: &dyn Fn(Option<&HeldBy>) -> bool,
) {
    while let Some(i) = work.pop() {
        for next in &ties[i] {
            if takes(drafts[*next].change.held_by.as_ref()) {
                drafts[*next].change.held_by = Some(by.clone());
                work.push(*next);
            }
        }
    }
}

/// For each change, what is held where it is held.
fn ties(drafts: &[Draft]) -> Vec<Vec<usize>> {
    let mut ties = vec![Vec::new(); drafts.len()];
    let at: HashMap<&Address, usize> =
        drafts.iter().enumerate().map(|(i, d)| (&d.change.address, i)).collect();
    let going = |d: &Draft| d.change.is_removal() || d.goes();
    let all = drafts.iter().enumerate().filter(|(_, d)| going(d));
    let containers = Containers::new(all.map(|(i, d)| (d, i)));
    let mut groups: HashMap<&str, Vec<usize>> = HashMap::new();
    for (i, draft) in drafts.iter().enumerate() {
        for needed in draft.change.depends_on.iter().filter_map(|address| at.get(address)) {
            ties[*needed].push(i);
        }
        if let Some(container) = containers.around(draft)
            && draft.goes()
            && *container != i
        {
            ties[*container].push(i);
        }
        if let Some(group) = &draft.change.group {
            groups.entry(group).or_default().push(i);
        }
    }
    for members in groups.values() {
        // A ring is enough: what is held goes around.
        for (from, to) in members.iter().zip(members.iter().cycle().skip(1)) {
            ties[*from].push(*to);
        }
    }
    ties
}
