//! One line as a command.

use super::lines::CALL;
use super::{Command, Misspelt, Problem, Verb};
use aplomo_core::span;
use smol_str::SmolStr;

/// How many letters may be wrong in a word that is still understood.
const NEAR: usize = 2;

/// No command is longer; what is longer is not compared with them.
const LONGEST: usize = 24;

/// Reads a line that begins with a call.
pub(super) fn parse(line: &str) -> Result<Command, Misspelt> {
    read(line).map_err(|problem| {
        let suggestion = suggestion(line, &problem);
        Misspelt { text: line.to_owned(), problem, suggestion }
    })
}

fn read(line: &str) -> Result<Command, Problem> {
    let (word, rest) = next(line.strip_prefix(CALL).unwrap_or(line));
    if word.is_empty() {
        return Ok(Command::Help);
    }
    let verb = Verb::ALL.into_iter().find(|verb| verb.word().eq_ignore_ascii_case(word));
    let verb = verb.ok_or(Problem::Unknown)?;
    match verb {
        Verb::Approve => approve(rest),
        Verb::Plan => alone(verb, rest, Command::Plan),
        Verb::Revert => alone(verb, rest, Command::Revert),
        Verb::Help => Ok(Command::Help),
        Verb::Hold => held(verb, rest).map(|(target, span, reason)| Command::Hold { target, span, reason }),
        Verb::Snooze => {
            held(verb, rest).map(|(target, span, reason)| Command::Snooze { target, span, reason })
        }
        Verb::Release => release(rest),
        Verb::Lift => {
            let (rule, reason) = next(rest);
            Ok(Command::Lift { rule: named(verb, rule)?, reason: because(verb, reason)? })
        }
        Verb::BreakGlass => {
            let (span, reason) = lasting(verb, rest)?;
            Ok(Command::BreakGlass { span, reason })
        }
    }
}

fn approve(rest: &str) -> Result<Command, Problem> {
    let digest = |word: &str| word.parse().map_err(|_| Problem::BadDigest(word.to_owned()));
    let digests =
        rest.split_whitespace().map(digest).collect::<Result<std::collections::BTreeSet<_>, _>>()?;
    if digests.is_empty() { Err(Problem::NoDigest) } else { Ok(Command::Approve { digests }) }
}

fn alone(verb: Verb, rest: &str, command: Command) -> Result<Command, Problem> {
    if rest.is_empty() { Ok(command) } else { Err(Problem::Form(verb)) }
}

fn release(rest: &str) -> Result<Command, Problem> {
    let (target, more) = next(rest);
    if target.is_empty() {
        return Ok(Command::Release { target: None });
    }
    alone(Verb::Release, more, Command::Release { target: Some(named(Verb::Release, target)?) })
}

type Held = (Option<SmolStr>, std::time::Duration, String);

/// `[TARGET] for DURATION REASON`.
fn held(verb: Verb, rest: &str) -> Result<Held, Problem> {
    let (first, after) = next(rest);
    let (target, after) = if first == "for" {
        (None, after)
    } else {
        let (word, after) = next(after);
        if word != "for" {
            return Err(Problem::Form(verb));
        }
        (Some(named(verb, first)?), after)
    };
    let (span, reason) = lasting(verb, after)?;
    Ok((target, span, reason))
}

/// `DURATION REASON`.
fn lasting(verb: Verb, rest: &str) -> Result<(std::time::Duration, String), Problem> {
    let (word, reason) = next(rest);
    if word.is_empty() {
        return Err(Problem::Form(verb));
    }
    let span = span(word).ok_or_else(|| Problem::BadSpan(verb, word.to_owned()))?;
    Ok((span, because(verb, reason)?))
}

fn because(verb: Verb, reason: &str) -> Result<String, Problem> {
    if reason.is_empty() { Err(Problem::Form(verb)) } else { Ok(reason.to_owned()) }
}

/// A tenant, an address, a pattern or the name of a guard.
fn named(verb: Verb, word: &str) -> Result<SmolStr, Problem> {
    let fine = |c: char| c.is_ascii_alphanumeric() || "-._@=/:*?".contains(c);
    if word.is_empty() || !word.chars().all(fine) { Err(Problem::Form(verb)) } else { Ok(SmolStr::new(word)) }
}

/// The first word and what follows it, without the space around.
fn next(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

/// The command that a misspelt word was meant for, with the rest as it was written.
fn suggestion(line: &str, problem: &Problem) -> Option<String> {
    let (word, rest) = next(line.strip_prefix(CALL)?);
    if *problem != Problem::Unknown || word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    let far = |verb: &Verb| strsim::damerau_levenshtein(verb.word(), &word);
    let verb = Verb::ALL.into_iter().min_by_key(far).filter(|verb| far(verb) <= NEAR)?;
    Some(format!("{CALL} {} {rest}", verb.word()).trim_end().to_owned())
}
