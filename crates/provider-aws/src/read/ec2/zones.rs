//! The availability zones of a region as this account sees them: the same zone has another name in another
//! account, so they are in the order of their ids.

use crate::read::cut_short;
use crate::read::regional::{Catch, Find, Survey, View};
use aplomo_core::fields::Sight;
use aplomo_core::observation::OwnerMark;
use aplomo_core::{Coverage, Datum, Seen, TypeName};
use aplomo_resources::ec2::{self, model, zone_output};
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::AvailabilityZone;
use smol_str::SmolStr;

const LIST: &str = "ec2:DescribeAvailabilityZones";

/// Lists availability zones; the service has no pages for them.
pub(crate) struct Zones;

impl Survey for Zones {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::AVAILABILITY_ZONES];
    const CALLS: &'static [&'static str] = &[LIST];

    async fn look(view: &View<'_, Client>) -> Vec<Catch> {
        let request = view.client.describe_availability_zones();
        let answer = view.line.ask(LIST, |probe| request.customize().interceptor(probe).send()).await;
        let (zones, coverage) = match answer {
            Ok(answer) => (answer.availability_zones.unwrap_or_default(), Coverage::Complete),
            Err(problem) => (Vec::new(), cut_short(&problem, 0, "zones")),
        };
        let mut catch = Catch::new(ec2::AVAILABILITY_ZONES, coverage);
        let names = names(&zones);
        let region = view.scope.region.as_ref().map(|region| region.to_string());
        if let Some(region) = region.filter(|_| !names.is_empty()) {
            let outputs = names.iter().enumerate();
            let outputs = outputs.map(|(n, name)| (zone_output(n), Datum::from(name.as_str()))).collect();
            let find = Find { outputs, brought_along: true, ..Find::new(&region, OwnerMark::None) };
            let fields = model::AvailabilityZones::<Seen> { names: Sight::Value(names) };
            catch.take::<ec2::Zones>(view.scope, find, &fields);
        }
        vec![catch]
    }
}

/// Real zones only: a local zone or one of a carrier is no place for a network's tier.
fn names(zones: &[AvailabilityZone]) -> Vec<SmolStr> {
    let real = |z: &&AvailabilityZone| z.zone_type.as_deref().is_none_or(|t| t == "availability-zone");
    let mut zones: Vec<_> = zones
        .iter()
        .filter(real)
        .filter_map(|zone| Some((zone.zone_id.as_deref().unwrap_or_default(), zone.zone_name.as_deref()?)))
        .collect();
    zones.sort_unstable();
    zones.into_iter().map(|(_, name)| SmolStr::new(name)).collect()
}
