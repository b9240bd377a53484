//! What access is gained and lost between two documents, in words.
//!
//! Documents are taken apart into single permissions (one action, one resource, one principal). A
//! permission that the other side covers is no news, so statements that are only cut differently say
//! nothing. The rest is put together again by what is equal.

use super::pattern::covers;
use super::principal::Principal;
use super::statement::{Conditions, Document, Effect, Matching, Statement};
use super::words;
use crate::change::list;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// More permissions than this are not compared one by one.
const MOST: usize = 3_000;

/// What is said in the place of more changes than that.
const TOO_MANY: &str = "more changes than can be told one by one: read both documents";

/// What changes: a sentence each, without subject and full stop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shift {
    /// What is allowed afterwards and was not, or is denied no longer.
    pub gained: Vec<String>,
    /// What was allowed and is not afterwards, or is denied now.
    pub lost: Vec<String>,
}

impl Shift {
    /// From one document to another; `None` allows nothing.
    #[must_use]
    pub fn between(before: Option<&Document>, after: Option<&Document>) -> Self {
        let (old, new) = (atoms(before), atoms(after));
        if old.len() > MOST || new.len() > MOST {
            let why = TOO_MANY.to_owned();
            let same = before.map(|d| &d.statements) == after.map(|d| &d.statements);
            return if same { Self::default() } else { Self { gained: vec![why.clone()], lost: vec![why] } };
        }
        let mut shift = Self::default();
        shift.tell(&new, &old, true);
        shift.tell(&old, &new, false);
        shift
    }

    /// Whether the sentences say all of it.
    #[must_use]
    pub fn is_all(&self) -> bool {
        !self.gained.iter().chain(&self.lost).any(|sentence| sentence == TOO_MANY)
    }

    /// Tells what is on one side (`appears`: afterwards) and the other does not cover.
    fn tell(&mut self, these: &[Atom<'_>], those: &[Atom<'_>], appears: bool) {
        let mut groups = Groups::default();
        for atom in these.iter().filter(|atom| !those.iter().any(|other| other.covers(atom))) {
            groups.add(atom, atom.beside(those));
        }
        for (group, actions, resources, who) in groups.regroup() {
            let allowing = (group.effect == Effect::Allow) == appears;
            let sentence = group.sentence(appears, &who, &actions, &resources);
            if allowing { &mut self.gained } else { &mut self.lost }.push(sentence);
        }
    }
}

/// One of a set, or all but the set.
#[derive(Clone, Copy, PartialEq)]
enum Part<'a> {
    One(&'a SmolStr),
    AllBut(&'a BTreeSet<SmolStr>),
}

#[derive(Clone, Copy, PartialEq)]
enum Who<'a> {
    One(&'a Principal),
    AllBut(&'a BTreeSet<Principal>),
}

/// A single permission.
struct Atom<'a> {
    effect: Effect,
    who: Option<Who<'a>>,
    action: Part<'a>,
    resource: Option<Part<'a>>,
    conditions: &'a Conditions,
}

/// All permissions, or the first [`MOST`] and one.
fn atoms(document: Option<&Document>) -> Vec<Atom<'_>> {
    document.into_iter().flat_map(|d| &d.statements).flat_map(of_statement).take(MOST + 1).collect()
}

fn of_statement(statement: &Statement) -> impl Iterator<Item = Atom<'_>> {
    let who: Vec<Option<Who<'_>>> = match &statement.principals {
        None => vec![None],
        Some(p) if p.negated => vec![Some(Who::AllBut(&p.who))],
        Some(p) => p.who.iter().map(|one| Some(Who::One(one))).collect(),
    };
    let resources: Vec<Option<Part<'_>>> =
        statement.resources.as_ref().map_or_else(|| vec![None], |r| parts(r).into_iter().map(Some).collect());
    who.into_iter().flat_map(move |who| {
        let resources = resources.clone();
        parts(&statement.actions).into_iter().flat_map(move |action| {
            let (effect, conditions) = (statement.effect, &statement.conditions);
            let of = move |resource| Atom { effect, who, action, resource, conditions };
            resources.clone().into_iter().map(of)
        })
    })
}

fn parts(matching: &Matching) -> Vec<Part<'_>> {
    if matching.negated {
        return vec![Part::AllBut(&matching.patterns)];
    }
    matching.patterns.iter().map(Part::One).collect()
}

impl Part<'_> {
    fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::One(wide), Self::One(narrow)) => covers(wide, narrow),
            (Self::One(wide), Self::AllBut(_)) => wide == "*",
            (Self::AllBut(these), Self::AllBut(those)) => these.is_subset(those),
            (Self::AllBut(these), Self::One(one)) => {
                !one.contains(['*', '?', '$']) && !these.iter().any(|t| t.contains('$') || covers(t, one))
            }
        }
    }

    fn words(self) -> String {
        match self {
            Self::One(one) => one.to_string(),
            Self::AllBut(these) => format!("everything but {}", list(these)),
        }
    }
}

impl Who<'_> {
    fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::One(wide), Self::One(narrow)) => wide.covers(narrow),
            (Self::One(wide), Self::AllBut(_)) => *wide == Principal::Everyone,
            (Self::AllBut(these), Self::AllBut(those)) => these.is_subset(those),
            (Self::AllBut(_), Self::One(_)) => false,
        }
    }

    fn words(self) -> String {
        match self {
            Self::One(one) => one.to_string(),
            Self::AllBut(these) => format!("everybody but {}", list(these.iter().map(ToString::to_string))),
        }
    }
}

impl Atom<'_> {
    /// Whether the other is no more than this: fewer conditions are wider.
    fn covers(&self, other: &Atom<'_>) -> bool {
        let who = match (self.who, other.who) {
            (Some(this), Some(that)) => this.covers(that),
            (this, that) => this.is_none() && that.is_none(),
        };
        let resource = match (self.resource, other.resource) {
            (Some(this), Some(that)) => this.covers(that),
            (this, that) => this.is_none() && that.is_none(),
        };
        let wider = || self.conditions.iter().all(|(key, values)| other.conditions.get(key) == Some(values));
        self.effect == other.effect && who && resource && self.action.covers(other.action) && wider()
    }

    /// The conditions on which the other side holds the same: they are what was taken away or added.
    fn beside(&self, those: &[Atom<'_>]) -> String {
        let same = |other: &&Atom<'_>| {
            (self.effect, self.who, self.action, self.resource)
                == (other.effect, other.who, other.action, other.resource)
        };
        let more = |other: &Atom<'_>| -> Option<Conditions> {
            let wider = self.conditions.iter().all(|(key, values)| other.conditions.get(key) == Some(values));
            let rest = other.conditions.iter().filter(|(key, _)| !self.conditions.contains_key(*key));
            wider.then(|| rest.map(|(key, values)| (key.clone(), values.clone())).collect())
        };
        those.iter().filter(same).find_map(more).map(|rest| words::conditions(&rest)).unwrap_or_default()
    }
}

/// What several permissions share in a sentence.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Shared {
    effect: Effect,
    conditions: String,
    beside: String,
}

type Texts = BTreeSet<String>;

/// Actions by what they share, resource and principal.
#[derive(Default)]
struct Groups(BTreeMap<(Shared, Option<String>, Option<String>), Texts>);

impl Groups {
    fn add(&mut self, atom: &Atom<'_>, beside: String) {
        let conditions =
            if atom.conditions.is_empty() { String::new() } else { words::conditions(atom.conditions) };
        let shared = Shared { effect: atom.effect, conditions, beside };
        let key = (shared, atom.resource.map(Part::words), atom.who.map(Who::words));
        self.0.entry(key).or_default().insert(atom.action.words());
    }

    /// Those with the same actions share a sentence: first over resources, then over principals.
    fn regroup(self) -> Vec<(Shared, Texts, Texts, Texts)> {
        let mut by_actions: BTreeMap<(Shared, Texts, Option<String>), Texts> = BTreeMap::new();
        for ((shared, resource, who), actions) in self.0 {
            by_actions.entry((shared, actions, who)).or_default().extend(resource);
        }
        let mut by_both: BTreeMap<(Shared, Texts, Texts), Texts> = BTreeMap::new();
        for ((shared, actions, who), resources) in by_actions {
            by_both.entry((shared, actions, resources)).or_default().extend(who);
        }
        by_both
            .into_iter()
            .map(|((shared, actions, resources), who)| (shared, actions, resources, who))
            .collect()
    }
}

impl Shared {
    fn sentence(&self, appears: bool, who: &Texts, actions: &Texts, resources: &Texts) -> String {
        let several = who.len() > 1;
        let verb = match (self.effect, appears, several) {
            (Effect::Allow, true, false) => "gains",
            (Effect::Allow, true, true) => "gain",
            (Effect::Allow, false, false) if self.beside.is_empty() => "loses",
            (Effect::Allow, false, true) if self.beside.is_empty() => "lose",
            (Effect::Allow, false, false) => "keeps",
            (Effect::Allow, false, true) => "keep",
            (Effect::Deny, true, false) => "is denied",
            (Effect::Deny, true, true) => "are denied",
            (Effect::Deny, false, false) => "is no longer denied",
            (Effect::Deny, false, true) => "are no longer denied",
        };
        let who = if who.is_empty() { String::new() } else { format!("{} ", list(who)) };
        let on = if resources.is_empty() { String::new() } else { format!(" on {}", list(resources)) };
        format!("{who}{verb} {}{on}{}", list(actions), self.when(appears))
    }

    fn when(&self, appears: bool) -> String {
        let when =
            if self.conditions.is_empty() { String::new() } else { format!(" when {}", self.conditions) };
        match (self.beside.as_str(), self.effect, appears) {
            ("", ..) => when,
            (beside, _, true) => format!("{when}, no longer only when {beside}"),
            (beside, Effect::Allow, false) => format!("{when}, only when {beside}"),
            (beside, Effect::Deny, false) => format!("{when}, unless {beside}"),
        }
    }
}
