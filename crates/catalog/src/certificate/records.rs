//! The records that prove the names, contributed to the Domains that hold their zones.
//!
//! Their names and values are known only once ACM has taken the request, so both are references. The
//! address is made of the proven name: certificates that need the same record contribute to one.

use super::names::Names;
use super::{ByDomains, CertificateSpec};
use crate::domain::lookup::find;
use crate::domain::wanted::{DEFAULT_TTL, default_of};
use crate::domain::zone::Zone;
use crate::domain::{DomainSpec, Visibility};
use crate::envelope::OwnershipWish;
use crate::estate::Estate;
use crate::kind::{Expansion, Manifest};
use aplomo_core::origin::Origin;
use aplomo_core::reference::Constraint;
use aplomo_core::resource::Desired;
use aplomo_core::{Address, Finding, Model as _, Reference, Wanted, Wish};
use aplomo_resources::acm::names::validated;
use aplomo_resources::acm::output::{self, Part};
use aplomo_resources::route53::RECORD_SET;
use aplomo_resources::route53::dns::Name;
use aplomo_resources::route53::model::RecordSet;
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What every value of a validation record ends in.
const VALIDATIONS: &str = ".acm-validations.aws.";

/// The Domains by name of their zone, as far as they can be used.
pub(super) fn domains<'e>(
    manifest: &Manifest<'_, CertificateSpec>,
    by: &ByDomains,
    estate: &'e Estate<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Manifest<'e, DomainSpec>> {
    let mut found = Vec::new();
    let mut tell = |finding: Finding, pointer: &str| findings.push(manifest.finding_at(finding, pointer));
    if by.domains.is_empty() {
        let finding = Finding::error("no-domains", "there is no Domain to write the records to");
        tell(finding.help("list Domains, or write `validation: external`"), "/spec/validation");
    }
    for (index, written) in by.domains.iter().enumerate() {
        let pointer = format!("/spec/validation/domains/{index}");
        match find(estate, &manifest.reference.tenant, written) {
            Err(finding) => tell(*finding, &pointer),
            Ok(domain) if domain.spec.visibility == Visibility::Private => {
                let message = format!("`{written}` is a private zone, which ACM cannot look into");
                let help = "name the Domain of the public zone";
                tell(Finding::error("private-validation", message).help(help), &pointer);
            }
            Ok(domain) => {
                if domain.spec.ownership == OwnershipWish::Observe {
                    let message =
                        format!("`{written}` is only observed, so the records are not written to it");
                    let finding = Finding::warning("observed-zone", message);
                    tell(
                        finding.help("see that somebody writes them, or say `validation: external`"),
                        &pointer,
                    );
                }
                found.push(domain);
            }
        }
    }
    found
}

/// Adds the records of all names for one certificate; a name in nobody's reach is told.
pub(super) fn contribute(
    manifest: &Manifest<'_, CertificateSpec>,
    names: &Names,
    zones: &[Zone<'_>],
    certificates: &[Address],
    out: &mut Expansion,
) {
    let mut proven: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, pointer) in &names.places {
        proven.entry(validated(name)).or_insert(pointer);
    }
    for (name, pointer) in proven {
        let Some(zone) = nearest(name, zones) else {
            let message = format!("none of the Domains under `validation` holds `{name}`");
            let finding = Finding::error("out-of-reach", message).help("add the Domain whose zone it is in");
            out.findings.push(manifest.finding_at(finding, pointer));
            continue;
        };
        let line = manifest.place(pointer).line;
        for certificate in certificates {
            let mut record = record(name, zone, certificate);
            record.source = manifest.source.clone();
            record.deletion = manifest.lifecycle.deletion.into();
            record.origins = vec![Origin { file: Arc::clone(&manifest.file), line }];
            out.resources.push(record);
        }
    }
}

/// The zone with the longest name that holds the name.
fn nearest<'z, 'm>(name: &str, zones: &'z [Zone<'m>]) -> Option<&'z Zone<'m>> {
    let name = Name::zone(name).ok()?;
    let holding = zones.iter().filter(|zone| name.is_within(&zone.name));
    holding.max_by_key(|zone| zone.name.labels().count())
}

fn record(name: &str, zone: &Zone<'_>, certificate: &Address) -> Desired {
    let refer = |part: Part, suffix: SmolStr| {
        let output = output::validation(name, part);
        Box::new(Reference { to: certificate.clone(), output, constraint: Constraint::Suffix(suffix) })
    };
    let model = RecordSet::<Wanted> {
        name: Wish::Reference(refer(Part::Name, format_smolstr!(".{}", zone.name))),
        record_type: Wish::Value(SmolStr::new_static("CNAME")),
        values: Wish::Reference(refer(Part::Values, SmolStr::new_static(VALIDATIONS))),
        alias_target: Wish::Absent,
        alias_zone: Wish::Absent,
        alias_evaluate: Wish::Absent,
        health_check: Wish::Absent,
        ..RecordSet::default()
    };
    let mut desired = zone.manifest.desired(&RECORD_SET, &["acm", name], zone.inside(), model.to_fields());
    desired.defaults = default_of("/ttl", DEFAULT_TTL);
    desired.contribution = true;
    desired.adopt = zone.adopt_records();
    desired.observe = zone.manifest.spec.ownership == OwnershipWish::Observe;
    desired
}
