//! The names of all metrics, with what they mean: the one place to look them up.

/// A metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Described {
    /// Its name.
    pub name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// What it means.
    pub help: &'static str,
}

macro_rules! metrics {
    ($($(#[$doc:meta])* $constant:ident = $kind:literal $name:literal [$($label:literal),*] $help:literal;)*) => {
        $(#[doc = $help] pub const $constant: Described =
            Described { name: $name, kind: $kind, labels: &[$($label),*], help: $help };)*
        /// All of them.
        pub const ALL: &[Described] = &[$($constant),*];
    };
}

metrics! {
    PLANS = "counter" "aplomo_plans_total" [] "Plans made.";
    RUNS = "counter" "aplomo_runs_total" ["ending"] "Runs that ended, by how they ended.";
    API_CALLS = "counter" "aplomo_api_calls_total" ["call"] "Calls to providers by service:Action, attempt by attempt.";
    RECONCILE = "histogram" "aplomo_reconcile_seconds" [] "How long it took to read, plan and apply once, in seconds.";
    REQUESTS = "counter" "aplomo_http_requests_total" ["route", "status"] "Requests to this API by route and status.";
    REPORTS = "counter" "aplomo_reports_total" ["receiver", "result"] "Drift reports handed over, by file, slack or mail, and whether they were taken (sent) or not (failed, and tried again).";
    DRIFT_CHANGES = "gauge" "aplomo_drift_changes" ["tenant"] "Changes that would undo drift, as last looked for.";
    DRIFT_AGE = "gauge" "aplomo_drift_age_seconds" ["tenant"] "Time since drift was last looked for, in seconds.";
    HEAD_INFO = "gauge" "aplomo_audit_head_info" ["tenant", "hash"] "Always 1; hash is the head of the tenant's audit chain.";
    HEAD_SEQ = "gauge" "aplomo_audit_head_seq" ["tenant"] "The number of the newest entry of the tenant's audit chain.";
    SOURCE_AGE = "gauge" "aplomo_source_age_seconds" ["source"] "Time since the source was last read, in seconds.";
    SOURCE_HELD = "gauge" "aplomo_source_held" ["source"] "1 where the source is held until somebody accepts its history.";
    BREAK_GLASS = "gauge" "aplomo_break_glass" ["tenant"] "1 while freezes and windows of the tenant are open in an emergency.";
    QUARANTINED = "gauge" "aplomo_quarantined" ["tenant"] "Changes that did not converge and are not written again.";
}
