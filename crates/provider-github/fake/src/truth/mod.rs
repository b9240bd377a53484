//! GitHub's own descriptions as the judge: nobody here wrote them, so they do not share our mistakes.
//!
//! `@octokit/openapi` judges every request and answer of REST, `@octokit/graphql-schema` the schema of the fake: what
//! is valid for the fake's is valid for GitHub's. Both are fetched from npm at the first use, in pinned versions,
//! into a cache folder that the caller names; nothing of them is in this repository.
//!
//! Deliberately absent: judging GraphQL documents one by one. The fake refuses what its own schema does not allow,
//! and its schema is held to be a part of GitHub's.

mod graphql;
mod npm;
mod rest;

pub use npm::{Package, Python, default_cache_dir};
pub use rest::Judge;

use std::path::Path;

use crate::error::Error;
use crate::github::GitHub;

/// Panics at the end of a test if any exchange was not as GitHub describes it.
#[derive(Debug)]
pub struct Held<'a> {
    github: &'a GitHub,
    judge: Judge,
}

/// Holds all exchanges with this GitHub to the truth, until what is returned is dropped.
///
/// # Errors
/// The packages cannot be had.
pub fn hold<'a>(github: &'a GitHub, cache: &Path) -> Result<Held<'a>, Error> {
    Ok(Held { github, judge: Judge::fetch(cache)? })
}

impl Drop for Held<'_> {
    #[allow(clippy::panic, reason = "this is how a test fails")]
    fn drop(&mut self) {
        let mut wrong = self.judge.check_all(&self.github.log());
        wrong.extend(self.github.world().deliveries.iter().flat_map(|one| self.judge.check_delivery(one)));
        if !std::thread::panicking() && !wrong.is_empty() {
            panic!("not as GitHub describes it:\n{}", wrong.join("\n"));
        }
    }
}

/// What in the fake's GraphQL schema GitHub's does not have so.
///
/// # Errors
/// The package cannot be had or read.
pub fn graphql_differences(cache: &Path) -> Result<Vec<String>, Error> {
    graphql::differences(cache)
}
