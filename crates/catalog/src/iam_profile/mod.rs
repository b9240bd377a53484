//! The kind IamProfile: access to an account for somebody outside of it, as a role with its trust,
//! policies, limits and end.
//!
//! The trust policy is put together first and checked as the document it becomes, so that what is
//! written as a whole (`trust.document`) is checked alike. Deliberately absent: identity providers
//! that other manifests use as well; they are named here and made elsewhere, unless `manage` is set.

mod checks;
mod environments;
mod expand;
mod order;
mod people;
mod providers;
mod spec;
mod trust;
mod version;

pub use spec::*;

use crate::estate::Estate;
use crate::kind::{Expansion, Kind, Manifest};
use crate::offboard::{Mentions, Person};
use aplomo_core::KindName;

/// The kind IamProfile.
#[derive(Debug, Clone, Copy)]
pub struct IamProfile;

impl Kind for IamProfile {
    const NAME: KindName = KindName::known("IamProfile");
    const EXAMPLE: &'static str = include_str!("example.yaml");
    type Spec = IamProfileSpec;
    fn expand(manifest: &Manifest<'_, IamProfileSpec>, estate: &Estate<'_>) -> Expansion {
        expand::expand(manifest, estate)
    }
    fn people(manifest: &Manifest<'_, IamProfileSpec>, who: &Person, _: &Estate<'_>) -> Mentions {
        people::people(&manifest.spec.trust, who)
    }
}
