//! Values of records: from a manifest, a zone file or the service into normal form, and out again.

use super::escape::{Escapes, bare};
use super::name::{Base, Name};
use super::token::{Token, tokens};
use super::{DnsError, RecordType, check, render, txt};
use domain::zonefile::inplace::{Entry, ScannedRecordData, Zonefile};
use smol_str::{SmolStr, ToSmolStr as _};
use std::net::{Ipv4Addr, Ipv6Addr};

/// How a value is read.
#[derive(Clone, Copy)]
struct Reading<'a> {
    base: Base<'a>,
    escapes: Escapes,
    /// TXT as quoted strings, not as plain text.
    strings: bool,
    /// Whether what the service would refuse, or what could never work, is an error.
    strict: bool,
}

/// A value as a manifest writes it: presentation form with names relative to the origin, TXT and SPF
/// as plain text. Normalising a normal form changes nothing.
///
/// # Errors
/// What is wrong, in words.
pub fn normalise_value(record_type: RecordType, text: &str, origin: &Name) -> Result<SmolStr, String> {
    let reading =
        Reading { base: Base::Origin(origin), escapes: Escapes::Octal, strings: false, strict: true };
    Ok(read(record_type, text, reading)?)
}

/// A value as a zone file (RFC 1035) writes it: escapes are decimal, TXT is quoted strings.
///
/// # Errors
/// What is wrong, in words.
pub fn from_zone_file(record_type: RecordType, text: &str, origin: &Name) -> Result<SmolStr, String> {
    let reading =
        Reading { base: Base::Origin(origin), escapes: Escapes::Decimal, strings: true, strict: true };
    Ok(read(record_type, text, reading)?)
}

/// A value as Route 53 returns it. Names are absolute, with or without the final dot.
///
/// # Errors
/// What is wrong, in words; a reader then keeps the text as it is.
pub fn from_service(record_type: RecordType, text: &str) -> Result<SmolStr, String> {
    let reading = Reading { base: Base::Absolute, escapes: Escapes::Octal, strings: true, strict: false };
    Ok(read(record_type, text, reading)?)
}

/// A value that should be in normal form already: names must be absolute.
///
/// # Errors
/// What is wrong, in words.
pub fn canonical(record_type: RecordType, text: &str) -> Result<SmolStr, String> {
    let reading = Reading { base: Base::None, escapes: Escapes::Octal, strings: false, strict: true };
    Ok(read(record_type, text, reading)?)
}

/// The normal form as Route 53 takes it: TXT and SPF as quoted strings of at most 255 octets.
#[must_use]
pub fn to_service(record_type: RecordType, normal: &str) -> String {
    if record_type.is_text() { txt::to_strings(normal) } else { normal.to_owned() }
}

fn read(record_type: RecordType, text: &str, reading: Reading<'_>) -> Result<SmolStr, DnsError> {
    let wrong = |why: String| DnsError::value(record_type, text, why);
    match record_type {
        RecordType::Txt | RecordType::Spf if reading.strings => {
            txt::from_strings(text, reading.escapes).map_err(wrong)
        }
        RecordType::Txt | RecordType::Spf => txt::normalise(text).map_err(wrong),
        RecordType::A => text
            .trim()
            .parse::<Ipv4Addr>()
            .map(|ip| ip.to_smolstr())
            .map_err(|_| wrong(expected(record_type))),
        RecordType::Aaaa => text
            .trim()
            .parse::<Ipv6Addr>()
            .map(|ip| ip.to_smolstr())
            .map_err(|_| wrong(expected(record_type))),
        _ => record(record_type, text, reading),
    }
}

fn expected(record_type: RecordType) -> String {
    format!("expected {}", record_type.form())
}

/// Any other type: the names are ours to read, the rest is parsed by the DNS library.
fn record(record_type: RecordType, text: &str, reading: Reading<'_>) -> Result<SmolStr, DnsError> {
    let wrong = |why: String| DnsError::value(record_type, text, why);
    let tokens = tokens(text, reading.escapes).map_err(wrong)?;
    let mut line = format!(". 0 IN {record_type}");
    for (i, token) in tokens.iter().enumerate() {
        line.push(' ');
        if record_type.names().contains(&i) {
            let name =
                Name::read(token.raw, reading.base, reading.escapes).map_err(|e| wrong(e.to_string()))?;
            line.push_str(&decimal(&name));
        } else {
            push_token(token, &mut line);
        }
    }
    line.push('\n');
    let data = parse(line).map_err(|why| wrong(format!("{}; {why}", expected(record_type))))?;
    if reading.strict {
        check::data(&data).map_err(wrong)?;
    }
    render::data(&data).map(SmolStr::from).map_err(wrong)
}

/// Appends a part so that the library reads exactly these octets.
fn push_token(token: &Token<'_>, line: &mut String) {
    if token.octets.is_empty() {
        line.push_str("\"\"");
    }
    bare(&token.octets, Escapes::Decimal, line);
}

/// The name with decimal escapes.
fn decimal(name: &Name) -> String {
    let mut out = String::new();
    for symbol in super::escape::symbols(name.as_str(), Escapes::Octal).unwrap_or_default() {
        match symbol {
            super::escape::Symbol::Plain(c) => out.push(c),
            super::escape::Symbol::Escaped(octet) => Escapes::Decimal.write(octet, &mut out),
        }
    }
    out
}

fn parse(line: String) -> Result<ScannedRecordData, String> {
    let mut file = Zonefile::from(line.as_str()).allow_invalid();
    match file.next_entry() {
        Ok(Some(Entry::Record(record))) => Ok(record.into_data()),
        Ok(_) => Err("it holds no record".into()),
        // The place in our one-line file would mislead: `1:17: message`.
        Err(error) => Err(error.to_string().splitn(3, ':').last().unwrap_or_default().trim().to_owned()),
    }
}
