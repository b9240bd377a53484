//! What a caller may see: all tenants or some.
//!
//! Everything fails closed: what belongs to nobody in particular is shown to those who may see every
//! tenant it could belong to.

use aplomo_core::TenantName;
use std::collections::BTreeSet;

/// The tenants a caller may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View(Option<BTreeSet<TenantName>>);

impl View {
    /// Every tenant.
    pub(crate) const fn all() -> Self {
        Self(None)
    }
    /// These tenants; an empty set sees nothing.
    pub(crate) const fn only(tenants: BTreeSet<TenantName>) -> Self {
        Self(Some(tenants))
    }
    /// Whether every tenant is seen.
    pub(crate) const fn is_all(&self) -> bool {
        self.0.is_none()
    }
    /// The tenants, where they are some.
    pub(crate) const fn tenants(&self) -> Option<&BTreeSet<TenantName>> {
        self.0.as_ref()
    }
    /// Whether this tenant is seen.
    pub(crate) fn sees(&self, tenant: &str) -> bool {
        self.0.as_ref().is_none_or(|mine| mine.contains(tenant))
    }
    /// Whether every one of these is seen; `None` stands for any tenant at all.
    pub(crate) fn sees_all_of(&self, tenants: Option<&BTreeSet<TenantName>>) -> bool {
        self.is_all() || tenants.is_some_and(|all| all.iter().all(|tenant| self.sees(tenant.as_str())))
    }
    /// Whether one of these is seen and named; `None`, any tenant at all, names nobody.
    pub(crate) fn is_named_in(&self, tenants: Option<&BTreeSet<TenantName>>) -> bool {
        self.is_all() || tenants.is_some_and(|all| all.iter().any(|tenant| self.sees(tenant.as_str())))
    }
    /// Those of these that are seen.
    pub(crate) fn keep(&self, tenants: &BTreeSet<TenantName>) -> BTreeSet<TenantName> {
        tenants.iter().filter(|tenant| self.sees(tenant.as_str())).cloned().collect()
    }
}
