//! Looking at the world: connects to every account the wishes speak of, checks who we are there,
//! and reads: first what stands alone, then what is inside the containers that matter.
//!
//! Never fails: what could not be reached or read is in the coverage, with the reason.

use crate::Engine;
use crate::connect::{ConnectProblem, Connection};
use aplomo_catalog::Accounts;
use aplomo_core::ledger::Memory;
use aplomo_core::manifest::Snapshot;
use aplomo_core::ports::{CallCounter, Pick, Priority, ReadCx, Reader};
use aplomo_core::safety::{Recorded, TenantPolicy};
use aplomo_core::{
    Account, Coverage, DesiredState, Finding, Observation, Provider, RemoteId, Scope, TenantName, TypeName,
};
use futures_util::stream::{self, StreamExt as _};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// How many containers are read at the same time.
const CONTAINERS_AT_ONCE: usize = 4;

/// Connections by account.
pub type Connections = BTreeMap<Account, Arc<dyn Connection>>;

/// What looking at the world came to.
pub struct View {
    /// The wishes, with scopes in the accounts that were found.
    pub desired: DesiredState,
    /// What was seen.
    pub observation: Observation,
    /// The connections that were made.
    pub connections: Connections,
    /// Errors from outside, in words: where there is one, the command could not do all it was asked.
    pub problems: Vec<String>,
}

impl Engine {
    pub(crate) fn read_cx<'a>(&'a self, calls: &'a CallCounter, priority: Priority) -> ReadCx<'a> {
        ReadCx { priority, budget: &*self.budget, calls, clock: &*self.clock }
    }

    /// Reads everything that the wishes and the ledger speak of.
    pub async fn look(
        &self,
        snapshots: &[Snapshot],
        memory: &Memory,
        calls: &CallCounter,
        priority: Priority,
    ) -> View {
        let cx = self.read_cx(calls, priority);
        let own = self.own_connection(&cx).await;
        let default = own.as_ref().ok().map(|(account, _)| account.clone());
        let recorded = aplomo_resources::aplomo::recorded(memory);
        let consents = recorded.safeties.iter().map(|(m, s)| (m.clone(), s.consents.clone())).collect();
        let accounts = Accounts { default, consents: Some(consents), ..Accounts::default() };
        let mut view = View {
            desired: aplomo_catalog::expand(snapshots, &accounts),
            observation: aplomo_resources::aplomo::observe(memory),
            connections: Connections::new(),
            problems: Vec::new(),
        };
        view.observation.at = Some(self.clock.now());
        self.connect_all(&cx, own, &mut view, &recorded).await;
        for (account, connection) in view.connections.clone() {
            self.read_account(&cx, &account, &connection, memory, &mut view).await;
        }
        view.problems.extend(outside_failures(&view.observation));
        view.problems.sort();
        view.problems.dedup();
        view
    }

    async fn own_connection(
        &self,
        cx: &ReadCx<'_>,
    ) -> Result<(Account, Arc<dyn Connection>), ConnectProblem> {
        let connection = self.connector.connect(None).await?;
        let account = connection.identity(cx).await?;
        Ok((account, connection))
    }

    /// One connection per account; a tenant whose account is not the one its way in leads to is not read.
    async fn connect_all(
        &self,
        cx: &ReadCx<'_>,
        own: Result<(Account, Arc<dyn Connection>), ConnectProblem>,
        view: &mut View,
        recorded: &Recorded,
    ) {
        // The way in that was applied counts; a manifest that changes it counts from the next plan.
        let policies = view.desired.tenants.iter();
        let tenants: Vec<TenantPolicy> =
            policies.map(|(name, wish)| recorded.policies.get(name).unwrap_or(wish).clone()).collect();
        for policy in tenants.iter().filter(|policy| !policy.access.is_empty() || !policy.accounts.is_empty())
        {
            if let Err(problem) = self.connect_tenant(cx, policy, view).await {
                unreachable(view, &self.connector.types(), policy.accounts.values().next(), &problem);
                let finding = Finding::error("unreachable-account", problem.message).of(policy.name.as_str());
                view.desired.findings.push(finding);
            }
        }
        match own {
            Ok((account, connection)) => {
                view.connections.entry(account).or_insert(connection);
            }
            Err(problem) if view.connections.is_empty() => {
                unreachable(view, &self.connector.types(), None, &problem);
            }
            Err(problem) => {
                tracing::debug!(%problem, "own credentials do not work; every tenant has its own")
            }
        }
    }

    async fn connect_tenant(
        &self,
        cx: &ReadCx<'_>,
        policy: &TenantPolicy,
        view: &mut View,
    ) -> Result<(), ConnectProblem> {
        let connection = self.connector.connect(Some(policy)).await?;
        let account = connection.identity(cx).await?;
        let wanted = policy.accounts.get(connection.provider().as_str());
        if let Some(wanted) = wanted.filter(|wanted| **wanted != account) {
            let message = format!(
                "the credentials for tenant `{}` belong to account {account}, its manifest says {wanted}; nothing is read or written there",
                policy.name
            );
            return Err(ConnectProblem { message });
        }
        view.connections.entry(account).or_insert(connection);
        Ok(())
    }

    async fn read_account(
        &self,
        cx: &ReadCx<'_>,
        account: &Account,
        connection: &Arc<dyn Connection>,
        memory: &Memory,
        view: &mut View,
    ) {
        let scope = Scope::account(connection.provider(), account.clone());
        let (first, inside): (Vec<_>, Vec<_>) =
            connection.readers().iter().partition(|r| r.after().is_empty());
        let readings = first.iter().map(|reader| reader.read(cx, &scope, Pick::All));
        for reading in futures_util::future::join_all(readings).await {
            view.observation.merge(reading);
        }
        let containers = aplomo_planner::containers(
            &view.desired,
            &view.observation,
            memory,
            &self.installation,
            &self.types,
        );
        let here: HashSet<&RemoteId> =
            view.observation.objects.iter().filter(|o| o.scope == scope).map(|o| &o.id).collect();
        let mut jobs: Vec<(&dyn Reader, Scope)> = Vec::new();
        for (address, id) in containers.iter().filter(|(_, id)| here.contains(id)) {
            let here = inside.iter().filter(|r| r.after().iter().any(|t| t.as_str() == address.type_name()));
            jobs.extend(here.map(|reader| (&***reader, scope.within(id.clone()))));
        }
        // Two addresses may mean one container while it moves; it is read once.
        let mut known = HashSet::new();
        jobs.retain(|(reader, scope)| known.insert((reader.feeds().to_vec(), scope.clone())));
        let readings: Vec<Observation> = stream::iter(&jobs)
            .map(|(reader, scope)| reader.read(cx, scope, Pick::All))
            .buffered(CONTAINERS_AT_ONCE)
            .collect()
            .await;
        for reading in readings {
            view.observation.merge(reading);
        }
        connection.complete_outputs(&mut view.observation);
    }

    /// Reads again what a batch touches: whole containers, or all of a type in an account.
    pub(crate) async fn read_again(
        &self,
        connections: &Connections,
        targets: &[(TypeName, Scope)],
        calls: &CallCounter,
    ) -> Observation {
        let cx = self.read_cx(calls, Priority::Apply);
        let mut jobs: BTreeMap<(String, Scope), &dyn Reader> = BTreeMap::new();
        for (type_name, scope) in targets {
            let Some(connection) = scope.account.as_ref().and_then(|a| connections.get(a)) else { continue };
            for reader in connection.readers().iter().filter(|r| r.feeds().contains(type_name)) {
                jobs.insert((format!("{:?}", reader.feeds()), scope.concrete()), &**reader);
            }
        }
        let mut seen = Observation { at: Some(self.clock.now()), ..Observation::default() };
        let jobs: Vec<_> = jobs.into_iter().collect();
        let readings: Vec<Observation> = stream::iter(&jobs)
            .map(|((_, scope), reader)| reader.read(&cx, scope, Pick::All))
            .buffered(CONTAINERS_AT_ONCE)
            .collect()
            .await;
        for reading in readings {
            seen.merge(reading);
        }
        for connection in connections.values() {
            connection.complete_outputs(&mut seen);
        }
        seen
    }
}

/// Nothing of a provider could be read: said for every type, so that nothing follows from absence.
fn unreachable(
    view: &mut View,
    types: &[(Provider, TypeName)],
    account: Option<&Account>,
    problem: &ConnectProblem,
) {
    for (provider, type_name) in types {
        let scope = Scope { account: account.cloned(), ..Scope::own() };
        let scope = Scope { provider: provider.clone(), ..scope };
        let key = (type_name.clone(), scope);
        view.observation.coverage.insert(key, Coverage::Failed(problem.message.clone()));
    }
    view.problems.push(problem.message.clone());
}

fn outside_failures(observation: &Observation) -> impl Iterator<Item = String> + '_ {
    observation.coverage.values().filter_map(|coverage| match coverage {
        Coverage::Complete => None,
        Coverage::LowerBound(why) | Coverage::Failed(why) => Some(why.clone()),
    })
}

/// The tenants a plan touches, with the accounts, as keys of leases: `tenant/account`.
#[must_use]
pub fn lease_keys(plan: &aplomo_core::Plan) -> Vec<(TenantName, String)> {
    let mut keys: Vec<(TenantName, String)> = plan
        .changes
        .iter()
        .filter_map(|change| {
            let tenant = TenantName::new(change.address.tenant()).ok()?;
            let account = change.scope.account.as_ref().map_or("-", Account::as_str);
            Some((tenant.clone(), format!("{tenant}/{account}")))
        })
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

impl Engine {
    /// Reads our own account's objects of a container type, and the insides of those that are chosen.
    ///
    /// # Errors
    /// When the account cannot be reached.
    pub async fn look_inside(
        &self,
        container: &TypeName,
        chosen: impl Fn(&aplomo_core::Observed) -> bool,
    ) -> Result<Observation, crate::EngineError> {
        let calls = CallCounter::default();
        let cx = self.read_cx(&calls, Priority::Plan);
        let (account, connection) = self.own_connection(&cx).await?;
        let scope = Scope::account(connection.provider(), account);
        let mut seen = Observation::default();
        for reader in connection.readers().iter().filter(|r| r.after().is_empty()) {
            seen.merge(reader.read(&cx, &scope, Pick::All).await);
        }
        let wanted = seen.objects.iter().filter(|o| o.type_name == *container && chosen(o));
        let scopes: Vec<Scope> = wanted.map(|o| scope.within(o.id.clone())).collect();
        for reader in connection.readers().iter().filter(|r| r.after().contains(container)) {
            for scope in &scopes {
                seen.merge(reader.read(&cx, scope, Pick::All).await);
            }
        }
        connection.complete_outputs(&mut seen);
        Ok(seen)
    }
}
