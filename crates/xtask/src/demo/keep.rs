//! `--keep`: the local AWS, the local GitHub and the daemon stay until Ctrl-C.

use super::tell::Teller;
use crate::daemon::Daemon;
use crate::interrupt;
use crate::world::{MANIFESTS, World};
use anyhow::{Result, bail};

/// Runs the daemon until Ctrl-C.
pub(crate) fn run(world: &World, teller: &mut Teller) -> Result<()> {
    teller.heading("Keep: the daemon watches the manifests");
    println!("\n$ aplomo serve");
    let mut daemon = Daemon::start(world, true)?;
    teller.say(&urls(world, daemon.url()));
    interrupt::wait(|| !matches!(daemon.ended(), Ok(None)));
    if let Some(status) = daemon.ended()?.filter(|_| !interrupt::asked()) {
        bail!("the daemon ended by itself: {status}");
    }
    teller.say("\nStopped; everything this demo made is gone again.");
    Ok(())
}

fn urls(world: &World, url: &str) -> String {
    format!(
        "\n\
         status       {url}/api/v1/status\n\
         plans        {url}/api/v1/plans\n\
         drift        {url}/api/v1/drift\n\
         metrics      {url}/metrics\n\
         local AWS    {aws}\n\
         local GitHub {github}\n\
         manifests    {manifests}\n\n\
         Edit a manifest there and watch the daemon plan it. By hand, in another terminal:\n\n\
         cd {folder}\n\
         ./aplomo plan {MANIFESTS}\n\
         ./aplomo apply {MANIFESTS}\n\n\
         Ctrl-C ends it all and cleans up.",
        aws = world.endpoint(),
        github = world.github().url(),
        manifests = world.manifests().display(),
        folder = world.folder().display(),
    )
}
