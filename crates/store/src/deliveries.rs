//! Deliveries of webhooks: durable before they are answered, taken once, and kept a while so that one that comes again
//! is known.
//!
//! Deliberately absent: signatures and what a delivery says (`forge`). A delivery carries nothing but what it concerns.

use crate::error::StoreError;
use crate::store::Store;
use jiff::{SignedDuration, Timestamp};
use smol_str::SmolStr;
use sqlx::Row as _;

/// How long a delivery that was dealt with is remembered; GitHub forgets them after three days.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A delivery that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// GitHub's id for it.
    pub id: SmolStr,
    /// What it concerns, in the words of whoever put it.
    pub concern: String,
}

impl Store {
    /// Puts a delivery in the queue; `false` where it came before.
    ///
    /// # Errors
    /// Trouble with the store: then it must be answered with an error, so that it is known as lost.
    pub async fn delivery_put(&self, id: &str, concern: &str) -> Result<bool, StoreError> {
        let mut w = self.write().await?;
        let sql = "INSERT INTO deliveries (id, at_ms, concern, done) VALUES ($1, $2, $3, 0) ON CONFLICT (id) DO NOTHING";
        let query = sqlx::query(sql).bind(id).bind(self.now().as_millisecond()).bind(concern);
        let new = query.execute(&mut *w.tx).await?.rows_affected() > 0;
        w.commit().await?;
        Ok(new)
    }

    /// The deliveries that wait, oldest first.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn deliveries(&self, most: u32) -> Result<Vec<Delivery>, StoreError> {
        let sql = "SELECT id, concern FROM deliveries WHERE done = 0 ORDER BY at_ms, id LIMIT $1";
        let rows = sqlx::query(sql).bind(i64::from(most)).fetch_all(&self.inner.pool).await?;
        let read = |row: &crate::db::Row| {
            Ok(Delivery { id: row.try_get::<&str, _>(0)?.into(), concern: row.try_get(1)? })
        };
        rows.iter().map(read).collect()
    }

    /// These were dealt with. Old ones are forgotten.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn deliveries_done(&self, ids: &[SmolStr]) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        for id in ids {
            let query = sqlx::query("UPDATE deliveries SET done = 1 WHERE id = $1").bind(id.as_str());
            query.execute(&mut *w.tx).await?;
        }
        let before = self.now().checked_sub(KEPT).unwrap_or(Timestamp::MIN).as_millisecond();
        let forget = sqlx::query("DELETE FROM deliveries WHERE done = 1 AND at_ms < $1").bind(before);
        forget.execute(&mut *w.tx).await?;
        w.commit().await
    }

    /// Which of these came in, whether or not they were dealt with.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn deliveries_known(&self, ids: &[SmolStr]) -> Result<Vec<SmolStr>, StoreError> {
        let mut known = Vec::new();
        for id in ids {
            let query = sqlx::query_scalar("SELECT COUNT(*) FROM deliveries WHERE id = $1").bind(id.as_str());
            let count: i64 = query.fetch_one(&self.inner.pool).await?;
            if count > 0 {
                known.push(id.clone());
            }
        }
        Ok(known)
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::memory_store;

    #[tokio::test]
    async fn a_delivery_is_taken_once_and_known_when_it_comes_again() {
        let store = memory_store().await;
        assert!(store.delivery_put("b", "pull 7").await.unwrap());
        assert!(store.delivery_put("a", "pull 8").await.unwrap());
        assert!(!store.delivery_put("b", "pull 9").await.unwrap());
        let waiting = store.deliveries(9).await.unwrap();
        assert_eq!(waiting.iter().map(|d| d.concern.as_str()).collect::<Vec<_>>(), ["pull 8", "pull 7"]);
        store.deliveries_done(&["a".into(), "b".into()]).await.unwrap();
        assert!(store.deliveries(9).await.unwrap().is_empty());
        assert!(!store.delivery_put("a", "pull 8").await.unwrap());
        assert_eq!(store.deliveries_known(&["a".into(), "c".into()]).await.unwrap(), ["a"]);
    }
}
