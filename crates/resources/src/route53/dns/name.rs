//! Domain names in normal form.

use super::DnsError;
use super::escape::{Escapes, Symbol, symbols};
use aplomo_core::name::is_deceptive;
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use smol_str::{SmolStr, format_smolstr};
use std::fmt;

/// An absolute domain name: lower case, with a final dot. Printable characters stand for themselves
/// but for those that mean something around a name (``\ " ; ( ) |`` and a dot inside a label);
/// these and all other octets are `\ooo`, in octal as Route 53 writes them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(SmolStr);

/// What a name without a final dot is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Base<'a> {
    /// Relative to this name.
    Origin(&'a Name),
    /// Absolute all the same.
    Absolute,
    /// An error: nothing says to what it is relative.
    None,
}

impl Name {
    /// The owner name of a record: relative to the origin, `@` for the origin itself, or absolute
    /// with a final dot. Escapes are octal, case folds, letters beyond ASCII become punycode.
    ///
    /// # Errors
    /// Empty or too long labels (63 octets) or names (255), `*` elsewhere than as the leftmost label,
    /// and characters that deceive.
    pub fn absolute(text: &str, origin: &Self) -> Result<Self, DnsError> {
        Self::read(text, Base::Origin(origin), Escapes::Octal)?.checked_wildcard(text)
    }

    /// The same with escapes as zone files have them, in decimal.
    ///
    /// # Errors
    /// As [`Name::absolute`].
    pub fn from_zone_file(text: &str, origin: &Self) -> Result<Self, DnsError> {
        Self::read(text, Base::Origin(origin), Escapes::Decimal)?.checked_wildcard(text)
    }

    /// The name of a zone, with or without its final dot.
    ///
    /// # Errors
    /// As [`Name::absolute`]; also for wildcards and the root.
    pub fn zone(text: &str) -> Result<Self, DnsError> {
        let name = Self::from_service(text)?;
        if name.0.contains('*') || name.is_root() {
            return Err(DnsError::name(text, "a zone has a name of its own, without `*`"));
        }
        Ok(name)
    }

    /// A name as Route 53 returns it: absolute with or without the final dot, `*` anywhere.
    ///
    /// # Errors
    /// As [`Name::absolute`], but for wildcards.
    pub fn from_service(text: &str) -> Result<Self, DnsError> {
        Self::read(text, Base::Absolute, Escapes::Octal)
    }

    /// A name that must end with its dot, as an owner name.
    pub(crate) fn owner(text: &str) -> Result<Self, DnsError> {
        Self::read(text, Base::None, Escapes::Octal)?.checked_wildcard(text)
    }

    /// The root, `.`.
    #[must_use]
    pub const fn root() -> Self {
        Self(SmolStr::new_static("."))
    }

    pub(super) fn read(text: &str, base: Base<'_>, escapes: Escapes) -> Result<Self, DnsError> {
        match (text, base) {
            ("", _) => return Err(DnsError::name(text, "it is empty")),
            (".", _) => return Ok(Self::root()),
            ("@", Base::Origin(origin)) => return Ok(origin.clone()),
            _ => {}
        }
        let symbols = symbols(text, escapes).map_err(|why| DnsError::name(text, why))?;
        let mut labels: Vec<&[Symbol]> = symbols.split(|s| *s == Symbol::Plain('.')).collect();
        let dotted = labels.last().is_some_and(|last| last.is_empty()) && labels.pop().is_some();
        let mut out = String::with_capacity(text.len() + 1);
        for label in labels {
            write_label(label, &mut out).map_err(|why| DnsError::name(text, why))?;
        }
        match base {
            Base::Origin(origin) if !dotted && !origin.is_root() => out.push_str(&origin.0),
            Base::None if !dotted => {
                return Err(DnsError::name(text, "it is not absolute; end it with a dot"));
            }
            _ => {}
        }
        let name = Self(out.into());
        if name.octets() > 255 {
            return Err(DnsError::name(text, "a name has at most 255 octets"));
        }
        Ok(name)
    }

    fn checked_wildcard(self, text: &str) -> Result<Self, DnsError> {
        let below = self.0.strip_prefix("*.").unwrap_or(&self.0);
        if below.contains('*') {
            return Err(DnsError::name(text, "`*` stands alone as the leftmost label or nowhere"));
        }
        Ok(self)
    }

    /// How many octets the name has on the wire.
    fn octets(&self) -> usize {
        let escapes = self.0.matches('\\').count();
        if self.is_root() { 1 } else { self.0.len() - 3 * escapes + 1 }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The labels from left to right, escaped, without the root.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.0.split('.').filter(|label| !label.is_empty())
    }

    /// Whether it is `.`.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0 == "."
    }

    /// Whether the leftmost label is `*`.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.0.starts_with("*.")
    }

    /// The name without its leftmost label; `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        let (_, rest) = self.0.split_once('.')?;
        Some(if rest.is_empty() { Self::root() } else { Self(rest.into()) })
    }

    /// Whether it is the other name or below it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        let above = self.0.strip_suffix(other.0.as_str());
        other.is_root() || above.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// The name as it is written inside a zone: `@`, or without the zone's name; `None` outside of it.
    #[must_use]
    pub fn relative_to(&self, zone: &Self) -> Option<SmolStr> {
        if self == zone {
            return Some(SmolStr::new_static("@"));
        }
        let suffix = if zone.is_root() { "." } else { zone.0.as_str() };
        self.is_within(zone)
            .then(|| self.0.strip_suffix(suffix).unwrap_or_default().trim_end_matches('.').into())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}
impl From<Name> for SmolStr {
    fn from(name: Name) -> Self {
        name.0
    }
}

/// Appends a label in normal form and its dot.
fn write_label(label: &[Symbol], out: &mut String) -> Result<(), String> {
    let octets = label_octets(label)?;
    if octets.is_empty() {
        return Err("a label is empty".into());
    }
    if octets.len() > 63 {
        return Err("a label has at most 63 octets".into());
    }
    write_octets(&octets, out);
    Ok(())
}

/// Appends a label's octets, folded and escaped, and its dot.
pub(super) fn write_octets(octets: &[u8], out: &mut String) {
    for octet in octets {
        let octet = octet.to_ascii_lowercase();
        if octet.is_ascii_graphic() && !b"\\\".;()|".contains(&octet) {
            out.push(char::from(octet));
        } else {
            Escapes::Octal.write(octet, out);
        }
    }
    out.push('.');
}

fn label_octets(label: &[Symbol]) -> Result<Vec<u8>, String> {
    let mut octets = Vec::with_capacity(label.len());
    for symbol in label {
        match symbol {
            Symbol::Plain(c) if is_deceptive(*c) => {
                return Err("it holds a control, zero-width or bidirectional character".into());
            }
            Symbol::Plain(c) if c.is_ascii() && (!c.is_ascii_graphic() || *c == '"') => {
                return Err(format!("`{c}` is written as an escape, `\\{:03o}`", u32::from(*c)));
            }
            _ => symbol.push(&mut octets),
        }
    }
    let beyond = label.iter().any(|s| matches!(s, Symbol::Plain(c) if !c.is_ascii()));
    if beyond { punycode(label, &octets) } else { Ok(octets) }
}

/// A label with letters beyond ASCII, as `xn--…`.
fn punycode(label: &[Symbol], octets: &[u8]) -> Result<Vec<u8>, String> {
    if label.iter().any(|s| matches!(s, Symbol::Escaped(_))) {
        return Err("a label has letters beyond ASCII or escapes, not both".into());
    }
    let ascii = Uts46::new().to_ascii(octets, AsciiDenyList::EMPTY, Hyphens::Allow, DnsLength::Ignore);
    let ascii = ascii.ok().filter(|a| !a.contains('.') && a.bytes().all(|b| b.is_ascii_graphic()));
    let text = String::from_utf8_lossy(octets);
    ascii
        .map(|a| a.as_bytes().to_vec())
        .ok_or_else(|| format!("`{text}` is no valid international label; write it in ASCII (`xn--…`)"))
}

/// An alias target in normal form: absolute and lower case; `dualstack.` stays.
///
/// # Errors
/// Where it is no domain name.
pub fn alias_target(text: &str) -> Result<SmolStr, DnsError> {
    Name::from_service(text).map(SmolStr::from)
}

/// A hosted zone's id in normal form: upper case, without `/hostedzone/`.
#[must_use]
pub fn zone_id(text: &str) -> SmolStr {
    let id = text.trim().trim_start_matches("/hostedzone/");
    format_smolstr!("{}", id.to_ascii_uppercase())
}
