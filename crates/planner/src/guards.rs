//! Limits on how much may go in 24 hours.

use crate::PlanInput;
use crate::draft::{Containers, Draft};
use crate::matching::{Matches, Standing, Whose};
use crate::place::Place;
use crate::world::World;
use aplomo_core::ledger::Removal;
use aplomo_core::plan::HeldBy;
use aplomo_core::types::Counting;
use aplomo_core::{Finding, SignedDuration};
use std::collections::BTreeMap;

/// From this many owned on, the share counts.
const SHARE_FROM: u64 = 10;

/// What is counted together: a tenant's objects of a type, in one container where the type is
/// counted per container.
type Pool = (String, String, Option<String>);

#[derive(Default)]
struct Count {
    owned: u64,
    past: u64,
    planned: Vec<usize>,
}

/// Holds removals that are too many, all of a tenant (by number) or all of a pool (by share).
pub(crate) fn guard(
    input: &PlanInput<'_>,
    world: &World<'_>,
    matches: &Matches<'_>,
    drafts: &mut [Draft],
) -> Vec<Finding> {
    let planned: Vec<usize> = counted(input, drafts);
    if planned.is_empty() {
        return Vec::new();
    }
    let mut pools: BTreeMap<Pool, Count> = BTreeMap::new();
    for i in planned {
        pools.entry(pool(input, &drafts[i])).or_default().planned.push(i);
    }
    past(input, &mut pools);
    owned(input, world, matches, drafts, &mut pools);
    let mut findings = Vec::new();
    by_number(input, &pools, drafts, &mut findings);
    by_share(input, &pools, drafts, &mut findings);
    findings
}

/// Removals that count: not held for good already, not approved long before, not part of a container
/// that goes as a whole.
fn counted(input: &PlanInput<'_>, drafts: &[Draft]) -> Vec<usize> {
    let going = drafts.iter().filter(|d| d.change.is_removal() && d.change.held_by.is_none());
    let containers = Containers::new(going.map(|d| (d, ())));
    let counts = |draft: &Draft| {
        draft.change.is_removal()
            && draft.change.held_by.is_none()
            && !draft.scheduled
            // What several people decide together is no accident.
            && !draft.change.departs
            && counting(input, draft.change.type_name.as_str()) != Counting::Exempt
            && containers.around(draft).is_none()
    };
    drafts.iter().enumerate().filter(|(_, d)| counts(d)).map(|(i, _)| i).collect()
}

fn counting(input: &PlanInput<'_>, type_name: &str) -> Counting {
    input.types.get(type_name).map_or(Counting::PerTenant, |kind| kind.counting())
}

fn pool(input: &PlanInput<'_>, draft: &Draft) -> Pool {
    let change = &draft.change;
    let type_name = change.type_name.to_string();
    let container = match counting(input, &type_name) {
        counting if counting.is_per_container() => change.scope.container.as_ref().map(ToString::to_string),
        _ => None,
    };
    (change.address.tenant().to_owned(), type_name, container)
}

/// Removals of the last 24 hours.
fn past(input: &PlanInput<'_>, pools: &mut BTreeMap<Pool, Count>) {
    let since = input.as_of.checked_sub(SignedDuration::from_hours(24)).unwrap_or(input.as_of);
    let counts = |r: &&Removal| r.at > since && counting(input, r.type_name.as_str()) != Counting::Exempt;
    for removal in input.memory.removals.iter().filter(counts) {
        let per_container = counting(input, removal.type_name.as_str()).is_per_container();
        let container = removal.container.as_ref().filter(|_| per_container).map(ToString::to_string);
        pools
            .entry((removal.tenant.to_string(), removal.type_name.to_string(), container))
            .or_default()
            .past += 1;
    }
}

/// How many each pool owns now: what is wished and ours, and what goes.
fn owned(
    input: &PlanInput<'_>,
    world: &World<'_>,
    matches: &Matches<'_>,
    drafts: &[Draft],
    pools: &mut BTreeMap<Pool, Count>,
) {
    let mut ours: BTreeMap<(&str, &str, Option<&str>), u64> = BTreeMap::new();
    for item in matches.items.iter().filter(|i| matches!(i.whose, Whose::Ours | Whose::Moving)) {
        let Standing::Here(at) = item.standing else { continue };
        let type_name = item.want.type_name.as_str();
        let per_container = counting(input, type_name).is_per_container();
        let container = Place::of(&world.object(at).scope).container.filter(|_| per_container);
        *ours.entry((item.want.address.tenant(), type_name, container)).or_default() += 1;
    }
    for ((tenant, type_name, container), count) in pools.iter_mut() {
        let wished =
            ours.get(&(tenant.as_str(), type_name.as_str(), container.as_deref())).copied().unwrap_or(0);
        // A replace is wished too and counts among those already.
        let going = count.planned.iter().filter(|i| drafts[**i].goes()).count();
        count.owned = wished + going as u64;
    }
}

fn by_number(
    input: &PlanInput<'_>,
    pools: &BTreeMap<Pool, Count>,
    drafts: &mut [Draft],
    findings: &mut Vec<Finding>,
) {
    let mut tenants: BTreeMap<&str, (u64, Vec<usize>)> = BTreeMap::new();
    for ((tenant, type_name, _), count) in pools {
        if counting(input, type_name) == Counting::PerTenant {
            let (all, planned) = tenants.entry(tenant).or_default();
            *all += count.past + count.planned.len() as u64;
            planned.extend(&count.planned);
        }
    }
    for (tenant, (all, planned)) in tenants {
        let limit = u64::from(input.recorded.guards(tenant).count).max(1);
        if all > limit && !planned.is_empty() {
            let message = format!(
                "{all} removals in 24 hours, {} planned now, where {limit} are allowed",
                planned.len()
            );
            findings.push(finding(tenant, &HeldBy::GUARD_COUNT, message));
            planned.into_iter().for_each(|i| drafts[i].hold(HeldBy::GUARD_COUNT));
        }
    }
}

fn by_share(
    input: &PlanInput<'_>,
    pools: &BTreeMap<Pool, Count>,
    drafts: &mut [Draft],
    findings: &mut Vec<Finding>,
) {
    for ((tenant, type_name, container), count) in pools {
        let removed = count.past + count.planned.len() as u64;
        let before = count.owned + count.past;
        let (permille, from) = limit(input, tenant, type_name);
        let too_many = removed * 1000 > before * permille && before >= from && removed > 1;
        if too_many && !count.planned.is_empty() {
            let within = container.as_ref().map(|c| format!(" in {c}")).unwrap_or_default();
            let message = format!(
                "{removed} of {before} {type_name}{within} would go in 24 hours, where {} % are allowed",
                share(permille)
            );
            findings.push(finding(tenant, &HeldBy::GUARD_FRACTION, message));
            count.planned.iter().for_each(|i| drafts[*i].hold(HeldBy::GUARD_FRACTION));
        }
    }
}

/// The share allowed, in thousandths, and from how many on it counts: the stricter of the tenant's and the
/// type's own.
fn limit(input: &PlanInput<'_>, tenant: &str, type_name: &str) -> (u64, u64) {
    let tenants = u64::from(input.recorded.guards(tenant).permille);
    match counting(input, type_name) {
        Counting::ShareOfContainer(own) => (tenants.min(u64::from(own)), 1),
        _ => (tenants, SHARE_FROM),
    }
}

fn finding(tenant: &str, guard: &HeldBy, message: String) -> Finding {
    let mut finding = Finding::warning("guard", message);
    finding.tenant = Some(tenant.into());
    finding.help(format!(
        "they are held and the rest goes on; an approval may lift it with `--lift {guard}=REASON`"
    ))
}

/// A share in thousandths as percent: `30`, `12.5`.
fn share(permille: u64) -> String {
    let rest = if permille.is_multiple_of(10) { String::new() } else { format!(".{}", permille % 10) };
    format!("{}{rest}", permille / 10)
}
