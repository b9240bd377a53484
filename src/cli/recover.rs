//! `aplomo recover`: rebuild the ledger after a lost store, from an exported audit log, from our marks
//! and from manifests. What none of them proves stays unknown: unmanaged or unverifiable, never deleted.

use crate::args::{Format, RecoverArgs};
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use anyhow::Context as _;
use std::fs::File;
use std::io::BufReader;

/// Rebuilds what can be proved.
///
/// # Errors
/// Where a log does not verify, the path is not there, or the store cannot be written.
pub async fn run(cx: &Cx, args: &RecoverArgs) -> Result<Exit, Failure> {
    let engine = cx.engine().await?;
    let mut logs = Vec::new();
    for file in &args.log {
        let open = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
        logs.push(engine.store.recover_from_export(BufReader::new(open), None).await?);
    }
    let reading = cx.read(&args.path)?;
    let by = cx.actor(None)?;
    let marked = engine.recover_from_marks(std::slice::from_ref(&reading.snapshot), &by).await?;
    engine.store.heads_begin_anew().await?;
    let from_logs: usize = logs.iter().map(|l| l.restored.len()).sum();
    match cx.common.format {
        Format::Json => cx.out.json(&serde_json::json!({
            "fromLogs": logs.iter().flat_map(|l| &l.restored).collect::<Vec<_>>(),
            "fromMarks": marked.restored,
            "unknown": marked.unknown,
        }))?,
        _ => {
            cx.out.result(&format!(
                "{from_logs} ledger entries from audit logs, {} from marks; {} marked objects that no manifest names stay unmanaged",
                marked.restored.len(),
                marked.unknown.len()
            ));
            for id in &marked.unknown {
                cx.out.result(&format!("  {}", crate::diagnostics::visible(id)));
            }
        }
    }
    Ok(Exit::Done)
}
