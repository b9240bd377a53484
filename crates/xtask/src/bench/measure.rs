//! Wall time, processor time and peak memory of a child process, without unsafe code: the kernel's
//! high-water mark is sampled until the process ends, so the last milliseconds of its life may be missed.

use crate::{door, interrupt};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

const SAMPLE: Duration = Duration::from_millis(3);
/// What `/proc/<pid>/stat` counts in, on every Linux platform Rust supports.
const TICKS_PER_SECOND: u32 = 100;

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// From start to end.
    pub wall: Duration,
    /// On the processor, user and system.
    pub(crate) processor: Duration,
    /// Resident memory at its highest, in KiB; with that of the processes that it starts.
    pub(crate) peak_kib: u64,
}

/// Runs a command that must succeed; its standard output is thrown away.
pub(crate) fn run(command: &mut Command) -> Result<Cost> {
    let (status, cost) = watch(command.stdout(Stdio::null()))?;
    if !status.success() {
        bail!("{} failed: {status}", crate::cargo::shown(command));
    }
    Ok(cost)
}

/// Runs a command to its end, whatever that is. No other child may end meanwhile, for the kernel adds up
/// the processor time of all.
pub(crate) fn watch(command: &mut Command) -> Result<(ExitStatus, Cost)> {
    let shown = crate::cargo::shown(command);
    let (begun, before) = (door::now(), of_children()?);
    let mut child = command.spawn().with_context(|| format!("cannot start {shown}"))?;
    let mut peak_kib = 0;
    let status = loop {
        peak_kib = peak_kib.max(memory(child.id(), "VmHWM:")).max(family(child.id()));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        stop_if_asked(&mut child)?;
        std::thread::sleep(SAMPLE);
    };
    let processor = of_children()?.saturating_sub(before);
    Ok((status, Cost { wall: door::now().duration_since(begun), processor, peak_kib }))
}

fn stop_if_asked(child: &mut Child) -> Result<()> {
    interrupt::check().inspect_err(|_| {
        child.kill().ok();
        child.wait().ok();
    })
}

/// A figure of `/proc/<pid>/status` in KiB, such as `VmHWM:` or `VmRSS:`; 0 for a process that is gone.
pub(crate) fn memory(pid: u32, figure: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(figure)).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse().ok()).unwrap_or_default()
}

/// The resident memory of a process and of all that descend from it, in KiB.
fn family(pid: u32) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let children = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let children: u64 = children
        .flat_map(|list| {
            list.split_whitespace().filter_map(|id| id.parse().ok()).map(family).collect::<Vec<_>>()
        })
        .sum();
    memory(pid, "VmRSS:") + children
}

/// The highest resident memory of this process so far, in KiB.
pub(crate) fn own_peak() -> u64 {
    memory(std::process::id(), "VmHWM:")
}

/// KiB as MB.
pub(crate) fn megabytes(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

/// The processor time a process has used so far.
pub(crate) fn processor(pid: u32) -> Result<Duration> {
    time_of(&pid.to_string(), OWN)
}

/// The processor time of all children of ours that have ended.
fn of_children() -> Result<Duration> {
    time_of("self", CHILDREN)
}

fn time_of(process: &str, first: usize) -> Result<Duration> {
    let path = format!("/proc/{process}/stat");
    let stat = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    ticks(&stat, first)
        .with_context(|| format!("{path} is not as expected"))
        .map(|t| Duration::from_secs(t) / TICKS_PER_SECOND)
}

/// Fields 14 and 15, user and system, counted after the command's name, which may hold anything.
const OWN: usize = 11;
/// Fields 16 and 17, the same of children that have ended.
const CHILDREN: usize = 13;

fn ticks(stat: &str, first: usize) -> Option<u64> {
    let after = stat.rsplit_once(')')?.1;
    let mut fields = after.split_whitespace().skip(first);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_measured() {
        let cost = run(Command::new("sleep").arg("0.05")).unwrap();
        assert!(cost.wall >= Duration::from_millis(50), "{cost:?}");
        assert!(cost.peak_kib > 0, "{cost:?}");
        assert!(run(&mut Command::new("false")).is_err());
    }

    #[test]
    fn processor_time_is_the_sum_of_user_and_system() {
        let stat = "7 (a ) b) S 1 1 1 0 -1 4194560 100 0 0 0 12 30 4 5 20 0 1";
        assert_eq!((ticks(stat, OWN), ticks(stat, CHILDREN)), (Some(42), Some(9)));
    }
}
