//! Health checks of an account: ListHealthChecks 100 a page, and tags only where there are any.

use super::tags;
use crate::line::{Line, Site};
use crate::marks::{Tags, owner, plain_tags};
use crate::read::{bare_id, cut_short, observation, weaken};
use aplomo_core::fields::Sight;
use aplomo_core::ports::{Fut, Pick, ReadCx, Reader};
use aplomo_core::types::Type;
use aplomo_core::{Coverage, Datum, Model, Observation, Observed, RemoteId, Scope, Seen, TypeName};
use aplomo_resources::route53::{self, model};
use aws_sdk_route53::Client;
use aws_sdk_route53::types::{HealthCheck, TagResourceType};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

const LIST: &str = "route53:ListHealthChecks";
const PAGE: i32 = 100;

/// What a later update needs beyond the normal form.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RawCheck {
    /// HealthCheckVersion: an update names the version it is made for.
    pub(crate) version: i64,
}

/// Reads health checks.
#[derive(Debug)]
pub(crate) struct HealthChecks {
    site: Arc<Site>,
    client: Client,
}

impl HealthChecks {
    pub(crate) const fn new(site: Arc<Site>, client: Client) -> Self {
        Self { site, client }
    }

    /// Every call it can make.
    #[must_use]
    pub(crate) const fn calls() -> &'static [&'static str] {
        &[LIST, tags::LIST_TAGS]
    }

    async fn list(&self, line: &Line<'_>) -> (Vec<HealthCheck>, Coverage) {
        let (mut checks, mut marker) = (Vec::new(), None);
        loop {
            let request = self.client.list_health_checks().max_items(PAGE).set_marker(marker.clone());
            let page = match line.ask(LIST, |probe| request.customize().interceptor(probe).send()).await {
                Ok(page) => page,
                Err(problem) => {
                    let coverage = cut_short(&problem, checks.len(), "health checks");
                    return (checks, coverage);
                }
            };
            checks.extend(page.health_checks);
            if !page.is_truncated {
                return (checks, Coverage::Complete);
            }
            if page.next_marker.is_none() || page.next_marker == marker {
                let why = format!("{LIST}: the page after {marker:?} does not say where to go on");
                return (checks, Coverage::LowerBound(why));
            }
            marker = page.next_marker;
        }
    }

    async fn observe(&self, line: &Line<'_>, scope: &Scope) -> (Vec<Observed>, Coverage) {
        let (checks, mut coverage) = self.list(line).await;
        let ids: Vec<String> = checks.iter().map(|check| bare_id(&check.id).to_owned()).collect();
        let (tags, _) = tags::read(line, &self.client, &TagResourceType::Healthcheck, &ids).await;
        let mut objects = Vec::with_capacity(checks.len());
        for check in &checks {
            match observed(check, tags.get(bare_id(&check.id)), scope) {
                Ok(object) => objects.push(object),
                Err(why) => {
                    weaken(&mut coverage, format!("health check {} could not be taken: {why}", check.id))
                }
            }
        }
        (objects, coverage)
    }
}

fn seen<T>(value: Option<T>) -> Sight<T> {
    value.map_or(Sight::Absent, Sight::Value)
}

fn number<N: TryFrom<i32>>(value: Option<i32>) -> Sight<N> {
    seen(value.and_then(|n| N::try_from(n).ok()))
}

/// The fields. What the service leaves out of the types we do not make (calculated, alarm) is absent.
fn fields(check: &HealthCheck, tags: Option<&Tags>) -> model::HealthCheck<Seen> {
    let plain = tags.into_iter().flat_map(plain_tags);
    let tags = plain.map(|(key, value)| (key.clone(), Sight::Value(value.clone()))).collect();
    let Some(config) = &check.health_check_config else {
        return model::HealthCheck { tags, ..Default::default() };
    };
    let regions = config.regions.as_ref().filter(|regions| !regions.is_empty());
    let text = |text: &Option<String>| seen(text.as_deref().filter(|t| !t.is_empty()).map(SmolStr::new));
    model::HealthCheck {
        check_type: Sight::Value(SmolStr::new(config.r#type.as_str())),
        fqdn: seen(
            config.fully_qualified_domain_name.as_deref().map(|n| SmolStr::new(n.trim_end_matches('.'))),
        ),
        ip: text(&config.ip_address),
        port: number(config.port),
        path: seen(config.resource_path.clone().filter(|p| !p.is_empty())),
        search_string: seen(config.search_string.clone().filter(|s| !s.is_empty())),
        interval: number(config.request_interval),
        failure_threshold: number(config.failure_threshold),
        measure_latency: seen(config.measure_latency),
        inverted: seen(config.inverted),
        disabled: seen(config.disabled),
        enable_sni: seen(config.enable_sni),
        regions: seen(regions.map(|all| all.iter().map(|region| SmolStr::new(region.as_str())).collect())),
        tags,
    }
}

fn observed(check: &HealthCheck, tags: Option<&Tags>, scope: &Scope) -> Result<Observed, String> {
    let fields = fields(check, tags);
    let linked = check.linked_service.as_ref();
    let linked = linked.and_then(|l| l.service_principal.as_deref().or(l.description.as_deref()));
    let id = RemoteId::new(bare_id(&check.id)).map_err(|bad| bad.to_string())?;
    let raw = serde_json::to_string(&RawCheck { version: check.health_check_version });
    Ok(Observed {
        type_name: route53::HEALTH_CHECK,
        scope: scope.concrete(),
        key: route53::health_check::Check::identity(&fields),
        mark: owner(tags, &check.caller_reference, linked),
        created_by: Some(SmolStr::new(&check.caller_reference)),
        fields: fields.to_fields(),
        outputs: BTreeMap::from([(SmolStr::new_static("id"), Datum::from(id.as_str()))]),
        id,
        brought_along: false,
        raw: raw.ok().map(Into::into),
        waiting: None,
    })
}

impl Reader for HealthChecks {
    fn feeds(&self) -> &[TypeName] {
        const FEEDS: &[TypeName] = &[route53::HEALTH_CHECK];
        FEEDS
    }
    fn after(&self) -> &[TypeName] {
        &[]
    }
    fn read<'a>(&'a self, cx: &'a ReadCx<'a>, scope: &'a Scope, _: Pick<'a>) -> Fut<'a, Observation> {
        Box::pin(async move {
            let begun = cx.clock.now();
            let line = Line::to_read(&self.site, cx, Some(scope));
            let (objects, coverage) = self.observe(&line, scope).await;
            observation(&line, begun, scope, (route53::HEALTH_CHECK, objects, coverage))
        })
    }
}
