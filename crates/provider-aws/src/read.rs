//! Readers, a folder per service. They never fail: what could not be read is told by the coverage.

pub(crate) mod acm;
pub(crate) mod ec2;
pub(crate) mod iam;
pub(crate) mod logs;
pub(crate) mod regional;
pub(crate) mod route53;

use crate::line::Line;
use crate::problem::AwsProblem;
use aplomo_core::{Coverage, Observation, Observed, Scope, TypeName};
use std::collections::BTreeMap;

/// A text that came from the service as a remote id, if it can be one.
pub(crate) fn bare_id(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// Puts a reading together.
pub(crate) fn observation(
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
pub(crate) fn cut_short(problem: &AwsProblem, read: usize, what: &str) -> Coverage {
    let denied = matches!(problem, AwsProblem::AccessDenied { .. });
    if read == 0 || denied {
        return Coverage::Failed(problem.to_string());
    }
    Coverage::LowerBound(format!("only the first {read} {what} could be read: {problem}"))
}

/// Says that there is more that could not be read.
pub(crate) fn weaken(coverage: &mut Coverage, why: String) {
    let before = std::mem::replace(coverage, Coverage::Complete);
    *coverage = before.and(Coverage::LowerBound(why));
}
