//! The order on protections: every loosening is told, no tightening is.

use super::*;
use crate::github::model::{BranchProtectionRule, Ruleset};
use aplomo_core::{FieldPath, Model, Seen};
use proptest::prelude::*;

/// How one field may stand, from strongest to weakest.
type Ladder = (&'static str, Vec<Sight>);

fn ladders() -> Vec<Ladder> {
    let value = |datum: Datum| Sight::Value(datum);
    let list = |items: &[&str]| value(Datum::List(items.iter().map(|i| Datum::from(*i)).collect()));
    let number = |n: i64| value(Datum::Int(n));
    let mut all: Vec<Ladder> = vec![
        ("/enforcement", ["active", "evaluate", "disabled"].map(|w| value(w.into())).to_vec()),
        ("/requires/approvals", vec![number(2), number(1), number(0), Sight::Absent]),
        ("/requires/mergeQueue/method", vec![value("squash".into()), Sight::Absent]),
        (
            "/bypass",
            vec![
                Sight::Absent,
                list(&["team:core:pullRequest"]),
                list(&["team:core:always"]),
                list(&["team:core:exempt"]),
                list(&["team:core:exempt", "user:ana:always"]),
            ],
        ),
        ("/allowsForcePush", vec![Sight::Absent, list(&["team:core"])]),
    ];
    for (path, strong, _) in FLAGS {
        all.push((path, [strong, !strong].map(|b| value(Datum::Bool(b))).to_vec()));
    }
    for (path, _) in MORE_IS_STRONGER {
        all.push((path, vec![list(&["a", "b"]), list(&["b"]), Sight::Absent]));
    }
    for (path, _) in MORE_IS_WEAKER {
        all.push((path, vec![Sight::Absent, list(&["a"]), list(&["a", "b"])]));
    }
    for only in ONLY {
        all.push((only.path, vec![list(&["team:a"]), list(&["team:a", "team:b"]), Sight::Absent]));
    }
    all
}

fn standing(steps: &[usize]) -> SeenFields {
    let at = |(ladder, step): (Ladder, &usize)| {
        (FieldPath::new(ladder.0), ladder.1[*step % ladder.1.len()].clone())
    };
    ladders().into_iter().zip(steps).map(at).collect()
}

proptest! {
    #[test]
    fn loosening_any_field_is_told_and_tightening_never(
        steps in prop::collection::vec(0..60usize, 32),
        which in 0..1000usize,
        down in 0..60usize,
    ) {
        let ladders = ladders();
        let which = which % ladders.len();
        let (path, ladder) = &ladders[which];
        let strong = standing(&steps);
        let from = steps[which] % ladder.len();
        let to = from + down % (ladder.len() - from);
        let mut weak = strong.clone();
        weak.set(FieldPath::new(path), ladder[to].clone());
        prop_assert_eq!(weaker(&strong, &weak).is_empty(), from == to, "{} {} {}", path, from, to);
        prop_assert_eq!(weaker(&weak, &strong), Vec::<String>::new());
    }

    #[test]
    fn nothing_is_weaker_than_itself(steps in prop::collection::vec(0..60usize, 32)) {
        let one = standing(&steps);
        prop_assert_eq!(weaker(&one, &one), Vec::<String>::new());
    }

    #[test]
    fn what_is_lost_on_the_way_is_lost_in_the_end(
        a in prop::collection::vec(0..3usize, 32),
        b in prop::collection::vec(0..3usize, 32),
    ) {
        // The order is transitive: from the stronger of both down to the weaker of both.
        let top: Vec<usize> = a.iter().zip(&b).map(|(x, y)| *x.min(y)).collect();
        let (top, end) = (standing(&top), standing(&b));
        if !weaker(&standing(&a), &end).is_empty() && weaker(&end, &standing(&a)).is_empty() {
            prop_assert!(!weaker(&top, &end).is_empty());
        }
    }
}

#[test]
fn every_path_is_one_of_a_model() {
    let of = |fields: SeenFields| fields.iter().map(|(p, _)| p.to_string()).collect::<Vec<_>>();
    let known = [
        of(Model::<Seen>::to_fields(&Ruleset::<Seen>::default())),
        of(Model::<Seen>::to_fields(&BranchProtectionRule::<Seen>::default())),
    ]
    .concat();
    for (path, _) in ladders() {
        assert!(known.iter().any(|k| k == path), "{path}");
    }
}

/// A field of a model that is in no ladder is one that says nothing about strength.
#[test]
fn every_field_is_judged_or_known_to_say_nothing() {
    let silent = [
        "/name",
        "/target",
        "/pattern",
        "/requires/mergeMethods",
        "/requires/mergeQueue/grouping",
        "/requires/mergeQueue/maxToBuild",
        "/requires/mergeQueue/minToMerge",
        "/requires/mergeQueue/maxToMerge",
        "/requires/mergeQueue/minWaitMinutes",
        "/requires/mergeQueue/checkTimeoutMinutes",
    ];
    let judged: Vec<&str> = ladders().iter().map(|(path, _)| *path).collect();
    let both = [
        Model::<Seen>::to_fields(&Ruleset::<Seen>::default()),
        Model::<Seen>::to_fields(&BranchProtectionRule::<Seen>::default()),
    ];
    for (path, _) in both.iter().flat_map(|fields| fields.iter()) {
        let path = path.as_str();
        assert!(judged.contains(&path) || silent.contains(&path), "{path} is not judged");
    }
}

#[test]
fn hidden_is_not_nothing() {
    let mut before = SeenFields::default();
    before.set(FieldPath::known("/bypass"), Sight::Hidden);
    let mut after = before.clone();
    assert_eq!(weaker(&before, &after), Vec::<String>::new());
    after.set(FieldPath::known("/bypass"), Sight::Absent);
    assert_eq!(weaker(&before, &after).len(), 1);
}

#[test]
fn the_words() {
    let strong = standing(&[0; 32]);
    let weak = standing(&[1; 32]);
    insta::assert_snapshot!(weaker(&strong, &weak).join("\n"));
    insta::assert_snapshot!(
        requirements(&strong).into_iter().map(|(_, words)| words).collect::<Vec<_>>().join("\n")
    );
}
