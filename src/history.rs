//! A source whose new head does not descend from the last accepted one is held: somebody rewrote its
//! history, and what is missing from it may not be meant.

use crate::failure::Failure;
use aplomo_core::approval::Actor;
use aplomo_core::manifest::Snapshot;
use aplomo_core::{CommitId, SourceName};
use aplomo_store::Store;
use std::path::Path;

/// Compares a snapshot's commit, or the head of its work tree where what lies there is no commit, with
/// the accepted head. One that does not descend makes the snapshot incomplete, so that nothing is
/// deleted, and its changes are held until somebody accepts it; the reason is given. A hold ends by
/// itself where the head that was held is gone again.
///
/// # Errors
/// Where the store cannot be read or written.
pub async fn check(
    store: &Store,
    snapshot: &mut Snapshot,
    repository: &Path,
) -> Result<Option<String>, Failure> {
    let head = snapshot.commit.clone().or_else(|| aplomo_source::head(repository));
    let (Some(head), Some(accepted)) = (head, store.accepted_head(&snapshot.name).await?) else {
        return Ok(None);
    };
    let Some(reason) = rewritten(repository, &accepted, &head, &snapshot.name) else {
        return go_on(store, &snapshot.name).await.map(|()| None);
    };
    let known = store.held_sources().await?;
    if !known.iter().any(|h| h.source == snapshot.name && h.head.as_ref() == Some(&head)) {
        store.hold_source(&snapshot.name, &reason, Some(&head)).await?;
    }
    snapshot.complete = false;
    snapshot.incomplete_because.push(reason.clone());
    Ok(Some(reason))
}

/// Why a head is not one that follows the accepted one; `None` where it does.
fn rewritten(repository: &Path, accepted: &CommitId, head: &CommitId, name: &SourceName) -> Option<String> {
    if head == accepted {
        return None;
    }
    match aplomo_source::descends(repository, accepted, head) {
        Ok(true) => None,
        Ok(false) => Some(format!(
            "its head {} does not descend from {}, the last one accepted; `aplomo release source:{name}` accepts it",
            short(head.as_str()),
            short(accepted.as_str()),
        )),
        Err(error) => Some(format!("its history cannot be read: {error}")),
    }
}

/// The head that was held is gone: what is there now follows the accepted one.
async fn go_on(store: &Store, name: &SourceName) -> Result<(), Failure> {
    if store.held_sources().await?.iter().any(|h| h.source == *name) {
        let why = "its head follows the accepted one again";
        store.release_source(name, &aplomo_store::system_actor(), why).await?;
    }
    Ok(())
}

/// Remembers the head that was planned and applied.
///
/// # Errors
/// Where the store cannot be written.
pub async fn accept(store: &Store, snapshot: &Snapshot, by: &Actor) -> Result<(), Failure> {
    let Some(commit) = &snapshot.commit else { return Ok(()) };
    if store.accepted_head(&snapshot.name).await?.as_ref() != Some(commit) {
        store.accept_head(&snapshot.name, commit, by).await?;
    }
    Ok(())
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
