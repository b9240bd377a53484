//! What must be done before what, among the changes of one plan.

use crate::PlanInput;
use crate::depart::departure;
use crate::draft::{Containers, Draft};
use crate::matching::Matches;
use crate::order::needs;
use crate::place::is_own;
use aplomo_core::Address;
use aplomo_core::plan::Action;
use std::collections::{BTreeSet, HashMap};

/// Fills `dependsOn`. What comes or stays waits for what it needs; what goes waits for what needed it.
pub(crate) fn link(input: &PlanInput<'_>, matches: &Matches<'_>, drafts: &mut [Draft]) {
    let at: HashMap<Address, usize> =
        drafts.iter().enumerate().map(|(i, d)| (d.change.address.clone(), i)).collect();
    let mut edges: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); drafts.len()];
    for (i, draft) in drafts.iter().enumerate() {
        if !draft.goes() {
            let want = matches.item(&draft.change.address).map(|item| item.want);
            let needed = want.into_iter().flat_map(needs).filter_map(|address| at.get(address));
            edges[i].extend(needed.copied().filter(|n| !drafts[*n].goes()));
        }
        for gone in left_behind(input, draft).filter_map(|address| at.get(address)) {
            if drafts[*gone].goes() {
                edges[*gone].insert(i);
            }
        }
    }
    children_first(drafts, &mut edges);
    settings_last(input, drafts, &mut edges);
    for (i, needed) in edges.into_iter().enumerate() {
        let mut names: Vec<Address> =
            needed.into_iter().filter(|n| *n != i).map(|n| drafts[n].change.address.clone()).collect();
        names.sort();
        drafts[i].change.depends_on = names;
    }
}

/// What the object referred to or was in, when it was last applied.
fn left_behind<'a>(input: &PlanInput<'a>, draft: &Draft) -> impl Iterator<Item = &'a Address> {
    let ledger = &input.memory.ledger;
    let change = &draft.change;
    let entry = ledger.get(&change.address).or_else(|| ledger.get(change.moved_from.as_ref()?));
    entry.into_iter().flat_map(|e| e.applied.references().map(|(_, r)| &r.to).chain(&e.scope.container_of))
}

/// A container goes after what is in it, whatever addresses they have.
fn children_first(drafts: &[Draft], edges: &mut [BTreeSet<usize>]) {
    let going = drafts.iter().enumerate().filter(|(_, d)| d.goes());
    let containers = Containers::new(going.map(|(i, d)| (d, i)));
    for (i, draft) in drafts.iter().enumerate() {
        if let Some(container) = containers.around(draft)
            && draft.goes()
        {
            edges[*container].insert(i);
        }
    }
}

/// What is recorded of a manifest that goes away goes last: it is what allows the rest to go. Last of
/// all go a tenant's own settings.
fn settings_last(input: &PlanInput<'_>, drafts: &[Draft], edges: &mut [BTreeSet<usize>]) {
    let mut by_manifest: HashMap<&str, Vec<usize>> = HashMap::new();
    let own = |d: &Draft| is_own(&d.change.scope);
    for (i, draft) in drafts.iter().enumerate().filter(|(_, d)| d.goes() && !own(d)) {
        by_manifest.entry(draft.change.address.manifest()).or_default().push(i);
    }
    for (i, draft) in drafts.iter().enumerate().filter(|(_, d)| d.change.action == Action::Delete && own(d)) {
        let manifest = draft.change.address.manifest_ref();
        let tenant = draft.change.address.tenant();
        let departs = departure(input.recorded, input.desired, tenant).is_some();
        if departs || manifest.is_none_or(|m| !input.desired.manifests.contains_key(&m)) {
            edges[i].extend(by_manifest.get(draft.change.address.manifest()).into_iter().flatten());
            if draft.is_settings() {
                let of_tenant = |d: &Draft| d.goes() && d.change.address.tenant() == tenant;
                edges[i].extend((0..drafts.len()).filter(|n| *n != i && of_tenant(&drafts[*n])));
            }
        }
    }
}
