//! The one error of this crate. Messages name the thing and the way out.

use jiff::Timestamp;
use std::path::PathBuf;

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store could not be opened.
    #[error("cannot open the store {}: {why}", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; part of the message, so not its source as well.
        why: Box<StoreError>,
    },
    /// A newer Aplomo wrote it.
    #[error("its schema has step {0}, which this version does not know; use the newer aplomo that wrote it")]
    NewerSchema(i64),
    /// A migration of it is not the one we know.
    #[error(
        "its schema step {0} differs from ours; use the aplomo that wrote it, or move it away and run `aplomo recover`"
    )]
    OtherSchema(i64),
    /// It belongs to another installation.
    #[error(
        "it belongs to installation `{found}`, not `{given}`; correct the installation's name in the configuration, or name another store file"
    )]
    OtherInstallation {
        /// As stored.
        found: String,
        /// As configured.
        given: String,
    },
    /// Its audit log is signed with another key.
    #[error(
        "its audit log is signed with key {found}, not {given}; put the right key file in place, or rotate the key with both keys at hand"
    )]
    OtherKey {
        /// Id of the key as stored.
        found: String,
        /// Id of the key as given.
        given: String,
    },
    /// It is damaged.
    #[error("the store is damaged ({0}); restore a backup, or move the file away and run `aplomo recover`")]
    Corrupt(String),
    /// The disk is full.
    #[error("the store cannot grow: the disk is full; free space and try again")]
    Full,
    /// The disk does not do what it should, or a limit on the size of files was reached.
    #[error("the store cannot be read or written ({0}); look whether the disk is full or failing")]
    Disk(String),
    /// Another process writes for too long.
    #[error("another process keeps the store busy; wait for it or stop it, then try again")]
    Busy,
    /// We may not write.
    #[error("the store is read-only; give this user write permission to the file and its directory")]
    ReadOnly,
    /// Any other trouble with the database.
    #[error("the store failed: {0}")]
    Sql(String),
    /// Something stored does not read back.
    #[error("{what} does not read back ({why}); use the aplomo that wrote it, or restore a backup")]
    Unreadable {
        /// What.
        what: String,
        /// Why.
        why: String,
    },
    /// There is no such thing.
    #[error("no {what} `{id}` is stored; list what there is with `aplomo status` or `aplomo audit log`")]
    NotFound {
        /// What sort of thing.
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// There is one already.
    #[error("{what} `{id}` is stored already; choose another or remove that one first")]
    Conflict {
        /// What sort of thing.
        what: &'static str,
        /// Which.
        id: String,
    },
    /// Somebody else holds the lease.
    #[error(
        "{scope} is being worked on by {by} until {until}; wait, or break the lease if that process is gone"
    )]
    Held {
        /// What is leased.
        scope: String,
        /// By whom.
        by: String,
        /// Until when, unless renewed.
        until: Timestamp,
    },
    /// The lease is no longer ours.
    #[error("the lease on {0} was lost: it ran out, was given back or was broken; start again")]
    LeaseLost(String),
    /// A file beside the store.
    #[error("{}: {why}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it and what to do.
        why: String,
    },
    /// A text that is no key, hash or id.
    #[error("`{text}` is no {what}: {why}")]
    BadText {
        /// What it should be.
        what: &'static str,
        /// What was given.
        text: String,
        /// The form it should have.
        why: &'static str,
    },
    /// An export that does not hold.
    #[error(
        "the audit export does not verify: {0}; fetch an undamaged copy, and check it with `aplomo audit verify`"
    )]
    BadExport(String),
}

impl StoreError {
    pub(crate) fn unreadable(what: impl Into<String>, why: impl ToString) -> Self {
        Self::Unreadable { what: what.into(), why: why.to_string() }
    }
    pub(crate) fn file(path: &std::path::Path, why: impl ToString) -> Self {
        Self::File { path: path.to_owned(), why: why.to_string() }
    }
}

/// Reads a stored JSON document; the error says what it was.
pub(crate) fn read_json<T: serde::de::DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::unreadable(what, e))
}

/// Writes a document.
pub(crate) fn to_json<T: serde::Serialize>(what: &str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::unreadable(what, e))
}

/// Writes a document in canonical form (RFC 8785), for keys and hashes.
pub(crate) fn to_jcs<T: serde::Serialize>(what: &str, value: &T) -> Result<String, StoreError> {
    serde_json_canonicalizer::to_string(value).map_err(|e| StoreError::unreadable(what, e))
}
