//! One moto for the whole test binary, one proxy with its own account for each test, and ports that
//! remember what they were asked.

use aplomo_core::approval::{Actor, Approval, Grant, Known};
use aplomo_core::fields::WantedFields;
use aplomo_core::plan::{Before, Change};
use aplomo_core::ports::{
    ApprovedStep, Budget, CallCounter, Clock, Fence, Fut, Journal, JournalError, Marks, Pick, Priority,
    ReadCx, Reader, StepOutcome, WriteCx,
};
use aplomo_core::run::{CallOutcome, Intent};
use aplomo_core::{
    Account, Action, ActorName, Address, Datum, Digest, FieldPath, Installation, Observation, Observed,
    Provider, Reason, RemoteId, Risk, RunId, Scope, SourceName, Timestamp, TypeName, Wish,
};
use aplomo_provider_aws::{Access, Aws, AwsConfig, Credentials, lift_outputs};
use aplomo_sandbox::{Moto, Proxy, Venv, default_venv_dir, unique_account};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

#[allow(clippy::disallowed_methods, reason = "a test has no main.rs to read the environment for it")]
fn moto() -> &'static Moto {
    static MOTO: OnceLock<Moto> = OnceLock::new();
    MOTO.get_or_init(|| {
        let (cache, home) = (std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME"));
        let dir = default_venv_dir(cache.as_deref(), home.as_deref()).expect("HOME is set");
        Moto::start(&Venv::ensure(&dir).unwrap()).unwrap()
    })
}

/// The real time; sleeping takes none and is remembered.
#[derive(Default)]
pub(crate) struct TestClock(pub(crate) Mutex<Vec<Duration>>);

impl Clock for TestClock {
    #[allow(clippy::disallowed_methods, reason = "the clock of these tests, compared with the emulator's")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
    fn sleep(&self, duration: Duration) -> Fut<'_, ()> {
        self.0.lock().unwrap().push(duration);
        Box::pin(async {})
    }
}

/// No limit; remembers what was asked of it.
#[derive(Default)]
pub(crate) struct TestBudget {
    pub(crate) taken: Mutex<Vec<(String, Priority)>>,
    pub(crate) throttled: Mutex<Vec<String>>,
}

impl Budget for TestBudget {
    fn take<'a>(&'a self, _: &'a str, call: &'a str, priority: Priority) -> Fut<'a, ()> {
        self.taken.lock().unwrap().push((call.to_owned(), priority));
        Box::pin(async {})
    }
    fn throttled(&self, _: &str, call: &str) {
        self.throttled.lock().unwrap().push(call.to_owned());
    }
}

/// Remembers intents and outcomes; may be full.
#[derive(Default)]
pub(crate) struct TestJournal {
    pub(crate) entries: Mutex<Vec<(Intent, Option<CallOutcome>)>>,
    pub(crate) full: bool,
}

impl Journal for TestJournal {
    fn intend<'a>(&'a self, intent: &'a Intent) -> Fut<'a, Result<i64, JournalError>> {
        Box::pin(async move {
            if self.full {
                return Err(JournalError("disk full".into()));
            }
            let mut entries = self.entries.lock().unwrap();
            entries.push((intent.clone(), None));
            Ok(i64::try_from(entries.len()).unwrap() - 1)
        })
    }
    fn settle<'a>(&'a self, id: i64, outcome: &'a CallOutcome) -> Fut<'a, Result<(), JournalError>> {
        Box::pin(async move {
            self.entries.lock().unwrap()[usize::try_from(id).unwrap()].1 = Some(outcome.clone());
            Ok(())
        })
    }
}

/// Lets so many writes through.
pub(crate) struct TestFence(pub(crate) Mutex<usize>);

impl Fence for TestFence {
    fn check(&self) -> Fut<'_, Result<(), String>> {
        Box::pin(async move {
            let mut left = self.0.lock().unwrap();
            *left = left.checked_sub(1).ok_or("asked to stop")?;
            Ok(())
        })
    }
}

/// One account behind a proxy, with everything a reading or writing needs.
pub(crate) struct World {
    pub(crate) proxy: Proxy,
    /// Behind the product's back, past the proxy.
    pub(crate) seed: aplomo_sandbox::Aws,
    pub(crate) aws: Aws,
    pub(crate) account: String,
    pub(crate) calls: CallCounter,
    pub(crate) clock: TestClock,
    pub(crate) budget: TestBudget,
    pub(crate) journal: TestJournal,
    pub(crate) fence: TestFence,
    run: RunId,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|config| config, |access| access).await
    }

    pub(crate) async fn with(
        config: impl FnOnce(AwsConfig) -> AwsConfig,
        access: impl FnOnce(Access) -> Access,
    ) -> Self {
        let account = unique_account();
        let proxy = Proxy::to(moto().endpoint()).account(&account).strict().start().unwrap();
        let seed = aplomo_sandbox::Aws::direct(moto().endpoint(), Some(&account)).unwrap();
        let keys =
            Credentials::Keys { id: "AKIASANDBOX000000000".into(), secret: "sandbox".into(), token: None };
        let base = AwsConfig {
            endpoint: Some(proxy.endpoint().to_owned()),
            dns: aplomo_provider_aws::Dns::Off,
            credentials: keys,
            ..AwsConfig::default()
        };
        let aws = Aws::connect(&config(base), &access(Access::own(&account))).await.unwrap();
        Self {
            proxy,
            seed,
            aws,
            account,
            calls: CallCounter::default(),
            clock: TestClock::default(),
            budget: TestBudget::default(),
            journal: TestJournal::default(),
            fence: TestFence(Mutex::new(usize::MAX)),
            run: RunId::known("run1"),
        }
    }

    /// Forgets what was read before, as another process would not know it.
    pub(crate) async fn reconnect(&mut self) {
        let keys =
            Credentials::Keys { id: "AKIASANDBOX000000000".into(), secret: "sandbox".into(), token: None };
        let config = AwsConfig {
            endpoint: Some(self.proxy.endpoint().to_owned()),
            dns: aplomo_provider_aws::Dns::Off,
            credentials: keys,
            ..AwsConfig::default()
        };
        self.aws = Aws::connect(&config, &Access::own(&self.account)).await.unwrap();
    }

    pub(crate) fn scope(&self) -> Scope {
        Scope::account(Provider::known("aws"), Account::new(&self.account).unwrap())
    }

    pub(crate) fn zone_scope(&self, zone: &str) -> Scope {
        self.scope().within(RemoteId::new(zone).unwrap())
    }

    pub(crate) fn read_cx(&self) -> ReadCx<'_> {
        ReadCx {
            priority: Priority::Plan,
            budget: &self.budget,
            calls: &self.calls,
            clock: &self.clock,
            memory: None,
            exact: &[],
            around: false,
            sought: None,
        }
    }

    pub(crate) fn reader(&self, type_name: &str) -> Box<dyn Reader> {
        let mut readers = self.aws.readers().into_iter();
        readers.find(|reader| reader.feeds().iter().any(|name| name.as_str() == type_name)).unwrap()
    }

    /// What is in a scope of one type.
    pub(crate) async fn read(&self, type_name: &str, scope: &Scope) -> Observation {
        self.reader(type_name).read(&self.read_cx(), scope, Pick::All).await
    }

    pub(crate) async fn records(&self, zone: &str) -> Observation {
        self.read(RECORD_SET, &self.zone_scope(zone)).await
    }

    pub(crate) async fn zones(&self) -> Observation {
        self.read(HOSTED_ZONE, &self.scope()).await
    }

    /// Everything, as a plan reads it.
    pub(crate) async fn read_all(&self) -> Observation {
        let mut all = self.zones().await;
        let zones: Vec<String> = all.objects.iter().map(|zone| zone.id.to_string()).collect();
        for zone in zones {
            all.merge(self.records(&zone).await);
        }
        all.merge(self.read(HEALTH_CHECK, &self.scope()).await);
        lift_outputs(&mut all);
        all
    }

    /// Carries out steps of one type.
    pub(crate) async fn write(&self, steps: &[ApprovedStep<'_>]) -> Vec<StepOutcome> {
        let cx = WriteCx {
            run: &self.run,
            journal: &self.journal,
            fence: &self.fence,
            budget: &self.budget,
            calls: &self.calls,
            clock: &self.clock,
        };
        let writers = self.aws.writers(steps);
        assert_eq!(writers.len(), 1, "steps of one type");
        let mut outcomes = writers[0].write(&cx, steps).await;
        outcomes.sort_by(|a, b| a.address.cmp(&b.address));
        outcomes
    }

    /// The calls as the product and as the proxy counted them are the same.
    pub(crate) fn assert_counts_equal(&self) {
        let ours: BTreeMap<String, usize> =
            self.calls.calls().into_iter().map(|(call, n)| (call, usize::try_from(n).unwrap())).collect();
        assert_eq!(ours, self.proxy.counts());
    }
}

pub(crate) const HOSTED_ZONE: &str = "aws.route53.HostedZone";
pub(crate) const RECORD_SET: &str = "aws.route53.RecordSet";
pub(crate) const HEALTH_CHECK: &str = "aws.route53.HealthCheck";

/// Fields from pairs.
pub(crate) fn fields(pairs: &[(&str, Datum)]) -> WantedFields {
    pairs.iter().map(|(path, value)| (FieldPath::new(path), Wish::Value(value.clone()))).collect()
}

/// A record set as wished.
pub(crate) fn record(name: &str, kind: &str, ttl: i64, values: &[&str]) -> WantedFields {
    let mut values: Vec<Datum> = values.iter().map(|value| Datum::from(*value)).collect();
    values.sort();
    fields(&[
        ("/name", name.into()),
        ("/type", kind.into()),
        ("/ttl", ttl.into()),
        ("/values", Datum::List(values)),
    ])
}

/// A change; made valid by `approve`.
pub(crate) fn change(
    type_name: &'static str,
    key: &str,
    action: Action,
    after: Option<WantedFields>,
) -> Change {
    let address: Address = format!("acme/Domain/example-com:{type_name}/{key}").parse().unwrap();
    Change {
        address,
        scope: Scope::account(Provider::known("aws"), Account::known("1")),
        type_name: TypeName::known(type_name),
        id: None,
        key: None,
        action,
        risk: Risk::Routine,
        risk_notes: Vec::new(),
        told: Vec::new(),
        digest: Digest::of_bytes(b""),
        group: None,
        create_first: false,
        again: false,
        before: Before::Absent,
        after,
        fields: Vec::new(),
        reason: Reason::Manifest,
        references: Vec::new(),
        depends_on: Vec::new(),
        held_by: None,
        approvals_needed: 1,
        departs: false,
        environments: Vec::new(),
        was_in: Vec::new(),
        origins: Vec::new(),
        moved_from: None,
        until: None,
        source: SourceName::known("test"),
        first_seen: None,
    }
}

/// The change as approved, over what was read just now.
pub(crate) fn approve<'a>(
    change: &'a mut Change,
    scope: Scope,
    fresh: Option<&Observed>,
) -> ApprovedStep<'a> {
    change.id = fresh.map(|object| object.id.clone());
    change.before = fresh.map_or(Before::Absent, |object| Before::Seen(object.fields.clone()));
    change.digest = change.recompute_digest().unwrap();
    let change = &*change;
    let approval = Approval {
        id: "a1".into(),
        tenant: change.address.manifest_ref().unwrap().tenant,
        source: change.source.clone(),
        digests: BTreeSet::from([change.digest]),
        plan: None,
        resolved: BTreeMap::new(),
        by: Actor { name: ActorName::known("ann"), how: Known::Claimed },
        at: Timestamp::UNIX_EPOCH,
        expires: Timestamp::MAX,
        lifts: Vec::new(),
        revoked: None,
        spent: BTreeSet::new(),
        pull: None,
    };
    let grant = Grant::check(change, &change.source, &[approval], Timestamp::UNIX_EPOCH).unwrap();
    let key = Digest::of_bytes(change.address.as_str().as_bytes()).short(32);
    let mut step = ApprovedStep::new(change, grant, scope, marks(change), key.into()).unwrap();
    step.fresh = fresh.cloned();
    step
}

fn marks(change: &Change) -> Marks {
    Marks {
        installation: Installation::known("main"),
        tenant: "acme".into(),
        address: change.address.clone(),
    }
}

/// The object with this name and type.
pub(crate) fn find<'a>(seen: &'a Observation, name: &str, kind: &str) -> Option<&'a Observed> {
    let is = |o: &&Observed| o.fields.text("/name") == Some(name) && o.fields.text("/type") == Some(kind);
    seen.objects.iter().find(is)
}
