//! From a Tenant manifest to its settings as a resource and its policy.

use super::spec::{Contact, TenantSpec};
use crate::kind::{Expansion, Manifest};
use aplomo_core::safety::{Access, ApprovalRules, Guards, TenantPolicy, TenantState};
use aplomo_core::{Account, Finding, Model, Scope, Wanted, Wish};
use aplomo_resources::aplomo::{TENANT_SETTINGS, model::TenantSettings};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn expand(manifest: &Manifest<'_, TenantSpec>) -> Expansion {
    let findings = check(manifest);
    let policy = policy(manifest);
    let settings = settings(manifest.spec, &policy);
    let resource = manifest.desired(&TENANT_SETTINGS, &[], Scope::own(), settings.to_fields());
    Expansion { resources: vec![resource], policies: vec![policy], findings, ..Expansion::default() }
}

fn check(manifest: &Manifest<'_, TenantSpec>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if manifest.reference.name.as_str() != manifest.reference.tenant.as_str() {
        let message = format!(
            "the Tenant `{}` says it belongs to `{}`",
            manifest.reference.name, manifest.reference.tenant
        );
        let finding = Finding::error("tenant-name", message)
            .help("metadata.name and metadata.tenant are the same here");
        findings.push(manifest.finding_at(finding, "/metadata/tenant"));
    }
    for (index, contact) in manifest.spec.contacts.iter().enumerate() {
        findings.extend(check_contact(manifest, index, contact));
    }
    for (key, value) in &manifest.spec.tags {
        findings.extend(bad_tag(key, value).map(|why| {
            let pointer = format!("/spec/tags/{}", key.replace('~', "~0").replace('/', "~1"));
            manifest.finding_at(Finding::error("bad-tag", format!("the tag `{key}` {why}")), &pointer)
        }));
    }
    findings
}

fn check_contact(manifest: &Manifest<'_, TenantSpec>, index: usize, contact: &Contact) -> Option<Finding> {
    let pointer = format!("/spec/contacts/{index}");
    if manifest.spec.contacts[..index].iter().any(|earlier| earlier.name == contact.name) {
        let finding = Finding::error("duplicate-contact", format!("`{}` is listed twice", contact.name));
        return Some(manifest.finding_at(finding, &pointer));
    }
    if contact.github.is_none() && contact.email.is_none() {
        let message =
            format!("nobody can tell who `{}` is: there is neither `github` nor `email`", contact.name);
        return Some(manifest.finding_at(Finding::warning("unreachable-contact", message), &pointer));
    }
    None
}

/// What AWS and we refuse in tags.
pub(crate) fn bad_tag(key: &str, value: &str) -> Option<&'static str> {
    let lower = key.to_ascii_lowercase();
    let fine = |text: &str| text.chars().all(|c| c.is_alphanumeric() || " +-=._:/@".contains(c));
    if lower.starts_with("aplomo:") {
        Some("begins with `aplomo:`, which marks what is ours")
    } else if lower.starts_with("aws:") {
        Some("begins with `aws:`, which AWS keeps for itself")
    } else if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
        Some("is too long: a key has 1 to 128 characters, a value at most 256")
    } else if !fine(key) || !fine(value) {
        Some("may hold letters, digits, spaces and `+ - = . _ : / @`")
    } else {
        None
    }
}

fn policy(manifest: &Manifest<'_, TenantSpec>) -> TenantPolicy {
    let spec = manifest.spec;
    let usual = Guards::default();
    let limits = &spec.guards.max_deletes;
    let account = spec.aws.account_id.as_ref().and_then(|id| Account::new(id).ok());
    let github = spec.github.organization.as_ref();
    let github = github.and_then(|org| Account::new(org.to_ascii_lowercase()).ok());
    let named = |provider: &'static str, account: Option<Account>| {
        account.map(|a| (SmolStr::new_static(provider), a))
    };
    TenantPolicy {
        name: manifest.reference.tenant.clone(),
        state: state(spec),
        guards: Guards {
            count: limits.count.unwrap_or(usual.count),
            permille: limits.fraction.map_or(usual.permille, |fraction| fraction.permille),
        },
        access: [(SmolStr::new_static("aws"), access(spec))]
            .into_iter()
            .filter(|(_, a)| *a != Access::default())
            .collect(),
        accounts: named("aws", account).into_iter().chain(named("github", github)).collect(),
        approval: ApprovalRules {
            automatic_reasons: spec.approval.automatic_reasons.iter().map(|r| r.as_str().into()).collect(),
            automatic_risks: spec.approval.automatic_risks.iter().map(|r| r.as_str().into()).collect(),
            second_person_for_lifts: spec.approval.second_person_for_lifts.unwrap_or_default(),
        },
        secrets: spec.secrets.clone(),
    }
}

fn access(spec: &TenantSpec) -> Access {
    Access {
        region: spec.aws.region.clone(),
        read_role: spec.aws.read_role_arn.clone(),
        write_role: spec.aws.write_role_arn.clone(),
        external_id: spec.aws.external_id.clone(),
    }
}

const fn state(spec: &TenantSpec) -> TenantState {
    use super::spec::StateWish;
    match spec.state {
        StateWish::Active => TenantState::Active,
        StateWish::Frozen => TenantState::Frozen,
        StateWish::Leaving => TenantState::Leaving,
        StateWish::Released => TenantState::Released,
    }
}

/// Our own settings are written as a whole: what the manifest leaves out is absent, not left alone,
/// so that taking a line away is a change like any other.
fn settings(spec: &TenantSpec, policy: &TenantPolicy) -> TenantSettings<Wanted> {
    TenantSettings {
        display_name: text(spec.display_name.as_ref()),
        state: Wish::Value(spec.state.as_str().into()),
        guard_count: Wish::Value(policy.guards.count),
        guard_permille: Wish::Value(policy.guards.permille),
        aws_account: name(spec.aws.account_id.as_ref()),
        aws_region: name(spec.aws.region.as_ref()),
        aws_regions: set(&spec.aws.regions),
        aws_read_role: text(spec.aws.read_role_arn.as_ref()),
        aws_write_role: text(spec.aws.write_role_arn.as_ref()),
        aws_external_id: text(spec.aws.external_id.as_ref()),
        github_organization: text(spec.github.organization.as_ref()),
        automatic_reasons: set(&policy.approval.automatic_reasons),
        automatic_risks: set(&policy.approval.automatic_risks),
        second_person_for_lifts: Wish::Value(policy.approval.second_person_for_lifts),
        secrets: set(&spec.secrets),
        locale: spec.locale.map_or(Wish::Absent, |locale| Wish::Value(locale.as_str().into())),
        contacts: contacts(spec),
    }
}

fn text(value: Option<&SmolStr>) -> Wish<String> {
    value.map_or(Wish::Absent, |text| Wish::Value(text.to_string()))
}

fn name(value: Option<&SmolStr>) -> Wish<SmolStr> {
    value.cloned().map_or(Wish::Absent, Wish::Value)
}

fn set(values: &BTreeSet<SmolStr>) -> Wish<BTreeSet<SmolStr>> {
    if values.is_empty() { Wish::Absent } else { Wish::Value(values.clone()) }
}

fn contacts(spec: &TenantSpec) -> BTreeMap<String, Wish<String>> {
    let line = |contact: &Contact| {
        let ways = [contact.github.as_deref(), contact.email.as_deref()];
        let words: Vec<&str> =
            std::iter::once(contact.role.as_str()).chain(ways.into_iter().flatten()).collect();
        (contact.name.to_string(), Wish::Value(words.join(" ")))
    };
    spec.contacts.iter().map(line).collect()
}
