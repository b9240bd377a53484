//! `aplomo break-glass TENANT --for DURATION --reason TEXT`: open freezes and windows in an emergency.

use crate::args::{BreakGlassArgs, Format};
use crate::config::duration;
use crate::context::Cx;
use crate::diagnostics::visible;
use crate::exit::Exit;
use crate::failure::Failure;
use anyhow::Context as _;
use aplomo_core::safety::BreakGlass;
use aplomo_core::{SignedDuration, TenantName};
use aplomo_engine::{Broken, EngineError};
use serde::Serialize;

/// What `break-glass --format json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    #[serde(flatten)]
    glass: &'a BreakGlass,
    /// Whether freezes and windows are open by it.
    opens: bool,
    /// How many different people must ask for it.
    people_needed: usize,
}

/// Breaks the glass, or closes it.
///
/// # Errors
/// Where the time is too long, a second person is missing, or the store cannot be written.
pub async fn run(cx: &Cx, args: &BreakGlassArgs) -> Result<Exit, Failure> {
    if args.reason.trim().is_empty() {
        return Err(Failure::usage("--reason must say why"));
    }
    let tenant = TenantName::new(&args.tenant).map_err(|bad| Failure::usage(bad.to_string()))?;
    let who = cx.actor(args.name.as_deref())?;
    if args.end {
        return end(cx, &tenant, &who, &args.reason).await;
    }
    let length = duration(args.duration.as_deref().unwrap_or_default()).map_err(Failure::usage)?;
    let length = SignedDuration::try_from(length).context("the time is too long")?;
    let engine = cx.engine().await?;
    match engine.break_glass(tenant, length, who.clone(), args.reason.clone()).await {
        Ok(broken) => show(cx, &broken),
        Err(error @ EngineError::Glass(_)) => {
            engine.audit_refusal(None, &who, &error.to_string()).await?;
            Err(error.into())
        }
        Err(error) => Err(error.into()),
    }
}

fn show(cx: &Cx, broken: &Broken) -> Result<Exit, Failure> {
    let Broken { glass, opens, needed } = broken;
    if cx.common.format == Format::Json {
        cx.out.json(&Shown { glass, opens: *opens, people_needed: *needed })?;
        return Ok(Exit::Done);
    }
    let (tenant, until) = (&glass.tenant, aplomo_planner::moment(glass.until));
    let text = match opens {
        true => format!(
            "freezes and windows of {tenant} are open until {until}; `aplomo break-glass {tenant} --end --reason TEXT` \
             closes them"
        ),
        false => format!(
            "asked to open freezes and windows of {tenant} until {until}; they open when another person asks as well: \
             `aplomo break-glass {tenant} --for DURATION --reason TEXT --as NAME`"
        ),
    };
    cx.out.result(&visible(&text));
    Ok(Exit::Done)
}

async fn end(
    cx: &Cx,
    tenant: &TenantName,
    who: &aplomo_core::approval::Actor,
    why: &str,
) -> Result<Exit, Failure> {
    let Some(glass) = cx.store().await?.glass_end(tenant, who, why).await? else {
        return Err(Failure::refused(format!("nobody broke the glass of {tenant}")));
    };
    match cx.common.format {
        Format::Json => cx.out.json(&glass)?,
        _ => cx.out.result(&visible(&format!("freezes and windows of {tenant} hold again"))),
    }
    Ok(Exit::Done)
}
