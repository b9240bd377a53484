//! Rulesets, of repositories and of the organisation, with their rules and who may pass by them.

use super::actor::actor;
use crate::line::Line;
use crate::read::sweep::node::{flag, id, items, lower, must, number, plain, word};
use crate::read::{Find, Haul, seen_of, sight, some_words};
use aplomo_core::fields::Sight;
use aplomo_core::{Coverage, Seen};
use aplomo_resources::github::model::Ruleset;
use aplomo_resources::github::names::{self, output};
use serde_json::Value;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// The ids of repositories by GraphQL's ids, for rulesets that pick some.
pub(super) type ByNode = BTreeMap<String, String>;

/// All of one place: a repository, or with `None` the organisation.
pub(super) fn all(
    haul: &mut Haul<'_>,
    line: &Line<'_>,
    within: Option<&str>,
    node: &Value,
    by_node: &ByNode,
) {
    let (all, complete) = match items(node, "rulesets") {
        Ok(found) => found,
        Err(why) => return haul.cover(&names::RULESET, within, Coverage::Failed(why)),
    };
    if !complete {
        haul.cover(&names::RULESET, within, seen_of(false, "rulesets"));
    }
    for ruleset in all {
        let Some(id) = id(ruleset, "databaseId") else {
            haul.cover(&names::RULESET, within, seen_of(false, "rulesets"));
            continue;
        };
        let mut find = Find::new(id).with(output::NODE_ID, must(ruleset, "id"));
        find.within = within;
        haul.take(&names::RULESET, find, &fields(line, ruleset, by_node));
    }
}

fn fields(line: &Line<'_>, node: &Value, by_node: &ByNode) -> Ruleset<Seen> {
    let mut fields = Ruleset::<Seen> {
        name: word(node, "name"),
        target: lower(node, "target"),
        enforcement: lower(node, "enforcement"),
        ..Ruleset::default()
    };
    conditions(&mut fields, &node["conditions"], by_node);
    passers(line, &mut fields, node);
    match items(node, "rules") {
        Ok((rules, true)) => apply(&mut fields, &rules),
        _ => hide(&mut fields),
    }
    fields
}

fn conditions(fields: &mut Ruleset<Seen>, conditions: &Value, by_node: &ByNode) {
    let list =
        |part: &Value, key: &str| -> Sight<_> { some_words(plain(part, key).filter_map(Value::as_str)) };
    let refs = &conditions["refName"];
    (fields.include, fields.exclude) = (list(refs, "include"), list(refs, "exclude"));
    fields.repositories = list(&conditions["repositoryName"], "include");
    fields.repositories_not = list(&conditions["repositoryName"], "exclude");
    let ids = plain(&conditions["repositoryId"], "repositoryIds").filter_map(Value::as_str);
    fields.repository_ids = some_words(ids.map(|node| by_node.get(node).map_or(node, String::as_str)));
    let properties = |key: &str| {
        let all = plain(&conditions["repositoryProperty"], key).flat_map(|property| {
            let name = must(property, "name").unwrap_or_default();
            plain(property, "propertyValues").filter_map(Value::as_str).map(move |v| format!("{name}={v}"))
        });
        let all: Vec<String> = all.collect();
        some_words(all.iter().map(String::as_str))
    };
    fields.repository_properties = properties("include");
    fields.repository_properties_not = properties("exclude");
}

/// Who may pass. Told only to who may write the ruleset: `null` is hidden, and not nobody.
fn passers(line: &Line<'_>, fields: &mut Ruleset<Seen>, node: &Value) {
    let Ok((all, true)) = items(node, "bypassActors") else {
        fields.bypass = Sight::Hidden;
        return;
    };
    let mut found = std::collections::BTreeSet::new();
    for item in all {
        let Some((who, id)) = passer(line, item) else {
            fields.bypass = Sight::Hidden;
            fields.bypass_ids.clear();
            return;
        };
        let mode = match must(item, "bypassMode") {
            Some("PULL_REQUEST") => "pullRequest",
            Some("ALWAYS") => "always",
            // GraphQL has no word for `exempt` and tells nothing then.
            _ => {
                fields.bypass = Sight::Hidden;
                fields.bypass_ids.clear();
                return;
            }
        };
        found.insert(SmolStr::new(format!("{who}:{mode}")));
        if let Some(id) = id {
            fields.bypass_ids.insert(who, Sight::Value(SmolStr::new(id)));
        }
    }
    fields.bypass = sight(Some(found).filter(|all| !all.is_empty()));
}

fn passer(line: &Line<'_>, item: &Value) -> Option<(String, Option<String>)> {
    if item["organizationAdmin"] == true {
        return Some(("organizationAdmin".to_owned(), None));
    }
    if item["deployKey"] == true {
        return Some(("deployKey".to_owned(), None));
    }
    if let Some(role) = must(item, "repositoryRoleName") {
        return Some((format!("role:{role}"), id(item, "repositoryRoleDatabaseId")));
    }
    Some((actor(line, &item["actor"])?, id(&item["actor"], "databaseId")))
}

fn apply(fields: &mut Ruleset<Seen>, rules: &[&Value]) {
    let no = || Sight::Value(false);
    (fields.signed, fields.linear, fields.no_force_push) = (no(), no(), no());
    (fields.no_deletion, fields.no_creation, fields.no_update) = (no(), no(), no());
    (fields.code_owners, fields.dismiss_stale, fields.last_push) = (no(), no(), no());
    (fields.resolved_threads, fields.up_to_date, fields.not_on_creation) = (no(), no(), no());
    for rule in rules {
        let yes = || Sight::Value(true);
        let parameters = &rule["parameters"];
        match must(rule, "type").unwrap_or_default() {
            "REQUIRED_SIGNATURES" => fields.signed = yes(),
            "REQUIRED_LINEAR_HISTORY" => fields.linear = yes(),
            "NON_FAST_FORWARD" => fields.no_force_push = yes(),
            "DELETION" => fields.no_deletion = yes(),
            "CREATION" => fields.no_creation = yes(),
            "UPDATE" => fields.no_update = yes(),
            "PULL_REQUEST" => pull_request(fields, parameters),
            "REQUIRED_STATUS_CHECKS" => status_checks(fields, parameters),
            "REQUIRED_DEPLOYMENTS" => {
                let all = plain(parameters, "requiredDeploymentEnvironments").filter_map(Value::as_str);
                fields.deployments = some_words(all);
            }
            "CODE_SCANNING" => fields.code_scanning = code_scanning(parameters),
            "MERGE_QUEUE" => merge_queue(fields, parameters),
            other => drop(fields.others.insert(other.to_lowercase(), Sight::Value(canonical(parameters)))),
        }
    }
}

/// Every field that comes from rules.
fn hide(fields: &mut Ruleset<Seen>) {
    let shown = Ruleset::<Seen> {
        name: fields.name.clone(),
        target: fields.target.clone(),
        enforcement: fields.enforcement.clone(),
        include: fields.include.clone(),
        exclude: fields.exclude.clone(),
        repositories: fields.repositories.clone(),
        repositories_not: fields.repositories_not.clone(),
        repository_ids: fields.repository_ids.clone(),
        repository_properties: fields.repository_properties.clone(),
        repository_properties_not: fields.repository_properties_not.clone(),
        bypass: fields.bypass.clone(),
        bypass_ids: std::mem::take(&mut fields.bypass_ids),
        approvals: Sight::Hidden,
        code_owners: Sight::Hidden,
        dismiss_stale: Sight::Hidden,
        last_push: Sight::Hidden,
        resolved_threads: Sight::Hidden,
        merge_methods: Sight::Hidden,
        checks: Sight::Hidden,
        up_to_date: Sight::Hidden,
        not_on_creation: Sight::Hidden,
        signed: Sight::Hidden,
        linear: Sight::Hidden,
        deployments: Sight::Hidden,
        code_scanning: Sight::Hidden,
        queue_method: Sight::Hidden,
        queue_grouping: Sight::Hidden,
        queue_build: Sight::Hidden,
        queue_least: Sight::Hidden,
        queue_most: Sight::Hidden,
        queue_wait: Sight::Hidden,
        queue_timeout: Sight::Hidden,
        no_force_push: Sight::Hidden,
        no_deletion: Sight::Hidden,
        no_creation: Sight::Hidden,
        no_update: Sight::Hidden,
        check_apps: BTreeMap::new(),
        others: BTreeMap::new(),
    };
    *fields = shown;
}

fn pull_request(fields: &mut Ruleset<Seen>, parameters: &Value) {
    fields.approvals = number(parameters, "requiredApprovingReviewCount");
    fields.code_owners = flag(parameters, "requireCodeOwnerReview");
    fields.dismiss_stale = flag(parameters, "dismissStaleReviewsOnPush");
    fields.last_push = flag(parameters, "requireLastPushApproval");
    fields.resolved_threads = flag(parameters, "requiredReviewThreadResolution");
    let methods: Vec<String> =
        plain(parameters, "allowedMergeMethods").filter_map(Value::as_str).map(str::to_lowercase).collect();
    fields.merge_methods = some_words(methods.iter().map(String::as_str));
}

fn status_checks(fields: &mut Ruleset<Seen>, parameters: &Value) {
    let all = || plain(parameters, "requiredStatusChecks");
    fields.checks = some_words(all().filter_map(|check| must(check, "context")));
    fields.up_to_date = flag(parameters, "strictRequiredStatusChecksPolicy");
    fields.not_on_creation = flag(parameters, "doNotEnforceOnCreate");
    fields.check_apps = all()
        .filter_map(|check| {
            let app = id(check, "integrationId")?;
            Some((must(check, "context")?.to_owned(), Sight::Value(SmolStr::new(app))))
        })
        .collect();
}

fn code_scanning(parameters: &Value) -> Sight<std::collections::BTreeSet<SmolStr>> {
    let all = plain(parameters, "codeScanningTools").map(|tool| {
        let part = |key| must(tool, key).unwrap_or_default();
        SmolStr::new(format!(
            "{}:{}:{}",
            part("tool"),
            part("alertsThreshold").to_lowercase(),
            part("securityAlertsThreshold").to_lowercase()
        ))
    });
    sight(Some(all.collect::<std::collections::BTreeSet<_>>()).filter(|all| !all.is_empty()))
}

fn merge_queue(fields: &mut Ruleset<Seen>, parameters: &Value) {
    fields.queue_method = lower(parameters, "mergeMethod");
    fields.queue_grouping = word(parameters, "groupingStrategy");
    fields.queue_build = number(parameters, "maxEntriesToBuild");
    fields.queue_least = number(parameters, "minEntriesToMerge");
    fields.queue_most = number(parameters, "maxEntriesToMerge");
    fields.queue_wait = number(parameters, "minEntriesToMergeWaitMinutes");
    fields.queue_timeout = number(parameters, "checkResponseTimeoutMinutes");
}

/// A rule's parameters as text that is equal where they are.
fn canonical(parameters: &Value) -> String {
    let mut parameters = parameters.clone();
    if let Some(map) = parameters.as_object_mut() {
        map.remove("__typename");
    }
    // serde_json keeps keys sorted.
    parameters.to_string()
}
