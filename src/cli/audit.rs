//! `aplomo audit log | show | verify | export`.

use crate::args::{AuditCommand, Format};
use crate::context::Cx;
use crate::diagnostics::visible;
use crate::exit::Exit;
use crate::failure::Failure;
use anyhow::Context as _;
use aplomo_core::TenantName;
use aplomo_store::{AuditEntry, AuditFilter, Store, VerifyOptions, VerifyReport, verify_export};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

/// Carries out an audit command.
///
/// # Errors
/// Where the store or a file cannot be read.
pub async fn run(cx: &Cx, command: &AuditCommand) -> Result<Exit, Failure> {
    match command {
        AuditCommand::Log { limit } => log(cx, *limit).await,
        AuditCommand::Show { id } => show(cx, id).await,
        AuditCommand::Verify { head, file } => verify(cx, head.clone(), file.as_deref()).await,
        AuditCommand::Export { out } => export(cx, out.as_deref()).await,
    }
}

fn tenant(cx: &Cx) -> Result<Option<TenantName>, Failure> {
    match cx.common.tenant.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(TenantName::new(one).map_err(Failure::usage)?)),
        _ => Err(Failure::usage("one --tenant at a time: each has a chain of its own")),
    }
}

async fn log(cx: &Cx, limit: u32) -> Result<Exit, Failure> {
    let filter = AuditFilter { tenant: tenant(cx)?, ..AuditFilter::default() };
    let entries = cx.store().await?.audit_log(&filter, limit as usize).await?;
    if cx.common.format == Format::Json {
        cx.out.json(&entries)?;
        return Ok(Exit::Done);
    }
    for entry in &entries {
        cx.out.result(&line(entry));
    }
    Ok(Exit::Done)
}

fn line(entry: &AuditEntry) -> String {
    let who = entry.actor.get("name").and_then(|n| n.as_str()).unwrap_or("?");
    let at = entry.at.parse().map_or_else(|_| entry.at.clone(), aplomo_planner::moment);
    let text = format!("{at}  {:<14} {:<16} {:<12} {}", entry.id(), entry.kind, who, what(entry));
    visible(text.trim_end()).replace('\n', " ")
}

/// What an entry is about, in a few words: the first of these that it holds.
fn what(entry: &AuditEntry) -> String {
    let text = |key: &str| entry.payload.get(key).and_then(|w| w.as_str());
    let known = ["address", "call", "run", "source", "what", "plan"];
    let about = known.iter().find_map(|key| text(key)).unwrap_or_default();
    let why = text("reason").or_else(|| text("error")).map(|why| format!(": {why}")).unwrap_or_default();
    format!("{about}{why}")
}

async fn show(cx: &Cx, id: &str) -> Result<Exit, Failure> {
    let entry = cx.store().await?.audit_show(id).await?;
    let entry = entry.ok_or_else(|| {
        Failure::failed(format!("there is no audit entry `{id}`; `aplomo audit log` lists them"))
    })?;
    cx.out.json(&entry)?;
    Ok(Exit::Done)
}

async fn verify(cx: &Cx, head: Option<String>, file: Option<&Path>) -> Result<Exit, Failure> {
    let options = VerifyOptions { tenant: tenant(cx)?, head, ..VerifyOptions::default() };
    let report = match file {
        Some(file) => {
            let open = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
            verify_export(BufReader::new(open), &options)?
        }
        None => {
            let head_file = cx.config.audit_heads.clone().filter(|f| f.exists());
            cx.store().await?.audit_verify(&VerifyOptions { head_file, ..options }).await?
        }
    };
    say(cx, &report)?;
    Ok(if report.ok { Exit::Done } else { Exit::Failed })
}

fn say(cx: &Cx, report: &VerifyReport) -> Result<(), Failure> {
    if cx.common.format == Format::Json {
        return Ok(cx.out.json(report)?);
    }
    for problem in &report.problems {
        cx.out.result(&visible(&problem.to_string()));
    }
    let entries =
        if report.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", report.entries) };
    cx.out.result(&format!(
        "{entries}: {}",
        if report.ok { "the log proves itself" } else { "the log does not hold" }
    ));
    Ok(())
}

async fn export(cx: &Cx, out: Option<&Path>) -> Result<Exit, Failure> {
    let tenant = tenant(cx)?
        .ok_or_else(|| Failure::usage("name the tenant with --tenant: each has a chain of its own"))?;
    let store: Store = cx.store().await?;
    match out {
        Some(file) => {
            let mut writer = BufWriter::new(
                File::create(file).with_context(|| format!("cannot write {}", file.display()))?,
            );
            store.audit_export(&tenant, &mut writer).await?;
            writer.flush()?;
        }
        None => {
            let mut text = Vec::new();
            store.audit_export(&tenant, &mut text).await?;
            cx.out.result(&String::from_utf8_lossy(&text));
        }
    }
    Ok(Exit::Done)
}
