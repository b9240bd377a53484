//! `aplomo serve` as a child process that ends when the value is dropped.

use crate::world::World;
use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal};
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

/// How long the daemon may take until it names its address.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_millis(50);

/// A running daemon.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    url: String,
}

impl Drop for Daemon {
    /// Asks it to end in good order, as a service manager would, and ends it if it does not.
    fn drop(&mut self) {
        // It may have ended by itself: the terminal's Ctrl-C reaches it as well.
        rustix::process::kill_process(Pid::from_child(&self.child), Signal::TERM).ok();
        for _ in 0..GRACE.as_millis() / STEP.as_millis() {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(STEP);
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Daemon {
    /// Starts it and waits until its log says where it listens; the log goes to our standard error if `shown`.
    pub(crate) fn start(world: &World, shown: bool) -> Result<Self> {
        let child =
            world.aplomo(&["serve"]).stderr(Stdio::piped()).spawn().context("cannot start the daemon")?;
        let mut daemon = Self { child, url: String::new() };
        let (sender, receiver) = channel();
        if let Some(log) = daemon.child.stderr.take() {
            std::thread::spawn(move || follow(log, &sender, shown));
        }
        let Ok(url) = receiver.recv_timeout(PATIENCE) else {
            bail!("the daemon did not say where it listens within {} s, or ended", PATIENCE.as_secs());
        };
        daemon.url = url;
        Ok(daemon)
    }

    /// Where it listens, e.g. `http://127.0.0.1:4711`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }
}

/// Reads the daemon's log to its end and sends every address in it.
fn follow(log: impl Read, sender: &Sender<String>, shown: bool) {
    for line in BufReader::new(log).lines().map_while(Result::ok) {
        if shown {
            eprintln!("{line}");
        }
        if let Some(url) = address(&line) {
            // Nobody waits for a second one.
            sender.send(url).ok();
        }
    }
}

/// The loopback address in a line of the log that says where we listen, as a URL.
fn address(line: &str) -> Option<String> {
    const LOOPBACK: &str = "127.0.0.1:";
    let port = line.find(LOOPBACK).map(|at| &line[at + LOOPBACK.len()..])?;
    let port: String = port.chars().take_while(char::is_ascii_digit).collect();
    let heard = line.contains("listen") && port.parse::<u16>().is_ok_and(|port| port > 0);
    heard.then(|| format!("http://{LOOPBACK}{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_human_and_json_logs() {
        assert_eq!(
            address("INFO listening on http://127.0.0.1:4711").as_deref(),
            Some("http://127.0.0.1:4711")
        );
        assert_eq!(
            address(r#"{"message":"listening","at":"127.0.0.1:80"}"#).as_deref(),
            Some("http://127.0.0.1:80")
        );
        assert_eq!(address("listen: 127.0.0.1:0"), None);
        assert_eq!(address("calling http://127.0.0.1:4711"), None);
    }
}
