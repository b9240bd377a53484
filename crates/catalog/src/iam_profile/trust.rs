//! The trust policy of a profile.

use super::providers;
use super::spec::{IamProfileSpec, Trust};
use aplomo_resources::iam::policy::{Document, Malformed, Use};
use serde_json::{Map, Value, json};
use smol_str::SmolStr;

/// What is wrong, and the part of `spec` that it concerns.
pub(super) type Wrong = (&'static str, String);

/// The trust policy as a document in normal form.
pub(super) fn document(spec: &IamProfileSpec, account: &str) -> Result<Document, Wrong> {
    let trust = &spec.trust;
    let until = spec.expires_at.map(|moment| moment.0.to_string());
    let value = match &trust.document {
        Some(_) if uses_fields(trust) => {
            return Err((
                "/trust/document",
                "`document` stands alone: remove it, or the other fields of `trust`".into(),
            ));
        }
        Some(whole) => whole_document(whole, until.as_deref())?,
        None => json!({"Version": "2012-10-17", "Statement": statements(trust, account, until.as_deref())?}),
    };
    let place = if trust.document.is_some() { "/trust/document" } else { "/trust" };
    Document::from_json(&value, Use::Trust).map_err(|Malformed(why)| (place, why))
}

fn uses_fields(trust: &Trust) -> bool {
    let lists = [&trust.accounts, &trust.principals, &trust.services, &trust.source_cidrs];
    let some = trust.saml.is_some() || trust.oidc.is_some() || trust.external_id.is_some();
    some || trust.require_mfa || !trust.conditions.is_empty() || lists.iter().any(|list| !list.is_empty())
}

/// A mapping, or text that holds one.
pub(super) fn parsed(value: &Value, used: Use) -> Result<Document, Malformed> {
    match value {
        Value::String(text) => Document::read(text, used),
        other => Document::from_json(other, used),
    }
}

/// The document as written, every statement that allows bound to the end.
fn whole_document(value: &Value, until: Option<&str>) -> Result<Value, Wrong> {
    let document = parsed(value, Use::Trust).map_err(|Malformed(why)| ("/trust/document", why))?;
    let mut value = document.to_json();
    let statements = value.get_mut("Statement").and_then(Value::as_array_mut);
    for statement in statements.into_iter().flatten().filter_map(Value::as_object_mut) {
        if let (Some(until), true) = (until, statement.get("Effect").is_some_and(|e| e == "Allow")) {
            let mut conditions = match statement.remove("Condition") {
                Some(Value::Object(conditions)) => conditions,
                _ => Map::new(),
            };
            add(&mut conditions, "DateLessThan", "aws:currenttime", until.into())?;
            statement.insert("Condition".into(), Value::Object(conditions));
        }
    }
    Ok(value)
}

/// Adds a condition; two for one operator and key would have to hold both.
fn add(conditions: &mut Map<String, Value>, operator: &str, key: &str, value: Value) -> Result<(), Wrong> {
    let keys = conditions.entry(operator).or_insert_with(|| Value::Object(Map::new()));
    let keys =
        keys.as_object_mut().ok_or(("/trust/conditions", format!("`{operator}` is no mapping of keys")))?;
    if keys.keys().any(|other| other.eq_ignore_ascii_case(key)) {
        return Err((
            "/trust/conditions",
            format!("`{operator}` of `{key}` is set by another field already"),
        ));
    }
    keys.insert(key.to_owned(), value);
    Ok(())
}

/// What a statement trusts, by which action, and whether the callers' conditions hold for it.
struct Door {
    principal: Value,
    action: &'static str,
    own: Vec<(&'static str, String, Value)>,
}

fn statements(trust: &Trust, account: &str, until: Option<&str>) -> Result<Vec<Value>, Wrong> {
    doors(trust, account).into_iter().map(|door| statement(trust, door, until)).collect()
}

fn statement(trust: &Trust, door: Door, until: Option<&str>) -> Result<Value, Wrong> {
    let mut conditions = Map::new();
    for (operator, keys) in &trust.conditions {
        for (key, value) in keys {
            add(&mut conditions, operator, key, value.clone())?;
        }
    }
    for (operator, key, value) in door.own {
        add(&mut conditions, operator, &key, value)?;
    }
    if let Some(until) = until {
        add(&mut conditions, "DateLessThan", "aws:CurrentTime", until.into())?;
    }
    Ok(
        json!({"Effect": "Allow", "Principal": door.principal, "Action": door.action, "Condition": conditions}),
    )
}

fn doors(trust: &Trust, account: &str) -> Vec<Door> {
    let mut doors = Vec::new();
    let cidrs = (!trust.source_cidrs.is_empty())
        .then(|| ("IpAddress", "aws:SourceIp".to_owned(), json!(trust.source_cidrs)));
    let callers: Vec<&SmolStr> = trust.accounts.iter().chain(&trust.principals).collect();
    if !callers.is_empty() {
        let id =
            trust.external_id.as_ref().map(|id| ("StringEquals", "sts:ExternalId".to_owned(), json!(id)));
        let mfa = trust.require_mfa.then(|| ("Bool", "aws:MultiFactorAuthPresent".to_owned(), json!("true")));
        let own = id.into_iter().chain(mfa).chain(cidrs.clone()).collect();
        doors.push(Door { principal: json!({"AWS": callers}), action: "sts:AssumeRole", own });
    }
    if !trust.services.is_empty() {
        let principal = json!({"Service": trust.services});
        doors.push(Door { principal, action: "sts:AssumeRole", own: Vec::new() });
    }
    if let Some(saml) = &trust.saml {
        let audience = ("StringEquals", "SAML:aud".to_owned(), json!("https://signin.aws.amazon.com/saml"));
        let principal = json!({"Federated": providers::saml_arn(saml, account)});
        let own = std::iter::once(audience).chain(cidrs.clone()).collect();
        doors.push(Door { principal, action: "sts:AssumeRoleWithSAML", own });
    }
    if let Some(oidc) = &trust.oidc {
        let own = oidc_conditions(oidc).into_iter().chain(cidrs).collect();
        let principal = json!({"Federated": providers::oidc_arn(oidc, account)});
        doors.push(Door { principal, action: "sts:AssumeRoleWithWebIdentity", own });
    }
    doors
}

fn oidc_conditions(oidc: &super::Oidc) -> Vec<(&'static str, String, Value)> {
    let url = providers::oidc_url(oidc);
    let audiences =
        if oidc.audiences.is_empty() { json!("sts.amazonaws.com") } else { json!(oidc.audiences) };
    let mut all = vec![("StringEquals", format!("{url}:aud"), audiences)];
    if !oidc.subjects.is_empty() {
        let like = oidc.subjects.iter().any(|subject| subject.contains(['*', '?']));
        let operator = if like { "StringLike" } else { "StringEquals" };
        all.push((operator, format!("{url}:sub"), json!(oidc.subjects)));
    }
    all
}
