//! A source whose new head does not descend from the last accepted one is held: somebody rewrote its
//! history, and what is missing from it may not be meant.

use crate::failure::Failure;
use aplomo_core::approval::Actor;
use aplomo_core::manifest::Snapshot;
use aplomo_store::Store;
use std::path::Path;

/// Compares a snapshot's commit with the accepted head. One that does not descend makes the
/// snapshot incomplete, so that nothing is deleted, and its changes are held; the reason is given.
///
/// # Errors
/// Where the store cannot be read.
pub async fn check(store: &Store, snapshot: &mut Snapshot, repository: &Path) -> Result<Option<String>, Failure> {
    let (Some(commit), Some(accepted)) = (snapshot.commit.clone(), store.accepted_head(&snapshot.name).await?) else {
        return Ok(None);
    };
    if commit == accepted {
        return Ok(None);
    }
    let reason = match aplomo_source::descends(repository, &accepted, &commit) {
        Ok(true) => return Ok(None),
        Ok(false) => format!(
            "its head {} does not descend from {}, the last one accepted; `aplomo release source:{}` accepts it",
            short(commit.as_str()),
            short(accepted.as_str()),
            snapshot.name
        ),
        Err(error) => format!("its history cannot be read: {error}"),
    };
    snapshot.complete = false;
    snapshot.incomplete_because.push(reason.clone());
    Ok(Some(reason))
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
