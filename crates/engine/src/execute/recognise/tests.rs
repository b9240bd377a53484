//! A create of an object without marks that was interrupted: whose it is, and what is kept of it.

use super::*;
use crate::Parts;
use crate::budget::Budgets;
use crate::clock::{SystemClock, SystemIds};
use aplomo_core::digest::Digest;
use aplomo_core::plan::{Action, Before, FORMAT_VERSION, Meta, Plan, Reason};
use aplomo_core::ports::{Clock, Ids, Journal as _};
use aplomo_core::run::{CallOutcome, Intent, Status};
use aplomo_core::types::Risk;
use aplomo_core::{
    Account, Address, Datum, Observation, Provider, RemoteId, RunId, Scope, SourceName, TenantName,
    Timestamp, TypeName,
};
use aplomo_store::{Options, RunRecord, SigningKey, Store};
use std::collections::BTreeMap;
use std::sync::Arc;

const REPOSITORY: TypeName = TypeName::known("github.repo.Repository");
const ADDRESS: &str = "acme/Repository/web:github.repo.Repository";

fn scope() -> Scope {
    Scope::account(Provider::known("github"), Account::known("acme"))
}

fn wishes() -> WantedFields {
    let all = [("/name", "web"), ("/visibility", "private"), ("/homepage", "https://web.example")];
    all.into_iter().map(|(path, text)| (FieldPath::known(path), Wish::Value(Datum::from(text)))).collect()
}

fn plan() -> Plan {
    let change = Change {
        address: ADDRESS.parse().unwrap(),
        scope: scope(),
        type_name: REPOSITORY,
        id: None,
        key: Some("web".into()),
        action: Action::Create,
        risk: Risk::Routine,
        risk_notes: Vec::new(),
        told: Vec::new(),
        digest: Digest::of_bytes(b"create"),
        group: None,
        create_first: false,
        again: false,
        before: Before::Absent,
        after: Some(wishes()),
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
        source: SourceName::known("s"),
        first_seen: None,
    };
    Plan {
        format_version: FORMAT_VERSION,
        digest: Digest::of_bytes(b"plan"),
        as_of: Timestamp::UNIX_EPOCH,
        wake: None,
        sources: Vec::new(),
        complete: true,
        applyable: true,
        narrowed: false,
        reverts: None,
        summary: BTreeMap::new(),
        changes: vec![change],
        findings: Vec::new(),
        unmanaged: Vec::new(),
        unverifiable: Vec::new(),
        coverage: None,
        meta: Meta::default(),
    }
}

/// An engine with a run that made one call of which this is known.
async fn engine(plan: &Plan, outcome: Option<CallOutcome>) -> Engine {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    let installation = Installation::known("test");
    let options = Options {
        clock: Arc::clone(&clock),
        ids: Arc::clone(&ids),
        key: SigningKey::from_bytes(&[7; 32]),
        installation: installation.clone(),
        head_file: None,
        log_heads: false,
    };
    let store = Store::open_in_memory(options).await.unwrap();
    let tenant = TenantName::known("acme");
    let record = RunRecord {
        run: RunId::known("run1"),
        tenants: [tenant.clone()].into(),
        source: SourceName::known("s"),
        plan: plan.clone(),
        approvals: Vec::new(),
        break_glass: Vec::new(),
    };
    store.run_start(&record).await.unwrap();
    let intent = Intent {
        run: RunId::known("run1"),
        tenant,
        call: "github:POST /orgs/{org}/repos".into(),
        changes: vec![(plan.changes[0].address.clone(), plan.changes[0].digest)],
        key: "k".into(),
        carries: ["/name", "/visibility"].map(FieldPath::known).into(),
    };
    let id = store.intend(&intent).await.unwrap();
    if let Some(outcome) = outcome {
        store.settle(id, &outcome).await.unwrap();
    }
    let budget = Arc::new(Budgets::new(Arc::clone(&clock), Budgets::published()));
    let types = aplomo_resources::registry();
    let (version, holder) = ("1".to_owned(), "here".to_owned());
    let connectors = Vec::new();
    let secrets = Arc::new(crate::secrets::NoSecrets);
    Engine::new(Parts {
        store,
        types,
        connectors,
        secrets,
        budget,
        clock,
        ids,
        installation,
        version,
        holder,
    })
}

/// What is said of an object of the wished name, with this id and these fields.
async fn said(outcome: Option<CallOutcome>, id: &'static str, visibility: &str) -> String {
    let plan = plan();
    let engine = engine(&plan, outcome).await;
    let mut state = State::new(&plan, RunId::known("run1"), true, &[]);
    engine.know_ids(&mut state).await.unwrap();
    let fields = [("/name", "web"), ("/visibility", visibility)];
    let object = Observed {
        type_name: REPOSITORY,
        scope: scope(),
        id: RemoteId::known(id),
        key: Some("web".into()),
        mark: OwnerMark::None,
        created_by: None,
        fields: fields
            .into_iter()
            .map(|(p, v)| (FieldPath::known(p), Sight::Value(Datum::from(v))))
            .collect(),
        outputs: BTreeMap::new(),
        brought_along: false,
        raw: None,
        waiting: None,
    };
    let seen = Observation { objects: vec![object], ..Observation::default() };
    let index = Index::new(&seen, &engine.installation);
    let resolved = Resolved { scope: scope(), after: Some(wishes()), values: BTreeMap::new() };
    match engine.freshness(&state, &plan.changes[0], &resolved, &index) {
        Freshness::Begun(object) => format!("begun {}", object.id),
        Freshness::Stale(why) => format!("stale: {why}"),
        other => format!("{other:?}"),
    }
}

fn made(id: &'static str) -> Option<CallOutcome> {
    Some(CallOutcome::Done { request_id: None, born: Some(RemoteId::known(id)) })
}

#[tokio::test]
async fn what_the_journal_says_was_made_is_gone_on_with_and_another_of_the_name_is_not() {
    assert_eq!(said(made("7"), "7", "public").await, "begun 7");
    assert!(said(made("7"), "8", "private").await.starts_with("stale"), "somebody else's");
}

#[tokio::test]
async fn after_a_lost_answer_only_what_has_all_that_was_sent_is_ours() {
    assert_eq!(said(None, "7", "private").await, "begun 7");
    assert!(said(None, "7", "public").await.starts_with("stale"));
    let unknown = Some(CallOutcome::Unknown { message: "502".into() });
    assert_eq!(said(unknown, "7", "private").await, "begun 7");
    let refused =
        CallOutcome::Refused { code: "422".into(), message: "name exists".into(), request_id: None };
    assert!(said(Some(refused), "7", "private").await.starts_with("stale"), "nothing was made");
}

#[tokio::test]
async fn what_a_run_ends_without_finishing_is_recorded_as_ours() {
    let plan = plan();
    let engine = engine(&plan, made("7")).await;
    let mut state = State::new(&plan, RunId::known("run1"), false, &[]);
    state.note(&plan.changes[0], Status::Failed, Some("422".to_owned()), Vec::new());
    engine.keep_half_made(&mut state).await.unwrap();
    let memory = engine.store.memory(engine.clock.now()).await.unwrap();
    let address: Address = ADDRESS.parse().unwrap();
    let entry = &memory.ledger[&address];
    assert_eq!((entry.id.as_str(), entry.applied.is_empty()), ("7", true));
    let told = state.outcomes[&address].error.clone().unwrap();
    assert!(told.starts_with("422; 7 was made, is not complete"), "{told}");
}
