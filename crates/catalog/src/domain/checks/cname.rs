//! CNAME records and what points at them.

use super::Cx;
use crate::domain::record::Record;
use aplomo_core::Finding;
use aplomo_resources::route53::dns::{Name, RecordType};

fn is_cname(record: &Record<'_>) -> bool {
    record.record_type == RecordType::Cname
}

/// `cname-beside-others`, `cname-one-value`.
pub(super) fn beside_others(cx: &mut Cx<'_>) {
    let records = cx.records;
    for (name, here) in records.by_name() {
        let Some(cname) = here.iter().find(|record| is_cname(record)) else { continue };
        if let Some(other) = here.iter().find(|record| !is_cname(record)) {
            let message = format!(
                "`{name}` is a CNAME and has a record of type {} as well (line {})",
                other.record_type, other.at.line
            );
            let help = "a CNAME stands alone at its name; an alias (type A or AAAA with `alias`) may stand beside others";
            cx.tell(Finding::error("cname-beside-others", message).help(help), cname, "");
        }
        for record in here.iter().filter(|record| is_cname(record) && record.values.len() > 1) {
            let message = format!("`{name}` is another name for {} names", record.values.len());
            let help = "a CNAME has one value; use weighted `routing` to choose between several";
            cx.tell(Finding::error("cname-one-value", message).help(help), record, "/values");
        }
    }
}

/// `cname-at-apex`.
pub(super) fn at_apex(cx: &mut Cx<'_>) {
    for record in cx.records.all.iter().filter(|record| is_cname(record) && record.relative == "@") {
        let message = "the zone itself cannot be a CNAME: its NS and SOA stand there".to_owned();
        let help = "use type A (and AAAA) with `alias`";
        cx.tell(Finding::error("cname-at-apex", message).help(help), record, "/type");
    }
}

/// `target-is-cname`: what MX, NS and SRV name must have an address of its own (RFC 2181, 10.3).
pub(super) fn targets(cx: &mut Cx<'_>) {
    for record in &cx.records.all {
        if !matches!(record.record_type, RecordType::Mx | RecordType::Ns | RecordType::Srv) {
            continue;
        }
        for value in &record.values {
            let target = value.rsplit(' ').next().and_then(|name| Name::from_service(name).ok());
            let cname = target.as_ref().and_then(|name| cx.records.at(name).find(|r| is_cname(r)));
            let Some(cname) = cname else { continue };
            let message = format!(
                "`{}` points at `{}`, which is a CNAME (line {})",
                record.label(),
                cname.name,
                cname.at.line
            );
            let help = "point it at the name that has the address; some programs refuse a CNAME here";
            cx.tell(Finding::warning("target-is-cname", message).help(help), record, "/values");
        }
    }
}
