//! Managed policies: a change of the document is a new version, which becomes the default at once.
//! Five versions are the most, so the oldest makes room.

use super::TAKEN;
use super::job::{Job, or_gone, retag, send, writer};
use crate::read::iam::RawPolicy;
use crate::write::not_sent;
use crate::write::tags::TagChange;
use aplomo_core::plan::Action;
use aplomo_core::ports::CallError;
use aplomo_core::{Datum, RemoteId};
use aplomo_resources::iam;

const CREATE: &str = "iam:CreatePolicy";
const LOOK: &str = "iam:GetPolicy";
const VERSION: &str = "iam:CreatePolicyVersion";
const DROP: &str = "iam:DeletePolicyVersion";
const TAG: &str = "iam:TagPolicy";
const UNTAG: &str = "iam:UntagPolicy";
const DELETE: &str = "iam:DeletePolicy";
/// The most versions beside the default.
const MOST_OTHERS: usize = 4;

writer!(PolicyWriter, iam::POLICY, "the policy", [CREATE, LOOK, VERSION, DROP, TAG, UNTAG, DELETE]);

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
        return tag(job).await;
    }
    let (name, path) = (job.needed("/name")?, job.text("/path")?);
    let request = job
        .pen
        .client
        .create_policy()
        .policy_name(&name)
        .policy_document(job.needed("/document")?)
        .set_path(path.clone())
        .set_description(job.text("/description")?)
        .set_tags(Some(job.create_tags()?));
    match send!(job, CREATE, request) {
        Ok(output) => {
            let arn = output.policy.and_then(|policy| policy.arn).and_then(|arn| RemoteId::new(arn).ok());
            let unnamed = || CallError::Unknown(format!("{CREATE}: the answer names no policy"));
            job.id = Some(arn.ok_or_else(unnamed)?);
            Ok(())
        }
        Err(CallError::Refused { code, message, request_id }) if code == TAKEN => {
            let account = job.step.scope.account.as_ref().map_or("", |account| account.as_str());
            let arn = iam::arn::policy(account, path.as_deref().unwrap_or("/"), &name);
            if !looks_ours(job, &arn).await? {
                return Err(CallError::Refused { code, message, request_id });
            }
            job.id = RemoteId::new(&arn).ok();
            tag(job).await
        }
        Err(error) => Err(error),
    }
}

async fn looks_ours(job: &Job<'_>, arn: &str) -> Result<bool, CallError> {
    let request = job.pen.client.get_policy().policy_arn(arn);
    match job.pen.line.ask(LOOK, |probe| request.customize().interceptor(probe).send()).await {
        Ok(answer) => Ok(answer.policy.is_some_and(|policy| job.is_ours(policy.tags()))),
        Err(problem) if problem.code() == super::GONE => Ok(false), // the name is taken under another path
        Err(problem) => Err(problem.into()),
    }
}

/// The versions that are not the default, oldest first.
fn others(job: &Job<'_>) -> Vec<String> {
    let raw = job.step.fresh.as_ref().and_then(|fresh| fresh.raw.as_deref());
    raw.and_then(|raw| serde_json::from_str::<RawPolicy>(raw).ok()).unwrap_or_default().others
}

async fn update(job: &mut Job<'_>) -> Result<(), CallError> {
    job.id = job.step.id.clone();
    let arn = job.existing()?;
    let document = job.text("/document")?;
    if let Some(document) =
        document.filter(|text| job.there("/document").and_then(Datum::as_text) != Some(text.as_str()))
    {
        let others = others(job);
        let spare = (others.len() + 1).saturating_sub(MOST_OTHERS);
        for version in others.iter().take(spare) {
            drop_version(job, arn.as_str(), version).await?;
        }
        let request = job.pen.client.create_policy_version().policy_arn(arn.as_str());
        let request = request.policy_document(document).set_as_default(true);
        let _ = send!(job, VERSION, request)?;
    }
    tag(job).await
}

async fn drop_version(job: &mut Job<'_>, arn: &str, version: &str) -> Result<(), CallError> {
    let request = job.pen.client.delete_policy_version().policy_arn(arn).version_id(version);
    or_gone(send!(job, DROP, request))
}

async fn tag(job: &mut Job<'_>) -> Result<(), CallError> {
    let change = TagChange::of(job.step).map_err(|why| not_sent(&why))?;
    let (arn, client) = (job.existing()?, &job.pen.client);
    let (tagging, untagging) =
        (client.tag_policy().policy_arn(arn.as_str()), client.untag_policy().policy_arn(arn.as_str()));
    retag!(job, change, (TAG, tagging), (UNTAG, untagging));
    Ok(())
}

async fn delete(job: &mut Job<'_>) -> Result<(), CallError> {
    let Some(id) = job.step.id.clone() else { return Ok(()) };
    for version in others(job) {
        drop_version(job, id.as_str(), &version).await?;
    }
    let request = job.pen.client.delete_policy().policy_arn(id.as_str());
    or_gone(send!(job, DELETE, request))
}
