//! What loosens a safety of a manifest is a resource of our own, so that it is planned, approved and recorded.

use crate::estate::Entry;
use crate::kind::Expansion;
use aplomo_core::resource::Desired;
use aplomo_core::safety::{Deletion, EnvironmentType, Ownership};
use aplomo_core::{Model as _, Scope, Wanted, Wish};
use aplomo_resources::aplomo::SAFETY;
use aplomo_resources::aplomo::model::Safety;
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeSet;

/// The safety of a manifest; none where all of it is the safe default.
pub(super) fn resource(entry: &Entry<'_>, expansion: &Expansion) -> Option<Desired> {
    let Expansion { ownership, consents, collections, .. } = expansion;
    let ownership = *ownership;
    let deletion = Deletion::from(entry.head.lifecycle.deletion);
    let differing = collections.iter().filter(|c| c.ownership != ownership);
    let differing: BTreeSet<SmolStr> =
        differing.map(|c| format_smolstr!("{}={}", c.member, ownership_word(c.ownership))).collect();
    let environment = expansion.environment.filter(|kind| *kind != EnvironmentType::Production);
    let usual = deletion == Deletion::default() && ownership == Ownership::default() && environment.is_none();
    // A Tenant's windows are among its settings.
    let windows = expansion.environment.map(|_| &expansion.windows[..]);
    let usual = usual && windows.is_none_or(<[_]>::is_empty);
    if usual && consents.is_empty() && differing.is_empty() {
        return None;
    }
    let model = Safety::<Wanted> {
        deletion: Wish::Value(SmolStr::new_static(deletion_word(deletion))),
        ownership: Wish::Value(SmolStr::new_static(ownership_word(ownership))),
        consents: if consents.is_empty() { Wish::Absent } else { Wish::Value(consents.clone()) },
        // Of a kind with one collection `ownership` says it all.
        collections: match (differing.is_empty(), collections.len() > 1) {
            (false, _) => Wish::Value(differing),
            (true, true) => Wish::Absent,
            (true, false) => Wish::LeftAlone,
        },
        environment: match (environment, expansion.environment) {
            (Some(kind), _) => Wish::Value(SmolStr::new_static(kind.word())),
            (None, Some(_)) => Wish::Absent,
            (None, None) => Wish::LeftAlone,
        },
        windows: windows.map_or(Wish::LeftAlone, crate::windows::wish),
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
