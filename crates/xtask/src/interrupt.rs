//! Ctrl-C and SIGTERM ask the tool to stop, so that it can clean up behind itself. Programs it runs
//! get the terminal's Ctrl-C as well and end; the step that waits for them then fails.

use anyhow::{Context as _, Result, bail};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Begins to listen; from here on neither signal ends the process by itself.
pub(crate) fn listen() -> Result<()> {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    let built = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let built = built.context("cannot start a thread that listens for Ctrl-C")?;
    let runtime = RUNTIME.get_or_init(|| built);
    let _inside = runtime.enter();
    for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
        let mut signals = signal(kind).context("cannot listen for signals")?;
        runtime.spawn(async move {
            while signals.recv().await.is_some() {
                ASKED.store(true, Ordering::Relaxed);
            }
        });
    }
    Ok(())
}

/// Whether somebody asked to stop.
pub(crate) fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// Fails when somebody asked to stop.
///
/// # Errors
/// That it was stopped.
pub(crate) fn check() -> Result<()> {
    if asked() {
        bail!("stopped on request");
    }
    Ok(())
}

/// Waits until somebody asks to stop or `ended` says that there is nothing left to wait for.
pub(crate) fn wait(mut ended: impl FnMut() -> bool) {
    while !asked() && !ended() {
        std::thread::sleep(Duration::from_millis(100));
    }
}
