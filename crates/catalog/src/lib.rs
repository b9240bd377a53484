//! The kinds people write: one folder each with spec, checks, expansion, example and tests.
//!
//! The way through: documents with their places ([`aplomo_core::manifest::RawManifest`]) are decoded
//! along the JSON Schema of their kind, checked and expanded into a
//! [`DesiredState`](aplomo_core::DesiredState) by [`expand()`]. [`describe`] explains the kinds,
//! [`import`] writes manifests for what already exists.
//!
//! Deliberately absent: reading files, YAML and git (`source`), the models of remote objects
//! (`resources`), any comparison with the world (`planner`), input and output of any kind.

pub mod branch_protection;
pub mod certificate;
pub mod change_freeze;
mod decode;
pub mod describe;
pub mod domain;
mod envelope;
pub mod environment;
mod estate;
mod expand;
mod github;
pub mod iam_profile;
pub mod import;
mod kind;
pub mod offboard;
mod registry;
pub mod repository;
pub mod repository_type;
mod suggest;
pub mod team;
pub mod tenant;
pub mod text;
mod windows;

pub use decode::decode_config;
pub use envelope::{DeletionWish, Lifecycle, Metadata, OwnershipWish};
pub use estate::{Accounts, Estate, SecretMark, SecretMarks};
pub use expand::expand;
pub use github::SECRET_UNREADABLE;
pub use kind::{AnyKind, Erased, Expansion, Head, Kind, Manifest};
pub use registry::{kind, registry};
pub use windows::{Day, WindowWish};
