//! Approvals: stored, revoked, spent effect by effect.
//!
//! Deliberately absent: whether an approval may be given, and whether it covers a change
//! (`core::approval::Grant` checks that).

use crate::audit::AuditKind;
use crate::db::{Conn, Row, WriteTx};
use crate::error::{StoreError, read_json, to_json};
use crate::store::{Store, system_actor};
use aplomo_core::approval::{Actor, Approval};
use aplomo_core::{Digest, TenantName};
use jiff::Timestamp;
use serde_json::json;
use smol_str::SmolStr;
use sqlx::{QueryBuilder, Row as _, Sqlite};
use std::collections::{BTreeMap, BTreeSet};

const CHUNK: usize = 500;

/// Which approvals to read; `None` does not filter.
#[derive(Default)]
struct Which<'a> {
    tenant: Option<&'a TenantName>,
    id: Option<&'a str>,
    standing_at: Option<Timestamp>,
    effect: Option<&'a Digest>,
}

impl Store {
    /// Stores an approval and its audit entries (`approval`, and `lift` per guard), then publishes heads.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the id is taken.
    pub async fn approval_put(&self, approval: &Approval) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        insert(&mut w, approval).await?;
        let payload = json!({"approval": approval.id, "source": approval.source, "plan": approval.plan,
            "digests": approval.digests, "expires": approval.expires,
            "pull": approval.pull.as_ref().map(|tie| tie.pull.to_string()),
            "evidence": approval.pull.as_ref().map(|tie| &tie.evidence)});
        w.audit(&approval.tenant, AuditKind::Approval, &approval.by, self.now(), payload).await?;
        for lift in &approval.lifts {
            let payload = json!({"approval": approval.id, "rule": lift.rule, "reason": lift.reason});
            w.audit(&approval.tenant, AuditKind::Lift, &approval.by, self.now(), payload).await?;
        }
        w.commit().await?;
        self.publish_heads(Some(&BTreeSet::from([approval.tenant.clone()]))).await;
        Ok(())
    }

    /// All approvals of a tenant, oldest first.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn approvals(&self, tenant: &TenantName) -> Result<Vec<Approval>, StoreError> {
        load(&mut *self.read().await?, &Which { tenant: Some(tenant), ..Which::default() }).await
    }

    /// One approval.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn approval(&self, id: &str) -> Result<Option<Approval>, StoreError> {
        Ok(load(&mut *self.read().await?, &Which { id: Some(id), ..Which::default() }).await?.pop())
    }

    /// Approvals that are neither revoked nor expired; their spent effects are marked.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn approvals_standing(&self, now: Timestamp) -> Result<Vec<Approval>, StoreError> {
        load(&mut *self.read().await?, &Which { standing_at: Some(now), ..Which::default() }).await
    }

    /// Revokes the approval with this id, or every standing one of the effect with this digest; gives
    /// the ids. Empty where none stands.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn approval_revoke(
        &self,
        which: &str,
        by: &Actor,
        why: &str,
    ) -> Result<Vec<SmolStr>, StoreError> {
        let effect: Option<Digest> = which.parse().ok();
        let id = effect.is_none().then_some(which);
        let which = Which { id, effect: effect.as_ref(), standing_at: Some(self.now()), ..Which::default() };
        let mut w = self.write().await?;
        let standing = load(&mut w.tx, &which).await?;
        let tenants = standing.iter().map(|approval| approval.tenant.clone()).collect();
        let ids = self.revoke(&mut w, standing, by, why).await?;
        w.commit().await?;
        self.publish_heads(Some(&tenants)).await;
        Ok(ids)
    }

    /// Spends one effect in every approval that names it, outside [`Store::applied`].
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn approval_spend(&self, effect: &Digest) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        spend(&mut w.tx, effect).await?;
        w.commit().await
    }

    /// Revokes all that stand, in the transaction.
    pub(crate) async fn revoke_all(
        &self,
        w: &mut WriteTx<'_>,
        why: &str,
    ) -> Result<Vec<SmolStr>, StoreError> {
        let standing = load(&mut w.tx, &Which { standing_at: Some(self.now()), ..Which::default() }).await?;
        self.revoke(w, standing, &system_actor(), why).await
    }

    async fn revoke(
        &self,
        w: &mut WriteTx<'_>,
        standing: Vec<Approval>,
        by: &Actor,
        why: &str,
    ) -> Result<Vec<SmolStr>, StoreError> {
        let now = self.now();
        for approval in &standing {
            let query = sqlx::query("UPDATE approvals SET revoked = $2, why = $3 WHERE id = $1");
            let query = query.bind(approval.id.as_str()).bind(now.to_string()).bind(why);
            query.execute(&mut *w.tx).await?;
            let payload = json!({"approval": approval.id, "reason": why});
            w.audit(&approval.tenant, AuditKind::ApprovalRevoked, by, now, payload).await?;
        }
        Ok(standing.into_iter().map(|approval| approval.id).collect())
    }
}

/// What is stored as a document: without what has rows and columns of its own.
pub(crate) fn bare(approval: &Approval) -> Approval {
    Approval {
        digests: BTreeSet::new(),
        resolved: BTreeMap::new(),
        spent: BTreeSet::new(),
        revoked: None,
        ..approval.clone()
    }
}

async fn insert(w: &mut WriteTx<'_>, approval: &Approval) -> Result<(), StoreError> {
    let bare = bare(approval);
    let sql = "INSERT INTO approvals (id, tenant, expires_ms, revoked, pull, merged, approval) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
    let query = sqlx::query(sql).bind(bare.id.as_str()).bind(bare.tenant.as_str());
    let query = query.bind(bare.expires.as_millisecond()).bind(approval.revoked.map(|at| at.to_string()));
    let query = query.bind(bare.pull.as_ref().map(|tie| tie.pull.to_string()));
    let query = query.bind(i64::from(bare.pull.as_ref().is_some_and(|tie| tie.merged)));
    if query.bind(to_json("an approval", &bare)?).execute(&mut *w.tx).await?.rows_affected() == 0 {
        return Err(StoreError::Conflict { what: "approval", id: approval.id.to_string() });
    }
    let effects: Vec<&Digest> = approval.digests.iter().collect();
    for chunk in effects.chunks(CHUNK) {
        let resolved = chunk.iter().map(|digest| approval.resolved.get(digest));
        let resolved = resolved.map(|map| map.map(|map| to_json("resolved references", map)).transpose());
        let resolved = resolved.collect::<Result<Vec<_>, _>>()?;
        let mut q =
            QueryBuilder::<Sqlite>::new("INSERT INTO approval_effects (approval, digest, resolved, spent) ");
        q.push_values(chunk.iter().zip(resolved), |mut row, (digest, resolved)| {
            row.push_bind(approval.id.as_str()).push_bind(digest.to_string()).push_bind(resolved);
            row.push_bind(i64::from(approval.spent.contains(digest)));
        });
        q.build().execute(&mut *w.tx).await?;
    }
    Ok(())
}

/// Spends the effect in every approval that names it: what was approved twice is done once all the same.
pub(crate) async fn spend(conn: &mut Conn, effect: &Digest) -> Result<(), StoreError> {
    let query = sqlx::query("UPDATE approval_effects SET spent = 1 WHERE digest = $1");
    query.bind(effect.to_string()).execute(conn).await?;
    Ok(())
}

async fn load(conn: &mut Conn, which: &Which<'_>) -> Result<Vec<Approval>, StoreError> {
    let sql = "SELECT a.id, a.approval, a.revoked, e.digest, e.resolved, e.spent FROM approvals a \
               LEFT JOIN approval_effects e ON e.approval = a.id \
               WHERE ($1 IS NULL OR a.tenant = $1) AND ($2 IS NULL OR a.id = $2) \
               AND ($3 IS NULL OR (a.revoked IS NULL AND a.expires_ms >= $3)) \
               AND ($4 IS NULL OR a.id IN (SELECT approval FROM approval_effects WHERE digest = $4)) \
               ORDER BY a.id";
    let query = sqlx::query(sql).bind(which.tenant.map(TenantName::as_str)).bind(which.id);
    let query = query.bind(which.standing_at.map(Timestamp::as_millisecond));
    let rows = query.bind(which.effect.map(ToString::to_string)).fetch_all(conn).await?;
    let mut found: Vec<Approval> = Vec::new();
    for row in &rows {
        let id: &str = row.try_get(0)?;
        if found.last().is_none_or(|last| last.id != id) {
            let mut approval: Approval = read_json("an approval", row.try_get(1)?)?;
            let revoked: Option<&str> = row.try_get(2)?;
            let revoked = revoked.map(str::parse).transpose();
            approval.revoked = revoked.map_err(|e| StoreError::unreadable("an approval", e))?;
            found.push(approval);
        }
        if let Some(approval) = found.last_mut() {
            add_effect(approval, row)?;
        }
    }
    found.retain(|approval| which.standing_at.is_none_or(|now| approval.expires > now));
    found.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    Ok(found)
}

fn add_effect(approval: &mut Approval, row: &Row) -> Result<(), StoreError> {
    let Some(digest) = row.try_get::<Option<&str>, _>(3)? else { return Ok(()) };
    let digest: Digest = digest.parse().map_err(|e| StoreError::unreadable("an approval", e))?;
    approval.digests.insert(digest);
    if let Some(text) = row.try_get::<Option<&str>, _>(4)? {
        approval.resolved.insert(digest, read_json("resolved references", text)?);
    }
    if row.try_get::<i64, _>(5)? != 0 {
        approval.spent.insert(digest);
    }
    Ok(())
}
