//! The kind Team: a team of an organisation and who is in it.

mod expand;
mod people;
mod spec;

pub use spec::*;

use crate::estate::Estate;
use crate::kind::{Expansion, Kind, Manifest};
use crate::offboard::{Mentions, Person};
use aplomo_core::KindName;

/// The kind Team.
#[derive(Debug, Clone, Copy)]
pub struct Team;

impl Kind for Team {
    const NAME: KindName = KindName::known("Team");
    const EXAMPLE: &'static str = include_str!("example.yaml");
    type Spec = TeamSpec;
    fn expand(manifest: &Manifest<'_, TeamSpec>, estate: &Estate<'_>) -> Expansion {
        expand::expand(manifest, estate)
    }
    fn people(manifest: &Manifest<'_, TeamSpec>, who: &Person, _: &Estate<'_>) -> Mentions {
        people::people(manifest.spec, who)
    }
}

pub(crate) use people::is_in;
