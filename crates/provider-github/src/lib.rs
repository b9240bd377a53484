//! GitHub: readers and writers only, one module per call family. Decides nothing.
//!
//! Readers and writers hold different tokens: what plans is minted without any permission to write, and
//! what writes is minted for approved steps, with the permissions and repositories of those steps.
//!
//! Deliberately absent: what is wished, what differs, what may be done (`planner`, `engine`), normal
//! forms (`resources`), what pull requests mean (`forge`; their calls are in `desk`), and the process environment.

mod answer;
mod config;
mod connect;
pub mod desk;
mod endpoint;
mod etags;
mod help;
mod keys;
mod line;
mod names;
mod pace;
mod permissions;
mod problem;
mod read;
mod route;
mod wanted;
mod write;

pub use config::{Credentials, GITHUB_COM, GithubConfig, Timeouts, Vault};
pub use connect::{Github, Session};
pub use desk::Desk;
pub use permissions::{DESK_PERMISSIONS, READ_PERMISSIONS, write_permissions};
pub use problem::GithubProblem;

/// Every GraphQL document that can be sent, so that a test holds them against GitHub's own schema.
#[must_use]
pub fn graphql_documents() -> Vec<String> {
    let mutations = write::mutations().map(str::to_owned);
    read::sweep::documents::all().into_iter().chain(mutations).collect()
}
