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
        for i in clashing(drafts, types, &members) {
            drafts[i].change.group = Some(name.clone());
        }
    }
}

/// What goes and what comes that exclude each other.
fn clashing(drafts: &[Draft], types: &Types, members: &[usize]) -> Vec<usize> {
    let of = |action: Action| members.iter().copied().filter(move |i| drafts[*i].change.action == action);
    let clash = |a: usize, b: usize| {
        let (one, other) = (&drafts[a].change, &drafts[b].change);
        let keys = one.key.as_deref().zip(other.key.as_deref());
        let kind = types.get(one.type_name.as_str());
        kind.zip(keys).is_none_or(|(kind, (one, other))| kind.clashes(one, other))
    };
    let goes = of(Action::Delete).filter(|gone| of(Action::Create).any(|made| clash(*gone, made)));
    let comes = of(Action::Create).filter(|made| of(Action::Delete).any(|gone| clash(gone, *made)));
    goes.chain(comes).collect()
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
