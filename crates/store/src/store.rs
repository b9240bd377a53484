//! Opening the store, and the handle that everything else hangs on.
//!
//! Deliberately absent: what is stored; each concern has its own file.

use crate::audit::Sealer;
use crate::db::{self, Conn, Db, WriteTx};
use crate::error::StoreError;
use crate::key::{PublicKey, SigningKey};
use aplomo_core::approval::{Actor, Known};
use aplomo_core::ports::{Clock, Ids};
use aplomo_core::{ActorName, Installation, TenantName};
use jiff::Timestamp;
use sqlx::Pool;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use tokio::sync::Mutex;

/// What a store is opened with.
#[derive(Clone)]
pub struct Options {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Fresh ids.
    pub ids: Arc<dyn Ids>,
    /// Signs the audit log.
    pub key: SigningKey,
    /// Whose store it is; a store of another installation is refused.
    pub installation: Installation,
    /// Where heads of the audit chains are published, one JSON line each. Put it where who writes the
    /// store cannot rewrite it. `<head_file>.generation` is kept beside it.
    pub head_file: Option<PathBuf>,
    /// Whether published heads are logged too (`tracing`, target `aplomo::audit`).
    pub log_heads: bool,
}

/// The store. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) pool: Pool<Db>,
    pub(crate) clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    pub(crate) sealer: Sealer,
    pub(crate) head_file: Option<PathBuf>,
    pub(crate) log_heads: bool,
    pub(crate) restored: AtomicBool,
    pub(crate) head_trouble: StdMutex<Option<String>>,
    turn: Mutex<()>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({}, {:?})", self.inner.sealer.installation, self.inner.sealer.key)
    }
}

/// Who acts where nobody asked: Aplomo itself.
#[must_use]
pub fn system_actor() -> Actor {
    Actor { name: ActorName::known("aplomo"), how: Known::Policy }
}

/// The chain that a text beginning with a tenant's name belongs to; `platform` where it names none.
pub(crate) fn chain_of(text: &str) -> TenantName {
    let first = text.split(['/', ':']).next().unwrap_or_default();
    TenantName::new(first).unwrap_or(TenantName::known(TenantName::PLATFORM))
}

impl Store {
    /// Opens the store; makes file (mode 0600) and directory (0700) where there are none. Write-ahead
    /// log with full synchronisation: what was committed survives a power cut.
    ///
    /// # Errors
    /// [`StoreError::Open`] with what is wrong: a newer schema, another installation or key, damage,
    /// permissions. Each says the way out; nothing was changed.
    pub async fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        Self::open_limited(path.as_ref(), options, None).await
    }

    pub(crate) async fn open_limited(
        path: &Path,
        options: Options,
        max_pages: Option<u32>,
    ) -> Result<Self, StoreError> {
        let wrap = |why| StoreError::Open { path: path.to_owned(), why: Box::new(why) };
        let _only_one = opening_lock(path).await.map_err(wrap)?;
        let pool = db::connect(path, max_pages).await.map_err(wrap)?;
        match Self::start(pool.clone(), options).await {
            Ok(store) => Ok(store),
            Err(why) => {
                pool.close().await;
                Err(wrap(why))
            }
        }
    }

    /// A store in memory, for tests.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_in_memory(options: Options) -> Result<Self, StoreError> {
        Self::start(db::connect_in_memory().await?, options).await
    }

    async fn start(pool: Pool<Db>, options: Options) -> Result<Self, StoreError> {
        db::migrate(&pool).await?;
        let inner = Inner {
            pool,
            clock: options.clock,
            ids: options.ids,
            sealer: Sealer { installation: options.installation, key: options.key },
            head_file: options.head_file,
            log_heads: options.log_heads,
            restored: AtomicBool::new(false),
            head_trouble: StdMutex::default(),
            turn: Mutex::new(()),
        };
        let store = Self { inner: Arc::new(inner) };
        let mut w = store.write().await?;
        store.check_owner(&mut w).await?;
        store.check_generation(&mut w).await?;
        w.commit().await?;
        store.settle_generation().await?;
        Ok(store)
    }

    async fn check_owner(&self, w: &mut WriteTx<'_>) -> Result<(), StoreError> {
        let given = self.inner.sealer.installation.to_string();
        let found = match meta(&mut w.tx, "installation").await? {
            Some(found) => found,
            None => set_meta(&mut w.tx, "installation", &given).await.map(|()| given.clone())?,
        };
        if found != given {
            return Err(StoreError::OtherInstallation { found, given });
        }
        let public = self.public_key();
        match crate::audit::newest_key(&mut w.tx).await? {
            None => crate::audit::add_key(&mut w.tx, &public).await,
            Some(key) if key == public => Ok(()),
            Some(key) => Err(StoreError::OtherKey { found: key.id(), given: public.id() }),
        }
    }

    /// The public half of the key that signs.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.inner.sealer.key.public()
    }
    /// Whose store it is.
    #[must_use]
    pub fn installation(&self) -> &Installation {
        &self.inner.sealer.installation
    }
    /// A fresh id, e.g. of a run or an approval.
    #[must_use]
    pub fn fresh_id(&self) -> String {
        self.inner.ids.fresh()
    }
    /// Whether this is an older copy than the published heads know (or a new one in the place of a lost
    /// one), found when it was opened: standing approvals were revoked then; look up the open intents.
    #[must_use]
    pub fn restored(&self) -> bool {
        self.inner.restored.load(Ordering::Relaxed)
    }
    /// Why heads could not be published last time, for a metric and `status`.
    #[must_use]
    pub fn head_trouble(&self) -> Option<String> {
        self.inner.head_trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
    /// Closes all connections; other clones of the store are closed too.
    pub async fn close(&self) {
        self.inner.pool.close().await;
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }
    pub(crate) async fn write(&self) -> Result<WriteTx<'_>, StoreError> {
        WriteTx::begin(&self.inner.pool, &self.inner.sealer, self.inner.turn.lock().await).await
    }
    /// A transaction that only reads: all of it sees one moment.
    pub(crate) async fn read(&self) -> Result<sqlx::Transaction<'static, Db>, StoreError> {
        Ok(self.inner.pool.begin().await?)
    }
}

/// Processes open the store one after the other, so migrations run once. The lock ends with the handle.
async fn opening_lock(path: &Path) -> Result<std::fs::File, StoreError> {
    let path = path.to_owned();
    let locked = tokio::task::spawn_blocking(move || {
        let bad = |e: std::io::Error| StoreError::file(&path, e);
        if let Some(dir) = path.parent().filter(|d| !d.as_os_str().is_empty()) {
            db::make_dir(dir).map_err(bad)?;
        }
        let mut beside = path.as_os_str().to_owned();
        beside.push(".lock");
        let file = match db::new_private_file(Path::new(&beside)) {
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
                std::fs::OpenOptions::new().write(true).open(&beside)
            }
            other => other,
        };
        let file = file.map_err(bad)?;
        file.lock().map_err(bad)?;
        db::make_file(&path).map_err(bad)?;
        Ok(file)
    });
    locked.await.map_err(|e| StoreError::Sql(e.to_string()))?
}

pub(crate) async fn meta(conn: &mut Conn, name: &str) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar("SELECT value FROM meta WHERE name = $1").bind(name).fetch_optional(conn).await?)
}

pub(crate) async fn set_meta(conn: &mut Conn, name: &str, value: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    sqlx::query(sql).bind(name).bind(value).execute(conn).await?;
    Ok(())
}
