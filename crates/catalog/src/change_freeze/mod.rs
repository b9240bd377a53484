//! The kind ChangeFreeze: a time in which nothing is applied. The operator's own: taken from the operator's
//! source only.
//!
//! Deliberately absent: what a freeze holds at a moment (`core::safety::freeze`), and the present moment. A
//! freeze that is over stays without effect until its manifest goes.

mod expand;
mod spec;

pub use spec::*;

use crate::estate::Estate;
use crate::kind::{Expansion, Kind, Manifest};
use aplomo_core::KindName;

/// The kind ChangeFreeze.
#[derive(Debug, Clone, Copy)]
pub struct ChangeFreeze;

impl Kind for ChangeFreeze {
    const NAME: KindName = KindName::known("ChangeFreeze");
    const EXAMPLE: &'static str = include_str!("example.yaml");
    const OPERATOR_ONLY: bool = true;
    type Spec = ChangeFreezeSpec;
    fn expand(manifest: &Manifest<'_, ChangeFreezeSpec>, estate: &Estate<'_>) -> Expansion {
        expand::expand(manifest, estate)
    }
}
