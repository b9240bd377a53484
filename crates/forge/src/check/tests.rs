//! How the check ends at each stage, and what it says at which lines.

use super::*;
use crate::fixture::{Case, change, everything};
use aplomo_core::{Action, Mark};
use std::fmt::Write as _;
use std::sync::Arc;

#[test]
fn each_stage_has_its_conclusion() {
    let merged = |done| Stage::Merged { results: Vec::new(), done };
    let why = || "it did not".to_owned();
    let expected = [
        (Stage::MayNotAsk, Conclusion::ActionRequired),
        (Stage::NeedsApproval, Conclusion::ActionRequired),
        (Stage::Approved, Conclusion::Success),
        (Stage::Nothing, Conclusion::Success),
        (Stage::Invalid, Conclusion::Failure),
        (Stage::Conflict { files: Vec::new() }, Conclusion::Failure),
        (Stage::TooLarge { why: why() }, Conclusion::Failure),
        (Stage::Failed { why: why() }, Conclusion::Failure),
        (merged(true), Conclusion::Success),
        (merged(false), Conclusion::Neutral),
        (Stage::Closed, Conclusion::Neutral),
    ];
    for (stage, conclusion) in expected {
        let case = Case::of(Vec::new());
        let check = check(&case.view(Locale::En, stage.clone()));
        assert_eq!(check.conclusion, Some(conclusion), "{stage:?}");
        assert!(!check.title.is_empty() && check.title.len() <= 255);
        assert!(!check.summary.is_empty());
    }
    assert_eq!(running(Locale::Es).conclusion, None);
}

#[test]
fn what_matters_is_said_at_its_line() {
    let mut case = everything();
    case.findings[1] = case.findings[1].clone().at(&Arc::from("a.yaml"), Mark { line: 0, column: 0 });
    case.findings[1].line = None;
    case.findings.push(Finding::error("no-place", "nowhere"));
    let check = check(&case.view(Locale::En, Stage::NeedsApproval));
    let mut text = String::new();
    for one in &check.annotations {
        writeln!(
            text,
            "{}:{} {} {}\n{}\n",
            one.path,
            one.start_line,
            one.level.word(),
            one.title,
            one.message
        )
        .unwrap();
    }
    insta::assert_snapshot!("annotations", text);
    insta::assert_snapshot!("summary", format!("{}\n\n{}", check.title, check.summary));
}

#[test]
fn all_annotations_are_there_and_each_within_githubs_limits() {
    let address = |n| format!("acme/Domain/example-com:aws.route53.RecordSet/r{n}/A");
    let changes = (0..300).map(|n| change(&address(n), Action::Create, Risk::Sensitive, n + 1)).collect();
    let mut case = Case::of(changes);
    case.plan.changes[0].risk_notes = vec!["é".repeat(70_000)];
    case.findings = (0..2_000)
        .map(|n| {
            Finding::error("broken", "x".repeat(100))
                .at(&Arc::from("a.yaml"), Mark { line: n + 1, column: 1 })
        })
        .collect();
    let check = check(&case.view(Locale::En, Stage::NeedsApproval));
    assert_eq!(check.annotations.len(), 2_300);
    assert!(check.annotations.iter().all(|one| one.title.len() <= 255 && one.message.len() <= 64 * 1024));
    assert!(check.summary.len() <= comment::LIMIT);
    assert!(check.summary.contains("more errors"));
}

#[test]
fn a_source_at_the_root_has_whole_paths_already() {
    let mut case = Case::of(vec![change("acme/IamProfile/x:aws.iam.Role", Action::Delete, Risk::Outage, 9)]);
    case.plan.changes[0].risk_notes = vec!["one\ntwo\u{202e}".into()];
    let mut view = case.view(Locale::Es, Stage::NeedsApproval);
    view.sub_path = "";
    let annotations = check(&view).annotations;
    assert_eq!((annotations[0].path.as_str(), annotations[0].start_line), ("domains/example.yaml", 9));
    assert_eq!(annotations[0].title, "INTERRUPCIÓN: eliminar acme/IamProfile/x:aws.iam.Role");
    assert_eq!(annotations[0].message, "one\\ntwo\\u{202e}\nacme/IamProfile/x:aws.iam.Role");
}
