//! Which profiles must be there first: a service refuses a trust in a role that does not exist.
//!
//! Two that trust each other, however long the way round, cannot be ordered: AWS refuses the first of them
//! until one is made without that trust, so they get no edge.

use super::IamProfile;
use super::spec::IamProfileSpec;
use super::trust;
use crate::estate::Estate;
use crate::kind::Manifest;
use crate::tenant;
use aplomo_core::{Address, ManifestName};
use aplomo_resources::iam::ROLE;
use std::collections::{BTreeMap, BTreeSet};

/// The roles of other profiles of the tenant that a profile trusts.
pub(super) fn first(manifest: &Manifest<'_, IamProfileSpec>, estate: &Estate<'_>) -> BTreeSet<Address> {
    let scope = tenant::aws_scope(estate, &manifest.reference.tenant);
    let Some(account) = scope.account.as_ref().map(|account| account.as_str().to_owned()) else {
        return BTreeSet::new();
    };
    let own = &manifest.reference;
    if !trusts(manifest.spec, &account).contains(&format!("arn:aws:iam::{account}:role/")) {
        return BTreeSet::new();
    }
    let all = profiles(own.tenant.clone(), estate);
    let trusted = |name: &ManifestName| -> Vec<ManifestName> {
        let Some(profile) = all.get(name) else { return Vec::new() };
        let text = trusts(profile.spec, &account);
        let named = |other: &Manifest<'_, IamProfileSpec>| text.contains(&arn(other, &account));
        all.iter()
            .filter(|(other, profile)| *other != name && named(profile))
            .map(|(n, _)| n.clone())
            .collect()
    };
    let direct = trusted(&own.name).into_iter().filter(|name| !reaches(name, &own.name, &trusted));
    direct.filter_map(|name| Some(all.get(&name)?.reference.resource(&ROLE, &[]))).collect()
}

fn profiles<'e>(
    tenant: aplomo_core::TenantName,
    estate: &'e Estate<'_>,
) -> BTreeMap<ManifestName, Manifest<'e, IamProfileSpec>> {
    let names: Vec<ManifestName> =
        estate.names::<IamProfile>(&tenant).filter_map(|name| ManifestName::new(name).ok()).collect();
    let with = |name: ManifestName| Some((name.clone(), estate.get::<IamProfile>(&tenant, &name)?));
    names.into_iter().filter_map(with).collect()
}

/// The trust as text; empty where it has no form.
fn trusts(spec: &IamProfileSpec, account: &str) -> String {
    trust::document(spec, account).map(|document| document.to_text()).unwrap_or_default()
}

/// The role's ARN as it stands in a document.
fn arn(profile: &Manifest<'_, IamProfileSpec>, account: &str) -> String {
    let name = profile.spec.role_name.as_deref().unwrap_or(profile.reference.name.as_str());
    format!("\"arn:aws:iam::{account}:role{}{name}\"", profile.spec.path.as_deref().unwrap_or("/"))
}

fn reaches(
    from: &ManifestName,
    to: &ManifestName,
    next: &dyn Fn(&ManifestName) -> Vec<ManifestName>,
) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from.clone()]);
    while let Some(at) = open.pop() {
        if at == *to {
            return true;
        }
        if seen.insert(at.clone()) {
            open.extend(next(&at));
        }
    }
    false
}
