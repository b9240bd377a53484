//! From the record sets before and after to batches that moto carries out rightly. moto removes a set identifier under
//! every name, takes a create of what was once there for a duplicate, and counts an upsert twice: so the difference
//! is sent as deletes and upserts in small batches, and what a delete took along is put back.

use std::collections::BTreeSet;

use super::batch::{Key, Records};
use crate::record::RecordSet;

/// Values per batch: an upsert counts twice towards moto's limit of 1,000.
const VALUES_PER_BATCH: usize = 450;

/// Bodies of ChangeResourceRecordSets calls to moto, in order.
pub(super) fn bodies(before: &Records, after: &Records) -> Vec<String> {
    let mut changes = Vec::new();
    let mut lost_ids = BTreeSet::new();
    for (key, set) in before.iter().filter(|(key, _)| !after.contains_key(*key)) {
        changes.push(("DELETE", set));
        lost_ids.extend(key.2.clone());
    }
    for (key, set) in after {
        if before.get(key) != Some(set) || took_along(&lost_ids, key) {
            changes.push(("UPSERT", set));
        }
    }
    batches(&changes).iter().map(|batch| body(batch)).collect()
}

fn took_along(lost_ids: &BTreeSet<String>, key: &Key) -> bool {
    key.2.as_ref().is_some_and(|id| lost_ids.contains(id))
}

fn batches<'a>(changes: &[(&'static str, &'a RecordSet)]) -> Vec<Vec<(&'static str, &'a RecordSet)>> {
    let mut batches = Vec::new();
    let mut batch = Vec::new();
    let mut values = 0;
    for change in changes {
        let more = change.1.values.len().max(1);
        if values + more > VALUES_PER_BATCH && !batch.is_empty() {
            batches.push(std::mem::take(&mut batch));
            values = 0;
        }
        values += more;
        batch.push(*change);
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    batches
}

/// The body of one call; also used to seed.
pub(crate) fn body(changes: &[(&str, &RecordSet)]) -> String {
    let changes: String = changes
        .iter()
        .map(|(action, set)| format!("<Change><Action>{action}</Action>{}</Change>", set.to_xml()))
        .collect();
    format!(
        "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch><Changes>{changes}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"
    )
}
