//! The kind Environment: a network in AWS with subnets, gateways, routes, groups and lists.
//!
//! Everything follows from the manifest alone: subnets from their slots (`slots`), rules from
//! their atoms. The checks are a table of named functions; the expansion is a file per part.

mod by_hand;
mod checks;
mod expand;
mod flow;
mod groups;
mod network;
mod place;
mod role;
mod routes;
mod rule;
mod slots;
mod spec;
mod words;

pub use by_hand::{Gateway, Subnet, Table};
pub(crate) use expand::end;
pub use spec::*;
pub use words::{GroupPeer, ListPeer, Peer, Ports};

use crate::estate::Estate;
use crate::kind::{Expansion, Kind, Manifest};
use aplomo_core::KindName;

/// The kind Environment.
#[derive(Debug, Clone, Copy)]
pub struct Environment;

impl Kind for Environment {
    const NAME: KindName = KindName::known("Environment");
    const EXAMPLE: &'static str = include_str!("example.yaml");
    type Spec = EnvironmentSpec;
    fn expand(manifest: &Manifest<'_, EnvironmentSpec>, estate: &Estate<'_>) -> Expansion {
        expand::expand(manifest, estate)
    }
}
