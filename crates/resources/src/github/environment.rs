//! `github.repo.Environment`.

use super::model::Environment;
use super::names::ENVIRONMENT;
use super::shape;
use crate::change::{Notes, delta, list};
use crate::normal::{Normal, absent_if, is_set};
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted, Wish};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The type of environments. Its identity in its repository is the name in lower case.
pub struct Environments;

/// Longest wait: 30 days.
const LONGEST_WAIT: u32 = 43_200;

impl Type for Environments {
    const NAME: TypeName = ENVIRONMENT;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = Environment<M>;

    fn normalise(mut model: Environment<Wanted>) -> Result<Environment<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("environment");
        normal.value("name", &mut model.name, |name| {
            let fine = !name.is_empty() && name.len() <= 255 && !name.chars().any(char::is_control);
            fine.then(|| name.clone()).ok_or("it has not 1 to 255 characters")
        });
        shape::each(&mut normal, "reviewers", &mut model.reviewers, reviewer);
        if model.reviewers.value().is_some_and(|all| all.len() > 6) {
            normal.wrong("reviewers", "an environment has at most six");
        }
        // GitHub keeps it with the reviewers, and forgets it without any.
        if model.prevent_self_review == Wish::Value(true) && model.reviewers == Wish::Absent {
            normal.wrong("preventSelfReview", "it goes with `reviewers`");
        }
        shape::ids(&mut normal, "reviewerIds", &mut model.reviewer_ids);
        normal.within("waitMinutes", &model.wait_minutes, 0, LONGEST_WAIT);
        absent_if(&mut model.wait_minutes, |minutes| *minutes == 0);
        normal.word("branches", &mut model.branches, &["all", "protected", "selected"]);
        shape::each(&mut normal, "branches", &mut model.patterns, pattern);
        if is_set(&model.patterns) && model.branches.value().is_none_or(|policy| policy != "selected") {
            normal.wrong("branches", "patterns go with the policy `selected`");
        }
        normal.done(model)
    }
    fn identity_wanted(model: &Environment<Wanted>) -> Option<SmolStr> {
        model.name.value().map(|name| name.to_lowercase().into())
    }
    fn identity(model: &Environment<Seen>) -> Option<SmolStr> {
        model.name.value().map(|name| name.to_lowercase().into())
    }
    fn turnover(path: &FieldPath) -> Turnover {
        // It cannot be renamed: another one takes its place.
        if path.as_str() == "/name" { Turnover::CreateFirst } else { Turnover::InPlace }
    }
    fn assess(before: Option<&Environment<Seen>>, after: Option<&Environment<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let name = delta!(before, after, name);
        let called = name.before.or(name.after).map_or("", SmolStr::as_str);
        match (before, after) {
            (Some(_), None) => {
                let note =
                    format!("the environment {called} goes, with its secrets, variables and protection");
                notes.add(Risk::Sensitive, note);
            }
            (Some(_), Some(_)) => weakened(&mut notes, called, before, after),
            _ => {}
        }
        notes.0
    }
}

fn reviewer(written: &str) -> Result<SmolStr, String> {
    let who = shape::who(written)?;
    let fine = who.starts_with("team:") || who.starts_with("user:");
    fine.then_some(who)
        .ok_or_else(|| format!("`{}` is neither `team:<slug>` nor `user:<login>`", written.escape_debug()))
}

fn pattern(written: &str) -> Result<SmolStr, String> {
    let sorted = written.split_once(':').filter(|(sort, _)| matches!(*sort, "branch" | "tag"));
    match sorted {
        Some((_, name)) if !name.is_empty() => Ok(written.into()),
        _ => Err(format!("`{}` is neither `branch:<pattern>` nor `tag:<pattern>`", written.escape_debug())),
    }
}

/// How much a policy lets through.
fn width(policy: &str) -> u8 {
    match policy {
        "all" => 1,
        _ => 0,
    }
}

fn weakened(
    notes: &mut Notes,
    called: &str,
    before: Option<&Environment<Seen>>,
    after: Option<&Environment<Wanted>>,
) {
    let mut lost = |what: String| notes.add(Risk::Sensitive, format!("deployments to {called} {what}"));
    let none = BTreeSet::new();
    let reviewers = delta!(before, after, reviewers);
    let (old, new) = (reviewers.before.unwrap_or(&none), reviewers.after.unwrap_or(&none));
    if !old.is_empty() && new.is_empty() {
        lost(format!("need nobody's review any more; it was {}", list(old)));
    } else if !old.is_empty() && !new.is_subset(old) {
        lost(format!("may also be let pass by {}", list(new.difference(old))));
    }
    let wait = delta!(before, after, wait_minutes);
    if wait.before.unwrap_or(&0) > wait.after.unwrap_or(&0) {
        lost(format!("wait {} minutes, not {}", wait.after.unwrap_or(&0), wait.before.unwrap_or(&0)));
    }
    let own = delta!(before, after, prevent_self_review);
    if own.before == Some(&true) && own.after != Some(&true) {
        lost("may be let pass by who started them".to_owned());
    }
    let admins = delta!(before, after, admin_bypass);
    if admins.before == Some(&false) && admins.after != Some(&false) {
        lost("are open to administrators without the protection".to_owned());
    }
    sources(&mut lost, before, after);
}

/// What may be deployed from.
fn sources(
    lost: &mut impl FnMut(String),
    before: Option<&Environment<Seen>>,
    after: Option<&Environment<Wanted>>,
) {
    let none = BTreeSet::new();
    let policy = delta!(before, after, branches);
    if let (Some(old), Some(new)) = (policy.before, policy.after)
        && width(new) > width(old)
    {
        lost("may come from every branch".to_owned());
    } else if policy.changes() && policy.before.is_some() {
        lost(format!("come from {} branches", policy.after.map_or("all", SmolStr::as_str)));
    }
    let patterns = delta!(before, after, patterns);
    let more: Vec<_> = patterns.after.unwrap_or(&none).difference(patterns.before.unwrap_or(&none)).collect();
    if !more.is_empty() {
        lost(format!("may come from {} too", list(more)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::Sight;

    fn seen() -> Environment<Seen> {
        Environment {
            name: Sight::Value("Production".into()),
            reviewers: Sight::Value(["team:sre".into()].into()),
            wait_minutes: Sight::Value(30),
            branches: Sight::Value("protected".into()),
            prevent_self_review: Sight::Value(true),
            admin_bypass: Sight::Value(false),
            ..Default::default()
        }
    }

    #[test]
    fn every_loosening_is_told() {
        let after = Environment::<Wanted> {
            reviewers: Wish::Value(["team:sre".into(), "user:ana".into()].into()),
            wait_minutes: Wish::Value(5),
            branches: Wish::Value("all".into()),
            prevent_self_review: Wish::Value(false),
            admin_bypass: Wish::Value(true),
            ..Default::default()
        };
        let told = Environments::assess(Some(&seen()), Some(&after));
        assert_eq!(told.risk, Risk::Sensitive);
        insta::assert_snapshot!(told.notes.join("\n"), @r"
        deployments to Production may also be let pass by user:ana
        deployments to Production wait 5 minutes, not 30
        deployments to Production may be let pass by who started them
        deployments to Production are open to administrators without the protection
        deployments to Production may come from every branch
        ");
    }

    #[test]
    fn tightening_is_routine() {
        let after = Environment::<Wanted> { wait_minutes: Wish::Value(60), ..Default::default() };
        assert_eq!(Environments::assess(Some(&seen()), Some(&after)), Assessment::default());
    }

    #[test]
    fn who_starts_a_deployment_is_kept_from_reviewing_it_only_where_there_are_reviewers() {
        let model = |reviewers| Environment::<Wanted> {
            name: Wish::Value("p".into()),
            prevent_self_review: Wish::Value(true),
            reviewers,
            ..Default::default()
        };
        assert!(Environments::normalise(model(Wish::Value(BTreeSet::new()))).is_err());
        assert!(Environments::normalise(model(Wish::Value(["team:core".into()].into()))).is_ok());
        assert!(Environments::normalise(model(Wish::LeftAlone)).is_ok());
    }

    #[test]
    fn patterns_go_with_their_policy() {
        let model = |policy: &str| Environment::<Wanted> {
            name: Wish::Value("p".into()),
            branches: Wish::Value(policy.into()),
            patterns: Wish::Value(["branch:release/*".into()].into()),
            ..Default::default()
        };
        assert!(Environments::normalise(model("selected")).is_ok());
        assert!(Environments::normalise(model("all")).is_err());
    }
}
