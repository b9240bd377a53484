//! Facts that an auditor wants to see change: the configuration in force, the version at work.
//!
//! Deliberately absent: what the facts mean; the value of the last note is kept, the audit log has
//! the history.

use crate::audit::AuditKind;
use crate::error::StoreError;
use crate::store::{Store, meta, set_meta, system_actor};
use aplomo_core::TenantName;
use serde_json::Value;

impl Store {
    /// Remembers a fact. Where it differs from what was noted before, `entry` makes the payload of an
    /// audit entry in the operator's chain from the earlier value, in the same transaction; with `None`
    /// the fact is noted in silence. Gives whether it differed.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn note(
        &self,
        fact: &'static str,
        value: &str,
        kind: AuditKind,
        entry: impl FnOnce(Option<&str>) -> Option<Value>,
    ) -> Result<bool, StoreError> {
        let name = format!("note:{fact}");
        if meta(&mut *self.read().await?, &name).await?.as_deref() == Some(value) {
            return Ok(false);
        }
        let mut w = self.write().await?;
        let before = meta(&mut w.tx, &name).await?;
        set_meta(&mut w.tx, &name, value).await?;
        if let Some(payload) = entry(before.as_deref()) {
            let chain = TenantName::known(TenantName::PLATFORM);
            w.audit(&chain, kind, &system_actor(), self.now(), payload).await?;
        }
        w.commit().await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use crate::AuditKind;
    use crate::audit::AuditFilter;
    use crate::tests::memory_store;
    use serde_json::json;

    #[tokio::test]
    async fn only_a_change_is_told() {
        let store = memory_store().await;
        let note = async |value: &'static str| {
            let entry = |before: Option<&str>| Some(json!({"from": before, "to": value}));
            store.note("version", value, AuditKind::VersionChanged, entry).await.unwrap()
        };
        assert_eq!((note("1").await, note("1").await, note("2").await), (true, false, true));
        let log = store.audit_log(&AuditFilter::default(), 9).await.unwrap();
        let told: Vec<_> = log.iter().map(|e| e.payload.to_string()).collect();
        assert_eq!(told, [r#"{"from":"1","to":"2"}"#, r#"{"from":null,"to":"1"}"#]);
    }
}
