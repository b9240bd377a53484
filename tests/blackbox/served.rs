//! `aplomo serve` as a child of a test: started with the configuration of the test's world, asked over
//! HTTP, always ended.

use crate::world::World;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long anything may take that a test waits for.
const PATIENCE: Duration = Duration::from_secs(90);
const STEP: Duration = Duration::from_millis(50);

/// A running daemon.
pub struct Served {
    child: Child,
    log: Arc<Mutex<String>>,
    /// `127.0.0.1:PORT`.
    pub address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes a configuration with one directory source `ops` for `acme`, and more lines.
pub fn configure(world: &World, more: &str) {
    let sources = "sources:\n  - {name: ops, path: m, tenants: [acme], operator: true}\n";
    world.write("aplomo.yaml", format!("listen: 127.0.0.1:0\n{sources}{more}"));
}

/// A world with a domain, applied under the configuration.
pub fn applied(more: &str) -> World {
    let world = World::with_domain();
    configure(&world, more);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.proxy.reset();
    world
}

/// Waits until there is an answer; shows `what` and the last state where there is none in time.
#[track_caller]
pub fn until<T>(what: &str, mut look: impl FnMut() -> Result<T, String>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match look() {
            Ok(found) => return found,
            Err(last) => assert!(Instant::now() < deadline, "not in time: {what}\n{last}"),
        }
        std::thread::sleep(STEP);
    }
}

impl Served {
    /// Starts it and waits until it listens.
    #[track_caller]
    pub fn start(world: &World) -> Self {
        Self::run(&mut world.command(&["serve"]))
    }

    /// As [`Served::start`], with a command of one's own.
    #[track_caller]
    pub fn run(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (stderr, copy) = (child.stderr.take().unwrap(), Arc::clone(&log));
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                copy.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        let mut served = Self { child, log, address: String::new() };
        served.address = until("the daemon listens", || {
            let log = served.log();
            let at = log.split("listening on http://").nth(1);
            at.and_then(|rest| rest.split(|c: char| c.is_whitespace() || c == '"').next())
                .map(Into::into)
                .ok_or(log)
        });
        served
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end; gives the exit code, -1 where a signal ended it.
    #[track_caller]
    pub fn ended(&mut self) -> i32 {
        let status = until("the daemon ends", || match self.child.try_wait().unwrap() {
            Some(status) => Ok(status),
            None => Err(self.log.lock().unwrap().clone()),
        });
        status.code().unwrap_or(-1)
    }

    /// Asks it to end and waits; it must end well.
    #[track_caller]
    pub fn stop(mut self) -> String {
        self.signal(Signal::TERM);
        let code = self.ended();
        assert_eq!(code, 0, "{}", self.log());
        self.log()
    }

    /// A request with headers; status and body. 0 where nobody answers.
    pub fn request(&self, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let host = [("Host", self.address.as_str())];
        let usual = host.iter().filter(|_| !headers.iter().any(|(name, _)| *name == "Host"));
        let lines: String =
            usual.chain(headers).map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let asked = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(&self.address)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            write!(stream, "GET {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        let answer = asked().unwrap_or_default();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
        (status, if chunked { joined(body) } else { body.to_owned() })
    }

    /// The answer of the API as JSON; insists on 200.
    #[track_caller]
    pub fn get(&self, path: &str) -> Value {
        let (status, body) = self.request(path, &[]);
        assert_eq!(status, 200, "{path}: {body}\n{}", self.log());
        serde_json::from_str(&body).unwrap()
    }

    /// Waits until an answer of the API fulfils a condition.
    #[track_caller]
    pub fn sees(&self, what: &str, path: &str, good: impl Fn(&Value) -> bool) -> Value {
        until(what, || {
            let value = self.get(path);
            if good(&value) { Ok(value) } else { Err(format!("{value:#}\n{}", self.log())) }
        })
    }

    /// Waits for a text in the log.
    #[track_caller]
    pub fn says(&self, text: &str) {
        until(text, || if self.log().contains(text) { Ok(()) } else { Err(self.log()) });
    }

    /// Waits until it has planned this many pending and drifting changes of a tenant.
    #[track_caller]
    pub fn counts(&self, tenant: &str, pending: u64, drifting: u64) -> Value {
        self.sees(&format!("{tenant}: {pending} pending, {drifting} drifting"), "/api/v1/status", |status| {
            of(status, "tenants", tenant)
                .is_some_and(|t| t["pendingChanges"] == pending && t["driftChanges"] == drifting)
        })
    }

    /// The value of a metric, by the beginning of its line.
    pub fn metric(&self, line: &str) -> Option<String> {
        let (_, text) = self.request("/metrics", &[]);
        text.lines().find(|l| l.starts_with(line)).and_then(|l| l.rsplit(' ').next()).map(Into::into)
    }
}

/// The entry of this name in a list of the status.
pub fn of<'a>(status: &'a Value, list: &str, name: &str) -> Option<&'a Value> {
    status[list].as_array()?.iter().find(|entry| entry["name"] == name)
}

fn joined(chunked: &str) -> String {
    let (mut rest, mut body) = (chunked, String::new());
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 {
            break;
        }
        body.push_str(&after[..size]);
        rest = after[size..].trim_start_matches("\r\n");
    }
    body
}
