//! Hosted zones of an account: ListHostedZones 100 a page, their tags ten at a time, and for private
//! zones their networks. Name servers come with the records, see `lift_outputs`.

use super::tags;
use crate::line::{Line, Site};
use crate::marks::{Tags, owner, plain_tags, tagged_networks};
use crate::problem::AwsProblem;
use crate::read::{bare_id, cut_short, observation, weaken};
use aplomo_core::fields::Sight;
use aplomo_core::ports::{Fut, Pick, ReadCx, Reader};
use aplomo_core::types::Type;
use aplomo_core::{Coverage, Datum, Model, Observation, Observed, RemoteId, Scope, Seen, TypeName};
use aplomo_resources::route53::{self, dns::Name, model};
use aws_sdk_route53::Client;
use aws_sdk_route53::types::{HostedZone, TagResourceType};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const LIST: &str = "route53:ListHostedZones";
const GET: &str = "route53:GetHostedZone";
const PAGE: i32 = 100;

/// Reads hosted zones.
#[derive(Debug)]
pub(crate) struct HostedZones {
    site: Arc<Site>,
    client: Client,
}

/// What was listed so far, and how it ended.
struct Listing {
    zones: Vec<HostedZone>,
    coverage: Coverage,
}

impl HostedZones {
    pub(crate) const fn new(site: Arc<Site>, client: Client) -> Self {
        Self { site, client }
    }

    /// Every call it can make.
    #[must_use]
    pub(crate) const fn calls() -> &'static [&'static str] {
        &[LIST, tags::LIST_TAGS, GET]
    }

    async fn list(&self, line: &Line<'_>) -> Listing {
        let mut listing = Listing { zones: Vec::new(), coverage: Coverage::Complete };
        let mut marker: Option<String> = None;
        loop {
            let request = self.client.list_hosted_zones().max_items(PAGE).set_marker(marker.clone());
            match line.ask(LIST, |probe| request.customize().interceptor(probe).send()).await {
                Ok(page) => {
                    listing.zones.extend(page.hosted_zones);
                    if !page.is_truncated {
                        return listing;
                    }
                    if page.next_marker.is_none() || page.next_marker == marker {
                        weaken(
                            &mut listing.coverage,
                            format!("{LIST}: the page after {marker:?} does not say where to go on"),
                        );
                        return listing;
                    }
                    marker = page.next_marker;
                }
                Err(problem) => {
                    listing.coverage = cut_short(&problem, listing.zones.len(), "hosted zones");
                    return listing;
                }
            }
        }
    }

    /// The networks of a private zone as `<region>:<id>`.
    async fn networks(&self, line: &Line<'_>, id: &str) -> Result<BTreeSet<String>, AwsProblem> {
        let request = self.client.get_hosted_zone().id(id);
        let output = line.ask(GET, |probe| request.customize().interceptor(probe).send()).await?;
        let networks = output.vpcs.unwrap_or_default().into_iter();
        Ok(networks.filter_map(|vpc| Some(format!("{}:{}", vpc.vpc_region?.as_str(), vpc.vpc_id?))).collect())
    }

    async fn observe(&self, line: &Line<'_>, scope: &Scope, pick: Pick<'_>) -> (Vec<Observed>, Coverage) {
        let Listing { zones, mut coverage } = self.list(line).await;
        let ids: Vec<String> =
            zones.iter().map(|zone| bare_id(&zone.id).to_owned()).filter(|id| picked(pick, id)).collect();
        let (tags, _) = tags::read(line, &self.client, &TagResourceType::Hostedzone, &ids).await;
        let mut objects = Vec::with_capacity(zones.len());
        for zone in &zones {
            let networks = match is_private(zone) {
                true => self.networks(line, bare_id(&zone.id)).await,
                false => Ok(BTreeSet::new()),
            };
            let known = networks.map_err(|problem| problem.to_string());
            let object =
                known.and_then(|networks| observed(zone, tags.get(bare_id(&zone.id)), &networks, scope));
            match object {
                Ok(object) => objects.push(object),
                Err(why) => weaken(
                    &mut coverage,
                    format!("zone {} ({}) could not be read in full: {why}", zone.name, zone.id),
                ),
            }
        }
        (objects, coverage)
    }
}

fn picked(pick: Pick<'_>, id: &str) -> bool {
    match pick {
        Pick::All => true,
        Pick::Ids(ids) => ids.iter().any(|picked| picked.as_str() == id),
    }
}

fn is_private(zone: &HostedZone) -> bool {
    zone.config.as_ref().is_some_and(|config| config.private_zone)
}

/// One zone. `tags` is `None` where they were not read: ownership is unknown then.
fn observed(
    zone: &HostedZone,
    tags: Option<&Tags>,
    networks: &BTreeSet<String>,
    scope: &Scope,
) -> Result<Observed, String> {
    let name = Name::from_service(&zone.name).map(|name| SmolStr::new(name.as_str()));
    let plain = tags.into_iter().flat_map(plain_tags);
    let fields = model::HostedZone::<Seen> {
        name: Sight::Value(name.unwrap_or_else(|_| SmolStr::new(&zone.name))),
        private: Sight::Value(is_private(zone)),
        networks: networks.iter().map(|network| (network.clone(), Sight::Value(true))).collect(),
        environments: tags
            .into_iter()
            .flat_map(tagged_networks)
            .filter(|(_, network)| networks.contains(*network))
            .map(|(name, network)| (name.to_owned(), Sight::Value(SmolStr::new(network))))
            .collect(),
        tags: plain.map(|(key, value)| (key.clone(), Sight::Value(value.clone()))).collect(),
    };
    let linked = zone.linked_service.as_ref();
    let linked = linked.and_then(|l| l.service_principal.as_deref().or(l.description.as_deref()));
    let id = RemoteId::new(bare_id(&zone.id)).map_err(|bad| bad.to_string())?;
    Ok(Observed {
        type_name: route53::HOSTED_ZONE,
        scope: scope.concrete(),
        key: route53::hosted_zone::Zone::identity(&fields),
        mark: owner(tags, &zone.caller_reference, linked),
        created_by: Some(SmolStr::new(&zone.caller_reference)),
        outputs: BTreeMap::from([(SmolStr::new_static("id"), Datum::from(id.as_str()))]),
        fields: fields.to_fields(),
        id,
        brought_along: false,
        raw: None,
        waiting: None,
    })
}

impl Reader for HostedZones {
    fn feeds(&self) -> &[TypeName] {
        const FEEDS: &[TypeName] = &[route53::HOSTED_ZONE];
        FEEDS
    }
    fn after(&self) -> &[TypeName] {
        &[]
    }
    fn read<'a>(&'a self, cx: &'a ReadCx<'a>, scope: &'a Scope, pick: Pick<'a>) -> Fut<'a, Observation> {
        Box::pin(async move {
            let begun = cx.clock.now();
            let line = Line::to_read(&self.site, cx, Some(scope));
            let (objects, coverage) = self.observe(&line, scope, pick).await;
            observation(&line, begun, scope, (route53::HOSTED_ZONE, objects, coverage))
        })
    }
}
