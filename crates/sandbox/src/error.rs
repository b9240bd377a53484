//! What can go wrong while the local world is built. Deliberately absent: the faults the proxy injects,
//! which are answers and not errors.

use std::path::{Path, PathBuf};

/// An error of the sandbox itself; every message names the thing and, where there is one, the way out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be used.
    #[error("cannot {what} {}: {source}", path.display())]
    File {
        /// The verb phrase, such as `create the folder`.
        what: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program could not be started at all.
    #[error("cannot start {program}: {source}; {help}")]
    Missing {
        /// The program.
        program: String,
        /// What the system said.
        source: std::io::Error,
        /// What to install or check.
        help: &'static str,
    },
    /// A program ran and failed.
    #[error("{command} failed with {status}:\n{stderr}")]
    Failed {
        /// The command line.
        command: String,
        /// Its exit status in words.
        status: String,
        /// What it wrote to standard error.
        stderr: String,
    },
    /// moto started and did not become ready.
    #[error("moto did not become ready: {why}\n{stderr}")]
    NotReady {
        /// Timed out, or ended early.
        why: String,
        /// The last lines it wrote to standard error.
        stderr: String,
    },
    /// A socket could not be opened, or an endpoint is not of the form `http://host:port`.
    #[error("cannot use the address {address}: {why}")]
    Address {
        /// The address or endpoint.
        address: String,
        /// What is wrong with it.
        why: String,
    },
    /// A seeding call got no answer.
    #[error("{call} got no answer from {endpoint}: {why}")]
    NoAnswer {
        /// Method and path.
        call: String,
        /// The endpoint.
        endpoint: String,
        /// What happened to the connection.
        why: String,
    },
    /// A seeding call was answered with an error.
    #[error("{call} was answered with {status} {code}: {message}")]
    Refused {
        /// Method and path.
        call: String,
        /// HTTP status.
        status: u16,
        /// AWS error code, empty if the body had none.
        code: String,
        /// AWS error message or the body.
        message: String,
    },
    /// An answer could be read but not understood.
    #[error("{call} was answered with something unexpected: {why}")]
    Unexpected {
        /// Method and path.
        call: String,
        /// What was missing.
        why: String,
    },
}

impl Error {
    /// For `map_err` on file operations.
    pub(crate) fn file(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { what, path, source }
    }

    /// For `map_err` on sockets.
    pub(crate) fn address(address: impl ToString) -> impl FnOnce(std::io::Error) -> Self {
        let address = address.to_string();
        move |why| Self::Address { address, why: why.to_string() }
    }
}
