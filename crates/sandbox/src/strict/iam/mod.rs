//! IAM: documents are policies, within their sizes, with principals that exist; what is in use stays; and what moto has
//! none of: tags of SAML providers, and audiences of OpenID Connect providers that come and go.
//! Deliberately absent: the grammar of statements beyond principals, quotas of an account.

mod oidc;
mod saml;
mod trust;

use serde_json::Value;

use super::Verdict;
use super::ask::Ask;
use super::memory::Memory;
use super::refused;
use crate::form::unescape_url;
use crate::proxy::AwsError;
use crate::xml::{find_text, items, parse};

const MAX_TRUST: usize = 2_048;
const MAX_INLINE: usize = 10_240;
const MAX_MANAGED: usize = 6_144;
const MAX_ATTACHED: usize = 10;

/// The verdict on a call strict mode cares about; `None` for all others.
pub(super) async fn act(memory: &Memory, ask: &Ask<'_>, action: &str) -> Option<Verdict> {
    Some(match action {
        "CreateRole" => create_role(memory, ask).await,
        "UpdateAssumeRolePolicy" => update_trust(memory, ask).await,
        "PutRolePolicy" => put_inline(ask).await,
        "CreatePolicy" | "CreatePolicyVersion" => create_policy(ask).await,
        "AttachRolePolicy" => attach(ask).await,
        "DeletePolicy" => delete_policy(ask).await,
        "AddClientIDToOpenIDConnectProvider" => oidc::change(ask, true).await,
        "RemoveClientIDFromOpenIDConnectProvider" => oidc::change(ask, false).await,
        "CreateSAMLProvider" => saml::create(memory, ask).await,
        "DeleteSAMLProvider" => saml::delete(memory, ask).await,
        "GetSAMLProvider" => saml::get(memory, ask).await,
        "ListSAMLProviderTags" => saml::list_tags(memory, ask).await,
        "TagSAMLProvider" => saml::tag(memory, ask).await,
        "UntagSAMLProvider" => saml::untag(memory, ask).await,
        _ => return None,
    })
}

fn malformed(message: impl Into<String>) -> AwsError {
    AwsError::new(400, "MalformedPolicyDocument", message)
}

fn limit(message: impl Into<String>) -> AwsError {
    AwsError::new(409, "LimitExceeded", message)
}

fn document(text: &str) -> Result<Value, AwsError> {
    let value: Value =
        serde_json::from_str(text).map_err(|_| malformed("This policy contains invalid Json"))?;
    if value["Statement"].is_object() || value["Statement"].as_array().is_some_and(|s| !s.is_empty()) {
        return Ok(value);
    }
    Err(malformed("Syntax errors in policy."))
}

/// White space does not count.
fn size(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

async fn create_role(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    check_trust(memory, ask, ask.form.text("AssumeRolePolicyDocument")).await?;
    let answer = ask.forward().await;
    let arn = parse(&answer.body).ok().and_then(|d| find_text(d.root_element(), "Arn"));
    let mut state = memory.state();
    if let Some(arn) = arn.filter(|_| !refused(&answer) && state.pace.new_role > 0) {
        let uses = state.pace.new_role;
        state.new_roles.insert(arn, uses);
    }
    drop(state);
    Ok(answer)
}

async fn update_trust(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    check_trust(memory, ask, ask.form.text("PolicyDocument")).await?;
    Ok(ask.forward().await)
}

async fn check_trust(memory: &Memory, ask: &Ask<'_>, text: &str) -> Result<(), AwsError> {
    let policy = document(text)?;
    if size(text) > MAX_TRUST {
        return Err(limit(format!("Cannot exceed quota for ACLSizePerRole: {MAX_TRUST}")));
    }
    trust::check(memory, ask, &policy).await
}

/// The quota is over all inline policies of the role.
async fn put_inline(ask: &Ask<'_>) -> Verdict {
    let (role, name, text) =
        (ask.form.text("RoleName"), ask.form.text("PolicyName"), ask.form.text("PolicyDocument"));
    document(text)?;
    let mut total = size(text);
    let listed = ask.iam("ListRolePolicies", &[("RoleName", role)], None).await;
    for other in items(&listed.body, "PolicyNames", |n| n.text().unwrap_or_default().to_owned()) {
        if other != name {
            let parameters = [("RoleName", role), ("PolicyName", other.as_str())];
            let policy = ask.iam("GetRolePolicy", &parameters, None).await;
            let text = parse(&policy.body).ok().and_then(|d| find_text(d.root_element(), "PolicyDocument"));
            total += size(&unescape_url(&text.unwrap_or_default()));
        }
    }
    if total > MAX_INLINE {
        return Err(limit(format!("Maximum policy size of {MAX_INLINE} bytes exceeded for role {role}")));
    }
    Ok(ask.forward().await)
}

async fn create_policy(ask: &Ask<'_>) -> Verdict {
    let text = ask.form.text("PolicyDocument");
    document(text)?;
    if size(text) > MAX_MANAGED {
        return Err(limit(format!("Cannot exceed quota for PolicySize: {MAX_MANAGED}")));
    }
    Ok(ask.forward().await)
}

async fn attach(ask: &Ask<'_>) -> Verdict {
    let listed = ask.iam("ListAttachedRolePolicies", &[("RoleName", ask.form.text("RoleName"))], None).await;
    let arns = items(&listed.body, "AttachedPolicies", |n| crate::xml::child_text(n, "PolicyArn"));
    let again = arns.iter().flatten().any(|arn| arn == ask.form.text("PolicyArn"));
    if arns.len() >= MAX_ATTACHED && !again {
        return Err(limit(format!("Cannot exceed quota for PoliciesPerRole: {MAX_ATTACHED}")));
    }
    Ok(ask.forward().await)
}

async fn delete_policy(ask: &Ask<'_>) -> Verdict {
    let conflict = |message: &str| AwsError::new(409, "DeleteConflict", message);
    let arn = [("PolicyArn", ask.form.text("PolicyArn"))];
    let policy = ask.iam("GetPolicy", &arn, None).await;
    let attached = parse(&policy.body).ok().and_then(|d| find_text(d.root_element(), "AttachmentCount"));
    if !refused(&policy) && attached.is_some_and(|n| n != "0") {
        return Err(conflict("Cannot delete a policy attached to entities."));
    }
    let versions = ask.iam("ListPolicyVersions", &arn, None).await;
    if items(&versions.body, "Versions", |_| ()).len() > 1 {
        return Err(conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        ));
    }
    Ok(ask.forward().await)
}
