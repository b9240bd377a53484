//! What a test says about certificates in strict mode: validated, used, or shown with other fields.

use serde_json::Value;

use super::Proxy;
use crate::error::Error;
use crate::strict::Pace;
use crate::strict::memory::{Certificate, State};

impl Proxy {
    /// From now on the slow things are this slow; what is on its way keeps its pace. Nothing outside strict mode.
    pub fn set_pace(&self, pace: Pace) {
        self.remember(|state| state.pace = pace);
    }

    /// The certificate is issued, whatever DNS says.
    pub fn acm_validate(&self, arn: &str) {
        self.certificate(arn, |certificate| certificate.issued = true);
    }

    /// A CNAME outside Route53, for validation by the client's own DNS.
    pub fn external_record(&self, name: &str, value: &str) {
        self.remember(|state| drop(state.external.insert(absolute(name), absolute(value))));
    }

    /// The record is gone; certificates issued by it stay issued, as in AWS until the next renewal.
    pub fn forget_external_record(&self, name: &str) {
        self.remember(|state| drop(state.external.remove(&absolute(name))));
    }

    /// The certificate is used by a load balancer or the like and cannot be deleted.
    pub fn acm_use(&self, arn: &str, by: &str) {
        self.certificate(arn, |certificate| certificate.in_use_by.extend([by.to_owned()]));
    }

    /// No longer used by it.
    pub fn acm_unuse(&self, arn: &str, by: &str) {
        self.certificate(arn, |certificate| certificate.in_use_by.retain(|user| user != by));
    }

    /// DescribeCertificate shows this JSON for a field from now on, such as `Status`, `NotAfter`, `FailureReason` or
    /// `RenewalSummary`; ListCertificates too, for the fields it has.
    ///
    /// # Errors
    /// A value that is not JSON.
    pub fn acm_override(&self, arn: &str, field: &str, json: &str) -> Result<(), Error> {
        let value: Value = serde_json::from_str(json)
            .map_err(|e| Error::Unexpected { call: format!("acm_override {field}"), why: e.to_string() })?;
        self.certificate(arn, |certificate| drop(certificate.overrides.insert(field.to_owned(), value)));
        Ok(())
    }

    fn certificate(&self, arn: &str, change: impl FnOnce(&mut Certificate)) {
        self.remember(|state| change(state.certificates.entry(arn.to_owned()).or_default()));
    }

    fn remember(&self, change: impl FnOnce(&mut State)) {
        if let Some(strict) = &self.shared.strict {
            change(&mut strict.memory.state());
        }
    }
}

fn absolute(name: &str) -> String {
    format!("{}.", name.trim_end_matches('.').to_ascii_lowercase())
}
