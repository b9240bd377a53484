//! Who speaks for a name: name servers, signers, certificate authorities.

use super::shift::Shift;
use crate::change::list;
use aplomo_core::types::Risk;

/// NS: a delegation, or the zone's own servers.
pub(super) fn servers(shift: &mut Shift<'_>) {
    let name = shift.name;
    if shift.goes() {
        let note = format!("{name} and everything below it no longer resolves, for its delegation goes");
        shift.notes.add(Risk::Outage, note);
    } else if shift.values.changes() {
        let whereto = shift.whereto();
        shift.notes.add(Risk::Sensitive, format!("hands {name} and everything below it to {whereto}"));
        if !shift.comes() && shift.disjoint() {
            let note =
                format!("no name server of {name} stays: what the new ones do not know stops resolving");
            shift.notes.add(Risk::Outage, note);
        }
    }
}

/// DS: the key that validating resolvers trust for a child zone.
pub(super) fn signer(shift: &mut Shift<'_>) {
    let name = shift.name;
    if shift.goes() {
        let note = format!("answers for {name} are no longer protected by DNSSEC");
        shift.notes.add(Risk::Sensitive, note);
    } else if shift.values.changes() {
        let note = format!("a wrong DS makes the whole of {name} unresolvable wherever DNSSEC is checked");
        shift.notes.add(Risk::Outage, note);
    }
}

/// CAA: the authorities that may issue certificates.
pub(super) fn issuers(shift: &mut Shift<'_>) {
    let name = shift.name;
    if shift.goes() {
        let note =
            format!("any authority may issue certificates for {name}, unless a name above it forbids it");
        return shift.notes.add(Risk::Sensitive, note);
    }
    let gained: Vec<&str> = shift.added().into_iter().filter_map(issuer).collect();
    let lost: Vec<&str> = shift.removed().into_iter().filter_map(issuer).collect();
    if !shift.comes() && open(shift.has()) && !open(shift.had()) {
        let note = format!("any authority may issue certificates for {name}");
        shift.notes.add(Risk::Sensitive, note);
    } else if !gained.is_empty() && !shift.comes() {
        let note = format!("{} may issue certificates for {name}", list(gained));
        shift.notes.add(Risk::Sensitive, note);
    } else if !gained.is_empty() {
        let note =
            format!("only {} may issue certificates for {name}, and others no longer renew", list(gained));
        shift.notes.add(Risk::Routine, note);
    }
    if !lost.is_empty() {
        let note =
            format!("{} no longer issues certificates for {name}, and renewals by it fail", list(lost));
        shift.notes.add(Risk::Routine, note);
    }
    if shift.removed().iter().any(|v| tag(v) == Some("iodef")) {
        let note = format!("nobody hears of refused certificates for {name} at the address taken away");
        shift.notes.add(Risk::Routine, note);
    }
}

/// Whether no value says who may issue.
fn open<'a>(mut values: impl Iterator<Item = &'a str>) -> bool {
    !values.any(|value| tag(value) == Some("issue"))
}

fn tag(caa: &str) -> Option<&str> {
    caa.split(' ').nth(1)
}

/// The authority that an `issue` or `issuewild` value names; `None` for `;`, nobody.
fn issuer(caa: &str) -> Option<&str> {
    let value = tag(caa).filter(|t| t.starts_with("issue")).and(caa.split('"').nth(1))?;
    let authority = value.split(';').next()?.trim();
    (!authority.is_empty()).then_some(authority)
}

/// `_acme-challenge`: whoever writes here obtains certificates.
pub(super) fn challenge(shift: &mut Shift<'_>) {
    let Some(domain) = shift.name.strip_prefix("_acme-challenge.") else { return };
    if !shift.goes() && shift.values.changes() {
        let note = match shift.record_type {
            "CNAME" | "NS" => {
                format!("whoever controls {} can obtain certificates for {domain}", shift.whereto())
            }
            _ => format!("whoever chose this value can obtain a certificate for {domain}"),
        };
        shift.notes.add(Risk::Sensitive, note);
    }
}
