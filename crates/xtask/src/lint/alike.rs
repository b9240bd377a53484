//! One set of features for each dependency, whichever command builds it: else the AWS SDK is compiled twice, at minutes
//! each. What differs belongs into `crates/workspace-hack`.

use crate::cargo;
use anyhow::{Result, bail};
use std::collections::BTreeSet;

/// What people build that contains the AWS SDK.
const BUILDS: &[&[&str]] = &[&["--package", "aplomo", "--edges", "normal,build"]];

/// The dearest part of the SDK; what is not below it costs little.
const DEAR: &[&str] = &["--package", "aws-sdk-ec2", "--edges", "normal,build"];

/// Fails when a build has a dependency with features that the tests' build has not, naming it.
pub(crate) fn check() -> Result<()> {
    let tests = packages(&["--workspace", "--edges", "normal,build,dev"])?;
    let below: BTreeSet<String> = packages(DEAR)?.iter().map(|package| name(package).to_owned()).collect();
    let mut wrong = Vec::new();
    for build in BUILDS {
        let mut packages = packages(build)?;
        packages.retain(|package| below.contains(name(package)));
        wrong.extend(unlike(&build[..2].join(" "), &packages, &tests));
    }
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    Ok(())
}

fn unlike(build: &str, packages: &BTreeSet<String>, tests: &BTreeSet<String>) -> Vec<String> {
    let alone = packages.difference(tests);
    alone
        .map(|package| {
            format!(
                "`cargo build {build}` compiles `{package}`, `cargo test --workspace` does not: \
                 add the missing features to crates/workspace-hack"
            )
        })
        .collect()
}

fn name(package: &str) -> &str {
    package.split_once(' ').map_or(package, |(name, _)| name)
}

/// Each package with its version and features, as `cargo tree` tells them.
fn packages(selection: &[&str]) -> Result<BTreeSet<String>> {
    let args = ["tree", "--locked", "--prefix", "none", "--format", "{p} {f}"];
    let tree = cargo::output(cargo::command(&args).args(selection))?;
    Ok(tree.lines().map(|line| line.trim_end_matches("(*)").trim_end().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_with_other_features_is_named() {
        let set = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<BTreeSet<_>>();
        let build = set(&["regex v1.13.2 std", "serde v1.0.0 derive"]);
        let tests = set(&["regex v1.13.2 default,std", "serde v1.0.0 derive", "insta v1.0.0 json"]);
        insta::assert_snapshot!(unlike("-p aplomo", &build, &tests).join("\n"), @"`cargo build -p aplomo` compiles `regex v1.13.2 std`, `cargo test --workspace` does not: add the missing features to crates/workspace-hack");
    }
}
