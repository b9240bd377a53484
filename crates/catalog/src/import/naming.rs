//! Names for manifests of what exists: made of what it is called there, each used once.

use super::whole::Ours;
use aplomo_core::observation::OwnerMark;
use aplomo_core::{Address, KindName, ManifestName, Observation};
use std::collections::BTreeSet;

/// The most characters a name has.
const LONGEST: usize = 63;

/// `example.com.` becomes `example-com`; what a name cannot hold becomes `-`.
#[must_use]
pub fn manifest_name(text: &str) -> ManifestName {
    ManifestName::new(slug(text, LONGEST)).unwrap_or(ManifestName::known("imported"))
}

fn slug(text: &str, longest: usize) -> String {
    let text = text.strip_prefix("*.").map_or_else(|| text.to_owned(), |rest| format!("wildcard-{rest}"));
    let fits = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = text.trim_end_matches('.').chars().map(fits).take(longest).collect();
    name.trim_matches('-').to_owned()
}

/// The names that are taken, by kind.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<(KindName, ManifestName)>);

impl Names {
    /// Those of manifests that are recorded, or that marks speak of.
    pub(super) fn taken(ours: &Ours, seen: &Observation) -> Self {
        let marked = seen.objects.iter().filter_map(|object| match &object.mark {
            OwnerMark::Marked { address, .. } => address.parse::<Address>().ok(),
            _ => None,
        });
        let refs = ours.values().cloned().chain(marked).filter_map(|address| address.manifest_ref());
        Self(refs.map(|r| (r.kind, r.name)).collect())
    }

    /// A name that no other manifest of the kind has: with the region, then with a number where the
    /// plain one is taken.
    pub(super) fn fresh(&mut self, kind: &KindName, called: &str, region: Option<&str>) -> ManifestName {
        let plain = manifest_name(called);
        let with = |end: &str| manifest_name(&format!("{}-{end}", slug(called, LONGEST - end.len() - 1)));
        let numbered = (2_u32..).map(|n| with(&n.to_string()));
        let mut all = std::iter::once(plain).chain(region.map(with)).chain(numbered);
        let free = all.find(|name| !self.0.contains(&(kind.clone(), name.clone())));
        let name = free.unwrap_or(ManifestName::known("imported"));
        self.0.insert((kind.clone(), name.clone()));
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_and_told_apart() {
        let kind = KindName::known("Certificate");
        let mut names = Names::default();
        let mut fresh = |called: &str, region| names.fresh(&kind, called, region).to_string();
        assert_eq!(fresh("example.com.", None), "example-com");
        assert_eq!(fresh("example.com", Some("eu-west-1")), "example-com-eu-west-1");
        assert_eq!(fresh("example.com", Some("eu-west-1")), "example-com-2");
        assert_eq!(fresh("*.example.com", None), "wildcard-example-com");
        assert_eq!(fresh("ünsaid", None), "nsaid");
        let long = "a".repeat(64);
        assert_eq!((fresh(&long, None).len(), fresh(&long, None).len()), (63, 63));
        assert_eq!(fresh("***", None), "imported");
    }
}
