//! From a Domain manifest to its zone, records, health checks and collection.

use super::record::{Record, Records};
use super::spec::{DomainSpec, Ignore, Visibility};
use super::wanted::{DEFAULT_TTL, default_of, record_set};
use super::zone::Zone;
use super::{checks, delegation, health};
use crate::envelope::OwnershipWish;
use crate::environment::Environment;
use crate::estate::Estate;
use crate::kind::{Expansion, Manifest};
use aplomo_core::origin::Origin;
use aplomo_core::resource::{Adopt, Collection, Desired};
use aplomo_core::{Address, Finding, ManifestName, Model as _, Reference, Type as _, Wish};
use aplomo_resources::ec2;
use aplomo_resources::route53::dns::{Name, RecordType};
use aplomo_resources::route53::hosted_zone::Zone as ZoneType;
use aplomo_resources::route53::model::HostedZone;
use aplomo_resources::route53::{HOSTED_ZONE, RECORD_SET};
use smol_str::{SmolStr, format_smolstr};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) fn expand(manifest: &Manifest<'_, DomainSpec>, estate: &Estate<'_>) -> Expansion {
    let mut out = Expansion {
        ownership: manifest.spec.ownership.into(),
        consents: manifest.spec.consents.clone(),
        environments: manifest.spec.environments.iter().cloned().collect(),
        ..Expansion::default()
    };
    let zone = match Zone::new(manifest, estate) {
        Ok(zone) => zone,
        Err(finding) => {
            out.findings.push(*finding);
            return out;
        }
    };
    out.resources.extend(hosted_zone(&zone, estate, &mut out.findings));
    let records = Records::resolve(&zone, &mut out.findings);
    out.findings.extend(checks::run(&zone, &records, estate));
    all_records(&zone, &records, &mut out);
    out.collections.push(collection(&zone));
    delegation::expand(&zone, estate, &mut out);
    if manifest.spec.ownership == OwnershipWish::Observe {
        out.resources.iter_mut().for_each(|resource| resource.observe = true);
    }
    out
}

/// The networks of Environments, by reference: their ids may not exist yet. What names none is told by the checks.
fn environments<'a>(
    zone: &'a Zone<'_>,
    estate: &'a Estate<'_>,
) -> impl Iterator<Item = (String, Wish<SmolStr>)> + 'a {
    let tenant = &zone.manifest.reference.tenant;
    zone.manifest.spec.environments.iter().filter_map(move |written| {
        let name = ManifestName::new(written).ok()?;
        let environment = estate.get::<Environment>(tenant, &name)?;
        let to = environment.reference.resource(&ec2::VPC, &[]);
        let output = SmolStr::new_static("network");
        let network = Reference { to, output, constraint: Default::default() };
        Some((written.to_string(), Wish::Reference(Box::new(network))))
    })
}

fn hosted_zone(zone: &Zone<'_>, estate: &Estate<'_>, findings: &mut Vec<Finding>) -> Option<Desired> {
    let manifest = zone.manifest;
    let private = manifest.spec.visibility == Visibility::Private;
    let bound = manifest.spec.networks.iter().filter(|_| private);
    let model = HostedZone {
        name: Wish::Value(zone.name.clone().into()),
        private: Wish::Value(private),
        networks: bound.map(|n| (format!("{}:{}", n.region, n.id), Wish::Value(true))).collect(),
        environments: environments(zone, estate).filter(|_| private).collect(),
        tags: BTreeMap::new(),
    };
    let model = match ZoneType::normalise(model) {
        Ok(model) => model,
        Err(wrong) => {
            findings.extend(wrong.into_iter().map(|finding| manifest.finding_at(finding, "/spec/networks")));
            return None;
        }
    };
    let mut fields = model.to_fields();
    zone.tags.iter().for_each(|(path, wish)| fields.set(path.clone(), wish.clone()));
    let mut desired = manifest.desired(&HOSTED_ZONE, &[], zone.scope.clone(), fields);
    desired.origins =
        vec![Origin { file: Arc::clone(&manifest.file), line: manifest.place("/spec/zone").line }];
    desired.adopt = manifest.lifecycle.adopt.clone().map_or(Adopt::No, Adopt::Id);
    Some(desired)
}

/// All records that have an address of their own; a second claim is told by the checks.
fn all_records(zone: &Zone<'_>, records: &Records<'_>, out: &mut Expansion) {
    let mut taken = BTreeSet::new();
    for record in &records.all {
        let (check, resource, findings) = health::expand(zone, record);
        out.findings.extend(findings);
        let desired = record_resource(zone, records, record, check);
        if taken.insert(desired.address.clone()) {
            out.resources.push(desired);
            out.resources.extend(resource);
        }
    }
}

fn record_resource(
    zone: &Zone<'_>,
    records: &Records<'_>,
    record: &Record<'_>,
    check: Wish<SmolStr>,
) -> Desired {
    let fields = record_set(zone, record, check).to_fields();
    let mut desired = zone.manifest.desired(&RECORD_SET, &record.key(), zone.inside(), fields);
    desired.origins = vec![Origin { file: Arc::clone(&zone.manifest.file), line: record.at.line }];
    desired.adopt = zone.adopt_records();
    if record.comes_with_zone() {
        desired.created_with = Some(zone.address.clone());
        return desired;
    }
    match &record.spec.alias {
        Some(alias) => {
            if alias.evaluate_target_health.is_none() {
                desired.defaults = default_of("/alias/evaluateTargetHealth", false);
            }
            desired.depends_on = aliased_records(zone, records, record);
        }
        None if record.spec.ttl.is_none() => desired.defaults = default_of("/ttl", DEFAULT_TTL),
        None => {}
    }
    desired
}

/// The records that an alias inside the zone points at.
fn aliased_records(zone: &Zone<'_>, records: &Records<'_>, record: &Record<'_>) -> BTreeSet<Address> {
    let target = checks::alias_in_zone(zone, record);
    let pointed =
        target.iter().flat_map(|name| records.at(name)).filter(|r| r.record_type == record.record_type);
    let other = pointed.filter(|r| r.index != record.index && !r.comes_with_zone());
    other.map(|r| zone.manifest.reference.resource(&RECORD_SET, &r.key())).collect()
}

fn collection(zone: &Zone<'_>) -> Collection {
    Collection {
        container: zone.address.clone(),
        member: RECORD_SET,
        ownership: zone.manifest.spec.ownership.into(),
        ignore: zone.manifest.spec.ignore.iter().map(|ignore| ignore_glob(ignore, &zone.name)).collect(),
    }
}

/// A glob over natural keys, `name|TYPE|setIdentifier`.
fn ignore_glob(ignore: &Ignore, zone: &Name) -> SmolStr {
    let written = ignore.name.to_lowercase();
    let name = match written.as_str() {
        "*" => "*".to_owned(),
        "@" => zone.to_string(),
        absolute if absolute.ends_with('.') => absolute.to_owned(),
        relative => format!("{relative}.{zone}"),
    };
    let record_type = ignore.record_type.map(|t| t.0).map_or("*", RecordType::word);
    format_smolstr!("{name}|{record_type}|*")
}
