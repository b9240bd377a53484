//! The kind Repository: a repository on GitHub with who may reach it and all that is set in it.
//!
//! What its RepositoryType gives is put under what it says itself before anything is made of it.
//! Deliberately absent: what protects its branches, but for what its type brings; that is BranchProtection.

mod access;
mod checks;
mod content;
mod expand;
mod parts;
mod people;
mod spec;
mod wanted;

pub use parts::*;
pub use spec::*;

pub(crate) use expand::{Repo, repo};
pub(crate) use people::in_settings;
pub(crate) use wanted::wish;

use crate::estate::Estate;
use crate::kind::{Expansion, Kind, Manifest};
use crate::offboard::{Mentions, Person};
use aplomo_core::KindName;

/// The kind Repository.
#[derive(Debug, Clone, Copy)]
pub struct Repository;

impl Kind for Repository {
    const NAME: KindName = KindName::known("Repository");
    const EXAMPLE: &'static str = include_str!("example.yaml");
    type Spec = RepositorySpec;
    fn expand(manifest: &Manifest<'_, RepositorySpec>, estate: &Estate<'_>) -> Expansion {
        expand::expand(manifest, estate)
    }
    fn people(manifest: &Manifest<'_, RepositorySpec>, who: &Person, estate: &Estate<'_>) -> Mentions {
        people::people(manifest, who, estate)
    }
}
