//! Sessions: accounts met on the way, and session policies enforced by the names of actions.
//! Deliberately absent: resources and conditions of policies, policies of roles, deny statements.

use serde_json::Value;

use super::ask::Ask;
use super::memory::Memory;
use super::{Case, Verdict, refused};
use crate::proxy::AwsError;
use crate::proxy::action::access_key;
use crate::xml::{find_text, parse};

/// Characters a session policy may have.
const MAX_POLICY: usize = 2048;

/// Refuses what the session policy of the caller does not allow.
pub(super) fn check(memory: &Memory, case: &Case<'_>) -> Result<(), AwsError> {
    let mut state = memory.state();
    if let Some(account) = case.call.account() {
        state.accounts.insert(account.to_owned());
    }
    let policy = access_key(&case.call.headers).and_then(|key| state.sessions.get(key));
    // Who one is may always be asked.
    if case.action == "sts:GetCallerIdentity" || policy.is_none_or(|policy| allows(policy, case.action)) {
        return Ok(());
    }
    let (status, code) = match case.action.split(':').next() {
        Some("ec2") => (403, "UnauthorizedOperation"),
        Some("acm" | "logs") => (400, "AccessDeniedException"),
        _ => (403, "AccessDenied"),
    };
    let message = format!("not authorized to perform {}: no session policy allows it", case.action);
    Err(AwsError::new(status, code, message))
}

pub(super) async fn act(memory: &Memory, ask: &Ask<'_>, action: &str) -> Option<Verdict> {
    if action == "AssumeRole" { Some(assume(memory, ask).await) } else { None }
}

async fn assume(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    let policy = ask.form.get("Policy").map(read_policy).transpose()?;
    let answer = ask.forward().await;
    if refused(&answer) {
        return Ok(answer);
    }
    let mut state = memory.state();
    state.accounts.extend(ask.form.text("RoleArn").split(':').nth(4).map(str::to_owned));
    let key = parse(&answer.body).ok().and_then(|d| find_text(d.root_element(), "AccessKeyId"));
    if let (Some(key), Some(policy)) = (key, policy) {
        state.sessions.insert(key, policy);
    }
    drop(state);
    Ok(answer)
}

fn read_policy(text: &str) -> Result<Value, AwsError> {
    if text.chars().count() > MAX_POLICY {
        let message = "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048";
        return Err(AwsError::new(400, "ValidationError", message));
    }
    serde_json::from_str(text).map_err(|e| {
        AwsError::new(400, "MalformedPolicyDocument", format!("This policy contains invalid Json: {e}"))
    })
}

fn allows(policy: &Value, action: &str) -> bool {
    many(&policy["Statement"]).iter().any(|statement| {
        statement["Effect"] == "Allow"
            && many(&statement["Action"]).iter().any(|p| matches(p.as_str().unwrap_or_default(), action))
    })
}

/// One or a list.
pub(super) fn many(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// `*` stands for any text, `?` for one character; case does not matter.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    fn at(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), _) => (0..=text.len()).any(|skip| at(rest, &text[skip..])),
            (Some((b'?', rest)), Some((_, text))) => at(rest, text),
            (Some((p, rest)), Some((t, text))) => p.eq_ignore_ascii_case(t) && at(rest, text),
            _ => false,
        }
    }
    at(pattern.as_bytes(), text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_match_by_wildcards_and_without_case() {
        assert!(matches("ec2:Describe*", "ec2:DescribeVpcs"));
        assert!(matches("EC2:describevpcs", "ec2:DescribeVpcs"));
        assert!(matches("*", "iam:CreateRole"));
        assert!(!matches("ec2:Create*", "ec2:DescribeVpcs"));
        let policy = serde_json::json!({"Statement": {"Effect": "Allow", "Action": "iam:Get*"}});
        assert!(allows(&policy, "iam:GetRole") && !allows(&policy, "iam:PutRolePolicy"));
    }
}
