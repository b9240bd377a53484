//! How the engine reaches a provider: connections that know who they are. The binary joins these
//! ports to the provider crates; the engine knows no provider by name.

use aplomo_core::ports::{ApprovedStep, Fut, ReadCx, Reader, Writer};
use aplomo_core::safety::{Access, TenantPolicy};
use aplomo_core::{Account, Observation, Provider, TypeName};
use std::sync::Arc;

/// Why an account could not be reached. `message` says what, where and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConnectProblem {
    /// In words.
    pub message: String,
}

/// A way into one account of one provider. Readers are at hand; writers only for approved steps.
pub trait Connection: Send + Sync {
    /// The provider.
    fn provider(&self) -> Provider;
    /// What tells this way in from others into the same account: the roles; empty for our own
    /// credentials.
    fn way(&self) -> &str;
    /// Whose credentials these are, asked once and remembered.
    fn identity<'a>(&'a self, cx: &'a ReadCx<'a>) -> Fut<'a, Result<Account, ConnectProblem>>;
    /// The readers of all call families.
    fn readers(&self) -> &[Box<dyn Reader>];
    /// Fills in outputs that only several readings together tell.
    fn complete_outputs(&self, observation: &mut Observation);
    /// Writers, for these approved steps and no others.
    fn writers(&self, approved: &[ApprovedStep<'_>]) -> Vec<Box<dyn Writer>>;
    /// A run is over: credentials that write are given up.
    fn rest(&self) {}
}

/// Makes connections to one provider.
pub trait Connector: Send + Sync {
    /// The provider.
    fn provider(&self) -> Provider;
    /// Types that live there, so that what nobody could read is named.
    fn types(&self) -> Vec<TypeName>;
    /// The connection for a tenant; `None` for those of which nothing is said: our own credentials.
    /// Tenants with the same way in get the same connection. No connection where the provider has no
    /// place of ours, so that who lives there must be said for each tenant.
    fn connect<'a>(
        &'a self,
        tenant: Option<&'a TenantPolicy>,
    ) -> Fut<'a, Result<Option<Arc<dyn Connection>>, ConnectProblem>>;
}

/// Whether the tenant has a place of its own at the provider; else our credentials speak for it there.
#[must_use]
pub(crate) fn has_place(policy: &TenantPolicy, provider: &Provider) -> bool {
    let provider = provider.as_str();
    policy.accounts.contains_key(provider)
        || policy.access.get(provider).is_some_and(|a| *a != Access::default())
}
