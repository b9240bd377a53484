//! Git without a work tree: fetching a branch into a bare cache and reading commits from it.
//!
//! libgit2 does the work: no git program, no hooks, and for the cache no configuration but its own.
//! Deliberately absent: shallow histories (ancestry must be known) and pushing.

mod access;
mod author;
mod cache;
mod commit;
mod fetch;
mod known_hosts;
mod merge;
mod revert;
mod tree;
mod trouble;
mod url;

pub use access::Auth;
pub use author::{LineAuthor, line_author};
pub use commit::{descends, head, is_descendant, read_commit};
pub use fetch::{Fetched, GitRemote};
pub use merge::{Merged, changed_files, merge, parent};
pub use revert::{Reverted, revert};
pub(crate) use tree::CommitTree;
