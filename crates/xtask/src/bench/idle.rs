//! What the daemon costs while nothing happens.

use super::measure::{self, memory, processor};
use crate::daemon::Daemon;
use crate::door;
use crate::interrupt;
use crate::world::World;
use anyhow::Result;
use std::path::Path;
use std::time::Duration;

/// The first plan and drift check are over by then.
const SETTLE: Duration = Duration::from_secs(10);
const WATCH: Duration = Duration::from_secs(10);

/// Prints memory and processor time of the daemon over ten idle seconds.
pub(crate) fn run(binary: &Path) -> Result<()> {
    println!("\n== aplomo serve, idle on the example manifests (release)");
    let world = World::make(binary)?;
    let daemon = Daemon::start(&world, false)?;
    pass(SETTLE)?;
    let before = processor(daemon.pid())?;
    pass(WATCH)?;
    let used = processor(daemon.pid())?.saturating_sub(before);
    let megabytes = |figure| measure::megabytes(memory(daemon.pid(), figure));
    println!(
        "{:.1} MB resident ({:.1} MB at its peak), {} ms of processor time in {} s ({:.2} %)",
        megabytes("VmRSS:"),
        megabytes("VmHWM:"),
        used.as_millis(),
        WATCH.as_secs(),
        100.0 * used.as_secs_f64() / WATCH.as_secs_f64(),
    );
    Ok(())
}

/// Lets time pass, unless somebody asks to stop.
fn pass(time: Duration) -> Result<()> {
    let begun = door::now();
    interrupt::wait(|| door::now().duration_since(begun) >= time);
    interrupt::check()
}
