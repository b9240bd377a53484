//! `cargo xtask test`: all tests, the black-box ones included, and one closing line that counts them.

use crate::tally::Tally;
use crate::{cargo, door};
use anyhow::{Context as _, Result, bail};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ExitStatus, Stdio};

/// What `cargo xtask test` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// More arguments for `cargo test`: a filter, `--package …`, `-- --nocapture`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    more: Vec<String>,
}

/// Makes sure of moto, runs the tests, prints the closing line.
pub(crate) fn run(options: &Options) -> Result<()> {
    let venv = door::venv_dir()?;
    eprintln!("moto: {} (made once, needs the network the first time)", venv.display());
    aplomo_sandbox::Venv::ensure(&venv)?;
    let (status, tally) = tests(&options.more)?;
    if tally == Tally::default() && !status.success() {
        bail!("cargo test failed before any test ran: {status}");
    }
    println!("\n{tally}");
    if !status.success() && tally.failed == 0 {
        bail!("a test binary did not finish, see above: {status}");
    }
    if !status.success() {
        bail!("tests failed, see above");
    }
    Ok(())
}

/// Runs `cargo test`, copying its standard output and counting as it passes. Every binary runs, even
/// after one failed, so that the count is of all tests; pending snapshots are never written.
fn tests(more: &[String]) -> Result<(ExitStatus, Tally)> {
    let mut command = cargo::command(&["test", "--locked", "--no-fail-fast"]);
    if !names_packages(more) {
        command.arg("--workspace");
    }
    command.args(more).env("INSTA_UPDATE", "no").stdout(Stdio::piped());
    let mut child = command.spawn().context("cannot start cargo test")?;
    let mut tally = Tally::default();
    let mut out = std::io::stdout().lock();
    for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).split(b'\n')) {
        let line = line.context("cannot read the output of cargo test")?;
        tally.read(&String::from_utf8_lossy(&line));
        out.write_all(&line)?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    drop(out);
    Ok((child.wait()?, tally))
}

/// Whether the arguments for cargo (not those for the test binaries) choose packages themselves.
fn names_packages(more: &[String]) -> bool {
    let mut ours = more.iter().take_while(|arg| *arg != "--");
    ours.any(|arg| arg.starts_with("-p") || arg.starts_with("--package"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_workspace_unless_packages_are_named() {
        let names = |text: &str| names_packages(&text.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert!(names("-p aplomo-core") && names("--package=aplomo-core a_test"));
        assert!(!names("a_test") && !names("-- -p"));
    }
}
