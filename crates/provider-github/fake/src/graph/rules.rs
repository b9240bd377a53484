//! Rulesets: conditions, rules with their parameters, bypass actors for those who may change them.

use serde_json::Value;

use super::resolve::{Cx, text};
use super::val::{Args, Fields, Val};
use crate::clock::show as time;
use crate::family::reaches;
use crate::ids::{Id, Sort};
use crate::route::Level;
use crate::world::{Org, Repo, Ruleset};

/// The field `rulesets` or `ruleset` of an organisation or of a repository.
pub(super) fn rulesets(cx: &Cx, org: Option<&Org>, repo: Option<&Repo>, name: &str, args: &Args) -> Val {
    let parents = args.get("includeParents") != Some(&Value::Bool(false));
    let own = repo.into_iter().flat_map(|repo| repo.rulesets.values().map(move |one| (Some(repo), one)));
    let above = org.into_iter().flat_map(|org| org.rulesets.values());
    let above = above.filter(|one| repo.is_none_or(|repo| parents && reaches(one, repo)));
    let all = own.chain(above.map(|one| (None, one)));
    let show = |(repo, one): (Option<&Repo>, &Ruleset)| ruleset(cx, org.map(|org| org.id), repo, one);
    if name == "ruleset" {
        let wanted = args.get("databaseId").and_then(Value::as_u64);
        return Val::or_null(all.filter(|(_, one)| Some(one.id) == wanted).map(show).next());
    }
    let targets = args.get("targets").and_then(Value::as_array).cloned();
    let wanted = |one: &Ruleset| {
        targets
            .as_ref()
            .is_none_or(|list| list.iter().any(|t| t.as_str() == Some(&one.target.to_uppercase())))
    };
    Val::conn(all.filter(|(_, one)| wanted(one)).map(show))
}

pub(super) fn ruleset(cx: &Cx, org: Option<Id>, repo: Option<&Repo>, one: &Ruleset) -> Val {
    let may_write = match (repo, org) {
        (Some(repo), _) => cx.may(repo, "administration", Level::Write),
        (None, Some(org)) => cx.caller.may_org(&cx.world, org, "organization_administration", Level::Write),
        (None, None) => false,
    };
    let source = repo.map_or_else(
        || Val::or_null(org.map(|id| Val::of("Organization", id))),
        |repo| Val::of("Repository", repo.id),
    );
    let actors = one.bypass_actors.iter().enumerate().map(|(at, actor)| bypass(cx, one.id, at, actor));
    let rules = one.rules.iter().enumerate().map(|(at, value)| rule(one.id, at, value));
    Val::fields(
        "RepositoryRuleset",
        [
            ("id", cx.id(Sort::Ruleset, one.id)),
            ("databaseId", Val::json(one.id)),
            ("name", Val::json(one.name.clone())),
            ("enforcement", Val::json(one.enforcement.to_uppercase())),
            ("target", Val::json(one.target.to_uppercase())),
            ("source", source),
            ("createdAt", Val::json(time(one.created_at))),
            ("updatedAt", Val::json(time(one.updated_at))),
            ("conditions", conditions(cx, &one.conditions)),
            ("bypassActors", if may_write { Val::conn(actors) } else { Val::hidden() }),
            ("rules", Val::conn(rules)),
        ],
    )
}

fn conditions(cx: &Cx, all: &Value) -> Val {
    let names = |at: &Value, ty: &'static str| {
        if at.is_null() {
            return Val::NULL;
        }
        let list = |name: &str| list(at[name].as_array(), |one| Val::Json(one.clone()));
        Val::fields(
            ty,
            [
                ("include", list("include")),
                ("exclude", list("exclude")),
                ("protected", Val::json(at["protected"].as_bool().unwrap_or(false))),
            ],
        )
    };
    let ids = all["repository_id"]["repository_ids"].as_array();
    let ids = ids.map(|ids| {
        let ids = list(Some(ids), |id| cx.id(Sort::Repository, id.as_u64().unwrap_or_default()));
        Val::fields("RepositoryIdConditionTarget", [("repositoryIds", ids)])
    });
    let property = all.get("repository_property").map(|at| {
        let list = |name: &str| list(at[name].as_array(), |one| camel("PropertyTargetDefinition", one));
        Val::fields(
            "RepositoryPropertyConditionTarget",
            [("include", list("include")), ("exclude", list("exclude"))],
        )
    });
    Val::fields(
        "RepositoryRuleConditions",
        [
            ("refName", names(&all["ref_name"], "RefNameConditionTarget")),
            ("repositoryName", names(&all["repository_name"], "RepositoryNameConditionTarget")),
            ("repositoryId", Val::or_null(ids)),
            ("repositoryProperty", Val::or_null(property)),
        ],
    )
}

fn list(values: Option<&Vec<Value>>, each: impl Fn(&Value) -> Val) -> Val {
    Val::List(values.into_iter().flatten().map(each).collect())
}

/// GraphQL knows no person as an actor and no mode `exempt`: both read as null.
fn bypass(cx: &Cx, ruleset: Id, at: usize, actor: &Value) -> Val {
    let sort = text(actor.as_object().unwrap_or(&Args::new()), "actor_type").to_owned();
    let id = actor["actor_id"].as_u64();
    let named = match (sort.as_str(), id) {
        ("Team", Some(id)) if cx.world.team(id).is_some() => Val::of("Team", id),
        ("Integration", Some(id)) if cx.world.apps.contains_key(&id) => Val::of("App", id),
        _ => Val::NULL,
    };
    let mode = match actor["bypass_mode"].as_str() {
        Some("always") => Val::json("ALWAYS"),
        Some("pull_request") => Val::json("PULL_REQUEST"),
        _ => Val::NULL,
    };
    let role = id.filter(|_| sort == "RepositoryRole");
    let roles = ["read", "triage", "write", "maintain", "admin"];
    // GitHub's own numbers of its roles.
    let name = role.and_then(|id| {
        [(1, 0), (3, 1), (4, 2), (2, 3), (5, 4)].iter().find(|(n, _)| *n == id).map(|(_, at)| roles[*at])
    });
    Val::fields(
        "RepositoryRulesetBypassActor",
        [
            ("id", Val::json(format!("RBA_{ruleset}_{at}"))),
            ("actor", named),
            ("bypassMode", mode),
            ("deployKey", Val::json(sort == "DeployKey")),
            ("enterpriseOwner", Val::json(false)),
            ("organizationAdmin", Val::json(sort == "OrganizationAdmin")),
            ("repositoryRoleDatabaseId", Val::json(role)),
            ("repositoryRoleName", Val::json(name)),
        ],
    )
}

fn rule(ruleset: Id, at: usize, rule: &Value) -> Val {
    let sort = rule["type"].as_str().unwrap_or_default();
    let ty = match sort {
        "pull_request" => Some("PullRequestParameters"),
        "required_status_checks" => Some("RequiredStatusChecksParameters"),
        "required_deployments" => Some("RequiredDeploymentsParameters"),
        "update" => Some("UpdateParameters"),
        "code_scanning" => Some("CodeScanningParameters"),
        "merge_queue" => Some("MergeQueueParameters"),
        "workflows" => Some("WorkflowsParameters"),
        "max_file_size" => Some("MaxFileSizeParameters"),
        "max_file_path_length" => Some("MaxFilePathLengthParameters"),
        "file_path_restriction" => Some("FilePathRestrictionParameters"),
        "file_extension_restriction" => Some("FileExtensionRestrictionParameters"),
        "branch_name_pattern" => Some("BranchNamePatternParameters"),
        "tag_name_pattern" => Some("TagNamePatternParameters"),
        "commit_message_pattern" => Some("CommitMessagePatternParameters"),
        "commit_author_email_pattern" => Some("CommitAuthorEmailPatternParameters"),
        "committer_email_pattern" => Some("CommitterEmailPatternParameters"),
        _ => None,
    };
    let parameters = ty.filter(|_| rule.get("parameters").is_some()).map(|ty| camel(ty, &rule["parameters"]));
    Val::fields(
        "RepositoryRule",
        [
            ("id", Val::json(format!("RRU_{ruleset}_{at}"))),
            ("type", Val::json(sort.to_uppercase())),
            ("parameters", Val::or_null(parameters)),
        ],
    )
}

/// The same object with its names as GraphQL writes them.
fn camel(ty: &'static str, value: &Value) -> Val {
    let mut fields = Fields::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        let value = match value {
            Value::Array(all) => list(Some(all), |one| {
                if one.is_object() { camel("StatusCheckConfiguration", one) } else { Val::Json(one.clone()) }
            }),
            value => Val::Json(value.clone()),
        };
        fields.insert(camel_name(name), value);
    }
    // Patterns say `negate` always.
    fields.entry("negate".to_owned()).or_insert_with(|| Val::json(false));
    Val::map(ty, fields)
}

fn camel_name(name: &str) -> String {
    let mut words = name.split('_');
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        out.extend(word.chars().take(1).flat_map(char::to_uppercase));
        out.extend(word.chars().skip(1));
    }
    out
}
