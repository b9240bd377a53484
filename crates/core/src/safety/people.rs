//! Who may ask for changes of a tenant, and who may approve them.
//!
//! Both are recorded as text that people read in a plan (`requester ana #7`, `acme/sre risks=outage
//! approvals=2`); here it is written and read back.
//!
//! Deliberately absent: who is in a team, and whether a name is true. Whoever asks GitHub knows that.

use super::{ApprovalRules, EnvironmentType};
use crate::approval::risk_word;
use crate::types::Risk;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// What a contact may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactRole {
    /// May ask for changes.
    Requester,
    /// Answers technical questions, may ask for changes.
    Technical,
    /// Is told about security matters, may not ask.
    Security,
}

impl ContactRole {
    /// Whether somebody in this role may ask for changes.
    #[must_use]
    pub const fn may_ask(self) -> bool {
        matches!(self, Self::Requester | Self::Technical)
    }
    /// As written in a manifest.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Requester => "requester",
            Self::Technical => "technical",
            Self::Security => "security",
        }
    }
}

/// A person whom the client named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactPolicy {
    /// The person's name.
    pub name: SmolStr,
    /// The login on GitHub. A login may change hands; where `id` is set, that counts.
    pub login: Option<SmolStr>,
    /// The immutable id of the user on GitHub.
    pub id: Option<u64>,
    /// What the person may do.
    pub role: ContactRole,
}

impl ContactPolicy {
    /// How a contact is recorded: `role login #id email`, without what there is not.
    #[must_use]
    pub fn line(&self, email: Option<&str>) -> String {
        let id = self.id.map(|id| format!("#{id}"));
        let ways = [self.login.as_deref(), id.as_deref(), email];
        let words: Vec<&str> = std::iter::once(self.role.word()).chain(ways.into_iter().flatten()).collect();
        words.join(" ")
    }

    /// Reads what [`Self::line`] wrote. A role we do not know may not ask.
    #[must_use]
    pub fn read(name: &str, line: &str) -> Self {
        let mut words = line.split(' ');
        let role = match words.next() {
            Some("requester") => ContactRole::Requester,
            Some("technical") => ContactRole::Technical,
            _ => ContactRole::Security,
        };
        let mut contact = Self { name: name.into(), login: None, id: None, role };
        for word in words.filter(|word| !word.is_empty() && !word.contains('@')) {
            match word.strip_prefix('#') {
                Some(id) => contact.id = id.parse().ok(),
                None => contact.login = contact.login.or_else(|| Some(word.into())),
            }
        }
        contact
    }

    /// Whether this is the contact of a user: by id where the manifest has one, else by login, letter case
    /// aside.
    #[must_use]
    pub fn is(&self, login: &str, id: u64) -> bool {
        match self.id {
            Some(own) => own == id,
            None => self.login.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(login)),
        }
    }
}

/// Which team may approve what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApproverRule {
    /// The team on GitHub, `ORG/SLUG`.
    pub team: SmolStr,
    /// Only what is in environments of these types; empty: all.
    #[serde(default)]
    pub environments: BTreeSet<EnvironmentType>,
    /// Only changes of these risks; empty: all.
    #[serde(default)]
    pub risks: BTreeSet<Risk>,
    /// By how many different people.
    pub approvals: u32,
}

/// Every risk, from the least on.
const RISKS: [Risk; 4] = [Risk::Routine, Risk::Sensitive, Risk::Outage, Risk::Irreversible];

/// What is wrong with the text of a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not `ORG/SLUG environments=… risks=… approvals=N`", .0.escape_debug())]
pub struct BadRule(pub String);

impl fmt::Display for ApproverRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.team)?;
        if !self.environments.is_empty() {
            write!(f, " environments={}", joined(self.environments.iter().map(|e| e.word())))?;
        }
        if !self.risks.is_empty() {
            write!(f, " risks={}", joined(self.risks.iter().map(|r| risk_word(*r))))?;
        }
        write!(f, " approvals={}", self.approvals)
    }
}

fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(",")
}

impl FromStr for ApproverRule {
    type Err = BadRule;
    fn from_str(text: &str) -> Result<Self, BadRule> {
        let bad = || BadRule(text.to_owned());
        let mut words = text.split(' ');
        let team = words.next().filter(|team| is_team(team)).ok_or_else(bad)?;
        let mut rule = Self::for_team(team);
        for word in words {
            let (key, value) = word.split_once('=').ok_or_else(bad)?;
            match key {
                "environments" => {
                    let types = value.split(',').map(EnvironmentType::of);
                    rule.environments = types.collect::<Option<_>>().ok_or_else(bad)?;
                }
                "risks" => {
                    let risk = |word: &str| RISKS.into_iter().find(|risk| risk_word(*risk) == word);
                    rule.risks = value.split(',').map(risk).collect::<Option<_>>().ok_or_else(bad)?;
                }
                "approvals" => {
                    rule.approvals = value.parse().ok().filter(|n| *n > 0).ok_or_else(bad)?;
                }
                _ => return Err(bad()),
            }
        }
        Ok(rule)
    }
}

/// Whether a text is `ORG/SLUG`.
fn is_team(text: &str) -> bool {
    let fine = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    text.split_once('/').is_some_and(|(org, slug)| fine(org) && fine(slug))
}

impl ApproverRule {
    /// The team approves everything, one person of it.
    #[must_use]
    pub fn for_team(team: &str) -> Self {
        Self { team: team.into(), environments: BTreeSet::new(), risks: BTreeSet::new(), approvals: 1 }
    }

    /// The rule in a sentence, without full stop.
    #[must_use]
    pub fn words(&self) -> String {
        let risks = match self.risks.is_empty() {
            true => "any".to_owned(),
            false => self.risks.iter().map(|r| risk_word(*r)).collect::<Vec<_>>().join(" or "),
        };
        let within = match self.environments.is_empty() {
            true => String::new(),
            false => {
                let types: Vec<_> = self.environments.iter().map(|e| e.word()).collect();
                format!(" in {}", types.join(" or "))
            }
        };
        let people = match self.approvals {
            1 => "one person".to_owned(),
            n => format!("{n} different people"),
        };
        format!("the team {} approves {risks} changes{within}: {people}", self.team)
    }

    fn speaks_of(&self, risk: Risk, environment: Option<EnvironmentType>) -> bool {
        (self.risks.is_empty() || self.risks.contains(&risk))
            && (self.environments.is_empty() || environment.is_some_and(|e| self.environments.contains(&e)))
    }

    /// How specific: environment and risk, then environment, then risk, then neither.
    fn rank(&self) -> (bool, bool) {
        (!self.environments.is_empty(), !self.risks.is_empty())
    }
}

/// Who may approve a change, and how many of them must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approvers {
    /// The teams, `ORG/SLUG`; empty where no rule speaks of it and no default team is configured.
    pub teams: BTreeSet<SmolStr>,
    /// How many different people.
    pub people: u32,
}

impl ApprovalRules {
    /// Who may approve a change of this risk in an environment of this type.
    ///
    /// The most specific rule wins: one that names environment and risk, then one that names the
    /// environment, then one that names the risk, then one that names neither. Of rules that are equally
    /// specific all teams may approve, and as many people as the strictest of them asks for. Without a rule
    /// it is the default team and one person.
    #[must_use]
    pub fn approvers(
        &self,
        risk: Risk,
        environment: Option<EnvironmentType>,
        default_team: Option<&str>,
    ) -> Approvers {
        let speaking = || self.approvers.iter().filter(|rule| rule.speaks_of(risk, environment));
        let Some(best) = speaking().map(ApproverRule::rank).max() else {
            return Approvers { teams: default_team.into_iter().map(SmolStr::new).collect(), people: 1 };
        };
        let winning = || speaking().filter(|rule| rule.rank() == best);
        Approvers {
            teams: winning().map(|rule| rule.team.clone()).collect(),
            people: winning().map(|rule| rule.approvals).max().unwrap_or(1).max(1),
        }
    }
}

#[cfg(test)]
mod tests;
