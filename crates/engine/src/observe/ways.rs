//! Finding the ways in that a plan needs: at each provider one per account and role, checked for whose
//! account it leads to before anything is read.
//!
//! Deliberately absent: reading.

use super::View;
use crate::Engine;
use crate::connect::{ConnectProblem, Connection, Connector, has_place};
use aplomo_core::ports::ReadCx;
use aplomo_core::safety::{Recorded, TenantPolicy};
use aplomo_core::{Account, Address, Coverage, Finding, Provider, Scope};
use std::collections::BTreeSet;
use std::sync::Arc;

/// An account with the way into it.
pub(crate) type WayIn = (Account, Arc<dyn Connection>);

/// What became of our own way in at one provider.
pub(crate) struct Own {
    connector: Arc<dyn Connector>,
    /// `None` where the provider has no place of ours.
    way: Result<Option<WayIn>, ConnectProblem>,
}

impl Own {
    /// The account that our own credentials speak for.
    pub(crate) fn account(&self) -> Option<&Account> {
        self.way.as_ref().ok()?.as_ref().map(|(account, _)| account)
    }
}

impl Engine {
    /// Our own way in at each provider.
    pub(super) async fn own_ways(&self, cx: &ReadCx<'_>) -> Vec<Own> {
        let all = self.connectors.iter().map(|connector| connector.provider()).collect();
        self.own_ways_at(cx, &all).await
    }

    /// Our own way in at each of these providers.
    pub(crate) async fn own_ways_at(&self, cx: &ReadCx<'_>, providers: &BTreeSet<Provider>) -> Vec<Own> {
        let mut ways = Vec::new();
        let asked: Vec<_> = self.connectors.iter().filter(|c| providers.contains(&c.provider())).collect();
        for connector in asked {
            let way = way_in(cx, &**connector, None).await;
            ways.push(Own { connector: Arc::clone(connector), way });
        }
        ways
    }

    /// One connection per provider, account and role; a tenant whose account is not the one its way in
    /// leads to is not read.
    pub(crate) async fn connect_all(
        &self,
        cx: &ReadCx<'_>,
        own: Vec<Own>,
        view: &mut View,
        recorded: &Recorded,
        going: Vec<TenantPolicy>,
    ) {
        // The way in that was applied counts; a manifest that changes it counts from the next plan.
        let policies = view.desired.tenants.iter();
        let mut tenants: Vec<TenantPolicy> =
            policies.map(|(name, wish)| recorded.policies.get(name).unwrap_or(wish).clone()).collect();
        tenants.extend(going);
        for Own { connector, way } in own {
            connect_provider(cx, &*connector, way, &tenants, view).await;
        }
    }
}

/// The ways in at one provider: those of the tenants that have a place there, then ours.
async fn connect_provider(
    cx: &ReadCx<'_>,
    connector: &dyn Connector,
    own: Result<Option<WayIn>, ConnectProblem>,
    tenants: &[TenantPolicy],
    view: &mut View,
) {
    let provider = connector.provider();
    let (apart, through_ours): (Vec<_>, Vec<_>) =
        tenants.iter().partition(|policy| has_place(policy, &provider));
    for policy in apart {
        match tenant_way(cx, connector, policy).await {
            Ok((account, connection)) => view.connections.add_for(&policy.name, account, connection),
            // A place that is named and of which no manifest speaks stops nobody.
            Err(problem) if !speaks(cx, view, policy, &provider) => {
                tracing::debug!(%problem, tenant = %policy.name, "no way in, and nothing to look at there");
            }
            Err(problem) => {
                view.connections.bar(&policy.name, provider.clone());
                unreachable(view, connector, policy.accounts.get(provider.as_str()), &problem);
                let finding = Finding::error("unreachable-account", problem.message).of(policy.name.as_str());
                view.desired.findings.push(finding);
            }
        }
    }
    match own {
        Ok(Some((account, connection))) => {
            view.connections.add_own(account, connection, !through_ours.is_empty());
        }
        Ok(None) => {}
        Err(problem)
            if view.connections.none_at(&provider)
                && through_ours.iter().any(|policy| speaks(cx, view, policy, &provider)) =>
        {
            unreachable(view, connector, None, &problem);
        }
        Err(problem) => {
            tracing::debug!(%problem, "own credentials do not work, and nobody needs them")
        }
    }
}

/// Whether the tenant wishes anything at the provider, or has something recorded there.
fn speaks(cx: &ReadCx<'_>, view: &View, policy: &TenantPolicy, provider: &Provider) -> bool {
    let of = |address: &Address, scope: &Scope| {
        address.tenant() == policy.name.as_str() && scope.provider == *provider
    };
    let mut recorded = cx.memory.iter().flat_map(|memory| &memory.ledger);
    view.desired.resources.values().any(|want| of(&want.address, &want.scope))
        || recorded.any(|(address, entry)| of(address, &entry.scope))
}

/// A way in, and whose account it leads to; `None` where the provider has no place of ours.
pub(crate) async fn way_in(
    cx: &ReadCx<'_>,
    connector: &dyn Connector,
    policy: Option<&TenantPolicy>,
) -> Result<Option<WayIn>, ConnectProblem> {
    let Some(connection) = connector.connect(policy).await? else { return Ok(None) };
    Ok(Some((connection.identity(cx).await?, connection)))
}

/// Our own way in; a problem where the provider has no place of ours.
pub(super) async fn own_way(cx: &ReadCx<'_>, connector: &dyn Connector) -> Result<WayIn, ConnectProblem> {
    way_in(cx, connector, None).await?.ok_or_else(|| ConnectProblem {
        message: format!(
            "our credentials for {} speak for no place of their own: name the tenant whose place is meant",
            connector.provider()
        ),
    })
}

/// The way into a tenant's account; none where it leads to another one than the tenant's.
pub(crate) async fn tenant_way(
    cx: &ReadCx<'_>,
    connector: &dyn Connector,
    policy: &TenantPolicy,
) -> Result<WayIn, ConnectProblem> {
    let Some((account, connection)) = way_in(cx, connector, Some(policy)).await? else {
        let (tenant, provider) = (&policy.name, connector.provider());
        return Err(ConnectProblem { message: format!("tenant `{tenant}` has no place at {provider}") });
    };
    let wanted = policy.accounts.get(connection.provider().as_str());
    if let Some(wanted) = wanted.filter(|wanted| **wanted != account) {
        let message = format!(
            "the credentials for tenant `{}` belong to account {account}, its manifest says {wanted}; nothing is read or written there",
            policy.name
        );
        return Err(ConnectProblem { message });
    }
    Ok((account, connection))
}

/// Nothing of an account could be read: said for every type, so that nothing follows from absence.
fn unreachable(
    view: &mut View,
    connector: &dyn Connector,
    account: Option<&Account>,
    problem: &ConnectProblem,
) {
    let scope = Scope { provider: connector.provider(), account: account.cloned(), ..Scope::own() };
    for type_name in connector.types() {
        let key = (type_name, scope.clone());
        view.observation.coverage.insert(key, Coverage::Failed(problem.message.clone()));
    }
    view.problems.push(problem.message.clone());
}
