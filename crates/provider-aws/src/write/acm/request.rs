//! What a new certificate is asked for with.

#![allow(deprecated, reason = "opting out of transparency is over, opting in again is not")]

use crate::marks::mark_tags;
use crate::wanted::{Want, entries, text, texts, truth, want};
use aplomo_core::ports::ApprovedStep;
use aws_sdk_acm::Client;
use aws_sdk_acm::operation::request_certificate::builders::RequestCertificateFluentBuilder;
use aws_sdk_acm::types::{
    CertificateOptions, CertificateTransparencyLoggingPreference, KeyAlgorithm, Tag, ValidationMethod,
};

/// The request; its token keeps a call that is sent twice from making two certificates.
pub(super) fn build(
    client: &Client,
    step: &ApprovedStep<'_>,
) -> Result<RequestCertificateFluentBuilder, String> {
    let after = step.after.as_ref().ok_or("the step says nothing about what to ask for")?;
    let name = want(after, "/domainName", text)?.set().ok_or("the step names no domain")?;
    let others = want(after, "/alternativeNames", texts)?.set().filter(|others| !others.is_empty());
    let algorithm = want(after, "/keyAlgorithm", text)?.set();
    Ok(client
        .request_certificate()
        .domain_name(name)
        .set_subject_alternative_names(others)
        .validation_method(ValidationMethod::Dns)
        .set_key_algorithm(algorithm.map(|a| KeyAlgorithm::from(a.as_str())))
        .set_options(transparency(step)?.map(options))
        .idempotency_token(token(&step.key))
        .set_tags(Some(tags(step)?)))
}

/// At most 32 word characters.
fn token(key: &str) -> String {
    key.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(32).collect()
}

fn tags(step: &ApprovedStep<'_>) -> Result<Vec<Tag>, String> {
    let mut all = mark_tags(&step.marks);
    if let Some(after) = &step.after {
        for (key, want) in entries(after, "/tags")? {
            if let Want::Set(value) = want {
                all.insert(key, value.to_string());
            }
        }
    }
    all.into_iter().map(|(k, v)| Tag::builder().key(k).value(v).build().map_err(|e| e.to_string())).collect()
}

/// What is wished of transparency logging.
pub(super) fn transparency(step: &ApprovedStep<'_>) -> Result<Option<bool>, String> {
    let Some(after) = &step.after else { return Ok(None) };
    Ok(want(after, "/transparencyLogging", truth)?.set())
}

/// As ACM takes it.
pub(super) fn options(logged: bool) -> CertificateOptions {
    let preference = match logged {
        true => CertificateTransparencyLoggingPreference::Enabled,
        false => CertificateTransparencyLoggingPreference::Disabled,
    };
    CertificateOptions::builder().certificate_transparency_logging_preference(preference).build()
}
