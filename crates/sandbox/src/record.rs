//! A record set as Route53 writes it in XML, read and written. Values stay exactly as they are.
//! Deliberately absent: any opinion on record data; the product's own normal forms are not used here on purpose.

use std::collections::BTreeMap;

use roxmltree::Node;

use crate::xml::{child, child_text, element, escape};

/// The target of an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// Hosted zone id of the target.
    pub zone: String,
    /// DNS name of the target.
    pub name: String,
    /// EvaluateTargetHealth.
    pub health: bool,
}

/// A record set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordSet {
    /// As read or to be written; `*` or `\052`, with or without the final dot.
    pub name: String,
    /// `A`, `TXT` …
    pub kind: String,
    /// SetIdentifier of routing policies.
    pub set_id: Option<String>,
    /// Seconds; none for an alias.
    pub ttl: Option<u64>,
    /// In presentation form, in order; empty for an alias.
    pub values: Vec<String>,
    /// Instead of TTL and values.
    pub alias: Option<Alias>,
    /// Everything else by its path: `Weight`, `Region`, `Failover`, `MultiValueAnswer`, `HealthCheckId`,
    /// `GeoLocation/CountryCode` …
    pub extra: BTreeMap<String, String>,
}

impl RecordSet {
    /// A simple record set.
    pub fn new(name: &str, kind: &str, ttl: u64, values: &[&str]) -> Self {
        Self {
            name: name.into(),
            kind: kind.into(),
            ttl: Some(ttl),
            values: values.iter().map(|v| (*v).to_owned()).collect(),
            ..Self::default()
        }
    }

    /// An alias to `target` in the zone with the id `zone`.
    pub fn alias(name: &str, kind: &str, zone: &str, target: &str) -> Self {
        let alias = Alias { zone: zone.into(), name: target.into(), health: false };
        Self { name: name.into(), kind: kind.into(), alias: Some(alias), ..Self::default() }
    }

    /// With a set identifier and one field of a routing policy, such as `("Weight", "10")`.
    #[must_use]
    pub fn routed(mut self, set_id: &str, field: &str, value: &str) -> Self {
        self.set_id = Some(set_id.into());
        self.extra.insert(field.into(), value.into());
        self
    }

    /// Reads a `ResourceRecordSet` element.
    pub(crate) fn read(node: Node<'_, '_>) -> Self {
        let mut set = Self::default();
        for field in node.children().filter(Node::is_element) {
            let text = field.text().unwrap_or_default().to_owned();
            match field.tag_name().name() {
                "Name" => set.name = text,
                "Type" => set.kind = text,
                "SetIdentifier" => set.set_id = Some(text),
                "TTL" => set.ttl = text.trim().parse().ok(),
                "ResourceRecords" => set.values = values(field),
                "AliasTarget" => set.alias = Some(alias(field)),
                other => read_extra(&mut set.extra, other, field),
            }
        }
        set
    }

    /// Writes a `ResourceRecordSet` element with the fields in the order of the API's schema where it matters.
    pub(crate) fn to_xml(&self) -> String {
        let mut out =
            format!("<ResourceRecordSet>{}{}", element("Name", &self.name), element("Type", &self.kind));
        if let Some(id) = &self.set_id {
            out += &element("SetIdentifier", id);
        }
        out += &self.extra_xml();
        if let Some(ttl) = self.ttl {
            out += &element("TTL", &ttl.to_string());
        }
        if !self.values.is_empty() {
            let records: String = self.values.iter().map(|v| record_xml(v)).collect();
            out += &format!("<ResourceRecords>{records}</ResourceRecords>");
        }
        if let Some(alias) = &self.alias {
            out += &alias.to_xml();
        }
        out + "</ResourceRecordSet>"
    }

    fn extra_xml(&self) -> String {
        let mut out = String::new();
        let mut open: Option<&str> = None;
        for (path, value) in &self.extra {
            let (group, field) = path.split_once('/').map_or((None, path.as_str()), |(g, f)| (Some(g), f));
            if open != group {
                out += &open.map(|g| format!("</{g}>")).unwrap_or_default();
                out += &group.map(|g| format!("<{g}>")).unwrap_or_default();
                open = group;
            }
            out += &element(field, value);
        }
        out + &open.map(|g| format!("</{g}>")).unwrap_or_default()
    }
}

impl Alias {
    fn to_xml(&self) -> String {
        format!(
            "<AliasTarget>{}{}<EvaluateTargetHealth>{}</EvaluateTargetHealth></AliasTarget>",
            element("HostedZoneId", &self.zone),
            element("DNSName", &self.name),
            self.health
        )
    }
}

fn record_xml(value: &str) -> String {
    format!("<ResourceRecord><Value>{}</Value></ResourceRecord>", escape(value))
}

fn values(node: Node<'_, '_>) -> Vec<String> {
    let records = node.children().filter(Node::is_element);
    records.map(|record| unquirk(child_text(record, "Value").unwrap_or_default())).collect()
}

/// moto 5.2.5 shows the SOA of a new zone as a Python dictionary.
fn unquirk(value: String) -> String {
    let inner = value.strip_prefix("{'Value': '").and_then(|v| v.strip_suffix("'}"));
    inner.map_or_else(|| value.clone(), str::to_owned)
}

fn alias(node: Node<'_, '_>) -> Alias {
    let text = |tag: &str| child(node, tag).and_then(|n| n.text()).unwrap_or_default().to_owned();
    Alias {
        zone: text("HostedZoneId"),
        name: text("DNSName"),
        health: text("EvaluateTargetHealth").eq_ignore_ascii_case("true"),
    }
}

/// One level of nesting is flattened to `Outer/Inner`.
fn read_extra(extra: &mut BTreeMap<String, String>, name: &str, node: Node<'_, '_>) {
    let mut inner = node.children().filter(Node::is_element).peekable();
    if inner.peek().is_none() {
        extra.insert(name.to_owned(), node.text().unwrap_or_default().to_owned());
    }
    for field in inner {
        let path = format!("{name}/{}", field.tag_name().name());
        extra.insert(path, field.text().unwrap_or_default().to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_set_reads_back_as_written() {
        let mut set =
            RecordSet::new("a.example.", "TXT", 60, &["\"<&>\"", "\"b\""]).routed("x", "Weight", "3");
        set.extra.insert("GeoLocation/CountryCode".into(), "DE".into());
        set.extra.insert("GeoLocation/SubdivisionCode".into(), "BY".into());
        let xml = set.to_xml();
        let document = crate::xml::parse(&xml).unwrap();
        assert_eq!(RecordSet::read(document.root_element()), set);
        let alias = RecordSet::alias("a.example.", "A", "Z1", "b.example.");
        let xml = alias.to_xml();
        assert_eq!(RecordSet::read(crate::xml::parse(&xml).unwrap().root_element()), alias);
    }
}
