//! Records as written, resolved: names absolute, values in normal form, with their places.

use super::spec::{DomainSpec, RecordSpec};
use super::zone::Zone;
use aplomo_core::node::{Node, NodeValue};
use aplomo_core::origin::Mark;
use aplomo_core::{Finding, Severity};
use aplomo_resources::route53::dns::{Name, RecordType, normalise_value};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// A record whose name and values are valid by themselves.
pub(super) struct Record<'a> {
    /// Its position in the manifest.
    pub(super) index: usize,
    pub(super) spec: &'a RecordSpec,
    pub(super) name: Name,
    /// The name inside the zone; `@` for the zone itself.
    pub(super) relative: SmolStr,
    pub(super) record_type: RecordType,
    pub(super) values: BTreeSet<SmolStr>,
    /// Where it begins.
    pub(super) at: Mark,
}

impl Record<'_> {
    /// The set identifier, where it has one.
    pub(super) fn set(&self) -> Option<&SmolStr> {
        self.spec.routing.as_ref().map(|routing| &routing.id)
    }

    /// The JSON Pointer of a part of it.
    pub(super) fn pointer(&self, part: &str) -> String {
        pointer(self.index, part)
    }

    /// Whether it is one of the two that every zone brings along.
    pub(super) fn comes_with_zone(&self) -> bool {
        self.relative == "@" && matches!(self.record_type, RecordType::Ns | RecordType::Soa)
    }

    /// Name and type in words.
    pub(super) fn label(&self) -> String {
        format!("{} {}", self.relative, self.record_type)
    }

    /// What follows the type in the addresses of what belongs to it.
    pub(super) fn key(&self) -> Vec<&str> {
        let base = [self.relative.as_str(), self.record_type.word()];
        base.into_iter().chain(self.set().map(SmolStr::as_str)).collect()
    }
}

fn pointer(index: usize, part: &str) -> String {
    format!("/spec/records/{index}{part}")
}

/// The records of a zone, findable by name.
pub(super) struct Records<'a> {
    pub(super) all: Vec<Record<'a>>,
    by_name: BTreeMap<Name, Vec<usize>>,
}

impl<'a> Records<'a> {
    /// Resolves all records; those that cannot be are told and left out.
    pub(super) fn resolve(zone: &Zone<'a>, findings: &mut Vec<Finding>) -> Self {
        let nodes = nodes(zone.manifest.node);
        let spec: &'a DomainSpec = zone.manifest.spec;
        let mut all = Vec::with_capacity(spec.records.len());
        for (index, record) in spec.records.iter().enumerate() {
            let at = nodes.get(index).map_or(zone.manifest.node.at, |node| node.at);
            all.extend(resolve(zone, index, record, at, findings));
        }
        let mut by_name = BTreeMap::<Name, Vec<usize>>::new();
        for (position, record) in all.iter().enumerate() {
            by_name.entry(record.name.clone()).or_default().push(position);
        }
        Self { all, by_name }
    }

    /// The records of a name.
    pub(super) fn at(&self, name: &Name) -> impl Iterator<Item = &Record<'a>> {
        self.by_name.get(name).into_iter().flatten().map(|position| &self.all[*position])
    }

    /// The records of every name, in the order of names.
    pub(super) fn by_name(&self) -> impl Iterator<Item = (&Name, Vec<&Record<'a>>)> {
        self.by_name.iter().map(|(name, positions)| (name, positions.iter().map(|p| &self.all[*p]).collect()))
    }

    /// The records of every name and type, in the order of both.
    pub(super) fn groups(&self) -> impl Iterator<Item = Vec<&Record<'a>>> {
        self.by_name().flat_map(|(_, records)| {
            let mut types = BTreeMap::<RecordType, Vec<&Record<'a>>>::new();
            for record in records {
                types.entry(record.record_type).or_default().push(record);
            }
            types.into_values()
        })
    }
}

fn nodes(root: &Node) -> &[Node] {
    match root.get("spec").and_then(|spec| spec.get("records")).map(|records| &records.value) {
        Some(NodeValue::List(items)) => items,
        _ => &[],
    }
}

fn resolve<'a>(
    zone: &Zone<'_>,
    index: usize,
    spec: &'a RecordSpec,
    at: Mark,
    findings: &mut Vec<Finding>,
) -> Option<Record<'a>> {
    let said = findings.len();
    let tell = |finding: Finding, part: &str| zone.manifest.finding_at(finding, &pointer(index, part));
    let record_type = spec.record_type.0;
    let mut values = BTreeSet::new();
    for (i, text) in spec.values.iter().flatten().enumerate() {
        match normalise_value(record_type, text, &zone.name) {
            Ok(value) if values.contains(&value) => {
                let finding =
                    Finding::warning("duplicate-value", format!("the value `{value}` is listed twice"));
                findings.push(tell(finding.help("remove one of them"), &format!("/values/{i}")));
            }
            Ok(value) => drop(values.insert(value)),
            Err(why) => findings.push(tell(Finding::error("bad-value", why), &format!("/values/{i}"))),
        }
    }
    let (name, relative) = match owner(zone, &spec.name) {
        Ok(owner) => owner,
        Err(finding) => {
            findings.push(tell(*finding, "/name"));
            return None;
        }
    };
    let broken = findings[said..].iter().any(|finding| finding.severity == Severity::Error);
    (!broken).then_some(Record { index, spec, name, relative, record_type, values, at })
}

/// The name in both forms.
fn owner(zone: &Zone<'_>, written: &str) -> Result<(Name, SmolStr), Box<Finding>> {
    let name = Name::absolute(written, &zone.name).map_err(|error| {
        Box::new(
            Finding::error("bad-value", error.to_string()).help("`@` is the zone itself, `www` a name in it"),
        )
    })?;
    let relative = name.relative_to(&zone.name).ok_or_else(|| {
        let message = format!("`{name}` is not in the zone `{}`", zone.name);
        Box::new(Finding::error("outside-zone", message).help("put it into the Domain of its own zone"))
    })?;
    Ok((name, relative))
}
