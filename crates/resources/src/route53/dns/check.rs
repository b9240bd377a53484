//! Checks of values that parse, but that no resolver or service would take.

use domain::rdata::ZoneRecordData;
use domain::zonefile::inplace::ScannedRecordData;

/// Digests must have the length of their algorithm: a wrong one makes a name unresolvable.
pub(super) fn data(data: &ScannedRecordData) -> Result<(), String> {
    match data {
        ZoneRecordData::Ds(ds) => {
            let lengths = [(1, 20), (2, 32), (4, 48)];
            length("digest type", ds.digest_type().to_int(), ds.digest().len(), &lengths)
        }
        ZoneRecordData::Sshfp(sshfp) => {
            let lengths = [(1, 20), (2, 32)];
            length("type", sshfp.fingerprint_type().to_int(), sshfp.fingerprint().len(), &lengths)
        }
        ZoneRecordData::Tlsa(tlsa) => {
            let lengths = [(1, 32), (2, 64)];
            length("matching type", tlsa.matching_type().to_int(), tlsa.data().len(), &lengths)
        }
        _ => Ok(()),
    }
}

fn length(what: &str, number: u8, octets: usize, lengths: &[(u8, usize)]) -> Result<(), String> {
    match lengths.iter().find(|(n, _)| *n == number) {
        Some((_, wanted)) if *wanted != octets => {
            Err(format!("{what} {number} has {} hexadecimal digits, not {}", wanted * 2, octets * 2))
        }
        _ if octets == 0 => Err("the last part is empty".into()),
        _ => Ok(()),
    }
}
