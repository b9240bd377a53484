//! Secrets by name: what the tenant may use, and the fingerprint where one is at hand.
//!
//! Deliberately absent: values. They stay with whoever made the fingerprints.

use crate::estate::{Estate, SecretMark};
use crate::kind::Head;
use crate::{suggest, tenant};
use aplomo_core::resource::Desired;
use aplomo_core::{Datum, Finding, Wish};
use smol_str::SmolStr;

/// The secrets of one manifest's tenant.
pub(crate) struct Secrets<'a> {
    head: &'a Head<'a>,
    estate: &'a Estate<'a>,
    pub(crate) findings: Vec<Finding>,
}

/// What is wished of a field that holds a secret.
pub(crate) struct SecretWish {
    /// Left alone where no secret was resolved (a check, a pull request's plan) or it is not at hand.
    pub(crate) value: Wish<SmolStr>,
    rotation_days: Option<u32>,
}

impl SecretWish {
    const UNRESOLVED: Self = Self { value: Wish::LeftAlone, rotation_days: None };

    /// What holds a secret that is not resolved is looked at and never written.
    pub(crate) fn settle(&self, part: &mut Desired) {
        part.observe = self.value == Wish::LeftAlone;
        let days = self.rotation_days.map(|days| Datum::Int(days.into()));
        part.hints.extend(days.map(|days| (SmolStr::new_static("rotationDays"), days)));
    }
}

impl<'a> Secrets<'a> {
    pub(crate) const fn new(head: &'a Head<'a>, estate: &'a Estate<'a>) -> Self {
        Self { head, estate, findings: Vec::new() }
    }

    /// The wish for a secret of this name; `None` where the tenant may not use it.
    pub(crate) fn wish(&mut self, name: &str, pointer: &str) -> Option<SecretWish> {
        let tenant = &self.head.reference.tenant;
        let resolved = self.estate.accounts.secrets.as_ref();
        // A check of some files may not see the Tenant; what is to be written needs its word.
        let allowed = tenant::lets_use(self.estate, tenant, name).or(resolved.map(|_| false));
        if allowed == Some(false) {
            self.refuse(name, pointer);
            return None;
        }
        let Some(resolved) = resolved else { return Some(SecretWish::UNRESOLVED) };
        match resolved.get(tenant).and_then(|names| names.get(name)) {
            Some(SecretMark::Known { fingerprint, rotation_days, .. }) => {
                Some(SecretWish { value: Wish::Secret(fingerprint.clone()), rotation_days: *rotation_days })
            }
            Some(SecretMark::Unreadable { why }) => {
                let why = format!("the secret `{}` cannot be read: {why}", name.escape_debug());
                let help = "put it where `secrets.values` of the configuration says, then plan again";
                self.say(Finding::warning(UNREADABLE, why).help(help), pointer);
                Some(SecretWish::UNRESOLVED)
            }
            None => {
                let name = name.escape_debug();
                let message =
                    format!("the secret `{name}` is not configured: it is neither compared nor written");
                let help = format!(
                    "add it to `secrets.values` of the configuration, with `{tenant}` in its `tenants`"
                );
                self.say(Finding::warning("secret-not-configured", message).help(help), pointer);
                Some(SecretWish::UNRESOLVED)
            }
        }
    }

    fn refuse(&mut self, name: &str, pointer: &str) {
        let tenant = &self.head.reference.tenant;
        let allowed = tenant::secrets(self.estate, tenant);
        let known = allowed.into_iter().flatten().map(SmolStr::as_str);
        let near = suggest::nearest(name, known).map(|near| format!("did you mean `{near}`? "));
        let help =
            format!("{}The operator allows it in `spec.secrets` of the Tenant", near.unwrap_or_default());
        let message = format!("the tenant `{tenant}` may not use the secret `{}`", name.escape_debug());
        self.say(Finding::error("secret-not-allowed", message).help(help), pointer);
    }

    fn say(&mut self, finding: Finding, pointer: &str) {
        self.findings.push(self.head.finding_at(finding, pointer));
    }
}

/// The rule of a secret that is configured and cannot be read: trouble outside of the manifests.
pub const UNREADABLE: &str = "secret-unreadable";
