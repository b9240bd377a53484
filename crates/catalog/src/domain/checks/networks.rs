//! Visibility and the networks of a private zone, and other texts around the records.

use super::Cx;
use crate::domain::spec::Visibility;
use crate::environment::Environment;
use crate::suggest;
use aplomo_core::{Finding, ManifestName, ManifestRef, RemoteId};
use std::collections::BTreeSet;

/// `unknown-environment`, `broken-reference`: networks by the name of their Environment.
pub(super) fn environments(cx: &mut Cx<'_>) {
    let own = &cx.zone.manifest.reference.tenant;
    for (index, written) in cx.zone.manifest.spec.environments.iter().enumerate() {
        let name = ManifestName::new(written).ok();
        if name.as_ref().is_some_and(|name| cx.estate.get::<Environment>(own, name).is_some()) {
            continue;
        }
        let finding = if name.is_some_and(|name| cx.estate.knows::<Environment>(own, &name)) {
            let message = format!("the Environment `{written}` cannot be used, for it is invalid itself");
            Finding::error("broken-reference", message)
        } else {
            let help = suggest::or_list(written, cx.estate.names::<Environment>(own), "there are:");
            Finding::error("unknown-environment", format!("there is no Environment `{written}` of `{own}`"))
                .help(help)
        };
        cx.tell_at(finding, &format!("/spec/environments/{index}"));
    }
}

/// `private-without-networks`, `public-with-networks`, `duplicate-network`.
pub(super) fn visibility(cx: &mut Cx<'_>) {
    let spec = cx.zone.manifest.spec;
    let bound = !spec.networks.is_empty() || !spec.environments.is_empty();
    match spec.visibility {
        Visibility::Private if !bound => {
            let help = "add `networks`, each with `id` and `region`";
            let message = "a private zone answers nobody without a network";
            cx.tell_at(Finding::error("private-without-networks", message).help(help), "/spec/visibility");
        }
        Visibility::Public if bound => {
            let help = "set `visibility: private`, or remove the networks";
            let message = "a public zone answers the whole world and is bound to no network";
            let pointer = if spec.networks.is_empty() { "/spec/environments" } else { "/spec/networks" };
            cx.tell_at(Finding::error("public-with-networks", message).help(help), pointer);
        }
        _ => {}
    }
    let mut seen = BTreeSet::new();
    for (index, network) in spec.networks.iter().enumerate() {
        if !seen.insert((&network.region, &network.id)) {
            let finding = Finding::warning("duplicate-network", format!("`{}` is listed twice", network.id));
            cx.tell_at(finding, &format!("/spec/networks/{index}"));
        }
    }
}

/// `bad-consent`, `bad-adopt`: texts that must have a form to mean anything.
pub(super) fn references(cx: &mut Cx<'_>) {
    for consent in &cx.zone.manifest.spec.consents {
        let Some(why) = bad_consent(consent, &cx.zone.manifest.reference) else { continue };
        let finding = Finding::error("bad-consent", format!("`{consent}` {why}"));
        cx.tell_at(finding.help("write `tenant/Kind/name`, e.g. `acme/Domain/shop`"), "/spec/consents");
    }
    let adopt = cx.zone.manifest.lifecycle.adopt.as_ref().map(RemoteId::as_str);
    // The service documents no more than that; ids of the first years and of emulators have no `Z`.
    if let Some(id) = adopt.filter(|id| id.len() > 32 || !id.bytes().all(|b| b.is_ascii_alphanumeric())) {
        let finding = Finding::error("bad-adopt", format!("`{id}` is no id of a hosted zone"));
        cx.tell_at(
            finding.help("it is the zone's id, not its name, e.g. `Z0123456789ABC`"),
            "/lifecycle/adopt",
        );
    }
}

fn bad_consent(consent: &str, own: &ManifestRef) -> Option<&'static str> {
    let mut parts = consent.split('/');
    let tenant = parts.next().filter(|tenant| aplomo_core::TenantName::new(tenant).is_ok());
    let kind = parts.next().filter(|kind| crate::registry::kind(kind).is_some());
    let name = parts.next().filter(|name| ManifestName::new(name).is_ok());
    match (tenant, kind, name, parts.next()) {
        (Some(tenant), Some(_), Some(_), None) if tenant == own.tenant.as_str() => {
            Some("is of the same tenant and needs no consent")
        }
        (Some(_), Some(_), Some(_), None) => None,
        _ => Some("names no manifest"),
    }
}
