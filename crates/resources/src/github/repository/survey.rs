//! What is to be said of a repository for what is in it and around it.

use crate::github::effective::{Effective, Place, Target, effective};
use crate::github::model::{BranchProtectionRule, CustomProperty, Repository, Ruleset};
use crate::github::names::{
    BRANCH_PROTECTION_RULE, COLLABORATOR, CUSTOM_PROPERTY, RULESET, TEAM_GRANT, output,
};
use aplomo_core::types::{Nearby, Surroundings};
use aplomo_core::{Datum, Finding, Model, Seen, TypeName};
use smol_str::{SmolStr, format_smolstr};

/// `unprotected-branch`, `only-evaluated`, `administrator-by-hand`, `no-second-factor`.
pub(super) fn repository(seen: &Repository<Seen>, around: Surroundings<'_>) -> Vec<Finding> {
    if seen.archived.value() == Some(&true) {
        return Vec::new();
    }
    let mut findings = by_hand(around.inside);
    findings.extend(branch(seen, around));
    findings
}

fn models<M: Model<Seen>>(name: &TypeName, near: &[Nearby<'_>]) -> Vec<M> {
    let of = near.iter().filter(|near| near.object.type_name == *name);
    of.filter_map(|near| M::from_fields(&near.object.fields).ok()).collect()
}

/// What protects the default branch after all; `None` where there is no such branch.
fn default_branch(seen: &Repository<Seen>, around: Surroundings<'_>) -> Option<Effective> {
    let branch = seen.default_branch.value()?;
    let mut rulesets: Vec<Ruleset<Seen>> = models(&RULESET, around.inside);
    rulesets.extend(models::<Ruleset<Seen>>(&RULESET, around.beside));
    let classic: Vec<BranchProtectionRule<Seen>> = models(&BRANCH_PROTECTION_RULE, around.inside);
    let properties: Vec<CustomProperty<Seen>> = models(&CUSTOM_PROPERTY, around.inside);
    let pairs = properties.iter().flat_map(|property| {
        let name = property.name.value().map_or("", SmolStr::as_str);
        property.values.value().into_iter().flatten().map(move |value| format_smolstr!("{name}={value}"))
    });
    let inside = around.inside.first().and_then(|near| near.object.scope.container.as_ref());
    let place = Place {
        repository: seen.name.value().map_or("", SmolStr::as_str),
        id: inside.map_or("", |id| id.as_str()),
        default_branch: Some(branch),
        properties: pairs.collect(),
    };
    Some(effective(&place, Target::Branch(branch), &rulesets, &classic))
}

fn branch(seen: &Repository<Seen>, around: Surroundings<'_>) -> Option<Finding> {
    // Who did not see all of what may protect says nothing of what does not.
    if !(around.all_seen)(&RULESET) || !(around.all_seen)(&BRANCH_PROTECTION_RULE) {
        return None;
    }
    let found = default_branch(seen, around)?;
    if !found.is_open() || !found.unknown.is_empty() {
        return None;
    }
    let branch = seen.default_branch.value().map_or("", SmolStr::as_str);
    let help = "describe a BranchProtection for it, or let its RepositoryType bring one";
    if found.evaluated.is_empty() {
        let message = format!("nothing protects its default branch {branch}");
        return Some(Finding::warning("unprotected-branch", message).help(help));
    }
    let names = crate::change::list(&found.evaluated);
    let message =
        format!("its default branch {branch} is protected by nothing but {names}, which is only tried out");
    Some(Finding::warning("only-evaluated", message).help("set `enforcement: active` when it is ready"))
}

/// People and teams that nobody wished.
fn by_hand(inside: &[Nearby<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let strangers = inside.iter().filter(|near| !near.wished);
    for object in strangers.map(|near| near.object) {
        let person = object.type_name == COLLABORATOR;
        let path = if person { "/login" } else { "/team" };
        let Some(name) = object.fields.text(path).filter(|_| person || object.type_name == TEAM_GRANT) else {
            continue;
        };
        let who = if person { name.to_owned() } else { format!("the team {name}") };
        if object.fields.text("/permission") == Some("admin") {
            let message = format!("{who} administers it, and no manifest says so");
            let help =
                "write it under `access`, or take it away; `access.ownership: exclusive` does so by itself";
            findings.push(Finding::warning("administrator-by-hand", message).help(help));
        }
        if person && object.outputs.get(output::TWO_FACTOR) == Some(&Datum::Bool(false)) {
            let message = format!("{who} may reach it and has no two-factor authentication");
            let help = "ask for it before the access is kept";
            findings.push(Finding::warning("no-second-factor", message).help(help));
        }
    }
    findings
}

#[cfg(test)]
mod tests;
