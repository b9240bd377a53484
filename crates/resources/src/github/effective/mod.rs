//! What protects one branch or tag after all: every ruleset of the organisation and the repository that
//! covers it, and the one classic rule that applies.
//!
//! A pure function over what was seen. Deliberately absent: who asks, and what is done about it.

mod fnmatch;

pub use fnmatch::fnmatch;

use super::model::{BranchProtectionRule, Ruleset};
use super::strength::requirements;
use aplomo_core::{Model as _, Seen, Sight};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// What there is to know of a repository.
#[derive(Debug, Clone, Default)]
pub struct Place<'a> {
    /// Its name.
    pub repository: &'a str,
    /// Its numeric id.
    pub id: &'a str,
    /// Its default branch, where it has one.
    pub default_branch: Option<&'a str>,
    /// Its custom properties as `name=value`.
    pub properties: BTreeSet<SmolStr>,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// A branch by its name.
    Branch(&'a str),
    /// A tag by its name.
    Tag(&'a str),
}

/// What protects it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effective {
    /// What is asked for, by path of the field.
    pub asked: BTreeMap<String, Requirement>,
    /// What could not be known, in words.
    pub unknown: Vec<String>,
    /// Rulesets that cover it and are only tried out, by name.
    pub evaluated: BTreeSet<SmolStr>,
}

/// One thing that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// In words.
    pub what: String,
    /// What asks for it: `ruleset main`, `classic rule release/*`.
    pub by: BTreeSet<String>,
    /// Who passes by all of those; `None` where one of them does not tell.
    pub except: Option<BTreeSet<SmolStr>>,
    strength: i64,
}

impl Effective {
    /// Whether nothing at all is asked for, as far as is known.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.asked.is_empty()
    }
}

/// What protects a branch or tag. `classic` is in the order in which the rules were made: of several
/// with wildcards that cover a branch, GitHub applies the oldest, and one that names it before all.
#[must_use]
pub fn effective(
    place: &Place<'_>,
    target: Target<'_>,
    rulesets: &[Ruleset<Seen>],
    classic: &[BranchProtectionRule<Seen>],
) -> Effective {
    let mut out = Effective::default();
    for ruleset in rulesets {
        let name = ruleset.name.value().cloned().unwrap_or_default();
        if !is_about(ruleset, target) || !covers(ruleset, place, target) {
            continue;
        }
        match ruleset.enforcement.value().map(SmolStr::as_str) {
            Some("active") => {
                let except = who(&ruleset.bypass);
                if except.is_none() {
                    out.unknown.push(format!("who may pass by the ruleset {name}"));
                }
                add(&mut out, &format!("ruleset {name}"), &ruleset.to_fields(), except.as_ref());
            }
            Some("evaluate") => drop(out.evaluated.insert(name)),
            Some(_) => {}
            None => out.unknown.push(format!("whether the ruleset {name} is active")),
        }
    }
    if let Target::Branch(branch) = target
        && let Some(rule) = applies(classic, branch)
    {
        let pattern = rule.pattern.value().map_or("", SmolStr::as_str);
        let admins = rule.admins_too.value() == Some(&true);
        let except = if admins { BTreeSet::new() } else { ["role:admin".into()].into() };
        add(&mut out, &format!("classic rule {pattern}"), &rule.to_fields(), Some(&except));
    }
    out
}

fn is_about(ruleset: &Ruleset<Seen>, target: Target<'_>) -> bool {
    let wanted = match target {
        Target::Branch(_) => "branch",
        Target::Tag(_) => "tag",
    };
    ruleset.target.value().is_some_and(|t| t == wanted)
}

fn covers(ruleset: &Ruleset<Seen>, place: &Place<'_>, target: Target<'_>) -> bool {
    let name = match target {
        Target::Branch(name) => format!("refs/heads/{name}"),
        Target::Tag(name) => format!("refs/tags/{name}"),
    };
    let default = matches!(target, Target::Branch(name) if Some(name) == place.default_branch);
    let fits = |pattern: &SmolStr| match pattern.as_str() {
        "~ALL" => true,
        "~DEFAULT_BRANCH" => default,
        pattern => fnmatch(pattern, &name),
    };
    let any = |set: &Sight<BTreeSet<SmolStr>>| set.value().is_some_and(|set| set.iter().any(fits));
    in_repository(ruleset, place) && any(&ruleset.include) && !any(&ruleset.exclude)
}

/// Whether an organisation's ruleset picks the repository; one of the repository's own always does.
fn in_repository(ruleset: &Ruleset<Seen>, place: &Place<'_>) -> bool {
    let (names, not) = (ruleset.repositories.value(), ruleset.repositories_not.value());
    let (ids, properties) = (ruleset.repository_ids.value(), ruleset.repository_properties.value());
    let properties_not = ruleset.repository_properties_not.value();
    if names.is_none() && ids.is_none() && properties.is_none() && properties_not.is_none() && not.is_none() {
        return true;
    }
    let repository = place.repository.to_lowercase();
    let named = |set: Option<&BTreeSet<SmolStr>>| {
        let fits = |p: &SmolStr| p == "~ALL" || fnmatch(&p.to_lowercase(), &repository);
        set.is_some_and(|set| set.iter().any(fits))
    };
    let has = |set: Option<&BTreeSet<SmolStr>>| set.is_some_and(|set| !set.is_disjoint(&place.properties));
    if has(properties_not) || named(not) {
        return false;
    }
    named(names)
        || ids.is_some_and(|ids| ids.contains(place.id))
        || has(properties)
        || (names.is_none() && ids.is_none() && properties.is_none())
}

/// The one classic rule that applies.
fn applies<'r>(
    classic: &'r [BranchProtectionRule<Seen>],
    branch: &str,
) -> Option<&'r BranchProtectionRule<Seen>> {
    let pattern = |rule: &&BranchProtectionRule<Seen>| rule.pattern.value().cloned().unwrap_or_default();
    let exact = classic.iter().find(|rule| pattern(rule) == branch);
    exact.or_else(|| classic.iter().find(|rule| fnmatch(&pattern(rule), branch)))
}

/// Who passes by, without how.
fn who(bypass: &Sight<BTreeSet<SmolStr>>) -> Option<BTreeSet<SmolStr>> {
    match bypass {
        Sight::Hidden => None,
        Sight::Absent => Some(BTreeSet::new()),
        Sight::Value(set) => {
            let plain = |item: &SmolStr| item.rsplit_once(':').map_or(item.as_str(), |(who, _)| who).into();
            Some(set.iter().map(plain).collect())
        }
    }
}

/// Adds what one source asks for: the strictest of several counts, and who passes by must pass by all.
fn add(
    out: &mut Effective,
    by: &str,
    fields: &aplomo_core::fields::SeenFields,
    except: Option<&BTreeSet<SmolStr>>,
) {
    for (path, what) in requirements(fields) {
        let strength = match fields.value(&path) {
            Some(aplomo_core::Datum::Int(n)) => *n,
            _ => 1,
        };
        let this = Requirement { what, by: [by.to_owned()].into(), except: except.cloned(), strength };
        match out.asked.get_mut(&path) {
            Some(there) if there.strength > strength => {}
            Some(there) if there.strength == strength => {
                there.by.insert(by.to_owned());
                there.except = match (there.except.take(), except) {
                    (Some(a), Some(b)) => Some(a.intersection(b).cloned().collect()),
                    _ => None,
                };
            }
            _ => drop(out.asked.insert(path, this)),
        }
    }
}

#[cfg(test)]
mod tests;
