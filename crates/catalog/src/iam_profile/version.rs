//! Documents that do not say which version of the policy language they are written in.

use super::expand::Profile;
use super::trust::parsed;
use aplomo_core::Finding;
use aplomo_resources::iam::policy::Use;
use serde_json::Value;

/// `policy-without-version`: AWS takes such a document for one of 2008, in which variables are plain text.
pub(super) fn missing(profile: &Profile<'_>) -> Vec<Finding> {
    let spec = profile.manifest.spec;
    let policies = &spec.policies;
    let trust = spec.trust.document.iter();
    let trust =
        trust.map(|d| ("/spec/trust/document".to_owned(), "the trust policy".to_owned(), d, Use::Trust));
    let named = |list: &str, n: usize, name: &str| {
        (format!("/spec/policies/{list}/{n}/document"), format!("the policy `{name}`"))
    };
    let inline = policies.inline.iter().enumerate().map(|(n, p)| (named("inline", n, &p.name), &p.document));
    let own = policies.own.iter().enumerate().map(|(n, p)| (named("own", n, &p.name), &p.document));
    let policies = inline.chain(own).map(|((place, what), document)| (place, what, document, Use::Identity));
    trust
        .chain(policies)
        // What is no document at all is told as that.
        .filter(|(_, _, document, used)| parsed(document, *used).is_ok() && !says_version(document))
        .map(|(place, what, document, _)| {
            let message = format!(
                "{what} names no `Version`, and AWS reads it as one of 2008-10-17: {}",
                if has_variables(document) {
                    "its variables are plain text there and match nothing"
                } else {
                    "variables like `${aws:username}` would be plain text in it"
                }
            );
            let help = "add `Version: \"2012-10-17\"`, or `\"2008-10-17\"` where the old meaning is meant";
            profile
                .manifest
                .finding_at(Finding::warning("policy-without-version", message).help(help), &place)
        })
        .collect()
}

fn says_version(document: &Value) -> bool {
    match document {
        // Text that is a document was read already, so it is JSON.
        Value::String(text) => {
            serde_json::from_str(text).is_ok_and(|value: Value| value.get("Version").is_some())
        }
        other => other.get("Version").is_some(),
    }
}

/// Whether some text in it holds a variable.
fn has_variables(document: &Value) -> bool {
    match document {
        Value::String(text) => text.contains("${"),
        Value::Array(items) => items.iter().any(has_variables),
        Value::Object(map) => map.values().any(has_variables),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
