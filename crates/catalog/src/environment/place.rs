//! An environment whose network and region are known: what its parts have in common.

use super::slots;
use super::spec::{EnvironmentSpec, Tier};
use crate::envelope::OwnershipWish;
use crate::estate::Estate;
use crate::kind::Manifest;
use crate::tenant;
use aplomo_core::fields::WantedFields;
use aplomo_core::origin::Origin;
use aplomo_core::resource::{Adopt, Desired};
use aplomo_core::{
    Address, Datum, FieldPath, Finding, KindName, ManifestName, ManifestRef, Reference, Region, Scope,
    TypeName, Wish,
};
use aplomo_resources::ec2;
use ipnet::Ipv4Net;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

const TAGS: FieldPath = FieldPath::known("/tags");

/// An environment in its place.
pub(super) struct Place<'a> {
    pub(super) manifest: &'a Manifest<'a, EnvironmentSpec>,
    pub(super) spec: &'a EnvironmentSpec,
    pub(super) block: Ipv4Net,
    pub(super) vpc: Address,
    /// Account and region; no container.
    pub(super) scope: Scope,
    tags: BTreeMap<SmolStr, SmolStr>,
}

impl<'a> Place<'a> {
    /// The place of a manifest, or why there is none.
    pub(super) fn new(
        manifest: &'a Manifest<'a, EnvironmentSpec>,
        estate: &Estate<'_>,
    ) -> Result<Self, Vec<Finding>> {
        let spec = manifest.spec;
        let tenant = &manifest.reference.tenant;
        let mut findings = Vec::new();
        let mut wrong = |rule, message: String, help: &str, pointer: &str| {
            findings.push(manifest.finding_at(Finding::error(rule, message).help(help), pointer));
        };
        let block = slots::network(&spec.network.cidr).filter(|net| (16..=28).contains(&net.prefix_len()));
        if block.is_none() {
            let message = format!("`{}` is no IPv4 block of a network", spec.network.cidr);
            wrong(
                "bad-value",
                message,
                "write one with a prefix of 16 to 28 bits, e.g. `10.20.0.0/16`",
                "/spec/network/cidr",
            );
        }
        let region = spec.region.clone().or_else(|| tenant::aws_region(estate, tenant).cloned());
        let region = region.map(|text| Region::new(text.to_ascii_lowercase()));
        match &region {
            None => {
                let message = "an environment is in a region".to_owned();
                wrong("missing-region", message, "set `region`, or `aws.region` of the Tenant", "/spec");
            }
            Some(Err(bad)) => wrong("bad-value", bad.to_string(), "e.g. `eu-west-1`", "/spec/region"),
            Some(Ok(_)) => {}
        }
        let (Some(block), Some(Ok(region))) = (block, region) else { return Err(findings) };
        let mut tags = tenant::tags(estate, tenant).cloned().unwrap_or_default();
        tags.insert(SmolStr::new_static("Environment"), manifest.reference.name.as_str().into());
        tags.extend(spec.tags.clone());
        let scope = Scope { region: Some(region), ..tenant::aws_scope(estate, tenant) };
        let vpc = manifest.reference.resource(&ec2::VPC, &[]);
        Ok(Self { manifest, spec, block, vpc, scope, tags })
    }

    /// The scope of what is in the network.
    pub(super) fn inside(&self) -> Scope {
        self.within(&self.vpc)
    }

    /// The scope of what is in a container of ours.
    pub(super) fn within(&self, container: &Address) -> Scope {
        Scope { container_of: Some(container.clone()), ..self.scope.clone() }
    }

    /// The address of a resource of this environment.
    pub(super) fn address(&self, type_name: &TypeName, key: &[&str]) -> Address {
        self.manifest.reference.resource(type_name, key)
    }

    /// A resource without tags.
    pub(super) fn plain(
        &self,
        type_name: &TypeName,
        key: &[&str],
        scope: Scope,
        fields: WantedFields,
        pointer: &str,
    ) -> Desired {
        let mut desired = self.manifest.desired(type_name, key, scope, fields);
        let line = self.manifest.place(pointer).line;
        desired.origins = vec![Origin { file: Arc::clone(&self.manifest.file), line }];
        desired.adopt = self.adopt(type_name, key, desired.scope.container_of.is_some());
        desired.observe = self.spec.ownership == OwnershipWish::Observe;
        desired
    }

    /// A resource with the tags of the environment and a `Name` made of its key.
    pub(super) fn tagged(
        &self,
        type_name: &TypeName,
        key: &[&str],
        scope: Scope,
        fields: WantedFields,
        pointer: &str,
    ) -> Desired {
        self.named(self.plain(type_name, key, scope, fields, pointer), key)
    }

    /// Puts the tags of the environment and a `Name` on a resource. What keeps its own gets them when it is made.
    pub(super) fn named(&self, mut desired: Desired, name: &[&str]) -> Desired {
        let kept = self.spec.keep_tags && matches!(desired.adopt, Adopt::Id(_));
        let own = [self.manifest.reference.name.as_str()];
        let name = own.iter().chain(name).copied().collect::<Vec<_>>().join("-");
        let mut put = |tag: &str, value: SmolStr| {
            let into = match kept && !self.spec.tags.contains_key(tag) {
                true => &mut desired.defaults,
                false => &mut desired.wanted,
            };
            into.set(TAGS.child(tag), Wish::Value(Datum::Text(value)));
        };
        put("Name", name.into());
        self.tags.iter().for_each(|(tag, value)| put(tag, value.clone()));
        desired
    }

    /// What a resource may take over: what `existing` names, or what an adopted network holds.
    fn adopt(&self, type_name: &TypeName, key: &[&str], contained: bool) -> Adopt {
        let end = super::expand::end(&self.address(type_name, key));
        if let Some(id) = self.spec.existing.get(end.as_str()) {
            return Adopt::Id(id.clone());
        }
        match &self.manifest.lifecycle.adopt {
            Some(id) if *type_name == ec2::VPC => Adopt::Id(id.clone()),
            Some(_) if contained => Adopt::InContainer,
            _ => Adopt::No,
        }
    }

    /// The zones that subnets are in, by number.
    pub(super) fn zones(&self) -> std::ops::Range<u8> {
        0..self.spec.network.zones
    }

    /// The block of a tier's subnet in its slot.
    pub(super) fn subnet(&self, tier: &Tier, zone: u8) -> Option<SmolStr> {
        slots::subnet(self.block, tier, zone)
    }

    /// Where the zones of the account are looked up. Every environment of a tenant and region contributes
    /// the same look-up.
    pub(super) fn lookup(&self) -> Option<Address> {
        let reference = ManifestRef {
            tenant: self.manifest.reference.tenant.clone(),
            kind: KindName::known("Region"),
            name: ManifestName::new(self.scope.region.as_ref()?.as_str()).ok()?,
        };
        Some(reference.resource(&ec2::AVAILABILITY_ZONES, &[]))
    }
}

/// A reference to another resource's output.
pub(super) fn output<T>(to: &Address, output: impl Into<SmolStr>) -> Wish<T> {
    let reference = Reference { to: to.clone(), output: output.into(), constraint: Default::default() };
    Wish::Reference(Box::new(reference))
}

/// A reference to another resource's id.
pub(super) fn id<T>(to: &Address) -> Wish<T> {
    output(to, SmolStr::new_static("id"))
}
