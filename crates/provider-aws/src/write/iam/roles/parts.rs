//! Inline policies and attachments of a role.

use super::super::job::{Job, or_gone, send};
use crate::wanted::Want;
use aplomo_core::ports::CallError;
use aplomo_core::{Datum, FieldPath};

pub(super) const PUT: &str = "iam:PutRolePolicy";
pub(super) const TAKE: &str = "iam:DeleteRolePolicy";
pub(super) const ATTACH: &str = "iam:AttachRolePolicy";
pub(super) const DETACH: &str = "iam:DetachRolePolicy";

fn at(below: &'static str, key: &str) -> FieldPath {
    FieldPath::known(below).child(key)
}

/// Takes away what shall not be there.
pub(super) async fn narrow(job: &mut Job<'_>) -> Result<(), CallError> {
    let role = job.existing()?;
    for (name, want) in job.below("/inline")? {
        if want == Want::Clear && job.there(at("/inline", &name).as_str()).is_some() {
            take(job, role.as_str(), &name).await?;
        }
    }
    for (arn, want) in job.below("/attachments")? {
        if want == Want::Clear && job.there(at("/attachments", &arn).as_str()).is_some() {
            detach(job, role.as_str(), &arn).await?;
        }
    }
    Ok(())
}

/// Puts what shall be there and is not, or is otherwise.
pub(super) async fn widen(job: &mut Job<'_>) -> Result<(), CallError> {
    let role = job.existing()?;
    for (name, want) in job.below("/inline")? {
        let Want::Set(document) = want else { continue };
        if job.there(at("/inline", &name).as_str()).and_then(Datum::as_text) != Some(document.as_str()) {
            let request = job.pen.client.put_role_policy().role_name(role.as_str()).policy_name(&name);
            let _ = send!(job, PUT, request.policy_document(document))?;
        }
    }
    for (key, want) in job.below("/attachments")? {
        let Want::Set(arn) = want else { continue };
        if job.there(at("/attachments", &key).as_str()).and_then(Datum::as_text) != Some(arn.as_str()) {
            let request = job.pen.client.attach_role_policy().role_name(role.as_str()).policy_arn(arn);
            let _ = send!(job, ATTACH, request)?;
        }
    }
    Ok(())
}

/// Takes away everything that the role was just seen to have.
pub(super) async fn empty(job: &mut Job<'_>, role: &str) -> Result<(), CallError> {
    for arn in job.all_there("/attachments") {
        detach(job, role, &arn).await?;
    }
    for name in job.all_there("/inline") {
        take(job, role, &name).await?;
    }
    Ok(())
}

async fn take(job: &mut Job<'_>, role: &str, name: &str) -> Result<(), CallError> {
    let request = job.pen.client.delete_role_policy().role_name(role).policy_name(name);
    or_gone(send!(job, TAKE, request))
}

async fn detach(job: &mut Job<'_>, role: &str, arn: &str) -> Result<(), CallError> {
    let request = job.pen.client.detach_role_policy().role_name(role).policy_arn(arn);
    or_gone(send!(job, DETACH, request))
}
