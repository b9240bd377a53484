//! ACM: a certificate is pending until its validation records exist, keeps its key type, stays while it is used, and is
//! hidden from lists that do not ask for its key type.
//! Deliberately absent: e-mail validation beyond its name, imported certificates, private authorities, renewals (see
//! `Proxy::acm_override`).

mod records;
mod show;

use serde_json::{Value, json};

use super::Verdict;
use super::ask::Ask;
use super::memory::{Certificate, Memory};
use super::refused;
use crate::proxy::action::{access_key, region};
use crate::proxy::{Answer, AwsError};
use records::Records;

/// What ListCertificates shows unless it is asked for other key types.
const LISTED_KEYS: [&str; 2] = ["RSA_1024", "RSA_2048"];

/// The verdict on a call strict mode cares about; `None` for all others.
pub(super) async fn act(memory: &Memory, ask: &Ask<'_>, action: &str) -> Option<Verdict> {
    let body = serde_json::from_str(&ask.call.text()).unwrap_or_else(|_| json!({}));
    Some(match action {
        "RequestCertificate" => request(memory, ask, body).await,
        "DescribeCertificate" => describe(memory, ask, &body).await,
        "ListCertificates" => list(memory, ask, &body).await,
        "DeleteCertificate" => delete(memory, ask, &body).await,
        "UpdateCertificateOptions" => options(memory, ask, &body).await,
        _ => return None,
    })
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn reply(value: &Value) -> Answer {
    Answer::json(200, value.to_string())
}

/// A token seen before gives the certificate it was for, as long as that exists. The hour is never over here.
async fn request(memory: &Memory, ask: &Ask<'_>, mut body: Value) -> Verdict {
    let token = text(&body, "IdempotencyToken").to_owned();
    if token.len() > 32 || !token.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        let message = "1 validation error detected: Value at 'idempotencyToken' failed to satisfy constraint: Member must satisfy regular expression pattern: \\w+";
        return Err(AwsError::new(400, "ValidationException", message));
    }
    let who = ask.call.account().or_else(|| access_key(&ask.call.headers)).unwrap_or_default();
    let place = region(&ask.call.headers).unwrap_or_default();
    let key = [who, place, "RequestCertificate", &token].map(str::to_owned);
    let earlier = memory.state().tokens.get(&key).filter(|_| !token.is_empty()).cloned();
    if let Some((arn, answer)) = earlier
        && !refused(&ask.acm("DescribeCertificate", json!({"CertificateArn": arn}).to_string()).await)
    {
        return Ok(answer);
    }
    if let Some(fields) = body.as_object_mut() {
        fields.remove("IdempotencyToken");
    }
    let answer = ask.forward_with(body.to_string()).await;
    if !refused(&answer) {
        remember(memory, &body, &answer, key);
    }
    Ok(answer)
}

fn remember(memory: &Memory, body: &Value, answer: &Answer, key: [String; 4]) {
    let made: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let arn = text(&made, "CertificateArn").to_owned();
    let field = |name| body[name].as_str().map(str::to_owned);
    let certificate = Certificate {
        key_algorithm: field("KeyAlgorithm"),
        method: field("ValidationMethod").or_else(|| Some("EMAIL".into())),
        ..Certificate::default()
    };
    let mut state = memory.state();
    state.certificates.insert(arn.clone(), certificate);
    state.tokens.insert(key, (arn, answer.clone()));
}

async fn describe(memory: &Memory, ask: &Ask<'_>, body: &Value) -> Verdict {
    let answer = ask.forward().await;
    if refused(&answer) {
        return Ok(answer);
    }
    let mut value: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let mut records = Records::default();
    let arn = text(body, "CertificateArn");
    memory.state().certificates.entry(arn.to_owned()).or_default().described += 1;
    show::certificate(memory, ask, &mut records, arn, &mut value["Certificate"]).await;
    Ok(reply(&value))
}

/// One page, whatever was asked; filters are applied to what strict mode shows.
async fn list(memory: &Memory, ask: &Ask<'_>, body: &Value) -> Verdict {
    let answer = ask.forward_with("{}".into()).await;
    if refused(&answer) {
        return Ok(answer);
    }
    let listed: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let mut records = Records::default();
    let mut shown = Vec::new();
    for summary in listed["CertificateSummaryList"].as_array().into_iter().flatten() {
        let arn = text(summary, "CertificateArn");
        let described = ask.acm("DescribeCertificate", json!({"CertificateArn": arn}).to_string()).await;
        let mut value: Value = serde_json::from_str(&described.body).unwrap_or_default();
        show::certificate(memory, ask, &mut records, arn, &mut value["Certificate"]).await;
        if asked_for(body, &value["Certificate"]) {
            shown.push(show::summary(summary, &value["Certificate"]));
        }
    }
    Ok(reply(&json!({"CertificateSummaryList": shown})))
}

fn asked_for(body: &Value, certificate: &Value) -> bool {
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let statuses = texts(&body["CertificateStatuses"]);
    let mut keys = texts(&body["Includes"]["keyTypes"]);
    if keys.is_empty() {
        keys = LISTED_KEYS.map(str::to_owned).to_vec();
    }
    keys.iter().any(|key| key == text(certificate, "KeyAlgorithm"))
        && (statuses.is_empty() || statuses.iter().any(|status| status == text(certificate, "Status")))
}

async fn delete(memory: &Memory, ask: &Ask<'_>, body: &Value) -> Verdict {
    let arn = text(body, "CertificateArn");
    let used = memory.state().certificates.get(arn).is_some_and(|c| !c.in_use_by.is_empty());
    if used {
        let message = format!("Certificate {arn} in account is in use.");
        return Err(AwsError::new(400, "ResourceInUseException", message));
    }
    let answer = ask.forward().await;
    if !refused(&answer) {
        memory.state().certificates.remove(arn);
    }
    Ok(answer)
}

/// moto has no such call.
async fn options(memory: &Memory, ask: &Ask<'_>, body: &Value) -> Verdict {
    let arn = text(body, "CertificateArn");
    let found = ask.acm("DescribeCertificate", json!({"CertificateArn": arn}).to_string()).await;
    if refused(&found) {
        return Ok(found);
    }
    let found: Value = serde_json::from_str(&found.body).unwrap_or_default();
    let mut state = memory.state();
    let certificate = state.certificates.entry(arn.to_owned()).or_default();
    let merged = certificate
        .overrides
        .entry("Options".into())
        .or_insert_with(|| found["Certificate"]["Options"].clone());
    for (key, value) in body["Options"].as_object().into_iter().flatten() {
        merged[key.as_str()] = value.clone();
    }
    drop(state);
    Ok(reply(&json!({})))
}
