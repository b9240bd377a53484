//! It fits into what GitHub takes, and what is missing is counted.

use super::{Case, comment, fits, many};
use crate::comment::{LIMIT, MARKER};
use crate::view::{Locale, Note, Right, Stage};
use aplomo_core::{Digest, Finding};
use std::collections::BTreeSet;

fn text(case: &Case) -> String {
    let text = comment(&case.view(Locale::En, Stage::NeedsApproval));
    assert!(text.len() <= LIMIT, "{} octets", text.len());
    assert!(text.starts_with(MARKER));
    text
}

/// What is told to be missing after `and`.
fn missing(text: &str, what: &str) -> usize {
    let line = text.lines().find(|line| line.contains(what)).unwrap_or_default();
    line.split_whitespace().find_map(|word| word.parse().ok()).unwrap_or(0)
}

#[test]
fn five_thousand_routine_changes_are_cut_from_the_end_and_counted() {
    let case = many(5_000, 40);
    let text = text(&case);
    let shown = text.matches("+ create aws.route53.RecordSet/r").count();
    assert!(shown > 300, "{shown}");
    assert_eq!(shown + missing(&text, "more routine changes"), 5_000);
    assert!(
        text.contains(&format!("RecordSet/r{:05}/A", shown - 1))
            && !text.contains(&format!("RecordSet/r{shown:05}/A"))
    );
    assert_eq!(text.matches("+ create aws.route53.RecordSet/s").count(), 40, "none that matters is missing");
    assert!(text.contains(&format!("/aplomo approve {}", case.plan.digest)));
    assert!(text.len() > LIMIT - 3_000, "the room is used: {}", text.len());
}

#[test]
fn details_go_before_rows() {
    let case = many(760, 0);
    let text = text(&case);
    assert_eq!(text.matches("+ create aws.route53.RecordSet/r").count(), 760);
    let detailed = text.lines().filter(|line| line.trim_start().starts_with("ttl")).count();
    assert!(detailed > 0 && detailed < 760);
    assert_eq!(detailed + missing(&text, "the fields of"), 760);
}

#[test]
fn what_matters_and_does_not_fit_is_not_approved_here() {
    let case = many(10, 1_500);
    let view = case.view(Locale::En, Stage::NeedsApproval);
    assert!(!fits(&view));
    let text = text(&case);
    assert!(text.contains("### This plan is too large to be shown here, so it cannot be approved here"));
    assert!(!text.contains("/aplomo approve"));
    let shown = text.matches("+ create aws.route53.RecordSet/s").count();
    assert_eq!(shown + missing(&text, "not routine and not shown here"), 1_500);
    assert!(fits(&many(5_000, 100).view(Locale::En, Stage::NeedsApproval)));
}

#[test]
fn errors_are_never_left_out_silently() {
    let mut case = many(0, 5);
    let error = |n| Finding::error("unknown-field", format!("error {n} {}", "x".repeat(100)));
    case.findings = (0..200).map(error).collect();
    let all = text(&case);
    assert_eq!(all.matches("- error[unknown-field]").count(), 200);
    case.findings = (0..2_000).map(error).collect();
    let text = text(&case);
    let shown = text.matches("- error[unknown-field]").count();
    assert!(shown > 100);
    assert_eq!(shown + missing(&text, "more errors"), 2_000);
    assert!(!fits(&case.view(Locale::En, Stage::NeedsApproval)));
}

/// Nobody makes a plan too large to be approved by talking, and an approval does not take itself back.
#[test]
fn whether_it_fits_depends_on_the_plan_alone() {
    let mut grave = 370;
    while fits(&many(3_000, grave + 5).view(Locale::En, Stage::NeedsApproval)) {
        grave += 5;
    }
    assert!(grave > 370);
    let mut case = many(3_000, grave);
    case.notes = (0..500)
        .map(|n| Note::Refused {
            login: format!("m{n}").into(),
            command: "hold".into(),
            why: "é`".repeat(900),
        })
        .collect();
    let digests: Vec<Digest> = case.plan.changes.iter().map(|change| change.digest).collect();
    for digest in &digests {
        let approved_by = (0..40).map(|n| format!("somebody-with-a-long-name-{n}").into()).collect();
        case.rights
            .insert(*digest, Right { approved_by, needed: 41, teams: BTreeSet::from(["acme/sre".into()]) });
    }
    case.since = Some(crate::view::Since { new: digests.into_iter().collect(), gone: BTreeSet::new() });
    case.link = Some(format!("https://a.example/{}", "x".repeat(900)));
    let view = case.view(Locale::En, Stage::NeedsApproval);
    assert!(fits(&view));
    let text = text(&case);
    assert_eq!(text.matches("+ create aws.route53.RecordSet/s").count(), grave);
    assert!(text.contains("more\n"), "notes are cut and counted");
}
