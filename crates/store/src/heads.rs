//! Publishing the ends of the audit chains outside the store, and reading them back.
//!
//! A file that only grows, one JSON line per head. A line `{"restored": <time>}` says that what
//! follows belongs to a store that does not continue the earlier heads; verifying still asks for those,
//! until a person recovered from that loss: a line `{"recovered": <time>}`.

use crate::db::Conn;
use crate::error::StoreError;
use crate::store::Store;
use aplomo_core::{Digest, TenantName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::sync::PoisonError;

/// The end of one audit chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Whose chain.
    pub tenant: TenantName,
    /// The number of its last entry, from 1.
    pub seq: i64,
    /// That entry's hash.
    pub hash: Digest,
    /// When that entry was written.
    pub at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Head(Head),
    Restored { restored: Timestamp },
    Recovered { recovered: Timestamp },
}

impl Store {
    /// The end of every chain.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn heads(&self) -> Result<Vec<Head>, StoreError> {
        let sql = "SELECT a.tenant, a.seq, a.hash, a.at FROM audit a JOIN \
                   (SELECT tenant, MAX(seq) AS seq FROM audit GROUP BY tenant) m \
                   ON m.tenant = a.tenant AND m.seq = a.seq ORDER BY a.tenant";
        let rows = sqlx::query(sql).fetch_all(&self.inner.pool).await?;
        let bad = |e: &dyn std::fmt::Display| StoreError::unreadable("the head of an audit chain", e);
        let head = |row: &crate::db::Row| {
            Ok(Head {
                tenant: TenantName::new(row.try_get::<String, _>(0)?).map_err(|e| bad(&e))?,
                seq: row.try_get(1)?,
                hash: row.try_get::<String, _>(2)?.parse().map_err(|e| bad(&e))?,
                at: row.try_get::<String, _>(3)?.parse().map_err(|e| bad(&e))?,
            })
        };
        rows.iter().map(head).collect()
    }

    /// Publishes the heads of these tenants (all where `None`): appends them to the head file and logs
    /// them, as the options say. Happens by itself after each run and approval. Trouble never fails
    /// what was already committed; it is logged and told by [`Store::head_trouble`].
    pub async fn publish_heads(&self, tenants: Option<&BTreeSet<TenantName>>) {
        let published = self.heads().await.and_then(|mut heads| {
            heads.retain(|head| tenants.is_none_or(|tenants| tenants.contains(&head.tenant)));
            self.publish(&heads)
        });
        if let Err(error) = &published {
            tracing::error!(target: "aplomo::audit", %error, "audit heads could not be published");
        }
        let trouble = published.err().map(|e| e.to_string());
        *self.inner.head_trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// After a person recovered from a lost or older store: verifying asks for the heads from here on.
    /// Nothing happens where this store continues what was published.
    ///
    /// # Errors
    /// Trouble with the store or the head file.
    pub async fn heads_begin_anew(&self) -> Result<(), StoreError> {
        let Some(path) = self.inner.head_file.as_deref() else { return Ok(()) };
        let mut tx = self.read().await?;
        for head in read_all(path)? {
            if !has(&mut tx, &head).await? {
                append(path, &[Line::Recovered { recovered: self.now() }])?;
                break;
            }
        }
        drop(tx);
        self.publish_heads(None).await;
        Ok(())
    }

    fn publish(&self, heads: &[Head]) -> Result<(), StoreError> {
        if self.inner.log_heads {
            for Head { tenant, seq, hash, .. } in heads {
                tracing::info!(target: "aplomo::audit", %tenant, seq, %hash, "audit head");
            }
        }
        let lines: Vec<_> = heads.iter().cloned().map(Line::Head).collect();
        self.inner.head_file.as_deref().map_or(Ok(()), |path| append(path, &lines))
    }
}

fn append(path: &Path, lines: &[Line]) -> Result<(), StoreError> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&crate::error::to_json("an audit head", line)?);
        text.push('\n');
    }
    let bad = |e| StoreError::file(path, e);
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).map_err(bad)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_data()).map_err(bad)
}

pub(crate) fn mark_restored(path: &Path, at: Timestamp) -> Result<(), StoreError> {
    append(path, &[Line::Restored { restored: at }])
}

/// The published heads since the last recovery in order; a line cut off by a crash is left out. None
/// where there is no file.
pub(crate) fn read_all(path: &Path) -> Result<Vec<Head>, StoreError> {
    let mut heads = Vec::new();
    for line in read_lines(path)? {
        match line {
            Line::Head(head) => heads.push(head),
            Line::Recovered { .. } => heads.clear(),
            Line::Restored { .. } => {}
        }
    }
    Ok(heads)
}

fn read_lines(path: &Path) -> Result<Vec<Line>, StoreError> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(StoreError::file(path, e)),
    };
    let lines = std::io::BufReader::new(file).lines().collect::<Result<Vec<_>, _>>();
    let lines = lines.map_err(|e| StoreError::file(path, e))?;
    Ok(lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// Whether a head was published that the store does not have.
pub(crate) async fn ahead_of_store(conn: &mut Conn, path: &Path) -> Result<bool, StoreError> {
    let mut last = BTreeMap::new();
    for line in read_lines(path)? {
        match line {
            Line::Restored { .. } | Line::Recovered { .. } => last.clear(),
            Line::Head(head) => drop(last.insert(head.tenant.clone(), head)),
        }
    }
    for head in last.values() {
        if !has(conn, head).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the store has this head at its place.
async fn has(conn: &mut Conn, head: &Head) -> Result<bool, StoreError> {
    let sql = "SELECT hash FROM audit WHERE tenant = $1 AND seq = $2";
    let query = sqlx::query_scalar(sql).bind(head.tenant.as_str()).bind(head.seq);
    let found: Option<String> = query.fetch_optional(&mut *conn).await?;
    Ok(found == Some(head.hash.to_string()))
}
