//! Managed prefix lists. Size and entries change in calls of their own, room first and shrinking last; each
//! change names the version it is for and is waited for, since the next one would be refused meanwhile.

use super::{CREATE_TAGS, DELETE_TAGS, SETTLE, birth, tagged};
use crate::wanted::{entries, int, int32, text};
use crate::write::craft::{Craft, Job, Turn, send};
use crate::write::not_sent;
use crate::write::patience::{HELD, ONCE, YOUNG, or_gone};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{RemoteId, TypeName};
use aplomo_resources::ec2;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::modify_managed_prefix_list::builders::ModifyManagedPrefixListFluentBuilder;
use aws_sdk_ec2::types::{
    AddPrefixListEntry, ManagedPrefixList, PrefixListState, RemovePrefixListEntry, ResourceType,
};
use std::time::Duration;

const CREATE: &str = "ec2:CreateManagedPrefixList";
const MODIFY: &str = "ec2:ModifyManagedPrefixList";
const DELETE: &str = "ec2:DeleteManagedPrefixList";
const LIST: &str = "ec2:DescribeManagedPrefixLists";
/// The most entries that a call adds or removes.
const ENTRIES: usize = 100;
/// Seconds before each look whether a change is finished; a minute and a half in all.
const LOOKS: [u64; 8] = [0, 1, 2, 4, 8, 16, 30, 30];

/// Makes and changes prefix lists.
pub(crate) struct PrefixLists;

impl Craft for PrefixLists {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::PREFIX_LIST];
    const WHAT: &'static str = "the prefix list";
    const CALLS: &'static [&'static str] = &[CREATE, MODIFY, DELETE, LIST, CREATE_TAGS, DELETE_TAGS];
    const SETTLE: Duration = SETTLE;

    async fn make(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
        let wished = entries(after, "/entries").map_err(|why| not_sent(&why))?.into_iter();
        let all: Vec<_> = wished.filter_map(|(block, wish)| Some((block, wish.set()?.to_string()))).collect();
        let (first, rest) = all.split_at(all.len().min(ENTRIES));
        let request = job
            .pen
            .client
            .create_managed_prefix_list()
            .prefix_list_name(job.need(after, "/name", text)?)
            .max_entries(job.need(after, "/maxEntries", int32)?)
            .address_family(job.need(after, "/addressFamily", text)?)
            .set_entries(Some(first.iter().map(entry).collect()))
            .client_token(job.step.key.as_str())
            .tag_specifications(birth(job, ResourceType::PrefixList)?);
        let answer = send!(job, CREATE, ONCE, request)?;
        let list = answer.prefix_list.as_ref();
        job.born(CREATE, list.and_then(|list| list.prefix_list_id.as_deref()))?;
        let mut version = finished(job, list).await?;
        for some in rest.chunks(ENTRIES) {
            let add = some.iter().map(entry).collect();
            version = modify(job, version, |request| request.set_add_entries(Some(add))).await?;
        }
        Ok(())
    }

    async fn shape(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
        if job.made {
            return Ok(());
        }
        let fresh = job.step.fresh.as_ref();
        let mut version = fresh.and_then(|fresh| fresh.outputs.get("version")).and_then(int).unwrap_or(1);
        if let Some(name) = job.turn(after, "/name", text, None)?.and_then(|turn| turn.to) {
            version = modify(job, version, |request| request.prefix_list_name(name)).await?;
        }
        let size = job.turn(after, "/maxEntries", int32, None)?;
        let size = size.and_then(|turn| Some((turn.from, turn.to?)));
        let (grows, shrinks) = match size {
            Some((from, to)) if from.is_none_or(|from| to > from) => (Some(to), None),
            Some((_, to)) => (None, Some(to)),
            None => (None, None),
        };
        if let Some(most) = grows {
            version = modify(job, version, |request| request.max_entries(most)).await?;
        }
        version = change_entries(job, after, version).await?;
        if let Some(most) = shrinks {
            modify(job, version, |request| request.max_entries(most)).await?;
        }
        Ok(())
    }

    async fn unmake(job: &mut Job<'_, Client>, id: &RemoteId) -> Result<(), CallError> {
        let request = job.pen.client.delete_managed_prefix_list().prefix_list_id(id.as_str());
        or_gone(send!(job, DELETE, HELD, request))
    }

    tagged!();
}

/// What goes makes room for what comes.
async fn change_entries(
    job: &mut Job<'_, Client>,
    after: &WantedFields,
    mut version: i64,
) -> Result<i64, CallError> {
    let turned = job.turned_entries(after, "/entries")?;
    let (come, go): (Vec<_>, Vec<_>) = turned.into_iter().partition(|(_, turn)| turn.to.is_some());
    for some in go.chunks(ENTRIES) {
        let remove = some.iter().map(|(block, _)| RemovePrefixListEntry::builder().cidr(block).build());
        let remove: Vec<_> = remove.collect();
        version = modify(job, version, |request| request.set_remove_entries(Some(remove))).await?;
    }
    for some in come.chunks(ENTRIES) {
        let add: Vec<_> = some.iter().map(turned_entry).collect();
        version = modify(job, version, |request| request.set_add_entries(Some(add))).await?;
    }
    Ok(version)
}

/// An entry that is there is given a new description by being added again.
fn entry((block, words): &(String, String)) -> AddPrefixListEntry {
    AddPrefixListEntry::builder().cidr(block).description(words).build()
}

fn turned_entry((block, turn): &(String, Turn<String>)) -> AddPrefixListEntry {
    AddPrefixListEntry::builder().cidr(block).description(turn.to.clone().unwrap_or_default()).build()
}

/// One change, finished; yields the version after it.
async fn modify(
    job: &mut Job<'_, Client>,
    version: i64,
    shape: impl FnOnce(ModifyManagedPrefixListFluentBuilder) -> ModifyManagedPrefixListFluentBuilder,
) -> Result<i64, CallError> {
    let id = job.id()?;
    let request =
        job.pen.client.modify_managed_prefix_list().prefix_list_id(id.as_str()).current_version(version);
    let answer = send!(job, MODIFY, YOUNG, shape(request))?;
    finished(job, answer.prefix_list.as_ref()).await
}

/// Waits until the list is neither being made nor changed, and yields its version.
async fn finished(job: &Job<'_, Client>, told: Option<&ManagedPrefixList>) -> Result<i64, CallError> {
    let id = job.id()?;
    if let Some(version) = told.and_then(settled).transpose()? {
        return Ok(version);
    }
    for seconds in LOOKS {
        if seconds > 0 {
            job.pen.cx.clock.sleep(Duration::from_secs(seconds)).await;
        }
        let request = job.pen.client.describe_managed_prefix_lists().prefix_list_ids(id.as_str());
        let answer = job.pen.line.ask(LIST, |probe| request.customize().interceptor(probe).send()).await;
        let lists = match answer {
            Err(problem) if problem.code().contains("NotFound") => continue, // it is very new
            answer => answer?.prefix_lists.unwrap_or_default(),
        };
        if let Some(version) = lists.first().and_then(settled).transpose()? {
            return Ok(version);
        }
    }
    Err(not_sent(&format!("the change before is not finished after {} looks: run again", LOOKS.len())))
}

/// The version of a list at rest; an error where its last change failed.
fn settled(list: &ManagedPrefixList) -> Option<Result<i64, CallError>> {
    match list.state.as_ref()? {
        PrefixListState::CreateComplete
        | PrefixListState::ModifyComplete
        | PrefixListState::RestoreComplete => Some(Ok(list.version.unwrap_or(1))),
        PrefixListState::CreateFailed | PrefixListState::ModifyFailed | PrefixListState::RestoreFailed => {
            let said = list.state_message.as_deref().unwrap_or("no reason given");
            Some(Err(not_sent(&format!("AWS could not change the list: {said}"))))
        }
        _ => None,
    }
}
