//! Reports: what the last one said, and those on their way. A report is made once for each moment of its
//! schedule, in one transaction with all its letters; each letter stays until its receiver has it.
//!
//! Deliberately absent: schedules, receivers and what a letter says (the daemon).

use crate::error::{StoreError, read_json, to_json};
use crate::store::Store;
use aplomo_core::told::Told;
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

/// A letter on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Letter<L> {
    /// Its number.
    pub id: i64,
    /// The report that it is of.
    pub name: String,
    /// Receiver and content.
    pub letter: L,
    /// How often it was tried, this time included.
    pub attempts: u32,
}

/// A letter that its receiver has not taken yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// The report that it is of.
    pub name: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub next: Timestamp,
    /// Why it was not taken.
    pub trouble: Option<String>,
}

fn time(ms: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(ms).map_err(|e| StoreError::unreadable("a time", e))
}

impl Store {
    /// The last moment of a report's schedule that was seen to; `None` where there was none yet.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn report_slot(&self, name: &str) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT slot_ms FROM reports WHERE name = $1";
        let slot: Option<i64> = sqlx::query_scalar(sql).bind(name).fetch_optional(&self.inner.pool).await?;
        slot.map(time).transpose()
    }

    /// What the last report of a name said.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn told(&self, name: &str) -> Result<Option<Told>, StoreError> {
        let sql = "SELECT told FROM reports WHERE name = $1 AND told IS NOT NULL";
        let told: Option<String> =
            sqlx::query_scalar(sql).bind(name).fetch_optional(&self.inner.pool).await?;
        told.map(|text| read_json("a report", &text)).transpose()
    }

    /// What the newest report of a tenant said, by whatever schedule it was sent: the names of its reports are
    /// its own, or begin with it and a blank.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn told_newest(&self, tenant: &str) -> Result<Option<Told>, StoreError> {
        let sql = "SELECT told FROM reports WHERE told IS NOT NULL AND (name = $1 OR substr(name, 1, length($1) + 1) = $1 || ' ') \
                   ORDER BY slot_ms DESC, name LIMIT 1";
        let told: Option<String> =
            sqlx::query_scalar(sql).bind(tenant).fetch_optional(&self.inner.pool).await?;
        told.map(|text| read_json("a report", &text)).transpose()
    }

    /// Records that a report was made for a moment of its schedule, with what it said and a letter for each
    /// receiver; without a report only the moment. Gives false, and does nothing, where that moment or a
    /// later one was seen to already.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn report_made<L: Serialize>(
        &self,
        name: &str,
        slot: Timestamp,
        report: Option<(&Told, &[L])>,
    ) -> Result<bool, StoreError> {
        let mut w = self.write().await?;
        let told = report.map(|(told, _)| to_json("a report", told)).transpose()?;
        let sql = "INSERT INTO reports (name, slot_ms, told) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE \
                   SET slot_ms = excluded.slot_ms, told = COALESCE(excluded.told, reports.told) \
                   WHERE reports.slot_ms < excluded.slot_ms";
        let query = sqlx::query(sql).bind(name).bind(slot.as_millisecond()).bind(told);
        if query.execute(&mut *w.tx).await?.rows_affected() == 0 {
            return Ok(false);
        }
        for letter in report.map(|(_, letters)| letters).unwrap_or_default() {
            let sql = "INSERT INTO letters (name, letter, attempts, next_ms) VALUES ($1, $2, 0, $3)";
            let query = sqlx::query(sql).bind(name).bind(to_json("a letter", letter)?);
            query.bind(self.now().as_millisecond()).execute(&mut *w.tx).await?;
        }
        w.commit().await?;
        Ok(true)
    }

    /// Takes the letter that is due first, so that nobody else takes it for `lease`; whoever dies with it has
    /// it tried again after that.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn letter_take<L: DeserializeOwned>(
        &self,
        lease: SignedDuration,
    ) -> Result<Option<Letter<L>>, StoreError> {
        let mut w = self.write().await?;
        let now = self.now();
        let sql =
            "SELECT id, name, letter, attempts FROM letters WHERE next_ms <= $1 ORDER BY next_ms, id LIMIT 1";
        let found = sqlx::query(sql).bind(now.as_millisecond()).fetch_optional(&mut *w.tx).await?;
        let Some(row) = found else { return Ok(None) };
        let (id, attempts): (i64, i64) = (row.try_get(0)?, row.try_get::<i64, _>(3)? + 1);
        let again = now.saturating_add(lease).unwrap_or(now).as_millisecond();
        let query = sqlx::query("UPDATE letters SET attempts = $2, next_ms = $3 WHERE id = $1");
        query.bind(id).bind(attempts).bind(again).execute(&mut *w.tx).await?;
        w.commit().await?;
        let letter = read_json("a letter", row.try_get(2)?)?;
        let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
        Ok(Some(Letter { id, name: row.try_get(1)?, letter, attempts }))
    }

    /// Its receiver has it.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn letter_sent(&self, id: i64) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        sqlx::query("DELETE FROM letters WHERE id = $1").bind(id).execute(&mut *w.tx).await?;
        w.commit().await
    }

    /// Its receiver did not take it: it is tried again at `next`.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn letter_failed(&self, id: i64, next: Timestamp, why: &str) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        let query = sqlx::query("UPDATE letters SET next_ms = $2, trouble = $3 WHERE id = $1");
        query.bind(id).bind(next.as_millisecond()).bind(why).execute(&mut *w.tx).await?;
        w.commit().await
    }

    /// All letters on their way, the next to be tried first.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn letters_waiting(&self) -> Result<Vec<Waiting>, StoreError> {
        let sql = "SELECT name, attempts, next_ms, trouble FROM letters ORDER BY next_ms, id";
        let waiting = |row: &crate::db::Row| {
            Ok(Waiting {
                name: row.try_get(0)?,
                attempts: u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or(u32::MAX),
                next: time(row.try_get(2)?)?,
                trouble: row.try_get(3)?,
            })
        };
        sqlx::query(sql).fetch_all(&self.inner.pool).await?.iter().map(waiting).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::Store;
    use crate::tests::{Hand, options};
    use aplomo_core::told::Told;
    use jiff::{SignedDuration, Timestamp};
    use std::collections::BTreeSet;

    const LEASE: SignedDuration = SignedDuration::from_secs(60);

    async fn store() -> (Store, Hand) {
        let clock = Hand::default();
        (Store::open_in_memory(options(&clock)).await.unwrap(), clock)
    }

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
    }

    fn told(minute: i64) -> Told {
        Told { at: at(minute), drifts: BTreeSet::new() }
    }

    #[tokio::test]
    async fn a_report_is_made_once_for_a_moment_of_its_schedule() {
        let (store, _) = store().await;
        assert_eq!(store.report_slot("acme").await.unwrap(), None);
        assert!(store.report_made::<String>("acme", at(0), None).await.unwrap());
        assert_eq!(
            (store.report_slot("acme").await.unwrap(), store.told("acme").await.unwrap()),
            (Some(at(0)), None)
        );
        let letters = ["one".to_owned(), "two".to_owned()];
        let made = async |slot| {
            store.report_made("acme", at(slot), Some((&told(slot), &letters[..]))).await.unwrap()
        };
        assert_eq!((made(5).await, made(5).await, made(4).await, made(6).await), (true, false, false, true));
        assert_eq!(store.letters_waiting().await.unwrap().len(), 4);
        assert_eq!(store.told("acme").await.unwrap(), Some(told(6)));
        assert_eq!(store.told("other").await.unwrap(), None);
        assert_eq!(store.told_newest("acme").await.unwrap(), Some(told(6)));
        assert_eq!(store.told_newest("acm").await.unwrap(), None);
        // Only the moment moves on: what was said stays what was said.
        assert!(store.report_made::<String>("acme", at(9), None).await.unwrap());
        assert_eq!(store.told("acme").await.unwrap(), Some(told(6)));
    }

    #[tokio::test]
    async fn a_letter_is_taken_by_one_tried_again_and_gone_once_it_arrived() {
        let (store, clock) = store().await;
        let letters = ["hello".to_owned()];
        store.report_made("acme", at(0), Some((&told(0), &letters[..]))).await.unwrap();
        let take = async || store.letter_take::<String>(LEASE).await.unwrap();
        let first = take().await.unwrap();
        assert_eq!((first.letter.as_str(), first.attempts), ("hello", 1));
        assert_eq!(take().await, None, "it is in somebody's hands");
        clock.forward(61);
        assert_eq!(take().await.unwrap().attempts, 2, "who had it died");
        store.letter_failed(first.id, at(10), "connection refused").await.unwrap();
        assert_eq!(take().await, None);
        let waiting = store.letters_waiting().await.unwrap();
        assert_eq!((waiting[0].next, waiting[0].trouble.as_deref()), (at(10), Some("connection refused")));
        clock.forward(600);
        let again = take().await.unwrap();
        store.letter_sent(again.id).await.unwrap();
        assert!(store.letters_waiting().await.unwrap().is_empty());
    }
}
