//! Why the server does not start.

use std::net::SocketAddr;

/// Why the server does not start or its access cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Others could reach it and nothing would ask them who they are.
    #[error(
        "{at} can be reached from other machines and no token is configured; listen on 127.0.0.1 or configure \
         `server.tokens`"
    )]
    NeedsTokens {
        /// Where it would listen.
        at: SocketAddr,
    },
    /// A public host name says that a proxy lets others in, and nothing would ask them who they are.
    #[error(
        "the public host `{host}` lets others reach the server and no token is configured; configure \
         `server.tokens` or remove the public host"
    )]
    PublicNeedsTokens {
        /// The configured host.
        host: String,
    },
    /// A secret that could be guessed, or none at all.
    #[error(
        "token `{name}` has fewer than {least} characters, or white space around them; make one with `openssl rand -hex 32`"
    )]
    WeakToken {
        /// The token's name.
        name: String,
        /// How many it must have.
        least: usize,
    },
    /// Two tokens cannot be told apart.
    #[error("tokens `{first}` and `{second}` have the same name or the same secret; give each its own")]
    DuplicateToken {
        /// The first of them.
        first: String,
        /// The other.
        second: String,
    },
    /// The listener is of no use.
    #[error("the listening socket does not work ({0}); choose another address or port")]
    Listener(#[from] std::io::Error),
    /// Metrics are already collected by something else in this process.
    #[error("metrics could not be set up ({0}); install the recorder once per process")]
    Metrics(String),
}
