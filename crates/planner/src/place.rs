//! A concrete scope by reference: cheap to copy, hash and compare.

use aplomo_core::Scope;

/// Provider, account, region and the container's remote id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place<'a> {
    pub(crate) provider: &'a str,
    pub(crate) account: Option<&'a str>,
    pub(crate) region: Option<&'a str>,
    pub(crate) container: Option<&'a str>,
}

impl<'a> Place<'a> {
    /// The place that a scope names by remote ids.
    pub(crate) fn of(scope: &'a Scope) -> Self {
        Self {
            provider: scope.provider.as_str(),
            account: scope.account.as_ref().map(AsRef::as_ref),
            region: scope.region.as_ref().map(AsRef::as_ref),
            container: scope.container.as_ref().map(AsRef::as_ref),
        }
    }

    /// The same place inside a container.
    pub(crate) const fn within(self, container: &'a str) -> Self {
        Self { container: Some(container), ..self }
    }

    /// The place around the container.
    pub(crate) const fn outer(self) -> Self {
        Self { container: None, ..self }
    }
}

/// Whether the scope is our own store, the home of settings and safeties.
pub(crate) fn is_own(scope: &Scope) -> bool {
    scope.provider.as_str() == "aplomo"
}
