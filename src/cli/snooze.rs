//! `aplomo snooze ADDRESS --for DURATION --reason TEXT`: put drift off for a while, or end that.

use crate::args::{Format, SnoozeArgs};
use crate::config::duration;
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use anyhow::Context as _;
use aplomo_core::Address;
use aplomo_core::ports::Clock as _;
use aplomo_core::told::Snooze;
use aplomo_engine::clock::SystemClock;
use aplomo_planner::moment;

/// Snoozes, or ends it.
///
/// # Errors
/// Where the address or the duration is none, or the store cannot be written.
pub async fn run(cx: &Cx, args: &SnoozeArgs) -> Result<Exit, Failure> {
    let address: Address = args.address.parse().map_err(Failure::usage)?;
    let reason = args.reason.as_deref().unwrap_or_default().trim();
    if reason.is_empty() && !args.end {
        return Err(Failure::usage("--reason must say why"));
    }
    let store = cx.store().await?;
    let by = cx.actor(args.name.as_deref())?;
    if args.end {
        let why = if reason.is_empty() { "no reason given" } else { reason };
        let ended = store.snooze_end(&address, &by, why).await?;
        cx.out.result(if ended { "ended" } else { "nothing was snoozed there" });
        return Ok(if ended { Exit::Done } else { Exit::Refused });
    }
    let at = SystemClock::new().now();
    let length = duration(args.duration.as_deref().unwrap_or_default()).map_err(Failure::usage)?;
    let until = at.checked_add(length).context("it would end after the end of time")?;
    let snooze = Snooze { address, until, reason: reason.to_owned(), by, at };
    if !store.memory(at).await?.first_seen.contains_key(&snooze.address) {
        cx.out.say("note: no drift is known there; look at the spelling");
    }
    store.snooze_put(&snooze).await?;
    match cx.common.format {
        Format::Json => cx.out.json(&snooze)?,
        _ => cx.out.result(&format!(
            "snoozed: {} until {}; it stays drift and is listed apart",
            snooze.address,
            moment(until)
        )),
    }
    Ok(Exit::Done)
}
