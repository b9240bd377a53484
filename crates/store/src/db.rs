//! The one place that knows SQLite: connecting, settings, migrations, write transactions, error codes.
//!
//! For PostgreSQL replace this file and the migrations; everything else speaks plain SQL with `$1`.

use crate::error::StoreError;
use aplomo_core::TenantName;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Pool, Sqlite, Transaction};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use tokio::sync::MutexGuard;

pub(crate) type Db = Sqlite;
pub(crate) type Conn = sqlx::SqliteConnection;
pub(crate) type Row = sqlx::sqlite::SqliteRow;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// How long a write waits for another process.
const BUSY: Duration = Duration::from_secs(20);

fn settings(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging()
}

/// Connects to a file that exists; `max_pages` limits its size (tests of a full disk).
pub(crate) async fn connect(path: &Path, max_pages: Option<u32>) -> Result<Pool<Db>, StoreError> {
    let mut options =
        settings(SqliteConnectOptions::new().filename(path)).journal_mode(SqliteJournalMode::Wal);
    if let Some(pages) = max_pages {
        options = options.pragma("max_page_count", pages.to_string());
    }
    Ok(SqlitePoolOptions::new().max_connections(4).connect_with(options).await?)
}

/// A store in memory: one connection, for it has no other home.
pub(crate) async fn connect_in_memory() -> Result<Pool<Db>, StoreError> {
    let options = settings(SqliteConnectOptions::new().in_memory(true));
    let pool = SqlitePoolOptions::new().max_connections(1).min_connections(1);
    Ok(pool.idle_timeout(None).max_lifetime(None).connect_with(options).await?)
}

pub(crate) async fn migrate(pool: &Pool<Db>) -> Result<(), StoreError> {
    MIGRATIONS.run(pool).await.map_err(|e| match e {
        MigrateError::VersionMissing(step) => StoreError::NewerSchema(step),
        MigrateError::VersionMismatch(step) => StoreError::OtherSchema(step),
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => e.into(),
        other => StoreError::Sql(other.to_string()),
    })
}

/// A transaction that writes. Writers of one process wait in line here, those of others in SQLite:
/// the lock is taken at the beginning, so what is read inside stays true until the commit.
pub(crate) struct WriteTx<'s> {
    pub(crate) tx: Transaction<'static, Db>,
    /// The ends of the audit chains touched so far.
    pub(crate) tails: BTreeMap<TenantName, (i64, String)>,
    pub(crate) sealer: &'s crate::audit::Sealer,
    pub(crate) _turn: MutexGuard<'s, ()>,
}

impl<'s> WriteTx<'s> {
    pub(crate) async fn begin(
        pool: &Pool<Db>,
        sealer: &'s crate::audit::Sealer,
        turn: MutexGuard<'s, ()>,
    ) -> Result<Self, StoreError> {
        let tx = pool.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Self { tx, tails: BTreeMap::new(), sealer, _turn: turn })
    }

    /// Durable when it returns.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|e| e.code()).and_then(|c| c.parse::<u32>().ok());
        match code.map(|c| c & 0xff) {
            Some(5 | 6) => Self::Busy,
            Some(8) => Self::ReadOnly,
            Some(10) => Self::Disk(error.to_string()),
            Some(11 | 26) => Self::Corrupt(error.to_string()),
            Some(13) => Self::Full,
            _ => Self::Sql(error.to_string()),
        }
    }
}

/// Makes a directory that only we may enter; one that exists stays as it is.
pub(crate) fn make_dir(dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir)
}

/// Makes a new file that only we may read.
pub(crate) fn new_private_file(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path)
}

/// Makes the store's file where there is none, and takes other users' permissions away. It never
/// opens a file that exists: closing it would drop SQLite's own locks in this process.
pub(crate) fn make_file(path: &Path) -> std::io::Result<()> {
    match new_private_file(path) {
        Ok(_) => return Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(e) => return Err(e),
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path)?.permissions().mode();
        if mode & 0o077 != 0 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & 0o700))?;
        }
    }
    Ok(())
}
