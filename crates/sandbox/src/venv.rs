//! The Python virtual environment that holds moto, made once per machine in a cache folder.
//! Only the parts of `moto[server]` that our services load are installed: half the time of the full set.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;

/// The pinned version of moto; part of the cache folder's name.
pub(crate) const MOTO_VERSION: &str = "5.2.5";

/// What pip installs. `moto[server]` is moto plus flask, flask-cors and parsers of services we do not start.
const REQUIREMENTS: &[&str] =
    &["moto==5.2.5", "flask==3.1.3", "flask-cors==6.0.5", "werkzeug==3.1.9", "PyYAML>=6,<7"];

/// A complete virtual environment with moto in it.
#[derive(Debug, Clone)]
pub struct Venv {
    dir: PathBuf,
}

/// The usual place of the environment: `$XDG_CACHE_HOME/aplomo/venv-<version>`, else `~/.cache/aplomo/…`.
/// The caller passes the values of `XDG_CACHE_HOME` and `HOME`; `None` if neither gives an absolute path.
pub fn default_venv_dir(xdg_cache_home: Option<&OsStr>, home: Option<&OsStr>) -> Option<PathBuf> {
    let absolute = |value: Option<&OsStr>| value.map(PathBuf::from).filter(|p| p.is_absolute());
    let cache = absolute(xdg_cache_home).or_else(|| absolute(home).map(|h| h.join(".cache")))?;
    Some(cache.join("aplomo").join(format!("venv-{MOTO_VERSION}")))
}

impl Venv {
    /// Makes the environment in `dir` unless a complete one is there. Safe to call from several processes at once:
    /// the others wait for the first. The first call takes about ten seconds and needs the network.
    ///
    /// # Errors
    /// A folder that cannot be written, no `python3`, no `venv` module, or a failing pip, with what they said.
    pub fn ensure(dir: &Path) -> Result<Self, Error> {
        let venv = Self { dir: dir.to_path_buf() };
        if venv.is_complete() {
            return Ok(venv);
        }
        let _held = lock(dir)?;
        if !venv.is_complete() {
            venv.build()?;
        }
        Ok(venv)
    }

    /// The folder of the environment.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The interpreter inside the environment.
    pub fn python(&self) -> PathBuf {
        self.dir.join("bin").join("python")
    }

    /// Written last, so an installation that was interrupted does not count.
    fn marker(&self) -> PathBuf {
        self.dir.join("aplomo-complete")
    }

    fn is_complete(&self) -> bool {
        fs::read_to_string(self.marker()).is_ok_and(|text| text == REQUIREMENTS.join("\n"))
            && self.python().exists()
    }

    /// An environment knows its own path, so it is built in place and not renamed.
    fn build(&self) -> Result<(), Error> {
        if self.dir.exists() {
            fs::remove_dir_all(&self.dir).map_err(Error::file("remove the unfinished folder", &self.dir))?;
        }
        run(
            Command::new("python3").args(["-m", "venv"]).arg(&self.dir),
            "install Python 3 with its venv module (Debian: python3-venv)",
        )?;
        let mut pip = Command::new(self.python());
        pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]);
        run(pip.args(REQUIREMENTS), "the virtual environment is broken, remove it")?;
        fs::write(self.marker(), REQUIREMENTS.join("\n")).map_err(Error::file("write", &self.marker()))
    }
}

/// Held until the file is dropped; the system releases it when the holder dies.
fn lock(dir: &Path) -> Result<File, Error> {
    let parent = dir.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(Error::file("create the folder", parent))?;
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    let path = parent.join(format!("{name}.lock"));
    let file = File::create(&path).map_err(Error::file("create the lock file", &path))?;
    file.lock().map_err(Error::file("lock", &path))?;
    Ok(file)
}

fn run(command: &mut Command, help: &'static str) -> Result<(), Error> {
    let shown = format!("{command:?}");
    command.env_remove("PYTHONPATH").env_remove("PYTHONHOME").stdin(Stdio::null());
    let output = command.output().map_err(|source| Error::Missing {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
        help,
    })?;
    if output.status.success() {
        return Ok(());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    let stderr = format!("{}\n{}\n{help}", text(&output.stdout), text(&output.stderr)).trim().to_owned();
    Err(Error::Failed { command: shown, status: output.status.to_string(), stderr })
}
