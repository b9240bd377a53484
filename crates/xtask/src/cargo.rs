//! Calling cargo: steps that must succeed, and builds whose product is wanted.

use crate::door;
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// `cargo ARGS…` in the root of the repository.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(door::cargo());
    command.current_dir(door::root()).args(args);
    command
}

/// Runs a command that must succeed; its output goes where ours goes.
pub(crate) fn must(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("{} failed: {status}", shown(command));
    }
    Ok(())
}

/// The standard output of a command that must succeed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        bail!("{} failed: {}", shown(command), output.status);
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("{} wrote something that is not UTF-8", shown(command)))
}

/// The command line as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program()).to_string_lossy();
    let args = command.get_args().map(|arg| arg.to_string_lossy());
    std::iter::once(name).chain(args).collect::<Vec<_>>().join(" ")
}

/// Builds a binary and returns its path, wherever the target folder is.
pub(crate) fn build(package: &str, binary: &str, more: &[&str]) -> Result<PathBuf> {
    let mut command = command(&[
        "build",
        "--locked",
        "--package",
        package,
        "--bin",
        binary,
        "--message-format",
        "json-render-diagnostics",
    ]);
    let mut child = command.args(more).stdout(Stdio::piped()).spawn().context("cannot start cargo build")?;
    let mut found = None;
    for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
        found = executable(&line?, binary).or(found);
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("cargo build of {package} failed: {status}");
    }
    found.with_context(|| format!("cargo built {package} and named no executable `{binary}`"))
}

/// A line of cargo's JSON messages, as far as it matters here.
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

fn executable(line: &str, binary: &str) -> Option<PathBuf> {
    let message: Message = serde_json::from_str(line).ok()?;
    message.executable.filter(|_| message.target.is_some_and(|target| target.name == binary))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_found_among_other_messages() {
        let artifact =
            r#"{"reason":"compiler-artifact","target":{"name":"aplomo"},"executable":"/t/aplomo"}"#;
        assert_eq!(executable(artifact, "aplomo"), Some(PathBuf::from("/t/aplomo")));
        assert_eq!(executable(artifact, "other"), None);
        assert_eq!(
            executable(r#"{"reason":"compiler-artifact","target":{"name":"aplomo"}}"#, "aplomo"),
            None
        );
        assert_eq!(executable("not json", "aplomo"), None);
    }

    #[test]
    fn a_command_is_shown_without_folders() {
        assert_eq!(shown(Command::new("/usr/bin/cargo").args(["test", "--locked"])), "cargo test --locked");
    }
}
