//! IAM policy documents, compared by meaning and not by text.
//!
//! A document is read into typed statements in a normal form, and a field that holds one holds the
//! canonical text of that form ([`canonical`]), so the generic diff compares meanings. What counts
//! as no difference:
//!
//! - the order of statements, of what is listed in them, of conditions and of their values; a
//!   statement or an entry written twice, or one that another entry of its list covers;
//! - `Sid` and `Id`, which name parts and allow nothing. They are not kept: what is written has none;
//! - a single value or a list of one; `true` or `"true"`, `5` or `"5"` in conditions;
//! - the case of actions, of condition operators and of condition keys; an action is written in
//!   lower case;
//! - an account's id or the ARN of its root; `10.0.0.1` or `10.0.0.1/32`; moments in any notation.
//!
//! A missing `Version` is `2008-10-17` and differs from `2012-10-17`: variables mean something only
//! in the latter. `Principal: "*"` and `{"AWS": "*"}` are one in policies of resources, as AWS says,
//! and two in trust policies, where the first also admits who comes from an identity provider.
//!
//! Deliberately absent: evaluating policies, and finding that differently cut statements allow the
//! same. The words of a change ([`Shift`]) compare single permissions, so they tell nothing then.

mod condition;
mod json;
mod look;
mod parse;
mod pattern;
mod principal;
mod shift;
mod statement;
mod words;
mod write;

pub use look::is_unique_id;
pub use principal::{Principal, PrincipalKind, Principals};
pub use shift::Shift;
pub use statement::{Conditions, Document, Effect, Matching, Statement, Version};

/// What a document is for, which decides what it must and must not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Use {
    /// What a role or user may do: no principals, always resources.
    Identity,
    /// Who may take a role: principals, no resources.
    Trust,
    /// A policy of a resource (a bucket, a key): principals and resources.
    Resource,
}

/// Why a text is no policy document, in words with the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

/// The canonical text of a document.
///
/// # Errors
/// What is wrong with it and where.
pub fn canonical(text: &str, used: Use) -> Result<String, Malformed> {
    Document::read(text, used).map(|document| document.to_text())
}

#[cfg(test)]
mod tests;
