//! Freezes, windows and break-glass together: whether a change may be applied at a moment.
//!
//! They hold applies. A plan is made all the same, and a change that is held keeps its digest, so that
//! it can be approved before its time. Our own settings are never held by them, or nobody could end a freeze.
//!
//! Deliberately absent: what counts as recorded and what as wished (`resources`, `catalog`), and clocks.

use super::Recorded;
use super::window::{Opening, Window, opening};
use crate::approval::{Actor, different_people, risk_word};
use crate::name::TenantName;
use crate::plan::{Change, HeldBy};
use crate::scope::Scope;
use crate::types::Risk;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Changes that a freeze does not hold: of this risk and of manifests of this kind, where they are named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Exception {
    /// The risk, as a word.
    pub risk: Option<SmolStr>,
    /// The kind.
    pub kind: Option<SmolStr>,
}

impl Exception {
    fn covers(&self, change: &Change) -> bool {
        let risk = self.risk.as_ref().is_none_or(|risk| risk == risk_word(change.risk));
        let kind = || change.address.manifest().split('/').nth(1);
        // One that names neither would end the freeze, so it covers nothing.
        (self.risk.is_some() || self.kind.is_some())
            && risk
            && self.kind.as_deref().is_none_or(|own| kind() == Some(own))
    }

    /// How it is recorded: `risk=routine kind=Domain`, without what there is not.
    #[must_use]
    pub fn line(&self) -> String {
        let parts = [("risk", &self.risk), ("kind", &self.kind)];
        let parts = parts.into_iter().filter_map(|(key, value)| Some(format!("{key}={}", value.as_ref()?)));
        parts.collect::<Vec<_>>().join(" ")
    }

    /// Reads what [`Self::line`] wrote; none where it says something we do not know.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let mut found = Self { risk: None, kind: None };
        for part in line.split(' ') {
            match part.split_once('=')? {
                ("risk", word) if RISKS.contains(&word) => found.risk = Some(word.into()),
                ("kind", word) if !word.is_empty() => found.kind = Some(word.into()),
                _ => return None,
            }
        }
        Some(found)
    }
}

/// The words for risks.
pub const RISKS: [&str; 4] = [
    risk_word(Risk::Routine),
    risk_word(Risk::Sensitive),
    risk_word(Risk::Outage),
    risk_word(Risk::Irreversible),
];

/// A time in which nothing is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Freeze {
    /// Its manifest, `tenant/Kind/name`.
    pub manifest: SmolStr,
    /// The tenants; `*` is all of them. Empty: those of the environments.
    pub tenants: BTreeSet<SmolStr>,
    /// Names or types of environments. Empty: everything of the tenants.
    pub environments: BTreeSet<SmolStr>,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// What it does not hold.
    pub except: BTreeSet<Exception>,
}

impl Freeze {
    /// Whether it is of this tenant at all.
    #[must_use]
    pub fn is_of(&self, tenant: &str) -> bool {
        self.tenants.is_empty() || self.tenants.contains("*") || self.tenants.contains(tenant)
    }

    fn holds(&self, change: &Change, recorded: &Recorded) -> bool {
        let tenant = change.address.tenant();
        let named = |name: &SmolStr| {
            let kind = recorded.environment(tenant, name);
            self.environments.contains(name) || self.environments.contains(kind.word())
        };
        let within = || change.environments.iter().chain(&change.was_in).any(named);
        // One that names neither holds everything: it cannot be written, so it is damaged.
        self.is_of(tenant)
            && (self.environments.is_empty() || within())
            && !self.except.iter().any(|exception| exception.covers(change))
    }
}

/// Freezes and windows, as recorded or as wished.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    /// The freezes.
    pub freezes: Vec<Freeze>,
    /// The windows of Tenants and Environments, by manifest (`tenant/Kind/name`).
    pub windows: BTreeMap<SmolStr, Vec<Window>>,
}

/// Why a change may not be applied at a moment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shut {
    /// [`HeldBy::FREEZE`] or [`HeldBy::WINDOW`].
    pub by: HeldBy,
    /// The manifest that says so.
    pub manifest: SmolStr,
    /// Until when, as far as it is known.
    pub until: Option<Timestamp>,
    /// Why, as somebody wrote it; of a window its hours.
    pub why: String,
}

/// What some calendars say of one moment.
pub struct Today<'a> {
    freezes: Vec<&'a Freeze>,
    /// Closed windows, by manifest.
    closed: BTreeMap<&'a str, (Opening, String)>,
    /// When something of this changes next.
    next: Option<Timestamp>,
}

impl<'a> Today<'a> {
    /// What these calendars say of a moment: all of them hold, the stricter counts.
    #[must_use]
    pub fn of(calendars: &[&'a Calendar], at: Timestamp) -> Self {
        let mut today = Today { freezes: Vec::new(), closed: BTreeMap::new(), next: None };
        for freeze in calendars.iter().flat_map(|calendar| &calendar.freezes) {
            today.soonest([freeze.from, freeze.until].into_iter().find(|moment| *moment > at));
            if freeze.from <= at && at < freeze.until {
                today.freezes.push(freeze);
            }
        }
        for (manifest, windows) in calendars.iter().flat_map(|calendar| &calendar.windows) {
            // One that was recorded and cannot be read is never open.
            let found = match windows.is_empty() {
                true => Opening { open: false, until: None },
                false => opening(windows, at),
            };
            today.soonest(found.until);
            if !found.open {
                let words: Vec<String> = windows.iter().map(ToString::to_string).collect();
                today.closed.insert(manifest, (found, words.join("; ")));
            }
        }
        today
    }

    fn soonest(&mut self, moment: Option<Timestamp>) {
        self.next = self.next.into_iter().chain(moment).min();
    }

    /// When time alone may change this.
    #[must_use]
    pub const fn next(&self) -> Option<Timestamp> {
        self.next
    }

    /// What holds a change at this moment; of several freezes the one that ends last.
    #[must_use]
    pub fn shut(&self, change: &Change, recorded: &Recorded) -> Option<Shut> {
        if change.scope.provider == Scope::own().provider {
            return None;
        }
        let frozen = self.freezes.iter().filter(|freeze| freeze.holds(change, recorded));
        if let Some(freeze) = frozen.max_by_key(|freeze| (freeze.until, &freeze.manifest)) {
            return Some(Shut {
                by: HeldBy::FREEZE,
                manifest: freeze.manifest.clone(),
                until: Some(freeze.until),
                why: freeze.reason.clone(),
            });
        }
        let tenant = change.address.tenant();
        let own = smol_str::format_smolstr!("{tenant}/Tenant/{tenant}");
        let within = change.environments.iter().chain(&change.was_in);
        let within = within.map(|name| smol_str::format_smolstr!("{tenant}/Environment/{name}"));
        std::iter::once(own).chain(within).find_map(|manifest| {
            let (opening, words) = self.closed.get(manifest.as_str())?;
            Some(Shut { by: HeldBy::WINDOW, manifest, until: opening.until, why: words.clone() })
        })
    }
}

/// Somebody opens the freezes and windows of a tenant for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BreakGlass {
    /// The tenant.
    pub tenant: TenantName,
    /// Since when.
    pub at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Who asked for it, and why. The first is whoever broke it; others agreed.
    pub by: Vec<Breaker>,
}

/// Somebody who asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    /// Who.
    pub who: Actor,
    /// Why.
    pub reason: String,
}

impl BreakGlass {
    /// Whether freezes and windows are open by it at a moment: where the tenant asks for a second person,
    /// only once two different people asked.
    #[must_use]
    pub fn opens(&self, recorded: &Recorded, at: Timestamp) -> bool {
        self.at <= at
            && at < self.until
            && self.people().len() >= Self::needed(recorded, self.tenant.as_str())
    }

    /// The different people who asked for it.
    #[must_use]
    pub fn people(&self) -> Vec<String> {
        different_people(self.by.iter().map(|one| &one.who))
    }

    /// How many different people must ask for it.
    #[must_use]
    pub fn needed(recorded: &Recorded, tenant: &str) -> usize {
        let strict = recorded.policies.get(tenant).is_some_and(|p| p.approval.second_person_for_lifts);
        if strict { 2 } else { 1 }
    }

    /// Who and why, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let each: Vec<String> = self.by.iter().map(|one| format!("{}: {}", one.who, one.reason)).collect();
        each.join("; ")
    }
}

#[cfg(test)]
mod tests;
