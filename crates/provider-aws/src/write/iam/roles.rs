//! Roles: one call makes a role with its trust, boundary and tags; then come its inline policies and
//! attachments. A delete first takes away what the role was just seen to have.

mod parts;

use super::job::{Job, or_gone, retag, send, writer};
use super::{GONE, TAKEN};
use crate::wanted::{Want, int32, text};
use crate::write::not_sent;
use crate::write::tags::TagChange;
use aplomo_core::plan::Action;
use aplomo_core::ports::CallError;
use aplomo_core::{Datum, RemoteId};
use aplomo_resources::iam;
use parts::*;

const CREATE: &str = "iam:CreateRole";
const LOOK: &str = "iam:GetRole";
const UPDATE: &str = "iam:UpdateRole";
const TRUST: &str = "iam:UpdateAssumeRolePolicy";
const BOUND: &str = "iam:PutRolePermissionsBoundary";
const UNBOUND: &str = "iam:DeleteRolePermissionsBoundary";
const TAG: &str = "iam:TagRole";
const UNTAG: &str = "iam:UntagRole";
const DELETE: &str = "iam:DeleteRole";

writer!(
    RoleWriter,
    iam::ROLE,
    "the role",
    [CREATE, LOOK, UPDATE, TRUST, BOUND, UNBOUND, PUT, TAKE, ATTACH, DETACH, TAG, UNTAG, DELETE]
);

async fn carry_out(job: &mut Job<'_>) -> Result<(), CallError> {
    match (job.step.change.action, &job.step.after) {
        (Action::Delete, _) | (Action::Replace, None) => delete(job).await,
        (Action::Create | Action::Replace, _) => create(job).await,
        (Action::Update, _) => update(job).await,
        (Action::Adopt | Action::Move | Action::Release, _) => {
            job.id = job.step.id.clone();
            tag(job).await
        }
    }
}

async fn create(job: &mut Job<'_>) -> Result<(), CallError> {
    if let Some(found) = job.step.found.clone() {
        job.id = Some(found);
        tag(job).await?;
    } else if !send_create(job).await? {
        tag(job).await?;
    }
    // Both calls say what shall be, so that they may be made again.
    narrow(job).await?;
    widen(job).await
}

/// Whether the role was made just now; else an earlier attempt of this step made it.
async fn send_create(job: &mut Job<'_>) -> Result<bool, CallError> {
    let name = job.needed("/name")?;
    let request = job
        .pen
        .client
        .create_role()
        .role_name(&name)
        .assume_role_policy_document(job.needed("/trust")?)
        .set_path(job.text("/path")?)
        .set_description(job.text("/description")?)
        .set_max_session_duration(job.wish("/maxSession", int32)?.set())
        .set_permissions_boundary(job.text("/permissionsBoundary")?)
        .set_tags(Some(job.create_tags()?));
    let id = RemoteId::new(&name).map_err(|bad| not_sent(&bad.to_string()))?;
    let sent = send!(job, CREATE, request);
    let taken = matches!(&sent, Err(CallError::Refused { code, .. }) if code == TAKEN);
    if taken && looks_ours(job, &name).await? {
        job.id = Some(id);
        return Ok(false);
    }
    let _ = sent?;
    job.id = Some(id);
    Ok(true)
}

/// Whether the role of a name that is taken carries the marks of this very step.
async fn looks_ours(job: &Job<'_>, name: &str) -> Result<bool, CallError> {
    let request = job.pen.client.get_role().role_name(name);
    let answer = job.pen.line.ask(LOOK, |probe| request.customize().interceptor(probe).send()).await?;
    Ok(answer.role.is_some_and(|role| job.is_ours(role.tags())))
}

/// Narrows before it widens, so that no moment allows more than before or after.
async fn update(job: &mut Job<'_>) -> Result<(), CallError> {
    job.id = job.step.id.clone();
    settings(job).await?;
    let boundary = job.wish("/permissionsBoundary", text)?;
    let there = job.there("/permissionsBoundary").and_then(Datum::as_text);
    let name = job.existing()?;
    if let Want::Set(arn) = &boundary
        && there != Some(arn.as_str())
    {
        let request = job.pen.client.put_role_permissions_boundary().role_name(name.as_str());
        let _ = send!(job, BOUND, request.permissions_boundary(arn))?;
    }
    narrow(job).await?;
    if let Some(document) =
        job.text("/trust")?.filter(|text| job.there("/trust").and_then(Datum::as_text) != Some(text.as_str()))
    {
        let request = job.pen.client.update_assume_role_policy().role_name(name.as_str());
        let _ = send!(job, TRUST, request.policy_document(document))?;
    }
    widen(job).await?;
    if boundary == Want::Clear && there.is_some() {
        let request = job.pen.client.delete_role_permissions_boundary().role_name(name.as_str());
        or_gone(send!(job, UNBOUND, request))?;
    }
    tag(job).await
}

/// Description and longest session, in one call. It takes what it is not told for its own usual values, so
/// what stays as it is, is told as well.
async fn settings(job: &mut Job<'_>) -> Result<(), CallError> {
    let description_there = job.there("/description").and_then(Datum::as_text).map(str::to_owned);
    let description = match job.wish("/description", text)? {
        Want::Clear => None,
        Want::Leave => description_there.clone(),
        Want::Set(text) => Some(text),
    };
    let session_there = match job.there("/maxSession") {
        Some(Datum::Int(seconds)) => i32::try_from(*seconds).ok(),
        _ => None,
    };
    let session = job.wish("/maxSession", int32)?.set().or(session_there);
    if description == description_there && session == session_there {
        return Ok(());
    }
    let request = job.pen.client.update_role().role_name(job.existing()?.as_str());
    let cleared = description_there.map(|_| String::new());
    let request = request.set_description(description.or(cleared)).set_max_session_duration(session);
    send!(job, UPDATE, request).map(drop)
}

async fn tag(job: &mut Job<'_>) -> Result<(), CallError> {
    let change = TagChange::of(job.step).map_err(|why| not_sent(&why))?;
    let (name, client) = (job.existing()?, &job.pen.client);
    let (tagging, untagging) =
        (client.tag_role().role_name(name.as_str()), client.untag_role().role_name(name.as_str()));
    retag!(job, change, (TAG, tagging), (UNTAG, untagging));
    Ok(())
}

async fn delete(job: &mut Job<'_>) -> Result<(), CallError> {
    let Some(id) = job.step.id.clone() else { return Ok(()) };
    empty(job, id.as_str()).await?;
    let request = job.pen.client.delete_role().role_name(id.as_str());
    match send!(job, DELETE, request) {
        Err(CallError::Refused { code, .. }) if code == GONE => Ok(()), // gone already, as wished
        other => other.map(drop),
    }
}
