//! Runs git apart from the machine's settings. Deliberately absent: any clock; dates are counted from a fixed one.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::Error;

/// Variables with which a surrounding git (a hook, a test run inside one) would lead ours astray.
const STRAY: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_CEILING_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_ASKPASS",
    "GIT_TEMPLATE_DIR",
    "GIT_TRACE",
];

/// The settings that keep the machine's own out, as environment.
pub(super) fn settings() -> Vec<(String, String)> {
    let config = [
        ("protocol.file.allow", "always"),
        ("safe.directory", "*"),
        ("init.defaultBranch", "main"),
        ("core.autocrlf", "false"),
        ("core.hooksPath", "/dev/null"),
        ("commit.gpgSign", "false"),
        ("gc.auto", "0"),
        ("maintenance.auto", "false"),
        ("http.receivepack", "false"),
    ];
    let mut env: Vec<(String, String)> = [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_ATTR_NOSYSTEM", "1"),
        ("LC_ALL", "C"),
        ("GIT_AUTHOR_NAME", "Sandbox"),
        ("GIT_AUTHOR_EMAIL", "sandbox@example.org"),
        ("GIT_COMMITTER_NAME", "Sandbox"),
        ("GIT_COMMITTER_EMAIL", "sandbox@example.org"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .to_vec();
    env.push(("GIT_CONFIG_COUNT".into(), config.len().to_string()));
    for (n, (key, value)) in config.into_iter().enumerate() {
        env.push((format!("GIT_CONFIG_KEY_{n}"), key.into()));
        env.push((format!("GIT_CONFIG_VALUE_{n}"), value.into()));
    }
    env
}

/// `git` in this folder with a clean environment.
pub(super) fn command(dir: &Path) -> Command {
    let mut command = Command::new("git");
    for name in STRAY {
        command.env_remove(name);
    }
    command.current_dir(dir).envs(settings()).stdin(Stdio::null());
    command
}

/// Runs git and returns its standard output, trimmed.
pub(super) fn git<S: AsRef<OsStr>>(dir: &Path, args: &[S]) -> Result<String, Error> {
    let mut command = command(dir);
    command.args(args);
    output(command)
}

pub(super) fn output(mut command: Command) -> Result<String, Error> {
    let missing =
        |source| Error::Missing { program: "git".into(), source, help: "install git 2.31 or later" };
    let output = command.output().map_err(missing)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(Error::Failed {
        command: format!("git {:?}", command.get_args().collect::<Vec<_>>()),
        status: output.status.to_string(),
        stderr: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}
