//! The names of a certificate: valid, told apart, and not too many.

use super::CertificateSpec;
use crate::kind::Manifest;
use aplomo_core::Finding;
use aplomo_resources::acm::names::{LONGEST_COMMON_NAME, normal};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// How many names a certificate may have unless the account's quota was raised.
const USUAL_MOST: usize = 10;

/// The names in normal form, each with the pointer of where it was written.
pub(super) struct Names {
    pub(super) common: SmolStr,
    pub(super) others: BTreeSet<SmolStr>,
    pub(super) places: BTreeMap<SmolStr, String>,
}

/// All names, or `None` where one is invalid; what is wrong or doubtful is told.
pub(super) fn read(manifest: &Manifest<'_, CertificateSpec>, findings: &mut Vec<Finding>) -> Option<Names> {
    let mut reading = Reading { manifest, findings, broken: false };
    let common = reading.name(&manifest.spec.domain_name, "/spec/domainName");
    let mut places = BTreeMap::new();
    for (index, written) in manifest.spec.alternative_names.iter().enumerate() {
        let pointer = format!("/spec/alternativeNames/{index}");
        let Some(name) = reading.name(written, &pointer) else { continue };
        if common.as_ref() == Some(&name) || places.contains_key(&name) {
            let message = format!("the name `{name}` is there already");
            reading.tell(Finding::warning("duplicate-name", message).help("remove one of them"), &pointer);
        } else {
            places.insert(name, pointer);
        }
    }
    let broken = reading.broken;
    let common = common.filter(|_| !broken)?;
    let others = places.keys().cloned().collect();
    places.insert(common.clone(), "/spec/domainName".to_owned());
    let names = Names { common, others, places };
    check(&names, manifest, findings);
    Some(names)
}

struct Reading<'a, 'm> {
    manifest: &'a Manifest<'m, CertificateSpec>,
    findings: &'a mut Vec<Finding>,
    broken: bool,
}

impl Reading<'_, '_> {
    fn name(&mut self, written: &str, pointer: &str) -> Option<SmolStr> {
        match normal(written) {
            Ok(name) => Some(name),
            Err(why) => {
                self.broken = true;
                let finding = Finding::error("bad-value", why);
                self.tell(finding.help("write a name like `www.example.com` or `*.example.com`"), pointer);
                None
            }
        }
    }

    fn tell(&mut self, finding: Finding, pointer: &str) {
        self.findings.push(self.manifest.finding_at(finding, pointer));
    }
}

/// `too-many-names`, `long-common-name`, `wildcard-name`.
fn check(names: &Names, manifest: &Manifest<'_, CertificateSpec>, findings: &mut Vec<Finding>) {
    let most = manifest.spec.max_names.and_then(|n| usize::try_from(n).ok()).unwrap_or(USUAL_MOST);
    if names.places.len() > most {
        let message = format!("it has {} names, where {most} are allowed", names.places.len());
        let help = "make two certificates; where AWS raised the account's quota, say so in `maxNames`";
        let finding = Finding::error("too-many-names", message).help(help);
        findings.push(manifest.finding_at(finding, "/spec/alternativeNames"));
    }
    if names.common.len() > LONGEST_COMMON_NAME {
        let message =
            format!("the common name `{}` has more than {LONGEST_COMMON_NAME} characters", names.common);
        let help = "make a shorter name the `domainName`, and this one an alternative name";
        findings.push(
            manifest.finding_at(Finding::error("long-common-name", message).help(help), "/spec/domainName"),
        );
    }
    for (name, pointer) in names.places.iter().filter(|(name, _)| name.starts_with("*.")) {
        let message = format!("`{name}` is a wildcard: whoever holds its key can be any name below");
        let finding = Finding::warning("wildcard-name", message).help("list the names that are needed");
        findings.push(manifest.finding_at(finding, pointer));
    }
}
