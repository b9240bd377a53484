//! Looking at the world: connects to every account the wishes speak of, checks who we are there,
//! and reads: first what stands alone, then what is inside the containers that matter.
//!
//! Never fails: what could not be reached or read is in the coverage, with the reason.

use crate::Engine;
use crate::connect::Connection;
use crate::connections::Connections;
use crate::secrets;
use aplomo_catalog::Accounts;
use aplomo_core::ledger::Memory;
use aplomo_core::manifest::Snapshot;
use aplomo_core::ports::{CallCounter, Fut, Narrow, Pick, Priority, ReadCx, Reader, Sought};
use aplomo_core::{Account, Coverage, DesiredState, Observation, RemoteId, Scope, TenantName, TypeName};
use futures_util::stream::{self, StreamExt as _};
use inside::Inside;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

mod inside;
mod places;
mod survey;
pub(crate) mod ways;

pub use survey::{Survey, Surveyed};
use ways::Own;

/// How many readings are made at the same time.
const READINGS_AT_ONCE: usize = 4;

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
        ReadCx {
            priority,
            budget: &*self.budget,
            calls,
            clock: &*self.clock,
            memory: None,
            exact: &[],
            around: false,
            sought: None,
        }
    }

    /// Reads everything that the wishes and the ledger speak of. Secrets are resolved where that is asked for.
    pub async fn look(
        &self,
        snapshots: &[Snapshot],
        memory: &Memory,
        calls: &CallCounter,
        errand: (Priority, bool),
    ) -> View {
        self.look_for(snapshots, memory, calls, errand, |_| ()).await
    }

    /// As [`Engine::look`], for other wishes than those of the manifests: `bend` makes them.
    pub(crate) async fn look_for(
        &self,
        snapshots: &[Snapshot],
        memory: &Memory,
        calls: &CallCounter,
        (priority, resolve_secrets): (Priority, bool),
        bend: impl FnOnce(&mut DesiredState),
    ) -> View {
        let cx = ReadCx { memory: Some(memory), ..self.read_cx(calls, priority) };
        let own = self.own_ways(&cx).await;
        let default = own.iter().find_map(Own::account).cloned();
        let recorded = aplomo_resources::aplomo::recorded(memory);
        let consents = recorded.safeties.iter().map(|(m, s)| (m.clone(), s.consents.clone())).collect();
        let secrets = resolve_secrets.then(|| self.secrets.marks());
        let accounts = Accounts { default, consents: Some(consents), secrets, ..Accounts::default() };
        let mut view = View {
            desired: aplomo_catalog::expand(snapshots, &accounts),
            observation: aplomo_resources::aplomo::observe(memory),
            connections: Connections::default(),
            problems: Vec::new(),
        };
        bend(&mut view.desired);
        let formerly = accounts.secrets.as_ref().map(secrets::formerly).unwrap_or_default();
        aplomo_planner::rekeyed(&mut view.desired, memory, &formerly);
        view.observation.at = Some(self.clock.now());
        let going = crate::departing::unnamed(snapshots, memory, &recorded, &view.desired);
        self.connect_all(&cx, own, &mut view, &recorded, going).await;
        for (account, connection) in view.connections.clone().reading() {
            self.read_account(&cx, account, connection, memory, &mut view).await;
        }
        view.problems.extend(outside_failures(&view.observation));
        view.problems.extend(secrets::unreadable(&view.desired.findings));
        view.problems.sort();
        view.problems.dedup();
        view
    }

    /// Reads what the wishes and the ledger speak of in one account: whole services, so that what is
    /// there and not ours is seen too, and no service of which nobody speaks.
    pub(crate) async fn read_account(
        &self,
        cx: &ReadCx<'_>,
        account: &Account,
        connection: &Arc<dyn Connection>,
        memory: &Memory,
        view: &mut View,
    ) {
        let around = Scope::account(connection.provider(), account.clone());
        let sought = Sought { costly: places::costly(&view.desired, &**connection, &around), narrow: None };
        let cx = &ReadCx { sought: Some(&sought), ..copy_of(cx) };
        let spoken = places::spoken_of(&view.desired, memory, &around);
        let jobs: Vec<(&dyn Reader, Scope)> = connection
            .readers()
            .iter()
            .flat_map(|reader| spoken.scopes(&**reader, &around).into_iter().map(|scope| (&**reader, scope)))
            .collect();
        let readings: Vec<Fut<'_, Observation>> =
            jobs.iter().map(|(reader, scope)| reader.read(cx, scope, Pick::All)).collect();
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
        // By type as well: a team and a repository may have the same number.
        let seen: HashMap<(&str, &RemoteId), &Scope> =
            view.observation.objects.iter().map(|o| ((o.type_name.as_str(), &o.id), &o.scope)).collect();
        let named = Inside::new(&view.desired, memory, &view.observation);
        let mut jobs: Vec<(&dyn Reader, Scope)> = Vec::new();
        for (address, id) in &containers {
            let there = seen.get(&(address.type_name(), id));
            let Some(scope) = there.filter(|s| s.account.as_ref() == Some(account)) else { continue };
            let inside = connection.readers().iter().map(|reader| &**reader);
            let inside = inside.filter(|r| r.after().iter().any(|t| t.as_str() == address.type_name()));
            let going = !view.desired.resources.contains_key(address);
            let inside = inside.filter(|r| going || !r.only_of_going());
            let inside = inside.filter(|r| named.asks(*r, (address, id), cx.priority));
            jobs.extend(inside.map(|reader| (reader, scope.within(id.clone()))));
        }
        // Two addresses may mean one container while it moves; it is read once.
        let mut known = HashSet::new();
        jobs.retain(|(reader, scope)| known.insert((reader.feeds().to_vec(), scope.clone())));
        for reading in read_all(cx, &jobs).await {
            view.observation.merge(reading);
        }
        connection.complete_outputs(&mut view.observation);
    }

    /// Reads again what a batch touches: whole containers, or all of a type around it. Nothing that may
    /// lag is believed of the objects in `exact`; with `around` the others are only their neighbours.
    /// Where it is known which objects are `touched`, readers need look closely at those alone.
    pub(crate) async fn read_again(
        &self,
        connections: &Connections,
        targets: &[(TypeName, Scope)],
        (exact, around, touched): (&[RemoteId], bool, Option<&[RemoteId]>),
        calls: &CallCounter,
    ) -> Observation {
        // Without memory more is asked for, and nothing else is different.
        let memory = self.store.memory(self.clock.now()).await.ok();
        let narrow = touched.map(|ids| narrow(targets, ids, exact));
        let sought = Sought { narrow, ..Sought::default() };
        let memory = memory.as_ref();
        let cx =
            ReadCx { exact, around, memory, sought: Some(&sought), ..self.read_cx(calls, Priority::Apply) };
        let mut jobs: BTreeMap<(String, String, Scope), &dyn Reader> = BTreeMap::new();
        for (type_name, scope) in targets {
            for connection in connections.readers_of(scope) {
                for reader in connection.readers().iter().filter(|r| r.feeds().contains(type_name)) {
                    let scope = reader.reach().around(scope);
                    jobs.insert(
                        (connection.way().to_owned(), format!("{:?}", reader.feeds()), scope),
                        &**reader,
                    );
                }
            }
        }
        let jobs: Vec<_> = jobs.into_iter().map(|((_, _, scope), reader)| (reader, scope)).collect();
        let mut seen = Observation { at: Some(self.clock.now()), ..Observation::default() };
        for reading in read_all(&cx, &jobs).await {
            seen.merge(reading);
        }
        for connection in connections.all() {
            connection.complete_outputs(&mut seen);
        }
        seen
    }
}

/// What a batch touches: the objects, and the containers that they are in.
fn narrow(targets: &[(TypeName, Scope)], touched: &[RemoteId], exact: &[RemoteId]) -> Narrow {
    let containers = targets.iter().filter_map(|(_, scope)| scope.container.as_ref());
    let ids = touched.iter().chain(exact).chain(containers).cloned().collect();
    Narrow { types: targets.iter().map(|(type_name, _)| type_name.clone()).collect(), ids }
}

/// The same errand; what it is for is told by whoever asks.
fn copy_of<'a>(cx: &ReadCx<'a>) -> ReadCx<'a> {
    let ReadCx { priority, budget, calls, clock, memory, exact, around, sought } = cx;
    ReadCx {
        priority: *priority,
        budget: *budget,
        calls,
        clock: *clock,
        memory: *memory,
        exact,
        around: *around,
        sought: *sought,
    }
}

/// Makes readings, a few at the same time.
async fn read_all(cx: &ReadCx<'_>, jobs: &[(&dyn Reader, Scope)]) -> Vec<Observation> {
    let readings: Vec<Fut<'_, Observation>> =
        jobs.iter().map(|(reader, scope)| reader.read(cx, scope, Pick::All)).collect();
    stream::iter(readings).buffered(READINGS_AT_ONCE).collect().await
}

pub(crate) fn outside_failures(observation: &Observation) -> impl Iterator<Item = String> + '_ {
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
