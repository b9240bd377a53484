//! A record set exactly as the service says it, as data that can be kept as JSON and sent back
//! unchanged: Route 53 deletes only what is named to the letter.

use aws_sdk_route53::error::BuildError;
use aws_sdk_route53::types as sdk;
use serde::{Deserialize, Serialize};

/// A record set in the service's own form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wire {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) record_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) set_identifier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ttl: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) values: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alias: Option<Alias>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) weight: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failover: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) geo: Option<Geo>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) multivalue: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) health_check: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) traffic_policy: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cidr: Option<Cidr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proximity: Option<Proximity>,
}

/// The target of an alias.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Alias {
    pub(crate) zone: String,
    pub(crate) name: String,
    pub(crate) evaluate: bool,
}

/// Geolocation routing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Geo {
    pub(crate) continent: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) subdivision: Option<String>,
}

/// CIDR routing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Cidr {
    pub(crate) collection: String,
    pub(crate) location: String,
}

/// Geoproximity routing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Proximity {
    pub(crate) region: Option<String>,
    pub(crate) local_zone_group: Option<String>,
    /// Latitude and longitude.
    pub(crate) coordinates: Option<(String, String)>,
    pub(crate) bias: Option<i32>,
}

impl From<&sdk::ResourceRecordSet> for Wire {
    fn from(set: &sdk::ResourceRecordSet) -> Self {
        let owned = |text: &Option<String>| text.clone();
        Self {
            name: set.name.clone(),
            record_type: set.r#type.as_str().to_owned(),
            set_identifier: owned(&set.set_identifier),
            ttl: set.ttl,
            values: set.resource_records.as_ref().map(|all| all.iter().map(|r| r.value.clone()).collect()),
            alias: set.alias_target.as_ref().map(|a| Alias {
                zone: a.hosted_zone_id.clone(),
                name: a.dns_name.clone(),
                evaluate: a.evaluate_target_health,
            }),
            weight: set.weight,
            region: set.region.as_ref().map(|r| r.as_str().to_owned()),
            failover: set.failover.as_ref().map(|f| f.as_str().to_owned()),
            geo: set.geo_location.as_ref().map(|g| Geo {
                continent: owned(&g.continent_code),
                country: owned(&g.country_code),
                subdivision: owned(&g.subdivision_code),
            }),
            multivalue: set.multi_value_answer,
            health_check: owned(&set.health_check_id),
            traffic_policy: owned(&set.traffic_policy_instance_id),
            cidr: set
                .cidr_routing_config
                .as_ref()
                .map(|c| Cidr { collection: c.collection_id.clone(), location: c.location_name.clone() }),
            proximity: set.geo_proximity_location.as_ref().map(Proximity::from),
        }
    }
}

impl From<&sdk::GeoProximityLocation> for Proximity {
    fn from(place: &sdk::GeoProximityLocation) -> Self {
        Self {
            region: place.aws_region.clone(),
            local_zone_group: place.local_zone_group.clone(),
            coordinates: place.coordinates.as_ref().map(|c| (c.latitude.clone(), c.longitude.clone())),
            bias: place.bias,
        }
    }
}

impl Wire {
    /// For the SDK.
    ///
    /// # Errors
    /// Never in practice: what the builders demand is always given.
    pub(crate) fn to_sdk(&self) -> Result<sdk::ResourceRecordSet, BuildError> {
        let records = self.values.as_ref().map(|values| {
            values
                .iter()
                .map(|v| sdk::ResourceRecord::builder().value(v).build())
                .collect::<Result<Vec<_>, _>>()
        });
        sdk::ResourceRecordSet::builder()
            .name(&self.name)
            .r#type(self.record_type.as_str().into())
            .set_set_identifier(self.set_identifier.clone())
            .set_ttl(self.ttl)
            .set_resource_records(records.transpose()?)
            .set_alias_target(self.alias.as_ref().map(Alias::to_sdk).transpose()?)
            .set_weight(self.weight)
            .set_region(self.region.as_deref().map(Into::into))
            .set_failover(self.failover.as_deref().map(Into::into))
            .set_geo_location(self.geo.as_ref().map(Geo::to_sdk))
            .set_multi_value_answer(self.multivalue)
            .set_health_check_id(self.health_check.clone())
            .set_traffic_policy_instance_id(self.traffic_policy.clone())
            .set_cidr_routing_config(self.cidr.as_ref().map(Cidr::to_sdk).transpose()?)
            .set_geo_proximity_location(self.proximity.as_ref().map(Proximity::to_sdk).transpose()?)
            .build()
    }

    /// How many ResourceRecord elements a change of it holds; an alias is counted as one, to be safe.
    pub(crate) fn elements(&self) -> usize {
        self.values.as_ref().map_or(1, |values| values.len().max(1))
    }

    /// How many characters its values hold.
    pub(crate) fn characters(&self) -> usize {
        self.values.iter().flatten().map(|value| value.chars().count()).sum()
    }
}

impl Alias {
    fn to_sdk(&self) -> Result<sdk::AliasTarget, BuildError> {
        let target = sdk::AliasTarget::builder().hosted_zone_id(&self.zone).dns_name(&self.name);
        target.evaluate_target_health(self.evaluate).build()
    }
}

impl Geo {
    fn to_sdk(&self) -> sdk::GeoLocation {
        sdk::GeoLocation::builder()
            .set_continent_code(self.continent.clone())
            .set_country_code(self.country.clone())
            .set_subdivision_code(self.subdivision.clone())
            .build()
    }
}

impl Cidr {
    fn to_sdk(&self) -> Result<sdk::CidrRoutingConfig, BuildError> {
        sdk::CidrRoutingConfig::builder()
            .collection_id(&self.collection)
            .location_name(&self.location)
            .build()
    }
}

impl Proximity {
    fn to_sdk(&self) -> Result<sdk::GeoProximityLocation, BuildError> {
        let coordinates = self.coordinates.as_ref().map(|(latitude, longitude)| {
            sdk::Coordinates::builder().latitude(latitude).longitude(longitude).build()
        });
        Ok(sdk::GeoProximityLocation::builder()
            .set_aws_region(self.region.clone())
            .set_local_zone_group(self.local_zone_group.clone())
            .set_coordinates(coordinates.transpose()?)
            .set_bias(self.bias)
            .build())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_survives_json_and_the_sdk() {
        let full = Wire {
            name: "\\052.Example.com.".into(),
            record_type: "TYPE65280".into(),
            set_identifier: Some("a b".into()),
            ttl: Some(0),
            values: Some(vec!["\"a\" \"b\"".into()]),
            alias: Some(Alias { zone: "Z1".into(), name: "x.".into(), evaluate: true }),
            weight: Some(255),
            region: Some("mars-north-1".into()),
            failover: Some("PRIMARY".into()),
            geo: Some(Geo { continent: Some("EU".into()), country: None, subdivision: Some("BY".into()) }),
            multivalue: Some(false),
            health_check: Some("h".into()),
            traffic_policy: Some("t".into()),
            cidr: Some(Cidr { collection: "c".into(), location: "*".into() }),
            proximity: Some(Proximity {
                region: None,
                local_zone_group: Some("g".into()),
                coordinates: Some(("1.0".into(), "-2".into())),
                bias: Some(-5),
            }),
        };
        for wire in [full, Wire { name: "a.".into(), record_type: "A".into(), ..Wire::default() }] {
            let json = serde_json::to_string(&wire).unwrap();
            assert_eq!(serde_json::from_str::<Wire>(&json).unwrap(), wire);
            assert_eq!(Wire::from(&wire.to_sdk().unwrap()), wire);
        }
    }
}
