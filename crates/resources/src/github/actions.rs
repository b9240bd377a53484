//! `github.repo.ActionsSettings`: what Actions may do in a repository. It comes with the repository.

use super::model::ActionsSettings;
use super::names::ACTIONS_SETTINGS;
use super::shape;
use crate::change::{Notes, delta, list};
use crate::normal::{Normal, is_set};
use aplomo_core::fields::{SeenFields, WantedFields};
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{Datum, FieldPath, Finding, Seen, Type, TypeName, Wanted};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The type of Actions settings. Its identity in its repository is `actions`.
pub struct Settings;

impl Type for Settings {
    const NAME: TypeName = ACTIONS_SETTINGS;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::Exempt;
    type Model<M: Mode> = ActionsSettings<M>;

    fn normalise(mut model: ActionsSettings<Wanted>) -> Result<ActionsSettings<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("actions");
        normal.word("allowed", &mut model.allowed, &["all", "local", "selected"]);
        normal.word("workflowPermissions", &mut model.workflow_permissions, &["read", "write"]);
        shape::each(&mut normal, "allowedActions", &mut model.patterns, |pattern| {
            let fine = pattern.contains('/') && !pattern.contains(char::is_whitespace);
            fine.then(|| pattern.into())
                .ok_or_else(|| format!("`{}` is no `owner/name@ref`", pattern.escape_debug()))
        });
        let details = is_set(&model.github_owned) || is_set(&model.verified) || is_set(&model.patterns);
        if details && model.allowed.value().is_some_and(|allowed| allowed != "selected") {
            normal.wrong("allowedActions", "which actions are allowed goes with `selected`");
        }
        normal.done(model)
    }
    fn identity_wanted(_: &ActionsSettings<Wanted>) -> Option<SmolStr> {
        Some(SmolStr::new_static("actions"))
    }
    fn identity(_: &ActionsSettings<Seen>) -> Option<SmolStr> {
        Some(SmolStr::new_static("actions"))
    }
    fn turnover(_: &FieldPath) -> Turnover {
        Turnover::InPlace
    }
    fn assess(before: Option<&ActionsSettings<Seen>>, after: Option<&ActionsSettings<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        if after.is_some() {
            widened(&mut notes, before, after);
        }
        notes.0
    }
    /// Where Actions are off and shall stay so, GitHub answers nothing about the rest.
    fn indifferent(path: &FieldPath, wanted: &WantedFields, seen: &SeenFields) -> bool {
        let off = Some(&Datum::Bool(false));
        path.as_str().starts_with("/allowed/")
            && seen.value("/enabled") == off
            && wanted.value("/enabled").is_none_or(|wish| Some(wish) == off)
    }
}

fn widened(
    notes: &mut Notes,
    before: Option<&ActionsSettings<Seen>>,
    after: Option<&ActionsSettings<Wanted>>,
) {
    let enabled = delta!(before, after, enabled);
    match (enabled.before, enabled.after) {
        (Some(false), Some(true)) => notes.add(Risk::Sensitive, "workflows run"),
        (Some(true), Some(false)) => notes.add(Risk::Outage, "workflows no longer run"),
        _ => {}
    }
    let allowed = delta!(before, after, allowed);
    let width = |word: Option<&SmolStr>| match word.map(SmolStr::as_str) {
        Some("all") => 2,
        Some("selected") => 1,
        _ => 0,
    };
    if width(allowed.after) > width(allowed.before) && allowed.before.is_some() {
        let note = if width(allowed.after) == 2 {
            "actions of anybody may run"
        } else {
            "selected actions of others may run"
        };
        notes.add(Risk::Sensitive, note);
    }
    let none = BTreeSet::new();
    let patterns = delta!(before, after, patterns);
    let more: Vec<_> = patterns.after.unwrap_or(&none).difference(patterns.before.unwrap_or(&none)).collect();
    if !more.is_empty() && before.is_some() {
        notes.add(Risk::Sensitive, format!("actions that match {} may run", list(more)));
    }
    flags(notes, before, after);
}

fn flags(notes: &mut Notes, before: Option<&ActionsSettings<Seen>>, after: Option<&ActionsSettings<Wanted>>) {
    let on = |d: crate::change::Delta<'_, bool>| d.after == Some(&true) && d.before == Some(&false);
    let off = |d: crate::change::Delta<'_, bool>| d.before == Some(&true) && d.after != Some(&true);
    if on(delta!(before, after, github_owned)) {
        notes.add(Risk::Sensitive, "actions of GitHub's own may run");
    }
    if on(delta!(before, after, verified)) {
        notes.add(Risk::Sensitive, "actions of verified creators may run");
    }
    if off(delta!(before, after, pinned)) {
        notes.add(Risk::Sensitive, "actions need not be named by commit");
    }
    if on(delta!(before, after, can_approve)) {
        notes.add(Risk::Sensitive, "workflows may approve pull requests");
    }
    let token = delta!(before, after, workflow_permissions);
    if token.after.is_some_and(|word| word == "write") && token.before.is_some_and(|word| word == "read") {
        notes.add(Risk::Sensitive, "the token of every workflow may write unless it asks for less");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::{Model as _, Sight, Wish};

    #[test]
    fn what_lets_more_run_is_told() {
        let before = ActionsSettings::<Seen> {
            enabled: Sight::Value(true),
            allowed: Sight::Value("local".into()),
            workflow_permissions: Sight::Value("read".into()),
            can_approve: Sight::Value(false),
            pinned: Sight::Value(true),
            ..Default::default()
        };
        let after = ActionsSettings::<Wanted> {
            allowed: Wish::Value("all".into()),
            workflow_permissions: Wish::Value("write".into()),
            can_approve: Wish::Value(true),
            pinned: Wish::Value(false),
            ..Default::default()
        };
        let told = Settings::assess(Some(&before), Some(&after));
        assert_eq!(told.risk, Risk::Sensitive);
        insta::assert_snapshot!(told.notes.join("\n"), @r"
        actions of anybody may run
        actions need not be named by commit
        workflows may approve pull requests
        the token of every workflow may write unless it asks for less
        ");
    }

    #[test]
    fn where_actions_are_off_the_rest_means_nothing() {
        let off = ActionsSettings::<Seen> { enabled: Sight::Value(false), ..Default::default() }.to_fields();
        let wish =
            |on| ActionsSettings::<Wanted> { enabled: Wish::Value(on), ..Default::default() }.to_fields();
        let path = FieldPath::known("/allowed/actions");
        assert!(Settings::indifferent(&path, &wish(false), &off));
        assert!(!Settings::indifferent(&path, &wish(true), &off));
    }
}
