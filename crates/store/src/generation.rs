//! Noticing a restored older store: a counter that each opening raises and mirrors beside the head
//! file, and the published heads themselves.
//!
//! Deliberately absent: repairing. Approvals become void; open intents are looked up by the engine.

use crate::audit::AuditKind;
use crate::db::WriteTx;
use crate::error::StoreError;
use crate::heads;
use crate::store::{Store, meta, set_meta, system_actor};
use aplomo_core::TenantName;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

const WHY: &str = "the store is older than what was published: it was restored or replaced";

fn side_file(head_file: &Path) -> PathBuf {
    let mut path = head_file.as_os_str().to_owned();
    path.push(".generation");
    path.into()
}

fn read_side(path: &Path) -> Result<i64, StoreError> {
    match std::fs::read_to_string(path) {
        Ok(text) => text.trim().parse().map_err(|_| {
            StoreError::file(path, "holds no number; remove it if you know the store is the newest one")
        }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(e) => Err(StoreError::file(path, e)),
    }
}

impl Store {
    /// Compares with what was published, raises the counter, and voids approvals of an older store.
    pub(crate) async fn check_generation(&self, w: &mut WriteTx<'_>) -> Result<(), StoreError> {
        let Some(head_file) = &self.inner.head_file else { return Ok(()) };
        let own: i64 = meta(&mut w.tx, "generation").await?.and_then(|text| text.parse().ok()).unwrap_or(0);
        let side = read_side(&side_file(head_file))?;
        if side > own || heads::ahead_of_store(&mut w.tx, head_file).await? {
            self.inner.restored.store(true, Ordering::Relaxed);
            let revoked = self.revoke_all(w, WHY).await?;
            let payload = serde_json::json!({"what": WHY, "revoked": revoked});
            let platform = TenantName::known(TenantName::PLATFORM);
            w.audit(&platform, AuditKind::Recovered, &system_actor(), self.now(), payload).await?;
        }
        set_meta(&mut w.tx, "generation", &(own.max(side) + 1).to_string()).await
    }

    /// After the commit: mirrors the counter, and starts the head file anew for an older store.
    pub(crate) async fn settle_generation(&self) -> Result<(), StoreError> {
        let Some(head_file) = &self.inner.head_file else { return Ok(()) };
        if let Some(dir) = head_file.parent() {
            std::fs::create_dir_all(dir).map_err(|e| StoreError::file(dir, e))?;
        }
        if self.restored() {
            heads::mark_restored(head_file, self.now())?;
            self.publish_heads(None).await;
        }
        let mut tx = self.read().await?;
        let own = meta(&mut tx, "generation").await?.unwrap_or_default();
        let (side, mut beside) = (side_file(head_file), head_file.as_os_str().to_owned());
        beside.push(".generation.new");
        std::fs::write(&beside, own)
            .and_then(|()| std::fs::rename(&beside, &side))
            .map_err(|e| StoreError::file(&side, e))
    }
}
