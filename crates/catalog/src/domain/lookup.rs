//! Finding a Domain by what another manifest writes: a name of the same tenant, or `tenant/name`.

use super::Domain;
use super::spec::DomainSpec;
use crate::estate::Estate;
use crate::kind::Manifest;
use crate::suggest;
use aplomo_core::{Finding, ManifestName, TenantName};

/// What was looked for, or what is wrong with it.
pub(crate) type Found<T> = Result<T, Box<Finding>>;

/// The Domain that a manifest of the tenant means by a text.
pub(crate) fn find<'e>(
    estate: &'e Estate<'_>,
    own: &TenantName,
    written: &str,
) -> Found<Manifest<'e, DomainSpec>> {
    let (tenant, name) = named(own, written)?;
    estate.get::<Domain>(&tenant, &name).ok_or_else(|| {
        if tenant != *own {
            // What another tenant has is not ours to tell: one answer, whatever the reason.
            let message = format!("`{written}` does not exist, or does not consent");
            return Box::new(Finding::error("unknown-domain", message).help("ask its tenant"));
        }
        if estate.knows::<Domain>(&tenant, &name) {
            let message = format!("the Domain `{written}` cannot be used, for it is invalid itself");
            return Box::new(Finding::error("broken-reference", message));
        }
        let message = format!("there is no Domain `{name}` of `{tenant}`");
        let help = suggest::or_list(name.as_str(), estate.names::<Domain>(&tenant), "there are:");
        Box::new(Finding::error("unknown-domain", message).help(help))
    })
}

/// `name`, `tenant/name` or `tenant/Domain/name`.
fn named(own: &TenantName, written: &str) -> Found<(TenantName, ManifestName)> {
    let (tenant, name) = match written.split('/').collect::<Vec<_>>().as_slice() {
        [name] => (own.as_str(), *name),
        [tenant, name] | [tenant, "Domain", name] => (*tenant, *name),
        _ => {
            let message = format!("`{written}` names no Domain");
            return Err(Box::new(Finding::error("bad-value", message).help("write `name` or `tenant/name`")));
        }
    };
    let bad = |error: aplomo_core::name::BadName| Box::new(Finding::error("bad-value", error.to_string()));
    Ok((TenantName::new(tenant).map_err(bad)?, ManifestName::new(name).map_err(bad)?))
}
