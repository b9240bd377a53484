//! The world of one test: a temporary directory, an AWS account of its own, and the binary.

use aplomo_sandbox::{Aws, Moto, Proxy, Venv, default_venv_dir, unique_account};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

/// Started by the first test that asks; ends with this process.
fn moto() -> &'static Moto {
    static MOTO: OnceLock<Moto> = OnceLock::new();
    // AWS's own managed policies are there to be attached.
    let policies = [("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")];
    MOTO.get_or_init(|| Moto::start_with(&Venv::ensure(&venv_dir()).unwrap(), &policies).unwrap())
}

#[allow(clippy::disallowed_methods, reason = "a test has no main.rs to read the environment for it")]
fn venv_dir() -> PathBuf {
    let (cache, home) = (std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME"));
    default_venv_dir(cache.as_deref(), home.as_deref()).expect("HOME is set")
}

/// What a command came to.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; -1 where a signal ended it.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Insists on an exit code, showing everything where it is another.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n--- stdout\n{}\n--- stderr\n{}", self.out, self.err);
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}\n{}\n{}", self.out, self.err))
    }
}

/// The world of one test.
pub struct World {
    dir: tempfile::TempDir,
    /// The way to AWS: counts calls, injects faults.
    pub proxy: Proxy,
    /// AWS past the proxy's counters, to change things behind Aplomo's back.
    pub aws: Aws,
}

impl World {
    /// An empty directory and an empty account.
    pub fn new() -> Self {
        let account = unique_account();
        let proxy = Proxy::to(moto().endpoint()).account(account).strict().start().unwrap();
        let aws = Aws::direct(moto().endpoint(), proxy.account()).unwrap();
        Self { dir: tempfile::tempdir().unwrap(), proxy, aws }
    }

    /// A world with the tenant `acme` and the domain `example.com` with a few records, nothing applied.
    pub fn with_domain() -> Self {
        let world = Self::new();
        world.write("m/tenant.yaml", TENANT);
        world.write("m/example-com.yaml", DOMAIN);
        world
    }

    /// As [`World::with_domain`], applied.
    pub fn applied() -> Self {
        let world = Self::with_domain();
        world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
        world.proxy.reset();
        world
    }

    /// The directory commands run in.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file below the directory.
    pub fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Reads a file below the directory.
    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).unwrap()
    }

    /// Changes a file below the directory.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} does not hold {from:?}");
        self.write(file, text.replace(from, to));
    }

    /// A command, not started: the environment holds nothing but the way to AWS.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aplomo"));
        command.args(args).current_dir(self.path()).env_clear();
        command.env("HOME", self.path()).env("USER", "tester").envs(self.proxy.env());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub fn aplomo(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    /// Runs a command made with [`World::command`] to its end.
    pub fn finish(command: &mut Command) -> Ran {
        Ran::of(command.output().unwrap())
    }

    /// Starts a command.
    pub fn spawn(&self, args: &[&str]) -> Child {
        self.command(args).spawn().unwrap()
    }

    /// The plan of `m` as JSON; insists on exit 0.
    #[track_caller]
    pub fn plan(&self) -> Value {
        self.aplomo(&["plan", "m", "--format", "json"]).exits(0).json()
    }

    /// Changes of a plan as `action address (heldBy)`, sorted.
    pub fn changes(plan: &Value) -> Vec<String> {
        let line = |c: &Value| {
            let held = c["heldBy"].as_str().map(|h| format!(" ({h})")).unwrap_or_default();
            format!("{} {}{held}", c["action"].as_str().unwrap(), c["address"].as_str().unwrap())
        };
        let mut lines: Vec<String> = plan["changes"].as_array().unwrap().iter().map(line).collect();
        lines.sort();
        lines
    }

    /// Outcomes of a run as `status key` (`applied www/A`), in the order of their addresses.
    pub fn statuses(run: &Value) -> Vec<String> {
        let line = |o: &Value| {
            let address = o["address"].as_str().unwrap();
            let name = address.rsplit(':').next().unwrap().trim_start_matches("aws.route53.");
            format!("{} {}", o["status"].as_str().unwrap(), name.trim_start_matches("RecordSet/"))
        };
        run["outcomes"].as_array().unwrap().iter().map(line).collect()
    }

    /// The id of the zone of a name, without final dot.
    #[track_caller]
    pub fn zone(&self, name: &str) -> String {
        let zones = self.aws.zones().unwrap();
        zones.into_iter().find(|z| z.name.trim_end_matches('.') == name).expect("the zone is there").id
    }
}

/// A tenant.
pub const TENANT: &str = "\
apiVersion: aplomo/v1
kind: Tenant
metadata: {name: acme, tenant: acme}
spec: {displayName: Acme}
";

/// A domain with a few records.
pub const DOMAIN: &str = "\
apiVersion: aplomo/v1
kind: Domain
metadata: {name: example-com, tenant: acme}
spec:
  zone: example.com
  records:
    - {name: www, type: A, ttl: 300, values: [192.0.2.1, 192.0.2.2]}
    - {name: \"@\", type: MX, ttl: 3600, values: [10 mail.example.com.]}
    - {name: \"@\", type: TXT, ttl: 3600, values: [v=spf1 mx -all]}
    - {name: mail, type: A, ttl: 300, values: [192.0.2.25]}
    - {name: api, type: A, alias: {record: www}}
";
