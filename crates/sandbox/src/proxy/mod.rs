//! A counting, fault-injecting reverse proxy in front of moto: names every call, counts it, asks the rules, forwards
//! it under a chosen account, and in strict mode enforces what AWS enforces and moto does not.
//! Deliberately absent: TLS and checks of signatures.

pub(crate) mod action;
mod answer;
mod certificates;
mod fault;
mod forward;
mod handle;
mod lag;
mod routes;
mod rule;
mod traffic;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::header::HeaderValue;

pub(crate) use action::Protocol;
pub use answer::{Answer, AwsError};
pub use fault::{Edit, Fault, Victim};
pub(crate) use forward::{Inbound, Upstream};
pub use lag::Lag;
pub use rule::{Rule, RuleId, RuleStart};
pub use traffic::{Call, Outcome};

use crate::background::{Server, serve};
use crate::error::Error;
use crate::strict::{Pace, Strict};
use lag::Lags;
use traffic::Traffic;

/// moto's choice of account; it goes before the access key.
pub(crate) const ACCOUNT_HEADER: &str = "x-moto-account-id";

/// What every call handler shares.
#[derive(Debug)]
struct Shared {
    upstream: Upstream,
    account: Option<HeaderValue>,
    strict: Option<Strict>,
    traffic: Traffic,
    lags: Lags,
    /// Accounts of temporary access keys.
    sessions: Mutex<BTreeMap<String, HeaderValue>>,
}

impl Shared {
    fn sessions(&self) -> MutexGuard<'_, BTreeMap<String, HeaderValue>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running proxy; dropping it closes the port.
#[derive(Debug)]
pub struct Proxy {
    server: Server,
    shared: Arc<Shared>,
    endpoint: String,
    account: Option<String>,
}

/// Settings of a proxy: `Proxy::to(moto.endpoint()).account(unique_account()).strict().start()?`.
#[derive(Debug, Clone)]
#[must_use = "call start()"]
pub struct ProxyBuilder {
    endpoint: String,
    account: Option<String>,
    strict: bool,
    pace: Pace,
}

impl ProxyBuilder {
    /// Every call is made as this account (12 digits), whatever its credentials; except with temporary credentials
    /// from AssumeRole, which lead to the account of their role.
    pub fn account(mut self, id: impl Into<String>) -> Self {
        self.account = Some(id.into());
        self
    }

    /// Enforces what AWS enforces and moto does not, for Route53, EC2, IAM, ACM and session policies; see `strict`.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// How slow the slow things are in strict mode; one look each unless set.
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Opens a free port. May be called inside and outside a runtime.
    ///
    /// # Errors
    /// An endpoint that is not `http://ip:port`, an account that cannot be a header, or no free port.
    pub fn start(self) -> Result<Proxy, Error> {
        let bad = |address: &str, why: &str| Error::Address { address: address.into(), why: why.into() };
        let upstream =
            socket(&self.endpoint).ok_or_else(|| bad(&self.endpoint, "expected http://ip:port"))?;
        let account = self.account.as_deref().map(HeaderValue::from_str).transpose();
        let shared = Arc::new(Shared {
            upstream: Upstream(upstream),
            account: account.map_err(|_| bad(&self.endpoint, "the account id is not 12 digits"))?,
            strict: self.strict.then(|| Strict::with(self.pace)),
            traffic: Traffic::default(),
            lags: Lags::default(),
            sessions: Mutex::default(),
        });
        let handler = shared.clone();
        let server = serve(move |request| handle::handle(handler.clone(), request))?;
        let endpoint = format!("http://{}", server.addr());
        Ok(Proxy { server, shared, endpoint, account: self.account })
    }
}

/// `http://127.0.0.1:5000` as a socket address.
pub(crate) fn socket(endpoint: &str) -> Option<SocketAddr> {
    endpoint.strip_prefix("http://")?.trim_end_matches('/').parse().ok()
}

impl Proxy {
    /// A proxy to the emulator at this endpoint.
    pub fn to(endpoint: &str) -> ProxyBuilder {
        ProxyBuilder { endpoint: endpoint.to_owned(), account: None, strict: false, pace: Pace::default() }
    }

    /// The proxy's endpoint URL, without a final slash.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The proxy's port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.server.addr().port()
    }

    /// The account calls are made as, if one was chosen.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The environment that leads an AWS SDK to this proxy and keeps the machine's own AWS settings out.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", "AKIASANDBOX000000000".into()),
            ("AWS_SECRET_ACCESS_KEY", "sandbox".into()),
            ("AWS_REGION", "us-east-1".into()),
            ("AWS_CONFIG_FILE", "/dev/null".into()),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null".into()),
            ("AWS_EC2_METADATA_DISABLED", "true".into()),
        ]
    }

    /// Puts a rule in force. Of several that fire on one call the first wins; edits all apply.
    pub fn inject(&self, rule: Rule) -> RuleId {
        self.shared.traffic.inject(rule)
    }

    /// From now on what matching calls create is slow to be known. The first lag that matches a call counts.
    pub fn lag(&self, lag: Lag) {
        self.shared.lags.add(lag);
    }

    /// Lifts all lags; everything is known.
    pub fn lift_lags(&self) {
        self.shared.lags.clear();
    }

    /// Lifts one rule.
    pub fn lift(&self, id: RuleId) {
        self.shared.traffic.remove(id);
    }

    /// Lifts all rules.
    pub fn lift_all(&self) {
        self.shared.traffic.clear();
    }

    /// From now on every call that writes is answered with 403; they are in [`Proxy::calls`] as injected.
    pub fn refuse_writes(&self) -> RuleId {
        self.inject(Rule::on_writes().then(Fault::access_denied()))
    }

    /// How many calls a rule has bent so far; 0 once lifted.
    pub fn fired(&self, id: RuleId) -> usize {
        self.shared.traffic.fired(id)
    }

    /// Calls per `service:Operation` since the start or the last reset, attempts and refused ones included.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        self.shared.traffic.counts()
    }

    /// Calls of one `service:Operation`.
    pub fn count(&self, action: &str) -> usize {
        self.shared.traffic.count(|call| call.action == action)
    }

    /// All calls.
    pub fn total(&self) -> usize {
        self.shared.traffic.count(|_| true)
    }

    /// Calls that write.
    pub fn writes(&self) -> usize {
        self.shared.traffic.count(|call| call.write)
    }

    /// Every call in the order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.traffic.calls()
    }

    /// Forgets the calls counted so far; rules and their counters stay.
    pub fn reset(&self) {
        self.shared.traffic.reset();
    }
}
