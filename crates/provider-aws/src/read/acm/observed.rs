//! From the list, tags, description and memory to one object, and what DNS says of its records.

use super::detail::{Detail, remembered_names};
use crate::dns::{Alias, Lookup};
use crate::marks::{self, Tags, plain_tags};
use aplomo_core::fields::Sight;
use aplomo_core::ledger::Remembered;
use aplomo_core::observation::OwnerMark;
use aplomo_core::{Datum, FieldPath, Model, Observed, RemoteId, Scope, Seen, Timestamp};
use aplomo_resources::acm::names::{algorithm, normal};
use aplomo_resources::acm::output::{self, FOUND, GONE, Part};
use aplomo_resources::acm::{self, model};
use aws_sdk_acm::types::{CertificateManagedBy, CertificateStatus, CertificateSummary, CertificateType};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Whose it is. CloudFront makes and keeps certificates of its own.
pub(super) fn owner(summary: &CertificateSummary, tags: Option<&Tags>) -> OwnerMark {
    let by = summary.managed_by().map(CertificateManagedBy::as_str);
    marks::owner(tags, "", by)
}

pub(super) fn object(
    scope: &Scope,
    id: RemoteId,
    summary: &CertificateSummary,
    (tags, mark): (Option<&Tags>, OwnerMark),
    (detail, memory): (Option<&Detail>, Option<&Remembered>),
) -> Observed {
    let names = names(summary, detail, memory);
    let fields = fields(summary, names, tags, (detail, memory));
    Observed {
        type_name: acm::CERTIFICATE,
        scope: scope.concrete(),
        key: None,
        mark,
        created_by: None,
        fields: fields.to_fields(),
        outputs: outputs(&id, summary, (detail, memory)),
        id,
        brought_along: false,
        raw: None,
        waiting: None,
    }
}

/// All names; `None` where the list has not all of them and nothing else tells.
fn names(
    summary: &CertificateSummary,
    detail: Option<&Detail>,
    memory: Option<&Remembered>,
) -> Option<BTreeSet<SmolStr>> {
    if let Some(detail) = detail.filter(|d| !d.names.is_empty()) {
        return Some(detail.names.clone());
    }
    let listed = summary.subject_alternative_name_summaries();
    if !listed.is_empty() && summary.has_additional_subject_alternative_names() != Some(true) {
        return Some(listed.iter().filter_map(|name| normal(name).ok()).collect());
    }
    memory.map(remembered_names).filter(|names| !names.is_empty())
}

fn fields(
    summary: &CertificateSummary,
    names: Option<BTreeSet<SmolStr>>,
    tags: Option<&Tags>,
    (detail, memory): (Option<&Detail>, Option<&Remembered>),
) -> model::Certificate<Seen> {
    let common = summary.domain_name().and_then(|name| normal(name).ok());
    let others = names.map(|all| all.into_iter().filter(|name| Some(name) != common.as_ref()).collect());
    let applied =
        memory.and_then(|m| m.values.get(&FieldPath::known("/validation"))).and_then(Datum::as_text);
    let validation = detail.and_then(|d| d.validation.clone()).or(applied.map(SmolStr::new));
    let plain = tags.into_iter().flat_map(plain_tags);
    model::Certificate {
        domain_name: common.map_or(Sight::Absent, Sight::Value),
        alternative_names: others.map_or(Sight::Hidden, Sight::Value),
        key_algorithm: summary.key_algorithm().map_or(Sight::Absent, |a| Sight::Value(algorithm(a.as_str()))),
        validation: validation.map_or(Sight::Hidden, Sight::Value),
        transparency: detail.and_then(|d| d.transparency).map_or(Sight::Hidden, Sight::Value),
        valid: Sight::Value(is_good(summary.status())),
        in_use: summary.in_use().map_or(Sight::Absent, Sight::Value),
        tags: plain.map(|(key, value)| (key.clone(), Sight::Value(value.clone()))).collect(),
    }
}

const fn is_good(status: Option<&CertificateStatus>) -> bool {
    !matches!(
        status,
        Some(
            CertificateStatus::Failed
                | CertificateStatus::ValidationTimedOut
                | CertificateStatus::Revoked
                | CertificateStatus::Expired
        )
    )
}

fn outputs(
    id: &RemoteId,
    summary: &CertificateSummary,
    (detail, memory): (Option<&Detail>, Option<&Remembered>),
) -> BTreeMap<SmolStr, Datum> {
    let mut out: BTreeMap<SmolStr, Datum> = memory
        .into_iter()
        .flat_map(|m| &m.outputs)
        .filter(|(k, _)| k.starts_with(output::VALIDATION))
        .map(own)
        .collect();
    out.extend(detail.into_iter().flat_map(|d| &d.records).map(own));
    let mut text = |name: &'static str, value: Option<&str>| {
        out.extend(value.map(|v| (SmolStr::new_static(name), Datum::from(v))));
    };
    text("id", Some(id.as_str()));
    text(output::ARN, Some(id.as_str()));
    text(output::STATUS, summary.status().map(CertificateStatus::as_str));
    text(output::TYPE, summary.r#type().map(CertificateType::as_str));
    text(output::RENEWAL, detail.and_then(|d| d.renewal.as_deref()));
    text(output::FAILURE, detail.and_then(|d| d.failure.as_deref()));
    let end = summary.not_after().and_then(|at| Timestamp::from_second(at.secs()).ok());
    text(output::NOT_AFTER, end.map(|end| end.to_string()).as_deref());
    out
}

fn own((key, value): (&SmolStr, &Datum)) -> (SmolStr, Datum) {
    (key.clone(), value.clone())
}

/// Adds what DNS says of each validation record; nothing where it does not say.
pub(super) async fn look_up(object: &mut Observed, dns: &Lookup) {
    let names: BTreeSet<String> =
        object.outputs.keys().filter_map(|key| output::validated_name(key)).map(str::to_owned).collect();
    for name in names {
        let text = |part| object.outputs.get(&output::validation(&name, part));
        let Some(record) = text(Part::Name).and_then(Datum::as_text) else { continue };
        let Some(Datum::List(values)) = text(Part::Values) else { continue };
        let seen = match dns.cname(record).await {
            Alias::Unknown => continue,
            Alias::None => GONE.to_owned(),
            Alias::To(target) if values.iter().any(|v| v.as_text() == Some(&target)) => FOUND.to_owned(),
            Alias::To(target) => target,
        };
        object.outputs.insert(output::validation(&name, Part::Seen), Datum::from(seen.as_str()));
    }
}

/// One that timed out and whose records are not in DNS may still become good: it is asked for again once
/// they are. Until then it waits and is no difference.
pub(super) fn wait_for_records(object: &mut Observed) {
    if let Some(why) = acm::waiting_again(&object.outputs) {
        object.fields.set(FieldPath::known("/valid"), Sight::Value(Datum::Bool(true)));
        object.waiting = Some(why);
    }
}
