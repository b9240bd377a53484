//! Tests of the store: a crash, a full disk, two processes, tampering, losing and restoring.

mod audit;
mod crash;
mod keeps;
mod lost;
mod rivals;
mod tamper;

use crate::{AppliedRecord, LedgerStep, Options, RunRecord, SigningKey, Store};
use aplomo_core::approval::{Actor, Approval, Known};
use aplomo_core::ledger::LedgerEntry;
use aplomo_core::plan::{Action, Before, Change, Meta, Plan};
use aplomo_core::ports::{Clock, Fut, Ids};
use aplomo_core::run::{ChangeOutcome, Ending, Intent, Run, RunMeta, Status};
use aplomo_core::types::Risk;
use aplomo_core::*;
use aplomo_core::{fields::WantedFields, plan::FORMAT_VERSION};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A clock that tests move; shared by clones.
#[derive(Clone, Default)]
pub(crate) struct Hand(Arc<AtomicI64>);

impl Hand {
    pub(crate) fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}
impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + self.0.load(Ordering::SeqCst)).unwrap()
    }
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
    fn sleep(&self, _: Duration) -> Fut<'_, ()> {
        Box::pin(async {})
    }
}

struct Count(AtomicI64);
impl Ids for Count {
    fn fresh(&self) -> String {
        format!("id{}", self.0.fetch_add(1, Ordering::SeqCst))
    }
}

pub(crate) fn options(clock: &Hand) -> Options {
    Options {
        clock: Arc::new(clock.clone()),
        ids: Arc::new(Count(AtomicI64::new(0))),
        key: SigningKey::from_bytes(&[7; 32]),
        installation: Installation::known("test"),
        head_file: None,
        log_heads: false,
    }
}

pub(crate) async fn memory_store() -> Store {
    Store::open_in_memory(options(&Hand::default())).await.unwrap()
}

pub(crate) async fn open(dir: &Path) -> Store {
    Store::open(dir.join("store.db"), options(&Hand::default())).await.unwrap()
}

pub(crate) fn acme() -> TenantName {
    TenantName::known("acme")
}

pub(crate) fn anna() -> Actor {
    Actor { name: ActorName::known("anna"), how: Known::Claimed }
}

pub(crate) fn record(name: &str) -> Address {
    format!("acme/Domain/example-com:aws.route53.RecordSet/{name}/A").parse().unwrap()
}

pub(crate) fn scope() -> Scope {
    Scope::account(Provider::known("aws"), Account::known("123456789012")).within(RemoteId::known("Z1"))
}

pub(crate) fn entry(ttl: i64) -> LedgerEntry {
    let fields = [(FieldPath::known("/ttl"), Wish::Value(Datum::Int(ttl)))];
    LedgerEntry {
        type_name: TypeName::known("aws.route53.RecordSet"),
        scope: scope(),
        id: RemoteId::known("Z1/www.example.com/A"),
        key: Some("www.example.com A".into()),
        applied: fields.into_iter().collect(),
        resolved: BTreeMap::new(),
        source: SourceName::known("main"),
        commit: Some(CommitId::known("abc123")),
        version: "0.1.0".into(),
        run: Some(RunId::known("run1")),
        at: Hand::default().now(),
        brought_along: false,
        until: None,
        environments: Vec::new(),
    }
}

pub(crate) fn change(name: &str) -> Change {
    let mut change = Change {
        address: record(name),
        scope: scope(),
        type_name: TypeName::known("aws.route53.RecordSet"),
        id: None,
        key: None,
        action: Action::Create,
        risk: Risk::Routine,
        risk_notes: Vec::new(),
        told: Vec::new(),
        digest: Digest::of_bytes(b""),
        group: None,
        create_first: true,
        again: false,
        before: Before::Absent,
        after: Some(WantedFields::default()),
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
        source: SourceName::known("main"),
        first_seen: None,
    };
    change.digest = change.recompute_digest().unwrap();
    change
}

pub(crate) fn plan(names: &[&str]) -> Plan {
    let mut plan = Plan {
        format_version: FORMAT_VERSION,
        digest: Digest::of_bytes(b""),
        as_of: Hand::default().now(),
        wake: None,
        sources: Vec::new(),
        complete: true,
        applyable: true,
        narrowed: false,
        reverts: None,
        summary: BTreeMap::from([(Action::Create, u32::try_from(names.len()).unwrap())]),
        changes: names.iter().map(|name| change(name)).collect(),
        findings: Vec::new(),
        unmanaged: Vec::new(),
        unverifiable: Vec::new(),
        coverage: Some(plan::Covered { managed: 3, ..Default::default() }),
        meta: Meta::default(),
    };
    plan.digest = plan.recompute_digest().unwrap();
    plan
}

pub(crate) fn approval(id: &str, names: &[&str]) -> Approval {
    Approval {
        id: id.into(),
        tenant: acme(),
        source: SourceName::known("main"),
        digests: names.iter().map(|name| change(name).digest).collect(),
        plan: None,
        resolved: BTreeMap::new(),
        by: anna(),
        at: Hand::default().now(),
        expires: Hand::default().now() + SignedDuration::from_hours(1),
        lifts: Vec::new(),
        revoked: None,
        spent: BTreeSet::new(),
        pull: None,
    }
}

pub(crate) fn run_record(id: &'static str, names: &[&str]) -> RunRecord {
    RunRecord {
        run: RunId::known(id),
        tenants: BTreeSet::from([acme()]),
        source: SourceName::known("main"),
        plan: plan(names),
        approvals: vec!["a1".into()],
        break_glass: Vec::new(),
    }
}

pub(crate) fn outcome(name: &str, status: Status) -> ChangeOutcome {
    ChangeOutcome {
        address: record(name),
        action: Action::Create,
        status,
        error: None,
        request_ids: vec!["req-1".to_owned()],
    }
}

pub(crate) fn applied(name: &str) -> AppliedRecord {
    AppliedRecord {
        reverted: None,
        run: RunId::known("run1"),
        actor: anna(),
        digest: change(name).digest,
        approval: "a1".into(),
        others: Vec::new(),
        outcome: outcome(name, Status::Applied),
        fields: Vec::new(),
        ledger: LedgerStep::Put { entry: Box::new(entry(300)) },
        removal: None,
    }
}

pub(crate) fn intent(names: &[&str]) -> Intent {
    Intent {
        run: RunId::known("run1"),
        tenant: acme(),
        call: "route53:ChangeResourceRecordSets".into(),
        changes: names.iter().map(|name| (record(name), change(name).digest)).collect(),
        key: "k".into(),
        carries: BTreeSet::new(),
    }
}

pub(crate) fn finished(record: &RunRecord, ending: Ending, started: Timestamp) -> Run {
    Run {
        run: record.run.clone(),
        tenants: record.tenants.clone(),
        plan: record.plan.digest,
        started,
        ended: Some(started),
        ending: Some(ending),
        outcomes: Vec::new(),
        converged: ending == Ending::Converged,
        break_glass: Vec::new(),
        meta: RunMeta::default(),
    }
}
