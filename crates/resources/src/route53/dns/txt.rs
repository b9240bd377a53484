//! TXT and SPF values: plain text in manifests and normal form, quoted strings at the service.
//!
//! The normal form is the text with two escapes: `\\` for a backslash and `\ooo` (octal) for an octet
//! outside of printable ASCII. What a manifest says is read the same way, so that an import can write
//! any octets; a backslash before anything else is an error, for it was most likely pasted from a
//! zone file (`\;`).

use super::escape::{Escapes, quoted};
use super::token::tokens;
use smol_str::SmolStr;

/// The most octets of text that Route 53 takes in one value.
const MAX_TEXT: usize = 4000;
/// The most octets that one string of a value holds.
const MAX_STRING: usize = 255;

/// The text in normal form.
pub(super) fn encode(octets: &[u8]) -> SmolStr {
    let mut out = String::with_capacity(octets.len());
    for octet in octets {
        match octet {
            b'\\' => out.push_str("\\\\"),
            0x20..=0x7e => out.push(char::from(*octet)),
            _ => Escapes::Octal.write(*octet, &mut out),
        }
    }
    out.into()
}

/// The octets that a manifest's text, or a normal form, stands for.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'\\' {
            out.push(*first);
        } else if let Some(after) = rest.strip_prefix(b"\\") {
            out.push(b'\\');
            rest = after;
        } else {
            out.push(octal(rest)?);
            rest = &rest[3..];
        }
    }
    Ok(out)
}

/// The octet of three octal digits.
fn octal(rest: &[u8]) -> Result<u8, String> {
    let digits = rest.get(..3).filter(|d| d.iter().all(|b| (b'0'..=b'7').contains(b)));
    let digits = digits.and_then(|d| std::str::from_utf8(d).ok());
    digits.and_then(|d| u8::from_str_radix(d, 8).ok()).ok_or_else(|| {
        "a backslash is written `\\\\`, an octet `\\ooo` in octal; `;` and quotes need no backslash".into()
    })
}

/// A manifest's text in normal form.
pub(super) fn normalise(text: &str) -> Result<SmolStr, String> {
    let octets = decode(text)?;
    if octets.len() > MAX_TEXT {
        return Err(format!("it has {} octets, Route 53 takes {MAX_TEXT}", octets.len()));
    }
    Ok(encode(&octets))
}

/// Quoted strings, as the service or a zone file writes them, in normal form.
pub(super) fn from_strings(text: &str, escapes: Escapes) -> Result<SmolStr, String> {
    let strings = tokens(text, escapes)?;
    if strings.is_empty() {
        return Err("it is empty; write `\"\"` for an empty text".into());
    }
    let joined: Vec<u8> = strings.into_iter().flat_map(|string| string.octets).collect();
    Ok(encode(&joined))
}

/// The normal form as quoted strings of at most 255 octets each.
pub(super) fn to_strings(normal: &str) -> String {
    let octets = decode(normal).unwrap_or_else(|_| normal.as_bytes().to_vec());
    let mut out = String::with_capacity(octets.len() + 2);
    if octets.is_empty() {
        return "\"\"".into();
    }
    for (i, chunk) in octets.chunks(MAX_STRING).enumerate() {
        if i > 0 {
            out.push(' ');
        }
        quoted(chunk, &mut out);
    }
    out
}
