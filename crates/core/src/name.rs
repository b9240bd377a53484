//! Newtypes for everything that is called by a name or an id, so that one cannot be passed for another.
//!
//! Deliberately absent: what a provider thinks of such an id; that is each type's own business.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::fmt;

/// Why a text is not a usable name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} `{text}` {why}")]
pub struct BadName {
    /// Which sort of name, in words.
    pub what: &'static str,
    /// What was given, escaped.
    pub text: String,
    /// What is wrong and what is allowed.
    pub why: &'static str,
}

/// Characters that change how text around them is shown, or show nothing: never part of a name.
#[must_use]
pub fn is_deceptive(c: char) -> bool {
    matches!(c,
        '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{feff}' | '\u{00ad}' | '\u{180e}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        || c.is_control()
}

fn slug(what: &'static str, text: &str) -> Result<(), BadName> {
    let bad = |why| Err(BadName { what, text: text.escape_debug().to_string(), why });
    if text.is_empty() || text.len() > 63 {
        return bad("must have 1 to 63 characters");
    }
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.' || c == '_';
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !text.chars().all(inner) || !edge(text.chars().next()) || !edge(text.chars().last()) {
        return bad("may hold a-z, 0-9, `-`, `.` and `_`, and begins and ends with a letter or digit");
    }
    Ok(())
}

fn visible(what: &'static str, text: &str) -> Result<(), BadName> {
    let bad = |why| Err(BadName { what, text: text.escape_debug().to_string(), why });
    if text.is_empty() || text.len() > 1024 {
        return bad("must have 1 to 1024 characters");
    }
    if text.chars().any(is_deceptive) {
        return bad("holds control, zero-width or bidirectional characters");
    }
    Ok(())
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $check:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "SmolStr", into = "SmolStr")]
        pub struct $name(SmolStr);

        impl $name {
            /// Checks and wraps the text.
            ///
            /// # Errors
            /// When the text breaks the rule for this sort of name; the error says the rule.
            pub fn new(text: impl AsRef<str>) -> Result<Self, BadName> {
                $check($what, text.as_ref())?;
                Ok(Self(SmolStr::new(text)))
            }
            /// A name known at compile time; the conformance tests check that it is well formed.
            #[must_use]
            pub const fn known(text: &'static str) -> Self { Self(SmolStr::new_static(text)) }
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl TryFrom<SmolStr> for $name {
            type Error = BadName;
            fn try_from(text: SmolStr) -> Result<Self, BadName> { $check($what, &text)?; Ok(Self(text)) }
        }
        impl From<$name> for SmolStr { fn from(name: $name) -> Self { name.0 } }
        impl std::str::FromStr for $name {
            type Err = BadName;
            fn from_str(text: &str) -> Result<Self, BadName> { Self::new(text) }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(&self.0) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{:?}", self.0.as_str()) }
        }
        impl AsRef<str> for $name { fn as_ref(&self) -> &str { &self.0 } }
        impl std::borrow::Borrow<str> for $name { fn borrow(&self) -> &str { &self.0 } }
    )*};
}

names! {
    /// A client of the platform, or `platform` for the operator's own.
    TenantName, "tenant name", slug;
    /// `metadata.name` of a manifest; unique per tenant and kind.
    ManifestName, "manifest name", slug;
    /// A kind, e.g. `Domain`.
    KindName, "kind", visible;
    /// A type of remote object, e.g. `aws.route53.RecordSet`.
    TypeName, "type", visible;
    /// A provider, e.g. `aws`; `aplomo` stands for our own store.
    Provider, "provider", visible;
    /// An account or organisation of a provider, as the provider writes it.
    Account, "account", visible;
    /// A region of a provider.
    Region, "region", visible;
    /// What the remote system calls one object; a string even where it looks like a number.
    RemoteId, "remote id", visible;
    /// Where manifests come from: a configured name, or `dir:<canonical path>` of a directory given by hand.
    SourceName, "source", visible;
    /// One commit, as hexadecimal text.
    CommitId, "commit", visible;
    /// One execution of approved changes.
    RunId, "run", visible;
    /// The name of this Aplomo; it is part of every ownership mark.
    Installation, "installation", slug;
    /// A person or machine as shown and stored; see `approval::Actor` for how sure we are.
    ActorName, "name of a person", visible;
}

impl TenantName {
    /// The operator's own tenant, readable by all.
    pub const PLATFORM: &'static str = "platform";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_refuse_what_could_deceive() {
        assert!(TenantName::new("acme").is_ok());
        assert!(TenantName::new("Acme").is_err());
        assert!(TenantName::new("-acme").is_err());
        assert!(RemoteId::new("Z123\u{202e}").is_err());
        assert!(serde_json::from_str::<TenantName>("\"a\\u200bb\"").is_err());
    }
}
