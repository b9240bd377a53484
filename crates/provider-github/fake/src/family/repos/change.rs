//! `PATCH /repos/{owner}/{repo}`.

use serde_json::Value;

use super::full;
use crate::answer::{Answer, Said, forbidden, invalid, ok};
use crate::call::Call;
use crate::world::Map;

pub(super) fn change(call: &mut Call<'_>) -> Said {
    let fields = call.fields();
    let archived = call.repo()?.archived;
    if archived && fields.get("archived") != Some(&Value::Bool(false)) {
        return Err(forbidden("Repository was archived so is read-only."));
    }
    check(call, &fields)?;
    rename(call, &fields)?;
    let now = call.world.now;
    let repo = call.repo_mut()?;
    for (name, value) in &fields {
        match (name.as_str(), value) {
            ("archived", Value::Bool(archived)) => repo.archived = *archived,
            ("visibility", Value::String(visibility)) => repo.visibility.clone_from(visibility),
            ("private", Value::Bool(private)) if !fields.contains_key("visibility") => {
                repo.visibility = if *private { "private" } else { "public" }.to_owned();
            }
            ("security_and_analysis", Value::Object(all)) => {
                for (key, value) in all {
                    let status = value.get("status").and_then(Value::as_str).unwrap_or("disabled");
                    repo.security.insert(key.clone(), status.to_owned());
                }
            }
            _ if repo.settings.contains_key(name) => {
                repo.settings.insert(name.clone(), normal(name, value));
            }
            _ => {}
        }
    }
    repo.updated_at = now;
    ok(full(call, call.repo()?))
}

/// An empty description is none.
fn normal(name: &str, value: &Value) -> Value {
    if name == "description" && value == "" { Value::Null } else { value.clone() }
}

/// Everything is checked before anything is changed.
fn check(call: &Call<'_>, fields: &Map) -> Result<(), Answer> {
    let repo = call.repo()?;
    if let Some(branch) = fields.get("default_branch").and_then(Value::as_str)
        && !repo.branches.contains_key(branch)
    {
        let text = format!(
            "The branch {branch} was not found. Please push that ref first or create it via the Git Data API."
        );
        return Err(invalid("Repository", "default_branch", "invalid", &text));
    }
    let wanted = |name: &str| fields.get(name).and_then(Value::as_bool).unwrap_or_else(|| repo.on(name));
    let methods = ["allow_squash_merge", "allow_merge_commit", "allow_rebase_merge"];
    if !methods.into_iter().any(wanted) {
        let text = "Sorry, you need to allow at least one merge strategy.";
        return Err(invalid("Repository", "merge_commit_allowed", "invalid", text));
    }
    let owned = &call.org()?.enforced_security;
    let security = fields.get("security_and_analysis").and_then(Value::as_object);
    if let Some(key) = security.and_then(|all| all.keys().find(|key| owned.contains(*key))) {
        let text = format!("{key} is set by an enforced security configuration and cannot be changed here.");
        return Err(invalid("Repository", "security_and_analysis", "invalid", &text));
    }
    Ok(())
}

/// The former name leads to the repository until another takes it.
fn rename(call: &mut Call<'_>, fields: &Map) -> Result<(), Answer> {
    let Some(name) = fields.get("name").and_then(Value::as_str) else { return Ok(()) };
    let (id, owner) = (call.repo, call.org()?.login.clone());
    if call.world.repo_named(&owner, name).is_some_and(|other| other.id != id) {
        return Err(taken());
    }
    let old = call.world.full_name(call.repo()?).to_lowercase();
    name.clone_into(&mut call.repo_mut()?.name);
    let new = call.world.full_name(call.repo()?).to_lowercase();
    if old != new {
        call.world.renamed.insert(old, id);
        call.world.renamed.remove(&new);
    }
    Ok(())
}

pub(super) fn taken() -> Answer {
    invalid("Repository", "name", "custom", "name already exists on this account")
}
