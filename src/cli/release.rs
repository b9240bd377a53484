//! `aplomo release TENANT|ADDRESS|source:NAME|seen:TYPE`: let writes go on, out of holds, quarantine, a
//! rewritten source, or a sudden absence that is meant.

use crate::args::{Format, ReleaseArgs};
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use aplomo_core::SourceName;
use aplomo_core::address::AddressPattern;
use aplomo_core::approval::Actor;
use aplomo_store::Store;

/// Releases.
///
/// # Errors
/// Where the store cannot be written.
pub async fn run(cx: &Cx, args: &ReleaseArgs) -> Result<Exit, Failure> {
    let store = cx.store().await?;
    let by = cx.actor(args.name.as_deref())?;
    let why = args.reason.as_deref().unwrap_or("no reason given");
    let released = match args.what.split_once(':') {
        Some(("source", name)) => release_source(&store, name, &by, why).await?,
        Some(("seen", type_name)) => store.baselines_forget(type_name, &by, why).await?,
        _ => release(&store, &args.what, &by, why).await?,
    };
    match cx.common.format {
        Format::Json => cx.out.json(&serde_json::json!({ "released": released }))?,
        _ if released.is_empty() => cx.out.result(&crate::diagnostics::visible(&format!(
            "nothing was held or quarantined at {}",
            args.what
        ))),
        _ => cx.out.result(&format!("released:\n  {}", released.join("\n  "))),
    }
    Ok(Exit::Done)
}

async fn release(store: &Store, what: &str, by: &Actor, why: &str) -> Result<Vec<String>, Failure> {
    let pattern = AddressPattern(what.into());
    let holds = store.release_hold(&pattern, by, why).await?;
    let out = store.quarantine_release(&pattern, by, why).await?;
    let put_back = store.reverted_release(&pattern, by, why).await?;
    let mut released: Vec<String> = holds.iter().map(|h| format!("hold of {}", h.what.0)).collect();
    released.extend(out.iter().map(|q| format!("quarantine of {q}")));
    released.extend(put_back.iter().map(|address| format!("what was put back at {address}")));
    Ok(released)
}

/// Accepts the head that was held: what it says counts from the next plan.
async fn release_source(store: &Store, name: &str, by: &Actor, why: &str) -> Result<Vec<String>, Failure> {
    let source = SourceName::new(name)?;
    let held = store.held_sources().await?.into_iter().find(|h| h.source == source);
    let Some(held) = held else { return Ok(Vec::new()) };
    store.release_source(&source, by, why).await?;
    if let Some(head) = &held.head {
        store.accept_head(&source, head, by).await?;
    }
    Ok(vec![format!("source {source}{}", held.head.map(|h| format!(" at {h}")).unwrap_or_default())])
}
