//! From an Environment manifest to everything it stands for.

use super::place::Place;
use super::spec::EnvironmentSpec;
use super::{checks, flow, groups, network, role, routes, rule};
use crate::estate::Estate;
use crate::kind::{Expansion, Manifest};
use crate::suggest;
use aplomo_core::resource::Desired;
use aplomo_core::{Address, Finding};
use std::collections::BTreeSet;

pub(super) fn expand(manifest: &Manifest<'_, EnvironmentSpec>, estate: &Estate<'_>) -> Expansion {
    let mut out = Expansion {
        ownership: manifest.spec.ownership.into(),
        environments: [manifest.reference.name.as_str().into()].into(),
        environment: Some(manifest.spec.environment_type.into()),
        ..Expansion::default()
    };
    out.windows = crate::windows::read(manifest.head, &manifest.spec.windows, &mut out.findings);
    let place = match Place::new(manifest, estate) {
        Ok(place) => place,
        Err(findings) => {
            out.findings.extend(findings);
            return out;
        }
    };
    let rules = rule::resolve(&place, &mut out.findings);
    out.findings.extend(checks::run(&place, &rules, estate));
    network::expand(&place, &mut out.resources);
    routes::expand(&place, &mut out.resources);
    groups::expand(&place, &rules, &mut out);
    flow::expand(&place, &mut out);
    out.resources.extend(role::expand(&place, &mut out.findings));
    out.findings.extend(unknown_existing(&place, &out.resources));
    out
}

/// `unknown-existing`: an id for something that the environment does not consist of.
fn unknown_existing(place: &Place<'_>, resources: &[Desired]) -> Vec<Finding> {
    let ends: BTreeSet<String> = resources.iter().map(|resource| end(&resource.address)).collect();
    let unknown = place.spec.existing.keys().filter(|key| !ends.contains(key.as_str()));
    let tell = |key: &smol_str::SmolStr| {
        let help = suggest::nearest(key, ends.iter().map(String::as_str));
        let help = help.map_or_else(
            || "write the end of an address as `plan` shows it, e.g. `NatGateway/0`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("`{key}` is no part of this environment");
        let pointer = format!("/spec/existing/{}", key.replace('~', "~0").replace('/', "~1"));
        place.manifest.finding_at(Finding::error("unknown-existing", message).help(help), &pointer)
    };
    unknown.map(tell).collect()
}

/// `NatGateway/0` of an address.
pub(crate) fn end(address: &Address) -> String {
    let short = address.type_name().rsplit('.').next().unwrap_or_default();
    if address.key().is_empty() { short.to_owned() } else { format!("{short}/{}", address.key()) }
}
