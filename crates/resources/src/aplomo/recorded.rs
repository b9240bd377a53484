//! What the ledger says was applied of safeties and tenant settings: only this loosens anything.

use super::model::{Safety, TenantSettings};
use super::{FREEZE, SAFETY, TENANT_SETTINGS, freeze};
use aplomo_core::fields::WantedFields;
use aplomo_core::ledger::Memory;
use aplomo_core::safety::{
    self, Access, ContactPolicy, EnvironmentType, Guards, Locale, Recorded, TenantPolicy, TenantState,
};
use aplomo_core::{Account, Address, Model, TenantName, Wanted, Wish};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// Gathers the recorded safeties and policies. What cannot be read counts as not recorded, so as
/// protected.
#[must_use]
pub fn recorded(memory: &Memory) -> Recorded {
    let mut out = Recorded::default();
    for (address, entry) in &memory.ledger {
        if entry.type_name == SAFETY {
            if let Ok(model) = Safety::<Wanted>::from_fields(&entry.applied) {
                let environment = model.environment.value().and_then(|word| EnvironmentType::of(word));
                out.environments.extend(environment.map(|e| (SmolStr::new(address.manifest()), e)));
                windows(address, &model.windows, &mut out);
                out.safeties.insert(address.manifest().into(), safety(&model));
            }
        } else if entry.type_name == FREEZE {
            out.calendar.freezes.extend(freeze::recorded(address, &entry.applied));
        } else if entry.type_name == TENANT_SETTINGS
            && let Some(policy) = policy(address, &entry.applied)
        {
            out.policies.insert(policy.name.clone(), policy);
            if let Ok(model) = TenantSettings::<Wanted>::from_fields(&entry.applied) {
                windows(address, &model.windows, &mut out);
            }
        }
    }
    out
}

/// One that cannot be read is never open.
fn windows(address: &Address, wish: &Wish<BTreeSet<SmolStr>>, out: &mut Recorded) {
    if let Some(texts) = wish.value().filter(|texts| !texts.is_empty()) {
        let windows = texts.iter().filter_map(|text| text.parse().ok()).collect();
        out.calendar.windows.insert(SmolStr::new(address.manifest()), windows);
    }
}

fn safety(model: &Safety<Wanted>) -> safety::Safety {
    safety::Safety {
        deletion: match model.deletion.value().map(SmolStr::as_str) {
            Some("delete") => safety::Deletion::Delete,
            Some("orphan") => safety::Deletion::Orphan,
            _ => safety::Deletion::Protect,
        },
        ownership: ownership(model.ownership.value().map(SmolStr::as_str)),
        consents: model.consents.value().cloned().unwrap_or_default(),
        collections: model
            .collections
            .value()
            .into_iter()
            .flatten()
            .filter_map(|one| one.split_once('='))
            .map(|(member, word)| (member.into(), ownership(Some(word))))
            .collect(),
    }
}

fn ownership(word: Option<&str>) -> safety::Ownership {
    match word {
        Some("exclusive") => safety::Ownership::Exclusive,
        Some("observe") => safety::Ownership::Observe,
        _ => safety::Ownership::Additive,
    }
}

/// The policy that the settings of a tenant amount to.
#[must_use]
pub fn policy(address: &Address, settings: &WantedFields) -> Option<TenantPolicy> {
    let model = TenantSettings::<Wanted>::from_fields(settings).ok()?;
    let mut policy = TenantPolicy::protected(TenantName::new(address.tenant()).ok()?);
    policy.state = state(&model.state);
    let usual = Guards::default();
    policy.guards = Guards {
        count: model.guard_count.value().copied().unwrap_or(usual.count),
        permille: model.guard_permille.value().copied().unwrap_or(usual.permille),
    };
    let aws = model.aws_account.value().and_then(|id| Account::new(id).ok());
    let github = model.github_organization.value().and_then(|o| Account::new(o.to_ascii_lowercase()).ok());
    policy.accounts.extend(aws.map(|id| ("aws".into(), id)));
    policy.accounts.extend(github.map(|o| ("github".into(), o)));
    let text = |wish: &Wish<String>| wish.value().map(SmolStr::new);
    let access = Access {
        region: model.aws_region.value().cloned(),
        read_role: text(&model.aws_read_role),
        write_role: text(&model.aws_write_role),
        external_id: text(&model.aws_external_id),
    };
    if access != Access::default() {
        policy.access.insert("aws".into(), access);
    }
    policy.approval.automatic_reasons = model.automatic_reasons.value().cloned().unwrap_or_default();
    policy.approval.automatic_risks = model.automatic_risks.value().cloned().unwrap_or_default();
    policy.approval.second_person_for_lifts = model.second_person_for_lifts == Wish::Value(true);
    let rules = model.approvers.value().into_iter().flatten();
    policy.approval.approvers = rules.filter_map(|rule| rule.parse().ok()).collect();
    policy.approval.approvers.sort();
    policy.secrets = model.secrets.value().cloned().unwrap_or_default();
    let contact = |(name, wish): (&String, &Wish<String>)| Some(ContactPolicy::read(name, wish.value()?));
    policy.contacts = model.contacts.iter().filter_map(contact).collect();
    policy.locale = match model.locale.value().map(SmolStr::as_str) {
        Some("es") => Locale::Es,
        _ => Locale::En,
    };
    Some(policy)
}

/// A word we do not know freezes: a newer Aplomo may have meant something stricter.
fn state(wish: &Wish<SmolStr>) -> TenantState {
    match wish.value().map(SmolStr::as_str) {
        None | Some("active") => TenantState::Active,
        Some("leaving") => TenantState::Leaving,
        Some("released") => TenantState::Released,
        Some(_) => TenantState::Frozen,
    }
}

#[cfg(test)]
mod tests;
