//! Every text once in each language, so that a change of one is seen.

use super::*;
use crate::command::{Problem, Verb, commands};
use aplomo_core::run::Status;

const BOTH: [Locale; 2] = [Locale::En, Locale::Es];

fn each(say: impl Fn(&dyn Words) -> Vec<String>) -> String {
    BOTH.map(|locale| say(words(locale)).join("\n")).join("\n\n=====\n\n")
}

#[test]
fn help() {
    insta::assert_snapshot!("help", BOTH.map(super::help).join("\n=====\n\n"));
}

#[test]
fn headlines() {
    let all = [
        Headline::MayNotAsk,
        Headline::Conflict,
        Headline::TooLarge,
        Headline::Failed,
        Headline::Invalid { errors: 1 },
        Headline::Invalid { errors: 2 },
        Headline::Nothing,
        Headline::NeedsApproval { open: 1, all: 1 },
        Headline::NeedsApproval { open: 1, all: 2 },
        Headline::NeedsApproval { open: 2, all: 2 },
        Headline::NeedsApproval { open: 2, all: 3 },
        Headline::CannotShow,
        Headline::Approved { all: 1 },
        Headline::Approved { all: 2 },
        Headline::Done { all: 0 },
        Headline::Done { all: 1 },
        Headline::Done { all: 2 },
        Headline::Left { left: 1, all: 1 },
        Headline::Left { left: 1, all: 2 },
        Headline::Closed,
        Headline::Running,
    ];
    insta::assert_snapshot!("headlines", each(|words| all.iter().map(|what| words.headline(what)).collect()));
}

#[test]
fn results_and_how_each_goes_on() {
    let ran = [
        Status::Applied,
        Status::Failed,
        Status::Stale,
        Status::Held,
        Status::Waiting,
        Status::Skipped,
        Status::Quarantined,
        Status::Unknown,
    ];
    let others = [How::NotApproved, How::Moved, How::Held, How::Due, How::Gone];
    let all: Vec<How> = ran.map(How::Ran).into_iter().chain(others).collect();
    let say =
        |words: &dyn Words, how: How| format!("{}: {}", words.how(how), words.go_on(how).unwrap_or("-"));
    insta::assert_snapshot!("results", each(|words| all.iter().map(|how| say(words, *how)).collect()));
}

#[test]
fn what_holds_a_change() {
    let all = [
        HeldBy::GUARD_COUNT,
        HeldBy::GUARD_FRACTION,
        HeldBy::HOLD,
        HeldBy::QUARANTINE,
        HeldBy::PROTECTED,
        HeldBy::OBSERVE,
        HeldBy::TENANT_STATE,
        HeldBy::ACCOUNT,
        HeldBy::INVALID,
        HeldBy::DEPENDENCY,
        HeldBy::OCCUPIED,
        HeldBy::OWN_ACCESS,
        HeldBy::LAST_KEEPER,
        HeldBy::SOURCE,
        HeldBy("freeze".into()),
    ];
    insta::assert_snapshot!(
        "held",
        each(|words| all.iter().map(|by| words.line(&Line::Held { by })).collect())
    );
}

#[test]
fn approvals_of_an_effect() {
    let right = |by: &[&str], needed, teams: &[&str]| Right {
        approved_by: by.iter().map(SmolStr::new).collect(),
        needed,
        teams: teams.iter().map(SmolStr::new).collect(),
    };
    let many: Vec<String> = (0..8).map(|n| format!("p{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let all = [
        right(&[], 1, &["acme/sre"]),
        right(&[], 2, &["acme/security", "acme/sre"]),
        right(&["sofia"], 2, &["acme/sre"]),
        right(&["sofia"], 3, &[]),
        right(&["sofia", "tomas"], 2, &["acme/sre"]),
        right(&many, 2, &[]),
    ];
    let say = |words: &dyn Words, right: Option<&Right>| {
        words.line(&Line::Approval { digest: "3f2a91c0b1d2", right })
    };
    insta::assert_snapshot!(
        "approvals",
        each(|words| all.iter().map(Some).chain([None]).map(|right| say(words, right)).collect())
    );
}

#[test]
fn notes() {
    let login = || SmolStr::new("mallory");
    let tenant = || "acme".parse().unwrap();
    let all = [
        Note::AuthorMayNotAsk { login: login(), tenant: tenant() },
        Note::PusherMayNotAsk { login: login(), tenant: tenant() },
        Note::LoginChangedHands { login: login(), tenant: tenant() },
        Note::PushersUnknown { why: "GitHub answered 502".into() },
        Note::NotOfThisSource { tenant: "beta".into() },
        Note::OwnWork { login: login() },
        Note::NoApprover { login: login(), teams: BTreeSet::new() },
        Note::NoApprover { login: login(), teams: BTreeSet::from(["acme/sre".into()]) },
        Note::OtherCommit { login: login(), commit: "aaaa1111".into() },
        Note::OtherDigest { login: login(), digest: "sha256:00".into() },
        Note::Suspended { login: login() },
        Note::Edited { login: login() },
        Note::Withdrawn { login: login() },
        Note::Expired { login: login(), at: crate::fixture::moment() },
        Note::Refused { login: login(), command: "hold".into(), why: "not a member of `acme/sre`".into() },
        Note::CommentRestored,
    ];
    insta::assert_snapshot!("notes", each(|words| all.iter().map(|note| words.note(note, None)).collect()));
}

#[test]
fn misspelt_commands() {
    let lines = [
        "/aplomo aprove it",
        "/aplomo deploy",
        "/aplomo approve all",
        "/aplomo hold acme for soon why",
        "/aplomo hold acme",
        "/aplomo lift",
        "/aplomo break-glass 1h",
        "/aplomo snooze",
        "/aplomo release a b",
        "/aplomo revert now",
        "/aplomo plan now",
    ];
    let wrong: Vec<Misspelt> = lines.iter().map(|line| commands(line).remove(0).unwrap_err()).collect();
    insta::assert_snapshot!(
        "misspelt",
        each(|words| wrong.iter().map(|one| words.misspelt(one, None)).collect())
    );
    let bare = Misspelt { text: "/aplomo approve".into(), problem: Problem::NoDigest, suggestion: None };
    let digest = Digest::of_bytes(b"plan");
    for locale in BOTH {
        assert!(bare.say(locale, Some(&digest)).contains(&format!("`/aplomo approve {digest}`")));
        assert!(bare.say(locale, None).contains("`/aplomo approve DIGEST`"));
    }
}

#[test]
fn what_is_left_out() {
    let all = [
        More::Routine,
        More::RoutineDetails,
        More::Approvals,
        More::Grave,
        More::Errors,
        More::Findings,
        More::Unverifiable,
        More::Results,
    ];
    let say = |words: &dyn Words, what| format!("{}; {}", words.more(what, 1), words.more(what, 2));
    insta::assert_snapshot!("more", each(|words| all.iter().map(|what| say(words, *what)).collect()));
}

/// Plain and calm, and each language says something of its own.
#[test]
fn no_text_shouts_and_help_names_every_command() {
    for locale in BOTH {
        let help = super::help(locale);
        assert!(!help.contains('!'));
        for verb in Verb::ALL {
            assert!(help.contains(&format!("`/aplomo {}", verb.word())), "{}", verb.word());
        }
    }
}
