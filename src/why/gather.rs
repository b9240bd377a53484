//! What is known of addresses: from manifests, the ledger and the newest plan.

use super::find::{Query, Subject};
use super::report::{Found, Line, Person, Searched};
use crate::failure::Failure;
use crate::sources_here::Here;
use aplomo_catalog::Accounts;
use aplomo_core::fields::WantedFields;
use aplomo_core::ledger::Memory;
use aplomo_core::manifest::Snapshot;
use aplomo_core::{Address, Origin, RemoteId, Scope, SourceName, Timestamp};
use aplomo_store::Store;
use std::collections::BTreeMap;

/// Everything that can be asked for.
pub struct Known {
    /// What the store remembers.
    pub memory: Memory,
    /// Where was looked.
    pub searched: Searched,
    resources: BTreeMap<Address, Resource>,
}

/// What is known of one address, in the words of whoever said it last: manifests before the ledger before
/// the plan.
struct Resource {
    scope: Scope,
    id: Option<RemoteId>,
    key: Option<String>,
    fields: Option<WantedFields>,
    source: SourceName,
    origins: Vec<Origin>,
    wished: bool,
}

/// Gathers what is known.
///
/// # Errors
/// Where the store cannot be read.
pub async fn gather(store: &Store, here: &[Here]) -> Result<Known, Failure> {
    // Removals of the last day are the only thing that depends on the moment, and nobody asks for those.
    let memory = store.memory(Timestamp::UNIX_EPOCH).await?;
    let newest = match store.plans(1).await?.first() {
        Some(summary) => store.plan(&summary.digest).await?,
        None => None,
    };
    let mut resources = BTreeMap::new();
    for change in newest.iter().flat_map(|plan| &plan.changes) {
        let resource = Resource {
            scope: change.scope.clone(),
            id: change.id.clone(),
            key: change.key.as_ref().map(ToString::to_string),
            fields: change.after.clone(),
            source: change.source.clone(),
            origins: change.origins.clone(),
            wished: false,
        };
        resources.insert(change.address.clone(), resource);
    }
    for (address, entry) in &memory.ledger {
        let resource = Resource {
            scope: entry.scope.clone(),
            id: Some(entry.id.clone()),
            key: entry.key.as_ref().map(ToString::to_string),
            fields: Some(entry.applied.clone()),
            source: entry.source.clone(),
            origins: resources.remove(address).map(|planned: Resource| planned.origins).unwrap_or_default(),
            wished: false,
        };
        resources.insert(address.clone(), resource);
    }
    let searched = Searched {
        ledger: memory.ledger.len(),
        plan: newest.map(|plan| plan.digest),
        manifests: here.iter().map(|one| one.snapshot.path.clone()).collect(),
        trouble: here.iter().filter_map(|one| one.trouble.clone()).collect(),
    };
    wishes(here, &mut resources);
    Ok(Known { memory, searched, resources })
}

/// Adds what the manifests say now.
fn wishes(here: &[Here], resources: &mut BTreeMap<Address, Resource>) {
    let snapshots: Vec<Snapshot> = here.iter().map(|one| one.snapshot.clone()).collect();
    for (address, want) in aplomo_catalog::expand(&snapshots, &Accounts::default()).resources {
        match resources.get_mut(&address) {
            Some(known) => {
                known.origins = want.origins;
                known.source = want.source;
                known.wished = true;
            }
            None => {
                let resource = Resource {
                    scope: want.scope,
                    id: None,
                    key: want.key.map(|key| key.to_string()),
                    fields: Some(want.wanted),
                    source: want.source,
                    origins: want.origins,
                    wished: true,
                };
                resources.insert(address, resource);
            }
        }
    }
}

impl Known {
    /// The addresses that answer a query: what is it before what names it.
    #[must_use]
    pub fn find(&self, query: &Query) -> Vec<Found> {
        let mut found: Vec<Found> = self
            .resources
            .iter()
            .filter_map(|(address, known)| {
                let subject = Subject {
                    address,
                    scope: &known.scope,
                    id: known.id.as_ref(),
                    key: known.key.as_deref(),
                    fields: known.fields.as_ref(),
                };
                let answer = query.asks(&subject)?;
                let lines = known.origins.iter().map(|origin| Line::new(&known.source, origin)).collect();
                let exists = (known.id.clone(), known.key.clone());
                Some(Found::new(address.clone(), &known.scope, exists, answer, known.wished, lines))
            })
            .collect();
        found.sort_by_key(|one| (one.names.is_some(), one.address.clone()));
        found
    }

    /// The lines of manifests that name the query as a person.
    #[must_use]
    pub fn people(&self, here: &[Here], query: &Query) -> Vec<Person> {
        let Ok(who) = aplomo_catalog::offboard::Person::new(query.text().trim_start_matches('@'), &[]) else {
            return Vec::new();
        };
        let snapshots: Vec<Snapshot> = here.iter().map(|one| one.snapshot.clone()).collect();
        let named = aplomo_catalog::offboard::offboard(&snapshots, who).named;
        named.iter().map(Person::of).collect()
    }
}
