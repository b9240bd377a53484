//! What a profile should not trust and not allow. Where it reaches a production the gravest are errors.

use super::expand::Profile;
use super::trust::parsed;
use aplomo_core::{Finding, Severity};
use aplomo_resources::iam::arn;
use aplomo_resources::iam::policy::{Document, Statement, Use};

/// Runs all of them.
pub(super) fn run(profile: &Profile<'_>, trust: Option<&Document>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(trust) = trust {
        findings.extend(trusting(profile, trust));
    }
    findings.extend(allowing(profile));
    findings.extend(attached(profile));
    findings.extend(super::version::missing(profile));
    findings.extend(words(profile));
    findings
}

/// `external-without-id`, `anyone-trusted`, `dangling-principal`.
fn trusting(profile: &Profile<'_>, trust: &Document) -> Vec<Finding> {
    let mut found = Vec::new();
    for statement in &trust.statements {
        for principal in statement.trusted() {
            if principal.is_anyone() {
                let message = format!("{principal} may take the role");
                let help = "name accounts, principals or an identity provider";
                found.push(profile.grave("anyone-trusted", message, help, "/spec/trust"));
            } else if is_external(profile, statement, principal) {
                let message = format!("{principal} may take the role without an external id");
                let help =
                    "agree on an `externalId`, so that nobody else can make them use the role for themselves";
                found.push(profile.grave(
                    "external-without-id",
                    message,
                    help,
                    profile.trust_place("accounts"),
                ));
            }
        }
    }
    for id in trust.dangling() {
        let message = format!("`{id}` is the id of a role or user that was deleted");
        let finding =
            Finding::error("dangling-principal", message).help("name the one that is meant now by its ARN");
        found.push(profile.manifest.finding_at(finding, profile.trust_place("principals")));
    }
    found
}

fn is_external(
    profile: &Profile<'_>,
    statement: &Statement,
    principal: &aplomo_resources::iam::policy::Principal,
) -> bool {
    let foreign = profile.account.as_deref().is_some_and(|account| arn::is_foreign(principal, account));
    foreign && !statement.asks_for("sts:externalid")
}

/// `everything-allowed`, `pass-any-role`: in documents.
fn allowing(profile: &Profile<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let policies = &profile.manifest.spec.policies;
    let inline =
        policies.inline.iter().enumerate().map(|(n, p)| (format!("inline/{n}"), &p.name, &p.document));
    let own = policies.own.iter().enumerate().map(|(n, p)| (format!("own/{n}"), &p.name, &p.document));
    for (place, name, document) in inline.chain(own) {
        let Ok(document) = parsed(document, Use::Identity) else { continue };
        let place = format!("/spec/policies/{place}/document");
        if document.statements.iter().any(Statement::allows_everything) {
            let message = format!("the policy `{name}` allows every action on every resource");
            found.push(profile.grave(
                "everything-allowed",
                message,
                "name the actions and resources that are needed",
                &place,
            ));
        } else if document.statements.iter().any(|s| s.allows_everywhere("iam:passrole")) {
            let message = format!("the policy `{name}` lets any role be handed to a service, and so be used");
            let help = "name the roles that `iam:PassRole` is for";
            found.push(
                profile.manifest.finding_at(Finding::warning("pass-any-role", message).help(help), &place),
            );
        }
    }
    found
}

/// `everything-allowed`: by AWS's own policy.
fn attached(profile: &Profile<'_>) -> Vec<Finding> {
    let managed = profile.manifest.spec.policies.managed.iter().enumerate();
    let admin = managed.filter(|(_, name)| name.rsplit('/').next() == Some("AdministratorAccess"));
    let one = |(n, name): (usize, &smol_str::SmolStr)| {
        let message = format!("`{name}` allows every action on every resource");
        let help = "attach what is needed";
        profile.grave("everything-allowed", message, help, &format!("/spec/policies/managed/{n}"))
    };
    admin.map(one).collect()
}

/// `bad-account`, `oidc-any-subject`, `unused-condition`, `duplicate-policy`.
fn words(profile: &Profile<'_>) -> Vec<Finding> {
    let (mut found, manifest) = (Vec::new(), profile.manifest);
    let trust = &manifest.spec.trust;
    for (n, account) in trust.accounts.iter().enumerate() {
        if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
            let message = format!("`{}` is no account id", account.escape_debug());
            let finding = Finding::error("bad-account", message).help("it has exactly 12 digits, in quotes");
            found.push(manifest.finding_at(finding, &format!("/spec/trust/accounts/{n}")));
        }
    }
    if trust.oidc.as_ref().is_some_and(|oidc| oidc.subjects.is_empty() && !asks_for_subject(profile)) {
        let message = "every token of the identity provider will do, whoever it was made for";
        let finding = Finding::warning("oidc-any-subject", message).help("name the `subjects`");
        found.push(manifest.finding_at(finding, "/spec/trust/oidc"));
    }
    let callers = !trust.accounts.is_empty() || !trust.principals.is_empty();
    if trust.document.is_none() && !callers && (trust.external_id.is_some() || trust.require_mfa) {
        let message =
            "an external id and a second factor are asked of `accounts` and `principals`, and there are none";
        let field = if trust.external_id.is_some() { "externalId" } else { "requireMfa" };
        found.push(
            manifest.finding_at(Finding::error("unused-condition", message), &format!("/spec/trust/{field}")),
        );
    }
    let names: Vec<&smol_str::SmolStr> = manifest.spec.policies.inline.iter().map(|p| &p.name).collect();
    for (n, name) in names.iter().enumerate().filter(|(n, name)| names[..*n].contains(*name)) {
        let finding = Finding::error("duplicate-policy", format!("`{name}` is listed twice"));
        found.push(manifest.finding_at(finding, &format!("/spec/policies/inline/{n}/name")));
    }
    found
}

/// Whether a condition of its own names the subject.
fn asks_for_subject(profile: &Profile<'_>) -> bool {
    let keys = profile.manifest.spec.trust.conditions.values().flat_map(|keys| keys.keys());
    keys.into_iter().any(|key| key.to_ascii_lowercase().ends_with(":sub"))
}

impl Profile<'_> {
    /// A finding that production refuses.
    fn grave(&self, rule: &'static str, message: String, help: &str, place: &str) -> Finding {
        let (severity, message) = match self.production {
            true => (Severity::Error, format!("{message}, and the profile reaches a production")),
            false => (Severity::Warning, message),
        };
        self.manifest.finding_at(Finding::new(severity, rule, message).help(help), place)
    }

    /// The field of `trust`, or the document where that is written.
    fn trust_place(&self, field: &str) -> &'static str {
        match (&self.manifest.spec.trust.document, field) {
            (Some(_), _) => "/spec/trust/document",
            (None, "accounts") if !self.manifest.spec.trust.accounts.is_empty() => "/spec/trust/accounts",
            _ => "/spec/trust/principals",
        }
    }
}
