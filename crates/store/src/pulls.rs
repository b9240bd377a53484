//! What is remembered of pull requests, and the approvals that are tied to them.
//!
//! Deliberately absent: what the remembered state means (`forge`); whether a pull request was merged is read from
//! GitHub and told here.

use crate::audit::AuditKind;
use crate::error::{StoreError, read_json, to_json};
use crate::store::Store;
use aplomo_core::approval::{Actor, Approval, PullRef};
use aplomo_core::{Digest, TenantName};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use sqlx::Row as _;
use std::collections::BTreeSet;

impl Store {
    /// What is remembered of a pull request.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn pull<T: DeserializeOwned>(&self, pull: &PullRef) -> Result<Option<T>, StoreError> {
        let sql = "SELECT state FROM pulls WHERE repository = $1 AND number = $2";
        let query = sqlx::query_scalar::<_, String>(sql).bind(pull.repository.as_str()).bind(number(pull));
        let state = query.fetch_optional(&self.inner.pool).await?;
        state.map(|text| read_json("a pull request", &text)).transpose()
    }

    /// Remembers it. One that is concluded is not looked at again unless somebody asks.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn pull_put<T: Serialize + Sync>(
        &self,
        pull: &PullRef,
        state: &T,
        concluded: bool,
    ) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        let sql = "INSERT INTO pulls (repository, number, concluded, state) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (repository, number) DO UPDATE SET concluded = excluded.concluded, state = excluded.state";
        let query = sqlx::query(sql).bind(pull.repository.as_str()).bind(number(pull));
        let query = query.bind(i64::from(concluded)).bind(to_json("a pull request", state)?);
        query.execute(&mut *w.tx).await?;
        w.commit().await
    }

    /// A plan is one of a pull request.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn plan_of_pull(&self, plan: &Digest, pull: &PullRef) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        let sql = "INSERT INTO plan_pulls (plan, repository, number) VALUES ($1, $2, $3) ON CONFLICT (plan) DO NOTHING";
        let query = sqlx::query(sql).bind(plan.to_string()).bind(pull.repository.as_str());
        query.bind(number(pull)).execute(&mut *w.tx).await?;
        w.commit().await
    }

    /// The pull request whose plan it is.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn pull_of_plan(&self, plan: &Digest) -> Result<Option<PullRef>, StoreError> {
        let sql = "SELECT repository, number FROM plan_pulls WHERE plan = $1";
        let row = sqlx::query(sql).bind(plan.to_string()).fetch_optional(&self.inner.pool).await?;
        let read = |row: crate::db::Row| {
            let number = u64::try_from(row.try_get::<i64, _>(1)?).unwrap_or_default();
            Ok(PullRef { repository: row.try_get::<&str, _>(0)?.into(), number })
        };
        row.map(read).transpose()
    }

    /// The pull requests of a repository that are not concluded, by number.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn pulls_open<T: DeserializeOwned>(
        &self,
        repository: &str,
    ) -> Result<Vec<(PullRef, T)>, StoreError> {
        let sql = "SELECT number, state FROM pulls WHERE repository = $1 AND concluded = 0 ORDER BY number";
        let rows = sqlx::query(sql).bind(repository).fetch_all(&self.inner.pool).await?;
        let read = |row: &crate::db::Row| {
            let number = u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or_default();
            let pull = PullRef { repository: repository.into(), number };
            Ok((pull, read_json("a pull request", row.try_get(1)?)?))
        };
        rows.iter().map(read).collect()
    }

    /// The standing and ended approvals of a pull request, oldest first.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn approvals_of_pull(&self, pull: &PullRef) -> Result<Vec<Approval>, StoreError> {
        let ids = "SELECT id FROM approvals WHERE pull = $1 ORDER BY id";
        let ids: Vec<String> =
            sqlx::query_scalar(ids).bind(pull.to_string()).fetch_all(&self.inner.pool).await?;
        let mut approvals = Vec::new();
        for id in ids {
            approvals.extend(self.approval(&id).await?);
        }
        approvals.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        Ok(approvals)
    }

    /// The pull request was merged: from now on its approvals count. Gives how many began to.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn approvals_merged(&self, pull: &PullRef, by: &Actor) -> Result<usize, StoreError> {
        let approvals = self.approvals_of_pull(pull).await?;
        let waiting = |a: &&Approval| a.revoked.is_none() && a.pull.as_ref().is_some_and(|tie| !tie.merged);
        let mut w = self.write().await?;
        let mut tenants: BTreeSet<TenantName> = BTreeSet::new();
        let mut count = 0;
        for approval in approvals.iter().filter(waiting) {
            let mut merged = approval.clone();
            merged.pull.iter_mut().for_each(|tie| tie.merged = true);
            let bare = crate::approvals::bare(&merged);
            let sql = "UPDATE approvals SET merged = 1, approval = $2 WHERE id = $1 AND merged = 0";
            let query = sqlx::query(sql).bind(approval.id.as_str()).bind(to_json("an approval", &bare)?);
            if query.execute(&mut *w.tx).await?.rows_affected() > 0 {
                count += 1;
                tenants.insert(approval.tenant.clone());
                let payload = json!({"approval": approval.id, "pull": pull.to_string()});
                w.audit(&approval.tenant, AuditKind::PullMerged, by, self.now(), payload).await?;
            }
        }
        w.commit().await?;
        self.publish_heads(Some(&tenants)).await;
        Ok(count)
    }
}

fn number(pull: &PullRef) -> i64 {
    i64::try_from(pull.number).unwrap_or(i64::MAX)
}
