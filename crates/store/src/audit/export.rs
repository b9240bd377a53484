//! Exporting one tenant's chain as JSON lines, and verifying such an export without a store.
//!
//! The first line is an [`ExportHeader`]; each further line is an [`AuditEntry`] in canonical JSON.

use super::chain::ChainCheck;
use super::entry::AuditEntry;
use super::query::{COLUMNS, all_keys, read_row};
use super::verify::{VerifyOptions, VerifyReport};
use crate::error::{StoreError, to_jcs};
use crate::key::PublicKey;
use crate::store::Store;
use aplomo_core::{Installation, TenantName};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};

const FORMAT: &str = "aplomo-audit";

/// The first line of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExportHeader {
    /// `aplomo-audit`.
    pub format: String,
    /// 1.
    pub format_version: u32,
    /// The installation.
    pub installation: Installation,
    /// Whose chain follows.
    pub tenant: TenantName,
    /// The public key that signs now, `ed25519:…`.
    pub key: String,
    /// All public keys that ever signed, oldest first.
    pub keys: Vec<String>,
}

impl Store {
    /// Writes one tenant's chain; gives the number of entries. Damaged entries are exported as they are.
    ///
    /// # Errors
    /// Trouble with the store or the writer; an entry whose JSON is broken.
    pub async fn audit_export<W: Write + Send>(
        &self,
        tenant: &TenantName,
        mut out: W,
    ) -> Result<u64, StoreError> {
        use futures_util::TryStreamExt as _;
        let mut tx = self.read().await?;
        let header = ExportHeader {
            format: FORMAT.to_owned(),
            format_version: super::entry::FORMAT_VERSION,
            installation: self.installation().clone(),
            tenant: tenant.clone(),
            key: self.public_key().to_string(),
            keys: all_keys(&mut tx).await?.iter().map(ToString::to_string).collect(),
        };
        write_line(&mut out, &header)?;
        let sql = format!("SELECT {COLUMNS} FROM audit WHERE tenant = $1 ORDER BY seq");
        let mut rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant.as_str()).fetch(&mut *tx);
        let mut entries = 0;
        while let Some(row) = rows.try_next().await? {
            let (entry, _) = read_row(&row).map_err(|e| StoreError::unreadable("an audit entry", e))?;
            write_line(&mut out, &entry)?;
            entries += 1;
        }
        out.flush().map_err(bad_out)?;
        Ok(entries)
    }
}

fn bad_out(e: std::io::Error) -> StoreError {
    StoreError::Sql(format!("the audit export cannot be written: {e}"))
}

fn write_line<T: Serialize>(out: &mut impl Write, value: &T) -> Result<(), StoreError> {
    let line = to_jcs("an audit entry", value)?;
    out.write_all(line.as_bytes()).and_then(|()| out.write_all(b"\n")).map_err(bad_out)
}

/// Verifies an export without the store. Where `options.key` is `None` the export's own key is
/// believed: that finds damage, not a rewrite with another key.
///
/// # Errors
/// A first line that is no header, a head of the wrong form, a reader that fails. What is wrong with
/// the entries is in the report.
pub fn verify_export<R: BufRead>(reader: R, options: &VerifyOptions) -> Result<VerifyReport, StoreError> {
    Ok(read_export(reader, options, |_| {})?.1)
}

/// Verifies an export and shows each entry to `on_entry`, believed or not.
pub(crate) fn read_export<R: BufRead>(
    reader: R,
    options: &VerifyOptions,
    mut on_entry: impl FnMut(&AuditEntry),
) -> Result<(ExportHeader, VerifyReport), StoreError> {
    let mut lines = reader.lines();
    let first =
        lines.next().transpose().map_err(|e| StoreError::BadExport(e.to_string()))?.unwrap_or_default();
    let header = read_header(&first)?;
    if options.tenant.as_ref().is_some_and(|tenant| *tenant != header.tenant) {
        return Err(StoreError::BadExport(format!("it is of tenant {}", header.tenant)));
    }
    let keys = header.keys.iter().map(|k| k.parse()).collect::<Result<Vec<PublicKey>, _>>()?;
    let expected = options.key.map_or_else(|| header.key.parse(), Ok)?;
    let mut check = ChainCheck::new(header.installation.clone(), keys, Some(expected));
    let options = VerifyOptions { tenant: Some(header.tenant.clone()), ..options.clone() };
    options.want_heads(&mut check)?;
    for line in lines {
        let line = line.map_err(|e| StoreError::BadExport(e.to_string()))?;
        match serde_json::from_str::<AuditEntry>(&line) {
            Ok(entry) if entry.tenant == header.tenant.as_str() => {
                let as_written = to_jcs("", &entry).is_ok_and(|jcs| jcs == line);
                on_entry(&entry);
                check.push(
                    entry,
                    (!as_written).then_some("it was edited: its text is not in canonical form"),
                )?;
            }
            Ok(entry) => {
                check.push_unreadable(&format!("it belongs to tenant {}", entry.tenant.escape_debug()))
            }
            Err(e) => check.push_unreadable(&format!("its line does not read: {e}")),
        }
    }
    let report = VerifyReport::of(check.finish(Some(header.tenant.as_str()))?);
    Ok((header, report))
}

fn read_header(line: &str) -> Result<ExportHeader, StoreError> {
    let header: ExportHeader = serde_json::from_str(line)
        .map_err(|e| StoreError::BadExport(format!("its first line is no header of an audit export: {e}")))?;
    if header.format != FORMAT || header.format_version != super::entry::FORMAT_VERSION {
        return Err(StoreError::BadExport(format!(
            "its format is {} {}",
            header.format, header.format_version
        )));
    }
    Ok(header)
}
