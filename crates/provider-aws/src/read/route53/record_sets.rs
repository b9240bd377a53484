//! Record sets of one zone: ListResourceRecordSets 300 a page, going on by name, type and identifier.

use super::NAME_SERVERS;
use crate::line::{Line, Site};
use crate::problem::AwsProblem;
use crate::read::{cut_short, observation, weaken};
use crate::record::seen::observed;
use aplomo_core::ports::{Fut, Pick, ReadCx, Reader};
use aplomo_core::{Coverage, Datum, Observation, Observed, Scope, TypeName};
use aplomo_resources::route53;
use aws_sdk_route53::Client;
use aws_sdk_route53::operation::list_resource_record_sets::ListResourceRecordSetsOutput;
use aws_sdk_route53::types::RrType;
use smol_str::SmolStr;
use std::sync::Arc;

const LIST: &str = "route53:ListResourceRecordSets";
const PAGE: i32 = 300;

/// Reads the record sets of a zone.
#[derive(Debug)]
pub(crate) struct RecordSets {
    site: Arc<Site>,
    client: Client,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Default)]
struct Start {
    name: Option<String>,
    kind: Option<RrType>,
    identifier: Option<String>,
}

impl Start {
    fn after(page: &ListResourceRecordSetsOutput) -> Self {
        Self {
            name: page.next_record_name.clone(),
            kind: page.next_record_type.clone(),
            identifier: page.next_record_identifier.clone(),
        }
    }
}

impl RecordSets {
    pub(crate) const fn new(site: Arc<Site>, client: Client) -> Self {
        Self { site, client }
    }

    /// Every call it can make.
    #[must_use]
    pub(crate) const fn calls() -> &'static [&'static str] {
        &[LIST]
    }

    async fn page(
        &self,
        line: &Line<'_>,
        zone: &str,
        start: &Start,
    ) -> Result<ListResourceRecordSetsOutput, AwsProblem> {
        let request = self
            .client
            .list_resource_record_sets()
            .hosted_zone_id(zone)
            .max_items(PAGE)
            .set_start_record_name(start.name.clone())
            .set_start_record_type(start.kind.clone())
            .set_start_record_identifier(start.identifier.clone());
        line.ask(LIST, |probe| request.customize().interceptor(probe).send()).await
    }

    async fn observe(&self, line: &Line<'_>, scope: &Scope) -> (Vec<Observed>, Coverage) {
        let Some(zone) = &scope.container else {
            return (Vec::new(), Coverage::Failed("the zone's id is not known".into()));
        };
        let (mut objects, mut coverage) = (Vec::new(), Coverage::Complete);
        let mut start = Start::default();
        loop {
            let page = match self.page(line, zone.as_str(), &start).await {
                Ok(page) => page,
                // The service itself says that there is no such zone, so there is nothing in it.
                Err(problem) if problem.code() == "NoSuchHostedZone" && objects.is_empty() => break,
                Err(problem) => {
                    coverage = cut_short(&problem, objects.len(), "record sets");
                    break;
                }
            };
            for set in &page.resource_record_sets {
                match observed(&set.into(), scope) {
                    Ok(object) => objects.push(object),
                    Err(why) => {
                        weaken(&mut coverage, format!("{LIST}: a record set could not be taken: {why}"))
                    }
                }
            }
            let next = Start::after(&page);
            if !page.is_truncated {
                break;
            }
            if next == start || next.name.is_none() {
                weaken(
                    &mut coverage,
                    format!("{LIST}: the page after {:?} does not say where to go on", start.name),
                );
                break;
            }
            start = next;
        }
        bring_along(&mut objects);
        (objects, coverage)
    }
}

/// The SOA tells which name is the apex; its NS and SOA came with the zone, and the NS values are
/// the zone's name servers.
fn bring_along(objects: &mut [Observed]) {
    let kind = |object: &Observed, kind: &str| object.fields.text("/type") == Some(kind);
    let apex = objects.iter().find(|o| kind(o, "SOA")).and_then(|o| o.fields.text("/name").map(SmolStr::new));
    let Some(apex) = apex else { return };
    for object in objects.iter_mut().filter(|o| o.fields.text("/name") == Some(apex.as_str())) {
        let servers = kind(object, "NS");
        object.brought_along = servers || kind(object, "SOA");
        if let Some(values @ Datum::List(_)) = object.fields.value("/values").filter(|_| servers).cloned() {
            object.outputs.insert(NAME_SERVERS.into(), values);
        }
    }
}

impl Reader for RecordSets {
    fn feeds(&self) -> &[TypeName] {
        const FEEDS: &[TypeName] = &[route53::RECORD_SET];
        FEEDS
    }
    fn after(&self) -> &[TypeName] {
        const AFTER: &[TypeName] = &[route53::HOSTED_ZONE];
        AFTER
    }
    /// Reads the whole zone whatever is picked: one page holds more than a batch is likely to touch.
    fn read<'a>(&'a self, cx: &'a ReadCx<'a>, scope: &'a Scope, _: Pick<'a>) -> Fut<'a, Observation> {
        Box::pin(async move {
            let begun = cx.clock.now();
            let line = Line::to_read(&self.site, cx, Some(scope));
            let (objects, coverage) = self.observe(&line, scope).await;
            observation(&line, begun, scope, (route53::RECORD_SET, objects, coverage))
        })
    }
}
