//! Secrets by name: what the tenant may use, and the fingerprint where one is at hand.

use crate::estate::Estate;
use crate::kind::Head;
use crate::{suggest, tenant};
use aplomo_core::{Finding, Wish};
use smol_str::SmolStr;

/// The secrets of one manifest's tenant.
pub(crate) struct Secrets<'a> {
    head: &'a Head<'a>,
    estate: &'a Estate<'a>,
    pub(crate) findings: Vec<Finding>,
}

impl<'a> Secrets<'a> {
    pub(crate) const fn new(head: &'a Head<'a>, estate: &'a Estate<'a>) -> Self {
        Self { head, estate, findings: Vec::new() }
    }

    /// The wish for a secret of this name. `None` where the tenant may not use it. Where no secret was
    /// resolved (a check, a pull request's plan) the field is left alone, and the caller only observes.
    pub(crate) fn wish(&mut self, name: &str, pointer: &str) -> Option<Wish<SmolStr>> {
        let tenant = &self.head.reference.tenant;
        if tenant::lets_use(self.estate, tenant, name) == Some(false) {
            let allowed = tenant::secrets(self.estate, tenant);
            let known = allowed.into_iter().flatten().map(SmolStr::as_str);
            let near = suggest::nearest(name, known.clone()).map(|near| format!("did you mean `{near}`? "));
            let help =
                format!("{}The operator allows it in `spec.secrets` of the Tenant", near.unwrap_or_default());
            let message = format!("the tenant `{tenant}` may not use the secret `{}`", name.escape_debug());
            let finding = Finding::error("secret-not-allowed", message).help(help);
            self.findings.push(self.head.finding_at(finding, pointer));
            return None;
        }
        let Some(resolved) = &self.estate.accounts.secrets else { return Some(Wish::LeftAlone) };
        let Some(fingerprint) = resolved.get(tenant).and_then(|names| names.get(name)) else {
            let message = format!(
                "the secret `{}` is not configured: it is neither compared nor written",
                name.escape_debug()
            );
            let help = "this version knows no values of secrets: set it by hand";
            let finding = Finding::warning("secret-not-configured", message).help(help);
            self.findings.push(self.head.finding_at(finding, pointer));
            return Some(Wish::LeftAlone);
        };
        Some(Wish::Secret(fingerprint.clone()))
    }
}
