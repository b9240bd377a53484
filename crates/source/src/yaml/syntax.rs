//! Words for what the YAML parser could not read.
//!
//! Deliberately absent: rendering with the source line, which the edge does from [`crate::Texts`].

use super::mark;
use aplomo_core::Finding;
use granit_parser::{ErrorKind, ScanError};
use std::sync::Arc;

/// The finding for an error of the parser: our words, then the parser's.
pub(super) fn finding(file: &Arc<str>, error: &ScanError) -> Finding {
    let at = mark(*error.marker());
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return Finding::error("yaml-too-deep", "values are nested too deeply to be read").at(file, at);
    }
    let (words, help) = explain(error.kind());
    let finding =
        Finding::error("yaml-syntax", format!("{words} (the parser says: {})", error.kind())).at(file, at);
    match help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

fn explain(kind: &ErrorKind) -> (&'static str, Option<&'static str>) {
    use ErrorKind as E;
    match kind {
        E::TabNotAllowed | E::TabInBlockIndentation | E::TabInIndentation | E::TabAtBlockScalarStart => {
            ("a tab is used where YAML wants spaces", Some("indent with spaces; YAML allows no tabs there"))
        }
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => (
            "a quoted text is not closed",
            Some("add the missing quote; inside single quotes write '' for one"),
        ),
        E::UnclosedFlowCollection { .. }
        | E::UnexpectedEofFlowSequence
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping => {
            ("a bracket is not closed", Some("add the missing `]` or `}`"))
        }
        E::MisplacedFlowCollectionEnd | E::MismatchedFlowCollectionEnd { .. } => {
            ("a closing bracket does not fit", Some("each `[` is closed by `]` and each `{` by `}`"))
        }
        E::MappingValueNotAllowed | E::InvalidColonPlacement => (
            "a colon stands where no value may begin",
            Some("check the indentation, and quote texts that hold `: `"),
        ),
        E::SimpleKeyExpected | E::InvalidSimpleKey | E::ExpectedBlockMappingKey => (
            "a `key: value` line was expected here",
            Some("check that the line holds a `:` and is indented like its neighbours"),
        ),
        E::InvalidIndentation | E::BlockSequenceEntryNotAllowed | E::ExpectedBlockSequenceEntry => (
            "the indentation does not fit",
            Some("indent the entries of one list or mapping equally, with spaces"),
        ),
        E::UnexpectedCharacter { character } if character.is_control() => (
            "a control character stands in the text",
            Some("remove it, or write it as an escape in double quotes"),
        ),
        E::UnexpectedCharacter { .. } => (
            "this character cannot begin a text",
            Some("quote texts that begin with `@`, a backtick, `%` or the like"),
        ),
        E::UnknownQuotedScalarEscape => (
            "a text in double quotes holds an unknown escape",
            Some("write `\\\\` for a backslash, or use single quotes"),
        ),
        E::UnexpectedEof | E::UnexpectedEofBlockSequence | E::UnexpectedEofBlockMapping => {
            ("the file ends in the middle of a value", Some("the file may be half written"))
        }
        _ => ("this is not valid YAML", None),
    }
}
