//! What goes: recorded objects that nobody wishes any more, wishes that are over, and strangers in
//! containers that are recorded as exclusive.
//!
//! Deliberately absent: how many may go at once (`guards`).

use crate::PlanInput;
use crate::accounts::is_left;
use crate::build::protected;
use crate::depart::{Departure, PEOPLE, departure};
use crate::draft::Draft;
use crate::matching::{Matches, is_over};
use crate::place::is_own;
use crate::world::World;
use aplomo_core::ledger::LedgerEntry;
use aplomo_core::observation::OwnerMark;
use aplomo_core::plan::{Action, Before, HeldBy, Unverifiable};
use aplomo_core::safety::{Deletion, Ownership};
use aplomo_core::types::Removal;
use aplomo_core::{Address, Finding, Observed, Reason, Risk, Severity, Types};
use std::collections::HashSet;

/// What becomes of a ledger entry that no wish holds.
pub(crate) enum Fate<'a> {
    /// Its object is seen and may go.
    Goes(u32, Reason),
    /// Nothing is there any more, or its container brought it along: the entry may be forgotten.
    Forget,
    /// It could not be seen, and why.
    Unseen(&'static str),
    /// As before, and its object, which something else owns, is not ours to account for.
    ForgetForeign,
    /// Something else owns the object: who.
    Foreign(u32, &'a OwnerMark),
    /// It stays as it is.
    Stays,
}

/// Which tenants' wishes are known well enough that absence from them means something.
pub(crate) struct Certainty<'a> {
    broken: HashSet<&'a str>,
    /// An error of which nobody knows the tenant: it may hide anybody's manifest.
    unknown: bool,
}

impl<'a> Certainty<'a> {
    pub(crate) fn new(findings: &'a [Finding]) -> Self {
        let mut certainty = Self { broken: HashSet::new(), unknown: false };
        for finding in findings.iter().filter(|f| f.severity == Severity::Error) {
            match &finding.tenant {
                Some(tenant) => certainty.broken.extend([tenant.as_str()]),
                None => certainty.unknown = true,
            }
        }
        certainty
    }
    pub(crate) fn of(&self, tenant: &str) -> bool {
        !self.unknown && !self.broken.contains(tenant)
    }
}

/// Where a ledger entry stands against wish and world.
pub(crate) fn fate<'a>(
    input: &PlanInput<'a>,
    world: &World<'a>,
    matches: &Matches<'a>,
    certainty: &Certainty<'_>,
    moved: &HashSet<&Address>,
    (address, entry): (&'a Address, &'a LedgerEntry),
) -> Fate<'a> {
    let wish = input.desired.resources.get(address);
    let over = wish.is_some_and(|want| is_over(want, input.as_of));
    if (wish.is_some() && !over) || moved.contains(address) {
        return Fate::Stays;
    }
    let complete = input.desired.completeness.complete_sources.contains(&entry.source);
    let absence_counts = complete && certainty.of(address.tenant());
    if !over && !absence_counts {
        return Fate::Stays;
    }
    if is_left(input.recorded, input.desired, address.tenant(), &entry.scope) {
        return Fate::Forget;
    }
    let Some(at) = world.of_entry(entry) else {
        let gone = world.proves_gone(entry);
        return if gone {
            Fate::Forget
        } else {
            Fate::Unseen("nobody wishes it any more, and it could not be seen")
        };
    };
    if matches.claimed[at as usize].is_some() || matches.involved.contains(&at) {
        return Fate::Stays;
    }
    let object = world.object(at);
    let departs = departure(input.recorded, input.desired, address.tenant()).is_some();
    if entry.brought_along || object.brought_along || (departs && only_observed(input, address, entry)) {
        return Fate::Forget;
    }
    let reason = if over { Reason::Schedule } else { Reason::Manifest };
    match by_mark(input, address, entry, object, at, reason) {
        // Who goes has no business with what belongs to others: it is listed and no longer remembered.
        Fate::Foreign(..) if departs => Fate::ForgetForeign,
        fate => fate,
    }
}

/// Whether we only report on it, so that not even its marks are taken off.
fn only_observed(input: &PlanInput<'_>, address: &Address, entry: &LedgerEntry) -> bool {
    !is_own(&entry.scope)
        && input.recorded.safety(address.manifest()).ownership_of(entry.type_name.as_str())
            == Ownership::Observe
}

fn by_mark<'a>(
    input: &PlanInput<'_>,
    address: &Address,
    entry: &LedgerEntry,
    object: &'a Observed,
    at: u32,
    reason: Reason,
) -> Fate<'a> {
    let ours = input.installation.as_str();
    // What a replacement left behind carries the mark of the address whose object it was.
    let left_of = |marked: &str| {
        let of = marked.parse::<Address>().ok().filter(|of| !input.desired.resources.contains_key(of));
        of.and_then(|of| crate::superseded(&of, &entry.id)).is_some_and(|leftover| leftover == *address)
    };
    match &object.mark {
        OwnerMark::None => Fate::Goes(at, reason),
        OwnerMark::Unknown => Fate::Unseen(
            "nobody wishes it any more, and its ownership marks could not be read (may our credentials read tags?)",
        ),
        OwnerMark::Marked { installation, address: marked, .. }
            if installation == ours
                && (marked.is_empty() || marked == address.as_str() || left_of(marked)) =>
        {
            Fate::Goes(at, reason)
        }
        mark @ (OwnerMark::Marked { .. } | OwnerMark::OtherTool(_)) => Fate::Foreign(at, mark),
    }
}

/// What goes, and what is said of what does not.
#[derive(Default)]
pub(crate) struct Removals<'a> {
    pub(crate) drafts: Vec<Draft>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) unverifiable: Vec<Unverifiable>,
    /// Objects that the ledger or an exclusive container speaks of: not unmanaged.
    pub(crate) known: HashSet<u32>,
    /// Tenants of which something recorded stays, for now.
    pub(crate) staying: HashSet<&'a str>,
}

impl Removals<'_> {
    /// The settings of a tenant that goes are what lets the rest of it go: they stay recorded while
    /// anything of it does.
    pub(crate) fn remember_tenants(&mut self, input: &PlanInput<'_>) {
        for draft in self.drafts.iter_mut().filter(|d| d.goes() && d.is_settings()) {
            let tenant = draft.change.address.tenant();
            let departs = departure(input.recorded, input.desired, tenant).is_some();
            if departs && self.staying.contains(tenant) {
                let message = "not all of this tenant was read or may go, so the tenant is not forgotten yet";
                let finding = Finding::info("departure", message).of(draft.change.address.as_str());
                self.findings.push(finding.help("plan every source that ever spoke of it, together"));
                draft.hold(HeldBy::DEPENDENCY);
            }
        }
    }

    /// Plans one recorded object that goes.
    pub(crate) fn add(
        &mut self,
        input: &PlanInput<'_>,
        world: &World<'_>,
        address: &Address,
        entry: &LedgerEntry,
        fate: Fate<'_>,
    ) {
        match fate {
            Fate::Goes(at, reason) => self.goes(input, address, entry, world.object(at), reason),
            Fate::Unseen(why) => self.unverifiable.push(Unverifiable {
                scope: entry.scope.clone(),
                types: vec![entry.type_name.clone()],
                address: Some(address.clone()),
                fields: Vec::new(),
                why: why.to_owned(),
            }),
            Fate::Foreign(at, OwnerMark::Marked { installation, .. })
                if installation != input.installation.as_str() =>
            {
                let message = format!("{} belongs to the installation {installation}", world.object(at).id);
                let finding = Finding::error("foreign-mark", message).of(address.as_str());
                self.findings.push(finding.help("only that installation may write it"));
            }
            Fate::Forget | Fate::ForgetForeign | Fate::Stays | Fate::Foreign(..) => {}
        }
    }

    fn goes(
        &mut self,
        input: &PlanInput<'_>,
        address: &Address,
        entry: &LedgerEntry,
        object: &Observed,
        reason: Reason,
    ) {
        let safety = input.recorded.safety(address.manifest());
        let manifest_gone = address.manifest_ref().is_none_or(|m| !input.desired.manifests.contains_key(&m));
        let stateful = is_stateful(input.types, entry.type_name.as_str());
        let own = is_own(&entry.scope);
        let departs = departure(input.recorded, input.desired, address.tenant()).filter(|_| !own);
        let orphan = safety.deletion == Deletion::Orphan && (manifest_gone || stateful || departs.is_some());
        let lets_go = !own && (orphan || departs == Some(Departure::Released));
        let action = if lets_go { Action::Release } else { Action::Delete };
        let mut draft = self.draft(input, address, entry, object, action);
        draft.change.reason = reason;
        if departs == Some(Departure::Leaving) {
            draft.change.approvals_needed = PEOPLE;
            draft.change.departs = true;
        }
        draft.scheduled = reason == Reason::Schedule && entry.until.is_some_and(|until| until <= input.as_of);
        if lets_go {
            draft.risk(Risk::Sensitive, "the object stays and nobody looks after it any more");
        } else {
            assess(input.types, &mut draft, object);
            if stateful && !own && safety.deletion != Deletion::Delete && departs.is_none() {
                draft.hold(HeldBy::PROTECTED);
                self.findings.push(protected(&draft));
            }
        }
        if safety.ownership_of(entry.type_name.as_str()) == Ownership::Observe && !own {
            draft.change.held_by = Some(HeldBy::OBSERVE);
        }
        self.drafts.push(draft);
    }

    fn draft(
        &self,
        input: &PlanInput<'_>,
        address: &Address,
        entry: &LedgerEntry,
        object: &Observed,
        action: Action,
    ) -> Draft {
        let (type_name, scope) = (entry.type_name.clone(), entry.scope.clone());
        let mut draft = Draft::new(address.clone(), type_name, scope, action, entry.source.clone());
        draft.change.id = Some(object.id.clone());
        draft.change.key = object.key.clone().or_else(|| entry.key.clone());
        draft.change.before = Before::Seen(object.fields.clone());
        if let Some(want) = input.desired.resources.get(address) {
            draft.change.origins.clone_from(&want.origins);
        }
        draft
    }
}

/// The type's judgement of a removal; what is stateful is gone for good.
pub(crate) fn assess(types: &Types, draft: &mut Draft, object: &Observed) {
    let kind = types.get(object.type_name.as_str());
    if let Some(Ok(assessment)) = kind.map(|k| k.assess(Some(&object.fields), None)) {
        draft.change.risk = draft.change.risk.max(assessment.risk);
        draft.change.risk_notes.extend(assessment.notes);
    }
    let archives = kind.is_some_and(|k| k.removal() == Removal::Archives);
    if is_stateful(types, object.type_name.as_str()) && !archives {
        draft.change.risk = Risk::Irreversible;
        if draft.change.risk_notes.is_empty() {
            draft.change.risk_notes.push("what it holds is gone for good".to_owned());
        }
    }
}

/// Whether a type is stateful; one that we do not know may be.
pub(crate) fn is_stateful(types: &Types, type_name: &str) -> bool {
    types.get(type_name).is_none_or(|kind| kind.stateful())
}
