//! What is to be said of a certificate that is there: near its end, failing to renew, waiting for a
//! record in somebody else's DNS, or about to fail because that record vanished.

use super::model::Certificate;
use super::output::{self, FOUND, GONE, Part};
use aplomo_core::types::Watch;
use aplomo_core::{Datum, Finding, Seen, SignedDuration, Timestamp};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The hint that says how many days before the end to warn.
pub const EXPIRY_WARNING_DAYS: &str = "expiryWarningDays";
/// The hint that says that the records are written by somebody else.
pub const EXTERNAL: &str = "external";
/// When to warn where nothing is said. ACM begins to renew 60 days before the end.
const USUAL_WARNING_DAYS: i64 = 30;

pub(super) fn certificate(seen: &Certificate<Seen>, watch: &Watch<'_>) -> Vec<Finding> {
    let cx = Cx { seen, watch };
    let mut out = Vec::new();
    match cx.text(output::STATUS) {
        Some("ISSUED" | "INACTIVE") => {
            out.extend(cx.near_the_end());
            out.extend(cx.renewal());
            out.extend(cx.names().into_iter().filter_map(|name| cx.vanished(name)));
        }
        Some("PENDING_VALIDATION") => {
            out.extend(cx.names().into_iter().filter_map(|name| cx.hand_over(name)));
        }
        Some(status @ ("FAILED" | "VALIDATION_TIMED_OUT" | "REVOKED" | "EXPIRED")) => {
            out.push(cx.failed(status))
        }
        _ => {}
    }
    out
}

struct Cx<'a> {
    seen: &'a Certificate<Seen>,
    watch: &'a Watch<'a>,
}

impl<'a> Cx<'a> {
    fn text(&self, output: &str) -> Option<&'a str> {
        self.watch.outputs.get(output).and_then(Datum::as_text)
    }

    fn called(&self) -> &'a str {
        self.seen.domain_name.value().map_or("a name that was not seen", SmolStr::as_str)
    }

    fn names(&self) -> BTreeSet<&'a str> {
        self.watch.outputs.keys().filter_map(|output| output::validated_name(output)).collect()
    }

    /// The record of a name as it stands in a zone file.
    fn record(&self, name: &str) -> Option<(&'a str, &'a str)> {
        let values = self.watch.outputs.get(&output::validation(name, Part::Values))?;
        let Datum::List(values) = values else { return None };
        Some((self.text(&output::validation(name, Part::Name))?, values.first()?.as_text()?))
    }

    fn is_external(&self) -> bool {
        self.watch.hints.get(EXTERNAL) == Some(&Datum::Bool(true))
    }

    fn near_the_end(&self) -> Option<Finding> {
        let days = match self.watch.hints.get(EXPIRY_WARNING_DAYS) {
            Some(Datum::Int(days)) => *days,
            _ => USUAL_WARNING_DAYS,
        };
        let end: Timestamp = self.text(output::NOT_AFTER)?.parse().ok()?;
        let left = end.duration_since(self.watch.as_of);
        if left > SignedDuration::from_hours(24 * days.clamp(0, 10_000)) {
            return None;
        }
        let left = left.as_hours() / 24;
        let message = format!("the certificate for {} ends on {end}, in {left} days", self.called());
        let unused = self.seen.in_use.value() == Some(&false);
        let help = if unused {
            "nothing uses it, and ACM renews only what is in use: use it, or take its manifest away"
        } else {
            "look at its renewal and at its validation records"
        };
        Some(Finding::warning("certificate-near-expiry", message).help(help))
    }

    fn renewal(&self) -> Option<Finding> {
        let state = self.text(output::RENEWAL)?;
        let missing = match state {
            "FAILED" => "failed",
            "PENDING_VALIDATION" => "waits for a validation record",
            _ => return None,
        };
        let why = self.text(output::FAILURE).map(|why| format!(" ({why})")).unwrap_or_default();
        let message = format!("the renewal of the certificate for {} {missing}{why}", self.called());
        Some(Finding::warning("renewal-failing", message).help(self.all_records()))
    }

    fn all_records(&self) -> String {
        let records = self.names().into_iter().filter_map(|name| self.record(name));
        let lines: Vec<String> = records.map(|(name, value)| format!("{name} CNAME {value}")).collect();
        format!("these records must be in DNS: {}", lines.join("; "))
    }

    fn vanished(&self, name: &str) -> Option<Finding> {
        let seen = self.text(&output::validation(name, Part::Seen)).filter(|seen| *seen != FOUND)?;
        let (owner, value) = self.record(name)?;
        let what = if seen == GONE { "is gone".to_owned() } else { format!("is `{seen}` now") };
        let message = format!("the record {owner} that proves {name} {what}: the next renewal will fail");
        Some(
            Finding::warning("validation-record-vanished", message)
                .help(format!("put it back: {owner} CNAME {value}")),
        )
    }

    fn hand_over(&self, name: &str) -> Option<Finding> {
        let (owner, value) = self.record(name).filter(|_| self.is_external())?;
        if self.text(&output::validation(name, Part::Seen)) == Some(FOUND) {
            let message = format!("the record {owner} that proves {name} is there; ACM has yet to see it");
            return Some(Finding::info("validation-record", message));
        }
        let message = format!("to prove {name}, its DNS needs the record {owner} CNAME {value}");
        Some(
            Finding::info("validation-record", message)
                .help("hand it to whoever looks after that zone, and let it stay: renewals need it"),
        )
    }

    fn failed(&self, status: &str) -> Finding {
        let what = match status {
            "VALIDATION_TIMED_OUT" => "was not validated within 72 hours",
            "REVOKED" => "was revoked",
            "EXPIRED" => "has expired",
            _ => "could not be issued",
        };
        let why = self.text(output::FAILURE).map(|why| format!(" ({why})")).unwrap_or_default();
        let message = format!("the certificate for {} {what}{why}", self.called());
        // One that is still worth having is only waited for, see the reader.
        let waits = status == "VALIDATION_TIMED_OUT" && self.seen.valid.value() == Some(&true);
        let next = if waits {
            "it is asked for again once they are, under the same approval while that stands"
        } else {
            "the plan asks for another one"
        };
        Finding::warning("certificate-failed", message).help(format!("{}; {next}", self.all_records()))
    }
}

#[cfg(test)]
mod tests;
