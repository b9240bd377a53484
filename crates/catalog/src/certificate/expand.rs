//! From a Certificate manifest to one certificate per region and the records that prove its names.

use super::names::{self, Names};
use super::{CertificateSpec, Validation, records};
use crate::domain::zone::Zone;
use crate::estate::Estate;
use crate::kind::{Expansion, Manifest};
use crate::tenant;
use aplomo_core::origin::Origin;
use aplomo_core::resource::{Adopt, Desired};
use aplomo_core::{Address, Datum, Finding, Model as _, Region, RemoteId, Scope, Type as _, Wanted, Wish};
use aplomo_resources::acm::CERTIFICATE;
use aplomo_resources::acm::certificate::Certificates;
use aplomo_resources::acm::model;
use aplomo_resources::acm::notices::{EXPIRY_WARNING_DAYS, EXTERNAL};
use smol_str::SmolStr;
use std::sync::Arc;

pub(super) fn expand(manifest: &Manifest<'_, CertificateSpec>, estate: &Estate<'_>) -> Expansion {
    let mut out = Expansion::default();
    let regions = regions(manifest, estate, &mut out.findings);
    adopts(manifest, &regions, &mut out.findings);
    let Some(names) = names::read(manifest, &mut out.findings) else { return out };
    let certificates: Vec<Desired> = regions
        .iter()
        .filter_map(|region| certificate(manifest, estate, (&names, region), &mut out.findings))
        .collect();
    let addresses: Vec<Address> = certificates.iter().map(|c| c.address.clone()).collect();
    out.resources.extend(certificates);
    if let Validation::Domains(by) = &manifest.spec.validation {
        let domains = records::domains(manifest, by, estate, &mut out.findings);
        let zones: Vec<Zone<'_>> = domains.iter().filter_map(|d| Zone::new(d, estate).ok()).collect();
        // Where a Domain cannot be used that was told, and more would only follow from it.
        if zones.len() == by.domains.len() && !zones.is_empty() {
            records::contribute(manifest, &names, &zones, &addresses, &mut out);
        }
    }
    out
}

/// The regions to have it in: as written, else the tenant's.
fn regions(
    manifest: &Manifest<'_, CertificateSpec>,
    estate: &Estate<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Region> {
    let written = &manifest.spec.regions;
    let usual = tenant::aws_region(estate, &manifest.reference.tenant).filter(|_| written.is_empty());
    let mut found = Vec::new();
    for text in written.iter().chain(usual) {
        match Region::new(text) {
            Ok(region) if looks_like_a_region(text) => found.push(region),
            _ => {
                let message = format!("`{}` is no region", text.escape_debug());
                let finding = Finding::error("bad-value", message).help("write a region like `eu-west-1`");
                findings.push(manifest.finding_at(finding, "/spec/regions"));
            }
        }
    }
    if written.is_empty() && usual.is_none() {
        let finding = Finding::error("no-region", "nothing says which region the certificate is for");
        let finding = finding.help("set `regions`, or `aws.region` in the Tenant");
        findings.push(manifest.finding_at(finding, "/spec"));
    }
    found
}

/// `eu-west-1`, `us-gov-east-1`: words with hyphens and a number at the end.
fn looks_like_a_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let (Some((number, words)), true) = (parts.split_last(), parts.len() >= 3) else { return false };
    !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
        && words.iter().all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase()))
}

/// `bad-adopt`: what is taken over is named by its ARN, in one of the regions.
fn adopts(manifest: &Manifest<'_, CertificateSpec>, regions: &[Region], findings: &mut Vec<Finding>) {
    let Some(arn) = &manifest.lifecycle.adopt else { return };
    let why = match region_of(arn) {
        None => format!("`{arn}` is no ARN of a certificate"),
        Some(region) if regions.iter().all(|r| r.as_str() != region) => {
            format!("`{arn}` is in {region}, which is none of the regions")
        }
        Some(_) => return,
    };
    let help = "write the ARN, e.g. `arn:aws:acm:eu-west-1:123456789012:certificate/0a1b…`";
    findings.push(manifest.finding_at(Finding::error("bad-adopt", why).help(help), "/lifecycle/adopt"));
}

/// The region in a certificate's ARN.
fn region_of(arn: &RemoteId) -> Option<&str> {
    match arn.as_str().split(':').collect::<Vec<_>>().as_slice() {
        ["arn", _, "acm", region, _, rest] if rest.starts_with("certificate/") => Some(region),
        _ => None,
    }
}

fn certificate(
    manifest: &Manifest<'_, CertificateSpec>,
    estate: &Estate<'_>,
    (names, region): (&Names, &Region),
    findings: &mut Vec<Finding>,
) -> Option<Desired> {
    let model = match Certificates::normalise(wish(manifest, estate, names)) {
        Ok(model) => model,
        Err(wrong) => {
            findings.extend(wrong.into_iter().map(|finding| manifest.finding_at(finding, "/spec/tags")));
            return None;
        }
    };
    let scope = tenant::aws_scope(estate, &manifest.reference.tenant);
    let scope = Scope { region: Some(region.clone()), ..scope };
    let mut desired = manifest.desired(&CERTIFICATE, &[region.as_str()], scope, model.to_fields());
    let line = manifest.place("/spec/domainName").line;
    desired.origins = vec![Origin { file: Arc::clone(&manifest.file), line }];
    let adopt = manifest.lifecycle.adopt.clone();
    desired.adopt = adopt.filter(|arn| region_of(arn) == Some(region.as_str())).map_or(Adopt::No, Adopt::Id);
    if let Some(days) = manifest.spec.expiry_warning_days {
        desired.hints.insert(EXPIRY_WARNING_DAYS.into(), Datum::Int(days));
    }
    if matches!(manifest.spec.validation, Validation::External(_)) {
        desired.hints.insert(EXTERNAL.into(), Datum::Bool(true));
    }
    Some(desired)
}

fn wish(
    manifest: &Manifest<'_, CertificateSpec>,
    estate: &Estate<'_>,
    names: &Names,
) -> model::Certificate<Wanted> {
    let spec = manifest.spec;
    let usual = tenant::tags(estate, &manifest.reference.tenant).into_iter().flatten();
    let tags = usual.chain(&spec.tags).map(|(k, v)| (k.to_string(), Wish::Value(v.to_string()))).collect();
    model::Certificate {
        domain_name: Wish::Value(names.common.clone()),
        alternative_names: Wish::Value(names.others.clone()),
        key_algorithm: spec
            .key_algorithm
            .map_or(Wish::LeftAlone, |a| Wish::Value(SmolStr::new_static(a.word()))),
        validation: Wish::Value(SmolStr::new_static("DNS")),
        // AWS lets nobody opt out any more.
        transparency: Wish::LeftAlone,
        // One that failed, timed out, was revoked or has expired is asked for anew.
        valid: Wish::Value(true),
        in_use: Wish::LeftAlone,
        tags,
    }
}
