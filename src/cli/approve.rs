//! `aplomo approve FILE | DIGEST…`: approve effects, or revoke approvals.

use super::shared::{no_filter, short_text};
use crate::args::{ApproveArgs, Format};
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::planfile;
use aplomo_core::approval::Approval;
use aplomo_core::{Digest, Plan};
use aplomo_engine::{Approving, Engine, Short};
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

#[derive(Serialize)]
struct Outcome<'a> {
    approvals: &'a [Approval],
    held: Vec<Held>,
    /// Changes that others must approve as well.
    missing: Vec<Missing>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Missing {
    address: String,
    approvals_needed: u32,
    approved_by: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Held {
    address: String,
    held_by: String,
}

/// Approves, or revokes.
///
/// # Errors
/// Where a digest is not known, a plan was edited, or a lift is not allowed.
pub async fn run(cx: &Cx, args: &ApproveArgs) -> Result<Exit, Failure> {
    no_filter(cx)?;
    let engine = cx.engine().await?;
    let by = cx.actor(args.name.as_deref())?;
    let chosen = match choose(&engine, &args.what, cx).await {
        Ok(chosen) => chosen,
        Err(failure) => {
            if failure.exit == Exit::Refused {
                engine.audit_refusal(None, &by, &failure.error.to_string()).await?;
            }
            return Err(failure);
        }
    };
    if args.revoke {
        return revoke(cx, &engine, &chosen, &by).await;
    }
    let expires_after = cx.expiry(args.expires.as_deref())?;
    let mut approvals = Vec::new();
    let mut held = Vec::new();
    let mut short = Vec::new();
    for (plan, only) in chosen.values() {
        let request = Approving {
            by: by.clone(),
            lifts: args.lift.clone(),
            only: only.clone(),
            expires_after,
            pull: None,
        };
        let approved = match engine.approve(plan, &request).await {
            Ok(approved) => approved,
            Err(error) => {
                engine.audit_refusal(Some(plan), &by, &error.to_string()).await?;
                return Err(error.into());
            }
        };
        approvals.extend(approved.approvals);
        held.extend(approved.held);
        short.extend(approved.short);
    }
    let held: Vec<_> =
        held.into_iter().map(|(a, h)| Held { address: a.to_string(), held_by: h.to_string() }).collect();
    show(cx, &approvals, held, &short)?;
    Ok(if approvals.is_empty() { Exit::Refused } else { Exit::Done })
}

/// Plans with the effects that were named; `None` for all of a plan.
type Chosen = BTreeMap<Digest, (Plan, Option<BTreeSet<Digest>>)>;

async fn choose(engine: &Engine, what: &[String], cx: &Cx) -> Result<Chosen, Failure> {
    let mut chosen = Chosen::new();
    for text in what {
        if !text.starts_with("sha256:") {
            let plan = planfile::read(&cx.env.cwd.join(Path::new(text)))?;
            chosen.insert(plan.digest, (plan, None));
            continue;
        }
        let digest: Digest = text.parse().map_err(Failure::usage)?;
        let (plan, effect) = engine.plan_with(digest).await?.ok_or_else(|| {
            Failure::refused(format!(
                "{digest} is no plan and no effect of a plan that was shown here; run `aplomo plan` first"
            ))
        })?;
        let entry = chosen.entry(plan.digest).or_insert_with(|| (plan, effect.map(|_| BTreeSet::new())));
        if let (Some(effect), Some(only)) = (effect, &mut entry.1) {
            only.insert(effect);
        }
    }
    Ok(chosen)
}

async fn revoke(
    cx: &Cx,
    engine: &Engine,
    chosen: &Chosen,
    by: &aplomo_core::approval::Actor,
) -> Result<Exit, Failure> {
    let mut count = 0;
    for (plan, only) in chosen.values() {
        let all = plan.changes.iter().map(|c| c.digest);
        for digest in only.clone().unwrap_or_else(|| all.collect()) {
            count += engine
                .store
                .approval_revoke(&digest.to_string(), by, "revoked on the command line")
                .await?
                .len();
        }
    }
    cx.out.result(&format!("{} revoked", crate::diagnostics::count(count, "approval")));
    Ok(if count == 0 { Exit::Refused } else { Exit::Done })
}

fn show(cx: &Cx, approvals: &[Approval], held: Vec<Held>, short: &[Short]) -> Result<(), Failure> {
    if cx.common.format == Format::Json {
        let missing = |s: &Short| Missing {
            address: s.address.to_string(),
            approvals_needed: s.needed,
            approved_by: s.who.clone(),
        };
        let missing = short.iter().map(missing).collect();
        return Ok(cx.out.json(&Outcome { approvals, held, missing })?);
    }
    for approval in approvals {
        cx.out.result(&format!(
            "approved {} of {} (source {}) as {}, until {}",
            crate::diagnostics::count(approval.digests.len(), "effect"),
            approval.tenant,
            approval.source,
            approval.by,
            aplomo_planner::moment(approval.expires)
        ));
    }
    if let Some(text) = short_text(short) {
        cx.out.result(&format!("{text}; they must approve the same digests"));
    }
    for one in &held {
        cx.out.result(&format!("not approved: {} is held by {}", one.address, one.held_by));
    }
    if approvals.is_empty() && held.is_empty() {
        cx.out.result("nothing to approve");
    }
    Ok(())
}
