//! A stateful GitHub over HTTP, for the sandbox, the demo and the tests.
//!
//! ```no_run
//! # fn main() -> Result<(), aplomo_github_fake::Error> {
//! use aplomo_github_fake::{GitHub, ManualClock, app_key};
//! let clock = ManualClock::at(jiff::Timestamp::UNIX_EPOCH);
//! let github = GitHub::start(7, clock.clock())?;
//! let token = github.change(|world| {
//!     let owner = world.add_user("olga");
//!     let org = world.add_org("acme", owner);
//!     world.add_repo(org, "shop");
//!     world.add_token(owner)
//! });
//! println!("{} as {token}", github.base_url());
//! # Ok(()) }
//! ```
//!
//! # What it guarantees
//!
//! - **Its base URL is that of `api.github.com`**: REST at `/`, GraphQL at `/graphql`; the paths of GitHub Enterprise
//!   Server, `/api/v3` and `/api/graphql`, lead to the same. Everything listens
//!   on 127.0.0.1 on a free port and ends when the handle is dropped. Calls of the handle are blocking and need no
//!   runtime. The same seed and the same calls give the same numbers and tokens; time is the clock that was passed.
//! - **It is held to the truth** (module `truth`, with the feature of that name): every exchange and every webhook payload
//!   against `@octokit/openapi`, the GraphQL schema against `@octokit/graphql-schema`, a day's work through PyGithub.
//!   `truth::hold` does the first for any test that has a [`GitHub`], the provider's included.
//! - **What a caller may not see is not there**: 404 for the invisible, 403 for the forbidden, fields left out of
//!   REST, null with an error in GraphQL. Classic and fine-grained personal tokens, App JWTs (verified), installation
//!   tokens with some permissions and repositories.
//! - **Limits** by the hour, by the minute and at once, with headers, for REST requests and GraphQL points ([`Limits`]).
//!   **Lag** ([`Lag`]) and **faults** ([`Rule`]) where a test asks for them; among these a call back after the effect of
//!   the n-th write and before its answer. A switch refuses every write and counts ([`GitHub::refuse_writes`]).
//! - **git over HTTP** at `/{owner}/{repo}.git`, once it has a folder for it ([`GitHub::serve_git`]).
//! - **Pull requests** with reviews, comments, checks, merges, and what follows when a branch moves (module `push`):
//!   the list of activity with the pusher that was authenticated, the events, `refs/pull/N/head` and `…/merge`. What
//!   persons do without HTTP ([`GitHub::push_files`], [`GitHub::review`], [`GitHub::merge_pull`], …) goes the same way.
//! - **Webhooks** that arrive, are lost, come twice, fail, arrive unknown to GitHub, or wait to be sent in any order
//!   ([`Sending`], [`GitHub::send`]).
//! - Reads give back what GitHub gives back and not what was sent: one test for each entry of the list in
//!   `tests/fake/different.rs`.
//!
//! # What it deliberately does not do
//!
//! - GraphQL mutations beside those of classic protection and repositories, personal repositories, enterprises, custom repository roles.
//! - Webhooks to anything but Apps; events of what is not here can be announced ([`GitHub::announce`]).
//! - Of pull requests: comments on lines, reviews that are begun and not sent, requested reviewers, auto-merge, rebasing,
//!   merge queues. A push does not make reviews stale, and neither a push nor a merge asks branch protection or rulesets.
//!   Repositories of persons, so a fork is a repository of another organisation. Tags move without activity or event.
//!   Renaming or deleting a repository leaves its git behind.
//! - Reading contents, trees and blobs over REST: git is for that. Commit signatures, statuses, actions of checks.
//! - Organisation variables and secrets for selected repositories; actions selected for an organisation's repositories.
//! - Undocumented limits: GitHub's own time to compute, abuse detection, the costs of single calls.
//!
//! A family of calls is a module in `family` (REST) and a part of a module in `graph` (GraphQL) over the plain data of
//! [`world`]. A new one is listed in `family::ROUTES`; everything else follows from the table. A mutation is a write
//! like those of REST: the same permissions, limits, faults, events and switch.

mod address;
mod answer;
mod auth;
mod call;
mod clock;
mod effect;
mod error;
mod family;
mod faults;
mod gate;
mod git;
mod github;
mod glob;
mod graph;
mod ids;
mod limits;
mod log;
mod page;
mod push;
mod route;
mod sealed;
mod server;
mod state;
#[cfg(feature = "truth")]
pub mod truth;
mod webhooks;
pub mod world;

pub use auth::app_key;
pub use clock::{Clock, ManualClock};
pub use error::Error;
pub use faults::{Fault, Rule};
pub use github::{File, GitHub};
pub use ids::{Id, Sort};
pub use limits::Limits;
pub use log::Exchange;
pub use state::Lag;
pub use webhooks::Sending;
