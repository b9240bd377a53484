//! Gauges worked out from the status, as Prometheus text.

use super::names::{self, Described};
use crate::data::{StatusData, TenantData};
use aplomo_core::Timestamp;
use std::fmt::Write as _;

/// The gauges of a status.
pub(super) fn render(status: &StatusData) -> String {
    let mut out = String::new();
    tenants(&mut out, status);
    sources(&mut out, status);
    out
}

fn tenants(out: &mut String, status: &StatusData) {
    let each = |value: &dyn Fn(&TenantData) -> Option<i64>| -> Vec<(Vec<String>, i64)> {
        status.tenants.iter().filter_map(|t| Some((vec![t.name.to_string()], value(t)?))).collect()
    };
    // A tenant where nobody looked has no number: zero would say that there is no drift.
    let looked = |t: &TenantData| t.drift_as_of.map(|_| i64::from(t.drift_changes));
    gauge(out, &names::DRIFT_CHANGES, each(&looked));
    gauge(out, &names::DRIFT_AGE, each(&|t| Some(age(status.now, t.drift_as_of?))));
    gauge(out, &names::HEAD_SEQ, each(&|t| Some(t.audit_head.as_ref()?.seq)));
    let heads = status.tenants.iter().filter_map(|t| Some((t, t.audit_head.as_ref()?)));
    let heads = heads.map(|(t, head)| (vec![t.name.to_string(), head.hash.to_string()], 1));
    gauge(out, &names::HEAD_INFO, heads.collect());
    let stuck = |t: &TenantData| {
        let count = status.quarantine.iter().filter(|q| q.address.tenant() == t.name.as_str()).count();
        i64::try_from(count).ok()
    };
    gauge(out, &names::QUARANTINED, each(&stuck));
    let open =
        |t: &TenantData| Some(i64::from(status.break_glass.iter().any(|glass| glass.tenant == t.name)));
    gauge(out, &names::BREAK_GLASS, each(&open));
}

fn sources(out: &mut String, status: &StatusData) {
    let ages =
        status.sources.iter().filter_map(|s| Some((vec![s.name.to_string()], age(status.now, s.read_at?))));
    gauge(out, &names::SOURCE_AGE, ages.collect());
    let held = status.sources.iter().map(|s| (vec![s.name.to_string()], i64::from(s.held.is_some())));
    gauge(out, &names::SOURCE_HELD, held.collect());
}

fn age(now: Timestamp, then: Timestamp) -> i64 {
    now.duration_since(then).as_secs().max(0)
}

fn gauge(out: &mut String, metric: &Described, samples: Vec<(Vec<String>, i64)>) {
    if samples.is_empty() {
        return;
    }
    let _ = writeln!(out, "# HELP {} {}\n# TYPE {} {}", metric.name, metric.help, metric.name, metric.kind);
    for (values, number) in samples {
        let pairs =
            metric.labels.iter().zip(&values).map(|(label, value)| format!("{label}=\"{}\"", escape(value)));
        let _ = writeln!(out, "{}{{{}}} {number}", metric.name, pairs.collect::<Vec<_>>().join(","));
    }
}

fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
