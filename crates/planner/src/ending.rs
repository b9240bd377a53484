//! What ends soon: a wish with a moment at which it is over by itself is announced a week and a day
//! before, once per manifest.
//!
//! Deliberately absent: what happens at that moment (`removal`), and ends that the world sets, which
//! types tell by themselves.

use crate::PlanInput;
use aplomo_core::{Desired, Finding, Severity, SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// From so long before on it is worth knowing.
const A_WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// From so long before on somebody should look at it.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// `expires-soon`: one for each manifest and moment.
pub(crate) fn notices(input: &PlanInput<'_>) -> Vec<Finding> {
    let mut ends: BTreeMap<(&str, Timestamp), &Desired> = BTreeMap::new();
    for want in input.desired.resources.values() {
        let near = |until: &Timestamp| {
            *until > input.as_of && until.duration_since(input.as_of) <= A_WEEK && !want.observe
        };
        if let Some(until) = want.until.filter(near) {
            ends.entry((want.address.manifest(), until)).or_insert(want);
        }
    }
    ends.into_iter().map(|((manifest, until), want)| notice(input, manifest, until, want)).collect()
}

fn notice(input: &PlanInput<'_>, manifest: &str, until: Timestamp, want: &Desired) -> Finding {
    let left = until.duration_since(input.as_of);
    let severity = if left <= A_DAY { Severity::Warning } else { Severity::Info };
    let message = format!("it ends on {until}, in {}: from then on its removal is planned", in_words(left));
    Finding::new(severity, "expires-soon", message)
        .of(manifest)
        .origin(&want.origins)
        .help("where it is needed for longer, move the date in its manifest before that")
}

fn in_words(left: SignedDuration) -> String {
    match (left.as_hours() / 24, left.as_hours()) {
        (0 | 1, hours @ 2..) => format!("{hours} hours"),
        (0 | 1, _) => "less than two hours".to_owned(),
        (days, _) => format!("{days} days"),
    }
}
