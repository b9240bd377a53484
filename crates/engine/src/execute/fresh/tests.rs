//! What counts as fresh, case by case.

use super::*;

fn seen(entries: &[(&'static str, &str)]) -> SeenFields {
    entries.iter().map(|(p, v)| (FieldPath::known(p), Sight::Value(Datum::from(*v)))).collect()
}
fn wanted(entries: &[(&'static str, &str)]) -> WantedFields {
    entries.iter().map(|(p, v)| (FieldPath::known(p), Wish::Value(Datum::from(*v)))).collect()
}

#[test]
fn a_field_that_moved_is_named_and_a_new_one_counts_only_for_deletes() {
    let before = seen(&[("/a", "1")]);
    assert_eq!(moved(&before, &seen(&[("/a", "2")]), false), Some(FieldPath::known("/a")));
    let grown = seen(&[("/a", "1"), ("/b", "2")]);
    assert_eq!(moved(&before, &grown, false), None);
    assert_eq!(moved(&before, &grown, true), Some(FieldPath::known("/b")));
}

#[test]
fn what_was_hidden_cannot_have_moved_and_what_hides_itself_has() {
    let mut before = seen(&[("/a", "1")]);
    before.set(FieldPath::known("/b"), Sight::Hidden);
    let now = seen(&[("/a", "1"), ("/b", "2")]);
    assert_eq!(moved(&before, &now, true), None);
    assert_eq!(moved(&now, &before, true), Some(FieldPath::known("/b")));
}

#[test]
fn half_done_is_fresh_when_every_field_is_old_or_new() {
    let before = seen(&[("/a", "1"), ("/b", "1")]);
    let after = wanted(&[("/a", "2"), ("/b", "2")]);
    assert!(each_is_one_of(&before, &after, &seen(&[("/a", "2"), ("/b", "1")])));
    assert!(!each_is_one_of(&before, &after, &seen(&[("/a", "3"), ("/b", "1")])));
}

#[test]
fn a_list_that_is_on_its_way_is_half_done_and_one_with_a_stranger_is_not() {
    let list = |items: &[&str]| Datum::List(items.iter().map(|item| Datum::from(*item)).collect());
    let (old, new) = (Sight::Value(list(&["a", "b"])), Wish::Value(list(&["b", "c"])));
    let is = |items: &[&str]| half_way(&old, &new, &Sight::Value(list(items)));
    assert!(is(&["a", "b", "c"]) && is(&["b"]) && is(&["b", "c"]));
    assert!(!is(&["a", "b", "x"]) && !is(&["a", "c"]));
}

#[test]
fn a_copied_mark_is_not_taken_for_our_own_create() {
    let object = Observed {
        type_name: aplomo_core::TypeName::known("a.b.C"),
        scope: Scope::own(),
        id: RemoteId::known("Z1"),
        key: None,
        mark: OwnerMark::Marked {
            installation: "us".into(),
            tenant: "t".into(),
            address: "t/K/n:a.b.C".into(),
        },
        created_by: None,
        fields: seen(&[("/a", "1")]),
        outputs: std::collections::BTreeMap::new(),
        brought_along: false,
        raw: None,
        waiting: None,
    };
    let after = wanted(&[("/a", "1")]);
    let judged = |resumed| judge_create(Some(&after), Some(Subject::Ours(&object)), resumed);
    assert!(matches!(judged(false), Freshness::Stale(_)));
    assert!(matches!(judged(true), Freshness::Done(_)));
}
