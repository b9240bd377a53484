//! `aplomo suspend LOGIN --reason TEXT`: a person's approvals end, and no new ones are taken; `--end` takes that back.

use crate::args::{Format, SuspendArgs};
use crate::context::Cx;
use crate::diagnostics::{count, visible};
use crate::exit::Exit;
use crate::failure::Failure;

/// Suspends, or ends a suspension.
///
/// # Errors
/// Where no reason is given, or the store cannot be written.
pub async fn run(cx: &Cx, args: &SuspendArgs) -> Result<Exit, Failure> {
    let (login, reason) = (args.login.trim(), args.reason.trim());
    if reason.is_empty() || login.is_empty() {
        return Err(Failure::usage("name a login, and say why with --reason"));
    }
    let store = cx.store().await?;
    let by = cx.actor(args.name.as_deref())?;
    if args.end {
        let was = store.reinstate(login, reason, &by).await?;
        let text = if was { "may approve again" } else { "was not suspended" };
        match cx.common.format {
            Format::Json => {
                cx.out.json(&serde_json::json!({"login": login, "suspended": false, "was": was}))?
            }
            _ => cx.out.result(&visible(&format!("{login} {text}"))),
        }
        return Ok(if was { Exit::Done } else { Exit::Refused });
    }
    let ended = store.suspend(login, reason, &by).await?;
    match cx.common.format {
        Format::Json => cx.out.json(&serde_json::json!({"login": login, "suspended": true, "ended": ended}))?,
        _ => cx.out.result(&visible(&format!(
            "{login} is suspended: {} ended, and no new one is taken; `aplomo suspend {login} --end --reason TEXT` takes that back",
            count(ended, "approval")
        ))),
    }
    Ok(Exit::Done)
}
