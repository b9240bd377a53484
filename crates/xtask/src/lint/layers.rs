//! Dependencies point down only. A crate may depend on the crates named beside it below and on no other
//! of ours; the pure crates contain no input, output or runtime, however deep it hides.
//!
//! A new crate must be given its place here. What only tests use is exempt.

use super::members::{Members, reach};
use anyhow::{Result, bail};
use std::collections::BTreeSet;

/// Where a crate stands.
struct Place {
    name: &'static str,
    /// The crates of ours it may depend on.
    may: &'static [&'static str],
    /// Whether it must be free of input, output and runtimes.
    pure: bool,
}

const fn pure(name: &'static str, may: &'static [&'static str]) -> Place {
    Place { name, may, pure: true }
}

const fn edge(name: &'static str, may: &'static [&'static str]) -> Place {
    Place { name, may, pure: false }
}

const CORE: &str = "aplomo-core";
const RESOURCES: &str = "aplomo-resources";
const CATALOG: &str = "aplomo-catalog";
const PLANNER: &str = "aplomo-planner";
const TEXTS: &str = "aplomo-texts";
const REPORT: &str = "aplomo-report";
const SOURCE: &str = "aplomo-source";
const STORE: &str = "aplomo-store";
const ENGINE: &str = "aplomo-engine";
const SERVER: &str = "aplomo-server";
const AWS: &str = "aplomo-provider-aws";
const GITHUB: &str = "aplomo-provider-github";
const FORGE: &str = "aplomo-forge";
const HACK: &str = "aplomo-workspace-hack";
const SANDBOX: &str = "aplomo-sandbox";
const GITHUB_FAKE: &str = "aplomo-github-fake";

/// From the bottom up.
const PLACES: &[Place] = &[
    pure(CORE, &[]),
    pure(RESOURCES, &[CORE]),
    pure(CATALOG, &[RESOURCES, CORE]),
    pure(PLANNER, &[CORE]),
    pure(TEXTS, &[]),
    pure(REPORT, &[TEXTS, PLANNER, CORE]),
    edge(SOURCE, &[CORE]),
    edge(STORE, &[CORE]),
    edge(HACK, &[]),
    edge(AWS, &[RESOURCES, CORE, HACK]),
    edge(GITHUB, &[RESOURCES, CORE]),
    // docs/decisions/0011: one call makes a plan; providers stay behind the engine's ports.
    edge(ENGINE, &[PLANNER, CATALOG, RESOURCES, STORE, SOURCE, CORE]),
    edge(SERVER, &[CORE]),
    // docs/decisions/0030: the way to GitHub is one, with its tokens, limits and ETags.
    edge(FORGE, &[ENGINE, PLANNER, GITHUB, STORE, SOURCE, CORE]),
    // What a test claims about GitHub must not come from the code under test.
    edge(GITHUB_FAKE, &[]),
    edge(SANDBOX, &[]),
    edge(
        "aplomo",
        &[
            SERVER, FORGE, ENGINE, REPORT, TEXTS, PLANNER, CATALOG, RESOURCES, AWS, GITHUB, STORE, SOURCE,
            CORE,
        ],
    ),
    // The tool stands outside: it drives the sandbox, and nothing may depend on it.
    edge("aplomo-xtask", &[SANDBOX, GITHUB_FAKE, PLANNER, CATALOG, RESOURCES, SOURCE, CORE]),
];

/// Packages, or families of packages, that do input, output, time or randomness.
const IMPURE: &[&str] = &[
    "async-std",
    "aws-*",
    "axum",
    "getrandom",
    "git2",
    "hyper",
    "hyper-*",
    "libgit2-sys",
    "mio",
    "notify",
    "octocrab",
    "rand",
    "reqwest",
    "rusqlite",
    "smol",
    "socket2",
    "sqlx",
    "sqlx-*",
    "tokio",
    "tokio-*",
    "ureq",
    "uuid",
];

/// Fails on every edge that is not allowed, naming it.
pub(crate) fn check() -> Result<()> {
    let members = Members::of_this_workspace()?;
    let mut wrong = forbidden(&members);
    for place in PLACES.iter().filter(|place| place.pure && members.0.contains_key(place.name)) {
        wrong.extend(impure(place.name, &reach(place.name)?));
    }
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    Ok(())
}

/// The edges between our crates that point the wrong way, and crates without a place.
fn forbidden(members: &Members) -> Vec<String> {
    let ours: BTreeSet<&String> = members.0.keys().collect();
    let mut wrong = Vec::new();
    for (name, dependencies) in &members.0 {
        let Some(place) = PLACES.iter().find(|place| place.name == name) else {
            wrong.push(format!("{name} has no place in crates/xtask/src/lint/layers.rs: give it one"));
            continue;
        };
        let bad = dependencies.iter().filter(|d| ours.contains(d) && !place.may.contains(&d.as_str()));
        wrong.extend(bad.map(|d| format!("{name} must not depend on {d}: dependencies point down only")));
    }
    wrong
}

/// What a pure crate contains and must not.
fn impure(name: &str, reach: &BTreeSet<String>) -> Vec<String> {
    let bad = reach.iter().filter(|package| IMPURE.iter().any(|pattern| matches(pattern, package)));
    bad.map(|package| {
        format!("{name} must be pure and contains {package}: `cargo tree -p {name} -i {package}` shows how")
    })
    .collect()
}

fn matches(pattern: &str, package: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == package, |family| package.starts_with(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(json: &str) -> Members {
        Members::parse(json).unwrap()
    }

    #[test]
    fn this_workspace_has_no_forbidden_edge() {
        check().unwrap();
    }

    #[test]
    fn an_edge_that_points_up_is_named() {
        let members = members(
            r#"{"packages": [
                {"name": "aplomo-core", "dependencies": [{"name": "aplomo-planner", "kind": null}]},
                {"name": "aplomo-planner", "dependencies": [
                    {"name": "aplomo-core", "kind": null},
                    {"name": "aplomo-catalog", "kind": "dev"},
                    {"name": "serde", "kind": null}]},
                {"name": "aplomo-catalog", "dependencies": [{"name": "aplomo-source", "kind": "build"}]},
                {"name": "aplomo-source", "dependencies": []},
                {"name": "aplomo-new", "dependencies": []}]}"#,
        );
        insta::assert_snapshot!(forbidden(&members).join("\n"), @r"
        aplomo-catalog must not depend on aplomo-source: dependencies point down only
        aplomo-core must not depend on aplomo-planner: dependencies point down only
        aplomo-new has no place in crates/xtask/src/lint/layers.rs: give it one
        ");
    }

    #[test]
    fn input_and_output_inside_a_pure_crate_are_named() {
        let reach = ["serde", "tokio-util", "aws-sdk-route53", "awsome", "tokio"].map(str::to_owned);
        insta::assert_snapshot!(impure("aplomo-core", &reach.into()).join("\n"), @r"
        aplomo-core must be pure and contains aws-sdk-route53: `cargo tree -p aplomo-core -i aws-sdk-route53` shows how
        aplomo-core must be pure and contains tokio: `cargo tree -p aplomo-core -i tokio` shows how
        aplomo-core must be pure and contains tokio-util: `cargo tree -p aplomo-core -i tokio-util` shows how
        ");
    }

    #[test]
    fn the_table_itself_has_no_circle() {
        for (row, place) in PLACES.iter().enumerate() {
            for below in place.may {
                let at = PLACES.iter().position(|p| p.name == *below);
                assert!(
                    at.is_some_and(|at| at < row),
                    "{} may depend on {below}, which does not stand below",
                    place.name
                );
            }
        }
    }
}
