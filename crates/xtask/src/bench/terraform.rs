//! Terraform on the same estate, where it and its provider are on the machine: against an emulator of its own, behind
//! the same counting proxy, without network.

use super::estate::Size;
use super::hcl;
use super::measure::{self, Cost};
use crate::{cargo, door};
use anyhow::{Context as _, Result, ensure};
use aplomo_sandbox::{Moto, Pace, Proxy, Venv};
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

/// What one command of Terraform's came to.
pub(crate) struct Run {
    /// Time and memory, those of its plugins with it.
    pub(crate) cost: Cost,
    /// The calls that the proxy saw.
    pub(crate) calls: usize,
}

/// The first apply and a plan after it, or why there is none.
pub(crate) type Runs = Result<[Run; 2], String>;

/// Runs Terraform on the estate. `plugins` is the folder with its providers.
///
/// # Errors
/// Where it is here and fails.
pub(crate) fn run(venv: &Venv, size: Size, managed: &str, plugins: &Path) -> Result<Runs> {
    let version = Command::new("terraform").arg("version").env("CHECKPOINT_DISABLE", "1").output();
    if !version.is_ok_and(|output| output.status.success()) {
        return Ok(Err("terraform is not on this machine".to_owned()));
    }
    if !plugins.is_dir() {
        return Ok(Err(format!("its providers are not in {} (`--terraform-plugins`)", plugins.display())));
    }
    let moto = Moto::start_with(venv, &[("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")])?;
    let proxy = Proxy::to(moto.endpoint()).strict().pace(Pace::INSTANT).start()?;
    let folder = tempfile::Builder::new().prefix("aplomo-bench-").tempdir().context("no temporary folder")?;
    fs::write(folder.path().join("main.tf.json"), hcl::file(size, managed))?;
    let call = |args: &[&str], codes: &[i32]| terraform(&proxy, folder.path(), args, codes);
    let providers = format!("-plugin-dir={}", plugins.display());
    call(&["init", "-input=false", "-no-color", &providers], &[0])?;
    let apply = call(&["apply", "-auto-approve", "-input=false", "-no-color"], &[0])?;
    let plan = call(&["plan", "-input=false", "-no-color", "-detailed-exitcode"], &[0, 2])?;
    Ok(Ok([apply, plan]))
}

fn terraform(proxy: &Proxy, folder: &Path, args: &[&str], codes: &[i32]) -> Result<Run> {
    proxy.reset();
    let out = folder.join("out.txt");
    let mut command = Command::new("terraform");
    command.current_dir(folder).args(args).env_clear().envs(door::harmless()).envs(proxy.env());
    command
        .env("CHECKPOINT_DISABLE", "1")
        .stdout(File::create(&out)?)
        .stderr(File::options().append(true).open(&out)?);
    let (status, cost) = measure::watch(&mut command)?;
    let text = fs::read_to_string(&out).unwrap_or_default();
    let last =
        text.lines().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n");
    let fine = status.code().is_some_and(|code| codes.contains(&code));
    ensure!(fine, "{}: {status}\n{last}", cargo::shown(&command));
    if status.code() == Some(2) {
        println!(
            "  (terraform's plan after its apply is not empty: {})",
            last.lines().find(|l| l.starts_with("Plan:")).unwrap_or("outputs")
        );
    }
    Ok(Run { cost, calls: proxy.counts().values().sum() })
}
