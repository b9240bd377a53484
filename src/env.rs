//! What the process environment says, read once by `main` and passed on as plain data.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The environment of the process.
#[derive(Clone, Default)]
pub struct Env {
    /// All variables that are text.
    pub vars: BTreeMap<String, String>,
    /// The working directory.
    pub cwd: PathBuf,
    /// Whether standard input is a terminal.
    pub stdin_terminal: bool,
    /// Whether standard output is a terminal.
    pub stdout_terminal: bool,
    /// Whether standard error is a terminal.
    pub stderr_terminal: bool,
    /// The number of this process.
    pub pid: u32,
}

/// Variables hold secrets: their names are shown and no more.
impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&String> = self.vars.keys().collect();
        f.debug_struct("Env").field("vars", &names).field("cwd", &self.cwd).finish_non_exhaustive()
    }
}

impl Env {
    /// A variable, where it is set and not empty.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// The name of the user at the keyboard; a claim, not a proof.
    #[must_use]
    pub fn user(&self) -> &str {
        self.var("SUDO_USER")
            .or_else(|| self.var("USER"))
            .or_else(|| self.var("LOGNAME"))
            .unwrap_or("unknown")
    }

    /// The name of this machine, for the holder of a lease.
    #[must_use]
    pub fn host(&self) -> String {
        let file = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
        file.map(|h| h.trim().to_owned()).or_else(|| self.var("HOSTNAME").map(Into::into)).unwrap_or_default()
    }
}
