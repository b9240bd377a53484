//! Verifying the chains in the store.

use super::chain::ChainCheck;
use super::query::{COLUMNS, all_keys, read_row};
use crate::error::StoreError;
use crate::heads;
use crate::key::PublicKey;
use crate::store::Store;
use aplomo_core::{Digest, TenantName};
use serde::Serialize;
use std::fmt;
use std::path::PathBuf;

/// What to hold the log against.
#[derive(Debug, Clone, Default)]
pub struct VerifyOptions {
    /// Only this tenant's chain; all where `None`.
    pub tenant: Option<TenantName>,
    /// A hash, `sha256:` with 64 digits or the digits alone, that must be found in a chain.
    pub head: Option<String>,
    /// A head file: every head in it must be found at its place.
    pub head_file: Option<PathBuf>,
    /// The key that must have signed; in the store its own key where `None`, in an export the one that
    /// the export itself names (which proves less).
    pub key: Option<PublicKey>,
}

impl VerifyOptions {
    /// Puts the heads that must be found into the check.
    pub(crate) fn want_heads(&self, check: &mut ChainCheck) -> Result<(), StoreError> {
        if let Some(text) = &self.head {
            let digits = text.strip_prefix("sha256:").unwrap_or(text);
            let hash = format!("sha256:{digits}").parse::<Digest>().map_err(|_| StoreError::BadText {
                what: "audit head",
                text: text.escape_debug().to_string(),
                why: "has the form sha256:<64 hexadecimal digits>",
            })?;
            check.want(None, hash);
        }
        for head in self.head_file.as_deref().map_or(Ok(Vec::new()), heads::read_all)? {
            if self.tenant.as_ref().is_none_or(|tenant| *tenant == head.tenant) {
                check.want(Some((head.tenant.to_string(), head.seq)), head.hash);
            }
        }
        Ok(())
    }
}

/// One thing that is wrong with the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Whose chain; `*` where a head was found in none.
    pub tenant: String,
    /// The entry's number; 0 where it is about the whole chain.
    pub seq: i64,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.tenant, self.seq, self.what)
    }
}

/// What verifying found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// What is wrong, in the order of the chains.
    pub problems: Vec<Problem>,
    /// How many entries were checked.
    pub entries: u64,
}

impl VerifyReport {
    pub(crate) fn of((problems, entries): (Vec<Problem>, u64)) -> Self {
        Self { ok: problems.is_empty(), problems, entries }
    }
}

impl Store {
    /// Checks the audit log: edits, gaps, reorders, foreign rows, wrong signatures; with a head also a
    /// cut tail and a rewrite.
    ///
    /// # Errors
    /// Trouble with the store or the head file, or a head of the wrong form. What is wrong with the log
    /// is in the report.
    pub async fn audit_verify(&self, options: &VerifyOptions) -> Result<VerifyReport, StoreError> {
        use futures_util::TryStreamExt as _;
        let mut tx = self.read().await?;
        let expected = options.key.unwrap_or_else(|| self.public_key());
        let keys = all_keys(&mut tx).await?;
        let mut check = ChainCheck::new(self.installation().clone(), keys, Some(expected));
        options.want_heads(&mut check)?;
        let tenant = options.tenant.as_ref().map(TenantName::as_str);
        let sql = format!("SELECT {COLUMNS} FROM audit WHERE $1 IS NULL OR tenant = $1 ORDER BY tenant, seq");
        let mut rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant).fetch(&mut *tx);
        while let Some(row) = rows.try_next().await? {
            match read_row(&row) {
                Ok((entry, flaw)) => check.push(entry, flaw)?,
                Err(why) => check.push_unreadable(&why),
            }
        }
        Ok(VerifyReport::of(check.finish(tenant)?))
    }
}
