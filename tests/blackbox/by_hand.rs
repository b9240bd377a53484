//! What a hand changes is reported with the field's name and repaired: what is the same for every provider.
//!
//! A table says how a hand changes each field. It is checked against what a first plan wishes, so that a new type or
//! a new field without a row fails. Each round changes one field of every type at once. Deliberately absent: the
//! tables themselves.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A field and a change of it behind our back.
pub struct Row<W> {
    pub type_name: &'static str,
    pub field: &'static str,
    /// Fields that cannot stay as they were when this one changes.
    pub along: &'static [&'static str],
    pub by_hand: fn(&W),
}

pub const fn row<W>(type_name: &'static str, field: &'static str, by_hand: fn(&W)) -> Row<W> {
    Row { type_name, field, along: &[], by_hand }
}

impl<W> Row<W> {
    /// With fields that go along.
    pub const fn along(self, along: &'static [&'static str]) -> Self {
        Self { along, ..self }
    }

    fn names(&self) -> impl Iterator<Item = String> {
        let all = std::iter::once(&self.field).chain(self.along);
        all.map(|field| format!("{} {field}", self.type_name))
    }
}

/// Fields of a type that no row changes; each stands in its table with why.
pub type Fixed = (&'static str, &'static [&'static str]);

/// The types of a provider that are written and that no row speaks of.
pub fn types_without_a_row<W>(rows: &[Row<W>], is_written: impl Fn(&str) -> bool) -> Vec<String> {
    let covered: BTreeSet<&str> = rows.iter().map(|row| row.type_name).collect();
    let names = aplomo_resources::registry().iter().map(|kind| kind.name().to_string()).collect::<Vec<_>>();
    names.into_iter().filter(|name| is_written(name) && !covered.contains(name.as_str())).collect()
}

/// The fields that a first plan wishes and that no row changes.
pub fn fields_without_a_row<W>(
    plan: &Value,
    (rows, fixed): (&[Row<W>], &[Fixed]),
    general: impl Fn(&str) -> String,
) -> Vec<String> {
    let fixed: BTreeMap<&str, &[&str]> = fixed.iter().copied().collect();
    let mut missing = Vec::new();
    for (type_name, fields) in &wished(plan) {
        for field in fields.iter().map(|field| general(field)) {
            let is_fixed = fixed.get(type_name.as_str()).is_some_and(|all| all.contains(&field.as_str()));
            if !is_fixed && !has_row(rows, type_name, &field) {
                missing.push(format!("{type_name} {field}"));
            }
        }
    }
    missing
}

/// The wished fields of each type, as a first plan shows them; absent ones are no fields to lose.
fn wished(plan: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for change in plan["changes"].as_array().unwrap() {
        let of = fields.entry(change["type"].as_str().unwrap().to_owned()).or_default();
        leaves("", &change["after"], of);
    }
    fields
}

/// Whether a row changes the field, or another entry of the map that it is in: all entries are alike.
fn has_row<W>(rows: &[Row<W>], type_name: &str, field: &str) -> bool {
    let registry = aplomo_resources::registry();
    let maps = registry.get(type_name).map(aplomo_core::types::ResourceType::maps).unwrap_or_default();
    let of = |path: &str| {
        maps.iter().find(|map| path.strip_prefix(**map).is_some_and(|rest| rest.starts_with('/')))
    };
    rows.iter().filter(|row| row.type_name == type_name).any(|row| match of(field) {
        Some(map) => of(row.field) == Some(map),
        None => row.field == field,
    })
}

/// The paths of all leaves; a key that begins with `$` says that its parent is a reference.
fn leaves(path: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Null => {}
        Value::Object(fields) if fields.contains_key("$absent") => {}
        Value::Object(fields) if fields.keys().all(|key| !key.starts_with('$')) => {
            for (key, value) in fields {
                leaves(&format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), value, found);
            }
        }
        _ => drop(found.insert(path.to_owned())),
    }
}

/// Rows of one round: at most one of each type.
pub fn rounds<W>(rows: Vec<Row<W>>) -> Vec<Vec<Row<W>>> {
    let mut rounds: Vec<Vec<Row<W>>> = Vec::new();
    for row in rows {
        let free = rounds.iter_mut().find(|round| round.iter().all(|other| other.type_name != row.type_name));
        match free {
            Some(round) => round.push(row),
            None => rounds.push(vec![row]),
        }
    }
    rounds
}

/// The fields that a report says have drifted, as `type field`.
pub fn drifted(report: &Value, general: impl Fn(&str) -> String) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for change in report["changes"].as_array().unwrap() {
        for field in change["fields"].as_array().unwrap() {
            if field["reason"] == "drift" {
                let name = change["type"].as_str().unwrap();
                found.insert(format!("{name} {}", general(field["path"].as_str().unwrap())));
            }
        }
    }
    found
}

/// What the rows of a round change, as [`drifted`] says it.
pub fn names<W>(round: &[Row<W>]) -> BTreeSet<String> {
    round.iter().flat_map(Row::names).collect()
}
