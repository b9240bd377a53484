//! Prefix lists: changes name the version they are for, entries fit the size, the size can change (moto cannot), a
//! change keeps the name (moto drops it), and a list in use stays.

use super::super::ask::Ask;
use super::super::memory::Memory;
use super::super::{Verdict, refused};
use super::{dependency, refuse, tokens};
use crate::form::Form;
use crate::proxy::{Answer, AwsError};
use crate::xml::{child_text, edit_items, items};

/// A list as it is before a change.
struct Before {
    name: String,
    version: String,
    max_entries: usize,
    cidrs: Vec<String>,
}

pub(super) async fn create(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    tokens::once(memory, ask, "CreateManagedPrefixList", async {
        let max = ask.form.text("MaxEntries").parse().unwrap_or(0);
        fits(ask.form.numbered("Entry").len(), max)?;
        Ok(ask.forward().await)
    })
    .await
}

fn fits(entries: usize, max: usize) -> Result<(), AwsError> {
    let message = "You've reached the maximum number of entries for the prefix list.";
    if entries > max { Err(refuse("PrefixListMaxEntriesExceeded", message)) } else { Ok(()) }
}

pub(super) async fn modify(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    let id = ask.form.text("PrefixListId");
    let before = before(memory, ask, id).await?;
    let form = checked(&ask.form, &before)?;
    let mut answer = ask.forward_with(form.body()).await;
    if let Some(max) = ask.form.get("MaxEntries").filter(|_| !refused(&answer)) {
        memory.state().max_entries.insert(id.to_owned(), max.to_owned());
    }
    resize(memory, &mut answer, id);
    Ok(answer)
}

/// The call for moto, if EC2 would take it.
fn checked(form: &Form, before: &Before) -> Result<Form, AwsError> {
    let cidrs = |list: &str| -> Vec<String> {
        form.numbered(list).iter().map(|e| form.text(&format!("{e}.Cidr")).to_owned()).collect()
    };
    let (add, remove) = (cidrs("AddEntry"), cidrs("RemoveEntry"));
    let changes = !add.is_empty() || !remove.is_empty();
    match form.get("CurrentVersion") {
        Some(version) if version != before.version => return Err(stale(version, &before.version)),
        None if changes => {
            return Err(refuse("MissingParameter", "The request must contain the parameter CurrentVersion"));
        }
        _ => {}
    }
    if changes && form.get("MaxEntries").is_some() {
        let message = "You cannot modify the entries and the size of a prefix list at the same time.";
        return Err(refuse("InvalidParameterCombination", message));
    }
    if let Some(unknown) = remove.iter().find(|cidr| !before.cidrs.contains(cidr)) {
        return Err(refuse(
            "InvalidPrefixListModification",
            format!("There is no entry {unknown} to remove"),
        ));
    }
    let kept = before.cidrs.iter().filter(|cidr| !remove.contains(cidr) && !add.contains(cidr)).count();
    let max = form.get("MaxEntries").and_then(|n| n.parse().ok()).unwrap_or(before.max_entries);
    fits(kept + add.len(), max)?;
    Ok(for_moto(form, before, &add, &remove))
}

fn stale(asked: &str, now: &str) -> AwsError {
    let message =
        format!("The prefix list has the incorrect version number ({asked}). The current version is {now}.");
    refuse("PrefixListVersionMismatch", message)
}

/// An added entry that is there is a new description, which moto would add a second time.
fn for_moto(form: &Form, before: &Before, add: &[String], remove: &[String]) -> Form {
    let mut form = form.clone();
    if form.get("PrefixListName").is_none() {
        form.set("PrefixListName", &before.name);
    }
    let again = add.iter().filter(|cidr| before.cidrs.contains(cidr));
    for (n, cidr) in again.enumerate() {
        form.set(&format!("RemoveEntry.{}.Cidr", remove.len() + n + 1), cidr);
    }
    form
}

async fn before(memory: &Memory, ask: &Ask<'_>, id: &str) -> Result<Before, AwsError> {
    let listed = ask.ec2("DescribeManagedPrefixLists", &[("PrefixListId.1", id)]).await;
    let mut found = items(&listed.body, "prefixListSet", |n| {
        ["prefixListName", "version", "maxEntries"].map(|tag| child_text(n, tag).unwrap_or_default())
    });
    let [name, version, max] = found.pop().ok_or_else(|| not_found(id))?;
    let entries = ask.ec2("GetManagedPrefixListEntries", &[("PrefixListId", id)]).await;
    let cidrs = items(&entries.body, "entrySet", |n| child_text(n, "cidr").unwrap_or_default());
    let max = memory.state().max_entries.get(id).cloned().unwrap_or(max);
    Ok(Before { name, version, max_entries: max.parse().unwrap_or(0), cidrs })
}

fn not_found(id: &str) -> AwsError {
    refuse("InvalidPrefixListID.NotFound", format!("The prefix list ID '{id}' does not exist"))
}

pub(super) async fn delete(ask: &Ask<'_>) -> Verdict {
    let id = ask.form.text("PrefixListId");
    exists(ask, id).await?;
    let rules = ask.ec2("DescribeSecurityGroupRules", &[]).await;
    let by_rule = items(&rules.body, "securityGroupRuleSet", |n| child_text(n, "prefixListId"));
    let tables = ask.ec2("DescribeRouteTables", &[]).await;
    let in_route = tables.body.contains(&format!("<destinationPrefixListId>{id}</destinationPrefixListId>"));
    if in_route || by_rule.iter().flatten().any(|used| used == id) {
        return Err(dependency(format!("The prefix list {id} is in use and cannot be deleted.")));
    }
    Ok(ask.forward().await)
}

async fn exists(ask: &Ask<'_>, id: &str) -> Result<(), AwsError> {
    let listed = ask.ec2("DescribeManagedPrefixLists", &[("PrefixListId.1", id)]).await;
    let found = items(&listed.body, "prefixListSet", |_| ());
    if found.is_empty() { Err(not_found(id)) } else { Ok(()) }
}

pub(super) async fn entries(ask: &Ask<'_>) -> Verdict {
    exists(ask, ask.form.text("PrefixListId")).await?;
    Ok(ask.forward().await)
}

pub(super) async fn describe(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    let mut answer = ask.forward().await;
    let listed = items(&answer.body, "prefixListSet", |n| child_text(n, "prefixListId").unwrap_or_default());
    if let Some(missing) = ask.form.list("PrefixListId").iter().find(|id| !listed.contains(id)) {
        return Err(not_found(missing));
    }
    answer.body = edit_items(&answer.body, "prefixListSet", |n, text| {
        let id = child_text(n, "prefixListId")?;
        Some(sized(memory, &id, text))
    });
    Ok(answer)
}

fn resize(memory: &Memory, answer: &mut Answer, id: &str) {
    answer.body = sized(memory, id, &answer.body);
}

fn sized(memory: &Memory, id: &str, text: &str) -> String {
    let state = memory.state();
    let (Some(max), Some(old)) = (state.max_entries.get(id), crate::xml::raw_text(text, "maxEntries")) else {
        return text.to_owned();
    };
    text.replace(&format!("<maxEntries>{old}</maxEntries>"), &format!("<maxEntries>{max}</maxEntries>"))
}
