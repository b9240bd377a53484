//! An Environment manifest for a network that was made by hand: every part by its block or name and by its id, so
//! that planning changes nothing. What the kind cannot say stays outside and is named by its id.

mod groups;
mod network;
mod sights;
mod write;

use super::yaml::scalar;
use super::{Imported, Options, manifest_name};
use aplomo_core::{KindName, ManifestRef, Observed, RemoteId, TypeName};
use groups::Groups;
use network::Parts;
use sights::Sights;
use std::collections::{BTreeMap, BTreeSet};

/// Writes an Environment manifest for a network. `around` is what was seen in it and beside it, as far as it is
/// nobody's; what is not among it is named by its id.
#[must_use]
pub fn environment_manifest(vpc: &Observed, around: &[&Observed], options: &Options) -> Imported {
    let sights = Sights::of(vpc, around);
    let mut draft = Draft::new(options);
    let groups = Groups::of(&sights, &mut draft);
    let parts = Parts::of(&sights, &mut draft);
    write::manifest(&sights, &parts, &groups, draft)
}

/// A manifest in the making.
struct Draft {
    /// Whose it is and what it is called.
    reference: ManifestRef,
    /// The end of each part's address, with its id.
    existing: BTreeMap<String, RemoteId>,
    notes: Vec<String>,
}

impl Draft {
    fn new(options: &Options) -> Self {
        let (tenant, name) = (options.tenant.clone(), options.name.clone());
        let reference = ManifestRef { tenant, kind: KindName::known("Environment"), name };
        Self { reference, existing: BTreeMap::new(), notes: Vec::new() }
    }

    /// Takes an object over as the part with this key.
    fn take(&mut self, type_name: &TypeName, key: &[&str], object: &Observed) {
        let end = crate::environment::end(&self.reference.resource(type_name, key));
        self.existing.insert(end, object.id.clone());
    }

    fn leave(&mut self, object: &Observed, why: &str) {
        let called = object.fields.text("/tags/Name").or_else(|| object.fields.text("/name"));
        let called = called.map(|name| format!(" ({name})")).unwrap_or_default();
        self.notes.push(format!("left out: {} `{}`{called}: {why}", object.type_name, object.id));
    }
}

/// Names that were given, so that none is given twice.
#[derive(Default)]
struct Given(BTreeSet<String>);

impl Given {
    /// A name made of a text, else of a word; with a number where it is taken.
    fn fresh(&mut self, text: Option<&str>, word: &str) -> String {
        let text = text.filter(|text| text.chars().any(|c| c.is_ascii_alphanumeric()));
        let plain = manifest_name(text.unwrap_or(word)).to_string();
        let numbered = (2_u32..).map(|n| format!("{}-{n}", plain.chars().take(50).collect::<String>()));
        let mut all = std::iter::once(plain.clone()).chain(numbered);
        let name = all.find(|name| name != "main" && !self.0.contains(name)).unwrap_or(plain);
        self.0.insert(name.clone());
        name
    }
}

/// `{a: b, c: d}` of values that are YAML already.
fn flow(pairs: &[(&str, Option<String>)]) -> String {
    let pairs = pairs.iter().filter_map(|(key, value)| Some(format!("{key}: {}", value.as_ref()?)));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
}

fn text(value: &str) -> Option<String> {
    Some(scalar(value))
}
