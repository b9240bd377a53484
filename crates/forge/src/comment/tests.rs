//! What the comment says at each stage, in each language; that it fits; that nothing breaks out of it.

mod escape;
mod room;

use super::*;
use crate::fixture::{Case, change, everything};
use crate::view::{How, Locale, Stage};
use aplomo_core::run::Status;
use aplomo_core::{Action, Finding, Mark, Risk};
use std::sync::Arc;

/// The comment in both languages.
fn both(case: &Case, stage: &Stage<'_>) -> String {
    let text = |locale| comment(&case.view(locale, stage.clone()));
    format!("{}\n=====\n\n{}", text(Locale::En), text(Locale::Es))
}

#[test]
fn without_a_plan_it_says_why_and_who_has_to_do_something() {
    let mut case = Case::of(Vec::new());
    let shown = |case: &Case, name: &str, stage: Stage<'_>| insta::assert_snapshot!(name, both(case, &stage));
    shown(
        &case,
        "conflict",
        Stage::Conflict { files: (0..12).map(|n| format!("domains/{n}.yaml")).collect() },
    );
    shown(&case, "too_large", Stage::TooLarge { why: "10,001 manifests, and 10,000 are read".into() });
    shown(&case, "failed", Stage::Failed { why: "GitHub answered 502".into() });
    case.notes = vec![
        crate::view::Note::AuthorMayNotAsk { login: "mallory".into(), tenant: "acme".parse().unwrap() },
        crate::view::Note::NotOfThisSource { tenant: "beta".into() },
    ];
    shown(&case, "may_not_ask", Stage::MayNotAsk);
    case.notes.clear();
    let file = Arc::from("domains/example.yaml");
    case.findings = vec![
        Finding::error("unknown-field", "`tttl` is not a field of Domain.spec.records[]")
            .help("did you mean `ttl`?")
            .of("acme/Domain/example-com")
            .at(&file, Mark { line: 14, column: 7 }),
        Finding::warning("ttl", "a day is long").at(&file, Mark { line: 20, column: 1 }),
    ];
    shown(&case, "invalid", Stage::Invalid);
}

#[test]
fn with_a_plan_it_shows_what_is_done_and_who_approves() {
    let mut case = everything();
    insta::assert_snapshot!("needs_approval", both(&case, &Stage::NeedsApproval));
    case.approve();
    (case.notes, case.since) = (Vec::new(), None);
    insta::assert_snapshot!("approved", both(&case, &Stage::Approved));
    insta::assert_snapshot!("closed", both(&case, &Stage::Closed));
    let nothing = Case::of(Vec::new());
    insta::assert_snapshot!("nothing", both(&nothing, &Stage::Nothing));
}

#[test]
fn after_the_merge_it_shows_what_became_of_it_and_how_it_goes_on() {
    let mut case = everything();
    (case.notes, case.since) = (Vec::new(), None);
    let done = case.results(&[How::Ran(Status::Applied), How::Gone]);
    insta::assert_snapshot!("merged_done", both(&case, &Stage::Merged { results: done, done: true }));
    let some = [How::Ran(Status::Applied), How::Due, How::NotApproved, How::Ran(Status::Failed), How::Moved];
    let some = case.results(&some);
    insta::assert_snapshot!("merged_left", both(&case, &Stage::Merged { results: some, done: false }));
}

#[test]
fn a_merged_effect_without_a_plan_is_approved_by_its_own_digest() {
    let case = everything();
    let results = case.results(&[How::NotApproved, How::Ran(Status::Applied)]);
    let mut view = case.view(Locale::En, Stage::Merged { results, done: false });
    view.plan = None;
    let digests = [0, 2, 4].map(|at: usize| format!(" {}", case.plan.changes[at].digest)).concat();
    assert!(comment(&view).contains(&format!("/aplomo approve{digests}\n")));
}

#[test]
fn the_same_view_gives_the_same_text_and_begins_with_the_marker() {
    let case = everything();
    let text = comment(&case.view(Locale::En, Stage::NeedsApproval));
    assert!(text.starts_with(&format!("{MARKER}\n")));
    assert_eq!(text, comment(&case.view(Locale::En, Stage::NeedsApproval)));
}

#[test]
fn what_is_not_routine_is_never_shortened() {
    let long = "y".repeat(5_000);
    let shown = |risk| {
        let mut one = change("acme/IamProfile/deploy:aws.iam.Role", Action::Update, risk, 3);
        one.fields[0].after = aplomo_core::Wish::Value(long.as_str().into());
        let case = Case::of(vec![one]);
        comment(&case.view(Locale::En, Stage::NeedsApproval)).contains(&long)
    };
    assert!(shown(Risk::Sensitive) && shown(Risk::Outage) && shown(Risk::Irreversible));
    assert!(!shown(Risk::Routine));
}

/// So many routine creations, and some that are not.
fn many(routine: usize, grave: usize) -> Case {
    let record = |name: String, risk| {
        let address = format!("acme/Domain/example-com:aws.route53.RecordSet/{name}/A");
        change(&address, Action::Create, risk, 1)
    };
    let routine = (0..routine).map(|n| record(format!("r{n:05}"), Risk::Routine));
    Case::of(routine.chain((0..grave).map(|n| record(format!("s{n:05}"), Risk::Sensitive))).collect())
}
