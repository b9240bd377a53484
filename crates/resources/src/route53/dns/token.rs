//! The parts of a value in presentation form.

use super::escape::{Escapes, Symbol, symbols};

/// One part: what stands between white space outside of quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// As written, with quotes and escapes.
    pub(super) raw: &'a str,
    /// The octets it stands for, without quotes and escapes.
    pub(super) octets: Vec<u8>,
}

/// Splits a value into its parts. A comment or a parenthesis outside of quotes is an error.
pub(super) fn tokens(text: &str, escapes: Escapes) -> Result<Vec<Token<'_>>, String> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let raw = &rest[..end_of_token(rest)?];
        out.push(Token { raw, octets: octets(raw, escapes)? });
        rest = rest[raw.len()..].trim_start();
    }
    Ok(out)
}

/// Where the token at the beginning of the text ends.
fn end_of_token(text: &str) -> Result<usize, String> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            ';' | '(' | ')' => return Err(format!("`{c}` stands in quotes or as `\\{:03o}`", u32::from(c))),
            c if c.is_whitespace() => return Ok(at),
            _ => {}
        }
    }
    if quoted { Err("a quote is not closed".into()) } else { Ok(text.len()) }
}

fn octets(raw: &str, escapes: Escapes) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(raw.len());
    for symbol in symbols(raw, escapes)? {
        if symbol != Symbol::Plain('"') {
            symbol.push(&mut out);
        }
    }
    Ok(out)
}
