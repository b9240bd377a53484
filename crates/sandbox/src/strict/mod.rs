//! What AWS enforces and moto does not, in front of moto: refusing before a call is forwarded, and putting answers
//! right on their way back. One module per service; what they must remember is in `memory`, how slow the slow things
//! are is in `pace`.
//! Holds only if every write goes through proxies in strict mode, and only one writes a zone at a time.

mod acm;
mod ask;
mod batch;
mod ec2;
pub(crate) mod effect;
mod iam;
pub(crate) mod listing;
pub(crate) mod memory;
mod names;
mod pace;
mod route53;
mod session;

use tokio::sync::Mutex;

use crate::proxy::{Answer, AwsError, Inbound, Protocol, Upstream};
use ask::Ask;
use memory::Memory;
pub use pace::Pace;

/// The strict checks of one proxy; writes go one at a time, so that a check and its effect belong together.
#[derive(Debug, Default)]
pub(crate) struct Strict {
    writing: Mutex<()>,
    pub(crate) memory: Memory,
}

type Verdict = Result<Answer, AwsError>;

/// A call as strict mode looks at it.
pub(crate) struct Case<'a> {
    pub(crate) upstream: Upstream,
    /// `service:Operation`.
    pub(crate) action: &'a str,
    pub(crate) write: bool,
    pub(crate) protocol: Protocol,
    pub(crate) call: &'a Inbound,
}

impl Strict {
    pub(crate) fn with(pace: Pace) -> Self {
        let strict = Self::default();
        strict.memory.state().pace = pace;
        strict
    }

    /// The answer to a call strict mode cares about; `None` for all others.
    pub(crate) async fn act(&self, case: &Case<'_>) -> Option<Answer> {
        if let Err(error) = session::check(&self.memory, case) {
            return Some(error.answer(case.protocol));
        }
        let _one_at_a_time = if case.write { Some(self.writing.lock().await) } else { None };
        let (service, action) = case.action.split_once(':')?;
        let ask = Ask::new(case.upstream, case.call);
        let verdict = match service {
            "route53" => route53::act(case.upstream, action, case.call).await,
            "ec2" => ec2::act(&self.memory, &ask, action).await,
            "iam" => iam::act(&self.memory, &ask, action).await,
            "acm" => acm::act(&self.memory, &ask, action).await,
            "sts" => session::act(&self.memory, &ask, action).await,
            _ => None,
        };
        verdict.map(|verdict| verdict.unwrap_or_else(|error| error.answer(case.protocol)))
    }
}

/// moto's own refusals are passed on.
fn refused(answer: &Answer) -> bool {
    answer.status >= 400
}
