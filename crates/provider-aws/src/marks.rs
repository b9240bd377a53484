//! Ownership marks on AWS objects: three tags, and until they are set the caller reference.

use aplomo_core::observation::OwnerMark;
use aplomo_core::ports::{ApprovedStep, Marks};
use aplomo_core::{Digest, Installation};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// The tag that names the installation.
pub const MARK_INSTALLATION: &str = "aplomo:installation";
/// The tag that names the tenant.
pub const MARK_TENANT: &str = "aplomo:tenant";
/// The tag that names the address.
pub const MARK_ADDRESS: &str = "aplomo:address";

/// All of our tags.
pub(crate) const MARK_KEYS: [&str; 3] = [MARK_INSTALLATION, MARK_TENANT, MARK_ADDRESS];
/// The longest caller reference of a hosted zone.
pub(crate) const ZONE_REFERENCE: usize = 128;
/// The longest caller reference of a health check.
pub(crate) const CHECK_REFERENCE: usize = 64;

/// Set where an object was released: the reference that it was created with stays for ever, and shall
/// not count as a mark any more.
pub(crate) const MARK_RELEASED: &str = "aplomo:released";

/// The tag of a private zone that remembers the network of an Environment, `<region>:<vpc id>`.
const NETWORK: &str = "aplomo:network:";

/// The key of the tag for an Environment's network.
pub(crate) fn network_tag(environment: &str) -> String {
    format!("{NETWORK}{environment}")
}

/// The networks that a zone's tags remember, by Environment.
pub(crate) fn tagged_networks(tags: &Tags) -> impl Iterator<Item = (&str, &String)> {
    tags.iter().filter_map(|(key, network)| Some((key.strip_prefix(NETWORK)?, network)))
}

/// Tags by key.
pub(crate) type Tags = BTreeMap<String, String>;

/// The tags that say whose an object is.
pub(crate) fn mark_tags(marks: &Marks) -> Tags {
    let values = [marks.installation.as_str(), marks.tenant.as_str(), marks.address.as_str()];
    MARK_KEYS.iter().zip(values).map(|(key, value)| ((*key).to_owned(), value.to_owned())).collect()
}

/// The caller reference `aplomo:<installation>:<key>` of at most `longest` characters; a key that
/// does not fit is hashed. Where even that does not fit the reference no longer names the installation.
#[must_use]
pub fn caller_reference(installation: &Installation, key: &str, longest: usize) -> String {
    let plain = format!("aplomo:{installation}:{key}");
    if plain.len() <= longest {
        return plain;
    }
    let hash = Digest::of_bytes(key.as_bytes());
    let room = longest.saturating_sub("aplomo::".len() + installation.as_str().len()).min(64);
    if room >= 16 {
        return format!("aplomo:{installation}:{}", hash.short(room));
    }
    format!("aplomo={}", Digest::of_bytes(plain.as_bytes()).short(32))
}

/// Whose an object is. `tags` is `None` where they could not be read.
pub(crate) fn owner(tags: Option<&Tags>, reference: &str, linked: Option<&str>) -> OwnerMark {
    if let Some(service) = linked {
        return OwnerMark::OtherTool(service.into());
    }
    let Some(tags) = tags else { return OwnerMark::Unknown };
    if tags.keys().any(|key| key.starts_with("aws:cloudformation:")) {
        return OwnerMark::OtherTool("CloudFormation".into());
    }
    let text = |key: &str| tags.get(key).map(SmolStr::new);
    if let Some(installation) = text(MARK_INSTALLATION) {
        let (tenant, address) = (text(MARK_TENANT), text(MARK_ADDRESS));
        return OwnerMark::Marked {
            installation,
            tenant: tenant.unwrap_or_default(),
            address: address.unwrap_or_default(),
        };
    }
    if tags.contains_key(MARK_RELEASED) {
        return OwnerMark::None;
    }
    match reference.strip_prefix("aplomo:").and_then(|rest| rest.split_once(':')) {
        Some((installation, _)) => OwnerMark::Marked {
            installation: installation.into(),
            tenant: SmolStr::default(),
            address: SmolStr::default(),
        },
        None => OwnerMark::None,
    }
}

/// The tags that are neither marks nor the provider's own.
pub(crate) fn plain_tags(tags: &Tags) -> impl Iterator<Item = (&String, &String)> {
    tags.iter().filter(|(key, _)| !key.starts_with("aws:") && !key.starts_with("aplomo:"))
}

/// Why an object may not be touched by this step, as far as its marks say; `None` where it may.
pub(crate) fn forbidden(step: &ApprovedStep<'_>) -> Option<String> {
    match &step.fresh.as_ref()?.mark {
        OwnerMark::Marked { installation, .. } if *installation != step.marks.installation.as_str() => Some(
            format!("it carries the mark of another installation, `{installation}`: release it there first"),
        ),
        OwnerMark::OtherTool(tool) => Some(format!("{tool} owns it: take it out of {tool} first")),
        OwnerMark::Unknown => Some(
            "its tags could not be read, so its owner is unknown: allow reading them as in deploy/iam".into(),
        ),
        OwnerMark::None | OwnerMark::Marked { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn tags_say_whose_it_is() {
        let ours =
            OwnerMark::Marked { installation: "main".into(), tenant: "acme".into(), address: "a".into() };
        let marked =
            tags(&[(MARK_INSTALLATION, "main"), (MARK_TENANT, "acme"), (MARK_ADDRESS, "a"), ("env", "x")]);
        assert_eq!(owner(Some(&marked), "", None), ours);
        assert_eq!(plain_tags(&marked).count(), 1);
        assert_eq!(owner(None, "aplomo:main:1", None), OwnerMark::Unknown);
        assert_eq!(owner(Some(&tags(&[])), "2020-01-01", None), OwnerMark::None);
        let half = OwnerMark::Marked { installation: "main".into(), tenant: "".into(), address: "".into() };
        assert_eq!(owner(Some(&tags(&[])), "aplomo:main:1", None), half);
        let stack = tags(&[("aws:cloudformation:stack-id", "x"), (MARK_INSTALLATION, "main")]);
        assert_eq!(owner(Some(&stack), "", None), OwnerMark::OtherTool("CloudFormation".into()));
        assert_eq!(
            owner(Some(&marked), "", Some("servicediscovery")),
            OwnerMark::OtherTool("servicediscovery".into())
        );
    }

    #[test]
    fn references_fit_and_stay_distinct() {
        let short = Installation::known("main");
        assert_eq!(caller_reference(&short, "abc", 64), "aplomo:main:abc");
        let (a, b) = ("a".repeat(80), format!("{}b", "a".repeat(79)));
        for longest in [CHECK_REFERENCE, ZONE_REFERENCE] {
            for installation in ["m", "main-europe-of-the-operator", &"m".repeat(63)] {
                let installation = Installation::new(installation).unwrap();
                let (x, y) = (
                    caller_reference(&installation, &a, longest),
                    caller_reference(&installation, &b, longest),
                );
                assert!(x.len() <= longest && x != y, "{x}");
            }
        }
    }
}
