//! `aws.ec2.NetworkInterface`: never wished, read only in networks that go, where it tells who is still there.

use super::model::NetworkInterface;
use super::names::NETWORK_INTERFACE;
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted};
use smol_str::SmolStr;

/// The type of network interfaces. They have no natural key but what they are for.
pub struct NetworkInterfaces;

impl Type for NetworkInterfaces {
    const NAME: TypeName = NETWORK_INTERFACE;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::Exempt;
    type Model<M: Mode> = NetworkInterface<M>;

    fn normalise(model: NetworkInterface<Wanted>) -> Result<NetworkInterface<Wanted>, Vec<Finding>> {
        Ok(model)
    }

    fn identity_wanted(_: &NetworkInterface<Wanted>) -> Option<SmolStr> {
        None
    }

    fn identity(model: &NetworkInterface<Seen>) -> Option<SmolStr> {
        model.description.value().cloned()
    }

    fn turnover(_: &FieldPath) -> Turnover {
        Turnover::InPlace
    }

    fn assess(_: Option<&NetworkInterface<Seen>>, _: Option<&NetworkInterface<Wanted>>) -> Assessment {
        Assessment::default()
    }
}
