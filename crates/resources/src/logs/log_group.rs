//! `aws.logs.LogGroup`.

use super::model::LogGroup;
use crate::change::{Notes, delta};
use crate::normal::Normal;
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted};
use smol_str::SmolStr;

/// The type's name.
pub const LOG_GROUP: TypeName = TypeName::known("aws.logs.LogGroup");

/// The numbers of days that the service can keep events.
pub const RETENTION_DAYS: [u32; 23] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    3654,
];

/// The type of log groups. Its identity is the name.
pub struct Groups;

impl Type for Groups {
    const NAME: TypeName = LOG_GROUP;
    const STATEFUL: bool = true;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = LogGroup<M>;

    fn normalise(model: LogGroup<Wanted>) -> Result<LogGroup<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("log-group");
        if let Some(name) = model.name.value() {
            let fits = |c: char| c.is_ascii_alphanumeric() || "_-/.#".contains(c);
            if name.is_empty() || name.len() > 512 || !name.chars().all(fits) {
                normal.wrong("name", "it has 1 to 512 letters, digits and `_-/.#`");
            }
        }
        if model.retention_days.value().is_some_and(|days| !RETENTION_DAYS.contains(days)) {
            normal.wrong("retentionDays", "the service keeps events for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 days and some longer times");
        }
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(model: &LogGroup<Wanted>) -> Option<SmolStr> {
        model.name.value().cloned()
    }

    fn identity(model: &LogGroup<Seen>) -> Option<SmolStr> {
        model.name.value().cloned()
    }

    fn turnover(path: &FieldPath) -> Turnover {
        if path.as_str() == "/name" { Turnover::CreateFirst } else { Turnover::InPlace }
    }

    fn assess(before: Option<&LogGroup<Seen>>, after: Option<&LogGroup<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let Some(_) = before else { return notes.0 };
        let (name, days) = (delta!(before, after, name), delta!(before, after, retention_days));
        let called = name.before.map_or("the log group", SmolStr::as_str);
        if after.is_none() || name.changes() {
            notes.add(Risk::Irreversible, format!("the events in {called} are gone"));
        } else if days.after.is_some_and(|new| days.before.is_none_or(|old| new < old)) {
            let new = days.after.copied().unwrap_or_default();
            notes.add(Risk::Irreversible, format!("events in {called} older than {new} days are gone"));
        }
        notes.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::{Sight, Wish};

    #[test]
    fn keeping_less_loses_events() {
        let before = LogGroup::<Seen> { name: Sight::Value("/flow".into()), ..Default::default() };
        let after = |days| LogGroup::<Wanted> { retention_days: Wish::Value(days), ..Default::default() };
        let told = Groups::assess(Some(&before), Some(&after(30)));
        assert_eq!(
            (told.risk, told.notes.join("").as_str()),
            (Risk::Irreversible, "events in /flow older than 30 days are gone")
        );
        let kept = LogGroup::<Seen> { retention_days: Sight::Value(7), ..before };
        assert_eq!(Groups::assess(Some(&kept), Some(&after(30))), Assessment::default());
        assert!(Groups::normalise(after(31)).is_err());
    }
}
