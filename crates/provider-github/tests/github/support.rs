//! A world with one organisation and a way into it, and ports that remember what they were asked and move
//! the world's clock where they wait.

// size: one world with its ports, used by every test here.

use aplomo_core::approval::{Actor, Approval, Grant, Known};
use aplomo_core::fields::{Fingerprint, WantedFields};
use aplomo_core::plan::{Before, Change, FieldChange};
use aplomo_core::ports::{
    ApprovedStep, Budget, CallCounter, Clock, Fence, Fut, Journal, JournalError, Marks, Narrow, Pick,
    Priority, Reach, ReadCx, Sought, StepOutcome, WriteCx,
};
use aplomo_core::run::{CallOutcome, Intent};
use aplomo_core::{
    Account, Action, ActorName, Address, Datum, Digest, FieldPath, Installation, Observation, Observed,
    Provider, Reason, RemoteId, Risk, RunId, Scope, Sight, SourceName, Timestamp, TypeName, Wish,
};
use aplomo_github_fake::{GitHub, Id, Limits, ManualClock};
use aplomo_provider_github::{Credentials, Github, GithubConfig, Session, Vault};
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// When everything begins.
const BEGIN: &str = "2026-03-02T09:00:00Z";

/// The world's clock; waiting moves it, and is remembered.
pub(crate) struct TestClock {
    manual: ManualClock,
    begin: Timestamp,
    pub(crate) waits: Mutex<Vec<u64>>,
}

impl TestClock {
    /// Seconds go by.
    pub(crate) fn wait(&self, seconds: i64) {
        self.manual.advance(seconds);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.manual.now()
    }
    fn elapsed(&self) -> Duration {
        Duration::try_from(self.manual.now().duration_since(self.begin)).unwrap()
    }
    fn sleep(&self, duration: Duration) -> Fut<'_, ()> {
        let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
        self.waits.lock().unwrap().push(seconds);
        self.manual.advance(i64::try_from(seconds).unwrap());
        Box::pin(async {})
    }
}

/// No limit of ours.
#[derive(Default)]
pub(crate) struct TestBudget {
    pub(crate) throttled: Mutex<Vec<String>>,
}

impl Budget for TestBudget {
    fn take<'a>(&'a self, _: &'a str, _: &'a str, _: Priority) -> Fut<'a, ()> {
        Box::pin(async {})
    }
    fn throttled(&self, _: &str, call: &str) {
        self.throttled.lock().unwrap().push(call.to_owned());
    }
}

/// Remembers intents and outcomes.
#[derive(Default)]
pub(crate) struct TestJournal(pub(crate) Mutex<Vec<(Intent, Option<CallOutcome>)>>);

impl Journal for TestJournal {
    fn intend<'a>(&'a self, intent: &'a Intent) -> Fut<'a, Result<i64, JournalError>> {
        Box::pin(async move {
            let mut entries = self.0.lock().unwrap();
            entries.push((intent.clone(), None));
            Ok(i64::try_from(entries.len()).unwrap() - 1)
        })
    }
    fn settle<'a>(&'a self, id: i64, outcome: &'a CallOutcome) -> Fut<'a, Result<(), JournalError>> {
        Box::pin(async move {
            self.0.lock().unwrap()[usize::try_from(id).unwrap()].1 = Some(outcome.clone());
            Ok(())
        })
    }
}

/// Lets all through.
struct Open;

impl Fence for Open {
    fn check(&self) -> Fut<'_, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}

/// Knows one secret.
struct OneSecret;

pub(crate) const SECRET: &str = "k1:0123";

impl Vault for OneSecret {
    fn reveal(&self, _: &str, fingerprint: &Fingerprint) -> Option<SecretString> {
        (fingerprint.0 == SECRET).then(|| SecretString::from("hunter2"))
    }
}

/// What the App asks for: all that `deploy/github` names.
const ASKS: &[(&str, &str)] = &[
    ("actions", "write"),
    ("actions_variables", "write"),
    ("administration", "write"),
    ("contents", "write"),
    ("environments", "write"),
    ("issues", "write"),
    ("members", "write"),
    ("organization_administration", "write"),
    ("organization_custom_org_roles", "read"),
    ("organization_custom_properties", "write"),
    ("pages", "write"),
    ("repository_custom_properties", "write"),
    ("repository_hooks", "write"),
    ("secrets", "write"),
    ("variables", "write"),
    ("vulnerability_alerts", "write"),
];

/// One organisation, `Acme`, whose App we are.
pub(crate) struct World {
    pub(crate) github: GitHub,
    pub(crate) org: Id,
    pub(crate) owner: Id,
    session: Session,
    pub(crate) way: Github,
    pub(crate) clock: TestClock,
    pub(crate) budget: TestBudget,
    pub(crate) calls: CallCounter,
    pub(crate) journal: TestJournal,
    run: RunId,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Limits::default(), |config, _| config)
    }

    pub(crate) fn with(limits: Limits, config: impl FnOnce(GithubConfig, String) -> GithubConfig) -> Self {
        let manual = ManualClock::at(BEGIN.parse().unwrap());
        let github = GitHub::start_with(7, manual.clock(), limits).unwrap();
        let (private, public) = aplomo_github_fake::app_key().unwrap();
        let (org, owner, app, token) = github.change(|world| {
            let owner = world.add_user("Olga");
            let org = world.add_org("Acme", owner);
            let app = world.add_app(org, "aplomo", &public, ASKS);
            world.install(app, org);
            (org, owner, app, world.add_token(owner))
        });
        let credentials = Credentials::App { id: app, key: SecretString::from(private) };
        let usual = GithubConfig {
            base_url: github.base_url().to_owned(),
            vault: Arc::new(OneSecret),
            ..GithubConfig::new(credentials)
        };
        let session = Session::open(config(usual, token)).unwrap();
        let way = session.organisation("Acme");
        let begin = manual.now();
        Self {
            github,
            org,
            owner,
            session,
            way,
            clock: TestClock { manual, begin, waits: Mutex::default() },
            budget: TestBudget::default(),
            calls: CallCounter::default(),
            journal: TestJournal::default(),
            run: RunId::known("run1"),
        }
    }

    /// As a person with a token, a member who owns nothing.
    pub(crate) fn personal(login: &str) -> Self {
        let mut world = Self::new();
        let token = world.github.change(|all| {
            let person = all.add_member(world.org, login);
            all.add_token(person)
        });
        let credentials = Credentials::Token(SecretString::from(token));
        let config =
            GithubConfig { base_url: world.github.base_url().to_owned(), ..GithubConfig::new(credentials) };
        world.session = Session::open(config).unwrap();
        world.way = world.session.organisation("Acme");
        world
    }

    /// As a person with a classic token of an owner, who is shown what Apps are not.
    pub(crate) fn as_owner() -> Self {
        Self::with(Limits::default(), |config, token| GithubConfig {
            credentials: Credentials::Token(SecretString::from(token)),
            ..config
        })
    }

    /// A way in that remembers nothing.
    pub(crate) fn reconnect(&self, organisation: &str) -> Github {
        self.session.organisation(organisation)
    }

    /// Days go by.
    pub(crate) fn clock_days(&self, days: i64) {
        self.clock.manual.advance(days * 86_400);
    }

    pub(crate) fn scope(&self) -> Scope {
        Scope::account(Provider::known("github"), Account::known("acme"))
    }

    pub(crate) fn inside(&self, container: Id) -> Scope {
        self.scope().within(RemoteId::new(container.to_string()).unwrap())
    }

    pub(crate) fn read_cx<'a>(&'a self, sought: Option<&'a Sought>) -> ReadCx<'a> {
        ReadCx {
            priority: Priority::Plan,
            budget: &self.budget,
            calls: &self.calls,
            clock: &self.clock,
            memory: None,
            exact: &[],
            around: false,
            sought,
        }
    }

    /// What the readers of a type tell, in its scope.
    pub(crate) async fn read(
        &self,
        type_name: &TypeName,
        scope: &Scope,
        sought: Option<&Sought>,
    ) -> Observation {
        let cx = self.read_cx(sought);
        let mut all = Observation::default();
        for reader in self.way.readers().iter().filter(|r| r.feeds().contains(type_name)) {
            if reader.reach() == Reach::Container && scope.container.is_none() {
                continue;
            }
            all.merge(reader.read(&cx, &reader.reach().around(scope), Pick::All).await);
        }
        all
    }

    /// The objects of a type in a scope, and its coverage there.
    pub(crate) async fn see(&self, type_name: &TypeName, scope: &Scope) -> Vec<Observed> {
        let ids = scope.container.iter().cloned().collect();
        let types = BTreeSet::from([type_name.clone()]);
        let sought = Sought { narrow: Some(Narrow { types, ids }), ..Sought::default() };
        let seen = self.read(type_name, scope, scope.container.as_ref().map(|_| &sought)).await;
        let coverage = seen.coverage_of(type_name, scope);
        assert!(coverage.is_some_and(aplomo_core::Coverage::is_complete), "{type_name}: {coverage:?}");
        seen.objects.into_iter().filter(|o| o.type_name == *type_name && o.scope == *scope).collect()
    }

    /// The one object of a type in a scope with this text at a path.
    pub(crate) async fn one(&self, type_name: &TypeName, scope: &Scope, at: (&str, &str)) -> Observed {
        let all = self.see(type_name, scope).await;
        let found = all.iter().find(|o| o.fields.text(at.0) == Some(at.1));
        found.unwrap_or_else(|| panic!("no {type_name} with {at:?} among {all:#?}")).clone()
    }

    /// Carries out steps of one type.
    pub(crate) async fn write(&self, steps: &[ApprovedStep<'_>]) -> Vec<StepOutcome> {
        let cx = WriteCx {
            run: &self.run,
            journal: &self.journal,
            fence: &Open,
            budget: &self.budget,
            calls: &self.calls,
            clock: &self.clock,
        };
        let writers = self.way.writers(steps);
        assert_eq!(writers.len(), 1, "steps of one type");
        writers[0].write(&cx, steps).await
    }

    /// Makes, changes or removes one object; what became of it.
    pub(crate) async fn apply(
        &self,
        (type_name, scope): (&TypeName, &Scope),
        action: Action,
        after: Option<WantedFields>,
        fresh: Option<&Observed>,
    ) -> StepOutcome {
        let mut change = change(type_name, scope, action, after);
        change.fields = differing(&change, fresh);
        let step = approve(&mut change, scope.clone(), fresh);
        self.write(&[step]).await.remove(0)
    }

    /// Makes one object, which must work.
    pub(crate) async fn make(&self, type_name: &TypeName, scope: &Scope, after: WantedFields) -> StepOutcome {
        let outcome = self.apply((type_name, scope), Action::Create, Some(after), None).await;
        assert_eq!(outcome.error, None, "{type_name}");
        outcome
    }

    /// The whole life of one object: made as wished, changed, taken away; read back each time.
    pub(crate) async fn lives(
        &self,
        (type_name, scope): (&TypeName, &Scope),
        key: (&str, &str),
        born: WantedFields,
        later: WantedFields,
    ) {
        let made = self.make(type_name, scope, born.clone()).await;
        let seen = self.one(type_name, scope, key).await;
        assert_eq!(made.id.as_ref(), Some(&seen.id), "{type_name}: the id is the one that is read");
        assert!(seen.key.is_some(), "{type_name} has an identity");
        assert_shows(&seen, &born);
        let changed = self.apply((type_name, scope), Action::Update, Some(later.clone()), Some(&seen)).await;
        assert_eq!(changed.error, None, "{type_name}");
        let seen = self.one(type_name, scope, key).await;
        assert_eq!(changed.id.as_ref(), Some(&seen.id));
        assert_shows(&seen, &later);
        let again = self.github.writes();
        self.apply((type_name, scope), Action::Update, Some(later), Some(&seen)).await;
        assert_eq!(self.github.writes(), again, "{type_name}: what is so already is not written");
        let gone = self.apply((type_name, scope), Action::Delete, None, Some(&seen)).await;
        assert_eq!(gone.error, None, "{type_name}");
        let left = self.see(type_name, scope).await;
        assert!(left.iter().all(|o| o.fields.text(key.0) != Some(key.1)), "{type_name} is still there");
    }
}

/// Everything that was asked and answered was as GitHub's own description says.
impl Drop for World {
    #[allow(clippy::disallowed_methods, reason = "a test has no main.rs to read the environment for it")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let (cache, home) = (std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME"));
        let dir = aplomo_github_fake::truth::default_cache_dir(cache.as_deref(), home.as_deref())
            .expect("HOME is set");
        let judge = aplomo_github_fake::truth::Judge::fetch(&dir).unwrap();
        let wrong = judge.check_all(&self.github.log());
        assert!(wrong.is_empty(), "not as GitHub describes it:\n{}", wrong.join("\n"));
    }
}

/// Every wish is seen, hidden fields and secrets apart.
pub(crate) fn assert_shows(seen: &Observed, wanted: &WantedFields) {
    for (path, wish) in wanted.iter() {
        match wish {
            Wish::Value(value) => {
                assert_eq!(seen.fields.value(path.as_str()), Some(value), "{} {path}", seen.type_name);
            }
            Wish::Absent => assert_eq!(seen.fields.value(path.as_str()), None, "{} {path}", seen.type_name),
            _ => {}
        }
    }
}

/// The fields of which a plan would say that they differ: by the rule of the planner, and without what means nothing
/// to the type.
pub(crate) fn differences(seen: &Observed, wanted: &WantedFields) -> Vec<String> {
    let types = aplomo_resources::registry();
    let known = types.get(seen.type_name.as_str()).unwrap();
    let normal = known.normalise(wanted).unwrap();
    let differs = |(path, wish): &(&FieldPath, &Wish)| {
        let sight = seen.fields.get(path.as_str()).unwrap_or(&Sight::Absent);
        let same = match (wish, sight) {
            (Wish::Value(value), Sight::Value(there)) => value == there,
            (Wish::LeftAlone, _) | (_, Sight::Hidden) | (Wish::Absent, Sight::Absent) => true,
            _ => false,
        };
        !same && !known.indifferent(path, &normal, &seen.fields)
    };
    normal.iter().filter(differs).map(|(path, _)| path.to_string()).collect()
}

/// Fields from pairs.
pub(crate) fn fields(pairs: &[(&str, Datum)]) -> WantedFields {
    pairs.iter().map(|(path, value)| (FieldPath::new(path), Wish::Value(value.clone()))).collect()
}

/// A set.
pub(crate) fn set(items: &[&str]) -> Datum {
    let mut items: Vec<Datum> = items.iter().map(|item| Datum::from(*item)).collect();
    items.sort();
    Datum::List(items)
}

pub(crate) fn change(
    type_name: &TypeName,
    scope: &Scope,
    action: Action,
    after: Option<WantedFields>,
) -> Change {
    let key = after.as_ref().and_then(|a| a.text("/name")).unwrap_or("x");
    let key: String =
        key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let address: Address = format!("acme/Repository/web:{type_name}/{key}").parse().unwrap();
    Change {
        address,
        scope: scope.clone(),
        type_name: type_name.clone(),
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

/// The fields that a plan would name.
fn differing(change: &Change, fresh: Option<&Observed>) -> Vec<FieldChange> {
    let seen =
        |path: &FieldPath| fresh.and_then(|o| o.fields.get(path.as_str()).cloned()).unwrap_or_default();
    let all = change.after.iter().flat_map(|after| after.iter());
    let named = all.map(|(path, wish)| FieldChange {
        path: path.clone(),
        before: seen(path),
        after: wish.clone(),
        reason: Reason::Manifest,
    });
    let same = |f: &FieldChange| match (&f.after, &f.before) {
        (Wish::Value(value), Sight::Value(there)) => value == there,
        (after, before) => (after, before) == (&Wish::Absent, &Sight::Absent),
    };
    named.filter(|field| !same(field)).collect()
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
    let tenant = change.address.manifest_ref().unwrap().tenant;
    let approval = Approval {
        id: "a1".into(),
        tenant: tenant.clone(),
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
    let address = change.address.clone();
    let marks = Marks { installation: Installation::known("main"), tenant: tenant.as_str().into(), address };
    let mut step = ApprovedStep::new(change, grant, scope, marks, key.into()).unwrap();
    step.fresh = fresh.cloned();
    step
}
