//! Principals of trust policies: roles and users of accounts this proxy knows must exist, and new roles are refused as
//! often as the pace says. Nobody here can know who is in an account that nothing went to.

use serde_json::Value;

use super::super::ask::Ask;
use super::super::memory::{Memory, look};
use super::super::refused;
use super::super::session::many;
use super::malformed;
use crate::proxy::AwsError;

pub(super) async fn check(memory: &Memory, ask: &Ask<'_>, policy: &Value) -> Result<(), AwsError> {
    for statement in many(&policy["Statement"]) {
        let principal = &statement["Principal"];
        if principal.is_null() && statement["NotPrincipal"].is_null() {
            return Err(malformed("AssumeRole policy must specify a principal"));
        }
        for name in many(&principal["AWS"]).iter().filter_map(Value::as_str) {
            if is_new(memory, name) || is_missing(memory, ask, name).await {
                return Err(malformed(format!("Invalid principal in policy: \"AWS\":\"{name}\"")));
            }
        }
    }
    Ok(())
}

fn is_new(memory: &Memory, arn: &str) -> bool {
    look(&mut memory.state().new_roles, arn)
}

async fn is_missing(memory: &Memory, ask: &Ask<'_>, arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, "iam", _, account, entity] = parts[..] else { return false };
    if !memory.state().accounts.contains(account) {
        return false;
    }
    let name = entity.rsplit('/').next().unwrap_or_default();
    let (action, key) = match entity.split('/').next() {
        Some("role") => ("GetRole", "RoleName"),
        Some("user") => ("GetUser", "UserName"),
        _ => return false,
    };
    refused(&ask.iam(action, &[(key, name)], Some(account)).await)
}
