//! The plan of a way back: only what goes back, and of the rest why it does not.

use super::{Back, Wished};
use crate::assemble::conclude;
use aplomo_core::fields::{SeenFields, Sight, Wish};
use aplomo_core::ledger::{LedgerEntry, Memory};
use aplomo_core::plan::{Action, Change, Plan};
use aplomo_core::{Address, FieldPath, Severity};
use std::collections::BTreeSet;

/// Keeps the changes of a plan that go back, and completes what is said of the others.
#[must_use]
pub fn settle(mut plan: Plan, back: &mut Back, memory: &Memory) -> Plan {
    for change in &plan.changes {
        let Some(wished) = back.wishes.get(&change.address) else { continue };
        if let Some(why) = moved(change, wished, memory.ledger.get(&change.address)) {
            back.give_up(&change.address, why);
        }
    }
    keep_together(&plan, back);
    nothing_planned(&plan, back);
    let kept: BTreeSet<&Address> = back.wishes.keys().collect();
    plan.changes.retain(|change| kept.contains(&change.address));
    let tenants: BTreeSet<&str> = kept.iter().map(|address| address.tenant()).collect();
    plan.findings.retain(|finding| {
        let ours = finding.tenant.as_deref().is_none_or(|tenant| tenants.contains(tenant));
        ours && finding.severity == Severity::Error || kept.iter().any(|address| finding.concerns(address))
    });
    plan.unverifiable.retain(|one| one.address.as_ref().is_some_and(|address| kept.contains(address)));
    plan.unmanaged.clear();
    plan.coverage = None;
    plan.narrowed = true;
    plan.reverts = Some(back.run.clone());
    back.cannot.sort_by(|a, b| (&a.address, &a.field).cmp(&(&b.address, &b.field)));
    let complete = plan.complete;
    conclude(&mut plan);
    if plan.complete && !complete {
        // It never gets better by looking away.
        plan.complete = false;
        crate::seal::seal(&mut plan);
    }
    plan
}

const MOVED: &str = "it was changed behind our back since; decide that first (`aplomo drift`)";

/// Why the world is not as the run left it; a way back never runs over what others did.
fn moved(change: &Change, wished: &Wished, entry: Option<&LedgerEntry>) -> Option<String> {
    if change.action == Action::Replace {
        return Some("going back would replace the object".to_owned());
    }
    // Made again: nothing is there that could have moved.
    let entry = entry?;
    let seen = change.before.fields()?;
    let at = if wished.fields.is_none() {
        entry.applied.iter().map(|(path, _)| path).find(|path| !stands(entry, path, seen))
    } else {
        let fields = change.fields.iter().map(|field| &field.path);
        fields.clone().find(|path| !wished.paths.contains(*path) || !stands(entry, path, seen))
    };
    at.map(|path| format!("{MOVED}: {path}"))
}

/// Whether a field is as it was applied, as far as that can be told.
fn stands(entry: &LedgerEntry, path: &FieldPath, seen: &SeenFields) -> bool {
    let now = seen.get(path.as_str()).unwrap_or(&Sight::Absent);
    match entry.applied.get(path.as_str()) {
        Some(Wish::Value(value)) => now.value() == Some(value),
        Some(Wish::Absent) => *now == Sight::Absent,
        Some(Wish::Reference(_)) => entry.resolved.get(path).is_none_or(|value| now.value() == Some(value)),
        // What was never written, or cannot be compared, says nothing.
        None | Some(Wish::LeftAlone | Wish::Secret(_)) => true,
    }
}

/// What works only with something that does not go back, or waits for it, does not go back either.
fn keep_together(plan: &Plan, back: &mut Back) {
    loop {
        let goes = |address: &Address| back.wishes.contains_key(address);
        let there = |address: &Address| plan.changes.iter().any(|c| c.address == *address);
        let lost = plan.changes.iter().filter(|change| goes(&change.address)).find_map(|change| {
            let waits = change.depends_on.iter().find(|needed| !goes(needed) && there(needed));
            if let Some(needed) = waits {
                return Some((change, format!("it waits for {needed}, which differs too")));
            }
            let group = change.group.as_ref()?;
            let pair = plan.changes.iter().find(|c| c.group.as_ref() == Some(group) && !goes(&c.address))?;
            Some((change, format!("it goes only together with {}", pair.address)))
        });
        let Some((change, why)) = lost else { return };
        back.give_up(&change.address, why);
    }
}

/// What nothing is planned for: it is so already, or could not be seen, or may not go.
fn nothing_planned(plan: &Plan, back: &mut Back) {
    let planned: BTreeSet<&Address> = plan.changes.iter().map(|c| &c.address).collect();
    let open: Vec<Address> =
        back.wishes.keys().filter(|address| !planned.contains(address)).cloned().collect();
    for address in open {
        let unseen = plan.unverifiable.iter().find(|one| one.address.as_ref() == Some(&address));
        let said = plan.findings.iter().find(|f| f.severity != Severity::Info && f.concerns(&address));
        let source = back.wishes[&address].source.clone();
        let partial = plan.sources.iter().any(|one| one.name == source && !one.complete);
        let removal = back.wishes[&address].fields.is_none();
        if let Some(one) = unseen {
            back.give_up(&address, format!("it could not be seen: {}", one.why));
        } else if let Some(finding) = said {
            back.give_up(&address, finding.message.clone());
        } else if removal && partial {
            back.give_up(&address, format!("source {source} is not complete, so nothing is deleted"));
        } else {
            back.wishes.remove(&address);
            back.already.push(address);
        }
    }
}
