//! Delegation from the Domain above: the NS record of a zone is contributed to its parent.

use super::lookup::{Found, find};
use super::spec::Visibility;
use super::wanted::{DELEGATION_TTL, default_of};
use super::zone::Zone;
use crate::envelope::OwnershipWish;
use crate::estate::Estate;
use crate::kind::Expansion;
use aplomo_core::origin::Origin;
use aplomo_core::reference::Constraint;
use aplomo_core::resource::Desired;
use aplomo_core::{Finding, Model as _, Reference, Wanted, Wish};
use aplomo_resources::route53::RECORD_SET;
use aplomo_resources::route53::dns::Name;
use aplomo_resources::route53::model::RecordSet;
use smol_str::SmolStr;
use std::sync::Arc;

/// Adds the record in the parent, or what is wrong with it.
pub(super) fn expand(zone: &Zone<'_>, estate: &Estate<'_>, out: &mut Expansion) {
    let Some(written) = &zone.manifest.spec.delegate_from else { return };
    let own = &zone.manifest.reference.tenant;
    let found = find(estate, own, written).and_then(|parent| {
        let above = Zone::new(&parent, estate)?;
        out.findings.extend(occluded(zone, &above));
        contribution(zone, &above)
    });
    match found {
        Ok(record) => out.resources.push(record),
        Err(finding) => out.findings.push(zone.manifest.finding_at(*finding, "/spec/delegateFrom")),
    }
}

fn contribution(zone: &Zone<'_>, above: &Zone<'_>) -> Found<Desired> {
    let error = |rule, message: String| Err(Box::new(Finding::error(rule, message)));
    if zone.manifest.spec.visibility == Visibility::Private
        || above.manifest.spec.visibility == Visibility::Private
    {
        return error("private-delegation", "private zones neither delegate nor are delegated".to_owned());
    }
    let relative = zone.name.relative_to(&above.name).filter(|relative| relative != "@");
    let Some(relative) = relative else {
        let message = format!("`{}` is not below `{}`", zone.name, above.name);
        return error("not-below", message);
    };
    Ok(record(zone, above, &relative))
}

fn record(zone: &Zone<'_>, above: &Zone<'_>, relative: &str) -> Desired {
    let servers = Reference {
        to: zone.address.clone(),
        output: SmolStr::new_static("nameServers"),
        constraint: Constraint::HostNames,
    };
    let model = RecordSet::<Wanted> {
        name: Wish::Value(zone.name.clone().into()),
        record_type: Wish::Value(SmolStr::new_static("NS")),
        values: Wish::Reference(Box::new(servers)),
        alias_target: Wish::Absent,
        alias_zone: Wish::Absent,
        alias_evaluate: Wish::Absent,
        health_check: Wish::Absent,
        ..RecordSet::default()
    };
    let mut desired =
        above.manifest.desired(&RECORD_SET, &[relative, "NS"], above.inside(), model.to_fields());
    desired.defaults = default_of("/ttl", DELEGATION_TTL);
    desired.contribution = true;
    desired.adopt = above.adopt_records();
    desired.observe = above.manifest.spec.ownership == OwnershipWish::Observe;
    desired.source = zone.manifest.source.clone();
    desired.deletion = zone.manifest.lifecycle.deletion.into();
    let line = zone.manifest.place("/spec/delegateFrom").line;
    desired.origins = vec![Origin { file: Arc::clone(&zone.manifest.file), line }];
    desired
}

/// Records of the parent that the delegation hides.
fn occluded(zone: &Zone<'_>, above: &Zone<'_>) -> Option<Finding> {
    let hidden = above.manifest.spec.records.iter().enumerate().find(|(_, record)| {
        let glue_or_ds = matches!(record.record_type.0.word(), "A" | "AAAA" | "DS" | "NS");
        !glue_or_ds && Name::absolute(&record.name, &above.name).is_ok_and(|name| name.is_within(&zone.name))
    });
    hidden.map(|(index, record)| {
        let message =
            format!("nobody sees `{} {}`: `{}` is delegated", record.name, record.record_type.0, zone.name);
        let finding =
            Finding::warning("below-delegation", message).help("move it to the Domain of the delegated zone");
        above.manifest.finding_at(finding, &format!("/spec/records/{index}"))
    })
}
