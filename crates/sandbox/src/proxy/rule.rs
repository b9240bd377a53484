//! Which calls a fault is for: an action pattern, a text in path or body, the n-th match, how many times.

use super::action::Action;
use super::fault::Fault;

/// Names an injected rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleId(pub(super) usize);

/// A rule under construction and in force: `Rule::on("route53:List*").nth(2).then(Fault::throttling())`.
/// Without `nth` and `times` it fires on every match.
#[derive(Debug, Clone)]
pub struct Rule {
    pattern: String,
    writes_only: bool,
    each: bool,
    containing: Vec<String>,
    skip: usize,
    times: Option<usize>,
    fault: Fault,
}

impl Rule {
    /// Calls whose `service:Operation` equals the pattern; a final `*` matches any rest.
    pub fn on(pattern: &str) -> RuleStart {
        RuleStart(Self {
            pattern: pattern.to_owned(),
            writes_only: false,
            each: false,
            containing: Vec::new(),
            skip: 0,
            times: None,
            fault: Fault::LostRequest,
        })
    }

    /// Every call that writes, of any service.
    pub fn on_writes() -> RuleStart {
        let mut start = Self::on("*");
        start.0.writes_only = true;
        start
    }

    pub(super) fn fault(&self) -> &Fault {
        &self.fault
    }

    pub(super) fn matches(&self, action: &Action, path: &str, body: &str) -> bool {
        (action.write || !self.writes_only)
            && matches_pattern(&self.pattern, &action.name)
            && self.containing.iter().all(|text| body.contains(text) || path.contains(text))
    }

    /// Matches with the same key are counted together.
    pub(super) fn key(&self, path: &str, body: &str) -> String {
        if self.each { format!("{path}\n{body}") } else { String::new() }
    }

    /// Whether the match with this number, counted from 0, fires.
    pub(super) fn fires_at(&self, earlier: usize) -> bool {
        earlier >= self.skip && self.times.is_none_or(|times| earlier - self.skip < times)
    }
}

pub(super) fn matches_pattern(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

/// A rule without its fault yet.
#[derive(Debug, Clone)]
#[must_use = "a rule needs a fault: .then(…)"]
pub struct RuleStart(Rule);

impl RuleStart {
    /// Only calls with this text in the path, the query or the body. May be repeated: all must be there.
    pub fn containing(mut self, text: &str) -> Self {
        self.0.containing.push(text.to_owned());
        self
    }

    /// `nth`, `from_nth` and `times` count for each distinct request by itself (same path and body):
    /// `Rule::on("ec2:Delete*").each().times(2)` bends the first two attempts at every deletion.
    pub fn each(mut self) -> Self {
        self.0.each = true;
        self
    }

    /// Only the n-th match, counted from 1.
    pub fn nth(mut self, n: usize) -> Self {
        self.0.skip = n.saturating_sub(1);
        self.0.times = Some(1);
        self
    }

    /// From the n-th match on, counted from 1.
    pub fn from_nth(mut self, n: usize) -> Self {
        self.0.skip = n.saturating_sub(1);
        self
    }

    /// At most so many times.
    pub fn times(mut self, times: usize) -> Self {
        self.0.times = Some(times);
        self
    }

    /// What happens to those calls.
    pub fn then(mut self, fault: Fault) -> Rule {
        self.0.fault = fault;
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxy::action::Protocol;

    fn action(name: &str, write: bool) -> Action {
        Action { name: name.into(), write, protocol: Protocol::RestXml }
    }

    #[test]
    fn a_rule_picks_by_name_text_and_kind() {
        let rule = Rule::on("route53:List*").containing("marker=").then(Fault::LostAnswer);
        assert!(rule.matches(&action("route53:ListHostedZones", false), "/x?marker=1", ""));
        assert!(!rule.matches(&action("route53:ListHostedZones", false), "/x", ""));
        assert!(!rule.matches(&action("sts:ListX", false), "/x?marker=1", ""));
        let writes = Rule::on_writes().then(Fault::LostAnswer);
        assert!(writes.matches(&action("iam:CreateRole", true), "/", ""));
        assert!(!writes.matches(&action("iam:ListRoles", false), "/", ""));
    }

    #[test]
    fn nth_and_times_count_matches() {
        let fired = |rule: &Rule| (0..6).filter(|n| rule.fires_at(*n)).collect::<Vec<_>>();
        assert_eq!(fired(&Rule::on("*").nth(3).then(Fault::LostAnswer)), [2]);
        assert_eq!(fired(&Rule::on("*").from_nth(4).then(Fault::LostAnswer)), [3, 4, 5]);
        assert_eq!(fired(&Rule::on("*").from_nth(2).times(2).then(Fault::LostAnswer)), [1, 2]);
        assert_eq!(fired(&Rule::on("*").then(Fault::LostAnswer)).len(), 6);
    }
}
