//! The way back of a run: for each change that it applied, the wish as it was before; and what was put
//! back so, which is held until the manifests agree (rules.md, People).
//!
//! A way back is planned like any other wish: [`way_back`] says what to wish, [`overlay`] puts that in the
//! place of what the manifests say, the usual planner compares it with the world, and [`settle()`] keeps
//! what goes back and says of the rest why it does not. Nothing of it enters git.
//!
//! Deliberately absent: what is not a plan: reading runs, storing what was put back (`engine`, `store`).

mod settle;
mod wishes;

pub use settle::settle;
pub use wishes::{overlay, way_back};

use crate::PlanInput;
use aplomo_core::fields::WantedFields;
use aplomo_core::reverted::Reverted;
use aplomo_core::{Action, Address, Datum, FieldPath, Reference, RunId, Scope, SourceName, TypeName};
use serde::Serialize;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// What cannot go back, and why, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cannot {
    /// The address.
    pub address: Address,
    /// What the run did there.
    pub action: Action,
    /// The field, where the rest of the change goes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldPath>,
    /// Why.
    pub why: String,
}

/// An address as it shall be again.
#[derive(Debug, Clone, PartialEq)]
struct Wished {
    /// What the run did.
    action: Action,
    /// The fields that go back.
    paths: BTreeSet<FieldPath>,
    /// All fields as they shall be; `None` where nothing shall be there.
    fields: Option<WantedFields>,
    /// For an address that nobody wishes any more.
    type_name: TypeName,
    scope: Scope,
    key: Option<SmolStr>,
    source: SourceName,
    origins: Vec<aplomo_core::Origin>,
}

/// The way back of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Back {
    /// The run.
    pub run: RunId,
    wishes: BTreeMap<Address, Wished>,
    /// What cannot go back.
    pub cannot: Vec<Cannot>,
    /// What is as it was before already.
    pub already: Vec<Address>,
}

impl Back {
    /// The addresses that shall go back.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        self.wishes.keys()
    }

    /// Takes an address out, and says why.
    fn give_up(&mut self, address: &Address, why: impl Into<String>) {
        if let Some(wished) = self.wishes.remove(address) {
            let (address, action) = (address.clone(), wished.action);
            self.cannot.push(Cannot { address, action, field: None, why: why.into() });
        }
    }
}

/// Addresses that were put back and of which the manifests say the same now: what holds them ends. Only a
/// source that was read in full, without errors of its tenant, says so.
#[must_use]
pub fn agreed(input: &PlanInput<'_>) -> Vec<Address> {
    let certainty = crate::removal::Certainty::new(&input.desired.findings);
    let complete = &input.desired.completeness.complete_sources;
    let known =
        |put_back: &&Reverted| complete.contains(&put_back.source) && certainty.of(put_back.address.tenant());
    let all = input.memory.reverted.values().filter(known);
    all.filter(|put_back| agrees(input, put_back)).map(|put_back| put_back.address.clone()).collect()
}

/// Whether the wish of now would leave what was put back as it is.
pub(crate) fn agrees(input: &PlanInput<'_>, put_back: &Reverted) -> bool {
    let wish = input.desired.resources.get(&put_back.address);
    let wish = wish.filter(|want| !crate::matching::is_over(want, input.as_of));
    let resolve = |reference: &Reference| {
        // What a reference means without a reading: the id of what the ledger knows there.
        let entry = input.memory.ledger.get(&reference.to)?;
        (reference.output == "id").then(|| Datum::Text(entry.id.as_str().into()))
    };
    put_back.agrees(wish.map(|want| &want.wanted), &resolve)
}
