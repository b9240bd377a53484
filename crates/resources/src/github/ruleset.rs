//! `github.repo.Ruleset`, of a repository or of an organisation.

use super::model::Ruleset;
use super::names::RULESET;
use super::strength::{afterwards, requirements, weaker};
use super::{protection, shape};
use crate::change::{Notes, delta, list};
use crate::normal::{Normal, is_set};
use aplomo_core::fields::{SeenFields, WantedFields};
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Model as _, Seen, Sight, Type, TypeName, Wanted};
use smol_str::{SmolStr, format_smolstr};

/// The type of rulesets. Its identity where it lives is the name in lower case.
pub struct Rulesets;

impl Type for Rulesets {
    const NAME: TypeName = RULESET;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = Ruleset<M>;

    fn normalise(mut model: Ruleset<Wanted>) -> Result<Ruleset<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("ruleset");
        normal.word("target", &mut model.target, &["branch", "tag", "push"]);
        normal.word("enforcement", &mut model.enforcement, &["active", "evaluate", "disabled"]);
        let tag = model.target.value().is_some_and(|target| target == "tag");
        let reference = |pattern: &str| refs(pattern, tag);
        shape::each(&mut normal, "patterns", &mut model.include, reference);
        shape::each(&mut normal, "exclude", &mut model.exclude, reference);
        shape::each(&mut normal, "bypass", &mut model.bypass, bypass);
        shape::ids(&mut normal, "bypassIds", &mut model.bypass_ids);
        normal.within("approvals", &model.approvals, 0, 10);
        protection::sets(
            &mut normal,
            [&mut model.checks, &mut model.deployments, &mut model.code_scanning, &mut model.merge_methods],
        );
        protection::apps(&mut normal, &model.checks, &mut model.check_apps);
        queue(&mut model, &mut normal);
        normal.done(model)
    }
    fn identity_wanted(model: &Ruleset<Wanted>) -> Option<SmolStr> {
        model.name.value().map(|name| name.to_lowercase().into())
    }
    fn identity(model: &Ruleset<Seen>) -> Option<SmolStr> {
        model.name.value().map(|name| name.to_lowercase().into())
    }
    fn turnover(path: &FieldPath) -> Turnover {
        // What it is about cannot be changed; names may stand twice for a moment.
        if path.as_str() == "/target" { Turnover::CreateFirst } else { Turnover::InPlace }
    }
    fn assess(before: Option<&Ruleset<Seen>>, after: Option<&Ruleset<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let name = delta!(before, after, name);
        let called = name.before.or(name.after).map_or("", SmolStr::as_str);
        let Some(before) = before else { return notes.0 };
        let fields = before.to_fields();
        let Some(after) = after else {
            gone(&mut notes, &format!("the ruleset {called}"), &fields);
            return notes.0;
        };
        let target = delta!(Some(before), Some(after), target);
        if target.before.is_some() && target.changes() {
            notes.add(Risk::Sensitive, format!("another ruleset takes the place of {called}"));
        }
        for note in weaker(&fields, &afterwards(&fields, &after.to_fields())) {
            notes.add(Risk::Sensitive, format!("{called}: {note}"));
        }
        notes.0
    }
    /// Where who may pass by is hidden, so is who is behind the names.
    fn indifferent(path: &FieldPath, _: &WantedFields, seen: &SeenFields) -> bool {
        path.as_str().starts_with("/bypassIds/") && seen.get("/bypass") == Some(&Sight::Hidden)
    }
}

/// Says what goes with a protection.
pub(super) fn gone(notes: &mut Notes, called: &str, fields: &SeenFields) {
    let asked: Vec<String> = requirements(fields).into_iter().map(|(_, words)| words).collect();
    let over = fields.text("/enforcement").is_some_and(|word| word != "active");
    if over {
        notes.add(Risk::Sensitive, format!("{called} goes, which was not active"));
    } else {
        notes.add(Risk::Sensitive, format!("{called} goes, and with it {}", list(asked)));
    }
}

/// A pattern as GitHub writes it: a plain name is below `refs/heads/` or `refs/tags/`.
fn refs(pattern: &str, tag: bool) -> Result<SmolStr, String> {
    let pattern = pattern.trim();
    if pattern.is_empty() || pattern.chars().any(|c| c.is_control() || c == ' ') {
        return Err(format!("`{}` is no pattern of refs", pattern.escape_debug()));
    }
    if let Some(word) = pattern.strip_prefix('~') {
        let known = word == "ALL" || (word == "DEFAULT_BRANCH" && !tag);
        return if known {
            Ok(pattern.into())
        } else {
            Err(format!(
                "`{}` is neither `~ALL` nor, for branches, `~DEFAULT_BRANCH`",
                pattern.escape_debug()
            ))
        };
    }
    if pattern.starts_with("refs/") {
        return Ok(pattern.into());
    }
    Ok(if tag { format_smolstr!("refs/tags/{pattern}") } else { format_smolstr!("refs/heads/{pattern}") })
}

fn bypass(written: &str) -> Result<SmolStr, String> {
    let (who, mode) = written.rsplit_once(':').unwrap_or((written, ""));
    let known = ["always", "pullRequest", "exempt"].into_iter().find(|m| m.eq_ignore_ascii_case(mode));
    let Some(mode) = known else {
        return Err(format!("`{}` does not end in `:always` or `:pullRequest`", written.escape_debug()));
    };
    Ok(format_smolstr!("{}:{mode}", shape::who(who)?))
}

fn queue(model: &mut Ruleset<Wanted>, normal: &mut Normal) {
    normal.word("mergeQueue.method", &mut model.queue_method, &["merge", "rebase", "squash"]);
    normal.word("mergeQueue.grouping", &mut model.queue_grouping, &["ALLGREEN", "HEADGREEN"]);
    normal.within("mergeQueue.maxToBuild", &model.queue_build, 0, 100);
    normal.within("mergeQueue.minToMerge", &model.queue_least, 0, 100);
    normal.within("mergeQueue.maxToMerge", &model.queue_most, 0, 100);
    normal.within("mergeQueue.minWaitMinutes", &model.queue_wait, 0, 360);
    normal.within("mergeQueue.checkTimeoutMinutes", &model.queue_timeout, 1, 360);
    let details = is_set(&model.queue_grouping) || is_set(&model.queue_build) || is_set(&model.queue_most);
    if details && !is_set(&model.queue_method) {
        normal.wrong("mergeQueue", "it needs a `method`");
    }
    if let (Some(least), Some(most)) = (model.queue_least.value(), model.queue_most.value())
        && least > most
    {
        normal.wrong("mergeQueue", format!("{least} at least and {most} at most contradict"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::Wish;

    fn wanted() -> Ruleset<Wanted> {
        Ruleset {
            name: Wish::Value("main".into()),
            target: Wish::Value("branch".into()),
            enforcement: Wish::Value("Active".into()),
            include: Wish::Value(["main".into(), "~DEFAULT_BRANCH".into()].into()),
            approvals: Wish::Value(1),
            bypass: Wish::Value(["Team:Core:ALWAYS".replace("Team", "team").into()].into()),
            ..Default::default()
        }
    }

    #[test]
    fn patterns_and_who_may_pass_have_one_form() {
        let normal = Rulesets::normalise(wanted()).unwrap();
        assert_eq!(normal.include, Wish::Value(["refs/heads/main".into(), "~DEFAULT_BRANCH".into()].into()));
        assert_eq!(normal.bypass, Wish::Value(["team:core:always".into()].into()));
        assert_eq!(Rulesets::normalise(normal.clone()).unwrap(), normal);
    }

    #[test]
    fn what_gets_weaker_is_told_by_name() {
        let before = Ruleset::<Seen> {
            name: Sight::Value("main".into()),
            enforcement: Sight::Value("active".into()),
            approvals: Sight::Value(2),
            signed: Sight::Value(true),
            ..Default::default()
        };
        let told = Rulesets::assess(Some(&before), Some(&Rulesets::normalise(wanted()).unwrap()));
        assert_eq!(told.risk, Risk::Sensitive);
        insta::assert_snapshot!(told.notes.join("\n"), @r"
        main: 1 approval is enough, where 2 were needed
        main: team:core may pass by it
        ");
        let gone = Rulesets::assess(Some(&before), None);
        insta::assert_snapshot!(gone.notes.join("\n"), @"the ruleset main goes, and with it a pull request with 2 approvals and signed commits");
    }

    #[test]
    fn ids_behind_a_hidden_bypass_are_no_difference() {
        let path = FieldPath::known("/bypassIds").child("team:core");
        let mut seen = Ruleset::<Seen> { bypass: Sight::Hidden, ..Default::default() };
        assert!(Rulesets::indifferent(&path, &wanted().to_fields(), &seen.to_fields()));
        seen.bypass = Sight::Absent;
        assert!(!Rulesets::indifferent(&path, &wanted().to_fields(), &seen.to_fields()));
    }

    #[test]
    fn contradictions_are_told() {
        let mut model = wanted();
        model.queue_build = Wish::Value(5);
        model.target = Wish::Value("tag".into());
        assert_eq!(Rulesets::normalise(model).unwrap_err().len(), 2);
    }
}
