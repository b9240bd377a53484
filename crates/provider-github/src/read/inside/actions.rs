//! What Actions may do in a repository.

use super::{Inside, Place};
use crate::read::sweep::node::{flag, plain, word};
use crate::read::{Find, Haul, some_words};
use aplomo_core::fields::Sight;
use aplomo_core::{Coverage, Seen, TypeName};
use aplomo_resources::github::model::ActionsSettings;
use aplomo_resources::github::names;
use serde_json::Value;
use smol_str::SmolStr;

/// See the module.
pub(crate) struct Actions;

impl Inside for Actions {
    const FEEDS: &'static [TypeName] = &[names::ACTIONS_SETTINGS];

    async fn look(place: &Place<'_, '_>, haul: &mut Haul<'_>) {
        let base = match place.ask("/repos/{owner}/{repo}/actions/permissions", &[]).await {
            Ok(base) => base,
            Err(problem) => {
                let failed = Coverage::Failed(problem.to_string());
                return haul.cover(&names::ACTIONS_SETTINGS, Some(place.id), failed);
            }
        };
        let mut fields = ActionsSettings::<Seen> {
            enabled: flag(&base, "enabled"),
            allowed: match word(&base, "allowed_actions") {
                Sight::Value(word) if word == "local_only" => Sight::Value(SmolStr::new_static("local")),
                // It is not told where Actions are off.
                Sight::Hidden if base["enabled"] == false => Sight::Absent,
                other => other,
            },
            pinned: match flag(&base, "sha_pinning_required") {
                Sight::Absent => Sight::Value(false),
                Sight::Hidden if base["enabled"] == false => Sight::Absent,
                other => other,
            },
            ..ActionsSettings::default()
        };
        if fields.allowed == Sight::Value(SmolStr::new_static("selected")) {
            selected(place, &mut fields).await;
        }
        workflow(place, &mut fields).await;
        let find = Find { brought_along: true, ..Find::new("actions").within(place.id) };
        haul.take(&names::ACTIONS_SETTINGS, find, &fields);
    }
}

async fn selected(place: &Place<'_, '_>, fields: &mut ActionsSettings<Seen>) {
    let answer = place.ask("/repos/{owner}/{repo}/actions/permissions/selected-actions", &[]).await;
    let Ok(answer) = answer else {
        fields.github_owned = Sight::Hidden;
        fields.verified = Sight::Hidden;
        fields.patterns = Sight::Hidden;
        return;
    };
    fields.github_owned = flag(&answer, "github_owned_allowed");
    fields.verified = flag(&answer, "verified_allowed");
    fields.patterns = some_words(plain(&answer, "patterns_allowed").filter_map(Value::as_str));
}

async fn workflow(place: &Place<'_, '_>, fields: &mut ActionsSettings<Seen>) {
    let answer = place.ask("/repos/{owner}/{repo}/actions/permissions/workflow", &[]).await;
    let answer = answer.unwrap_or(Value::Null);
    fields.workflow_permissions = word(&answer, "default_workflow_permissions");
    fields.can_approve = flag(&answer, "can_approve_pull_request_reviews");
}
