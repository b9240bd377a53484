//! What went through the proxy and which rules are in force. Deliberately absent: the network.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Inbound;
use super::action::{Action, region};
use super::fault::{Edit, Fault};
use super::rule::{Rule, RuleId};

/// How a call ended, as the client saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Still on its way.
    Pending,
    /// The emulator, or the strict checks before it, answered with this status.
    Answered(u16),
    /// A rule or a lag answered with this status; the call had no effect.
    Injected(u16),
    /// The connection was closed without an answer; `effect` says whether the call was carried out.
    Dropped {
        /// Whether the emulator carried the call out.
        effect: bool,
    },
}

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    /// `service:Operation`.
    pub action: String,
    /// Whether it writes.
    pub write: bool,
    /// The account it was made as, where the proxy knows it: its own, or that of a role assumed through it.
    pub account: Option<String>,
    /// The region it was signed for.
    pub region: Option<String>,
    /// HTTP method.
    pub method: String,
    /// Path with query.
    pub path: String,
    /// Request body.
    pub body: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// What the rules say about one call.
pub(super) struct Verdict {
    /// The call's place in the log, for [`Traffic::finish`].
    pub(super) seq: usize,
    /// The first fault that fires, edits aside.
    pub(super) fault: Option<Fault>,
    /// Every edit that fires, in the order of injection.
    pub(super) edits: Vec<Edit>,
}

#[derive(Debug)]
struct InForce {
    id: RuleId,
    rule: Rule,
    /// Matches by key; one key unless the rule counts each request by itself.
    matched: BTreeMap<String, usize>,
    fired: usize,
}

#[derive(Debug, Default)]
struct State {
    /// Calls before this were forgotten by a reset; keeps the places of calls still under way right.
    forgotten: usize,
    calls: Vec<Call>,
    rules: Vec<InForce>,
    next_rule: usize,
}

/// The log and the rules, behind one lock.
#[derive(Debug, Default)]
pub(super) struct Traffic(Mutex<State>);

impl Traffic {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Logs a call and asks the rules.
    pub(super) fn arrive(&self, action: &Action, call: &Inbound) -> Verdict {
        let (path, body) = (call.path(), call.text());
        let mut state = self.state();
        let seq = state.forgotten + state.calls.len();
        state.calls.push(Call {
            action: action.name.clone(),
            write: action.write,
            account: call.account().map(str::to_owned),
            region: region(&call.headers).map(str::to_owned),
            method: call.method.to_string(),
            path: path.to_owned(),
            body: body.clone(),
            outcome: Outcome::Pending,
        });
        let mut verdict = Verdict { seq, fault: None, edits: Vec::new() };
        for entry in &mut state.rules {
            if entry.rule.matches(action, path, &body) {
                entry.apply(entry.rule.key(path, &body), &mut verdict);
            }
        }
        verdict
    }

    pub(super) fn finish(&self, seq: usize, outcome: Outcome) {
        let mut state = self.state();
        let place = seq.checked_sub(state.forgotten);
        if let Some(call) = place.and_then(|at| state.calls.get_mut(at)) {
            call.outcome = outcome;
        }
    }

    pub(super) fn inject(&self, rule: Rule) -> RuleId {
        let mut state = self.state();
        let id = RuleId(state.next_rule);
        state.next_rule += 1;
        state.rules.push(InForce { id, rule, matched: BTreeMap::new(), fired: 0 });
        id
    }

    pub(super) fn remove(&self, id: RuleId) {
        self.state().rules.retain(|entry| entry.id != id);
    }

    pub(super) fn clear(&self) {
        self.state().rules.clear();
    }

    pub(super) fn fired(&self, id: RuleId) -> usize {
        self.state().rules.iter().find(|entry| entry.id == id).map_or(0, |entry| entry.fired)
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    pub(super) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in &self.state().calls {
            *counts.entry(call.action.clone()).or_default() += 1;
        }
        counts
    }

    pub(super) fn count(&self, pick: impl Fn(&Call) -> bool) -> usize {
        self.state().calls.iter().filter(|call| pick(call)).count()
    }

    pub(super) fn reset(&self) {
        let mut state = self.state();
        state.forgotten += state.calls.len();
        state.calls.clear();
    }
}

impl InForce {
    /// A match is counted even when an earlier rule already took the call, so `nth` means the n-th such call.
    fn apply(&mut self, key: String, verdict: &mut Verdict) {
        let matched = self.matched.entry(key).or_default();
        let fires = self.rule.fires_at(*matched);
        *matched += 1;
        if !fires {
            return;
        }
        match self.rule.fault().as_edit() {
            Some(edit) => verdict.edits.push(edit),
            None if verdict.fault.is_none() => verdict.fault = Some(self.rule.fault().clone()),
            None => return,
        }
        self.fired += 1;
    }
}
