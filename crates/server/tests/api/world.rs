//! A backend that knows two tenants, and short ways to call the API.

use aplomo_core::ledger::Hold;
use aplomo_core::plan::Plan;
use aplomo_core::ports::Fut;
use aplomo_core::run::Run;
use aplomo_core::{Digest, RunId, SourceName, TenantName};
use aplomo_server::{
    Access, Api, Backend, BackendError, Delivered, Delivery, DriftData, Gate, Metrics, Only, PlanData,
    PlanEntry, Readiness, RunData, RunEntry, SourceData, StatusData, TenantData, Token, router,
};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use tower::ServiceExt as _;

pub(crate) const ALL: &str = "all-tenants-secret-0000";
pub(crate) const ACME: &str = "acme-only-secret-000000";
pub(crate) const GLOBEX: &str = "globex-only-secret-0000";
pub(crate) const NOBODY: &str = "initech-only-secret-000";

pub(crate) fn set(names: &[&str]) -> BTreeSet<TenantName> {
    names.iter().map(|name| TenantName::new(name).unwrap()).collect()
}

fn change(tenant: &str, depends_on: &[&str]) -> Value {
    let digest = Digest::of_bytes(tenant.as_bytes());
    json!({
        "address": format!("{tenant}/Domain/{tenant}-com:aws.route53.RecordSet/www/A"),
        "scope": {"provider": "aws", "account": format!("account-of-{tenant}"), "region": null, "container": "Z1"},
        "type": "aws.route53.RecordSet", "id": format!("{tenant}-id"), "key": "www/A", "action": "update",
        "risk": "sensitive", "riskNotes": [format!("www.{tenant}.example moves")], "digest": digest, "group": null,
        "createFirst": false, "before": {"ttl": 300}, "after": {"ttl": 60, "target": {"$ref": {
            "to": format!("{tenant}/Domain/x:aws.route53.HostedZone"), "output": "id", "constraint": {"must": "any"}}}},
        "fields": [{"path": "/ttl", "before": 300, "after": 60, "reason": "drift"}], "reason": "drift",
        "references": [{"path": "/target", "to": format!("{tenant}/Domain/x:aws.route53.HostedZone"),
            "output": "id", "constraint": {"must": "any"}, "resolved": null}],
        "dependsOn": depends_on, "heldBy": null, "origins": [{"file": format!("{tenant}.yaml"), "line": 3}],
        "until": "2027-03-01T00:00:00Z", "source": format!("{tenant}-repo")
    })
}

/// A plan over both tenants' sources.
pub(crate) fn plan() -> Plan {
    let source = |tenant: &str| {
        json!({"name": format!("{tenant}-repo"), "path": format!("https://bot:pw@git/{tenant}"),
        "commit": "c0ffee", "complete": true})
    };
    let finding = |tenant: &str, other: &str| {
        json!({"severity": "error", "rule": "two-owners",
        "address": format!("{tenant}/Domain/x"), "message": format!("also claimed by {other}/Domain/x"),
        "help": null, "file": format!("{tenant}.yaml"), "line": 1, "tenant": tenant})
    };
    let depends = ["globex/Domain/globex-com:aws.route53.RecordSet/www/A"];
    let plan = json!({
        "formatVersion": 1, "digest": Digest::of_bytes(b"plan"), "asOf": "2027-01-31T00:00:00Z",
        "wake": "2027-02-01T00:00:00Z", "sources": [source("acme"), source("globex")],
        "complete": false, "applyable": false,
        "summary": {"create": 0, "update": 2, "replace": 0, "delete": 0, "adopt": 0, "move": 0, "release": 0},
        "changes": [change("acme", &depends), change("globex", &[])],
        "findings": [finding("acme", "globex"), finding("globex", "acme"),
            {"severity": "warning", "rule": "slow", "address": null, "message": "of acme and globex",
             "help": null, "file": null, "line": null}],
        "unmanaged": [{"type": "aws.route53.RecordSet", "id": "stray", "key": null, "in": "acme or globex"}],
        "unverifiable": [{"scope": {"provider": "aws", "account": "acme-or-globex", "region": null, "container": null},
            "types": ["aws.route53.HostedZone"], "address": null, "fields": [], "why": "AccessDenied"}],
        "meta": {"apiCalls": {"route53:ListHostedZones": 2}, "version": "0.1.0", "tookMs": 12}
    });
    serde_json::from_value(plan).unwrap()
}

pub(crate) fn run() -> Run {
    let outcome = |tenant: &str, status: &str, error: Value| {
        json!({
        "address": format!("{tenant}/Domain/{tenant}-com:aws.route53.RecordSet/www/A"), "action": "update",
        "status": status, "error": error, "requestIds": [format!("{tenant}-request")]})
    };
    let run = json!({
        "run": "01run", "tenants": ["acme", "globex"], "plan": Digest::of_bytes(b"plan"),
        "started": "2027-01-31T00:01:00Z", "ended": "2027-01-31T00:02:00Z", "ending": "partial",
        "outcomes": [outcome("acme", "applied", Value::Null), outcome("globex", "failed", json!("no answer"))],
        "converged": false, "meta": {"apiCalls": {"route53:ChangeResourceRecordSets": 2}}
    });
    serde_json::from_value(run).unwrap()
}

pub(crate) fn source() -> SourceName {
    SourceName::known("shared-repo")
}

/// What the fake backend does.
#[derive(Clone, Default)]
pub(crate) struct World {
    pub(crate) broken: bool,
    /// The status never comes.
    pub(crate) stuck: bool,
    pub(crate) readiness: Readiness,
}

impl World {
    fn give<T: Send + 'static>(&self, value: impl FnOnce() -> T) -> Fut<'_, Result<T, BackendError>> {
        let answer =
            if self.broken { Err(BackendError("acme's disk is on fire".into())) } else { Ok(value()) };
        Box::pin(std::future::ready(answer))
    }
}

/// Gives all it has, whatever it is asked for: leaving out is the server's work.
impl Backend for World {
    fn status(&self) -> Fut<'_, Result<StatusData, BackendError>> {
        if self.stuck { Box::pin(std::future::pending()) } else { self.give(status) }
    }
    fn plans<'a>(&'a self, limit: u32, _: Only<'a>) -> Fut<'a, Result<Vec<PlanEntry>, BackendError>> {
        self.give(|| vec![PlanEntry::new(&plan(), None); limit as usize + 1])
    }
    fn plan<'a>(&'a self, digest: &'a Digest) -> Fut<'a, Result<Option<PlanData>, BackendError>> {
        let found = (*digest == plan().digest).then(|| PlanData { plan: plan(), speaks_for: None });
        self.give(|| found)
    }
    fn runs<'a>(&'a self, _: u32, _: Only<'a>) -> Fut<'a, Result<Vec<RunEntry>, BackendError>> {
        self.give(|| vec![RunEntry::new(&run(), source())])
    }
    fn run<'a>(&'a self, id: &'a RunId) -> Fut<'a, Result<Option<RunData>, BackendError>> {
        let found = (id.as_str() == "01run").then(|| RunData { run: run(), source: source() });
        self.give(|| found)
    }
    fn drift(&self) -> Fut<'_, Result<Vec<DriftData>, BackendError>> {
        self.give(|| vec![drift()])
    }
    fn delivered<'a>(&'a self, delivery: &'a Delivery<'a>) -> Fut<'a, Result<Delivered, BackendError>> {
        let signed = delivery.signature == Some("good");
        self.give(|| if signed { Delivered::Queued } else { Delivered::Forged })
    }
    fn ready(&self) -> Fut<'_, Readiness> {
        Box::pin(std::future::ready(self.readiness.clone()))
    }
}

fn drift() -> DriftData {
    let plan = plan();
    DriftData {
        source: source(),
        speaks_for: Some(set(&["acme", "globex"])),
        format_version: 1,
        as_of: plan.as_of,
        sources: plan.sources,
        complete: plan.complete,
        changes: plan.changes,
        pending: Vec::new(),
        findings: plan.findings,
        unmanaged: plan.unmanaged,
        unverifiable: plan.unverifiable,
        meta: plan.meta,
    }
}

fn status() -> StatusData {
    let tenant = |name: &str| TenantData {
        name: TenantName::new(name).unwrap(),
        state: "active".into(),
        last_run: Some(RunEntry::new(&run(), source())),
        drift_as_of: Some("2027-01-31T00:00:00Z".parse().unwrap()),
        drift_changes: 1,
        pending_changes: 0,
        audit_head: Some(aplomo_server::AuditHead { seq: 7, hash: Digest::of_bytes(name.as_bytes()) }),
    };
    let source = |name: &str, tenants: &[&str], held: Option<&str>| SourceData {
        name: SourceName::new(name).unwrap(),
        location: format!("https://bot:pw@git/{name}"),
        speaks_for: Some(set(tenants)),
        commit: None,
        read_at: Some("2027-01-31T00:00:30Z".parse().unwrap()),
        complete: true,
        held: held.map(ToOwned::to_owned),
        problems: vec![format!("{} do not agree", tenants.join(" and "))],
    };
    let hold = |what: &str| -> Hold {
        serde_json::from_value(json!({"what": what, "until": "2027-02-01T00:00:00Z", "reason": "night shift",
            "by": {"name": "ana", "how": "claimed"}, "at": "2027-01-30T00:00:00Z"}))
        .unwrap()
    };
    let lock = |scope: &str| aplomo_server::LockData {
        scope: scope.to_owned(),
        holder: "host:1".to_owned(),
        since: "2027-01-31T00:00:00Z".parse().unwrap(),
        until: "2027-01-31T00:02:00Z".parse().unwrap(),
    };
    let glass = |tenant: &str| -> aplomo_core::safety::BreakGlass {
        serde_json::from_value(
            json!({"tenant": tenant, "at": "2027-01-31T00:00:00Z", "until": "2027-01-31T02:00:00Z",
            "by": [{"who": {"name": "ana", "how": "claimed"}, "reason": "the site is down"}]}),
        )
        .unwrap()
    };
    let stuck = json!({"address": "globex/Domain/globex-com:aws.route53.RecordSet/www/A", "field": "/ttl",
        "why": "it would not stay", "commit": null, "digest": Digest::of_bytes(b"x"), "at": "2027-01-30T00:00:00Z"});
    StatusData {
        now: "2027-01-31T00:01:30Z".parse().unwrap(),
        started: "2027-01-01T00:00:00Z".parse().unwrap(),
        version: "0.1.0".to_owned(),
        installation: aplomo_core::Installation::known("prod"),
        tenants: vec![tenant("acme"), tenant("globex")],
        sources: vec![
            source("acme-repo", &["acme"], None),
            source("globex-repo", &["globex"], Some("history was rewritten")),
            source("shared-repo", &["acme", "globex"], None),
        ],
        holds: vec![hold("acme"), hold("globex/Domain/x"), hold("*/www/A")],
        quarantine: vec![serde_json::from_value(stuck).unwrap()],
        locks: vec![lock("acme/123456789012"), lock("globex/-")],
        break_glass: vec![glass("acme"), glass("globex")],
        budgets: vec![aplomo_server::BudgetData {
            account: "123456789012".to_owned(),
            service: "route53".to_owned(),
            available: 12,
            burst: 50,
            per_second: 10,
            throttled_since: Some("2027-01-31T00:01:00Z".parse().unwrap()),
            slow_until: Some("2027-01-31T00:02:00Z".parse().unwrap()),
        }],
    }
}

pub(crate) fn token(secret: &str, tenants: Option<&[&str]>) -> Token {
    let name = secret.split('-').next().unwrap_or_default().into();
    Token { name, secret: secret.to_owned().into(), tenants: tenants.map(set) }
}

pub(crate) fn tokens() -> Access {
    let tokens = vec![
        token(ALL, None),
        token(ACME, Some(&["acme"])),
        token(GLOBEX, Some(&["globex"])),
        token(NOBODY, Some(&["initech"])),
    ];
    Access { tokens, public_host: None }
}

/// The recorder is one for the whole process, so all tests share it.
pub(crate) fn metrics() -> Metrics {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    METRICS.get_or_init(|| aplomo_server::install_recorder().unwrap()).clone()
}

pub(crate) fn api(world: World, access: &Access) -> Api {
    let gate = Gate::new(access, "127.0.0.1:0".parse().unwrap()).unwrap();
    Api { backend: Arc::new(world), gate, metrics: metrics() }
}

/// The service with tokens.
pub(crate) fn guarded() -> Router {
    router(api(World::default(), &tokens()))
}

/// The service on loopback without tokens.
pub(crate) fn bare() -> Router {
    router(api(World::default(), &Access::default()))
}

pub(crate) fn get(path: &str) -> axum::http::request::Builder {
    Request::get(path).header("host", "127.0.0.1:8080")
}

pub(crate) async fn send(router: Router, request: Request<Body>) -> (StatusCode, Response<()>, String) {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    (parts.status, Response::from_parts(parts, ()), text)
}

/// Status and body of a GET, with a token where one is given.
pub(crate) async fn call(router: Router, path: &str, secret: Option<&str>) -> (StatusCode, String) {
    let mut request = get(path);
    if let Some(secret) = secret {
        request = request.header("authorization", format!("Bearer {secret}"));
    }
    let (status, _, text) = send(router, request.body(Body::empty()).unwrap()).await;
    (status, text)
}

/// The body of a GET that succeeds, as JSON.
pub(crate) async fn read(router: Router, path: &str, secret: Option<&str>) -> Value {
    let (status, text) = call(router, path, secret).await;
    assert_eq!(status, StatusCode::OK, "{path}: {text}");
    serde_json::from_str(&text).unwrap()
}
