//! `aplomo hold TENANT|ADDRESS --for DURATION --reason TEXT`: stop writes for a while.

use crate::args::{Format, HoldArgs};
use crate::config::duration;
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use anyhow::Context as _;
use aplomo_core::address::AddressPattern;
use aplomo_core::ledger::Hold;
use aplomo_core::ports::Clock as _;
use aplomo_engine::clock::SystemClock;

/// Holds.
///
/// # Errors
/// Where the duration is none, or the store cannot be written.
pub async fn run(cx: &Cx, args: &HoldArgs) -> Result<Exit, Failure> {
    if args.reason.trim().is_empty() {
        return Err(Failure::usage("--reason must say why"));
    }
    if args.what.trim().is_empty() {
        return Err(Failure::usage("name a tenant, an address or a glob to hold"));
    }
    let store = cx.store().await?;
    let at = SystemClock::new().now();
    let length = duration(&args.duration).map_err(Failure::usage)?;
    let until = at.checked_add(length).context("the hold ends after the end of time")?;
    let hold = Hold {
        what: AddressPattern(args.what.as_str().into()),
        until,
        reason: args.reason.clone(),
        by: cx.actor(args.name.as_deref())?,
        at,
    };
    store.put_hold(&hold).await?;
    let memory = store.memory(at).await?;
    if !memory.ledger.keys().any(|address| hold.what.matches(address)) {
        let note = format!("note: nothing that was applied matches `{}`; look at the spelling", args.what);
        cx.out.say(&crate::diagnostics::visible(&note));
    }
    match cx.common.format {
        Format::Json => cx.out.json(&hold)?,
        _ => cx.out.result(&crate::diagnostics::visible(&format!(
            "held: {} until {}; `aplomo release {}` ends it",
            args.what,
            aplomo_planner::moment(until),
            args.what
        ))),
    }
    Ok(Exit::Done)
}
