//! Text from elsewhere stays text: whatever it holds, GitHub shows the same blocks, and it stands in code alone.

use super::{Case, comment, everything};
use crate::check::check;
use crate::command::{Misspelt, Problem, Verb};
use crate::comment::LIMIT;
use crate::view::{How, Locale, Note, Stage};
use aplomo_core::plan::HeldBy;
use aplomo_core::run::Status;
use aplomo_core::{Datum, Sight, Wish};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};
use std::sync::Arc;

/// What tries to be more than text.
const HOSTILE: &[&str] = &[
    "```\n# out\n```",
    "~~~",
    "`",
    "``",
    "</details>",
    "<script>alert(1)</script>",
    "<img src=x onerror=y>",
    "<!--",
    "-->",
    "![a](https://evil.example/a.png)",
    "[a](https://evil.example)",
    "https://evil.example",
    "@everyone",
    "acme/secret#1",
    "| a | b |\n|---|---|",
    "\n\n# heading",
    "**bold**",
    "\u{202e}olleh",
    "\u{200b}",
    "\r",
    "\0",
    "$`x`$",
    "&lt;b&gt;",
    "/aplomo approve",
    "\\",
    "- [ ] task",
    "[^1]",
    "\u{1b}[31m",
    "    ",
    "\t",
];

/// A case where all that can come from elsewhere is this text.
fn poisoned(text: &str) -> Case {
    let mut case = everything();
    let datum = || Datum::Text(text.into());
    for change in case.plan.changes.iter_mut().chain(&mut case.before) {
        change.risk_notes.push(text.into());
        change.group = Some(text.into());
        change.held_by = Some(HeldBy(text.into()));
        change.fields.extend(change.fields.first().cloned().map(|mut field| {
            field.path = crate::fixture::path("/").child(text);
            (field.before, field.after) = (Sight::Value(datum()), Wish::Value(datum()));
            field
        }));
        for origin in &mut change.origins {
            origin.file = Arc::from(text);
        }
    }
    for finding in &mut case.findings {
        (finding.rule, finding.message) = (text.into(), text.to_owned());
        (finding.help, finding.address, finding.file) =
            (Some(text.into()), Some(text.into()), Some(Arc::from(text)));
    }
    for one in &mut case.plan.unverifiable {
        one.why = text.to_owned();
    }
    for right in case.rights.values_mut() {
        right.approved_by = [text.into()].into();
        right.teams = [text.into()].into();
    }
    case.plan.meta.api_calls = [(text.to_owned(), 1)].into();
    case.notes = notes(text);
    case
}

fn notes(text: &str) -> Vec<Note> {
    let wrong = |problem, suggestion: Option<String>| Misspelt { text: text.to_owned(), problem, suggestion };
    let said = [
        wrong(Problem::Unknown, Some(text.to_owned())),
        wrong(Problem::BadDigest(text.to_owned()), None),
        wrong(Problem::BadSpan(Verb::Hold, text.to_owned()), None),
    ];
    let said = said.into_iter().map(|what| Note::NoCommand { login: text.into(), what });
    let others = [
        Note::AuthorMayNotAsk { login: text.into(), tenant: "acme".parse().unwrap() },
        Note::PushersUnknown { why: text.into() },
        Note::NotOfThisSource { tenant: text.into() },
        Note::NoApprover { login: text.into(), teams: [text.into()].into() },
        Note::OtherCommit { login: text.into(), commit: text.into() },
        Note::OtherDigest { login: text.into(), digest: text.into() },
        Note::Refused { login: text.into(), command: text.into(), why: text.into() },
    ];
    said.chain(others).collect()
}

/// The stages whose texts hold something from elsewhere.
fn stages<'a>(case: &'a Case, text: &str) -> Vec<Stage<'a>> {
    let mut results = case.results(&[How::Ran(Status::Failed), How::NotApproved, How::Moved]);
    for result in &mut results {
        result.detail = Some(text.into());
        result.request_ids = vec![text.into()];
        result.run = Some(text.into());
    }
    vec![
        Stage::NeedsApproval,
        Stage::Merged { results, done: false },
        Stage::Conflict { files: vec![text.into()] },
        Stage::TooLarge { why: text.into() },
        Stage::Failed { why: text.into() },
        Stage::Invalid,
    ]
}

/// What Markdown makes of it, without what stands in code. Text is part of it: whatever escapes shows up here.
fn skeleton(markdown: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut in_block = false;
    for event in Parser::new_ext(markdown, Options::all()) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_block = true,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => in_block = false,
            Event::Text(_) if in_block => continue,
            Event::Code(_) => {
                out.push("Code".to_owned());
                continue;
            }
            _ => {}
        }
        out.push(format!("{event:?}"));
    }
    out
}

/// The text and a harmless one give the same page, in all stages and languages.
fn assert_harmless(text: &str) -> Result<(), TestCaseError> {
    let (bad, good) = (poisoned(text), poisoned("x"));
    for (bad_stage, good_stage) in stages(&bad, text).into_iter().zip(stages(&good, "x")) {
        for locale in [Locale::En, Locale::Es] {
            let (bad, good) = (bad.view(locale, bad_stage.clone()), good.view(locale, good_stage.clone()));
            let (bad_text, good_text) = (comment(&bad), comment(&good));
            prop_assert!(bad_text.len() <= LIMIT);
            prop_assert_eq!(skeleton(&bad_text), skeleton(&good_text));
            prop_assert_eq!(skeleton(&check(&bad).summary), skeleton(&check(&good).summary));
            let hidden = |c: char| {
                c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c) || c == '\u{200b}'
            };
            prop_assert!(!bad_text.contains(hidden), "{:?}", bad_text);
        }
    }
    Ok(())
}

#[test]
fn what_tries_to_be_more_than_text_stays_text() {
    for text in HOSTILE {
        assert_harmless(text).unwrap_or_else(|wrong| panic!("{text:?}: {wrong}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_text_stays_text(parts in prop::collection::vec(prop_oneof![
        prop::sample::select(HOSTILE).prop_map(str::to_owned), "\\PC{0,8}", "[`~<>\\\\|\n \\[\\]!@#*_-]{0,6}",
    ], 1..6)) {
        assert_harmless(&parts.concat())?;
    }
}
