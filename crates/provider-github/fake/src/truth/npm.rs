//! Pinned packages in a cache folder: made once, marked complete last, safe with several processes at once.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;

/// A package of npm and what becomes of it.
#[derive(Debug, Clone, Copy)]
pub struct Package {
    name: &'static str,
    version: &'static str,
    /// The files that are kept.
    files: &'static [&'static str],
    /// A script of node, run in the unpacked folder.
    script: Option<&'static str>,
}

/// GitHub's description of REST, divided into a file for each path: whole, it takes seconds to read.
pub(super) const OPENAPI: Package = Package {
    name: "@octokit/openapi",
    version: "23.0.2",
    files: &["package/generated/api.github.com.json"],
    script: Some(include_str!("divide.js")),
};

/// GitHub's GraphQL schema.
pub(super) const GRAPHQL: Package = Package {
    name: "@octokit/graphql-schema",
    version: "15.26.1",
    files: &["package/schema.graphql"],
    script: None,
};

/// The usual cache: `$XDG_CACHE_HOME/aplomo`, else `~/.cache/aplomo`. The caller passes the two values.
#[must_use]
pub fn default_cache_dir(xdg_cache_home: Option<&OsStr>, home: Option<&OsStr>) -> Option<PathBuf> {
    let absolute = |value: Option<&OsStr>| value.map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute(xdg_cache_home).or_else(|| absolute(home).map(|home| home.join(".cache")))?;
    Some(cache.join("aplomo"))
}

impl Package {
    /// The folder with the package's files.
    pub(super) fn ensure(self, cache: &Path) -> Result<PathBuf, Error> {
        let name = self.name.trim_start_matches('@').replace('/', "-");
        once(cache, &format!("{name}-{}", self.version), self.script.unwrap_or_default(), |dir| {
            let wanted = format!("{}@{}", self.name, self.version);
            run(Command::new("npm").args(["pack", "--silent", &wanted]).current_dir(dir))?;
            let archive = format!("{name}-{}.tgz", self.version);
            run(Command::new("tar").args(["xzf", &archive]).args(self.files).current_dir(dir))?;
            fs::remove_file(dir.join(archive)).map_err(Error::Cache)?;
            match self.script {
                Some(script) => run(Command::new("node").args(["-e", script]).current_dir(dir)),
                None => Ok(()),
            }
        })
    }
}

/// A virtual environment of Python with pinned packages.
#[derive(Debug, Clone)]
pub struct Python(PathBuf);

impl Python {
    /// Makes it unless it is there: `name` is the folder's, `requirements` what pip installs.
    ///
    /// # Errors
    /// No Python, or a failing pip, with what they said.
    pub fn ensure(cache: &Path, name: &str, requirements: &[&str]) -> Result<Self, Error> {
        let dir = once(cache, name, &requirements.join("\n"), |dir| {
            run(Command::new("python3").args(["-m", "venv"]).arg(dir))?;
            let mut pip = Command::new(dir.join("bin/python"));
            pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]);
            run(pip.args(requirements))
        })?;
        Ok(Self(dir.join("bin/python")))
    }

    /// The interpreter.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.0
    }
}

/// Fills a folder unless it was filled with the same `mark`; the others wait for the first.
fn once(
    cache: &Path,
    name: &str,
    mark: &str,
    fill: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<PathBuf, Error> {
    let (dir, marker) = (cache.join(name), cache.join(name).join("aplomo-complete"));
    let complete = || fs::read_to_string(&marker).is_ok_and(|text| text == mark);
    if complete() {
        return Ok(dir);
    }
    fs::create_dir_all(cache).map_err(Error::Cache)?;
    let lock = File::create(cache.join(format!("{name}.lock"))).map_err(Error::Cache)?;
    lock.lock().map_err(Error::Cache)?;
    if !complete() {
        if dir.exists() {
            fs::remove_dir_all(&dir).map_err(Error::Cache)?;
        }
        fs::create_dir_all(&dir).map_err(Error::Cache)?;
        fill(&dir)?;
        fs::write(&marker, mark).map_err(Error::Cache)?;
    }
    Ok(dir)
}

fn run(command: &mut Command) -> Result<(), Error> {
    let shown = format!("{command:?}");
    command.env_remove("PYTHONPATH").env_remove("PYTHONHOME").stdin(Stdio::null());
    let shorten = |text: &str| text.chars().take(200).collect::<String>();
    let output = command.output().map_err(|error| Error::Tool(shorten(&shown), error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::Tool(shorten(&shown), said))
}
