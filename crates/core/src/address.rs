//! Addresses: `tenant/Kind/name:provider.service.Type/key`, stable for life.
//!
//! Every part of the key is escaped to what tags of all providers and globs can hold: letters,
//! digits, `.`, `-`, `_` and `@`; anything else becomes `=XX` per octet (upper-case hexadecimal).
//! An address has at most 256 characters; a longer key keeps its beginning and ends in a hash.

use crate::digest::Digest;
use crate::name::{BadName, KindName, ManifestName, TenantName, TypeName};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::fmt::{self, Write as _};
use std::sync::Arc;

/// The most characters an address has (the limit of an AWS tag value).
pub const MAX_ADDRESS: usize = 256;

/// Which manifest: tenant, kind and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ManifestRef {
    /// The tenant.
    pub tenant: TenantName,
    /// The kind.
    pub kind: KindName,
    /// The name.
    pub name: ManifestName,
}

impl ManifestRef {
    /// The address of a resource of this manifest; `key` holds the parts after the type, unescaped.
    #[must_use]
    pub fn resource(&self, type_name: &TypeName, key: &[&str]) -> Address {
        Address::build(&self.to_string(), type_name, key)
    }
}

impl fmt::Display for ManifestRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.tenant, self.kind, self.name)
    }
}

/// The address of one resource. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(Arc<str>);

impl Address {
    fn build(manifest: &str, type_name: &TypeName, key: &[&str]) -> Self {
        let mut text = format!("{manifest}:{type_name}");
        for part in key {
            text.push('/');
            escape(part, &mut text);
        }
        if text.len() > MAX_ADDRESS {
            let hash = Digest::of_bytes(text.as_bytes()).short(32).to_owned();
            text.truncate(MAX_ADDRESS - 35);
            let _ = write!(text, "=..{hash}");
        }
        Self(text.into())
    }

    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn halves(&self) -> (&str, &str) {
        self.0.split_once(':').unwrap_or((&self.0, ""))
    }

    /// The tenant's name.
    #[must_use]
    pub fn tenant(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }

    /// `tenant/Kind/name`.
    #[must_use]
    pub fn manifest(&self) -> &str {
        self.halves().0
    }

    /// The manifest as its three parts; `None` only for an address built from a broken manifest name.
    #[must_use]
    pub fn manifest_ref(&self) -> Option<ManifestRef> {
        let mut parts = self.manifest().splitn(3, '/');
        Some(ManifestRef {
            tenant: TenantName::new(parts.next()?).ok()?,
            kind: KindName::new(parts.next()?).ok()?,
            name: ManifestName::new(parts.next()?).ok()?,
        })
    }

    /// The type's name.
    #[must_use]
    pub fn type_name(&self) -> &str {
        self.halves().1.split('/').next().unwrap_or_default()
    }

    /// What follows the type, escaped, without the leading slash; empty where there is nothing.
    #[must_use]
    pub fn key(&self) -> &str {
        self.halves().1.split_once('/').map_or("", |(_, key)| key)
    }
}

fn escape(part: &str, out: &mut String) {
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'@') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "={byte:02X}");
        }
    }
}

impl std::str::FromStr for Address {
    type Err = BadName;
    fn from_str(text: &str) -> Result<Self, BadName> {
        let bad = |why| BadName { what: "address", text: text.escape_debug().to_string(), why };
        let (manifest, rest) = text
            .split_once(':')
            .ok_or_else(|| bad("has the form tenant/Kind/name:provider.service.Type/key"))?;
        if text.len() > MAX_ADDRESS || manifest.split('/').count() != 3 || rest.is_empty() {
            return Err(bad("has the form tenant/Kind/name:provider.service.Type/key"));
        }
        let fine =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '=' | '/' | ':');
        if !text.chars().all(fine) {
            return Err(bad("holds a character that must be escaped as =XX"));
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for Address {
    type Error = BadName;
    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}
impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0.to_string()
    }
}
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

/// An address or a pattern with `*` and `?`, as `--target` and `hold` take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressPattern(pub SmolStr);

impl AddressPattern {
    /// Whether the pattern is the address, one of its prefixes at a `/` or `:`, or a glob of it.
    #[must_use]
    pub fn matches(&self, address: &Address) -> bool {
        let (pattern, text) = (self.0.as_str(), address.as_str());
        let prefix =
            text.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':']));
        prefix || glob(pattern.as_bytes(), text.as_bytes())
    }
}

/// `*` stands for any run of characters, `?` for one. Linear in memory, no recursion per character.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if p < pattern.len() && (pattern[p] == b'?' || (pattern[p] == text[t] && pattern[p] != b'*')) {
            (p, t) = (p + 1, t + 1);
        } else if p < pattern.len() && pattern[p] == b'*' {
            star = Some((p, t));
            p += 1;
        } else if let Some((at, from)) = star {
            (p, t) = (at + 1, from + 1);
            star = Some((at, from + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn domain() -> ManifestRef {
        ManifestRef {
            tenant: TenantName::known("acme"),
            kind: KindName::known("Domain"),
            name: ManifestName::known("example-com"),
        }
    }

    #[test]
    fn an_address_reads_back_into_its_parts() {
        let a = domain().resource(&TypeName::known("aws.route53.RecordSet"), &["*", "A"]);
        assert_eq!(a.as_str(), "acme/Domain/example-com:aws.route53.RecordSet/=2A/A");
        assert_eq!((a.tenant(), a.type_name(), a.key()), ("acme", "aws.route53.RecordSet", "=2A/A"));
        assert_eq!(a.manifest_ref(), Some(domain()));
    }

    #[test]
    fn patterns_match_prefixes_and_globs() {
        let a: Address = "acme/Domain/example-com:aws.route53.RecordSet/www/A".parse().unwrap();
        for yes in ["acme", "acme/Domain/example-com", "acme/*/www/A", "*RecordSet/www/?", a.as_str()] {
            assert!(AddressPattern(yes.into()).matches(&a), "{yes}");
        }
        for no in ["acm", "acme/Domain/example", "*/AAAA", ""] {
            assert!(!AddressPattern(no.into()).matches(&a), "{no}");
        }
    }

    proptest! {
        #[test]
        fn any_key_gives_a_short_parseable_unique_address(a in ".{0,300}", b in ".{0,300}") {
            let t = TypeName::known("aws.route53.RecordSet");
            let (x, y) = (domain().resource(&t, &[&a]), domain().resource(&t, &[&b]));
            prop_assert!(x.as_str().len() <= MAX_ADDRESS);
            prop_assert_eq!(x.as_str().parse::<Address>().ok(), Some(x.clone()));
            prop_assert_eq!(a == b, x == y);
        }
    }
}
