//! Records that nobody sees because their name is delegated away.

use super::Cx;
use aplomo_core::Finding;
use aplomo_resources::route53::dns::{Name, RecordType};
use std::collections::BTreeMap;

/// `below-delegation`: beside or below an NS record that is not the zone's own. Addresses below
/// are allowed, for they may be those of the name servers.
pub(super) fn below_the_cut(cx: &mut Cx<'_>) {
    let own = |record: &&crate::domain::record::Record<'_>| {
        record.record_type == RecordType::Ns && !record.comes_with_zone()
    };
    let cuts: BTreeMap<&Name, u32> =
        cx.records.all.iter().filter(own).map(|r| (&r.name, r.at.line)).collect();
    if cuts.is_empty() {
        return;
    }
    for record in &cx.records.all {
        let at_cut = cuts.contains_key(&record.name);
        let allowed = match record.record_type {
            RecordType::Ns | RecordType::Ds => at_cut,
            RecordType::A | RecordType::Aaaa => true,
            _ => false,
        };
        let Some((cut, line)) = above(&record.name, &cuts).filter(|_| !allowed) else { continue };
        let message = format!("nobody sees `{}`: `{cut}` is delegated in line {line}", record.label());
        cx.tell(
            Finding::warning("below-delegation", message).help("move it to the delegated zone"),
            record,
            "",
        );
    }
}

/// The nearest delegated name at or above.
fn above<'c>(name: &Name, cuts: &BTreeMap<&'c Name, u32>) -> Option<(&'c Name, u32)> {
    let mut at = Some(name.clone());
    while let Some(here) = at {
        if let Some((cut, line)) = cuts.get_key_value(&here) {
            return Some((cut, *line));
        }
        at = here.parent();
    }
    None
}
