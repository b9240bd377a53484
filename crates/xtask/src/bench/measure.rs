//! Wall time and peak memory of a child process, without unsafe code: the kernel's high-water mark is
//! sampled until the process ends, so the last milliseconds of its life may be missed.

use crate::{door, interrupt};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const SAMPLE: Duration = Duration::from_millis(3);
/// What `/proc/<pid>/stat` counts in, on every Linux platform Rust supports.
const TICKS_PER_SECOND: u32 = 100;

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// From start to end.
    pub wall: Duration,
    /// Resident memory at its highest, in KiB.
    pub peak_kib: u64,
}

/// Runs a command that must succeed; its standard output is thrown away.
pub(crate) fn run(command: &mut Command) -> Result<Cost> {
    let shown = crate::cargo::shown(command);
    let begun = door::now();
    let mut child = command.stdout(Stdio::null()).spawn().with_context(|| format!("cannot start {shown}"))?;
    let mut peak_kib = 0;
    let status = loop {
        peak_kib = peak_kib.max(memory(child.id(), "VmHWM:"));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        stop_if_asked(&mut child)?;
        std::thread::sleep(SAMPLE);
    };
    if !status.success() {
        bail!("{shown} failed: {status}");
    }
    Ok(Cost { wall: door::now().duration_since(begun), peak_kib })
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
    let path = format!("/proc/{pid}/stat");
    let stat = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    ticks(&stat)
        .with_context(|| format!("{path} is not as expected"))
        .map(|t| Duration::from_secs(t) / TICKS_PER_SECOND)
}

/// Fields 14 and 15, counted after the command's name, which may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let after = stat.rsplit_once(')')?.1;
    let mut fields = after.split_whitespace().skip(11);
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
        assert_eq!(ticks("7 (a ) b) S 1 1 1 0 -1 4194560 100 0 0 0 12 30 0 0 20 0 1"), Some(42));
    }
}
