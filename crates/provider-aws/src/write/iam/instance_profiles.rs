//! Instance profiles: made with tags, then given their one role. Another role takes its place by
//! removing and adding, for there is no call that does both.

use super::TAKEN;
use super::job::{Job, or_gone, retag, send, writer};
use crate::wanted::{Want, text};
use crate::write::not_sent;
use crate::write::tags::TagChange;
use aplomo_core::plan::Action;
use aplomo_core::ports::CallError;
use aplomo_core::{Datum, RemoteId};
use aplomo_resources::iam;

const CREATE: &str = "iam:CreateInstanceProfile";
const LOOK: &str = "iam:GetInstanceProfile";
const ADD: &str = "iam:AddRoleToInstanceProfile";
const REMOVE: &str = "iam:RemoveRoleFromInstanceProfile";
const TAG: &str = "iam:TagInstanceProfile";
const UNTAG: &str = "iam:UntagInstanceProfile";
const DELETE: &str = "iam:DeleteInstanceProfile";

writer!(
    InstanceProfileWriter,
    iam::INSTANCE_PROFILE,
    "the instance profile",
    [CREATE, LOOK, ADD, REMOVE, TAG, UNTAG, DELETE]
);

async fn carry_out(job: &mut Job<'_>) -> Result<(), CallError> {
    match (job.step.change.action, &job.step.after) {
        (Action::Delete, _) | (Action::Replace, None) => delete(job).await,
        (Action::Create | Action::Replace, _) => create(job).await,
        (Action::Update, _) => {
            job.id = job.step.id.clone();
            let there = job.there("/role").and_then(Datum::as_text).map(str::to_owned);
            role(job, there).await?;
            tag(job).await
        }
        (Action::Adopt | Action::Move | Action::Release, _) => {
            job.id = job.step.id.clone();
            tag(job).await
        }
    }
}

async fn create(job: &mut Job<'_>) -> Result<(), CallError> {
    let name = job.needed("/name")?;
    let id = RemoteId::new(&name).map_err(|bad| not_sent(&bad.to_string()))?;
    if let Some(found) = job.step.found.clone() {
        job.id = Some(found);
        return complete(job, &name).await;
    }
    let request = job.pen.client.create_instance_profile().instance_profile_name(&name);
    let request = request.set_path(job.text("/path")?).set_tags(Some(job.create_tags()?));
    match send!(job, CREATE, request) {
        Ok(_) => {
            job.id = Some(id);
            role(job, None).await
        }
        Err(CallError::Refused { code, message, request_id }) if code == TAKEN => {
            if !look(job, &name).await?.0 {
                return Err(CallError::Refused { code, message, request_id });
            }
            job.id = Some(id);
            complete(job, &name).await
        }
        Err(error) => Err(error),
    }
}

/// Goes on with a profile that an earlier attempt made.
async fn complete(job: &mut Job<'_>, name: &str) -> Result<(), CallError> {
    let (_, there) = look(job, name).await?;
    tag(job).await?;
    role(job, there).await
}

/// Whether the profile carries the marks of this very step, and which role it has.
async fn look(job: &Job<'_>, name: &str) -> Result<(bool, Option<String>), CallError> {
    let request = job.pen.client.get_instance_profile().instance_profile_name(name);
    let answer = job.pen.line.ask(LOOK, |probe| request.customize().interceptor(probe).send()).await?;
    let Some(profile) = answer.instance_profile else { return Ok((false, None)) };
    let role = profile.roles.first().map(|role| role.role_name.clone());
    Ok((job.is_ours(profile.tags()), role))
}

/// From the role that is there to the one that is wished.
async fn role(job: &mut Job<'_>, there: Option<String>) -> Result<(), CallError> {
    let wanted = match job.wish("/role", text)? {
        Want::Leave => return Ok(()),
        wish => wish.set(),
    };
    if wanted == there {
        return Ok(());
    }
    let name = job.existing()?;
    if let Some(old) = there {
        remove(job, name.as_str(), &old).await?;
    }
    if let Some(new) = wanted {
        let request = job.pen.client.add_role_to_instance_profile();
        let request = request.instance_profile_name(name.as_str()).role_name(new);
        let _ = send!(job, ADD, request)?;
    }
    Ok(())
}

async fn remove(job: &mut Job<'_>, name: &str, role: &str) -> Result<(), CallError> {
    let request = job.pen.client.remove_role_from_instance_profile();
    or_gone(send!(job, REMOVE, request.instance_profile_name(name).role_name(role)))
}

async fn tag(job: &mut Job<'_>) -> Result<(), CallError> {
    let change = TagChange::of(job.step).map_err(|why| not_sent(&why))?;
    let (name, client) = (job.existing()?, &job.pen.client);
    let tagging = client.tag_instance_profile().instance_profile_name(name.as_str());
    let untagging = client.untag_instance_profile().instance_profile_name(name.as_str());
    retag!(job, change, (TAG, tagging), (UNTAG, untagging));
    Ok(())
}

async fn delete(job: &mut Job<'_>) -> Result<(), CallError> {
    let Some(id) = job.step.id.clone() else { return Ok(()) };
    if let Some(role) = job.there("/role").and_then(Datum::as_text).map(str::to_owned) {
        remove(job, id.as_str(), &role).await?;
    }
    let request = job.pen.client.delete_instance_profile().instance_profile_name(id.as_str());
    or_gone(send!(job, DELETE, request))
}
