//! Which networks a private zone comes to answer in, and which no longer: those a manifest names by id,
//! and those of Environments, of which the zone's own tags remember which is whose.

use crate::marks::network_tag;
use crate::wanted::{Want, entries};
use crate::write::tags::TagChange;
use aplomo_core::ports::ApprovedStep;
use aplomo_core::{Datum, FieldPath};
use std::collections::{BTreeMap, BTreeSet};

/// Networks to bind and to let go, as `<region>:<id>`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Networks {
    pub(super) add: Vec<String>,
    pub(super) remove: Vec<String>,
    /// The network of each Environment; `None` for one that it no longer answers in.
    environments: BTreeMap<String, Option<String>>,
}

/// What the wish says, and what stays bound whatever goes.
#[derive(Default)]
struct Wish {
    add: BTreeSet<String>,
    remove: BTreeSet<String>,
    keep: BTreeSet<String>,
}

impl Networks {
    /// What a step does to networks: only those that the wish names are ours.
    ///
    /// # Errors
    /// In words, where a reference is not resolved.
    pub(super) fn of(step: &ApprovedStep<'_>) -> Result<Self, String> {
        let (mut found, mut wish) = (Self::default(), Wish::default());
        let Some(after) = &step.after else { return Ok(found) };
        for (network, want) in entries(after, "/networks")? {
            match want {
                Want::Set(Datum::Bool(true)) => drop(wish.add.insert(network)),
                Want::Clear | Want::Set(_) => drop(wish.remove.insert(network)),
                Want::Leave => {}
            }
        }
        for (name, want) in entries(after, "/environments")? {
            let before = seen(step, "/environments", &name).and_then(Datum::as_text).map(str::to_owned);
            let now = match want {
                Want::Leave => continue,
                Want::Clear => None,
                Want::Set(value) => value.as_text().map(str::to_owned),
            };
            if now == before {
                wish.keep.extend(now);
                continue;
            }
            wish.remove.extend(before);
            wish.add.extend(now.clone());
            found.environments.insert(name, now);
        }
        let bound = |network: &String| seen(step, "/networks", network).is_some();
        let Wish { add, remove, keep } = wish;
        found.remove =
            remove.into_iter().filter(|n| bound(n) && !add.contains(n) && !keep.contains(n)).collect();
        found.add = add.into_iter().filter(|network| !bound(network)).collect();
        Ok(found)
    }

    /// Adds what the zone's tags shall remember.
    pub(super) fn tag(&self, change: &mut TagChange) {
        for (name, network) in &self.environments {
            match network {
                Some(network) => drop(change.set.insert(network_tag(name), network.clone())),
                None => change.remove.push(network_tag(name)),
            }
        }
    }
}

fn seen<'a>(step: &'a ApprovedStep<'_>, map: &'static str, key: &str) -> Option<&'a Datum> {
    step.fresh.as_ref()?.fields.value(FieldPath::known(map).child(key).as_str())
}
