//! Freezes and windows: they hold what would be applied at the moment of the plan, and what is held keeps its
//! digest. Recorded and wished ones hold alike: who puts a freeze is believed at once, who ends it from the
//! plan after that was applied.
//!
//! Deliberately absent: what a freeze holds (`core::safety::freeze`).

use crate::PlanInput;
use crate::draft::Draft;
use crate::render::moment;
use aplomo_core::ledger::Memory;
use aplomo_core::plan::HeldBy;
use aplomo_core::safety::Recorded;
use aplomo_core::safety::freeze::{BreakGlass, Shut, Today};
use aplomo_core::{Finding, Timestamp};
use std::collections::BTreeMap;

/// Holds what nothing else holds. What time alone asks for was approved with the change that set the time, and
/// goes past freezes.
pub(crate) fn hold(input: &PlanInput<'_>, drafts: &mut [Draft]) -> Vec<Finding> {
    let today = today(input);
    let mut held: BTreeMap<(String, Shut), usize> = BTreeMap::new();
    let mut opened: BTreeMap<&str, (&BreakGlass, usize)> = BTreeMap::new();
    for draft in drafts.iter_mut().filter(|d| !d.scheduled && d.change.held_by.is_none()) {
        let Some(shut) = today.shut(&draft.change, input.recorded) else { continue };
        let tenant = draft.change.address.tenant();
        if let Some(glass) = glass_of(input.memory, input.recorded, tenant, input.as_of) {
            opened.entry(glass.tenant.as_str()).or_insert((glass, 0)).1 += 1;
            continue;
        }
        *held.entry((tenant.to_owned(), shut.clone())).or_default() += 1;
        draft.hold(shut.by);
    }
    let opened = opened.into_iter().map(|(tenant, (glass, count))| past(tenant, glass, count));
    held.into_iter().map(|((tenant, shut), count)| wait(&tenant, &shut, count)).chain(opened).collect()
}

fn today<'a>(input: &PlanInput<'a>) -> Today<'a> {
    Today::of(&[&input.recorded.calendar, &input.desired.calendar], input.as_of)
}

/// When freezes, windows and what opens them change next.
pub(crate) fn next(input: &PlanInput<'_>) -> Option<Timestamp> {
    let glass = input.memory.glass.iter().map(|glass| glass.until).filter(|until| *until > input.as_of);
    glass.chain(today(input).next()).min()
}

/// What opens the freezes and windows of a tenant at a moment.
pub(crate) fn glass_of<'a>(
    memory: &'a Memory,
    recorded: &Recorded,
    tenant: &str,
    at: Timestamp,
) -> Option<&'a BreakGlass> {
    memory.glass.iter().find(|glass| glass.tenant.as_str() == tenant && glass.opens(recorded, at))
}

fn changes(count: usize) -> String {
    if count == 1 { "1 change".to_owned() } else { format!("{count} changes") }
}

fn wait(tenant: &str, shut: &Shut, count: usize) -> Finding {
    let (rule, what) = match shut.by == HeldBy::FREEZE {
        true => ("freeze", format!("for the end of the freeze `{}` ({})", shut.manifest, shut.why)),
        false => ("window", format!("for a window of `{}` ({})", shut.manifest, shut.why)),
    };
    let until = shut.until.map(|until| format!(", until {}", moment(until))).unwrap_or_default();
    let verb = if count == 1 { "waits" } else { "wait" };
    let mut finding = Finding::warning(rule, format!("{} of {tenant} {verb} {what}{until}", changes(count)));
    finding.tenant = Some(tenant.into());
    finding
        .help("they may be approved now and are applied then; `aplomo break-glass` opens it in an emergency")
}

fn past(tenant: &str, glass: &BreakGlass, count: usize) -> Finding {
    let message = format!(
        "{} of {tenant} {} past freezes and windows until {}: {}",
        changes(count),
        if count == 1 { "goes" } else { "go" },
        moment(glass.until),
        glass.words()
    );
    let mut finding = Finding::warning("break-glass", message);
    finding.tenant = Some(tenant.into());
    finding.help(format!("`aplomo break-glass {tenant} --end --reason TEXT` ends it"))
}
