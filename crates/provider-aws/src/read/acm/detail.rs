//! DescribeCertificate: what the list does not tell, and when it need not be asked.

#![allow(
    deprecated,
    reason = "nobody can opt out of transparency any more, but old certificates show that somebody did"
)]

use crate::line::Line;
use crate::problem::AwsProblem;
use aplomo_core::ledger::Remembered;
use aplomo_core::{Datum, FieldPath, SignedDuration, Timestamp};
use aplomo_resources::acm::names::normal;
use aplomo_resources::acm::output::{self, Part};
use aplomo_resources::route53::dns::Name;
use aws_sdk_acm::Client;
use aws_sdk_acm::types::{
    CertificateDetail, CertificateStatus, CertificateSummary, CertificateTransparencyLoggingPreference,
    DomainValidation, RenewalEligibility,
};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

pub(crate) const DESCRIBE: &str = "acm:DescribeCertificate";
/// ACM begins to renew 60 days before the end; from then on its progress is asked for.
const RENEWAL_WINDOW: SignedDuration = SignedDuration::from_hours(24 * 60);

/// What a description tells beyond the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Detail {
    /// All names, the common one too, in normal form.
    pub(crate) names: BTreeSet<SmolStr>,
    /// `DNS` or `EMAIL`.
    pub(crate) validation: Option<SmolStr>,
    /// Outputs about validation records.
    pub(crate) records: BTreeMap<SmolStr, Datum>,
    pub(crate) transparency: Option<bool>,
    pub(crate) renewal: Option<String>,
    pub(crate) failure: Option<String>,
}

impl Detail {
    /// Whether the record of every name is known.
    pub(crate) fn has_all_records(&self) -> bool {
        covers(self.names.iter(), &self.records)
    }
}

fn covers<'n>(names: impl IntoIterator<Item = &'n SmolStr>, records: &BTreeMap<SmolStr, Datum>) -> bool {
    let parts = [Part::Name, Part::Values];
    names
        .into_iter()
        .all(|name| parts.iter().all(|part| records.contains_key(&output::validation(name, *part))))
}

/// Why there is no description.
pub(super) enum Missed {
    /// The certificate went since it was listed.
    Gone,
    /// In words.
    Problem(String),
}

/// Descriptions by ARN, as far as they never change.
#[derive(Debug, Default)]
pub(crate) struct Details(Mutex<BTreeMap<String, Detail>>);

impl Details {
    pub(crate) fn get(&self, arn: &str) -> Option<Detail> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(arn).cloned()
    }

    /// Keeps it, once ACM has made up its records. Transparency logging is kept as it was seen: where
    /// somebody manages it, it is asked for anyway, and else it must not seem to come and go.
    pub(crate) fn put(&self, arn: &str, detail: &Detail) {
        let lasting = Detail { renewal: None, failure: None, ..detail.clone() };
        if lasting.has_all_records() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(arn.to_owned(), lasting);
        }
    }
}

/// Whether the list, a former description and memory tell all there is to know.
pub(super) fn is_enough(
    summary: &CertificateSummary,
    before: Option<&Detail>,
    memory: Option<&Remembered>,
    now: Timestamp,
) -> bool {
    let quiet =
        matches!(summary.status(), Some(CertificateStatus::Issued | CertificateStatus::PendingValidation));
    let end = summary.not_after().and_then(|at| Timestamp::from_second(at.secs()).ok());
    let renews = summary.renewal_eligibility() == Some(&RenewalEligibility::Eligible)
        && end.is_some_and(|end| end.duration_since(now) < RENEWAL_WINDOW);
    let managed = |path| memory.is_some_and(|m| m.values.contains_key(&FieldPath::known(path)));
    // Transparency logging can be switched by hand, and only a description shows it.
    if !quiet || renews || managed("/transparencyLogging") {
        return false;
    }
    if before.is_some_and(Detail::has_all_records) {
        return true;
    }
    let Some(memory) = memory else { return false };
    let names = remembered_names(memory);
    !names.is_empty() && managed("/validation") && covers(&names, &memory.outputs)
}

/// The names that a certificate was asked for with: they never change for its ARN.
pub(super) fn remembered_names(memory: &Remembered) -> BTreeSet<SmolStr> {
    let text = |datum: &Datum| datum.as_text().map(SmolStr::new);
    let common = memory.values.get(&FieldPath::known("/domainName")).and_then(text);
    let others = match memory.values.get(&FieldPath::known("/alternativeNames")) {
        Some(Datum::List(names)) => names.iter().filter_map(text).collect(),
        _ => Vec::new(),
    };
    common.into_iter().chain(others).collect()
}

pub(super) async fn describe(line: &Line<'_>, client: &Client, arn: &str) -> Result<Detail, Missed> {
    match ask(line, client, arn).await {
        Ok(Some(detail)) => Ok(of(&detail)),
        Ok(None) => Err(Missed::Problem(format!("{DESCRIBE}: the answer for {arn} holds no certificate"))),
        Err(AwsProblem::Refused { code, .. }) if code == "ResourceNotFoundException" => Err(Missed::Gone),
        Err(problem) => Err(Missed::Problem(format!("{arn} could not be described: {problem}"))),
    }
}

/// The description as ACM gives it.
pub(crate) async fn ask(
    line: &Line<'_>,
    client: &Client,
    arn: &str,
) -> Result<Option<CertificateDetail>, AwsProblem> {
    let request = client.describe_certificate().certificate_arn(arn);
    let answer = line.ask(DESCRIBE, |probe| request.customize().interceptor(probe).send()).await?;
    Ok(answer.certificate)
}

/// What of a description counts.
pub(crate) fn of(detail: &CertificateDetail) -> Detail {
    let names = detail.subject_alternative_names().iter().map(String::as_str).chain(detail.domain_name());
    let options = detail.domain_validation_options();
    let method = options.iter().find_map(DomainValidation::validation_method);
    let logging = detail.options().and_then(|o| o.certificate_transparency_logging_preference());
    let renewal = detail.renewal_summary();
    let failure = detail.failure_reason().or(renewal.and_then(|r| r.renewal_status_reason()));
    Detail {
        names: names.filter_map(|name| normal(name).ok()).collect(),
        validation: method.map(|m| SmolStr::new(m.as_str())),
        records: options.iter().flat_map(record).collect(),
        transparency: logging.map(|l| *l == CertificateTransparencyLoggingPreference::Enabled),
        renewal: renewal.map(|r| r.renewal_status().as_str().to_owned()),
        failure: failure.map(|f| f.as_str().to_owned()),
    }
}

/// The outputs about one name's record, absolute and lower case.
fn record(option: &DomainValidation) -> Vec<(SmolStr, Datum)> {
    let Some(record) = option.resource_record() else { return Vec::new() };
    let absolute = |text: &str| Name::from_service(text).ok().map(|name| Datum::from(name.as_str()));
    let (Some(name), Some(value), Ok(proven)) =
        (absolute(record.name()), absolute(record.value()), normal(option.domain_name()))
    else {
        return Vec::new();
    };
    vec![
        (output::validation(&proven, Part::Name), name),
        (output::validation(&proven, Part::Values), Datum::List(vec![value])),
    ]
}
