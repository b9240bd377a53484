//! Parsed values back into text, in the one form we compare.

use super::escape::quoted;
use super::name::write_octets;
use super::svcb;
use domain::base::name::ToName;
use domain::rdata::ZoneRecordData;
use domain::zonefile::inplace::ScannedRecordData;
use std::fmt::Write as _;

/// The value in normal form. Hexadecimal is upper case, as `dig` shows it.
pub(super) fn data(data: &ScannedRecordData) -> Result<String, String> {
    Ok(match data {
        ZoneRecordData::Cname(d) => name(d.cname()),
        ZoneRecordData::Ns(d) => name(d.nsdname()),
        ZoneRecordData::Ptr(d) => name(d.ptrdname()),
        ZoneRecordData::Mx(d) => format!("{} {}", d.preference(), name(d.exchange())),
        ZoneRecordData::Srv(d) => {
            format!("{} {} {} {}", d.priority(), d.weight(), d.port(), name(d.target()))
        }
        ZoneRecordData::Soa(d) => format!(
            "{} {} {} {} {} {} {}",
            name(d.mname()),
            name(d.rname()),
            d.serial(),
            d.refresh().as_secs(),
            d.retry().as_secs(),
            d.expire().as_secs(),
            d.minimum().as_secs()
        ),
        ZoneRecordData::Caa(d) => {
            let tag = d.tag().to_string().to_ascii_lowercase();
            if tag.is_empty() {
                return Err("the tag is empty".into());
            }
            format!("{} {tag} {}", d.flags().bits(), string(d.value()))
        }
        ZoneRecordData::Naptr(d) => format!(
            "{} {} {} {} {} {}",
            d.order(),
            d.preference(),
            string(d.flags().as_slice()),
            string(d.services().as_slice()),
            string(d.regexp().as_slice()),
            name(d.replacement())
        ),
        ZoneRecordData::Ds(d) => {
            format!(
                "{} {} {} {}",
                d.key_tag(),
                d.algorithm().to_int(),
                d.digest_type().to_int(),
                hex(d.digest())
            )
        }
        ZoneRecordData::Sshfp(d) => {
            format!("{} {} {}", d.algorithm().to_int(), d.fingerprint_type().to_int(), hex(d.fingerprint()))
        }
        ZoneRecordData::Tlsa(d) => format!(
            "{} {} {} {}",
            d.usage().to_int(),
            d.selector().to_int(),
            d.matching_type().to_int(),
            hex(d.data())
        ),
        ZoneRecordData::Https(d) => svcb::text(d.priority(), &name(d.target()), d.params())?,
        ZoneRecordData::Svcb(d) => svcb::text(d.priority(), &name(d.target()), d.params())?,
        _ => return Err("its type is not one we read so".into()),
    })
}

fn name(name: &impl ToName) -> String {
    let mut out = String::new();
    for label in name.iter_labels().filter(|label| !label.is_root()) {
        write_octets(label.as_slice(), &mut out);
    }
    if out.is_empty() { ".".into() } else { out }
}

fn string(octets: &[u8]) -> String {
    let mut out = String::with_capacity(octets.len() + 2);
    quoted(octets, &mut out);
    out
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut out, octet| {
        let _ = write!(out, "{octet:02X}");
        out
    })
}
