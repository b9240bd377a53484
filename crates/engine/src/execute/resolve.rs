//! References at the write: what was known at approval must still be so, what was unknown must
//! satisfy its constraint.

use super::fresh::Index;
use aplomo_core::fields::{WantedFields, Wish};
use aplomo_core::reference::ReferenceUse;
use aplomo_core::resource::CONTAINER_PATH;
use aplomo_core::{Address, Change, Datum, FieldPath, RemoteId, Scope};
use std::collections::{BTreeMap, HashMap};

/// A change with everything known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Resolved {
    /// The scope, with the container's id.
    pub(crate) scope: Scope,
    /// `after` without references.
    pub(crate) after: Option<WantedFields>,
    /// What the references came to.
    pub(crate) values: BTreeMap<FieldPath, Datum>,
}

/// Why a change cannot be resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unresolved {
    /// A value known at approval is another now.
    Moved(String),
    /// A value is not there, or breaks its constraint.
    Missing(String),
    /// What this address yields is not there (yet).
    Late(Address, String),
}

/// Resolves the references of a change. `ids` are the remote ids of addresses as far as known.
pub(crate) fn resolve(
    change: &Change,
    ids: &HashMap<Address, RemoteId>,
    index: &Index<'_>,
) -> Result<Resolved, Unresolved> {
    let mut resolved =
        Resolved { scope: change.scope.clone(), after: change.after.clone(), values: BTreeMap::new() };
    for used in &change.references {
        let value = output(&used.reference.to, &used.reference.output, ids, index);
        let value = value.or_else(|| looked_up(used, change, index)).ok_or_else(|| {
            let why = format!(
                "`{}` of {} is not known, which `{}` needs",
                used.reference.output, used.reference.to, used.path
            );
            Unresolved::Late(used.reference.to.clone(), why)
        })?;
        if let Some(before) = used.resolved.as_ref().filter(|before| **before != value) {
            return Err(Unresolved::Moved(format!(
                "`{}` of {} was `{before}` when it was planned and is `{value}` now",
                used.reference.output, used.reference.to
            )));
        }
        if !used.reference.constraint.admits(&value) {
            return Err(Unresolved::Missing(format!(
                "`{}` of {} is `{value}`, which is not what was approved for `{}`",
                used.reference.output, used.reference.to, used.path
            )));
        }
        place(&mut resolved, &used.path, value);
    }
    resolved.scope = resolved.scope.concrete();
    Ok(resolved)
}

fn place(resolved: &mut Resolved, path: &FieldPath, value: Datum) {
    if *path == CONTAINER_PATH {
        resolved.scope.container = value.as_text().and_then(|id| RemoteId::new(id).ok());
    } else if let Some(after) = &mut resolved.after {
        after.set(path.clone(), Wish::Value(value.clone()));
    }
    resolved.values.insert(path.clone(), value);
}

fn output(to: &Address, name: &str, ids: &HashMap<Address, RemoteId>, index: &Index<'_>) -> Option<Datum> {
    let id = ids.get(to)?;
    if name == "id" {
        return Some(Datum::from(id.as_str()));
    }
    index.at(to, id)?.outputs.get(name).cloned()
}

/// What only ever is looked up is in no plan and no ledger, so its id is not known: it is there still
/// where something of its type around the change yields what it yielded when it was planned.
fn looked_up(used: &ReferenceUse, change: &Change, index: &Index<'_>) -> Option<Datum> {
    let (before, around) = (used.resolved.as_ref()?, change.scope.outer());
    let mut all = index.around(used.reference.to.type_name(), &around);
    all.find_map(|object| object.outputs.get(&used.reference.output).filter(|now| *now == before)).cloned()
}
