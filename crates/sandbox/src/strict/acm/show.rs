//! A certificate as ACM shows it, made of moto's and what strict mode knows beside it.

use serde_json::{Map, Value, json};

use super::super::ask::Ask;
use super::super::memory::{Certificate, Memory};
use super::records::Records;
use super::text;

/// Fields that only an issued certificate has.
const ISSUED_ONLY: [&str; 4] = ["IssuedAt", "NotBefore", "NotAfter", "Serial"];

pub(super) async fn certificate(
    memory: &Memory,
    ask: &Ask<'_>,
    records: &mut Records,
    arn: &str,
    shown: &mut Value,
) {
    let known = memory.state().certificates.get(arn).cloned().unwrap_or_default();
    if text(shown, "Type") == "AMAZON_ISSUED" {
        let issued = validate(memory, ask, records, &known, shown).await;
        if issued && !known.issued {
            memory.state().certificates.entry(arn.to_owned()).or_default().issued = true;
        }
        let looks = memory.state().pace.validation_records;
        let Some(fields) = shown.as_object_mut() else { return };
        tidy(fields, &known, issued, known.described <= looks);
    }
    if let Some(fields) = shown.as_object_mut() {
        fields.extend(known.overrides.clone());
    }
}

/// Each name's state, and whether all are validated.
async fn validate(
    memory: &Memory,
    ask: &Ask<'_>,
    records: &mut Records,
    known: &Certificate,
    shown: &mut Value,
) -> bool {
    let mut all = true;
    for option in shown["DomainValidationOptions"].as_array_mut().into_iter().flatten() {
        let (name, value) = record_of(text(option, "DomainName"));
        let valid = known.issued || records.exists(memory, ask, &name, &value).await;
        option["ValidationStatus"] = json!(if valid { "SUCCESS" } else { "PENDING_VALIDATION" });
        option["ResourceRecord"] = json!({"Name": name, "Type": "CNAME", "Value": value});
        all &= valid;
    }
    all
}

fn tidy(fields: &mut Map<String, Value>, known: &Certificate, issued: bool, early: bool) {
    fields.insert("Status".into(), json!(if issued { "ISSUED" } else { "PENDING_VALIDATION" }));
    if !issued {
        ISSUED_ONLY.iter().for_each(|field| drop(fields.remove(*field)));
    }
    if let Some(key) = &known.key_algorithm {
        fields.insert("KeyAlgorithm".into(), json!(key));
    }
    fields.insert("InUseBy".into(), json!(known.in_use_by));
    let eligible = issued && !known.in_use_by.is_empty();
    fields.insert("RenewalEligibility".into(), json!(if eligible { "ELIGIBLE" } else { "INELIGIBLE" }));
    let by_mail = known.method.as_deref() == Some("EMAIL");
    let options = fields.get_mut("DomainValidationOptions").and_then(Value::as_array_mut);
    for option in options.into_iter().flatten().filter_map(Value::as_object_mut) {
        if by_mail {
            option.insert("ValidationMethod".into(), json!("EMAIL"));
        }
        if by_mail || (early && !issued) {
            option.remove("ResourceRecord");
        }
    }
}

/// The line of ListCertificates.
pub(super) fn summary(listed: &Value, certificate: &Value) -> Value {
    let mut line = listed.as_object().cloned().unwrap_or_default();
    for field in ["Status", "KeyAlgorithm", "RenewalEligibility", "IssuedAt", "NotBefore", "NotAfter"] {
        match certificate.get(field) {
            Some(value) => line.insert(field.into(), value.clone()),
            None => line.remove(field),
        };
    }
    let used = certificate["InUseBy"].as_array().is_some_and(|users| !users.is_empty());
    line.insert("InUse".into(), json!(used));
    line.insert("SubjectAlternativeNameSummaries".into(), certificate["SubjectAlternativeNames"].clone());
    line.insert("HasAdditionalSubjectAlternativeNames".into(), json!(false));
    Value::Object(line)
}

/// The validation record of a name; a wildcard shares its parent's. moto has one value for all names, where a mix-up
/// would not be noticed.
fn record_of(domain: &str) -> (String, String) {
    let base = domain.strip_prefix("*.").unwrap_or(domain);
    let (name, value) = (digest(base, 1), digest(base, 2));
    (format!("_{name:032x}.{base}."), format!("_{value:032x}.sandbox.acm-validations.aws."))
}

/// FNV-1a over the text: all that is wanted is another number for another name.
fn digest(text: &str, seed: u8) -> u128 {
    let bytes = std::iter::once(seed).chain(text.bytes());
    bytes.fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    })
}
