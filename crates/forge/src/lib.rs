//! Pull requests: how people use Aplomo. Webhooks come in, and only wake; what a pull request is, who asked, who approved
//! is read from GitHub each time; comments and checks go out.
//!
//! A pull request is planned with the base branch's tenants and with credentials that read. Nothing of it is run, and
//! none of its secrets is resolved. What was approved is tied to it and counts once it is merged
//! ([`aplomo_core::approval::ForPull`]).
//!
//! Deliberately absent: HTTP (`server` listens), the loop that applies (the binary), how GitHub is reached
//! (`provider-github`), and what a plan is (`planner`).

pub mod asking;
pub mod check;
pub mod clerk;
pub mod command;
pub mod comment;
pub mod event;
#[cfg(test)]
mod fixture;
pub mod git;
mod markdown;
pub mod memo;
pub mod signature;
mod tenants;
pub mod texts;
pub mod view;
mod words;

pub use check::{Annotation, Check, Conclusion, Level, check};
pub use clerk::{Around, Clerk, Limits, Terms, Trouble};
pub use command::{Command, Misspelt, commands};
pub use comment::{MARKER, comment, fits};
pub use event::{Concern, Place, concerns};
pub use git::Git;
pub use signature::verify;
pub use texts::help;
pub use view::{Locale, View};
