//! What every command starts from: configuration, store, engine, sources.

use crate::args::Common;
use crate::config::{self, Config, SourceConfig};
use crate::connector::AwsConnector;
use crate::connector::github::GithubConnector;
use crate::env::Env;
use crate::failure::Failure;
use crate::output::Out;
use crate::secrets::Keeper;
use anyhow::Context as _;
use aplomo_core::approval::{Actor, Known};
use aplomo_core::ports::Clock;
use aplomo_core::{ActorName, Installation, SourceName, TenantName};
use aplomo_engine::budget::{Budgets, Rate};
use aplomo_engine::clock::{SystemClock, SystemIds};
use aplomo_engine::{Engine, Parts};
use aplomo_source::{ReadOptions, Reading};
use aplomo_store::{Options, SigningKey, Store};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The name of the configuration file that is read without being asked for.
const USUAL_CONFIG: &str = "aplomo.yaml";

/// What a command starts from.
pub struct Cx {
    /// The process environment.
    pub env: Env,
    /// The common options.
    pub common: Common,
    /// The configuration.
    pub config: Config,
    /// The file the configuration was read from.
    pub config_file: Option<PathBuf>,
    /// The secrets of the configuration.
    pub secrets: Arc<Keeper>,
    /// The outputs.
    pub out: Out,
}

impl Cx {
    /// Reads the configuration.
    ///
    /// # Errors
    /// Where the file is not there or not valid; every problem is listed.
    pub fn new(env: Env, common: Common) -> Result<Self, Failure> {
        let out = Out::new(common.color, &env);
        let given = common.config.clone().or_else(|| env.var("APLOMO_CONFIG").map(PathBuf::from));
        let file = match given {
            Some(file) => Some(env.cwd.join(file)),
            None => Some(env.cwd.join(USUAL_CONFIG)).filter(|f| f.exists()),
        };
        let config = match &file {
            Some(file) => crate::configfile::read(file, out)?,
            None => Config::default().below(&env.cwd),
        };
        let secrets = Arc::new(Keeper::new(config.secrets.as_ref(), &env.vars)?);
        Ok(Self { env, common, config, config_file: file, secrets, out })
    }

    /// Opens the store; makes it where there is none.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub async fn store(&self) -> Result<Store, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        self.store_with(clock).await
    }

    async fn store_with(&self, clock: Arc<dyn Clock>) -> Result<Store, Failure> {
        keep_out_of_git(&self.config.store)?;
        let key_file = self.key_file()?;
        if self.config.store.exists() && !key_file.exists() {
            return Err(Failure::failed(format!(
                "the key {} is missing, and the audit log in {} is signed with it; put it back, or move the store away and run `aplomo recover`",
                key_file.display(),
                self.config.store.display()
            )));
        }
        let key = SigningKey::load_or_create(&key_file)?;
        let options = Options {
            clock,
            ids: Arc::new(SystemIds),
            key,
            installation: Installation::new(&self.config.installation)?,
            head_file: self.config.audit_heads.clone(),
            log_heads: false,
        };
        Ok(Store::open(&self.config.store, options).await?)
    }

    /// Where git remotes are kept as they were last fetched.
    #[must_use]
    pub fn source_cache(&self) -> PathBuf {
        self.config.store.parent().map_or_else(|| PathBuf::from("."), PathBuf::from).join("sources")
    }

    fn key_file(&self) -> Result<PathBuf, Failure> {
        let text = &self.config.audit_key;
        let path = text.strip_prefix("file:").with_context(|| {
            format!("`auditKey: {text}` must have the form `file:PATH`: the key lives outside the store and the configuration")
        })?;
        let base = self.config_file.as_deref().and_then(Path::parent).unwrap_or(&self.env.cwd);
        Ok(base.join(path))
    }

    /// The engine with everything joined to it.
    ///
    /// # Errors
    /// Where the store cannot be opened.
    pub async fn engine(&self) -> Result<Engine, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let store = self.store_with(Arc::clone(&clock)).await?;
        let rates = self.rates();
        let settle = self.config.aws.settle.as_deref().map(config::pause).transpose();
        let settle = settle.map_err(Failure::usage)?;
        let vault = Arc::clone(&self.secrets);
        let github = GithubConnector::new(self.config.github.as_ref(), &self.env, vault)?;
        let version = env!("CARGO_PKG_VERSION");
        let changed = |before: Option<&str>| Some(serde_json::json!({"from": before?, "to": version}));
        store.note("version", version, aplomo_store::AuditKind::VersionChanged, changed).await?;
        let installation = store.installation().clone();
        Ok(Engine::new(Parts {
            store,
            types: aplomo_resources::registry(),
            connectors: vec![Arc::new(AwsConnector::new(&self.config.aws, settle)), Arc::new(github)],
            secrets: Arc::clone(&self.secrets) as _,
            budget: Arc::new(Budgets::new(Arc::clone(&clock), rates)),
            clock,
            ids: Arc::new(SystemIds),
            installation,
            version: version.to_owned(),
            holder: self.holder(),
        }))
    }

    /// Calls per account and service: the published rates and those of the configuration.
    #[must_use]
    pub fn rates(&self) -> HashMap<String, Rate> {
        let mut rates = Budgets::published();
        let aws = self.config.aws.rates.iter().map(|(service, rate)| (service.clone(), rate));
        let github =
            self.config.github.iter().filter_map(|github| Some(("github".to_owned(), github.rate.as_ref()?)));
        for (service, rate) in aws.chain(github) {
            rates.insert(service, Rate { burst: rate.burst, per_second: rate.per_second });
        }
        rates
    }

    /// Who we are when we hold a lease: machine, process and the moment the process began, so that
    /// the lease of a dead process on this machine is known to be abandoned.
    fn holder(&self) -> String {
        aplomo_engine::holder::name(&self.env.host(), self.env.pid)
    }

    /// Reads manifests from a path: as the configured source where one has that path, else by hand.
    ///
    /// # Errors
    /// Where the path is not there.
    pub fn read(&self, path: &Path) -> Result<Reading, Failure> {
        let full = self.env.cwd.join(path);
        let canonical = full.canonicalize().unwrap_or_else(|_| full.clone());
        let is = |s: &&SourceConfig| {
            s.path.as_ref().and_then(|p| p.canonicalize().ok()).is_some_and(|p| p == canonical)
        };
        let holds = |s: &&SourceConfig| {
            s.path.as_ref().and_then(|p| p.canonicalize().ok()).is_some_and(|p| canonical.starts_with(p))
        };
        let options = match self.config.sources.iter().find(is) {
            Some(source) => source_options(source)?,
            None => match self.config.sources.iter().find(holds) {
                Some(source) => ReadOptions {
                    partial: Some(format!("it is only a part of source `{}`", source.name)),
                    ..source_options(source)?
                },
                // With sources configured, a directory that is none of them is not the operator's: it may be
                // a pull request's checkout.
                None => ReadOptions { operator: self.config.sources.is_empty(), ..ReadOptions::default() },
            },
        };
        let options = ReadOptions { shown_path: Some(path.display().to_string()), ..options };
        Ok(aplomo_source::read_directory(&full, &options)?)
    }

    /// The person at the keyboard, as claimed.
    ///
    /// # Errors
    /// Where the name is not a visible text.
    pub fn actor(&self, name: Option<&str>) -> Result<Actor, Failure> {
        let name = ActorName::new(name.unwrap_or_else(|| self.env.user()))?;
        Ok(Actor { name, how: Known::Claimed })
    }

    /// How long an approval stands.
    ///
    /// # Errors
    /// Where the text is no duration.
    pub fn expiry(&self, text: Option<&str>) -> Result<aplomo_core::SignedDuration, Failure> {
        let duration =
            config::duration(text.unwrap_or(&self.config.approval_expiry)).map_err(Failure::usage)?;
        Ok(aplomo_core::SignedDuration::try_from(duration).context("the duration is too long")?)
    }
}

/// How to read a configured source.
///
/// # Errors
/// Where its name or a tenant's is not well formed.
pub fn source_options(source: &SourceConfig) -> Result<ReadOptions, Failure> {
    let tenants = source.tenants.iter().map(TenantName::new).collect::<Result<_, _>>()?;
    Ok(ReadOptions {
        name: Some(SourceName::new(&source.name)?),
        tenants: (!source.by_hand).then_some(tenants),
        operator: source.operator,
        partial: source.part.then(|| "the configuration says it is part of a larger source".to_owned()),
        ..ReadOptions::default()
    })
}

/// The store often lies beside manifests; git shall not offer to commit it.
fn keep_out_of_git(store: &Path) -> Result<(), Failure> {
    let Some(directory) = store.parent().filter(|d| d.file_name().is_some_and(|n| n == ".aplomo")) else {
        return Ok(());
    };
    std::fs::create_dir_all(directory).with_context(|| {
        format!("cannot make {}; choose another place with `store` in aplomo.yaml", directory.display())
    })?;
    let ignore = directory.join(".gitignore");
    if !ignore.exists() {
        std::fs::write(&ignore, "*\n").with_context(|| format!("cannot write {}", ignore.display()))?;
    }
    Ok(())
}
