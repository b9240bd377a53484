//! A moto server as a child process that cannot outlive its parent.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::error::Error;
use crate::venv::Venv;

/// The launcher ends at the end of its standard input, whose other end only we hold.
const LAUNCHER: &str = include_str!("moto_launcher.py");
/// Importing moto takes half a second on an idle machine; a loaded one gets plenty.
const PATIENCE: Duration = Duration::from_secs(90);
/// How many lines of standard error are kept.
const KEPT_LINES: usize = 400;

/// A running moto; dropping it ends the process, and so does the death of ours, SIGKILL included.
#[derive(Debug)]
pub struct Moto {
    child: Child,
    port: u16,
    endpoint: String,
    log: Log,
}

impl Moto {
    /// Starts moto on a free port and waits until the port answers (about a second).
    ///
    /// # Errors
    /// The interpreter cannot be started, or moto ended or stayed silent, with what it wrote to standard error.
    pub fn start(venv: &Venv) -> Result<Self, Error> {
        Self::start_with(venv, &[])
    }

    /// As [`Moto::start`], with more environment for moto, such as `("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")`.
    ///
    /// # Errors
    /// As [`Moto::start`].
    pub fn start_with(venv: &Venv, env: &[(&str, &str)]) -> Result<Self, Error> {
        let python = venv.python();
        let mut child = command(venv).envs(env.iter().copied()).spawn().map_err(|source| Error::Missing {
            program: python.display().to_string(),
            source,
            help: "remove the cache folder so that it is made again",
        })?;
        let log = Log::default();
        if let Some(stderr) = child.stderr.take() {
            log.follow(stderr);
        }
        // From here on the handle owns the child: an early return ends it.
        let mut moto = Self { child, port: 0, endpoint: String::new(), log };
        moto.port = moto.wait_for_port()?;
        moto.endpoint = format!("http://127.0.0.1:{}", moto.port);
        Ok(moto)
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The endpoint URL, without a final slash.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The last lines of standard error: tracebacks, no access log.
    pub fn stderr(&self) -> String {
        self.log.text()
    }

    fn wait_for_port(&mut self) -> Result<u16, Error> {
        let (sender, receiver) = mpsc::channel();
        if let Some(stdout) = self.child.stdout.take() {
            std::thread::spawn(move || {
                let mut line = String::new();
                let mut stdout = BufReader::new(stdout);
                stdout.read_line(&mut line).ok();
                sender.send(line).ok();
                // moto prints to standard output now and then: keep the pipe open and empty.
                std::io::copy(&mut stdout, &mut std::io::sink()).ok();
            });
        }
        let line = receiver.recv_timeout(PATIENCE).map_err(|e| self.not_ready(why(e)))?;
        line.trim()
            .parse()
            .map_err(|_| self.not_ready(format!("it ended early and printed {:?}", line.trim())))
    }

    fn not_ready(&mut self, why: String) -> Error {
        self.end();
        Error::NotReady { why, stderr: self.log.text() }
    }

    fn end(&mut self) {
        drop(self.child.stdin.take());
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        self.end();
    }
}

fn why(error: RecvTimeoutError) -> String {
    match error {
        RecvTimeoutError::Timeout => format!("it printed no port within {} s", PATIENCE.as_secs()),
        RecvTimeoutError::Disconnected => "it closed its standard output".into(),
    }
}

/// `-I` keeps the caller's Python settings out; the account must come from each request.
fn command(venv: &Venv) -> Command {
    let mut command = Command::new(venv.python());
    command
        .args(["-I", "-c", LAUNCHER])
        .env_remove("MOTO_ACCOUNT_ID")
        .env("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The tail of a stream of lines, filled by a thread.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<VecDeque<String>>>);

impl Log {
    fn follow(&self, stream: impl Read + Send + 'static) {
        let log = self.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                let mut lines = log.0.lock().unwrap_or_else(PoisonError::into_inner);
                if lines.len() == KEPT_LINES {
                    lines.pop_front();
                }
                lines.push_back(line);
            }
        });
    }

    fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}
