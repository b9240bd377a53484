//! `cargo xtask bench github`: organisations of many repositories with access and protection on the local
//! GitHub, made by Aplomo itself, then planned with the ledger at hand: requests, points, time, memory.
//!
//! Requests are counted by the local GitHub, and must be those that Aplomo says it made.

use super::aws::{claimed, troubles};
use super::measure::{self, Cost};
use crate::{cargo, door, interrupt};
use anyhow::{Context as _, Result, ensure};
use aplomo_github_fake::{Clock, GitHub, Limits};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What `cargo xtask bench github` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many repositories, each size its own rows.
    #[arg(long, value_delimiter = ',', default_values_t = [100, 1_000])]
    repositories: Vec<usize>,
    /// Measure the debug build that lies beside this tool (`cargo test --workspace --no-run` makes it).
    #[arg(long)]
    dev: bool,
    /// Name every call that was made.
    #[arg(long)]
    calls: bool,
}

/// People who are given access, in turn.
const PEOPLE: usize = 20;

/// Prints rows for each size.
pub(crate) fn run(options: &Options) -> Result<()> {
    let (binary, profile) = match options.dev {
        true => (door::sibling("aplomo")?, "debug"),
        false => (cargo::build("aplomo", "aplomo", &["--release"])?, "release"),
    };
    for &repositories in &options.repositories {
        interrupt::check()?;
        println!("\n== GitHub, {repositories} repositories ({profile})");
        println!(
            "{:<22} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}",
            "", "GraphQL", "points", "REST", "wall s", "CPU s", "peak MB"
        );
        Site::make(&binary, repositories)?.measure(options.calls)?;
    }
    Ok(())
}

/// An empty organisation with the manifests beside it.
struct Site {
    binary: PathBuf,
    github: GitHub,
    folder: TempDir,
}

impl Site {
    fn make(binary: &Path, repositories: usize) -> Result<Self> {
        // What a large organisation's hour allows is not what is measured here.
        let most = u64::MAX / 4;
        let limits = Limits {
            core: most,
            graphql: most,
            rest_points: most,
            graphql_points: most,
            content_minute: usize::MAX / 4,
            content_hour: usize::MAX / 4,
            ..Limits::default()
        };
        let github = GitHub::start_with(7, Clock::new(door::timestamp), limits).context("no local GitHub")?;
        let folder =
            tempfile::Builder::new().prefix("aplomo-bench-").tempdir().context("no temporary folder")?;
        let token = github.change(|world| {
            let owner = world.add_user("olga");
            let organisation = world.add_org("bench", owner);
            for n in 0..PEOPLE {
                world.add_member(organisation, &format!("person-{n}"));
            }
            world.add_token(owner)
        });
        fs::write(folder.path().join("token"), token)?;
        fs::write(folder.path().join("aplomo.yaml"), configuration(github.base_url()))?;
        fs::create_dir(folder.path().join("manifests"))?;
        for (name, text) in files(repositories) {
            fs::write(folder.path().join("manifests").join(name), text)?;
        }
        Ok(Self { binary: binary.to_path_buf(), github, folder })
    }

    fn measure(&self, each_call: bool) -> Result<()> {
        let first = self.aplomo(&["apply", "manifests", "--auto-approve", "--format", "json"])?;
        show("first apply", &first, each_call);
        let empty = self.aplomo(&["plan", "manifests", "--format", "json", "--detailed-exitcode"])?;
        show("plan, nothing differs", &empty, each_call);
        Ok(())
    }

    /// Runs a command that must end well, and proves its own count of requests.
    fn aplomo(&self, args: &[&str]) -> Result<(Cost, BTreeMap<String, usize>)> {
        self.github.clear_log();
        let out = self.folder.path().join("out.json");
        let mut command = Command::new(&self.binary);
        command.current_dir(self.folder.path()).args(args).env_clear();
        // There is no AWS here, and nothing speaks of any.
        command.envs(door::harmless()).env("AWS_EC2_METADATA_DISABLED", "true");
        command.stdout(File::create(&out)?);
        let (status, cost) = measure::watch(&mut command)?;
        let text = fs::read_to_string(&out)?;
        let shown = cargo::shown(&command);
        let result: Value =
            serde_json::from_str(&text).with_context(|| format!("{shown} wrote something else than JSON"))?;
        ensure!(status.success(), "{shown}: {status}\n{}", troubles(&result));
        let calls = claimed(&result);
        let (log, [graphql, points, rest]) = (self.github.log(), sums(&calls));
        let seen_points: u64 =
            log.iter().filter(|call| call.path == "/graphql").map(|call| call.points).sum();
        ensure!(
            graphql + rest == log.len(),
            "{shown} says {} requests, and GitHub saw {}",
            graphql + rest,
            log.len()
        );
        ensure!(
            u64::try_from(points)? == seen_points,
            "{shown} says {points} points, and GitHub took {seen_points}"
        );
        Ok((cost, calls))
    }
}

/// Requests of GraphQL, points, and requests of REST.
fn sums(calls: &BTreeMap<String, usize>) -> [usize; 3] {
    let of = |name: &str| calls.get(name).copied().unwrap_or_default();
    let github = calls.iter().filter(|(name, _)| name.starts_with("github:")).map(|(_, count)| count);
    let (graphql, points) = (of("github:graphql"), of("github:graphqlPoints"));
    [graphql, points, github.sum::<usize>() - graphql - points]
}

fn show(what: &str, (cost, calls): &(Cost, BTreeMap<String, usize>), each_call: bool) {
    let [graphql, points, rest] = sums(calls);
    println!(
        "{what:<22} {graphql:>8} {points:>8} {rest:>8} {:>8.2} {:>8.2} {:>8.1}",
        cost.wall.as_secs_f64(),
        cost.processor.as_secs_f64(),
        measure::megabytes(cost.peak_kib),
    );
    for (call, count) in calls.iter().filter(|_| each_call) {
        println!("  {count:>6} {call}");
    }
}

fn configuration(url: &str) -> String {
    format!(
        "installation: bench\n\
         store: aplomo.db\n\
         auditKey: file:audit.key\n\
         auditHeads: heads.jsonl\n\
         github: {{url: \"{url}\", token: \"file:token\", settle: 0s, betweenWrites: 0s,\n\
         \x20 rate: {{burst: 100000, perSecond: 100000}}}}\n"
    )
}

/// A team, the repositories in files of a hundred, and one protection over all.
fn files(repositories: usize) -> Vec<(String, String)> {
    let mut files = vec![("tenant.yaml".to_owned(), SHARED.to_owned())];
    let all: Vec<usize> = (0..repositories).collect();
    for (n, some) in all.chunks(100).enumerate() {
        let text: Vec<String> = some.iter().map(|n| repository(*n)).collect();
        files.push((format!("repositories-{n}.yaml"), text.join("---\n")));
    }
    files
}

fn repository(n: usize) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "apiVersion: aplomo/v1
kind: Repository
metadata: {{name: service-{n}, tenant: bench}}
spec:
  description: Service {n} of the benchmark
  topics: [service]
  visibility: private
  features: {{wiki: false}}
  merge: {{methods: [squash], deleteBranchOnMerge: true}}
  access:
    teams: {{core: maintain}}
    users:
      person-{}: {{permission: admin}}
      person-{}: {{permission: write}}
",
        n % PEOPLE,
        (n + 1) % PEOPLE
    );
    text
}

const SHARED: &str = "\
apiVersion: aplomo/v1
kind: Tenant
metadata: {name: bench, tenant: bench}
spec:
  displayName: Benchmark
  github: {organization: bench}
---
apiVersion: aplomo/v1
kind: Team
metadata: {name: core, tenant: bench}
spec:
  name: Core
  privacy: visible
  members: {maintainers: [person-0], members: [person-1]}
---
apiVersion: aplomo/v1
kind: BranchProtection
metadata: {name: default-branch, tenant: bench}
spec:
  selector: {topics: [service]}
  patterns: [\"~DEFAULT_BRANCH\"]
  requires: {approvals: 1, linearHistory: true}
  forbids: {forcePush: true, deletion: true}
";
