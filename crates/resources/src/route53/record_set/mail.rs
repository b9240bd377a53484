//! Mail: where it goes, and who may send in a domain's name.

use super::shift::Shift;
use crate::change::list;
use aplomo_core::types::Risk;

/// MX: where mail goes.
pub(super) fn exchangers(shift: &mut Shift<'_>) {
    let name = shift.name;
    if shift.goes() {
        return shift.notes.add(Risk::Outage, format!("mail for {name} has nowhere to go"));
    }
    if !shift.values.changes() {
        return;
    }
    let whereto = shift.values.reference.map_or_else(|| list(shift.has().map(host)), |_| shift.whereto());
    if shift.comes() {
        return shift.notes.add(Risk::Routine, format!("mail for {name} goes to {whereto}"));
    }
    let known: Vec<&str> = shift.had().map(host).collect();
    if shift.values.reference.is_some() || shift.has().any(|v| !known.contains(&host(v))) {
        shift.notes.add(Risk::Sensitive, format!("mail for {name} goes to {whereto}"));
    }
}

fn host(mx: &str) -> &str {
    mx.rsplit(' ').next().unwrap_or(mx)
}

/// TXT: the sender policies among the texts.
pub(super) fn texts(shift: &mut Shift<'_>) {
    spf(shift);
    if let Some(domain) = shift.name.strip_prefix("_dmarc.") {
        dmarc(shift, domain);
    }
    if let Some((selector, domain)) = shift.name.split_once("._domainkey.") {
        dkim(shift, selector, domain);
    }
}

/// How much an SPF policy lets through, from `-all` (0) to `+all` (3); 4 where there is none.
fn spf_looseness<'a>(mut values: impl Iterator<Item = &'a str>) -> u8 {
    let is_spf = |v: &&str| v.get(..6).is_some_and(|head| head.eq_ignore_ascii_case("v=spf1"));
    let Some(policy) = values.find(is_spf).map(str::to_ascii_lowercase) else { return 4 };
    let qualifier = |term: &&str| matches!(*term, "" | "+" | "-" | "~" | "?");
    let all = policy.split_whitespace().filter_map(|term| term.strip_suffix("all")).find(qualifier);
    match all {
        Some("-") => 0,
        Some("~") => 1,
        Some("" | "+") => 3,
        // `?all`, no `all`, or a policy that is elsewhere (`redirect=`).
        _ if policy.contains("redirect=") => 0,
        _ => 2,
    }
}

fn spf(shift: &mut Shift<'_>) {
    let name = shift.name;
    let (old, new) = (spf_looseness(shift.had()), after_looseness(shift, |s| spf_looseness(s.has())));
    if old < 4 && new == 4 {
        let note = format!("nothing says any more who may send mail as {name} (SPF)");
        shift.notes.add(Risk::Sensitive, note);
    } else if new == 3 && old != 3 {
        shift.notes.add(Risk::Sensitive, format!("anybody may send mail as {name} (SPF `+all`)"));
    } else if old < new && new < 3 {
        let note = format!("mail sent as {name} by others is no longer refused as before (SPF is loosened)");
        shift.notes.add(Risk::Sensitive, note);
    }
}

/// What is afterwards; nothing for a record set that goes.
fn after_looseness(shift: &Shift<'_>, measure: impl Fn(&Shift<'_>) -> u8) -> u8 {
    if shift.goes() { 4 } else { measure(shift) }
}

/// The value of a tag of a `v=DMARC1; p=…` text, in lower case.
fn dmarc_tag(policy: &str, tag: &str) -> Option<String> {
    let parts = policy.split(';').filter_map(|part| part.split_once('='));
    let found = parts.into_iter().find(|(key, _)| key.trim().eq_ignore_ascii_case(tag));
    found.map(|(_, value)| value.trim().to_ascii_lowercase())
}

/// How much a DMARC policy lets through: `reject` 0, `quarantine` 1, `none` 2, no policy 4.
fn dmarc_looseness<'a>(mut values: impl Iterator<Item = &'a str>) -> (u8, u32) {
    let is_dmarc = |v: &&str| v.get(..8).is_some_and(|head| head.eq_ignore_ascii_case("v=dmarc1"));
    let Some(policy) = values.find(is_dmarc) else { return (4, 0) };
    let level = |tag| match dmarc_tag(policy, tag).as_deref() {
        Some("reject") => Some(0),
        Some("quarantine") => Some(1),
        Some(_) => Some(2),
        None => None,
    };
    let domain = level("p").unwrap_or(2);
    let spared = 100 - dmarc_tag(policy, "pct").and_then(|p| p.parse::<u32>().ok()).unwrap_or(100).min(100);
    (domain.max(level("sp").unwrap_or(domain)), spared)
}

fn dmarc(shift: &mut Shift<'_>, domain: &str) {
    let old = dmarc_looseness(shift.had());
    let new = if shift.goes() { (4, 0) } else { dmarc_looseness(shift.has()) };
    if old.0 < 4 && new.0 == 4 {
        let note = format!("receivers no longer learn what to do with forged mail of {domain} (DMARC)");
        shift.notes.add(Risk::Sensitive, note);
    } else if old.0 < 4 && new > old {
        let note = format!("forged mail of {domain} is no longer stopped as before (DMARC is loosened)");
        shift.notes.add(Risk::Sensitive, note);
    }
}

fn dkim(shift: &mut Shift<'_>, selector: &str, domain: &str) {
    if shift.goes() {
        let note = format!("mail of {domain} signed with `{selector}` no longer verifies (DKIM)");
        shift.notes.add(Risk::Sensitive, note);
    } else if !shift.comes() && shift.values.changes() {
        let note = format!("another key signs mail of {domain} as `{selector}` (DKIM)");
        shift.notes.add(Risk::Sensitive, note);
    } else if shift.comes() {
        let note = format!("whoever holds the key of `{selector}` can sign mail of {domain} (DKIM)");
        shift.notes.add(Risk::Sensitive, note);
    }
}
