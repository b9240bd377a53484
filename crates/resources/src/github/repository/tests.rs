//! What repositories normalise to, and what their changes mean.

use super::*;
use aplomo_core::types::Risk;
use aplomo_core::{Model as _, Sight};

fn wanted(set: impl FnOnce(&mut Repository<Wanted>)) -> Repository<Wanted> {
    let mut model = Repository { name: Wish::Value("Shop".into()), ..Default::default() };
    set(&mut model);
    model
}

fn seen(set: impl FnOnce(&mut Repository<Seen>)) -> Repository<Seen> {
    let mut model = Repository { name: Sight::Value("Shop".into()), ..Default::default() };
    set(&mut model);
    model
}

fn told(before: Option<&Repository<Seen>>, after: Option<&Repository<Wanted>>) -> (Risk, String) {
    let Assessment { risk, notes, told: _ } = Repositories::assess(before, after);
    (risk, notes.join("; "))
}

#[test]
fn making_it_public_is_sensitive() {
    let private = seen(|m| m.visibility = Sight::Value("private".into()));
    let public = wanted(|m| m.visibility = Wish::Value("public".into()));
    let (risk, notes) = told(Some(&private), Some(&public));
    assert_eq!(risk, Risk::Sensitive);
    insta::assert_snapshot!(notes, @"Shop becomes public: everybody may read its code, issues and history");
    assert_eq!(told(None, Some(&public)).0, Risk::Sensitive);
}

#[test]
fn a_manifest_that_goes_archives() {
    let (risk, notes) = told(Some(&seen(|_| {})), None);
    assert_eq!(risk, Risk::Outage);
    insta::assert_snapshot!(notes, @"Shop is archived: it stays readable, takes no more pushes, issues or runs");
    assert_eq!(Repositories::REMOVAL, Removal::Archives);
}

#[test]
fn a_new_name_is_the_same_repository() {
    let (risk, notes) = told(Some(&seen(|_| {})), Some(&wanted(|m| m.name = Wish::Value("store".into()))));
    assert_eq!(risk, Risk::Outage);
    assert!(notes.contains("renamed to store"), "{notes}");
    assert_eq!(Repositories::turnover(&FieldPath::known("/name")), Turnover::InPlace);
}

#[test]
fn security_that_is_switched_off_is_told() {
    for (path, lost) in SECURITY {
        let mut before = seen(|_| {}).to_fields();
        before.set(FieldPath::known(path), Sight::Value(true.into()));
        let mut after = wanted(|_| {}).to_fields();
        after.set(FieldPath::known(path), Wish::Value(false.into()));
        let (before, after) =
            (Repository::from_fields(&before).unwrap(), Repository::from_fields(&after).unwrap());
        assert_eq!(told(Some(&before), Some(&after)), (Risk::Sensitive, lost.to_owned()));
    }
}

#[test]
fn an_archived_repository_differs_in_nothing_else() {
    let fields = |model: Repository<Seen>| model.to_fields();
    let archived = fields(seen(|m| m.archived = Sight::Value(true)));
    let alerts = FieldPath::known("/security/dependabotAlerts");
    assert!(Repositories::indifferent(&alerts, &wanted(|_| {}).to_fields(), &archived));
    let back = wanted(|m| m.archived = Wish::Value(false)).to_fields();
    assert!(!Repositories::indifferent(&alerts, &back, &archived));
    assert!(!Repositories::indifferent(&FieldPath::known("/archived"), &back, &archived));
    assert!(!Repositories::indifferent(&alerts, &back, &fields(seen(|_| {}))));
}

#[test]
fn what_github_refuses_is_refused_here() {
    let wrong = wanted(|m| {
        m.name = Wish::Value("a b".into());
        m.topics = Wish::Value(["-x".into(), "Web".into()].into());
        m.visibility = Wish::Value("secret".into());
        m.default_branch = Wish::Value("a..b".into());
        m.template = Wish::Value("nowhere".into());
        m.pages = Wish::Value("main:/site".into());
        m.merge_methods = Wish::Value(["octopus".into()].into());
        m.merge_title = Wish::Value("MERGE_MESSAGE".into());
        m.merge_message = Wish::Value("BLANK".into());
    });
    let found = Repositories::normalise(wrong).unwrap_err();
    let found: Vec<String> = found.into_iter().map(|f| f.message).collect();
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn empty_texts_are_absent_and_topics_lower() {
    let model = Repositories::normalise(wanted(|m| {
        m.description = Wish::Value("  ".into());
        m.topics = Wish::Value(["Web".into(), "web".into()].into());
        m.pages = Wish::Value("off".into());
    }))
    .unwrap();
    assert_eq!(model.description, Wish::Absent);
    assert_eq!(model.pages, Wish::Absent);
    assert_eq!(model.topics, Wish::Value(["web".into()].into()));
}
