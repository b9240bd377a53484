//! `github.repo.Variable` and `github.repo.Secret`, of a repository or of one of its environments.

use super::model::{Secret, Variable};
use super::names::{SECRET, VARIABLE, output};
use super::shape;
use crate::change::{Notes, delta};
use crate::normal::{Normal, absent_if};
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover, Watch};
use aplomo_core::{Datum, FieldPath, Finding, Seen, SignedDuration, Timestamp, Type, TypeName, Wanted, Wish};
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeMap;

/// The type of variables. Its identity in its repository is `<environment>|<NAME>`.
pub struct Variables;

/// The longest value of a variable, in octets.
const LONGEST: usize = 48 * 1024;

impl Type for Variables {
    const NAME: TypeName = VARIABLE;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerContainer;
    type Model<M: Mode> = Variable<M>;

    fn normalise(mut model: Variable<Wanted>) -> Result<Variable<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("variable");
        normal.value("name", &mut model.name, |name| shape::setting(name));
        absent_if(&mut model.environment, |name| name.is_empty());
        if model.value.value().is_some_and(|value| value.len() > LONGEST) {
            normal.wrong("value", format!("it has more than {LONGEST} octets"));
        }
        normal.done(model)
    }
    fn identity_wanted(model: &Variable<Wanted>) -> Option<SmolStr> {
        identity(model.environment.value(), model.name.value())
    }
    fn identity(model: &Variable<Seen>) -> Option<SmolStr> {
        identity(model.environment.value(), model.name.value())
    }
    fn turnover(path: &FieldPath) -> Turnover {
        if path.as_str() == "/value" { Turnover::InPlace } else { Turnover::CreateFirst }
    }
    fn assess(before: Option<&Variable<Seen>>, after: Option<&Variable<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let name = delta!(before, after, name);
        if let (Some(_), None) = (before, after) {
            let name = name.before.map_or("", SmolStr::as_str);
            notes.add(Risk::Outage, format!("workflows find the variable {name} empty"));
        }
        notes.0
    }
}

/// The type of secrets. Its identity in its repository is `<environment>|<NAME>`.
pub struct Secrets;

/// From how many days on a secret is told to be old, unless `hints` say otherwise.
const OLD_DAYS: i64 = 365;

impl Type for Secrets {
    const NAME: TypeName = SECRET;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerContainer;
    type Model<M: Mode> = Secret<M>;

    fn normalise(mut model: Secret<Wanted>) -> Result<Secret<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("secret");
        normal.value("name", &mut model.name, |name| shape::setting(name));
        absent_if(&mut model.environment, |name| name.is_empty());
        if matches!(model.value, Wish::Value(_)) {
            // Not told which: it may be the secret itself.
            normal.wrong("value", "a secret is named and never written here");
        }
        normal.done(model)
    }
    fn identity_wanted(model: &Secret<Wanted>) -> Option<SmolStr> {
        identity(model.environment.value(), model.name.value())
    }
    fn identity(model: &Secret<Seen>) -> Option<SmolStr> {
        identity(model.environment.value(), model.name.value())
    }
    fn turnover(path: &FieldPath) -> Turnover {
        if path.as_str() == "/value" { Turnover::InPlace } else { Turnover::CreateFirst }
    }
    fn assess(before: Option<&Secret<Seen>>, after: Option<&Secret<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let name = delta!(before, after, name);
        let name = name.before.or(name.after).map_or("", SmolStr::as_str);
        match (before, after.map(|a| &a.value)) {
            (Some(_), None) => {
                notes.add(Risk::Sensitive, format!("workflows find the secret {name} empty"));
            }
            (None, Some(_)) => {
                notes.add(Risk::Sensitive, format!("workflows of the repository can read the secret {name}"));
            }
            (Some(_), Some(Wish::Secret(_))) => {
                notes.add(Risk::Sensitive, format!("the secret {name} gets another value"));
            }
            _ => {}
        }
        notes.0
    }
    fn notices(seen: &Secret<Seen>, watch: &Watch<'_>) -> Vec<Finding> {
        let name = seen.name.value().map_or("", SmolStr::as_str);
        let Some(written) = written_at(watch.outputs) else { return Vec::new() };
        let mut findings = Vec::new();
        if watch.applied_at.is_some_and(|ours| is_later(written, ours)) {
            let message = format!(
                "the secret {name} was written by somebody else at {written}: what it holds is unknown"
            );
            let help =
                "ask who wrote it, then approve that it is written again, or rotate it where it is kept";
            findings.push(Finding::warning("secret-changed-outside", message).help(help));
        }
        let limit = match watch.hints.get("rotationDays") {
            Some(Datum::Int(days)) => *days,
            _ => OLD_DAYS,
        };
        let days = watch.as_of.duration_since(written).as_hours() / 24;
        if days >= limit {
            let message = format!("the secret {name} is as it was {days} days ago");
            findings.push(Finding::warning("secret-not-rotated", message).help("rotate it where it is kept"));
        }
        findings
    }
    fn written_since(outputs: &BTreeMap<SmolStr, Datum>, applied_at: Timestamp) -> bool {
        written_at(outputs).is_some_and(|written| is_later(written, applied_at))
    }
}

/// When it was written last, which is all that GitHub says of it.
fn written_at(outputs: &BTreeMap<SmolStr, Datum>) -> Option<Timestamp> {
    outputs.get(output::UPDATED_AT).and_then(Datum::as_text)?.parse().ok()
}

/// Whether a moment of GitHub's clock is after one of ours, by more than the clocks may differ where
/// something is applied at all.
fn is_later(theirs: Timestamp, ours: Timestamp) -> bool {
    theirs.duration_since(ours) > SignedDuration::from_mins(2)
}

fn identity(environment: Option<&SmolStr>, name: Option<&SmolStr>) -> Option<SmolStr> {
    let environment = environment.map(|e| e.to_lowercase()).unwrap_or_default();
    Some(format_smolstr!("{environment}|{}", name?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::Sight;

    fn told(updated: &str, applied: Option<&str>) -> Vec<String> {
        let outputs = BTreeMap::from([(SmolStr::new_static(output::UPDATED_AT), Datum::from(updated))]);
        let hints = BTreeMap::new();
        let as_of = "2027-06-01T00:00:00Z".parse().unwrap();
        let applied_at = applied.map(|at| at.parse().unwrap());
        let watch = Watch { outputs: &outputs, hints: &hints, as_of, applied_at };
        let seen = Secret::<Seen> { name: Sight::Value("NPM".into()), ..Default::default() };
        Secrets::notices(&seen, &watch).into_iter().map(|f| f.rule.to_string()).collect()
    }

    #[test]
    fn a_secret_that_somebody_else_wrote_is_told() {
        assert_eq!(told("2027-05-01T00:00:00Z", Some("2027-05-01T00:00:05Z")), Vec::<String>::new());
        assert_eq!(told("2027-05-02T00:00:00Z", Some("2027-05-01T00:00:00Z")), ["secret-changed-outside"]);
        assert_eq!(told("2026-05-01T00:00:00Z", None), ["secret-not-rotated"]);
    }

    #[test]
    fn written_a_while_after_us_is_written_by_others() {
        let ours = "2027-05-01T00:00:00Z".parse().unwrap();
        let since = |at: &str| {
            let outputs = BTreeMap::from([(SmolStr::new_static(output::UPDATED_AT), Datum::from(at))]);
            Secrets::written_since(&outputs, ours)
        };
        assert!(since("2027-05-01T00:03:00Z"));
        for not in ["2027-05-01T00:01:00Z", "2027-04-01T00:00:00Z", "nonsense"] {
            assert!(!since(not), "{not}");
        }
        assert!(!Secrets::written_since(&BTreeMap::new(), ours), "not known is not written");
    }

    #[test]
    fn a_secret_in_clear_is_refused_without_repeating_it() {
        let model = Secret::<Wanted> {
            name: Wish::Value("npm".into()),
            value: Wish::Value("hunter2".into()),
            ..Default::default()
        };
        let found = Secrets::normalise(model).unwrap_err();
        assert!(found.iter().all(|f| !f.message.contains("hunter2")));
    }

    #[test]
    fn an_environments_variable_is_another_than_the_repositorys() {
        let of = |environment: Wish<SmolStr>| {
            Variables::identity_wanted(&Variable {
                name: Wish::Value("REGION".into()),
                environment,
                ..Default::default()
            })
        };
        assert_eq!(of(Wish::Absent).as_deref(), Some("|REGION"));
        assert_eq!(of(Wish::Value("Prod".into())).as_deref(), Some("prod|REGION"));
    }
}
