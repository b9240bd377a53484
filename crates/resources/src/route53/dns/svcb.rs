//! Parameters of SVCB and HTTPS values, in the order of their keys (RFC 9460).

use super::escape::{Escapes, bare};
use domain::base::iana::SvcParamKey;
use domain::dep::octseq::Octets;
use domain::rdata::svcb::{SvcParams, value::AllValues};

/// The whole value.
pub(super) fn text<O>(priority: u16, target: &str, params: &SvcParams<O>) -> Result<String, String>
where
    O: for<'a> Octets<Range<'a> = O> + 'static,
{
    let mut out = format!("{priority} {target}");
    for value in params.iter_all() {
        let value = value.map_err(|_| "a parameter is malformed")?;
        out.push(' ');
        out.push_str(&param(&value));
    }
    Ok(out)
}

fn param<O: Octets>(value: &AllValues<O>) -> String {
    match value {
        AllValues::Mandatory(keys) => {
            let mut keys: Vec<SvcParamKey> = keys.iter().collect();
            keys.sort();
            keys.dedup();
            let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
            format!("mandatory={}", keys.join(","))
        }
        AllValues::Alpn(ids) => {
            let ids: Vec<String> = ids.iter().map(|id| list_item(id.as_ref())).collect();
            format!("alpn={}", ids.join(","))
        }
        // The library writes this one without its hyphens, which it then does not read.
        AllValues::NoDefaultAlpn(_) => "no-default-alpn".into(),
        AllValues::DohPath(path) => with_octets("dohpath", path.as_slice()),
        AllValues::Unknown(unknown) => with_octets(&unknown.key().to_string(), unknown.as_slice()),
        plain => plain.to_string(),
    }
}

/// One item of a list: a comma or backslash in it is escaped once for the list, once for the text.
fn list_item(octets: &[u8]) -> String {
    let mut inner = Vec::with_capacity(octets.len());
    for octet in octets {
        if matches!(octet, b',' | b'\\') {
            inner.push(b'\\');
        }
        inner.push(*octet);
    }
    let mut out = String::new();
    bare(&inner, Escapes::Octal, &mut out);
    out
}

fn with_octets(key: &str, octets: &[u8]) -> String {
    let mut out = key.to_owned();
    if !octets.is_empty() {
        out.push('=');
        bare(octets, Escapes::Octal, &mut out);
    }
    out
}
