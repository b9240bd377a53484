//! `cargo xtask bench aws`: an estate on the local AWS, made by Aplomo itself, then planned with the
//! ledger and without: calls, time, memory, and how they grow at ten times the estate.
//!
//! Calls are counted by the proxy in front of AWS, and must be those that Aplomo says it made.

use super::estate::{self, Size};
use super::measure::{self, Cost};
use super::terraform;
use crate::{cargo, door, interrupt};
use anyhow::{Context as _, Result, bail, ensure};
use aplomo_sandbox::{Moto, Pace, Proxy, Venv};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A policy of AWS's own, which moto has when it is told to.
const MANAGED: &str = "ReadOnlyAccess";

/// What `cargo xtask bench aws` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many times the estate, each its own rows.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 10])]
    times: Vec<usize>,
    /// Measure the debug build that lies beside this tool (`cargo test --workspace --no-run` makes it).
    #[arg(long)]
    dev: bool,
    /// Name every call that was made.
    #[arg(long)]
    calls: bool,
    /// Where the providers of Terraform are, as `terraform init -plugin-dir` takes it.
    #[arg(long, default_value = "/opt/tf-plugins")]
    terraform_plugins: PathBuf,
    /// Run Terraform at every size, and not only at the plain estate; tenfold takes it many minutes.
    #[arg(long)]
    terraform_at_any_size: bool,
}

/// What one command came to.
struct Row {
    cost: Cost,
    calls: BTreeMap<String, usize>,
    /// Addresses that a plan would change.
    changes: Vec<String>,
}

/// Prints rows for each size.
pub(crate) fn run(options: &Options) -> Result<()> {
    let (binary, profile) = match options.dev {
        true => (door::sibling("aplomo")?, "debug"),
        false => (cargo::build("aplomo", "aplomo", &["--release"])?, "release"),
    };
    let venv = Venv::ensure(&door::venv_dir()?)?;
    for &times in &options.times {
        interrupt::check()?;
        let size = Size::ONE.times(times);
        println!("\n== AWS, {times} times the estate: {} objects ({profile})", size.objects());
        println!("{:<22} {:>6} {:>8} {:>8} {:>8}", "", "calls", "wall s", "CPU s", "peak MB");
        let rows = Site::make(&binary, &venv, size)?.measure(options.calls)?;
        let compare = times == 1 || options.terraform_at_any_size;
        if compare {
            side_by_side(&rows, &terraform::run(&venv, size, MANAGED, &options.terraform_plugins)?);
        }
    }
    Ok(())
}

/// Aplomo and Terraform in two columns each; where Terraform is not, why.
fn side_by_side(rows: &[Row; 2], other: &terraform::Runs) {
    println!("\n{:<14} {:>8} {:>10} {:>9} {:>9}", "side by side", "", "aplomo", "terraform", "times");
    let other = match other {
        Ok(runs) => runs,
        Err(why) => return println!("terraform: {why}; the comparison was skipped"),
    };
    for (what, (row, run)) in ["first apply", "no-op plan"].into_iter().zip(rows.iter().zip(other)) {
        let seconds = |cost: &Cost| [cost.wall.as_secs_f64(), cost.processor.as_secs_f64()];
        let [[wall, cpu], [their_wall, their_cpu]] = [seconds(&row.cost), seconds(&run.cost)];
        let lines = [
            ("calls", row.calls.values().sum::<usize>() as f64, run.calls as f64, 0),
            ("wall s", wall, their_wall, 2),
            ("CPU s", cpu, their_cpu, 2),
            ("peak MB", measure::megabytes(row.cost.peak_kib), measure::megabytes(run.cost.peak_kib), 1),
        ];
        for (unit, ours, theirs, places) in lines {
            println!("{what:<14} {unit:>8} {ours:>10.places$} {theirs:>9.places$} {:>9.1}", theirs / ours);
        }
    }
}

/// An empty account with the manifests beside it. The order of the fields is the order in which they end.
struct Site {
    binary: PathBuf,
    proxy: Proxy,
    _moto: Moto,
    folder: TempDir,
}

impl Site {
    fn make(binary: &Path, venv: &Venv, size: Size) -> Result<Self> {
        let moto = Moto::start_with(venv, &[("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")])?;
        let proxy = Proxy::to(moto.endpoint()).strict().pace(Pace::INSTANT).start()?;
        let folder =
            tempfile::Builder::new().prefix("aplomo-bench-").tempdir().context("no temporary folder")?;
        for (name, text) in estate::files(size, MANAGED) {
            let path = folder.path().join("manifests").join(name);
            fs::create_dir_all(path.parent().unwrap_or(folder.path()))?;
            fs::write(path, text)?;
        }
        fs::write(folder.path().join("aplomo.yaml"), CONFIGURATION)?;
        Ok(Self { binary: binary.to_path_buf(), proxy, _moto: moto, folder })
    }

    /// Gives the first apply and the plan after it.
    fn measure(&self, each_call: bool) -> Result<[Row; 2]> {
        let apply = ["apply", "manifests", "--auto-approve", "--format", "json"];
        let plan = ["plan", "manifests", "--format", "json"];
        let first = self.aplomo(&apply)?;
        self.show("first apply", &first, each_call);
        let empty = self.aplomo(&plan)?;
        ensure!(empty.changes.is_empty(), "what was applied still differs: {:#?}", empty.changes);
        self.show("plan, with the ledger", &empty, each_call);
        fs::remove_file(self.folder.path().join("aplomo.db")).context("the store is not where it was put")?;
        let forgotten = self.aplomo(&plan)?;
        let outside: Vec<_> =
            forgotten.changes.iter().filter(|address| !address.contains(":aplomo.")).collect();
        ensure!(outside.is_empty(), "without the store it differs: {outside:#?}");
        self.show("plan, store deleted", &forgotten, each_call);
        Ok([first, empty])
    }

    /// Runs a command that must end well, and proves its own count of calls.
    fn aplomo(&self, args: &[&str]) -> Result<Row> {
        self.proxy.reset();
        let out = self.folder.path().join("out.json");
        let mut command = Command::new(&self.binary);
        command.current_dir(self.folder.path()).args(args).env_clear();
        command.envs(door::harmless()).envs(self.proxy.env()).stdout(File::create(&out)?);
        let (status, cost) = measure::watch(&mut command)?;
        let text = fs::read_to_string(&out)?;
        let shown = cargo::shown(&command);
        let result: Value =
            serde_json::from_str(&text).with_context(|| format!("{shown} wrote something else than JSON"))?;
        ensure!(status.success(), "{shown}: {status}\n{}", troubles(&result));
        let calls = self.proxy.counts();
        if claimed(&result) != calls {
            bail!("{shown} says it made {:?}, and the proxy saw {calls:?}", claimed(&result));
        }
        let changes = result["changes"].as_array().into_iter().flatten();
        let changes = changes.filter_map(|change| change["address"].as_str().map(str::to_owned)).collect();
        Ok(Row { cost, calls, changes })
    }

    fn show(&self, what: &str, row: &Row, each_call: bool) {
        println!(
            "{what:<22} {:>6} {:>8.2} {:>8.2} {:>8.1}",
            row.calls.values().sum::<usize>(),
            row.cost.wall.as_secs_f64(),
            row.cost.processor.as_secs_f64(),
            measure::megabytes(row.cost.peak_kib),
        );
        for (call, count) in row.calls.iter().filter(|_| each_call) {
            println!("  {count:>6} {call}");
        }
    }
}

/// `meta.apiCalls` of a result.
pub(super) fn claimed(result: &Value) -> BTreeMap<String, usize> {
    let calls = result["meta"]["apiCalls"].as_object().into_iter().flatten();
    let count = |value: &Value| value.as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
    calls.map(|(call, n)| (call.clone(), count(n))).collect()
}

/// The first few findings and errors of a result.
pub(super) fn troubles(result: &Value) -> String {
    let list = |key: &str| result[key].as_array().cloned().unwrap_or_default();
    let findings = list("findings").into_iter().map(|finding| finding["message"].clone());
    let errors = list("outcomes").into_iter().map(|outcome| outcome["error"].clone());
    let words = findings.chain(errors).filter(Value::is_string).take(10).map(|text| format!("  {text}\n"));
    words.collect()
}

/// An emulator shows at once what was made, and bears any rate.
const CONFIGURATION: &str = "\
installation: bench
store: aplomo.db
auditKey: file:audit.key
auditHeads: heads.jsonl
aws:
  resolver: 'off'
  rates:
    acm: {burst: 10000, perSecond: 10000}
    ec2: {burst: 10000, perSecond: 10000}
    iam: {burst: 10000, perSecond: 10000}
    route53: {burst: 10000, perSecond: 10000}
";
