//! `/aplomo …` in comments: what people tell Aplomo where they talk about a change.
//!
//! A line that begins with `/aplomo` in the running text is a command. What stands in code, in a quotation, in a list or
//! in hidden HTML is not: people show commands to each other.
//!
//! Deliberately absent: who may say what, and what it does. Arguments are checked for their form alone: a digest that
//! names nothing, a tenant that is none are told by whoever knows.

mod lines;
mod parse;
#[cfg(test)]
mod tests;

use aplomo_core::Digest;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::time::Duration;

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// These are approved: a plan as shown, or effects of it. At least one.
    Approve {
        /// Digests of plans or effects.
        digests: BTreeSet<Digest>,
    },
    /// Plan it now.
    Plan,
    /// Nothing is written for a while.
    Hold {
        /// A tenant, an address or a pattern; without, all that the pull request touches.
        target: Option<SmolStr>,
        /// For how long.
        span: Duration,
        /// Why.
        reason: String,
    },
    /// What was held goes on.
    Release {
        /// As of a hold.
        target: Option<SmolStr>,
    },
    /// Open the pull request that goes back.
    Revert,
    /// Lift a guard, for the approval of the same person.
    Lift {
        /// The guard, as shown.
        rule: SmolStr,
        /// Why.
        reason: String,
    },
    /// Apply in spite of freezes and windows.
    BreakGlass {
        /// For how long.
        span: Duration,
        /// Why.
        reason: String,
    },
    /// Do not tell of a drift for a while.
    Snooze {
        /// As of a hold; without, all that the report or pull request is about.
        target: Option<SmolStr>,
        /// For how long.
        span: Duration,
        /// Why.
        reason: String,
    },
    /// Say what can be said.
    Help,
}

/// The first word of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// See [`Command::Approve`].
    Approve,
    /// See [`Command::Plan`].
    Plan,
    /// See [`Command::Hold`].
    Hold,
    /// See [`Command::Release`].
    Release,
    /// See [`Command::Revert`].
    Revert,
    /// See [`Command::Lift`].
    Lift,
    /// See [`Command::BreakGlass`].
    BreakGlass,
    /// See [`Command::Snooze`].
    Snooze,
    /// See [`Command::Help`].
    Help,
}

impl Verb {
    /// All of them, in the order in which help lists them.
    pub const ALL: [Self; 9] = [
        Self::Approve,
        Self::Plan,
        Self::Hold,
        Self::Release,
        Self::Revert,
        Self::Lift,
        Self::BreakGlass,
        Self::Snooze,
        Self::Help,
    ];

    /// As people write it; the same in every language.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Plan => "plan",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Revert => "revert",
            Self::Lift => "lift",
            Self::BreakGlass => "break-glass",
            Self::Snooze => "snooze",
            Self::Help => "help",
        }
    }
}

/// A line that was meant as a command and is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Misspelt {
    /// What was written.
    pub text: String,
    /// What is wrong with it.
    pub problem: Problem,
    /// What was probably meant, as a whole command.
    pub suggestion: Option<String>,
}

/// What is wrong with a command.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// There is no such command.
    Unknown,
    /// It does not say what is approved: an approval names a digest.
    NoDigest,
    /// This is no digest.
    BadDigest(String),
    /// This is no length of time.
    BadSpan(Verb, String),
    /// A part is missing or too much.
    Form(Verb),
}

/// The commands of a comment, in their order; each line by itself.
#[must_use]
pub fn commands(body: &str) -> Vec<Result<Command, Misspelt>> {
    lines::lines(body).into_iter().map(parse::parse).collect()
}
