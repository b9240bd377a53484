//! Looking at whole services for an import: nobody wishes anything yet, so the caller names what to
//! read, and where.
//!
//! Deliberately absent: any service by name.

use super::read_all;
use super::ways::{WayIn, own_way, tenant_way};
use crate::connect::{ConnectProblem, Connection, Connector};
use crate::{Engine, EngineError};
use aplomo_core::ports::{CallCounter, Pick, Priority, Reach, ReadCx, Reader, Sought};
use aplomo_core::safety::TenantPolicy;
use aplomo_core::{Account, Address, Coverage, Observation, Observed, Region, RemoteId, Scope, TypeName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What to look at.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// The types to read.
    pub types: BTreeSet<TypeName>,
    /// Those of them of which a listing tells too little: what is chosen is asked about one by one.
    pub closely: BTreeSet<TypeName>,
    /// The regions to read what is in regions in.
    pub regions: BTreeSet<Region>,
}

/// What was looked at.
#[derive(Debug, Clone)]
pub struct Surveyed {
    /// The account.
    pub account: Account,
    /// What was seen.
    pub seen: Observation,
    /// What is recorded as ours, wherever it is.
    pub ours: BTreeMap<(TypeName, RemoteId), Address>,
}

impl Surveyed {
    /// Why not all could be seen, a sentence each.
    #[must_use]
    pub fn unseen(&self) -> BTreeSet<&str> {
        let why = |coverage| match coverage {
            &Coverage::Complete => None,
            Coverage::LowerBound(why) | Coverage::Failed(why) => Some(why.as_str()),
        };
        self.seen.coverage.values().filter_map(why).collect()
    }
}

impl Engine {
    /// What was applied for a tenant; `None` where nothing is recorded of it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn recorded_policy(
        &self,
        tenant: &aplomo_core::TenantName,
    ) -> Result<Option<TenantPolicy>, EngineError> {
        let memory = self.store.memory(self.clock.now()).await?;
        Ok(aplomo_resources::aplomo::recorded(&memory).policies.get(tenant).cloned())
    }

    /// Reads the named types in the account of a tenant, or in our own, and more closely, with their
    /// insides, the objects that are chosen.
    ///
    /// # Errors
    /// When the account cannot be reached, or is another one than the tenant's.
    pub async fn survey(
        &self,
        policy: Option<&TenantPolicy>,
        survey: &Survey,
        chosen: impl Fn(&Observed) -> bool,
    ) -> Result<Surveyed, EngineError> {
        let memory = self.store.memory(self.clock.now()).await?;
        let calls = CallCounter::default();
        let cx = ReadCx { memory: Some(&memory), ..self.read_cx(&calls, Priority::Plan) };
        let (account, connection) = self.way_of(&cx, policy, &survey.types).await?;
        let around = Scope::account(connection.provider(), account.clone());
        let mut seen = Observation { at: Some(self.clock.now()), ..Observation::default() };
        let jobs = survey.jobs(&connection, &around);
        for reading in read_all(&cx, &jobs).await {
            seen.merge(reading);
        }
        survey.look_closely(&cx, &jobs, &mut seen, &chosen).await;
        look_costly(&cx, &jobs, &mut seen, &chosen).await;
        for reading in read_all(&cx, &survey.insides(&connection, &seen, &chosen)).await {
            seen.merge(reading);
        }
        connection.complete_outputs(&mut seen);
        let ours = memory.ledger.iter();
        let ours =
            ours.map(|(address, entry)| ((entry.type_name.clone(), entry.id.clone()), address.clone()));
        Ok(Surveyed { account, seen, ours: ours.collect() })
    }

    /// The way into the account at the provider that the types live at.
    async fn way_of(
        &self,
        cx: &ReadCx<'_>,
        policy: Option<&TenantPolicy>,
        types: &BTreeSet<TypeName>,
    ) -> Result<WayIn, ConnectProblem> {
        let lives = |connector: &&Arc<dyn Connector>| connector.types().iter().any(|t| types.contains(t));
        let connector = self.connectors.iter().find(lives).ok_or_else(|| ConnectProblem {
            message: "no provider is configured for what shall be looked at; name it in aplomo.yaml"
                .to_owned(),
        })?;
        match policy {
            Some(policy) => tenant_way(cx, &**connector, policy).await,
            None => own_way(cx, &**connector).await,
        }
    }
}

/// Reads again, with all that costs a call for each, what is chosen; the first reading told their names.
async fn look_costly(
    cx: &ReadCx<'_>,
    jobs: &[(&dyn Reader, Scope)],
    seen: &mut Observation,
    chosen: &impl Fn(&Observed) -> bool,
) {
    for (reader, scope) in jobs {
        let keys = |type_name: &TypeName| {
            let of = |o: &&Observed| o.type_name == *type_name && o.scope == *scope && chosen(o);
            seen.objects.iter().filter(of).filter_map(|o| o.key.clone()).collect::<BTreeSet<_>>()
        };
        let fields = reader.costly().iter().filter(|(_, path)| !path.is_empty());
        let costly = fields.map(|(name, path)| ((name.clone(), *path), keys(name)));
        let costly: BTreeMap<_, _> = costly.filter(|(_, keys)| !keys.is_empty()).collect();
        if costly.is_empty() {
            continue;
        }
        let sought = Sought { costly, narrow: None };
        let cx = &ReadCx { sought: Some(&sought), ..super::copy_of(cx) };
        let reading = reader.read(cx, scope, Pick::All).await;
        seen.objects.retain(|o| !(reader.feeds().contains(&o.type_name) && o.scope.outer() == *scope));
        seen.merge(reading);
    }
}

impl Survey {
    fn wanted<'c>(&self, connection: &'c Arc<dyn Connection>) -> impl Iterator<Item = &'c dyn Reader> {
        let readers = connection.readers().iter().map(|reader| &**reader);
        readers.filter(|reader| reader.feeds().iter().any(|fed| self.types.contains(fed)))
    }

    /// What stands alone, in the account or in its regions.
    fn jobs<'c>(&self, connection: &'c Arc<dyn Connection>, around: &Scope) -> Vec<(&'c dyn Reader, Scope)> {
        let in_region = |region: &Region| Scope { region: Some(region.clone()), ..around.clone() };
        let scopes = |reader: &dyn Reader| match reader.reach() {
            Reach::Account => vec![around.clone()],
            Reach::Region => self.regions.iter().map(in_region).collect(),
            Reach::Container => Vec::new(),
        };
        let each = |reader: &'c dyn Reader| scopes(reader).into_iter().map(move |scope| (reader, scope));
        self.wanted(connection).flat_map(each).collect()
    }

    /// Reads again, picked, what a listing tells too little of; the first reading is forgotten.
    async fn look_closely(
        &self,
        cx: &ReadCx<'_>,
        jobs: &[(&dyn Reader, Scope)],
        seen: &mut Observation,
        chosen: &impl Fn(&Observed) -> bool,
    ) {
        for (reader, scope) in jobs {
            let fed =
                |object: &Observed| object.scope == *scope && reader.feeds().contains(&object.type_name);
            let closely = |object: &&Observed| {
                fed(object) && self.closely.contains(&object.type_name) && chosen(object)
            };
            let ids: Vec<RemoteId> = seen.objects.iter().filter(closely).map(|o| o.id.clone()).collect();
            if !ids.is_empty() {
                let reading = reader.read(cx, scope, Pick::Ids(&ids)).await;
                seen.objects.retain(|object| !fed(object));
                seen.merge(reading);
            }
        }
    }

    /// What is inside the chosen containers.
    fn insides<'c>(
        &self,
        connection: &'c Arc<dyn Connection>,
        seen: &Observation,
        chosen: &impl Fn(&Observed) -> bool,
    ) -> Vec<(&'c dyn Reader, Scope)> {
        let mut jobs = Vec::new();
        for reader in self.wanted(connection).filter(|r| r.reach() == Reach::Container && !r.only_of_going())
        {
            let holds = |object: &&Observed| reader.after().contains(&object.type_name) && chosen(object);
            let scopes = seen.objects.iter().filter(holds).map(|o| o.scope.within(o.id.clone()));
            jobs.extend(scopes.collect::<BTreeSet<_>>().into_iter().map(|scope| (reader, scope)));
        }
        jobs
    }
}
