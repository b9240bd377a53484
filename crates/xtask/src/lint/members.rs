//! The crates of the workspace and what they depend on, as cargo tells it.
//! Deliberately absent: any opinion on it, see `layers`.

use crate::cargo;
use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// For each crate of the workspace the packages it depends on, in products and build scripts; what only
/// its tests use does not count.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Members(pub(crate) BTreeMap<String, BTreeSet<String>>);

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `None` for a usual dependency, else `dev` or `build`.
    kind: Option<String>,
}

impl Members {
    /// Asks cargo.
    pub(crate) fn of_this_workspace() -> Result<Self> {
        let args = ["metadata", "--no-deps", "--format-version", "1", "--locked"];
        Self::parse(&cargo::output(&mut cargo::command(&args))?)
    }

    /// Reads the answer of `cargo metadata`.
    pub(crate) fn parse(json: &str) -> Result<Self> {
        let metadata: Metadata =
            serde_json::from_str(json).context("cannot read the answer of cargo metadata")?;
        Ok(Self(
            metadata
                .packages
                .into_iter()
                .map(|package| (package.name, products(package.dependencies)))
                .collect(),
        ))
    }
}

fn products(dependencies: Vec<Dependency>) -> BTreeSet<String> {
    let counted = dependencies.into_iter().filter(|d| d.kind.as_deref() != Some("dev"));
    counted.map(|dependency| dependency.name).collect()
}

/// Every package that a product of `member` contains, through any number of steps.
pub(crate) fn reach(member: &str) -> Result<BTreeSet<String>> {
    let args =
        ["tree", "--package", member, "--edges", "normal", "--prefix", "none", "--format", "{p}", "--locked"];
    let text = cargo::output(&mut cargo::command(&args))?;
    Ok(text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}
