//! What is a command, what is none, and what was probably meant.

use super::*;
use proptest::prelude::*;

const DIGEST: &str = "sha256:757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

fn one(line: &str) -> Result<Command, Misspelt> {
    let mut all = commands(line);
    assert_eq!(all.len(), 1, "{line}");
    all.remove(0)
}

fn problem(line: &str) -> (Problem, Option<String>) {
    let wrong = one(line).unwrap_err();
    assert_eq!(wrong.text, line);
    (wrong.problem, wrong.suggestion)
}

#[test]
fn every_command_is_read() {
    let hour = Duration::from_secs(3_600);
    let digests = BTreeSet::from([DIGEST.parse().unwrap()]);
    assert_eq!(one(&format!("/aplomo approve {DIGEST}")), Ok(Command::Approve { digests }));
    assert_eq!(one("/aplomo plan"), Ok(Command::Plan));
    let hold = Command::Hold { target: Some("acme".into()), span: 4 * hour, reason: "a fix at night".into() };
    assert_eq!(one("/aplomo hold acme for 4h a fix at night"), Ok(hold));
    let hold = Command::Hold { target: None, span: hour, reason: "for a while".into() };
    assert_eq!(one("/aplomo hold for 1h for a while"), Ok(hold));
    assert_eq!(one("/aplomo release"), Ok(Command::Release { target: None }));
    let target = Some("acme/Domain/x:aws.route53.RecordSet/=2A/A".into());
    assert_eq!(
        one("/aplomo release acme/Domain/x:aws.route53.RecordSet/=2A/A"),
        Ok(Command::Release { target })
    );
    assert_eq!(one("/aplomo revert"), Ok(Command::Revert));
    let lift = Command::Lift { rule: "guard:max-deletes".into(), reason: "the shop is closing".into() };
    assert_eq!(one("/aplomo lift guard:max-deletes the shop is closing"), Ok(lift));
    let glass = Command::BreakGlass { span: hour / 2, reason: "the shop is down".into() };
    assert_eq!(one("/aplomo break-glass 30m the shop is down"), Ok(glass));
    let snooze = Command::Snooze { target: None, span: 24 * 7 * hour, reason: "known".into() };
    assert_eq!(one("/aplomo snooze for 1w known"), Ok(snooze));
    assert_eq!(one("/aplomo help"), Ok(Command::Help));
    assert_eq!(one("/aplomo"), Ok(Command::Help));
    assert_eq!(one("/aplomo Plan"), Ok(Command::Plan));
}

#[test]
fn an_approval_names_a_digest() {
    assert_eq!(problem("/aplomo approve").0, Problem::NoDigest);
    assert_eq!(problem("/aplomo approve all").0, Problem::BadDigest("all".into()));
    let cut = &DIGEST[..20];
    assert_eq!(problem(&format!("/aplomo approve {DIGEST} {cut}")).0, Problem::BadDigest(cut.into()));
}

#[test]
fn a_misspelt_word_is_answered_with_what_was_probably_meant() {
    let meant = |line: &str| problem(line).1;
    assert_eq!(meant("/aplomo aprove sha256:1"), Some("/aplomo approve sha256:1".into()));
    assert_eq!(meant("/aplomo paln"), Some("/aplomo plan".into()));
    assert_eq!(meant("/aplomo breakglass 1h fire"), Some("/aplomo break-glass 1h fire".into()));
    assert_eq!(meant("/aplomo deploy"), None);
    assert_eq!(meant(&format!("/aplomo {}", "p".repeat(60_000))), None);
}

#[test]
fn what_is_missing_or_too_much_is_told() {
    for (line, verb) in [
        ("/aplomo hold", Verb::Hold),
        ("/aplomo hold acme 4h why", Verb::Hold),
        ("/aplomo hold acme for 4h", Verb::Hold),
        ("/aplomo hold <b> for 4h why", Verb::Hold),
        ("/aplomo snooze for", Verb::Snooze),
        ("/aplomo lift guard:max-deletes", Verb::Lift),
        ("/aplomo break-glass 1h", Verb::BreakGlass),
        ("/aplomo revert now", Verb::Revert),
        ("/aplomo release acme now", Verb::Release),
    ] {
        assert_eq!(problem(line).0, Problem::Form(verb), "{line}");
    }
    let soon = Problem::BadSpan(Verb::Hold, "soon".into());
    assert_eq!(problem("/aplomo hold acme for soon why").0, soon);
}

#[test]
fn lines_count_by_themselves_wherever_they_stand_in_the_text() {
    let body = "Looks fine.\r\n/aplomo plan\r\n\r\n  /aplomo release  \r\nthanks, /aplomo help\r\n";
    assert_eq!(commands(body), [Ok(Command::Plan), Ok(Command::Release { target: None })]);
    assert_eq!(commands("/aplomo plan\n-- \nalice"), [Ok(Command::Plan)], "a signature makes it a heading");
    assert_eq!(commands("/aplomofoo\n/aplomo-plan\n/ aplomo plan"), []);
}

#[test]
fn what_people_show_each_other_is_no_command() {
    for body in [
        "> /aplomo plan",
        "> as she said\n/aplomo plan",
        "```\n/aplomo plan\n```",
        "~~~sh\n/aplomo plan",
        "````\n```\n/aplomo plan\n````",
        "    /aplomo plan",
        "- /aplomo plan",
        "- a list\n\n  /aplomo plan",
        "`/aplomo plan`",
        "write `so:\n/aplomo plan` and wait",
        "<!-- /aplomo plan -->",
        "<!--\n/aplomo plan\n-->",
        "seen <!-- and\n/aplomo plan\nunseen --> here",
        "<pre>\n/aplomo plan\n</pre>",
        "| a |\n| - |\n/aplomo plan",
        "[^1]: a note\n/aplomo plan",
    ] {
        assert_eq!(commands(body), [], "{body}");
    }
}

/// Bodies as large as GitHub takes, of what makes parsers slow: a test that hangs is one that fails.
#[test]
fn a_body_made_to_keep_a_parser_busy_is_read() {
    for part in
        ["[", "`", "` ``", "*a_", "<", "> ", "- ", "![", "[a](<b", "&", "<!--", "|a\n|-", "[^1]:", "\\`"]
    {
        let body = format!("{}\n\n/aplomo plan", part.repeat(65_000 / part.len()));
        assert!(commands(&body).len() <= 1, "{part}");
    }
}

proptest! {
    #[test]
    fn any_body_is_answered(body in "(/aplomo|approve| |\n|\r|`|~|>|<!--|-->|-|\\PC){0,60}") {
        for command in commands(&body) {
            if let Err(wrong) = command {
                prop_assert!(body.contains(&wrong.text));
            }
        }
    }

    #[test]
    fn what_is_fenced_or_quoted_is_never_a_command(
        lines in prop::collection::vec("(/aplomo |/aplomo plan|>|<|-|\\PC){0,6}", 0..8), ticks in 3_usize..6,
    ) {
        // Fewer backticks in a row than the fence has cannot close it.
        let inside: Vec<String> = lines.iter().map(|line| line.replace("```", "")).collect();
        let fence = "`".repeat(ticks);
        let fenced = format!("{fence}\n{}\n/aplomo plan\n{fence}", inside.join("\n"));
        prop_assert_eq!(commands(&fenced), []);
        let quoted: String = inside.iter().map(|line| format!("> {line}\n")).collect();
        prop_assert_eq!(commands(&format!("{quoted}> /aplomo plan\n")), []);
    }
}
