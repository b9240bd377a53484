//! What loosens a tenant's safeties, in words.

use crate::aplomo::freeze::loosened_windows;
use crate::aplomo::model::TenantSettings;
use crate::change::{Delta, Notes, delta, list};
use aplomo_core::safety::{ApproverRule, ContactPolicy, Guards};
use aplomo_core::types::{Assessment, Risk};
use aplomo_core::{Seen, Wanted};
use smol_str::SmolStr;
use std::collections::BTreeSet;

type Before<'a> = Option<&'a TenantSettings<Seen>>;
type After<'a> = Option<&'a TenantSettings<Wanted>>;

/// Anything that widens what may be done, by whom and where, is sensitive.
pub(super) fn assess(before: Before<'_>, after: After<'_>) -> Assessment {
    let mut notes = Notes::default();
    state(before, after, &mut notes);
    guards(before, after, &mut notes);
    place(before, after, &mut notes);
    approval(before, after, &mut notes);
    people(before, after, &mut notes);
    notes.0
}

fn state(before: Before<'_>, after: After<'_>, notes: &mut Notes) {
    let state = delta!(before, after, state);
    let word = |value: Option<&SmolStr>| value.cloned().unwrap_or(SmolStr::new_static("active"));
    let (old, new) = (word(state.before), word(state.after));
    if old == new {
        return;
    }
    notes.add(
        Risk::Sensitive,
        match new.as_str() {
            "active" => format!("the tenant is active again after having been {old}: changes are applied"),
            "frozen" => "the tenant is frozen: plans and reports, nothing is applied".into(),
            "leaving" => "the tenant leaves: from the next plan on its objects are taken down in order, past \
                          protection and the limits on removals; each change needs approvals by two different people"
                .into(),
            "released" => "the tenant is released: from the next plan on its objects are let go, nothing is \
                           deleted, and nobody looks after them any more"
                .into(),
            other => format!("the tenant's state becomes {other}"),
        },
    );
}

fn guards(before: Before<'_>, after: After<'_>, notes: &mut Notes) {
    let usual = Guards::default();
    let count = delta!(before, after, guard_count);
    let (old, new) = (*count.before.unwrap_or(&usual.count), *count.after.unwrap_or(&usual.count));
    if new > old {
        notes.add(
            Risk::Sensitive,
            format!("up to {new} removals within 24 hours pass the guard, {old} before"),
        );
    }
    let share = delta!(before, after, guard_permille);
    let (old, new) = (*share.before.unwrap_or(&usual.permille), *share.after.unwrap_or(&usual.permille));
    if new > old {
        let (new, old) = (percent(new), percent(old));
        notes.add(
            Risk::Sensitive,
            format!("up to {new} of a type may be removed within 24 hours, {old} before"),
        );
    }
}

fn percent(permille: u32) -> String {
    let (whole, tenth) = (permille / 10, permille % 10);
    if tenth == 0 { format!("{whole} %") } else { format!("{whole}.{tenth} %") }
}

/// Accounts, roles, regions, organisations.
fn place(before: Before<'_>, after: After<'_>, notes: &mut Notes) {
    instead(
        delta!(before, after, aws_account),
        "acts in the AWS account",
        "the account of our own credentials",
        notes,
    );
    instead(delta!(before, after, aws_read_role), "reads with the role", "our own credentials", notes);
    instead(delta!(before, after, aws_write_role), "writes with the role", "our own credentials", notes);
    instead(delta!(before, after, github_organization), "acts in the GitHub organisation", "none", notes);
    let external = delta!(before, after, aws_external_id);
    if external.before.is_some() && external.after.is_none() {
        notes.add(Risk::Sensitive, "its roles are assumed without an external id");
    } else if external.changes() {
        notes.add(Risk::Sensitive, "its roles are assumed with another external id");
    }
    let regions = gained(&delta!(before, after, aws_regions));
    if !regions.is_empty() {
        notes.add(Risk::Sensitive, format!("reaches into the regions {} too", list(regions)));
    }
}

fn instead<T: PartialEq + AsRef<str>>(value: Delta<'_, T>, does: &str, otherwise: &str, notes: &mut Notes) {
    if value.changes() || value.hidden {
        let name = |v: Option<&T>| v.map_or_else(|| otherwise.to_owned(), |v| format!("`{}`", v.as_ref()));
        let (old, new) = (name(value.before), name(value.after));
        notes.add(Risk::Sensitive, format!("{does} {new} in the place of {old}"));
    }
}

fn approval(before: Before<'_>, after: After<'_>, notes: &mut Notes) {
    let reasons = gained(&delta!(before, after, automatic_reasons));
    if !reasons.is_empty() {
        let note = format!("changes because of {} may be applied without a person", list(reasons));
        notes.add(Risk::Sensitive, note);
    }
    let risks = gained(&delta!(before, after, automatic_risks));
    if !risks.is_empty() {
        notes.add(Risk::Sensitive, format!("{} changes may be applied without a person", list(risks)));
    }
    let second = delta!(before, after, second_person_for_lifts);
    if second.before == Some(&true) && second.after != Some(&true) {
        notes.add(Risk::Sensitive, "lifting a guard no longer needs a second person");
    }
    approvers(&delta!(before, after, approvers), notes);
    loosened_windows(&delta!(before, after, windows), notes);
    let secrets = gained(&delta!(before, after, secrets));
    if !secrets.is_empty() {
        notes.add(Risk::Sensitive, format!("its manifests may use the secrets {}", list(secrets)));
    }
}

/// A rule that comes may loosen as well as one that goes: which of them wins is seen from all of them.
fn approvers(rules: &Delta<'_, BTreeSet<SmolStr>>, notes: &mut Notes) {
    let words =
        |rule: &SmolStr| rule.parse::<ApproverRule>().map_or_else(|_| rule.to_string(), |r| r.words());
    for rule in gained(rules) {
        notes.add(Risk::Sensitive, format!("from the next plan on {}", words(rule)));
    }
    for rule in rules.before.into_iter().flatten() {
        if !rules.after.is_some_and(|after| after.contains(rule)) {
            notes.add(Risk::Sensitive, format!("no longer holds that {}", words(rule)));
        }
    }
}

/// Contacts may ask for changes, so a new one, or another person behind a name, is a matter of trust.
fn people(before: Before<'_>, after: After<'_>, notes: &mut Notes) {
    let had = |name: &str| before.and_then(|b| b.contacts.get(name));
    for (name, wish) in after.iter().flat_map(|a| &a.contacts) {
        let contact = Delta::of(had(name), Some(wish));
        if let (true, Some(who)) = (contact.changes(), contact.after) {
            let may = match ContactPolicy::read(name, who).role.may_ask() {
                true => "may ask for changes",
                false => "is told about security matters and may not ask for changes",
            };
            notes.add(Risk::Sensitive, format!("{name} ({who}) {may}"));
        } else if contact.changes() && contact.before.is_some() {
            notes.add(Risk::Routine, format!("{name} may no longer ask for changes"));
        }
    }
}

fn gained<'a>(sets: &Delta<'a, BTreeSet<SmolStr>>) -> Vec<&'a SmolStr> {
    let before = sets.before;
    sets.after.into_iter().flatten().filter(|item| !before.is_some_and(|b| b.contains(*item))).collect()
}
