//! All manifests of a plan, typed: what a kind may look at beside its own manifest.

use crate::kind::{AnyKind, AnySpec, Expansion, Head, Kind, Manifest};
use crate::offboard::{Mentions, Person};
use aplomo_core::fields::Fingerprint;
use aplomo_core::{Account, ManifestName, ManifestRef, TenantName};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// The AWS accounts that our credentials speak for. An account in a Tenant manifest goes before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accounts {
    /// For tenants without one of their own.
    pub default: Option<Account>,
    /// By tenant.
    pub tenants: BTreeMap<TenantName, Account>,
    /// Consents as they were applied, by manifest (`tenant/Kind/name`): a wish for a consent counts from
    /// the plan after it was applied. `None` where nothing recorded is at hand (`validate`).
    pub consents: Option<BTreeMap<SmolStr, BTreeSet<SmolStr>>>,
    /// The secrets that the configuration allows each tenant, by name. `None` where none were resolved
    /// (`validate`, plans of pull requests): secrets are then neither compared nor written.
    pub secrets: Option<SecretMarks>,
}

/// Secrets by tenant and name, without their values.
pub type SecretMarks = BTreeMap<TenantName, BTreeMap<SmolStr, SecretMark>>;

/// What is known of a secret that the configuration allows a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretMark {
    /// It was read.
    Known {
        /// The fingerprint of its value under the key in use.
        fingerprint: Fingerprint,
        /// Fingerprints of the same value under keys that were in use before.
        formerly: Vec<Fingerprint>,
        /// From how many days on it is told to be old.
        rotation_days: Option<u32>,
    },
    /// It cannot be read where the configuration says it is.
    Unreadable {
        /// Why, without its value.
        why: String,
    },
}

impl Accounts {
    /// The account for a tenant, as far as it is known.
    #[must_use]
    pub fn of(&self, tenant: &TenantName) -> Option<&Account> {
        self.tenants.get(tenant).or(self.default.as_ref())
    }
}

/// A manifest with its kind.
pub(crate) struct Entry<'a> {
    pub(crate) head: Head<'a>,
    pub(crate) kind: &'static dyn AnyKind,
    pub(crate) spec: AnySpec,
}

impl Entry<'_> {
    pub(crate) fn expand(&self, estate: &Estate<'_>) -> Expansion {
        self.kind.expand(&self.head, &*self.spec, estate)
    }
    pub(crate) fn people(&self, who: &Person, estate: &Estate<'_>) -> Mentions {
        self.kind.people(&self.head, &*self.spec, who, estate)
    }
}

/// All manifests of a plan whose shape is right, and what is known around them.
pub struct Estate<'a> {
    pub(crate) entries: BTreeMap<ManifestRef, Entry<'a>>,
    /// Manifests that exist but are broken or not to be believed.
    pub(crate) broken: BTreeSet<ManifestRef>,
    /// The accounts known from credentials.
    pub accounts: &'a Accounts,
}

impl Estate<'_> {
    /// The manifest of a kind, tenant and name.
    #[must_use]
    pub fn get<K: Kind>(&self, tenant: &TenantName, name: &ManifestName) -> Option<Manifest<'_, K::Spec>> {
        let reference = ManifestRef { tenant: tenant.clone(), kind: K::NAME, name: name.clone() };
        let entry = self.entries.get(&reference)?;
        Some(Manifest { head: &entry.head, spec: entry.spec.downcast_ref()? })
    }

    /// Whether there is a manifest of this kind, tenant and name, be it broken.
    #[must_use]
    pub fn knows<K: Kind>(&self, tenant: &TenantName, name: &ManifestName) -> bool {
        let reference = ManifestRef { tenant: tenant.clone(), kind: K::NAME, name: name.clone() };
        self.entries.contains_key(&reference) || self.broken.contains(&reference)
    }

    /// The names of a tenant's manifests of a kind, for suggestions.
    pub fn names<'s, K: Kind>(&'s self, tenant: &'s TenantName) -> impl Iterator<Item = &'s str> + Clone {
        let of_kind = move |r: &&ManifestRef| r.kind == K::NAME && r.tenant == *tenant;
        self.entries.keys().filter(of_kind).map(|reference| reference.name.as_str())
    }
}
