//! Readers of Route 53: zones, records, health checks. Deliberately absent: regions, for it has none.

pub(crate) mod health_checks;
pub(crate) mod hosted_zones;
pub(crate) mod record_sets;
mod tags;

use aplomo_core::{Datum, Observation, Scope};
use aplomo_resources::route53;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// The output that holds a zone's name servers.
const NAME_SERVERS: &str = "nameServers";

/// Copies the name servers of each zone's apex NS set, where they were read, to the zone's outputs:
/// they cost no call of their own.
pub fn lift_outputs(observation: &mut Observation) {
    let found: BTreeMap<(Scope, SmolStr), Datum> = observation
        .objects
        .iter()
        .filter(|object| object.type_name == route53::RECORD_SET)
        .filter_map(|object| {
            let servers = object.outputs.get(NAME_SERVERS)?;
            let zone = object.scope.container.as_ref()?;
            Some(((object.scope.outer(), zone.as_str().into()), servers.clone()))
        })
        .collect();
    for object in observation.objects.iter_mut().filter(|object| object.type_name == route53::HOSTED_ZONE) {
        if let Some(servers) = found.get(&(object.scope.clone(), object.id.as_str().into())) {
            object.outputs.insert(NAME_SERVERS.into(), servers.clone());
        }
    }
}
