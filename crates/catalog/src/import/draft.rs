//! A Domain manifest in the making, and how it is written.

use super::yaml::{flow_list, scalar};
use super::{Imported, Options};
use aplomo_resources::route53::dns::RecordType;
use smol_str::SmolStr;
use std::fmt::Write as _;

/// Lines longer than this are written over several.
const WIDTH: usize = 110;

/// A Domain as it will be written.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// The zone's name without its final dot.
    pub(super) zone: String,
    /// Region and id of each network of a private zone; `None` for a public one.
    pub(super) networks: Option<Vec<(String, String)>>,
    /// The zone's id, where it is taken over.
    pub(super) adopt: Option<String>,
    /// Name and type of what is not ours to judge.
    pub(super) ignore: Vec<(SmolStr, SmolStr)>,
    pub(super) records: Vec<RecordDraft>,
    pub(super) notes: Vec<String>,
}

/// A record as it will be written.
#[derive(Debug)]
pub(super) struct RecordDraft {
    pub(super) name: SmolStr,
    pub(super) record_type: RecordType,
    pub(super) ttl: Option<u32>,
    pub(super) values: Vec<SmolStr>,
    /// Further fields, each a line of YAML.
    pub(super) more: Vec<String>,
}

impl Draft {
    /// Writes the manifest.
    pub(super) fn finish(mut self, options: &Options, heading: &str) -> Imported {
        self.records
            .sort_by(|a, b| order(&a.name).cmp(&order(&b.name)).then(a.record_type.cmp(&b.record_type)));
        let mut out = format!("# {heading}\napiVersion: aplomo/v1\nkind: Domain\nmetadata:\n");
        let _ = writeln!(
            out,
            "  name: {}\n  tenant: {}",
            scalar(options.name.as_str()),
            scalar(options.tenant.as_str())
        );
        if let Some(id) = &self.adopt {
            let _ = writeln!(out, "lifecycle:\n  adopt: {}", scalar(id));
        }
        let _ = writeln!(out, "spec:\n  zone: {}", scalar(&self.zone));
        self.write_networks(&mut out);
        self.write_ignored(&mut out);
        if !self.records.is_empty() {
            out.push_str("  records:\n");
        }
        self.records.iter().for_each(|record| record.write(&mut out));
        Imported { yaml: out, notes: self.notes, ..Imported::default() }
    }

    fn write_networks(&self, out: &mut String) {
        let Some(networks) = &self.networks else { return };
        out.push_str("  visibility: private\n  networks:\n");
        for (region, id) in networks {
            let _ = writeln!(out, "    - {{id: {}, region: {}}}", scalar(id), scalar(region));
        }
    }

    fn write_ignored(&mut self, out: &mut String) {
        self.ignore.sort();
        self.ignore.dedup();
        if !self.ignore.is_empty() {
            out.push_str("  ignore:\n");
        }
        for (name, record_type) in &self.ignore {
            let _ = writeln!(out, "    - {{name: {}, type: {}}}", scalar(name), scalar(record_type));
        }
    }
}

/// The zone itself first, then by name from the right.
fn order(name: &str) -> (bool, Vec<&str>) {
    (name != "@", name.rsplit('.').collect())
}

impl RecordDraft {
    fn fields(&self) -> Vec<String> {
        let mut fields = vec![format!("name: {}", scalar(&self.name)), format!("type: {}", self.record_type)];
        fields.extend(self.ttl.map(|ttl| format!("ttl: {ttl}")));
        fields
    }

    fn write(&self, out: &mut String) {
        let mut fields = self.fields();
        let values = (!self.values.is_empty()).then(|| format!("values: {}", flow_list(&self.values)));
        let line: Vec<String> = fields.iter().chain(&values).chain(&self.more).cloned().collect();
        let line = format!("    - {{{}}}", line.join(", "));
        if line.chars().count() <= WIDTH {
            let _ = writeln!(out, "{line}");
            return;
        }
        if !self.values.is_empty() {
            fields.push("values:".to_owned());
            fields.extend(self.values.iter().map(|value| format!("  - {}", scalar(value))));
        }
        fields.extend(self.more.iter().cloned());
        for (index, field) in fields.iter().enumerate() {
            let _ = writeln!(out, "    {} {field}", if index == 0 { "-" } else { " " });
        }
    }
}
