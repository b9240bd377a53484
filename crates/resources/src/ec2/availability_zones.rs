//! `aws.ec2.AvailabilityZones`: a look-up. Wished without fields, observed only.

use super::model::AvailabilityZones;
use super::names::AVAILABILITY_ZONES;
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted};
use smol_str::{SmolStr, format_smolstr};

/// The type of the look-up. Its identity in a region is `zones`.
pub struct Zones;

impl Type for Zones {
    const NAME: TypeName = AVAILABILITY_ZONES;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::Exempt;
    type Model<M: Mode> = AvailabilityZones<M>;

    fn normalise(model: AvailabilityZones<Wanted>) -> Result<AvailabilityZones<Wanted>, Vec<Finding>> {
        Ok(model)
    }

    fn identity_wanted(_: &AvailabilityZones<Wanted>) -> Option<SmolStr> {
        Some(SmolStr::new_static("zones"))
    }

    fn identity(_: &AvailabilityZones<Seen>) -> Option<SmolStr> {
        Some(SmolStr::new_static("zones"))
    }

    fn turnover(_: &FieldPath) -> Turnover {
        Turnover::InPlace
    }

    fn assess(_: Option<&AvailabilityZones<Seen>>, _: Option<&AvailabilityZones<Wanted>>) -> Assessment {
        Assessment::default()
    }
}

/// The output that holds the name of the zone of this number, in the order of zone ids.
#[must_use]
pub fn zone_output(index: usize) -> SmolStr {
    format_smolstr!("zone/{index}")
}
