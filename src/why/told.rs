//! What the audit log and the history of manifests tell of one address.

use super::report::{Applied, AskedBy, Drift, Found, Undone};
use crate::failure::Failure;
use crate::sources_here::Here;
use aplomo_core::TenantName;
use aplomo_core::approval::Actor;
use aplomo_core::ledger::Memory;
use aplomo_core::plan::FieldChange;
use aplomo_forge::memo::Memo;
use aplomo_store::{AuditEntry, AuditFilter, AuditKind, Store};
use serde_json::Value;

/// How many entries of the log are looked at for one address.
const ENTRIES: usize = 500;

/// Completes what was found.
///
/// # Errors
/// Where the store cannot be read.
pub async fn tell(store: &Store, memory: &Memory, here: &[Here], found: &mut Found) -> Result<(), Failure> {
    for line in &mut found.manifest {
        let source = here.iter().find(|one| one.snapshot.name == line.source);
        line.commit = source.and_then(|one| one.snapshot.commit.clone());
        line.asked_by = source.and_then(|one| asked_by(one, &line.file, line.line));
    }
    let entries = applied(store, found).await?;
    found.applied = entries.first().map(last);
    if let Some(applied) = &mut found.applied {
        asked_for(store, applied).await?;
    }
    found.drift = drift(memory, found, &entries);
    found.held_by = held(memory, found);
    Ok(())
}

/// The pull request behind what was applied, and who asked there.
async fn asked_for(store: &Store, applied: &mut Applied) -> Result<(), Failure> {
    let Some(id) = &applied.approval else { return Ok(()) };
    let Some(tie) = store.approval(id).await?.and_then(|approval| approval.pull) else { return Ok(()) };
    let memo: Option<Memo> = store.pull(&tie.pull).await?;
    applied.requested_by =
        memo.into_iter().flat_map(|memo| memo.askers.into_values()).map(Into::into).collect();
    applied.pull_request = Some(tie.pull.to_string());
    Ok(())
}

/// The author of a line; what is not committed has none.
fn asked_by(here: &Here, file: &str, line: u32) -> Option<AskedBy> {
    let (place, head) = (here.place.as_deref()?, here.snapshot.commit.as_ref()?);
    match aplomo_source::line_author(place, &here.sub_path, head, (file, line)) {
        Ok(author) => author.map(AskedBy::from),
        Err(error) => {
            tracing::warn!(%error, file, "the history of a manifest could not be read");
            None
        }
    }
}

/// The entries of changes that were applied at the address, newest first.
async fn applied(store: &Store, found: &Found) -> Result<Vec<AuditEntry>, Failure> {
    let filter = AuditFilter {
        tenant: TenantName::new(found.address.tenant()).ok(),
        kinds: vec![AuditKind::Applied],
        text: Some(found.address.to_string()),
        ..AuditFilter::default()
    };
    let mut entries = store.audit_log(&filter, ENTRIES).await?;
    // The text may stand in another entry, and what was only forgotten or recovered nobody approved.
    entries.retain(|entry| {
        entry.payload["address"].as_str() == Some(found.address.as_str()) && entry.payload["run"].is_string()
    });
    Ok(entries)
}

fn last(entry: &AuditEntry) -> Applied {
    let text = |key: &str| entry.payload[key].as_str().map(str::to_owned);
    let others: Vec<Actor> =
        serde_json::from_value(entry.payload["alsoApprovedBy"].clone()).unwrap_or_default();
    let first: Option<Actor> = serde_json::from_value(entry.actor.clone()).ok();
    Applied {
        at: entry.at.clone(),
        run: text("run"),
        action: text("action"),
        digest: text("digest"),
        approval: text("approval"),
        pull_request: None,
        requested_by: Vec::new(),
        approved_by: first.into_iter().chain(others).collect(),
        request_ids: serde_json::from_value(entry.payload["requestIds"].clone()).unwrap_or_default(),
        audit: entry.id(),
    }
}

/// Drift that is there, and drift that was undone last.
fn drift(memory: &Memory, found: &Found, entries: &[AuditEntry]) -> Option<Drift> {
    let drifted = |entry: &&AuditEntry| {
        let fields: Vec<FieldChange> = fields(&entry.payload);
        fields.iter().any(|field| field.reason == aplomo_core::Reason::Drift)
    };
    let undone = entries.iter().find(drifted);
    let undone = undone
        .map(|entry| Undone { at: entry.at.clone(), run: entry.payload["run"].as_str().map(str::to_owned) });
    let first_seen = memory.first_seen.get(&found.address).copied();
    // Since it was undone nobody may have looked again.
    let over = |since: &aplomo_core::Timestamp| {
        undone
            .as_ref()
            .and_then(|undone| undone.at.parse().ok())
            .is_some_and(|at: aplomo_core::Timestamp| at > *since)
    };
    let first_seen = first_seen.filter(|since| !over(since));
    (first_seen.is_some() || undone.is_some()).then_some(Drift {
        first_seen,
        attributed_to: None,
        last_undone: undone,
    })
}

fn fields(payload: &Value) -> Vec<FieldChange> {
    serde_json::from_value(payload["fields"].clone()).unwrap_or_default()
}

fn held(memory: &Memory, found: &Found) -> Vec<String> {
    let holds = memory.holds.iter().filter(|hold| hold.what.matches(&found.address));
    let holds = holds.map(|hold| format!("a hold by {} until {}: {}", hold.by, hold.until, hold.reason));
    let put_back = memory.reverted.get(&found.address).map(ToString::to_string);
    let quarantine = memory.quarantine.iter().filter(|entry| entry.address == found.address);
    holds.chain(put_back).chain(quarantine.map(|entry| format!("quarantine: {}", entry.why))).collect()
}
