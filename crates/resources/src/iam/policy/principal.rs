//! Who is meant by a statement.

use super::{Malformed, Use};
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeSet;
use std::fmt;

/// How a principal is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// An account, role, user or session of AWS.
    Aws,
    /// A canonical user id of S3.
    CanonicalUser,
    /// An identity provider.
    Federated,
    /// A service of AWS.
    Service,
}

/// One principal in normal form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// Everybody, however they come: `"*"`.
    Everyone,
    /// One of a sort, or `*` for all of it; an account by its id.
    Of(PrincipalKind, SmolStr),
}

/// Those who are meant, or all but those.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Principals {
    /// Whether all but these are meant (`NotPrincipal`).
    pub negated: bool,
    /// Who.
    pub who: BTreeSet<Principal>,
}

impl PrincipalKind {
    /// All sorts.
    pub const ALL: [Self; 4] = [Self::Aws, Self::CanonicalUser, Self::Federated, Self::Service];

    /// As written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::CanonicalUser => "CanonicalUser",
            Self::Federated => "Federated",
            Self::Service => "Service",
        }
    }

    /// The sort of a word.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl Principal {
    /// One principal in normal form.
    pub(super) fn new(kind: PrincipalKind, text: &str) -> Result<Self, Malformed> {
        if text.is_empty() {
            return Err(Malformed(format!("a principal of the sort `{}` is empty", kind.word())));
        }
        let text = match kind {
            PrincipalKind::Aws => root_account(text).unwrap_or(text),
            _ => text,
        };
        Ok(Self::Of(kind, text.into()))
    }

    /// The account it belongs to, where its name tells.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        let Self::Of(PrincipalKind::Aws, text) = self else { return None };
        if is_account(text) {
            return Some(text);
        }
        let account = text.strip_prefix("arn:")?.split(':').nth(3)?;
        is_account(account).then_some(account)
    }

    /// Whether it stands for everybody, or for everybody in AWS.
    #[must_use]
    pub fn is_anyone(&self) -> bool {
        match self {
            Self::Everyone => true,
            Self::Of(kind, text) => *kind == PrincipalKind::Aws && text == "*",
        }
    }

    /// Whether whoever is the other is this too.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let sort = |p: &Self| if let Self::Of(kind, _) = p { Some(*kind) } else { None };
        self == other || *self == Self::Everyone || (self.is_anyone() && sort(self) == sort(other))
    }
}

impl Principals {
    /// Without those that another one covers. `"*"` and `{"AWS": "*"}` are one outside of trust policies.
    pub(super) fn tidy(mut self, used: Use) -> Self {
        let any = Principal::Of(PrincipalKind::Aws, SmolStr::new_static("*"));
        if used != Use::Trust && self.who.remove(&any) {
            self.who.insert(Principal::Everyone);
        }
        let wide: Vec<Principal> = self.who.iter().filter(|p| p.is_anyone()).cloned().collect();
        self.who.retain(|p| !wide.iter().any(|w| w != p && w.covers(p)));
        self
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: SmolStr = match self {
            Self::Everyone => "everybody in the world".into(),
            Self::Of(PrincipalKind::Aws, text) if text == "*" => "everybody with an AWS account".into(),
            Self::Of(PrincipalKind::Aws, text) if is_account(text) => format_smolstr!("the account {text}"),
            Self::Of(PrincipalKind::Aws, text) => text.clone(),
            Self::Of(PrincipalKind::Service, text) => format_smolstr!("the service {text}"),
            Self::Of(PrincipalKind::Federated, text) => format_smolstr!("who comes from {text}"),
            Self::Of(PrincipalKind::CanonicalUser, text) => format_smolstr!("the canonical user {text}"),
        };
        f.write_str(&text)
    }
}

/// Whether a text is an account's id.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// The account of `arn:aws:iam::123456789012:root`, in any partition.
fn root_account(text: &str) -> Option<&str> {
    let mut parts = text.strip_prefix("arn:")?.split(':');
    let partition = parts.next()?;
    let account = match (parts.next()?, parts.next()?, parts.next()?, parts.next()?) {
        ("iam", "", account, "root") if is_account(account) => account,
        _ => return None,
    };
    (partition.starts_with("aws") && parts.next().is_none()).then_some(account)
}
