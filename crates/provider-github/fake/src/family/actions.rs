//! What Actions may do.

use serde_json::{Value, json};

use crate::answer::{Answer, Said, done, ok, refusal};
use crate::call::Call;
use crate::route::{Route, get, org_get, org_write, write};
use crate::world::Map;

const REPO: &str = "/repos/{owner}/{repo}/actions/permissions";
const WORKFLOW: &str = "/repos/{owner}/{repo}/actions/permissions/workflow";
const SELECTED: &str = "/repos/{owner}/{repo}/actions/permissions/selected-actions";
const ACCESS: &str = "/repos/{owner}/{repo}/actions/permissions/access";
const ORG: &str = "/orgs/{org}/actions/permissions";
const ORG_WORKFLOW: &str = "/orgs/{org}/actions/permissions/workflow";
const ORG_SELECTED: &str = "/orgs/{org}/actions/permissions/selected-actions";
const ADMIN: &str = "administration";
const ORG_ADMIN: &str = "organization_administration";

const SELECTION: [&str; 3] = ["github_owned_allowed", "verified_allowed", "patterns_allowed"];
const DEFAULTS: [&str; 2] = ["default_workflow_permissions", "can_approve_pull_request_reviews"];

pub(super) const ROUTES: &[Route] = &[
    get(REPO, ADMIN, |call| permissions(call, "enabled")),
    write("PUT", REPO, ADMIN, |call| set(call, &["enabled", "allowed_actions", "sha_pinning_required"])),
    get(WORKFLOW, ADMIN, |call| show(call, &DEFAULTS)),
    write("PUT", WORKFLOW, ADMIN, |call| set(call, &DEFAULTS)),
    get(SELECTED, ADMIN, selected),
    write("PUT", SELECTED, ADMIN, set_selected),
    get(ACCESS, ADMIN, |call| show(call, &["access_level"])),
    write("PUT", ACCESS, ADMIN, |call| set(call, &["access_level"])),
    org_get(ORG, ORG_ADMIN, |call| permissions(call, "enabled_repositories")),
    org_write("PUT", ORG, ORG_ADMIN, |call| {
        set(call, &["enabled_repositories", "allowed_actions", "sha_pinning_required"])
    }),
    org_get(ORG_WORKFLOW, ORG_ADMIN, |call| show(call, &DEFAULTS)),
    org_write("PUT", ORG_WORKFLOW, ORG_ADMIN, |call| set(call, &DEFAULTS)),
    org_get(ORG_SELECTED, ORG_ADMIN, selected),
    org_write("PUT", ORG_SELECTED, ORG_ADMIN, set_selected),
];

fn actions<'a>(call: &'a Call<'_>) -> Result<&'a Map, Answer> {
    if call.repo == 0 { Ok(&call.org()?.actions) } else { Ok(&call.repo()?.actions) }
}

fn show(call: &mut Call<'_>, names: &[&str]) -> Said {
    let all = actions(call)?;
    ok(Value::Object(names.iter().filter_map(|n| Some(((*n).to_owned(), all.get(*n)?.clone()))).collect()))
}

/// While Actions are off there is nothing to say about which are allowed.
fn permissions(call: &mut Call<'_>, switch: &str) -> Said {
    let all = actions(call)?;
    let mut shown = json!({switch: all.get(switch)});
    if all.get(switch) != Some(&Value::Bool(false)) {
        shown["allowed_actions"] = all.get("allowed_actions").cloned().unwrap_or_default();
        shown["sha_pinning_required"] = all.get("sha_pinning_required").cloned().unwrap_or_default();
        if all.get("allowed_actions").is_some_and(|value| value == "selected") {
            shown["selected_actions_url"] = call.url(&format!("{}/selected-actions", &call.path[1..])).into();
        }
    }
    ok(shown)
}

fn set(call: &mut Call<'_>, names: &[&str]) -> Said {
    let fields = call.fields();
    let all = if call.repo == 0 { &mut call.org_mut()?.actions } else { &mut call.repo_mut()?.actions };
    all.extend(fields.into_iter().filter(|(name, _)| names.contains(&name.as_str())));
    done()
}

fn only_selected(call: &Call<'_>) -> Result<(), Answer> {
    if actions(call)?.get("allowed_actions").is_some_and(|value| value == "selected") {
        return Ok(());
    }
    Err(refusal(409, "The allowed_actions policy is not set to selected"))
}

fn selected(call: &mut Call<'_>) -> Said {
    only_selected(call)?;
    show(call, &SELECTION)
}

fn set_selected(call: &mut Call<'_>) -> Said {
    only_selected(call)?;
    set(call, &SELECTION)
}
