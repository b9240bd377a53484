//! Managed prefix lists: DescribeManagedPrefixLists, and one call for the entries of each list of the
//! account's own. Amazon's lists are told without their entries.

use super::{SMALL_PAGE, mark, tags};
use crate::read::regional::{Catch, Find, Survey, View, fields_of, paged, sight, word};
use crate::read::weaken;
use aplomo_core::fields::Sight;
use aplomo_core::{Coverage, Datum, Seen, TypeName};
use aplomo_resources::ec2::{self, cidr, model};
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{ManagedPrefixList, PrefixListState};
use smol_str::SmolStr;
use std::collections::BTreeMap;

const LIST: &str = "ec2:DescribeManagedPrefixLists";
const ENTRIES: &str = "ec2:GetManagedPrefixListEntries";

/// Lists prefix lists.
pub(crate) struct PrefixLists;

impl Survey for PrefixLists {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::PREFIX_LIST];
    const CALLS: &'static [&'static str] = &[LIST, ENTRIES];

    async fn look(view: &View<'_, Client>) -> Vec<Catch> {
        let request = view.client.describe_managed_prefix_lists().max_results(SMALL_PAGE);
        let (lists, coverage) = paged!(view, LIST, "prefix lists", request.clone(), prefix_lists);
        let mut catch = Catch::new(ec2::PREFIX_LIST, coverage);
        for list in lists.iter().filter(|list| !going(list)) {
            take(view, &mut catch, list).await;
        }
        vec![catch]
    }
}

fn going(list: &ManagedPrefixList) -> bool {
    let gone = [PrefixListState::DeleteInProgress, PrefixListState::DeleteComplete];
    list.state.as_ref().is_some_and(|state| gone.contains(state))
}

async fn take(view: &View<'_, Client>, catch: &mut Catch, list: &ManagedPrefixList) {
    let Some(id) = list.prefix_list_id.as_deref() else { return catch.lacks("prefix list") };
    let tags = tags(list.tags.as_deref());
    let foreign = view.stranger(list.owner_id.as_deref());
    let entries = if foreign.is_some() { BTreeMap::new() } else { entries(view, catch, id).await };
    let fields = model::PrefixList::<Seen> {
        name: word(list.prefix_list_name.as_deref()),
        max_entries: sight(list.max_entries.and_then(|n| u32::try_from(n).ok())),
        address_family: word(list.address_family.as_deref()),
        entries,
        tags: fields_of(&tags),
    };
    let version = list.version.map(|version| (SmolStr::new_static("version"), Datum::Int(version)));
    let find = Find {
        outputs: version.into_iter().collect(),
        brought_along: foreign.is_some(),
        ..Find::new(id, foreign.unwrap_or_else(|| mark(&tags)))
    };
    catch.take::<ec2::PrefixLists>(view.scope, find, &fields);
}

/// The entries of a list. What is missing of them weakens the whole reading: a plan from half a list would
/// add what is there.
async fn entries(view: &View<'_, Client>, catch: &mut Catch, id: &str) -> BTreeMap<String, Sight<String>> {
    let request = view.client.get_managed_prefix_list_entries().prefix_list_id(id).max_results(SMALL_PAGE);
    let (found, coverage) = paged!(view, ENTRIES, "entries", request.clone(), entries);
    if let Coverage::LowerBound(why) | Coverage::Failed(why) = coverage {
        weaken(&mut catch.coverage, why);
    }
    let normal = |block: &str| cidr::any(block).map_or_else(|_| block.to_owned(), Into::into);
    let pairs = found.into_iter().filter_map(|entry| {
        Some((normal(&entry.cidr?), Sight::Value(entry.description.unwrap_or_default())))
    });
    pairs.collect()
}
