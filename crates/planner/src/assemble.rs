//! Puts a plan together.

use crate::PlanInput;
use crate::build::Builder;
use crate::draft::Draft;
use crate::exclusive::{Collections, strangers};
use crate::matching::{Basis, Matches, find_all};
use crate::place::is_own;
use crate::removal::{Certainty, Fate, Removals, fate};
use crate::world::World;
use crate::{
    accounts, approvers, archive, coverage, depends, ending, freezes, groups, guards, holds, keep,
    neighbours, occupied, order, superseded, survey, unmanaged,
};
use aplomo_core::digest::Digest;
use aplomo_core::plan::{Action, Covered, FORMAT_VERSION, HeldBy, Meta, Plan, Unmanaged, Unverifiable};
use aplomo_core::{Address, Datum, Finding, Severity, SourceName, Timestamp};
use smol_str::SmolStr;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

/// What the steps of planning add to.
#[derive(Default)]
struct Work {
    drafts: Vec<Draft>,
    findings: Vec<Finding>,
    unverifiable: Vec<Unverifiable>,
    unmanaged: Vec<Unmanaged>,
    covered: Covered,
}

/// Plans: see [`crate::plan`].
pub(crate) fn assemble(input: &PlanInput<'_>) -> Plan {
    let world = World::new(input.observation, input.memory, input.installation.as_str(), input.types);
    let matches = find_all(basis(input), &world, |_| true);
    let mut work = Work::default();
    come(input, &world, &matches, &mut work);
    go(input, &world, &matches, &mut work);
    // By a key of its own: a change is large, and moving it once is enough.
    work.drafts.sort_by_cached_key(|draft| draft.change.address.clone());

    groups::group(&mut work.drafts, input.types);
    depends::link(input, &matches, &mut work.drafts);
    superseded::last(&mut work.drafts);
    work.findings.extend(accounts::note(input, &mut work.drafts));
    approvers::note(input, &mut work.drafts);
    digests(&mut work);
    holds::hold(input, &mut work.drafts, &work.findings);
    work.findings.extend(keep::keep(input, &world, &mut work.drafts));
    work.findings.extend(guards::guard(input, &world, &matches, &mut work.drafts));
    work.findings.extend(freezes::hold(input, &mut work.drafts));
    holds::spread(input, &mut work.drafts);
    finish(input, work)
}

/// What is wished: creates, updates, replacements, adoptions, moves.
fn come<'a>(input: &PlanInput<'a>, world: &World<'a>, matches: &Matches<'a>, work: &mut Work) {
    work.findings
        .extend(input.desired.findings.iter().chain(&world.findings).chain(&matches.findings).cloned());
    work.findings.extend(ending::notices(input));
    work.findings.extend(survey::survey(input, world, matches));
    work.unverifiable.extend(gaps(world).chain(matches.unverifiable.iter().cloned()));
    let mut builder = Builder::new(input, world, matches);
    builder.run(&order::order(matches));
    work.drafts.append(&mut builder.drafts);
    work.findings.append(&mut builder.findings);
    work.unverifiable.append(&mut builder.unverifiable);
}

/// What is not wished: deletes, releases, and what is nobody's.
fn go<'a>(input: &PlanInput<'a>, world: &World<'a>, matches: &Matches<'a>, work: &mut Work) {
    let collections = Collections::new(input, world, matches);
    let mut removals = removals(input, world, matches);
    let would_go = strangers(input, world, matches, &collections, &mut removals);
    superseded::go(input, world, matches, &mut removals);
    let unmanaged = unmanaged::find(world, matches, &collections, &removals);
    work.unmanaged = unmanaged::list(input, world, &unmanaged);
    removals.remember_tenants(input);
    work.findings.append(&mut removals.findings);
    work.unverifiable.append(&mut removals.unverifiable);
    work.drafts.append(&mut removals.drafts);
    archive::let_go_inside(input, &mut work.drafts);
    work.findings.extend(occupied::hold(input, world, &mut work.drafts));
    let gone = (&removals, unmanaged.len());
    work.covered = coverage::count(input.observation, world, matches, gone, &work.unverifiable);
    let beside = neighbours::findings(input, world, matches, (&removals, &unmanaged));
    work.findings.extend(beside);
    note_exclusive(&mut work.drafts, &would_go);
}

fn finish(input: &PlanInput<'_>, work: Work) -> Plan {
    let mut plan = Plan {
        format_version: FORMAT_VERSION,
        digest: Digest::of_bytes(&[]),
        as_of: input.as_of,
        wake: wake(input),
        sources: input.sources.clone(),
        complete: false,
        applyable: false,
        narrowed: false,
        reverts: None,
        summary: BTreeMap::new(),
        changes: work.drafts.into_iter().map(|d| d.change).collect(),
        findings: work.findings,
        unmanaged: work.unmanaged,
        unverifiable: work.unverifiable,
        coverage: Some(work.covered),
        meta: Meta { version: input.version.to_owned(), ..Meta::default() },
    };
    conclude(&mut plan);
    plan
}

pub(crate) fn basis<'a>(input: &PlanInput<'a>) -> Basis<'a> {
    Basis {
        desired: input.desired,
        memory: input.memory,
        recorded: input.recorded,
        types: input.types,
        installation: input.installation.as_str(),
        as_of: input.as_of,
    }
}

fn gaps(world: &World<'_>) -> impl Iterator<Item = Unverifiable> {
    world.gaps.iter().map(|gap| Unverifiable {
        scope: gap.scope.clone(),
        types: vec![gap.type_name.clone()],
        address: None,
        fields: Vec::new(),
        why: gap.why.clone(),
    })
}

/// Addresses that objects move away from.
pub(crate) fn moved<'a>(matches: &Matches<'a>) -> HashSet<&'a Address> {
    matches.items.iter().filter_map(|item| item.old).collect()
}

fn removals<'a>(input: &PlanInput<'a>, world: &World<'_>, matches: &Matches<'_>) -> Removals<'a> {
    let mut removals = Removals::default();
    let (certainty, moved) = (Certainty::new(&input.desired.findings), moved(matches));
    for (address, entry) in &input.memory.ledger {
        let fate = fate(input, world, matches, &certainty, &moved, (address, entry));
        // What another tool or installation took over is listed as unmanaged from then on.
        if !matches!(fate, Fate::Foreign(..) | Fate::ForgetForeign) {
            removals.known.extend(world.of_entry(entry));
        }
        if matches!(fate, Fate::Stays | Fate::Unseen(_)) && !is_own(&entry.scope) {
            removals.staying.insert(address.tenant());
        }
        removals.add(input, world, address, entry, fate);
    }
    removals.findings.extend(elsewhere(input));
    removals
}

/// Recorded resources of these tenants that came from a source which is not read here: nothing follows
/// from their absence, and that is said, lest a source that moved looks as if nothing differed.
fn elsewhere(input: &PlanInput<'_>) -> impl Iterator<Item = Finding> {
    let read: HashSet<&SourceName> = input.sources.iter().map(|source| &source.name).collect();
    let tenants: HashSet<&str> = input.desired.manifests.keys().map(|m| m.tenant.as_str()).collect();
    let mut left: BTreeMap<(&str, &SourceName), usize> = BTreeMap::new();
    for (address, entry) in &input.memory.ledger {
        let wished = input.desired.resources.contains_key(address);
        if !wished && !read.contains(&entry.source) && tenants.contains(address.tenant()) {
            *left.entry((address.tenant(), &entry.source)).or_default() += 1;
        }
    }
    left.into_iter().map(|((tenant, source), count)| {
        let message = format!("{count} resources came from source `{source}`, which is not read here: they stay");
        Finding::info("other-source", message).of(tenant).help(
            "plan that source; where its manifests moved here, give this path its name under `sources` in aplomo.yaml",
        )
    })
}

/// What going exclusive would delete is told where it is asked for.
fn note_exclusive(drafts: &mut [Draft], would_go: &BTreeMap<SmolStr, Vec<String>>) {
    for draft in drafts {
        let asks = draft.change.after.as_ref().is_some_and(|after| {
            let one = |item: &Datum| item.as_text().is_some_and(|text| text.ends_with("=exclusive"));
            let some = matches!(after.value("/collections"), Some(Datum::List(all)) if all.iter().any(one));
            some || after.text("/ownership") == Some("exclusive")
        });
        if let Some(notes) = would_go.get(draft.change.address.manifest()).filter(|_| asks) {
            draft.change.risk_notes.extend(notes.iter().cloned());
        }
    }
}

fn digests(work: &mut Work) {
    for draft in &mut work.drafts {
        match draft.change.recompute_digest() {
            Ok(digest) => draft.change.digest = digest,
            Err(error) => {
                let finding =
                    Finding::error("digest", format!("its effect could not be written down: {error}"));
                work.findings.push(finding.of(draft.change.address.as_str()).help("report this as a bug"));
            }
        }
    }
}

/// The next moment after the plan's at which time alone may change it.
fn wake(input: &PlanInput<'_>) -> Option<Timestamp> {
    let wished = input.desired.resources.values().filter_map(|want| want.until);
    let recorded = input.memory.ledger.values().filter_map(|entry| entry.until);
    let holds = input.memory.holds.iter().map(|hold| hold.until);
    wished.chain(recorded).chain(holds).chain(freezes::next(input)).filter(|at| *at > input.as_of).min()
}

/// Everything that follows from the rest of a plan: order, summary, verdicts, digest.
pub(crate) fn conclude(plan: &mut Plan) {
    let weight = |f: &Finding| {
        (Reverse(f.severity), f.file.clone(), f.line, f.column, f.address.clone(), f.rule.clone())
    };
    plan.findings.sort_by(|a, b| weight(a).cmp(&weight(b)).then_with(|| a.cmp(b)));
    plan.findings.dedup();
    plan.unverifiable.sort();
    plan.unverifiable.dedup();
    plan.summary = Action::ALL.into_iter().map(|action| (action, 0)).collect();
    for change in &plan.changes {
        *plan.summary.entry(change.action).or_default() += 1;
    }
    plan.complete = plan.unverifiable.is_empty() && plan.sources.iter().all(|s| s.complete);
    let open = plan.changes.iter().any(|c| c.held_by.as_ref().is_none_or(HeldBy::liftable));
    let errors = plan.findings.iter().any(|f| f.severity == Severity::Error);
    plan.applyable = !errors && (plan.changes.is_empty() || open);
    crate::seal::seal(plan);
}
