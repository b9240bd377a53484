//! Escapes: Route 53 writes an octet as three octal digits, zone files as three decimal digits.

use std::fmt::Write as _;

/// How `\ddd` is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// As Route 53: `\052` is `*`.
    Octal,
    /// As zone files (RFC 1035): `\042` is `*`.
    Decimal,
}

impl Escapes {
    const fn radix(self) -> u32 {
        match self {
            Self::Octal => 8,
            Self::Decimal => 10,
        }
    }

    /// Writes one octet as an escape.
    pub(super) fn write(self, octet: u8, out: &mut String) {
        let _ = match self {
            Self::Octal => write!(out, "\\{octet:03o}"),
            Self::Decimal => write!(out, "\\{octet:03}"),
        };
    }
}

/// One character of a text, or one octet that an escape stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    /// As written.
    Plain(char),
    /// Escaped, so without special meaning.
    Escaped(u8),
}

impl Symbol {
    /// Appends the octets that the symbol stands for.
    pub(super) fn push(self, out: &mut Vec<u8>) {
        match self {
            Self::Escaped(octet) => out.push(octet),
            Self::Plain(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// Reads what follows a backslash: the octet and how many characters were read.
fn unescape(rest: &str, escapes: Escapes) -> Result<(u8, usize), String> {
    let first = rest.chars().next().ok_or("a backslash ends it; write `\\\\` for the backslash itself")?;
    if !first.is_ascii_digit() {
        return u8::try_from(first)
            .ok()
            .filter(u8::is_ascii)
            .map(|o| (o, 1))
            .ok_or_else(|| format!("a backslash before `{first}`; write `\\\\` for the backslash itself"));
    }
    let digits = rest.get(..3).filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
    let octet = digits.and_then(|d| u8::from_str_radix(d, escapes.radix()).ok());
    let sort = if escapes == Escapes::Octal { "octal digits, 000 to 377" } else { "digits, 000 to 255" };
    octet.map(|o| (o, 3)).ok_or_else(|| format!("an escape has a backslash and three {sort}"))
}

/// The text as symbols.
pub(super) fn symbols(text: &str, escapes: Escapes) -> Result<Vec<Symbol>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == '\\' {
            let (octet, read) = unescape(rest, escapes)?;
            out.push(Symbol::Escaped(octet));
            rest = &rest[read..];
        } else {
            out.push(Symbol::Plain(c));
        }
    }
    Ok(out)
}

/// Writes octets so that they stand without quotes; what is not plain there is escaped.
pub(super) fn bare(octets: &[u8], escapes: Escapes, out: &mut String) {
    for octet in octets {
        if octet.is_ascii_graphic() && !b"\"\\;()".contains(octet) {
            out.push(char::from(*octet));
        } else {
            escapes.write(*octet, out);
        }
    }
}

/// Writes octets in quotes, as Route 53 wants them: `"` and `\` after a backslash, the unprintable in octal.
pub(super) fn quoted(octets: &[u8], out: &mut String) {
    out.push('"');
    for octet in octets {
        match octet {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(*octet));
            }
            0x20..=0x7e => out.push(char::from(*octet)),
            _ => Escapes::Octal.write(*octet, out),
        }
    }
    out.push('"');
}
