//! A directory or a git commit as manifests and problems, each with file, line and column.
//!
//! Everything that could be read is returned together with everything that could not; only a source
//! that cannot be read at all is an error. Deliberately absent: what manifests mean (`catalog`),
//! watching for changes (the daemon), async runtimes, and running git or its hooks.

pub mod directory;
pub mod edit;
pub mod error;
pub mod git;
pub mod limits;
pub mod reading;
pub mod yaml;

mod disk;
mod load;
mod walk;
mod worktree;

#[cfg(test)]
mod tests;

pub use directory::read_directory;
pub use error::SourceError;
pub use git::{
    Auth, Fetched, GitRemote, LineAuthor, Merged, Reverted, changed_files, descends, head, is_descendant,
    line_author, merge, parent, read_commit, revert,
};
pub use limits::Limits;
pub use reading::{ReadOptions, Reading, Texts};
pub use yaml::{Parsed, parse_documents};
