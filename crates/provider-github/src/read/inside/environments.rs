//! Environments: GraphQL knows their reviewers and waits, and neither their branch policies nor the way
//! around for administrators, so REST is asked, which knows all.

use super::{Inside, Place};
use crate::read::sweep::node::{flag, id, must, plain, word};
use crate::read::{Find, Haul};
use aplomo_core::fields::Sight;
use aplomo_core::{Seen, TypeName};
use aplomo_resources::github::model::Environment;
use aplomo_resources::github::names;
use serde_json::Value;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// See the module.
pub(crate) struct Environments;

impl Inside for Environments {
    const FEEDS: &'static [TypeName] = &[names::ENVIRONMENT];

    async fn look(place: &Place<'_, '_>, haul: &mut Haul<'_>) {
        let told = (&mut *haul, Self::FEEDS, "environments");
        let all = place.list("/repos/{owner}/{repo}/environments", &[], Some("environments"), told).await;
        for one in &all {
            let (Some(id), Some(name)) = (id(one, "id"), must(one, "name")) else { continue };
            let mut fields = fields(place, one);
            fields.patterns = Sight::Absent;
            if fields.branches == Sight::Value(SmolStr::new_static("selected")) {
                fields.patterns = patterns(place, name).await;
            }
            haul.take(&names::ENVIRONMENT, Find::new(id).within(place.id), &fields);
        }
    }
}

fn fields(place: &Place<'_, '_>, one: &Value) -> Environment<Seen> {
    let mut fields = Environment::<Seen> {
        name: word(one, "name"),
        reviewers: Sight::Absent,
        prevent_self_review: Sight::Value(false),
        branches: policy(&one["deployment_branch_policy"]),
        admin_bypass: flag(one, "can_admins_bypass"),
        ..Environment::default()
    };
    for rule in plain(one, "protection_rules") {
        match must(rule, "type") {
            Some("wait_timer") => {
                let minutes = rule["wait_timer"].as_u64().and_then(|n| u32::try_from(n).ok());
                fields.wait_minutes = crate::read::sight(minutes.filter(|n| *n > 0));
            }
            Some("required_reviewers") => reviewers(place, &mut fields, rule),
            _ => {}
        }
    }
    fields
}

fn reviewers(place: &Place<'_, '_>, fields: &mut Environment<Seen>, rule: &Value) {
    fields.prevent_self_review = Sight::Value(rule["prevent_self_review"] == true);
    // One that cannot be named (a deleted person, a team that is not shown) hides them all: what is not
    // known cannot be written back.
    let (mut found, mut unnamed) = (BTreeSet::new(), false);
    for entry in plain(rule, "reviewers") {
        let reviewer = &entry["reviewer"];
        let Some(id) = id(reviewer, "id") else {
            unnamed = true;
            continue;
        };
        let node = must(reviewer, "node_id").unwrap_or_default();
        let names = &place.line.site.names;
        let name = match (must(entry, "type"), must(reviewer, "login"), must(reviewer, "slug")) {
            (Some("User"), Some(login), _) => {
                names.learn_user(&*id, login, node);
                format!("user:{}", login.to_lowercase())
            }
            (Some("Team"), _, Some(slug)) => {
                names.learn_team(&*id, slug, node);
                format!("team:{slug}")
            }
            _ => {
                unnamed = true;
                continue;
            }
        };
        found.insert(SmolStr::new(&name));
        fields.reviewer_ids.insert(name, Sight::Value(SmolStr::new(id)));
    }
    fields.reviewers = if unnamed { Sight::Hidden } else { some(found) };
}

/// `null` is all branches.
fn policy(policy: &Value) -> Sight<SmolStr> {
    let word = if policy.is_null() {
        "all"
    } else if policy["protected_branches"] == true {
        "protected"
    } else {
        "selected"
    };
    Sight::Value(SmolStr::new_static(word))
}

async fn patterns(place: &Place<'_, '_>, environment: &str) -> Sight<BTreeSet<SmolStr>> {
    let route = crate::route::Route::list(
        "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies",
        &[place.line.site.organisation.as_str(), place.name, environment],
    );
    let (all, problem) = place.line.pages::<Value>(&route, Some("branch_policies")).await;
    if problem.is_some() {
        return Sight::Hidden;
    }
    let pattern = |policy: &Value| {
        Some(SmolStr::new(format!("{}:{}", must(policy, "type").unwrap_or("branch"), must(policy, "name")?)))
    };
    some(all.iter().filter_map(pattern).collect())
}

/// A set that is absent where it is empty.
fn some(all: BTreeSet<SmolStr>) -> Sight<BTreeSet<SmolStr>> {
    crate::read::sight(Some(all).filter(|all| !all.is_empty()))
}
