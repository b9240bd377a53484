//! `github.repo.BranchProtectionRule`: classic protection.

use super::model::BranchProtectionRule;
use super::names::BRANCH_PROTECTION_RULE;
use super::ruleset::gone;
use super::strength::{afterwards, weaker};
use super::{protection, shape};
use crate::change::{Notes, delta};
use crate::normal::Normal;
use aplomo_core::fields::{SeenFields, WantedFields};
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Model as _, Seen, Sight, Type, TypeName, Wanted, Wish};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The type of classic rules. Its identity in its repository is the pattern.
pub struct BranchRules;

impl Type for BranchRules {
    const NAME: TypeName = BRANCH_PROTECTION_RULE;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = BranchProtectionRule<M>;

    fn normalise(
        mut model: BranchProtectionRule<Wanted>,
    ) -> Result<BranchProtectionRule<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("branch-protection");
        normal.value("pattern", &mut model.pattern, |pattern| {
            let odd = |c: char| c.is_control() || c == ' ';
            let fine = !pattern.is_empty() && !pattern.chars().any(odd) && !pattern.starts_with('~');
            fine.then(|| pattern.clone())
                .ok_or_else(|| format!("`{}` is no pattern of branches", pattern.escape_debug()))
        });
        normal.within("approvals", &model.approvals, 0, 6);
        protection::sets(&mut normal, [&mut model.checks, &mut model.deployments]);
        protection::apps(&mut normal, &model.checks, &mut model.check_apps);
        people(&mut normal, "allowsPush", &mut model.pushers);
        people(&mut normal, "allowsDismissal", &mut model.dismissers);
        for (field, set) in [("bypass", &mut model.bypass), ("allowsForcePush", &mut model.force_pushers)] {
            shape::each(&mut normal, field, set, actor);
        }
        shape::ids(&mut normal, "actorIds", &mut model.actor_ids);
        normal.done(model)
    }
    fn identity_wanted(model: &BranchProtectionRule<Wanted>) -> Option<SmolStr> {
        model.pattern.value().cloned()
    }
    fn identity(model: &BranchProtectionRule<Seen>) -> Option<SmolStr> {
        model.pattern.value().cloned()
    }
    fn turnover(_: &FieldPath) -> Turnover {
        Turnover::InPlace
    }
    fn assess(
        before: Option<&BranchProtectionRule<Seen>>,
        after: Option<&BranchProtectionRule<Wanted>>,
    ) -> Assessment {
        let mut notes = Notes::default();
        let pattern = delta!(before, after, pattern);
        let called = pattern.before.or(pattern.after).map_or("", SmolStr::as_str);
        let Some(seen) = before else { return notes.0 };
        let fields = seen.to_fields();
        let Some(after) = after else {
            gone(&mut notes, &format!("the protection of {called}"), &fields);
            return notes.0;
        };
        if pattern.changes() {
            let new = pattern.after.map_or("another pattern", SmolStr::as_str);
            notes.add(Risk::Sensitive, format!("it protects {new}, and no longer {called}"));
        }
        for note in weaker(&fields, &afterwards(&fields, &after.to_fields())) {
            notes.add(Risk::Sensitive, format!("{called}: {note}"));
        }
        notes.0
    }
    /// Where who is let through is hidden (a classic rule that names an App), so is who is behind the names.
    fn indifferent(path: &FieldPath, _: &WantedFields, seen: &SeenFields) -> bool {
        let sets = ["/allowsPush", "/bypass", "/allowsForcePush", "/allowsDismissal"];
        path.as_str().starts_with("/actorIds/")
            && sets.iter().any(|set| seen.get(set) == Some(&Sight::Hidden))
    }
}

fn actor(written: &str) -> Result<SmolStr, String> {
    let who = shape::who(written)?;
    let fine = ["team:", "user:", "app:"].iter().any(|sort| who.starts_with(sort));
    fine.then_some(who).ok_or_else(|| {
        let shown = written.escape_debug();
        format!("`{shown}` is none of `team:<slug>`, `user:<login>`, `app:<slug>`; rulesets know more")
    })
}

/// A set that is all who may: nobody is not the same as everybody, so an empty set stays.
fn people(normal: &mut Normal, field: &str, wish: &mut Wish<BTreeSet<SmolStr>>) {
    let nobody = wish.value().is_some_and(BTreeSet::is_empty);
    shape::each(normal, field, wish, actor);
    if nobody {
        *wish = Wish::Value(BTreeSet::new());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_may_push_is_not_everybody_may() {
        let model = |pushers| BranchProtectionRule::<Wanted> { pushers, ..Default::default() };
        let nobody = BranchRules::normalise(model(Wish::Value(BTreeSet::new()))).unwrap();
        assert_eq!(nobody.pushers, Wish::Value(BTreeSet::new()));
        assert!(BranchRules::normalise(model(Wish::Value(["role:admin".into()].into()))).is_err());
    }

    #[test]
    fn a_restriction_that_goes_is_told() {
        let before = BranchProtectionRule::<Seen> {
            pattern: Sight::Value("main".into()),
            pushers: Sight::Value(["team:sre".into()].into()),
            admins_too: Sight::Value(true),
            ..Default::default()
        };
        let after = BranchProtectionRule::<Wanted> {
            pushers: Wish::Absent,
            admins_too: Wish::Value(false),
            ..Default::default()
        };
        let told = BranchRules::assess(Some(&before), Some(&after));
        insta::assert_snapshot!(told.notes.join("\n"), @r"
        main: administrators are no longer bound
        main: whoever may write may push
        ");
    }
}
