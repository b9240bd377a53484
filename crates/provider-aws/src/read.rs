//! Readers. They never fail: what could not be read is told by the coverage.

pub(crate) mod health_checks;
pub(crate) mod hosted_zones;
pub(crate) mod record_sets;
pub(crate) mod tags;

use crate::line::Line;
use crate::problem::AwsProblem;
use aplomo_core::{Coverage, Datum, Observation, Observed, Scope, TypeName};
use aplomo_resources::route53;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// The output that holds a zone's name servers.
pub(crate) const NAME_SERVERS: &str = "nameServers";

/// A text that came from the service as a remote id, if it can be one.
pub(crate) fn bare_id(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// Puts a reading together.
fn observation(
    line: &Line<'_>,
    begun: jiff::Timestamp,
    scope: &Scope,
    (type_name, objects, coverage): (TypeName, Vec<Observed>, Coverage),
) -> Observation {
    Observation {
        objects,
        coverage: BTreeMap::from([((type_name, scope.concrete()), coverage)]),
        skew_seconds: line.skew(),
        at: Some(begun),
    }
}

/// How much of a listing was seen when a page failed.
fn cut_short(problem: &AwsProblem, read: usize, what: &str) -> Coverage {
    let denied = matches!(problem, AwsProblem::AccessDenied { .. });
    if read == 0 || denied {
        return Coverage::Failed(problem.to_string());
    }
    Coverage::LowerBound(format!("only the first {read} {what} could be read: {problem}"))
}

/// Says that there is more that could not be read.
fn weaken(coverage: &mut Coverage, why: String) {
    let before = std::mem::replace(coverage, Coverage::Complete);
    *coverage = before.and(Coverage::LowerBound(why));
}

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
