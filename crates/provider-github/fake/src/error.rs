//! What can go wrong outside the world of the fake.

/// Why the fake, or the check against GitHub's own descriptions, did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No port, no thread.
    #[error("the fake GitHub cannot start on a loopback port: {0}")]
    Start(std::io::Error),
    /// Our own description of the GraphQL schema is wrong.
    #[error("the GraphQL schema of the fake is broken: {0}")]
    Schema(String),
    /// The cache folder cannot be read or written.
    #[error("the cache folder of GitHub's descriptions cannot be used: {0}")]
    Cache(std::io::Error),
    /// npm, tar, node, python3 or pip failed: no network, or not installed.
    #[error(
        "cannot run {0}: {1}\nGitHub's descriptions come from npm and PyPI at the first use; after that no network is needed"
    )]
    Tool(String, String),
    /// A person was not let do what a test lets it do.
    #[error("GitHub refuses it with {0}: {1}")]
    Refused(u16, String),
    /// git did not do what a test asks.
    #[error("git refuses it: {0}")]
    Git(String),
    /// A description cannot be read.
    #[error("GitHub's description cannot be read: {0}")]
    Description(String),
}
