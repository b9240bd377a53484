//! The audit log: one signed chain of entries per tenant.
//!
//! An entry's hash is the SHA-256 of the canonical JSON of its content, which holds the hash of the
//! entry before. The signature is ed25519 over the 32 octets of that hash. The first entry follows a
//! hash of installation and tenant, so a chain cannot be passed off as another's.

mod append;
mod chain;
mod entry;
mod export;
mod kind;
mod query;
mod verify;

pub(crate) use append::Sealer;
pub use entry::AuditEntry;
pub(crate) use export::read_export;
pub use export::{ExportHeader, verify_export};
pub use kind::AuditKind;
pub use query::AuditFilter;
pub(crate) use query::{add_key, newest_key};
pub use verify::{Problem, VerifyOptions, VerifyReport};
