//! Reading the log: filtered, one entry, and row by row for checks and exports.

use super::entry::{AuditEntry, FORMAT_VERSION};
use super::kind::AuditKind;
use crate::db::{Conn, Row};
use crate::error::{StoreError, to_jcs};
use crate::key::PublicKey;
use crate::store::Store;
use aplomo_core::TenantName;
use jiff::Timestamp;
use sqlx::{Row as _, Sqlite};

pub(crate) const COLUMNS: &str = "tenant, seq, at, kind, actor, payload, prev, hash, key_id, signature";

/// Which entries to list; what is `None` or empty does not filter.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Of this tenant's chain.
    pub tenant: Option<TenantName>,
    /// Of one of these kinds.
    pub kinds: Vec<AuditKind>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Whose payload or actor holds this text, e.g. an address, a run or a name.
    pub text: Option<String>,
}

impl AuditFilter {
    fn admits(&self, entry: &AuditEntry) -> bool {
        let at: Option<Timestamp> = entry.at.parse().ok();
        self.since.is_none_or(|since| at.is_none_or(|at| at >= since))
            && self.until.is_none_or(|until| at.is_none_or(|at| at < until))
    }
}

impl Store {
    /// The newest entries that the filter admits, newest first within each tenant, tenants in order.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn audit_log(&self, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditEntry>, StoreError> {
        use futures_util::TryStreamExt as _;
        let mut q = sqlx::QueryBuilder::<Sqlite>::new(format!("SELECT {COLUMNS} FROM audit WHERE 1 = 1"));
        if let Some(tenant) = &filter.tenant {
            q.push(" AND tenant = ").push_bind(tenant.to_string());
        }
        if !filter.kinds.is_empty() {
            let mut list = q.push(" AND kind IN (").separated(", ");
            for kind in &filter.kinds {
                list.push_bind(kind.word());
            }
            q.push(")");
        }
        if let Some(text) = &filter.text {
            let pattern = format!("%{}%", text.replace('!', "!!").replace('%', "!%").replace('_', "!_"));
            q.push(" AND (payload LIKE ").push_bind(pattern.clone()).push(" ESCAPE '!' OR actor LIKE ");
            q.push_bind(pattern).push(" ESCAPE '!')");
        }
        q.push(" ORDER BY tenant, seq DESC");
        let mut rows = q.build().fetch(&self.inner.pool);
        let mut found = Vec::new();
        while found.len() < limit
            && let Some(row) = rows.try_next().await?
        {
            let (entry, _) = read_row(&row).map_err(|e| StoreError::unreadable("an audit entry", e))?;
            found.extend(Some(entry).filter(|entry| filter.admits(entry)));
        }
        Ok(found)
    }

    /// One entry, by `tenant:seq` or the beginning of its hash (at least 6 digits, `sha256:` may be left
    /// out); `None` where there is none.
    ///
    /// # Errors
    /// An id of neither form, or a beginning that several hashes have.
    pub async fn audit_show(&self, id: &str) -> Result<Option<AuditEntry>, StoreError> {
        let by_place = id.rsplit_once(':').filter(|(tenant, _)| *tenant != "sha256");
        let by_place = by_place.and_then(|(tenant, seq)| Some((tenant, seq.parse::<i64>().ok()?)));
        let found = if let Some((tenant, seq)) = by_place {
            let sql = format!("SELECT {COLUMNS} FROM audit WHERE tenant = $1 AND seq = $2");
            let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant).bind(seq);
            query.fetch_all(&self.inner.pool).await?
        } else {
            let digits = id.strip_prefix("sha256:").unwrap_or(id);
            if digits.len() < 6 || !digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
                return Err(bad_id(id, "has the form tenant:number, or is at least 6 digits of a hash"));
            }
            let sql = format!("SELECT {COLUMNS} FROM audit WHERE hash >= $1 AND hash < $2 LIMIT 2");
            let query = sqlx::query(sqlx::AssertSqlSafe(sql));
            let query = query.bind(format!("sha256:{digits}")).bind(format!("sha256:{digits}g"));
            query.fetch_all(&self.inner.pool).await?
        };
        if found.len() > 1 {
            return Err(bad_id(id, "begins several hashes; give more digits"));
        }
        let entry = found.first().map(|row| read_row(row).map(|(entry, _)| entry)).transpose();
        entry.map_err(|e| StoreError::unreadable(format!("audit entry {id}"), e))
    }
}

fn bad_id(id: &str, why: &'static str) -> StoreError {
    StoreError::BadText { what: "id of an audit entry", text: id.escape_debug().to_string(), why }
}

/// An entry from its row, with what is wrong about how it is written; the error says which column does
/// not read.
pub(crate) fn read_row(row: &Row) -> Result<(AuditEntry, Option<&'static str>), String> {
    let text = |i: usize| row.try_get::<String, _>(i).map_err(|e| e.to_string());
    let (actor, payload) = (text(4)?, text(5)?);
    let json =
        |text: &str, what| serde_json::from_str(text).map_err(|e| format!("its {what} is no JSON: {e}"));
    let entry = AuditEntry {
        format_version: FORMAT_VERSION,
        tenant: text(0)?,
        seq: row.try_get(1).map_err(|e| e.to_string())?,
        at: text(2)?,
        kind: text(3)?,
        actor: json(&actor, "actor")?,
        payload: json(&payload, "payload")?,
        prev: text(6)?,
        hash: text(7)?,
        key_id: text(8)?,
        signature: text(9)?,
    };
    let canonical = |value, text: &str| to_jcs("", value).is_ok_and(|jcs| jcs == text);
    let as_written = canonical(&entry.actor, &actor) && canonical(&entry.payload, &payload);
    Ok((entry, (!as_written).then_some("it was edited: its text is not in canonical form")))
}

/// All public keys that ever signed, oldest first.
pub(crate) async fn all_keys(conn: &mut Conn) -> Result<Vec<PublicKey>, StoreError> {
    let keys = sqlx::query_scalar::<_, String>("SELECT public FROM audit_keys ORDER BY place");
    keys.fetch_all(conn).await?.iter().map(|text| text.parse()).collect()
}

pub(crate) async fn newest_key(conn: &mut Conn) -> Result<Option<PublicKey>, StoreError> {
    Ok(all_keys(conn).await?.pop())
}

pub(crate) async fn add_key(conn: &mut Conn, key: &PublicKey) -> Result<(), StoreError> {
    let sql = "INSERT INTO audit_keys (place, public) SELECT COALESCE(MAX(place), 0) + 1, $1 FROM audit_keys";
    sqlx::query(sql).bind(key.to_string()).execute(conn).await?;
    Ok(())
}
