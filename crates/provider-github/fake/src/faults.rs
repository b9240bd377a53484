//! What goes wrong on purpose, and who is told of a write before its caller is.

use std::fmt;
use std::sync::Arc;

/// What happens to a request.
#[derive(Clone)]
pub enum Fault {
    /// This status instead of any effect, as of an overloaded GitHub: 500, 502, 503.
    Status(u16),
    /// The connection ends before any effect.
    Reset,
    /// This is called before any effect, with how many writes there were; then the connection ends.
    CallInstead(Arc<dyn Fn(u64) + Send + Sync>),
    /// The effect happens; the connection ends instead of an answer.
    LoseAnswer,
    /// The effect happens; then this is called with the number of the write, then the answer goes out.
    Call(Arc<dyn Fn(u64) + Send + Sync>),
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "Status({status})"),
            Self::Reset => write!(f, "Reset"),
            Self::CallInstead(_) => write!(f, "CallInstead"),
            Self::LoseAnswer => write!(f, "LoseAnswer"),
            Self::Call(_) => write!(f, "Call"),
        }
    }
}

/// Which requests a fault befalls.
#[derive(Debug, Clone)]
pub struct Rule {
    method: Option<String>,
    path: String,
    writes: bool,
    skip: u64,
    times: u64,
    fault: Fault,
}

impl Rule {
    /// Every request.
    #[must_use]
    pub fn new(fault: Fault) -> Self {
        Self { method: None, path: String::new(), writes: false, skip: 0, times: u64::MAX, fault }
    }

    /// Only of this method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only where the path contains this.
    #[must_use]
    pub fn path(mut self, part: &str) -> Self {
        part.clone_into(&mut self.path);
        self
    }

    /// Only requests that are meant to change something.
    #[must_use]
    pub fn writes(mut self) -> Self {
        self.writes = true;
        self
    }

    /// Not the first so many that match.
    #[must_use]
    pub fn after(mut self, skip: u64) -> Self {
        self.skip = skip;
        self
    }

    /// So many, then no more.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    fn matches(&self, method: &str, path: &str, write: bool) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted == method)
            && path.contains(&self.path)
            && (write || !self.writes)
    }
}

/// The rules in force.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) rules: Vec<Rule>,
    /// Whether every write is refused.
    pub(crate) refuse_writes: bool,
    pub(crate) refused: u64,
}

impl Faults {
    /// The first rule that applies now, and counts.
    pub(crate) fn strike(&mut self, method: &str, path: &str, write: bool) -> Option<Fault> {
        for rule in self.rules.iter_mut().filter(|rule| rule.matches(method, path, write)) {
            if rule.skip > 0 {
                rule.skip -= 1;
            } else if rule.times > 0 {
                rule.times -= 1;
                return Some(rule.fault.clone());
            }
        }
        None
    }
}
