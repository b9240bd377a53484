//! Metrics: counters that the daemon feeds as things happen, and gauges that are worked out from the
//! status at each scrape, so that an age grows while the loop stands still and nothing outlives what
//! it speaks of.

mod gauges;
pub mod names;

use crate::data::StatusData;
use crate::error::ServeError;
use aplomo_core::plan::Plan;
use aplomo_core::run::Run;
use axum::http::StatusCode;
use metrics::{counter, describe_counter, describe_histogram, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Duration;

/// From a plan out of the cache to a long backlog, in seconds.
const BUCKETS: [f64; 10] = [0.1, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0];

/// What `/metrics` shows. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// All metrics as Prometheus text; those worked out from the status are missing without one.
    #[must_use]
    pub fn render(&self, status: Option<&StatusData>) -> String {
        self.0.run_upkeep();
        let counted = self.0.render();
        counted + &status.map(gauges::render).unwrap_or_default()
    }
}

/// Collects this process's metrics from now on. Once per process.
///
/// # Errors
/// [`ServeError::Metrics`] where something collects them already.
pub fn install_recorder() -> Result<Metrics, ServeError> {
    let failed = |error: BuildError| ServeError::Metrics(error.to_string());
    let exact = Matcher::Full(names::RECONCILE.name.to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(exact, &BUCKETS).map_err(failed)?;
    let metrics = Metrics(builder.install_recorder().map_err(failed)?);
    for metric in names::ALL {
        match metric.kind {
            "counter" => describe_counter!(metric.name, metric.help),
            "histogram" => describe_histogram!(metric.name, metric.help),
            _ => {} // gauges carry their own description, see `gauges`
        }
    }
    Ok(metrics)
}

/// Counts a plan and the calls it took.
pub fn observe_plan(plan: &Plan) {
    counter!(names::PLANS.name).increment(1);
    observe_calls(&plan.meta.api_calls);
}

/// Counts a run that ended and the calls it took itself.
pub fn observe_run(run: &Run) {
    if let Some(ending) = run.ending {
        let ending = serde_json::to_value(ending).ok().and_then(|word| word.as_str().map(ToOwned::to_owned));
        counter!(names::RUNS.name, "ending" => ending.unwrap_or_default()).increment(1);
    }
    observe_calls(&run.meta.api_calls);
}

/// Counts a drift report that was handed to a receiver, and whether it was taken.
pub fn observe_report(receiver: &'static str, taken: bool) {
    let result = if taken { "sent" } else { "failed" };
    counter!(names::REPORTS.name, "receiver" => receiver, "result" => result).increment(1);
}

/// Records how long one round of reading, planning and applying took.
pub fn observe_reconcile(took: Duration) {
    histogram!(names::RECONCILE.name).record(took.as_secs_f64());
}

fn observe_calls(calls: &std::collections::BTreeMap<String, u64>) {
    for (call, count) in calls {
        counter!(names::API_CALLS.name, "call" => call.clone()).increment(*count);
    }
}

/// Counts a request by route pattern, never by path: paths are without number.
pub(crate) fn observe_request(route: String, status: StatusCode) {
    counter!(names::REQUESTS.name, "route" => route, "status" => status.as_str().to_owned()).increment(1);
}
