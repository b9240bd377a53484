//! What a waiting daemon asks for: whether people decided something, and letting go of counts that a
//! person says are no longer true.
//!
//! Deliberately absent: what the decisions are; the daemon reads everything anew when this changes.

use crate::audit::AuditKind;
use crate::error::{StoreError, read_json};
use crate::store::Store;
use aplomo_core::approval::Actor;
use aplomo_core::ledger::{Hold, Quarantine};
use aplomo_core::{Scope, TenantName};
use serde_json::json;

impl Store {
    /// A text that changes when an approval, a hold, a quarantine, a broken glass or a held source is added or removed.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn decisions(&self) -> Result<String, StoreError> {
        let sql = "SELECT (SELECT COUNT(*) || ':' || COUNT(revoked) || ':' || COALESCE(SUM(merged), 0) FROM approvals) || ' ' || \
                   (SELECT COALESCE(GROUP_CONCAT(hold, ''), '') FROM holds) || ' ' || \
                   (SELECT COALESCE(GROUP_CONCAT(address, ' '), '') FROM quarantine) || ' ' || \
                   (SELECT COALESCE(GROUP_CONCAT(glass, ''), '') FROM break_glass) || ' ' || \
                   (SELECT COALESCE(GROUP_CONCAT(held, ''), '') FROM sources) || ' ' || \
                   (SELECT COALESCE(GROUP_CONCAT(address, ' '), '') FROM reverted)";
        Ok(sqlx::query_scalar(sql).fetch_one(&self.inner.pool).await?)
    }

    /// Holds, expired ones too, and the quarantine.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn attention(&self) -> Result<(Vec<Hold>, Vec<Quarantine>), StoreError> {
        let holds: Vec<String> =
            sqlx::query_scalar("SELECT hold FROM holds ORDER BY what").fetch_all(&self.inner.pool).await?;
        let quarantine: Vec<String> = sqlx::query_scalar("SELECT entry FROM quarantine ORDER BY address")
            .fetch_all(&self.inner.pool)
            .await?;
        let holds = holds.iter().map(|text| read_json("a hold", text)).collect::<Result<_, _>>()?;
        let quarantine =
            quarantine.iter().map(|text| read_json("a quarantine", text)).collect::<Result<_, _>>()?;
        Ok((holds, quarantine))
    }

    /// Forgets how many objects of a type (`*` for all) were seen, so that the next reading is taken as
    /// it is; gives the scopes. Audited in the operator's chain.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn baselines_forget(
        &self,
        type_name: &str,
        by: &Actor,
        why: &str,
    ) -> Result<Vec<String>, StoreError> {
        let mut w = self.write().await?;
        let sql = "DELETE FROM baselines WHERE $1 = '*' OR type_name = $1 RETURNING scope";
        let scopes: Vec<String> = sqlx::query_scalar(sql).bind(type_name).fetch_all(&mut *w.tx).await?;
        let shown = |text: &String| read_json::<Scope>("a scope", text).map(|scope| scope.to_string());
        let scopes = scopes.iter().map(shown).collect::<Result<Vec<_>, _>>()?;
        if !scopes.is_empty() {
            let payload = json!({"seen": type_name, "scopes": scopes, "reason": why});
            let chain = TenantName::known(TenantName::PLATFORM);
            w.audit(&chain, AuditKind::Release, by, self.now(), payload).await?;
        }
        w.commit().await?;
        Ok(scopes)
    }

    /// Raises what was seen to at least these counts: what a run of ours created is there from then on,
    /// whether or not somebody looked since.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn baselines_raise(
        &self,
        baselines: &[aplomo_core::ledger::Baseline],
    ) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        for baseline in baselines {
            let sql = "INSERT INTO baselines (type_name, scope, seen) VALUES ($1, $2, $3) \
                       ON CONFLICT (type_name, scope) DO UPDATE SET seen = MAX(seen, excluded.seen)";
            let scope = crate::error::to_jcs("a scope", &baseline.scope.concrete())?;
            let count = i64::try_from(baseline.count).unwrap_or(i64::MAX);
            let query = sqlx::query(sql).bind(baseline.type_name.as_str()).bind(scope);
            query.bind(count).execute(&mut *w.tx).await?;
        }
        w.commit().await
    }

    /// Lowers what was seen by what a run of ours removed, so that our own deletes never look like a
    /// sudden absence.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn baselines_lower(
        &self,
        removed: &[(aplomo_core::TypeName, Scope, u64)],
    ) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        for (type_name, scope, count) in removed {
            let sql = "UPDATE baselines SET seen = MAX(0, seen - $3) WHERE type_name = $1 AND scope = $2";
            let scope = crate::error::to_jcs("a scope", &scope.concrete())?;
            let count = i64::try_from(*count).unwrap_or(i64::MAX);
            sqlx::query(sql).bind(type_name.as_str()).bind(scope).bind(count).execute(&mut *w.tx).await?;
        }
        w.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system_actor;
    use crate::tests::memory_store;
    use aplomo_core::ledger::Baseline;
    use aplomo_core::{Account, Provider, TypeName};

    #[tokio::test]
    async fn own_removals_lower_the_count_and_a_person_may_forget_it() {
        let store = memory_store().await;
        let type_name = TypeName::known("a.b.C");
        let scope = Scope::account(Provider::known("a"), Account::known("1"));
        store
            .baselines_put(&[Baseline { type_name: type_name.clone(), scope: scope.clone(), count: 3 }])
            .await
            .unwrap();
        store.baselines_lower(&[(type_name.clone(), scope.clone(), 2)]).await.unwrap();
        assert_eq!(store.memory(store.now()).await.unwrap().baselines[0].count, 1);
        for (raised, expected) in [(4, 4), (2, 4)] {
            let baseline = Baseline { type_name: type_name.clone(), scope: scope.clone(), count: raised };
            store.baselines_raise(&[baseline]).await.unwrap();
            assert_eq!(store.memory(store.now()).await.unwrap().baselines[0].count, expected);
        }
        assert_eq!(
            store.baselines_forget("x.y.Z", &system_actor(), "no").await.unwrap(),
            Vec::<String>::new()
        );
        assert_eq!(
            store.baselines_forget("*", &system_actor(), "meant").await.unwrap(),
            vec!["a/1".to_owned()]
        );
    }
}
