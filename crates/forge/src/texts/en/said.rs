//! What people said and how it is answered, in English.

use crate::command::{Misspelt, Problem, Verb};
use crate::markdown::{code, codes, short};
use crate::texts::SAID;
use crate::view::Note;
use aplomo_core::Digest;
use aplomo_planner::moment;

pub(super) fn note(note: &Note, digest: Option<&Digest>) -> String {
    let who = |login: &str| code(&short(login, SAID));
    let text = |text: &str| code(&short(text, SAID));
    match note {
        Note::AuthorMayNotAsk { login, tenant } => {
            format!("{} opened this and is no contact of {}.", who(login), code(tenant.as_str()))
        }
        Note::PusherMayNotAsk { login, tenant } => {
            format!("{} pushed to this and is no contact of {}.", who(login), code(tenant.as_str()))
        }
        Note::LoginChangedHands { login, tenant } => format!(
            "{} is another account than the one that was recorded as a contact of {}: the operator confirms the contact.",
            who(login),
            code(tenant.as_str())
        ),
        Note::PushersUnknown { why } => format!("It cannot be seen who pushed to this: {}.", text(why)),
        Note::NotOfThisSource { tenant } => {
            format!("It touches manifests of {}, for whom this repository does not speak.", text(tenant))
        }
        Note::OwnWork { login } => {
            format!("{} opened this or pushed to it, and so cannot approve it.", who(login))
        }
        Note::NoApprover { login, teams } if teams.is_empty() => {
            format!("{} may not approve this.", who(login))
        }
        Note::NoApprover { login, teams } => format!(
            "{} may not approve this: members of {} may.",
            who(login),
            codes(teams.iter().take(3).map(|team| short(team, SAID)))
        ),
        Note::OtherCommit { login, commit } => format!(
            "The review of {} is of commit {}, which is not what is planned now.",
            who(login),
            text(commit)
        ),
        Note::OtherDigest { login, digest } => {
            format!(
                "{} named {}, which is no plan and no effect that is shown here.",
                who(login),
                text(digest)
            )
        }
        Note::Suspended { login } => format!("{} is suspended: nothing of that person counts.", who(login)),
        Note::Edited { login } => {
            format!(
                "A comment of {} was changed after it was written: it does not count any more.",
                who(login)
            )
        }
        Note::Withdrawn { login } => format!("What {} said was dismissed or taken away.", who(login)),
        Note::Expired { login, at } => format!("The approval of {} ended at {}.", who(login), moment(*at)),
        Note::NoCommand { login, what } => {
            format!("{} wrote {}. {}", who(login), text(&what.text), misspelt(what, digest))
        }
        Note::Refused { login, command, why } => {
            format!("{} of {} was refused: {}.", text(command), who(login), text(why))
        }
        Note::CommentRestored => "Somebody else changed this comment; it was put back.".into(),
    }
}

pub(super) fn misspelt(wrong: &Misspelt, digest: Option<&Digest>) -> String {
    let so = |verb: Verb| format!("It is written so: {}.", code(usage(verb)));
    match &wrong.problem {
        Problem::Unknown => match &wrong.suggestion {
            Some(meant) => {
                format!("There is no such command; perhaps {} was meant.", code(&short(meant, SAID)))
            }
            None => "There is no such command; `/aplomo help` lists them.".into(),
        },
        Problem::NoDigest => match digest {
            Some(digest) => {
                format!("An approval names what it approves: {}.", code(&format!("/aplomo approve {digest}")))
            }
            None => format!("An approval names what it approves. {}", so(Verb::Approve)),
        },
        Problem::BadDigest(word) => {
            format!(
                "{} is no digest: it has the form `sha256:` and 64 hexadecimal digits.",
                code(&short(word, SAID))
            )
        }
        Problem::BadSpan(verb, word) => format!(
            "{} is no length of time: a whole number and `s`, `m`, `h`, `d` or `w`, e.g. `4h`. {}",
            code(&short(word, SAID)),
            so(*verb)
        ),
        Problem::Form(verb) => so(*verb),
    }
}

const fn usage(verb: Verb) -> &'static str {
    match verb {
        Verb::Approve => "/aplomo approve DIGEST",
        Verb::Plan => "/aplomo plan",
        Verb::Hold => "/aplomo hold [TENANT|ADDRESS] for DURATION REASON",
        Verb::Release => "/aplomo release [TENANT|ADDRESS]",
        Verb::Revert => "/aplomo revert",
        Verb::Lift => "/aplomo lift RULE REASON",
        Verb::BreakGlass => "/aplomo break-glass DURATION REASON",
        Verb::Snooze => "/aplomo snooze [TENANT|ADDRESS] for DURATION REASON",
        Verb::Help => "/aplomo help",
    }
}

const fn does(verb: Verb) -> &'static str {
    match verb {
        Verb::Approve => "approves what the digest names: the plan as it is shown, or single effects of it",
        Verb::Plan => "plans this pull request again",
        Verb::Hold => "stops writes for a while, to all that this touches or to what is named",
        Verb::Release => "lets what was held go on",
        Verb::Revert => "opens the pull request that goes back, and says what cannot",
        Verb::Lift => "lifts a guard for your approval of this pull request",
        Verb::BreakGlass => "is done on the command line: `aplomo break-glass`",
        Verb::Snooze => "is done on the command line: `aplomo snooze`",
        Verb::Help => "shows this",
    }
}

pub(super) fn help() -> String {
    let mut out = String::from("A line that begins with `/aplomo` tells Aplomo what to do:\n\n");
    for verb in Verb::ALL {
        out.push_str(&format!("- {}: {}.\n", code(usage(verb)), does(verb)));
    }
    out.push_str(
        "\nA duration is a whole number and `s`, `m`, `h`, `d` or `w`, e.g. `4h`. A line in a quotation or in code is no \
         command. A comment that is changed afterwards approves nothing.\n",
    );
    out
}
