//! The kind BranchProtection: what protects branches or tags of one repository, several, or all that a
//! selector picks; as rulesets or as classic rules.

mod checks;
mod expand;
mod make;
mod people;
mod spec;

pub(crate) use spec::rules;
pub use spec::*;

pub(crate) use checks::check_rules;
pub(crate) use expand::protect_by_type;
pub(crate) use people::in_rules;

use crate::estate::Estate;
use crate::kind::{Expansion, Kind, Manifest};
use crate::offboard::{Mentions, Person};
use aplomo_core::KindName;

/// The kind BranchProtection.
#[derive(Debug, Clone, Copy)]
pub struct BranchProtection;

impl Kind for BranchProtection {
    const NAME: KindName = KindName::known("BranchProtection");
    const EXAMPLE: &'static str = include_str!("example.yaml");
    type Spec = BranchProtectionSpec;
    fn expand(manifest: &Manifest<'_, BranchProtectionSpec>, estate: &Estate<'_>) -> Expansion {
        expand::expand(manifest, estate)
    }
    fn people(manifest: &Manifest<'_, BranchProtectionSpec>, who: &Person, _: &Estate<'_>) -> Mentions {
        let mut found = Mentions::default();
        in_rules(who, &manifest.spec.rules(), "/spec", &mut found);
        found
    }
}
