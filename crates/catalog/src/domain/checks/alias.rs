//! Aliases: their form, what they point at, and that they end somewhere.

use super::Cx;
use crate::domain::record::Record;
use crate::domain::zone::Zone;
use crate::suggest;
use aplomo_core::Finding;
use aplomo_resources::route53::dns::{Name, RecordType, alias_target};
use std::collections::BTreeSet;

/// The name in the zone that an alias points at, where it names a record.
pub(in crate::domain) fn alias_in_zone(zone: &Zone<'_>, record: &Record<'_>) -> Option<Name> {
    let written = record.spec.alias.as_ref()?.record.as_ref()?;
    Name::absolute(written, &zone.name).ok().filter(|name| name.is_within(&zone.name))
}

/// `alias-shape`: either a record of the zone or a target with the id of its zone.
pub(super) fn shape(cx: &mut Cx<'_>) {
    for record in &cx.records.all {
        let Some(alias) = &record.spec.alias else { continue };
        let bad_target = alias.target.as_ref().and_then(|target| alias_target(target).err());
        let message = if matches!(record.record_type, RecordType::Ns | RecordType::Soa) {
            format!("a record of type {} cannot be an alias", record.record_type)
        } else {
            match (&alias.record, &alias.target, &alias.zone_id) {
                (Some(_), None, None) if alias_in_zone(cx.zone, record).is_some() => continue,
                (Some(name), None, None) => format!("`{name}` is no name in this zone"),
                (Some(_), _, _) => "an alias has either `record` or `target` with `zoneId`".to_owned(),
                (None, None, _) => {
                    "an alias has a `record` of this zone, or a `target` with its `zoneId`".to_owned()
                }
                (None, Some(target), None) => format!("the zone that `{target}` is in is not named"),
                (None, Some(_), Some(_)) => match bad_target {
                    Some(error) => error.to_string(),
                    None => continue,
                },
            }
        };
        let help = "`record: www` for a record of this zone; else `target` and `zoneId`, which AWS documents for each \
                    service and region";
        cx.tell(Finding::error("alias-shape", message).help(help), record, "/alias");
    }
}

/// `dangling-alias`: an alias to a record that is not there.
pub(super) fn dangling(cx: &mut Cx<'_>) {
    for record in &cx.records.all {
        let Some(target) = alias_in_zone(cx.zone, record) else { continue };
        if cx.records.at(&target).any(|r| r.record_type == record.record_type) {
            continue;
        }
        let types: BTreeSet<&str> = cx.records.at(&target).map(|r| r.record_type.word()).collect();
        let help = if types.is_empty() {
            let written = record.spec.alias.as_ref().and_then(|a| a.record.as_deref()).unwrap_or_default();
            let known = cx.records.all.iter().filter(|r| r.record_type == record.record_type);
            let near = suggest::nearest(written, known.map(|r| r.relative.as_str()));
            near.map_or("add the record".to_owned(), |name| format!("did you mean `{name}`?"))
        } else {
            format!("that name has {}; an alias has the type of its target", suggest::list(types))
        };
        let message =
            format!("there is no record `{target}` of type {} in this manifest", record.record_type);
        cx.tell(Finding::error("dangling-alias", message).help(help), record, "/alias/record");
    }
}

/// `alias-loop`: aliases that lead back to themselves. Told once for each loop.
pub(super) fn loops(cx: &mut Cx<'_>) {
    let mut settled: BTreeSet<usize> = BTreeSet::new();
    for start in &cx.records.all {
        let mut path: Vec<&Record<'_>> = Vec::new();
        let mut next = Some(start);
        while let Some(record) = next.filter(|record| !settled.contains(&record.index)) {
            if let Some(begin) = path.iter().position(|earlier| earlier.index == record.index) {
                let names: Vec<&str> =
                    path[begin..].iter().chain([&record]).map(|r| r.relative.as_str()).collect();
                let message = format!("aliases lead back to themselves: {}", names.join(" -> "));
                let help = "let one of them have values or another target";
                cx.tell(Finding::error("alias-loop", message).help(help), path[begin], "/alias/record");
                break;
            }
            path.push(record);
            next = followed(cx, record);
        }
        settled.extend(path.iter().map(|record| record.index));
    }
}

/// Where an alias leads: of several records of the target the first that is an alias itself.
fn followed<'a>(cx: &Cx<'a>, record: &Record<'_>) -> Option<&'a Record<'a>> {
    let target = alias_in_zone(cx.zone, record)?;
    let mut of_type = cx.records.at(&target).filter(|r| r.record_type == record.record_type);
    of_type.find(|r| r.spec.alias.as_ref().is_some_and(|alias| alias.record.is_some()))
}
