//! The zone that a manifest is about, with what its records have in common.

use super::spec::DomainSpec;
use crate::estate::Estate;
use crate::kind::Manifest;
use crate::tenant;
use aplomo_core::fields::WantedFields;
use aplomo_core::resource::Adopt;
use aplomo_core::{Address, Datum, FieldPath, Finding, Scope, Wish};
use aplomo_resources::route53::HOSTED_ZONE;
use aplomo_resources::route53::dns::Name;

const TAGS: FieldPath = FieldPath::known("/tags");

/// A zone whose name is valid.
pub(crate) struct Zone<'a> {
    pub(crate) manifest: &'a Manifest<'a, DomainSpec>,
    pub(crate) name: Name,
    pub(crate) address: Address,
    /// The account; the container is not in it.
    pub(crate) scope: Scope,
    /// The tenant's tags as fields, for what can hold tags.
    pub(crate) tags: WantedFields,
}

impl<'a> Zone<'a> {
    /// The zone of a manifest.
    pub(crate) fn new(
        manifest: &'a Manifest<'a, DomainSpec>,
        estate: &Estate<'_>,
    ) -> Result<Self, Box<Finding>> {
        let name = Name::zone(&manifest.spec.zone).map_err(|error| {
            Box::new(manifest.finding_at(Finding::error("bad-value", error.to_string()), "/spec/zone"))
        })?;
        let address = manifest.reference.resource(&HOSTED_ZONE, &[]);
        let scope = tenant::aws_scope(estate, &manifest.reference.tenant);
        let tags = tenant::tags(estate, &manifest.reference.tenant).into_iter().flatten();
        let tags =
            tags.map(|(key, value)| (TAGS.child(key), Wish::Value(Datum::Text(value.clone())))).collect();
        Ok(Self { manifest, name, address, scope, tags })
    }

    /// The scope of the zone's records.
    pub(crate) fn inside(&self) -> Scope {
        Scope { container_of: Some(self.address.clone()), ..self.scope.clone() }
    }

    /// What its records may take over: all of an adopted zone.
    pub(crate) fn adopt_records(&self) -> Adopt {
        if self.manifest.lifecycle.adopt.is_some() { Adopt::InContainer } else { Adopt::No }
    }
}
