//! English.

mod said;

use super::{Headline, Line, More, Next, Title, Value, Words};
use crate::command::Misspelt;
use crate::markdown::{code, codes};
use crate::view::{How, Note, Right};
use aplomo_core::plan::{Action, HeldBy, Reason};
use aplomo_core::run::Status;
use aplomo_core::{Digest, Risk, Severity};
use aplomo_planner::moment;

pub(super) struct English;

fn count(n: usize, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}

fn changes(n: usize) -> String {
    count(n, "change", "changes")
}

impl Words for English {
    fn headline(&self, what: &Headline) -> String {
        match *what {
            Headline::MayNotAsk => "No plan: somebody who asks for this may not".into(),
            Headline::Conflict => "No plan: this cannot be merged as it is".into(),
            Headline::TooLarge => "No plan: this pull request is too large".into(),
            Headline::Failed => "No plan yet: something outside failed".into(),
            Headline::Invalid { errors } => {
                format!("No plan: {} to correct", count(errors, "error", "errors"))
            }
            Headline::Nothing => "Nothing outside the repository changes".into(),
            Headline::NeedsApproval { open: 1, all: 1 } => "1 change waits for approval".into(),
            Headline::NeedsApproval { open, all } if open == all => {
                format!("{all} changes wait for approval")
            }
            Headline::NeedsApproval { open, all } => format!("{open} of {} wait for approval", changes(all)),
            Headline::CannotShow => {
                "This plan is too large to be shown here, so it cannot be approved here".into()
            }
            Headline::Approved { all: 1 } => "1 change is approved: merging applies it".into(),
            Headline::Approved { all } => format!("{all} changes are approved: merging applies them"),
            Headline::Done { all: 0 } => "Merged: there was nothing to apply".into(),
            Headline::Done { .. } => "Merged: nothing is left to do".into(),
            Headline::Left { left: 1, all: 1 } => "Merged: the change is not applied yet".into(),
            Headline::Left { left, all } if left == all => {
                format!("Merged: none of {all} changes is applied yet")
            }
            Headline::Left { left, all } => format!("Merged: {left} of {} not applied yet", changes(all)),
            Headline::Closed => "Closed without a merge: nothing is applied".into(),
            Headline::Running => "Planning".into(),
        }
    }

    fn next(&self, step: &Next<'_>) -> String {
        match *step {
            Next::MayNotAsk => {
                "A contact of the tenant may ask for it, or the operator adds the person to the tenant's \
                contacts on the base branch; then `/aplomo plan` plans it."
                    .into()
            }
            Next::Conflict => "Its author solves the conflict with the base branch and pushes.".into(),
            Next::TooLarge { why } => {
                format!("Its author divides it into smaller pull requests. What was too much: {}.", code(why))
            }
            Next::Failed { why } => format!(
                "Nobody has to do anything: it is tried again by itself, and at once after `/aplomo plan`. What failed: {}.",
                code(why)
            ),
            Next::Invalid => "Its author corrects the errors below and pushes.".into(),
            Next::Nothing => "It needs no approval of Aplomo's and may be merged.".into(),
            Next::NeedsApproval { teams, commit } => {
                let who = if teams.is_empty() {
                    "Somebody who may approve".to_owned()
                } else {
                    format!("A member of {}", codes(teams))
                };
                let review =
                    commit.map(|commit| format!(": with an approving review of commit {}, or", code(commit)));
                format!(
                    "{who} reads what follows and approves it{} with this comment:",
                    review.unwrap_or_default()
                )
            }
            Next::CannotShow => {
                "What must never be cut is more than GitHub lets a comment hold. Reviews and comments do \
                not approve it: approve it where it can be seen whole, or divide the pull request."
                    .into()
            }
            Next::Approved => {
                "Whoever may merge it merges it. Should an effect change before, its approval does not serve \
                any more, and this says so."
                    .into()
            }
            Next::Done => "Nobody has to do anything.".into(),
            Next::Left => "What is left is told here as soon as it is known.".into(),
            Next::Closed => "Approvals that were given here have ended. Reopening it plans it again.".into(),
            Next::Running => "What it changes is being worked out.".into(),
        }
    }

    fn go_on(&self, how: How) -> Option<&'static str> {
        Some(match how {
            How::NotApproved => "What nobody approved is held: it is applied once it is approved.",
            How::Moved | How::Ran(Status::Stale) => {
                "Where the world moved, another change has to be made now: it is planned anew and needs an approval of its own."
            }
            How::Held | How::Ran(Status::Held) => {
                "What is held goes on when what holds it ends: a freeze, a window, a guard (`/aplomo lift RULE REASON`) or a \
                 hold (`/aplomo release`)."
            }
            How::Due => "What is approved and due is applied in its turn; nobody has to do anything.",
            How::Ran(Status::Waiting) => {
                "What waits goes on by itself when what it waits for has happened outside, as long as its approval stands."
            }
            How::Ran(Status::Failed) => {
                "What failed did not happen. Its message says why; once that is mended, `/aplomo plan`."
            }
            How::Ran(Status::Skipped) => "What was skipped goes on when what it depends on is done.",
            How::Ran(Status::Quarantined) => {
                "What is quarantined was done and did not stay so. It is not written again until a new commit or \
                 `/aplomo release`."
            }
            How::Ran(Status::Unknown) => {
                "Where an answer was lost, what happened is looked up before anything is sent again."
            }
            How::Ran(Status::Applied) | How::Gone => return None,
        })
    }

    fn counts(&self, counts: &[(Action, usize)]) -> String {
        counts.iter().map(|(action, n)| format!("{n} to {}", action.word())).collect::<Vec<_>>().join(", ")
    }

    fn title(&self, title: Title) -> &'static str {
        match title {
            Title::Notes => "What does not count, and why",
            Title::Since => "Since it was approved",
            Title::Findings => "Findings",
            Title::Results => "What became of each change",
            Title::Open => "What is still open",
            Title::Unverifiable => "What could not be seen",
            Title::Before => "What differed before, and is not part of this pull request",
            Title::Digests => "The digest of each effect",
            Title::Whole => "The whole plan",
        }
    }

    fn more(&self, what: More, n: usize) -> String {
        match what {
            More::Routine => format!("and {}", count(n, "more routine change", "more routine changes")),
            More::RoutineDetails => {
                format!("the fields of {} are not shown here", count(n, "routine change", "routine changes"))
            }
            More::Approvals => format!("who approved what is not shown here for {}", changes(n)),
            More::Grave => format!(
                "and {} not routine and not shown here",
                count(n, "more change that is", "more changes that are")
            ),
            More::Errors => format!("and {}", count(n, "more error", "more errors")),
            More::Findings => format!("and {}", count(n, "more finding", "more findings")),
            More::Unverifiable
            | More::Before
            | More::Digests
            | More::Notes
            | More::Since
            | More::Files
            | More::Names => {
                format!("and {n} more")
            }
            More::Results => format!("and {}", count(n, "more change", "more changes")),
        }
    }

    fn note(&self, note: &Note, digest: Option<&Digest>) -> String {
        said::note(note, digest)
    }

    fn misspelt(&self, wrong: &Misspelt, digest: Option<&Digest>) -> String {
        said::misspelt(wrong, digest)
    }

    fn help(&self) -> String {
        said::help()
    }

    fn action(&self, action: Action) -> &'static str {
        action.word()
    }

    fn risk(&self, risk: Risk) -> &'static str {
        match risk {
            Risk::Routine => "ROUTINE",
            Risk::Sensitive => "SENSITIVE",
            Risk::Outage => "OUTAGE",
            Risk::Irreversible => "IRREVERSIBLE",
        }
    }

    fn reason(&self, reason: Reason) -> &'static str {
        match reason {
            Reason::Schedule => "schedule",
            Reason::Manifest => "manifest",
            Reason::Upgrade => "upgrade",
            Reason::Unknown => "unknown",
            Reason::Drift => "drift",
        }
    }

    fn severity(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Info => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    fn how(&self, how: How) -> &'static str {
        match how {
            How::Ran(Status::Applied) => "applied",
            How::Ran(Status::Failed) => "failed",
            How::Ran(Status::Stale) => "stale",
            How::Ran(Status::Held) | How::Held => "held",
            How::Ran(Status::Waiting) => "waiting",
            How::Ran(Status::Skipped) => "skipped",
            How::Ran(Status::Quarantined) => "quarantined",
            How::Ran(Status::Unknown) => "unknown",
            How::NotApproved => "not approved",
            How::Moved => "world moved",
            How::Due => "due",
            How::Gone => "nothing to do",
        }
    }

    fn line(&self, line: &Line<'_>) -> String {
        match *line {
            Line::DriftGone => "drift: it was deleted".into(),
            Line::New => "new since it was approved".into(),
            Line::Gone { address } => format!("no longer part of it: {address}"),
            Line::ComesWith { address } => format!("comes with {address}"),
            Line::Was { address } => format!("was {address}; the object stays"),
            Line::Replaced { create_first: true } => "the new one is made before the old one goes".into(),
            Line::Replaced { create_first: false } => "the old one goes before the new one is made".into(),
            Line::Until { at } => format!("goes by itself at {}; approving this approves that", moment(at)),
            Line::Group { group } => format!("in one breath with all of {group}"),
            Line::People { needed } => format!("needs approvals by {needed} different people"),
            Line::Held { by } => held(by),
            Line::Approval { digest, right } => format!("effect {digest}: {}", approval(right)),
            Line::Help { help } => format!("help: {help}"),
            Line::Run { run } => format!("run {run}"),
            Line::Requests { ids } => format!("requests {ids}"),
        }
    }

    fn value(&self, value: &Value<'_>) -> String {
        match value {
            Value::None => "(none)".into(),
            Value::Hidden => "(hidden)".into(),
            Value::LeftAlone => "(left alone)".into(),
            Value::Secret(mark) => format!("(secret {mark})"),
            Value::Later(name) => format!("(known after apply: {name})"),
            Value::Told => "(told above in words)".into(),
        }
    }

    fn cost(&self, calls: u64, by: &str) -> String {
        format!(
            "Planning it took {} ({by}).",
            if calls == 1 { "1 API call".into() } else { format!("{calls} API calls") }
        )
    }
}

fn approval(right: Option<&Right>) -> String {
    let Some(right) = right else { return "not approved".into() };
    let by = super::people(&right.approved_by, |n| English.more(More::Names, n));
    let teams = super::people(&right.teams, |n| English.more(More::Names, n));
    let of = if teams.is_empty() { String::new() } else { format!(" of {teams}") };
    match (right.missing(), by.is_empty()) {
        (0, _) => format!("approved by {by}"),
        (missing, true) => format!("needs {missing}{of}"),
        (missing, false) => format!("approved by {by}; needs {missing} more{of}"),
    }
}

fn held(by: &HeldBy) -> String {
    let words = [
        (HeldBy::HOLD, "a person put a hold on it"),
        (HeldBy::QUARANTINE, "it did not converge before; a new commit or `/aplomo release` lets it go on"),
        (HeldBy::PROTECTED, "its deletion was never allowed by an applied change"),
        (HeldBy::OBSERVE, "it is only observed"),
        (HeldBy::TENANT_STATE, "its tenant is not active"),
        (HeldBy::ACCOUNT, "its tenant's account changed; the tenant's settings are applied first"),
        (HeldBy::INVALID, "an error stands for its tenant"),
        (HeldBy::DEPENDENCY, "what it needs, or its pair, is held or could not be seen"),
        (HeldBy::OCCUPIED, "things are in it that stay: they are taken away first"),
        (HeldBy::SOURCE, "its source is held"),
        (HeldBy::OWN_ACCESS, "it is what gives Aplomo its own access"),
        (HeldBy::LAST_KEEPER, "it is the last that keeps what it is in governable"),
    ];
    match words.into_iter().find(|(one, _)| one == by) {
        Some((_, why)) => format!("held by {by}: {why}"),
        None if by.liftable() => {
            format!("held by {by}: too much at once; `/aplomo lift {by} REASON` where it is meant")
        }
        None => format!("held by {by}"),
    }
}
