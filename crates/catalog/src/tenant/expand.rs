//! From a Tenant manifest to its settings as a resource and its policy.

use super::spec::{self, Approver, Contact, Role, TenantSpec};
use crate::kind::{Expansion, Manifest};
use aplomo_core::safety::{
    Access, ApprovalRules, ApproverRule, ContactPolicy, ContactRole, Guards, Locale, TenantPolicy,
    TenantState, Window,
};
use aplomo_core::{Account, Finding, Model, Scope, Wanted, Wish};
use aplomo_resources::aplomo::{TENANT_SETTINGS, model::TenantSettings};
use smol_str::{SmolStr, format_smolstr};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn expand(manifest: &Manifest<'_, TenantSpec>) -> Expansion {
    let mut findings = check(manifest);
    let policy = policy(manifest);
    let windows = crate::windows::read(manifest.head, &manifest.spec.windows, &mut findings);
    let settings = settings(manifest.spec, &policy, &windows);
    let resource = manifest.desired(&TENANT_SETTINGS, &[], Scope::own(), settings.to_fields());
    Expansion { resources: vec![resource], policies: vec![policy], windows, findings, ..Expansion::default() }
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
    for (index, rule) in manifest.spec.approval.approvers.iter().enumerate() {
        findings.extend(check_approver(manifest, index, &rule.team));
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
    // What is recorded is words with spaces between them, and an address is known by its `@`.
    let login = contact.github.as_deref().is_none_or(is_login);
    let email = contact.email.as_deref().is_none_or(|e| e.contains('@') && !e.contains(char::is_whitespace));
    if !login || !email {
        let field = if login { "email" } else { "github" };
        let message =
            format!("`{field}` of `{}` is no {}", contact.name, if login { "mail address" } else { "login" });
        return Some(
            manifest.finding_at(Finding::error("bad-contact", message), &format!("{pointer}/{field}")),
        );
    }
    if contact.github.is_none() && contact.email.is_none() && contact.github_id.is_none() {
        let message =
            format!("nobody can tell who `{}` is: there is neither `github` nor `email`", contact.name);
        return Some(manifest.finding_at(Finding::warning("unreachable-contact", message), &pointer));
    }
    None
}

fn is_login(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// `bad-team`: a team that GitHub cannot have.
fn check_approver(manifest: &Manifest<'_, TenantSpec>, index: usize, team: &str) -> Option<Finding> {
    let rule = ApproverRule::for_team(team);
    if rule.to_string().parse() == Ok(rule) {
        return None;
    }
    let message = format!("`{}` is no team of an organisation", team.escape_debug());
    let finding =
        Finding::error("bad-team", message).help("write `ORGANISATION/SLUG`, as in the team's address");
    Some(manifest.finding_at(finding, &format!("/spec/approval/approvers/{index}/team")))
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
    // In the order in which they are read back from what was recorded.
    let mut approvers: Vec<ApproverRule> = spec.approval.approvers.iter().map(approver).collect();
    approvers.sort();
    approvers.dedup();
    let mut contacts: Vec<ContactPolicy> = spec.contacts.iter().map(contact).collect();
    contacts.sort_by(|a, b| a.name.cmp(&b.name));
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
            approvers,
        },
        secrets: spec.secrets.clone(),
        contacts,
        locale: match spec.locale {
            Some(spec::Locale::Es) => Locale::Es,
            Some(spec::Locale::En) | None => Locale::En,
        },
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
fn settings(spec: &TenantSpec, policy: &TenantPolicy, windows: &[Window]) -> TenantSettings<Wanted> {
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
        approvers: set(&policy.approval.approvers.iter().map(|rule| format_smolstr!("{rule}")).collect()),
        windows: crate::windows::wish(windows),
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
    let line = |written: &Contact| {
        (written.name.to_string(), Wish::Value(contact(written).line(written.email.as_deref())))
    };
    spec.contacts.iter().map(line).collect()
}

fn contact(written: &Contact) -> ContactPolicy {
    ContactPolicy {
        name: written.name.clone(),
        login: written.github.clone(),
        id: written.github_id,
        role: match written.role {
            Role::Requester => ContactRole::Requester,
            Role::Technical => ContactRole::Technical,
            Role::Security => ContactRole::Security,
        },
    }
}

fn approver(written: &Approver) -> ApproverRule {
    ApproverRule {
        environments: written.environments.iter().map(|kind| (*kind).into()).collect(),
        risks: written.risks.iter().map(|risk| (*risk).into()).collect(),
        approvals: written.approvals.unwrap_or(1),
        ..ApproverRule::for_team(&written.team)
    }
}
