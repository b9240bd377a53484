//! What clippy does not look at: the length of files, a `//!` at their head, placeholders in any
//! configuration, and crates that do not take the workspace's lints.

use crate::door;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// A longer file must say why in a comment that begins with `// size:`.
const MAX_LINES: usize = 400;
const REASON: &str = "// size:";
/// Put together here so that this file does not find itself.
const PLACEHOLDERS: &[&str] = &[concat!("todo", "!("), concat!("unimplemented", "!("), concat!("dbg", "!(")];

/// Looks at every source file and every crate.
pub(crate) fn check() -> Result<()> {
    let mut wrong = Vec::new();
    let mut lengths = Vec::new();
    for path in files(door::root())? {
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.strip_prefix(door::root()).unwrap_or(&path).display().to_string();
        if name.ends_with("Cargo.toml") {
            wrong.extend(manifest(&name, &text));
        } else {
            lengths.push((text.lines().count(), name.clone()));
            wrong.extend(source(&name, &text));
        }
    }
    eprintln!("{}", report(&mut lengths));
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    Ok(())
}

/// Every `*.rs` and `Cargo.toml` of ours, sorted.
fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = vec![root.join("Cargo.toml")];
    let mut open = vec![root.join("src"), root.join("crates"), root.join("tests")];
    while let Some(folder) = open.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" {
                open.push(path);
            } else if name.ends_with(".rs") || name == "Cargo.toml" {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn source(name: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let lines = text.lines().count();
    if lines > MAX_LINES && !text.lines().any(|line| line.trim_start().starts_with(REASON)) {
        wrong.push(format!(
            "{name} has {lines} lines, more than {MAX_LINES}: divide it, or say why in a `{REASON}` comment"
        ));
    }
    if !text.starts_with("//!") {
        wrong.push(format!("{name} does not begin with `//!` and what it is for"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        let code = line.split("//").next().unwrap_or_default();
        let found = PLACEHOLDERS.iter().filter(|placeholder| code.contains(**placeholder));
        wrong.extend(
            found.map(|placeholder| {
                format!("{name}:{number} has a `{placeholder}…)`: write what belongs there")
            }),
        );
    }
    wrong
}

fn manifest(name: &str, text: &str) -> Option<String> {
    let package = text.contains("[package]");
    let lints = text.replace(' ', "").contains("[lints]\nworkspace=true");
    (package && !lints)
        .then(|| format!("{name} does not take the workspace's lints: add `[lints]` with `workspace = true`"))
}

/// Median, 90th percentile and the longest three.
fn report(lengths: &mut [(usize, String)]) -> String {
    lengths.sort();
    let at = |share: usize| lengths.get(lengths.len() * share / 100).map_or(0, |(lines, _)| *lines);
    let longest = lengths.iter().rev().take(3).map(|(lines, name)| format!("{name} {lines}"));
    let longest = longest.collect::<Vec<_>>().join(", ");
    format!(
        "{} files, median {} lines, 90th percentile {}; longest: {longest}",
        lengths.len(),
        at(50),
        at(90)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_a_placeholder_and_a_missing_head_are_named() {
        let long = format!("//! A.\n{}", "fn a() {}\n".repeat(MAX_LINES));
        insta::assert_snapshot!(source("a.rs", &long).join("\n"), @"a.rs has 401 lines, more than 400: divide it, or say why in a `// size:` comment");
        assert_eq!(source("a.rs", &format!("{long}// size: one table\n")), [""; 0]);
        let placeholder = format!("fn a() {{ {}) }} // {0}\n", PLACEHOLDERS[0]);
        let wrong = [
            "b.rs does not begin with `//!` and what it is for".to_owned(),
            format!("b.rs:1 has a `{}…)`: write what belongs there", PLACEHOLDERS[0]),
        ];
        assert_eq!(source("b.rs", &placeholder), wrong);
    }

    #[test]
    fn a_crate_without_the_lints_is_named() {
        assert!(manifest("a/Cargo.toml", "[package]\nname = \"a\"\n").is_some());
        assert_eq!(manifest("a/Cargo.toml", "[package]\nname = \"a\"\n[lints]\nworkspace = true\n"), None);
        assert_eq!(manifest("Cargo.toml", "[workspace]\n"), None);
    }
}
