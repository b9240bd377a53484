//! The kind Tenant: a client of the platform.

mod expand;
mod people;
mod spec;

pub(crate) use expand::bad_tag;
pub(crate) use people::emails_of;
pub use spec::*;

use crate::estate::Estate;
use crate::kind::{Expansion, Kind, Manifest};
use crate::offboard::{Mentions, Person};
use aplomo_core::{Account, KindName, ManifestName, Provider, Scope, TenantName};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// The kind Tenant.
#[derive(Debug, Clone, Copy)]
pub struct Tenant;

impl Kind for Tenant {
    const NAME: KindName = KindName::known("Tenant");
    const EXAMPLE: &'static str = include_str!("example.yaml");
    const OPERATOR_ONLY: bool = true;
    type Spec = TenantSpec;
    fn expand(manifest: &Manifest<'_, TenantSpec>, _: &Estate<'_>) -> Expansion {
        expand::expand(manifest)
    }
    fn people(manifest: &Manifest<'_, TenantSpec>, who: &Person, _: &Estate<'_>) -> Mentions {
        people::people(manifest.spec, who)
    }
}

fn spec_of<'e>(estate: &'e Estate<'_>, tenant: &TenantName) -> Option<&'e TenantSpec> {
    let name = ManifestName::new(tenant).ok()?;
    estate.get::<Tenant>(tenant, &name).map(|manifest| manifest.spec)
}

/// The scope of a tenant's objects in AWS: the account of its manifest, else the one that our
/// credentials speak for, else none because none is known.
#[must_use]
pub fn aws_scope(estate: &Estate<'_>, tenant: &TenantName) -> Scope {
    let own = spec_of(estate, tenant).and_then(|spec| spec.aws.account_id.as_ref());
    let account = own.and_then(|id| Account::new(id).ok()).or_else(|| estate.accounts.of(tenant).cloned());
    Scope { provider: Provider::known("aws"), account, region: None, container: None, container_of: None }
}

/// The region of a tenant where a manifest names none.
#[must_use]
pub fn aws_region<'e>(estate: &'e Estate<'_>, tenant: &TenantName) -> Option<&'e SmolStr> {
    spec_of(estate, tenant)?.aws.region.as_ref()
}

/// The tags that a tenant puts on every object of its own.
#[must_use]
pub fn tags<'e>(estate: &'e Estate<'_>, tenant: &TenantName) -> Option<&'e BTreeMap<SmolStr, SmolStr>> {
    spec_of(estate, tenant).map(|spec| &spec.tags)
}

/// The scope of an organisation's objects on GitHub: the one named, else the tenant's. The login in lower
/// case; none where neither is known.
#[must_use]
pub fn github_scope(estate: &Estate<'_>, tenant: &TenantName, named: Option<&SmolStr>) -> Scope {
    let own = || spec_of(estate, tenant).and_then(|spec| spec.github.organization.as_ref());
    let login = named.or_else(own).map(|login| login.to_ascii_lowercase());
    let account = login.and_then(|login| Account::new(login).ok());
    Scope { provider: Provider::known("github"), account, region: None, container: None, container_of: None }
}

/// Whether the tenant's manifest was found, and lets its manifests use the secret of this name.
#[must_use]
pub fn lets_use(estate: &Estate<'_>, tenant: &TenantName, secret: &str) -> Option<bool> {
    spec_of(estate, tenant).map(|spec| spec.secrets.contains(secret))
}

/// Whether people without two-factor authentication get no access.
#[must_use]
pub fn requires_two_factor(estate: &Estate<'_>, tenant: &TenantName) -> bool {
    spec_of(estate, tenant).is_some_and(|spec| spec.github.require_two_factor)
}

/// The names of the secrets that a tenant's manifests may use.
#[must_use]
pub fn secrets<'e>(estate: &'e Estate<'_>, tenant: &TenantName) -> Option<&'e BTreeSet<SmolStr>> {
    spec_of(estate, tenant).map(|spec| &spec.secrets)
}
