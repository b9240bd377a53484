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
pub(super) struct Zone<'a> {
    pub(super) manifest: &'a Manifest<'a, DomainSpec>,
    pub(super) name: Name,
    pub(super) address: Address,
    /// The account; the container is not in it.
    pub(super) scope: Scope,
    /// The tenant's tags as fields, for what can hold tags.
    pub(super) tags: WantedFields,
}

impl<'a> Zone<'a> {
    /// The zone of a manifest.
    pub(super) fn new(
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
    pub(super) fn inside(&self) -> Scope {
        Scope { container_of: Some(self.address.clone()), ..self.scope.clone() }
    }

    /// What its records may take over: all of an adopted zone.
    pub(super) fn adopt_records(&self) -> Adopt {
        if self.manifest.lifecycle.adopt.is_some() { Adopt::InContainer } else { Adopt::No }
    }
}
