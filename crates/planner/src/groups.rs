//! Changes that cannot exist side by side: they go in one breath or not at all.

use crate::draft::Draft;
use aplomo_core::Types;
use aplomo_core::plan::Action;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Gives the changes of one `beside` key in one container a common group, where something goes and
/// something comes.
pub(crate) fn group(drafts: &mut [Draft], types: &Types) {
    let mut sets: BTreeMap<SmolStr, Vec<usize>> = BTreeMap::new();
    if !drafts.iter().any(|d| d.change.action == Action::Delete) {
        return;
    }
    for (i, draft) in drafts.iter().enumerate() {
        if matches!(draft.change.action, Action::Create | Action::Update | Action::Replace | Action::Delete)
            && let Some(name) = name(draft, types)
        {
            sets.entry(name).or_default().push(i);
        }
    }
    for (name, members) in sets {
        let has = |action| members.iter().any(|i| drafts[*i].change.action == action);
        if has(Action::Delete) && has(Action::Create) {
            for i in members {
                drafts[i].change.group = Some(name.clone());
            }
        }
    }
}

/// The container and the key that may exist once in it.
fn name(draft: &Draft, types: &Types) -> Option<SmolStr> {
    let change = &draft.change;
    let key = types.get(change.type_name.as_str())?.beside(change.key.as_deref()?)?;
    // By id where there is one: a container that moves has two addresses and one id.
    let scope = &change.scope;
    let container = scope.container.as_ref().map(ToString::to_string);
    let container =
        container.or_else(|| scope.container_of.as_ref().map(ToString::to_string)).unwrap_or_default();
    Some(format!("{}/{container}:{key}", scope.outer()).into())
}
