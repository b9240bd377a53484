//! What repositories of a type are called.

use super::spec::{Naming, RepositoryTypeSpec};
use crate::kind::Manifest;
use aplomo_core::Finding;
use aplomo_resources::github::effective::fnmatch;
use aplomo_resources::github::shape;

/// Why a name is none of the type; `None` where it is one.
pub(crate) fn broken(naming: &Naming, name: &str) -> Option<String> {
    if let Some(prefix) = naming.prefix.as_deref().filter(|prefix| !name.starts_with(prefix)) {
        return Some(format!("it does not begin with `{prefix}`"));
    }
    if let Some(suffix) = naming.suffix.as_deref().filter(|suffix| !name.ends_with(suffix)) {
        return Some(format!("it does not end in `{suffix}`"));
    }
    let pattern = naming.pattern.as_deref().filter(|pattern| !fnmatch(pattern, name))?;
    Some(format!("it does not fit `{pattern}`"))
}

/// The rule in words.
pub(crate) fn rule(naming: &Naming) -> String {
    let mut parts = Vec::new();
    parts.extend(naming.prefix.as_ref().map(|prefix| format!("begins with `{prefix}`")));
    parts.extend(naming.suffix.as_ref().map(|suffix| format!("ends in `{suffix}`")));
    parts.extend(naming.pattern.as_ref().map(|pattern| format!("fits `{pattern}`")));
    format!("a name {}", parts.join(", "))
}

/// The name with what it lacks, where that makes it one of the type.
pub(crate) fn proposal(naming: &Naming, name: &str) -> Option<String> {
    let prefix = naming.prefix.as_deref().filter(|prefix| !name.starts_with(prefix)).unwrap_or_default();
    let suffix = naming.suffix.as_deref().filter(|suffix| !name.ends_with(suffix)).unwrap_or_default();
    let proposal = format!("{prefix}{name}{suffix}");
    (broken(naming, &proposal).is_none() && proposal != name).then_some(proposal)
}

/// `bad-naming`: parts that no repository's name can have.
pub(super) fn own(manifest: &Manifest<'_, RepositoryTypeSpec>) -> Vec<Finding> {
    let naming = &manifest.spec.naming;
    let parts = [("prefix", &naming.prefix), ("suffix", &naming.suffix)];
    let bad = parts.into_iter().filter_map(|(field, part)| {
        let part = part.as_deref()?;
        let why = shape::repository(&format!("x{part}x")).err()?;
        let finding = Finding::error("bad-naming", format!("no name can have it: {why}"));
        Some(manifest.finding_at(finding, &format!("/spec/naming/{field}")))
    });
    bad.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_and_proposed() {
        let naming = Naming { prefix: Some("ms-".into()), suffix: None, pattern: Some("ms-[a-z]*".into()) };
        assert_eq!(broken(&naming, "ms-shop"), None);
        assert_eq!(proposal(&naming, "shop").as_deref(), Some("ms-shop"));
        assert_eq!(broken(&naming, "ms-9").as_deref(), Some("it does not fit `ms-[a-z]*`"));
        assert_eq!(proposal(&naming, "9"), None);
        assert_eq!(rule(&naming), "a name begins with `ms-`, fits `ms-[a-z]*`");
    }
}
