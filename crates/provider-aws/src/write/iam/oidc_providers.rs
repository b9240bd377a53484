//! OpenID Connect providers. Audiences are added and removed one by one.

use super::job::{Job, or_gone, retag, send, writer};
use crate::wanted::{Want, texts};
use crate::write::not_sent;
use crate::write::tags::TagChange;
use aplomo_core::RemoteId;
use aplomo_core::plan::Action;
use aplomo_core::ports::CallError;
use aplomo_resources::iam;

const CREATE: &str = "iam:CreateOpenIDConnectProvider";
const ADD: &str = "iam:AddClientIDToOpenIDConnectProvider";
const REMOVE: &str = "iam:RemoveClientIDFromOpenIDConnectProvider";
const THUMBPRINTS: &str = "iam:UpdateOpenIDConnectProviderThumbprint";
const TAG: &str = "iam:TagOpenIDConnectProvider";
const UNTAG: &str = "iam:UntagOpenIDConnectProvider";
const DELETE: &str = "iam:DeleteOpenIDConnectProvider";

writer!(
    OidcProviderWriter,
    iam::OIDC_PROVIDER,
    "the provider",
    [CREATE, ADD, REMOVE, THUMBPRINTS, TAG, UNTAG, DELETE]
);

async fn carry_out(job: &mut Job<'_>) -> Result<(), CallError> {
    match (job.step.change.action, &job.step.after) {
        (Action::Delete, _) | (Action::Replace, None) => delete(job).await,
        (Action::Create | Action::Replace, _) => create(job).await,
        (Action::Update, _) => {
            job.id = job.step.id.clone();
            update(job).await?;
            tag(job).await
        }
        (Action::Adopt | Action::Move | Action::Release, _) => {
            job.id = job.step.id.clone();
            tag(job).await
        }
    }
}

async fn create(job: &mut Job<'_>) -> Result<(), CallError> {
    if let Some(found) = job.step.found.clone() {
        job.id = Some(found);
        return tag(job).await;
    }
    let request = job
        .pen
        .client
        .create_open_id_connect_provider()
        .url(format!("https://{}", job.needed("/url")?))
        .set_client_id_list(job.wish("/audiences", texts)?.set())
        .set_thumbprint_list(job.wish("/thumbprints", texts)?.set())
        .set_tags(Some(job.create_tags()?));
    let output = send!(job, CREATE, request)?;
    let arn = output.open_id_connect_provider_arn.and_then(|arn| RemoteId::new(arn).ok());
    let unnamed = || CallError::Unknown(format!("{CREATE}: the answer names no provider"));
    job.id = Some(arn.ok_or_else(unnamed)?);
    Ok(())
}

async fn update(job: &mut Job<'_>) -> Result<(), CallError> {
    let arn = job.existing()?;
    if let Want::Set(wanted) = job.wish("/audiences", texts)? {
        let there = job.there("/audiences").and_then(texts).unwrap_or_default();
        for id in wanted.iter().filter(|id| !there.contains(id)) {
            let request = job.pen.client.add_client_id_to_open_id_connect_provider();
            let _ = send!(job, ADD, request.open_id_connect_provider_arn(arn.as_str()).client_id(id))?;
        }
        for id in there.iter().filter(|id| !wanted.contains(id)) {
            let request = job.pen.client.remove_client_id_from_open_id_connect_provider();
            or_gone(send!(job, REMOVE, request.open_id_connect_provider_arn(arn.as_str()).client_id(id)))?;
        }
    }
    if let Want::Set(wanted) = job.wish("/thumbprints", texts)?
        && job.there("/thumbprints").and_then(texts).as_ref() != Some(&wanted)
    {
        let request = job.pen.client.update_open_id_connect_provider_thumbprint();
        let request = request.open_id_connect_provider_arn(arn.as_str()).set_thumbprint_list(Some(wanted));
        let _ = send!(job, THUMBPRINTS, request)?;
    }
    Ok(())
}

async fn tag(job: &mut Job<'_>) -> Result<(), CallError> {
    let change = TagChange::of(job.step).map_err(|why| not_sent(&why))?;
    let (arn, client) = (job.existing()?, &job.pen.client);
    let tagging = client.tag_open_id_connect_provider().open_id_connect_provider_arn(arn.as_str());
    let untagging = client.untag_open_id_connect_provider().open_id_connect_provider_arn(arn.as_str());
    retag!(job, change, (TAG, tagging), (UNTAG, untagging));
    Ok(())
}

async fn delete(job: &mut Job<'_>) -> Result<(), CallError> {
    let Some(id) = job.step.id.clone() else { return Ok(()) };
    let request = job.pen.client.delete_open_id_connect_provider().open_id_connect_provider_arn(id.as_str());
    or_gone(send!(job, DELETE, request))
}
