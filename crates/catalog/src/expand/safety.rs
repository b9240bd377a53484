//! What loosens a safety of a manifest is a resource of our own, so that it is planned, approved and recorded.

use crate::estate::Entry;
use aplomo_core::resource::Desired;
use aplomo_core::safety::{Deletion, Ownership};
use aplomo_core::{Model as _, Scope, Wanted, Wish};
use aplomo_resources::aplomo::SAFETY;
use aplomo_resources::aplomo::model::Safety;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The safety of a manifest; none where all of it is the safe default.
pub(super) fn resource(
    entry: &Entry<'_>,
    ownership: Ownership,
    consents: &BTreeSet<SmolStr>,
) -> Option<Desired> {
    let deletion = Deletion::from(entry.head.lifecycle.deletion);
    if deletion == Deletion::default() && ownership == Ownership::default() && consents.is_empty() {
        return None;
    }
    let model = Safety::<Wanted> {
        deletion: Wish::Value(SmolStr::new_static(deletion_word(deletion))),
        ownership: Wish::Value(SmolStr::new_static(ownership_word(ownership))),
        consents: if consents.is_empty() { Wish::Absent } else { Wish::Value(consents.clone()) },
    };
    Some(entry.head.desired(&SAFETY, &[], Scope::own(), model.to_fields()))
}

const fn deletion_word(deletion: Deletion) -> &'static str {
    match deletion {
        Deletion::Protect => "protect",
        Deletion::Delete => "delete",
        Deletion::Orphan => "orphan",
    }
}

const fn ownership_word(ownership: Ownership) -> &'static str {
    match ownership {
        Ownership::Additive => "additive",
        Ownership::Exclusive => "exclusive",
        Ownership::Observe => "observe",
    }
}
