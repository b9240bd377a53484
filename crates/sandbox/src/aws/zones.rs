//! Zones, their record sets and their tags.

use std::collections::BTreeMap;

use super::{Aws, field};
use crate::error::Error;
use crate::form::escape_url;
use crate::record::RecordSet;
use crate::strict::effect;
use crate::xml::{all, child_text, element, find_text, parse};

const XMLNS: &str = "xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"";

/// A hosted zone as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Bare, without `/hostedzone/`.
    pub id: String,
    /// With the final dot.
    pub name: String,
    /// Private zones belong to networks.
    pub private: bool,
    /// Empty if there is none.
    pub comment: String,
    /// As given when it was created.
    pub caller_reference: String,
}

impl Aws {
    /// All zones of the account.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer that is not XML.
    pub fn zones(&self) -> Result<Vec<Zone>, Error> {
        let mut zones = Vec::new();
        let mut marker = None::<String>;
        loop {
            let query = marker.map(|m| format!("&marker={}", escape_url(&m))).unwrap_or_default();
            let body = self.route53("GET", &format!("hostedzone?maxitems=100{query}"), "")?;
            let document = parse(&body).map_err(|why| unexpected("ListHostedZones", why))?;
            zones.extend(all(document.root_element(), "HostedZone").map(zone));
            marker = find_text(document.root_element(), "NextMarker").filter(|m| !m.is_empty());
            if marker.is_none() {
                return Ok(zones);
            }
        }
    }

    /// Makes a zone and returns its id; with `(region, vpc id)` a private one.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer without an id.
    pub fn create_zone(
        &self,
        name: &str,
        reference: &str,
        vpc: Option<(&str, &str)>,
    ) -> Result<String, Error> {
        let network = vpc
            .map(|(region, id)| {
                format!("<VPC>{}{}</VPC>", element("VPCRegion", region), element("VPCId", id))
            })
            .unwrap_or_default();
        let config = vpc.map(|_| "<HostedZoneConfig><PrivateZone>true</PrivateZone></HostedZoneConfig>");
        let body = format!(
            "<CreateHostedZoneRequest {XMLNS}>{}{network}{}{}</CreateHostedZoneRequest>",
            element("Name", name),
            element("CallerReference", reference),
            config.unwrap_or_default()
        );
        let answer = self.route53("POST", "hostedzone", &body)?;
        Ok(bare(&field(&answer, "Id", "CreateHostedZone")?))
    }

    /// Removes an empty zone.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn delete_zone(&self, zone: &str) -> Result<(), Error> {
        self.route53("DELETE", &format!("hostedzone/{zone}"), "").map(drop)
    }

    /// All record sets of a zone, names as they are read.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer that is not XML.
    pub fn records(&self, zone: &str) -> Result<Vec<RecordSet>, Error> {
        let mut sets = Vec::new();
        let mut next = String::new();
        loop {
            // Straight to moto this is one page; a strict proxy makes pages of 300.
            let body =
                self.route53("GET", &format!("hostedzone/{zone}/rrset?maxitems=10000000{next}"), "")?;
            let document = parse(&body).map_err(|why| unexpected("ListResourceRecordSets", why))?;
            sets.extend(all(document.root_element(), "ResourceRecordSet").map(RecordSet::read));
            let fields = [
                ("name", "NextRecordName"),
                ("type", "NextRecordType"),
                ("identifier", "NextRecordIdentifier"),
            ];
            let texts = fields.map(|(key, tag)| (key, find_text(document.root_element(), tag)));
            next =
                texts.iter().filter_map(|(k, v)| Some(format!("&{k}={}", escape_url(v.as_ref()?)))).collect();
            if next.is_empty() {
                return Ok(sets);
            }
        }
    }

    /// The record sets of one name and type, `name` as it is read.
    ///
    /// # Errors
    /// As [`Aws::records`].
    pub fn find(&self, zone: &str, name: &str, kind: &str) -> Result<Vec<RecordSet>, Error> {
        let mut sets = self.records(zone)?;
        sets.retain(|set| set.name == name && set.kind == kind);
        Ok(sets)
    }

    /// One change batch of `CREATE`, `UPSERT` and `DELETE`.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn change(&self, zone: &str, changes: &[(&str, &RecordSet)]) -> Result<(), Error> {
        self.route53("POST", &format!("hostedzone/{zone}/rrset"), &effect::body(changes)).map(drop)
    }

    /// Creates or overwrites one record set.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn upsert(&self, zone: &str, set: &RecordSet) -> Result<(), Error> {
        self.change(zone, &[("UPSERT", set)])
    }

    /// Deletes one record set, given as it was read.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn delete(&self, zone: &str, set: &RecordSet) -> Result<(), Error> {
        self.change(zone, &[("DELETE", set)])
    }

    /// Puts many record sets in, in as many batches as it takes.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn fill(&self, zone: &str, sets: &[RecordSet]) -> Result<(), Error> {
        for batch in sets.chunks(400) {
            let changes: Vec<_> = batch.iter().map(|set| ("CREATE", set)).collect();
            self.change(zone, &changes)?;
        }
        Ok(())
    }

    /// Sets tags on a zone.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn tag_zone(&self, zone: &str, tags: &[(&str, &str)]) -> Result<(), Error> {
        self.tag("hostedzone", zone, tags)
    }

    /// The tags of a zone.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer that is not XML.
    pub fn zone_tags(&self, zone: &str) -> Result<BTreeMap<String, String>, Error> {
        let body = self.route53("GET", &format!("tags/hostedzone/{zone}"), "")?;
        let document = parse(&body).map_err(|why| unexpected("ListTagsForResource", why))?;
        let text = |node, tag| child_text(node, tag).unwrap_or_default();
        Ok(all(document.root_element(), "Tag").map(|n| (text(n, "Key"), text(n, "Value"))).collect())
    }

    pub(super) fn tag(&self, resource_type: &str, id: &str, tags: &[(&str, &str)]) -> Result<(), Error> {
        let tags: String = tags
            .iter()
            .map(|(key, value)| format!("<Tag>{}{}</Tag>", element("Key", key), element("Value", value)))
            .collect();
        let body = format!(
            "<ChangeTagsForResourceRequest {XMLNS}><AddTags>{tags}</AddTags></ChangeTagsForResourceRequest>"
        );
        self.route53("POST", &format!("tags/{resource_type}/{id}"), &body).map(drop)
    }
}

fn zone(node: roxmltree::Node<'_, '_>) -> Zone {
    let text = |tag| child_text(node, tag).unwrap_or_default();
    let config =
        |tag| node.children().find(|n| n.tag_name().name() == "Config").and_then(|n| child_text(n, tag));
    Zone {
        id: bare(&text("Id")),
        name: text("Name"),
        private: config("PrivateZone").is_some_and(|v| v.eq_ignore_ascii_case("true")),
        comment: config("Comment").unwrap_or_default(),
        caller_reference: text("CallerReference"),
    }
}

fn bare(id: &str) -> String {
    id.trim_start_matches("/hostedzone/").to_owned()
}

fn unexpected(call: &str, why: String) -> Error {
    Error::Unexpected { call: call.into(), why }
}
