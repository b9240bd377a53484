//! Rebuilding the ledger from our marks: an object that carries this installation's mark with an
//! address that a manifest wishes is ours. Records carry no marks; those that are exactly as wished
//! inside a marked container are taken as applied, the rest stays unknown.

use crate::{Engine, EngineError};
use aplomo_core::approval::Actor;
use aplomo_core::ledger::LedgerEntry;
use aplomo_core::manifest::Snapshot;
use aplomo_core::observation::{Observed, OwnerMark};
use aplomo_core::ports::{CallCounter, Priority};
use aplomo_core::{Address, Desired, Observation, RemoteId, Scope, TenantName};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What the marks proved.
#[derive(Debug, Clone, Default)]
pub struct Recovered {
    /// Addresses that are in the ledger again.
    pub restored: Vec<Address>,
    /// Objects with our mark that no manifest names.
    pub unknown: Vec<String>,
}

impl Engine {
    /// Puts ledger entries for what the marks prove, where the ledger has none.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn recover_from_marks(
        &self,
        snapshots: &[Snapshot],
        by: &Actor,
    ) -> Result<Recovered, EngineError> {
        let memory = self.store.memory(self.clock.now()).await?;
        let view = self.look(snapshots, &memory, &CallCounter::default(), (Priority::Plan, false)).await;
        let mut recovered = Recovered::default();
        let mut entries = Vec::new();
        let ours = self.marked(&view.observation);
        for (address, object) in &ours {
            match view.desired.resources.get(address) {
                // A mark is a claim: it counts where the manifest looks for the object, nowhere else.
                Some(wish)
                    if wish.type_name == object.type_name && wish.scope.outer() == object.scope.outer() =>
                {
                    entries.push((wish, *object));
                }
                Some(_) => recovered.unknown.push(format!(
                    "{} {} carries the mark of {address}, which lives elsewhere",
                    object.type_name, object.id
                )),
                None => recovered.unknown.push(format!("{} {} ({address})", object.type_name, object.id)),
            }
        }
        let containers: BTreeMap<&Address, &RemoteId> =
            entries.iter().map(|(wish, object)| (&wish.address, &object.id)).collect();
        let inside = members(&view.desired.resources, &containers, &view.observation);
        entries.extend(inside);
        let entries: Vec<_> = entries
            .into_iter()
            .filter(|(wish, _)| !memory.ledger.contains_key(&wish.address))
            .map(|(wish, object)| (wish.address.clone(), self.entry(wish, object)))
            .collect();
        self.store.ledger_put(&entries).await?;
        recovered.restored = entries.into_iter().map(|(address, _)| address).collect();
        self.audit_recovery(&recovered, by).await?;
        Ok(recovered)
    }

    fn marked<'a>(&self, seen: &'a Observation) -> Vec<(Address, &'a Observed)> {
        let ours = |object: &'a Observed| match &object.mark {
            OwnerMark::Marked { installation, address, .. } if installation == self.installation.as_str() => {
                Some((address.parse().ok()?, object))
            }
            _ => None,
        };
        seen.objects.iter().filter_map(ours).collect()
    }

    fn entry(&self, wish: &Desired, object: &Observed) -> LedgerEntry {
        LedgerEntry {
            type_name: wish.type_name.clone(),
            scope: Scope { container_of: wish.scope.container_of.clone(), ..object.scope.clone() },
            id: object.id.clone(),
            key: object.key.clone(),
            applied: wish.wanted.clone(),
            resolved: BTreeMap::new(),
            source: wish.source.clone(),
            commit: None,
            version: self.version.as_str().into(),
            run: None,
            at: self.clock.now(),
            brought_along: wish.created_with.is_some(),
            until: wish.until,
            environments: Vec::new(),
        }
    }

    async fn audit_recovery(&self, recovered: &Recovered, by: &Actor) -> Result<(), EngineError> {
        let tenants: BTreeSet<_> =
            recovered.restored.iter().filter_map(|a| TenantName::new(a.tenant()).ok()).collect();
        for tenant in tenants {
            let count = recovered.restored.iter().filter(|a| a.tenant() == tenant.as_str()).count();
            let payload = serde_json::json!({"from": "marks and manifests", "restored": count});
            self.store.audit_append(&tenant, aplomo_store::AuditKind::Recovered, by, payload).await?;
        }
        Ok(())
    }
}

/// Wished members of marked containers that are exactly as wished.
fn members<'a>(
    wishes: &'a BTreeMap<Address, Desired>,
    containers: &BTreeMap<&Address, &RemoteId>,
    seen: &'a Observation,
) -> Vec<(&'a Desired, &'a Observed)> {
    let by_key: HashMap<(&str, &str), &Observed> = seen
        .objects
        .iter()
        .filter_map(|o| Some(((o.scope.container.as_ref()?.as_str(), o.key.as_deref()?), o)))
        .collect();
    let found = wishes.values().filter_map(|wish| {
        let container = containers.get(wish.scope.container_of.as_ref()?)?;
        let object = by_key.get(&(container.as_str(), wish.key.as_deref()?))?;
        let literal = wish.wanted.iter().all(|(path, wish)| match wish.value() {
            Some(value) => object.fields.value(path.as_str()) == Some(value),
            None => true,
        });
        literal.then_some((wish, *object))
    });
    found.collect()
}
