//! People: the immutable id behind a login as it was first met, and those whose word counts no more.
//!
//! Deliberately absent: who may ask or approve (`forge`).

use crate::audit::AuditKind;
use crate::error::{StoreError, read_json, to_json};
use crate::store::Store;
use aplomo_core::TenantName;
use aplomo_core::approval::{Actor, Approval, Known};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// Somebody whose approvals ended and who gives no new ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// The login, in lower case.
    pub login: SmolStr,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: Actor,
    /// Since when.
    pub at: Timestamp,
}

const PLATFORM: TenantName = TenantName::known(TenantName::PLATFORM);

impl Store {
    /// The id that a login had when it was first met; it is remembered now where it is met for the first time.
    /// Another one than `id` means that the login belongs to somebody else by now.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn login_id(&self, login: &str, id: u64) -> Result<u64, StoreError> {
        let login = login.to_lowercase();
        let mut w = self.write().await?;
        let sql = "INSERT INTO logins (login, id) VALUES ($1, $2) ON CONFLICT (login) DO NOTHING";
        let query = sqlx::query(sql).bind(login.as_str()).bind(i64::try_from(id).unwrap_or(i64::MAX));
        query.execute(&mut *w.tx).await?;
        let query = sqlx::query_scalar("SELECT id FROM logins WHERE login = $1").bind(login.as_str());
        let known: i64 = query.fetch_one(&mut *w.tx).await?;
        w.commit().await?;
        Ok(u64::try_from(known).unwrap_or_default())
    }

    /// Ends all approvals of a person, and takes no new ones. Gives how many ended.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn suspend(&self, login: &str, reason: &str, by: &Actor) -> Result<usize, StoreError> {
        let login = SmolStr::new(login.to_lowercase());
        let (reason, by, at) = (reason.to_owned(), by.clone(), self.now());
        let entry = Suspension { login: login.clone(), reason: reason.clone(), by: by.clone(), at };
        let mut w = self.write().await?;
        let sql = "INSERT INTO suspended (login, entry) VALUES ($1, $2) ON CONFLICT (login) DO UPDATE SET entry = excluded.entry";
        let query = sqlx::query(sql).bind(login.as_str()).bind(to_json("a suspension", &entry)?);
        query.execute(&mut *w.tx).await?;
        let payload = json!({"login": login, "reason": reason});
        w.audit(&PLATFORM, AuditKind::Suspended, &by, at, payload).await?;
        w.commit().await?;
        let standing = self.approvals_standing(at).await?;
        let mut ended = 0;
        for approval in standing.iter().filter(|approval| is_by(approval, &login)) {
            ended += self
                .approval_revoke(&approval.id, &by, &format!("{login} is suspended: {reason}"))
                .await?
                .len();
        }
        self.publish_heads(Some(&BTreeSet::from([PLATFORM]))).await;
        Ok(ended)
    }

    /// The person's word counts again; `false` where it never ceased to.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn reinstate(&self, login: &str, reason: &str, by: &Actor) -> Result<bool, StoreError> {
        let login = login.to_lowercase();
        let mut w = self.write().await?;
        let query = sqlx::query("DELETE FROM suspended WHERE login = $1").bind(login.as_str());
        let was = query.execute(&mut *w.tx).await?.rows_affected() > 0;
        if was {
            let payload = json!({"login": login, "reason": reason, "ended": true});
            w.audit(&PLATFORM, AuditKind::Suspended, by, self.now(), payload).await?;
        }
        w.commit().await?;
        Ok(was)
    }

    /// All who are suspended.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn suspended(&self) -> Result<Vec<Suspension>, StoreError> {
        let sql = "SELECT entry FROM suspended ORDER BY login";
        let texts: Vec<String> = sqlx::query_scalar(sql).fetch_all(&self.inner.pool).await?;
        texts.iter().map(|text| read_json("a suspension", text)).collect()
    }
}

/// Whether an approval is of this login: as GitHub vouched for it, or as somebody claimed at a keyboard.
fn is_by(approval: &Approval, login: &str) -> bool {
    let named = approval.by.name.as_str().eq_ignore_ascii_case(login);
    named && approval.by.how != Known::Policy
}
