//! The one place where the tool reads the process environment and the clock.

use anyhow::{Context as _, Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The root of the repository that this tool was built from.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// The cargo that started us, else the one on the path.
pub(crate) fn cargo() -> PathBuf {
    variable("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// A program that was built beside this one.
pub(crate) fn sibling(name: &str) -> Result<PathBuf> {
    let path = std::env::current_exe().context("it is not known where this tool lies")?.with_file_name(name);
    match path.is_file() {
        true => Ok(path),
        false => bail!("{} is not there: run `cargo test --workspace --no-run`", path.display()),
    }
}

/// Where the Python environment with moto lives.
pub(crate) fn venv_dir() -> Result<PathBuf> {
    aplomo_sandbox::default_venv_dir(variable("XDG_CACHE_HOME").as_deref(), variable("HOME").as_deref())
        .context(
            "neither XDG_CACHE_HOME nor HOME is set to an absolute path: set one, it is where moto is kept",
        )
}

/// The variables of our environment that a program may have which must not reach out to anything of the user's.
pub(crate) fn harmless() -> impl Iterator<Item = (&'static str, OsString)> {
    let names =
        ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TERM", "COLORTERM", "NO_COLOR", "COLUMNS", "TMPDIR"];
    names.into_iter().filter_map(|name| Some((name, variable(name)?)))
}

/// A clock for measuring.
#[expect(
    clippy::disallowed_methods,
    reason = "a tool that measures; nothing of the product runs on this clock"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The time of day, for the local GitHub.
#[expect(clippy::disallowed_methods, reason = "a world for the demo needs today's date")]
pub(crate) fn timestamp() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

#[expect(clippy::disallowed_methods, reason = "the tool's only reader of the environment")]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}
