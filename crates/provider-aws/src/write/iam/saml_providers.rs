//! SAML providers: a name and a metadata document.

use super::job::{Job, or_gone, retag, send, writer};
use crate::write::not_sent;
use crate::write::tags::TagChange;
use aplomo_core::plan::Action;
use aplomo_core::ports::CallError;
use aplomo_core::{Datum, RemoteId};
use aplomo_resources::iam;

const CREATE: &str = "iam:CreateSAMLProvider";
const UPDATE: &str = "iam:UpdateSAMLProvider";
const TAG: &str = "iam:TagSAMLProvider";
const UNTAG: &str = "iam:UntagSAMLProvider";
const DELETE: &str = "iam:DeleteSAMLProvider";

writer!(SamlProviderWriter, iam::SAML_PROVIDER, "the provider", [CREATE, UPDATE, TAG, UNTAG, DELETE]);

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
        .create_saml_provider()
        .name(job.needed("/name")?)
        .saml_metadata_document(job.needed("/metadata")?)
        .set_tags(Some(job.create_tags()?));
    let output = send!(job, CREATE, request)?;
    let arn = output.saml_provider_arn.and_then(|arn| RemoteId::new(arn).ok());
    let unnamed = || CallError::Unknown(format!("{CREATE}: the answer names no provider"));
    job.id = Some(arn.ok_or_else(unnamed)?);
    Ok(())
}

async fn update(job: &mut Job<'_>) -> Result<(), CallError> {
    let arn = job.existing()?;
    let there = job.there("/metadata").and_then(Datum::as_text);
    if let Some(metadata) = job.text("/metadata")?.filter(|text| there != Some(text.as_str())) {
        let request = job.pen.client.update_saml_provider().saml_provider_arn(arn.as_str());
        let _ = send!(job, UPDATE, request.saml_metadata_document(metadata))?;
    }
    Ok(())
}

async fn tag(job: &mut Job<'_>) -> Result<(), CallError> {
    let change = TagChange::of(job.step).map_err(|why| not_sent(&why))?;
    let (arn, client) = (job.existing()?, &job.pen.client);
    let tagging = client.tag_saml_provider().saml_provider_arn(arn.as_str());
    let untagging = client.untag_saml_provider().saml_provider_arn(arn.as_str());
    retag!(job, change, (TAG, tagging), (UNTAG, untagging));
    Ok(())
}

async fn delete(job: &mut Job<'_>) -> Result<(), CallError> {
    let Some(id) = job.step.id.clone() else { return Ok(()) };
    let request = job.pen.client.delete_saml_provider().saml_provider_arn(id.as_str());
    or_gone(send!(job, DELETE, request))
}
