//! The kind Domain: a DNS zone in Route 53 with its records and health checks.
//!
//! Records are resolved first (names absolute, values in normal form), then checked against each
//! other by a table of named checks, then turned into resources.

mod checks;
mod delegation;
mod expand;
mod health;
pub(crate) mod lookup;
mod record;
mod spec;
pub(crate) mod wanted;
mod words;
pub(crate) mod zone;

pub use spec::*;
pub use words::TypeWish;

use crate::estate::Estate;
use crate::kind::{Expansion, Kind, Manifest};
use aplomo_core::KindName;

/// The kind Domain.
#[derive(Debug, Clone, Copy)]
pub struct Domain;

impl Kind for Domain {
    const NAME: KindName = KindName::known("Domain");
    const EXAMPLE: &'static str = include_str!("example.yaml");
    type Spec = DomainSpec;
    fn expand(manifest: &Manifest<'_, DomainSpec>, estate: &Estate<'_>) -> Expansion {
        expand::expand(manifest, estate)
    }
}
