//! Rulesets. GitHub takes the list of rules as a whole, so rules that we know nothing of, and parameters
//! that we know nothing of, are sent back as they are.

use super::{Craft, Job, Told, need, not_sent, or_gone, wish, wished};
use crate::wanted::{Want, entries, number, texts};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{Datum, RemoteId, TypeName};
use aplomo_resources::github::names;
use http::Method;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// See the module.
pub(crate) struct Rulesets;

const OF_REPOSITORY: (&str, &str) =
    ("/repos/{owner}/{repo}/rulesets", "/repos/{owner}/{repo}/rulesets/{ruleset_id}");
const OF_ORGANISATION: (&str, &str) = ("/orgs/{org}/rulesets", "/orgs/{org}/rulesets/{ruleset_id}");

impl Craft for Rulesets {
    const FEEDS: &'static [TypeName] = &[names::RULESET];
    const WHAT: &'static str = "the ruleset";

    async fn make(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let mut body = json!({
            "name": need(after, "/name")?,
            "enforcement": need(after, "/enforcement")?,
            "conditions": conditions(job, after, &Value::Null)?,
            "rules": rules(job, after, &[])?,
        });
        if let Some(target) = wished(after, "/target")? {
            body["target"] = target;
        }
        if let Some(actors) = passers(job, after)? {
            body["bypass_actors"] = actors;
        }
        let (route, parts) = place(job).await?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        job.create(Method::POST, route.0, &parts, Some(body), Told::Number("id")).await.map(drop)
    }

    async fn shape(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        if job.made {
            return Ok(());
        }
        let id = job.id.clone().ok_or_else(|| not_sent("the ruleset's id is not known"))?;
        let (route, mut parts) = place(job).await?;
        parts.push(id.as_str().to_owned());
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let mut body = Map::new();
        for (path, key) in [("/name", "name"), ("/enforcement", "enforcement"), ("/target", "target")] {
            if job.turns(after, path)? {
                body.extend(wished(after, path)?.map(|value| (key.to_owned(), value)));
            }
        }
        let selects = any(job, after, "/refs/")? || any(job, after, "/repositories/")?;
        let demands = any(job, after, "/requires/")? || any(job, after, "/forbids/")?;
        if selects || demands {
            let current = job.ask(route.1, &parts).await?;
            if selects {
                job.all_shown(&["/refs/", "/repositories/"])?;
                body.insert("conditions".into(), conditions(job, after, &current["conditions"])?);
            }
            if demands {
                job.all_shown(&["/requires/", "/forbids/"])?;
                let current =
                    current["rules"].as_array().ok_or_else(|| not_sent("GitHub does not show its rules"))?;
                body.insert("rules".into(), rules(job, after, current)?);
            }
        }
        // Whom we are not shown nobody approved to take out: the list stays as it is.
        if !job.hides("/bypass") && any(job, after, "/bypass")? {
            body.extend(passers(job, after)?.map(|actors| ("bypass_actors".to_owned(), actors)));
        }
        if body.is_empty() {
            return Ok(());
        }
        job.send(Method::PUT, route.1, &parts, Some(Value::Object(body))).await.map(drop)
    }

    async fn unmake(job: &mut Job<'_>, id: &RemoteId) -> Result<(), CallError> {
        let (route, mut parts) = place(job).await?;
        parts.push(id.as_str().to_owned());
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        or_gone(job.send(Method::DELETE, route.1, &parts, None).await)
    }
}

/// Where it lives: in a repository, or in the organisation.
async fn place(job: &Job<'_>) -> Result<((&'static str, &'static str), Vec<String>), CallError> {
    if job.step.scope.container.is_none() {
        return Ok((OF_ORGANISATION, vec![job.organisation().to_owned()]));
    }
    let repository = job.repository().await?;
    Ok((OF_REPOSITORY, vec![job.organisation().to_owned(), repository]))
}

/// Whether any wished field whose path begins so must be written.
fn any(job: &Job<'_>, after: &WantedFields, begins: &str) -> Result<bool, CallError> {
    let mut differs = false;
    for (path, _) in after.iter().filter(|(path, _)| path.as_str().starts_with(begins)) {
        differs |= job.turns(after, path.as_str())?;
    }
    Ok(differs)
}

/// What shall be at a path: as wished, else as it is.
fn shall(job: &Job<'_>, after: &WantedFields, path: &str) -> Result<Option<Datum>, CallError> {
    Ok(match wish(after, path)? {
        Want::Leave => job.there(path).cloned(),
        Want::Clear => None,
        Want::Set(value) => Some(value.clone()),
    })
}

fn list(job: &Job<'_>, after: &WantedFields, path: &str) -> Result<Option<Vec<String>>, CallError> {
    Ok(shall(job, after, path)?.as_ref().map(texts))
}

/// A map's entries: as wished over as they are.
fn map(job: &Job<'_>, after: &WantedFields, below: &str) -> Result<BTreeMap<String, String>, CallError> {
    let mut all = BTreeMap::new();
    for (path, sight) in job.step.fresh.iter().flat_map(|fresh| fresh.fields.iter()) {
        let part = path.as_str().strip_prefix(below).and_then(|rest| rest.strip_prefix('/'));
        if let (Some(part), Some(value)) = (part, sight.value().and_then(Datum::as_text)) {
            all.insert(part.replace("~1", "/").replace("~0", "~"), value.to_owned());
        }
    }
    all.extend(entries(after, below).map_err(|why| not_sent(&why))?);
    // What shall go is not asked for.
    all.retain(|key, _| {
        let path = format!("{below}/{}", key.replace('~', "~0").replace('/', "~1"));
        !matches!(wish(after, &path), Ok(Want::Clear))
    });
    Ok(all)
}

/// What it applies to. Only the parts that differ are made anew, and in them what we know nothing of stays:
/// GitHub takes all conditions as a whole.
fn conditions(job: &Job<'_>, after: &WantedFields, current: &Value) -> Result<Value, CallError> {
    let mut all = current.as_object().cloned().unwrap_or_default();
    for (part, fields) in CONDITIONS {
        let mut differs = current.is_null();
        for (path, _) in *fields {
            differs |= job.turns(after, path)?;
        }
        if differs {
            let there = all.remove(*part).unwrap_or_default();
            all.extend(condition(job, after, fields, there)?.map(|made| ((*part).to_owned(), made)));
        }
    }
    // A new ruleset has to say which refs it is for, if only that it is for none.
    if current.is_null() && !all.contains_key("ref_name") {
        all.insert("ref_name".into(), json!({ "include": [], "exclude": [] }));
    }
    Ok(Value::Object(all))
}

/// The parts of conditions, and the fields of ours in them.
const CONDITIONS: &[(&str, &[(&str, &str)])] = &[
    ("ref_name", &[("/refs/include", "include"), ("/refs/exclude", "exclude")]),
    ("repository_name", &[("/repositories/include", "include"), ("/repositories/exclude", "exclude")]),
    ("repository_id", &[("/repositories/ids", "repository_ids")]),
    (
        "repository_property",
        &[("/repositories/properties", "include"), ("/repositories/propertiesNot", "exclude")],
    ),
];

/// One part: `None` where nothing of it shall be.
fn condition(
    job: &Job<'_>,
    after: &WantedFields,
    fields: &[(&str, &str)],
    there: Value,
) -> Result<Option<Value>, CallError> {
    let (mut all, mut wished) = (there.as_object().cloned().unwrap_or_default(), false);
    for (path, key) in fields {
        let texts = list(job, after, path)?;
        wished |= texts.is_some();
        let texts = texts.unwrap_or_default();
        let made = match *path {
            "/repositories/ids" => json!(texts.iter().map(|id| number(id)).collect::<Vec<_>>()),
            "/repositories/properties" | "/repositories/propertiesNot" => {
                json!(properties(&texts, there[*key].as_array()))
            }
            _ => json!(texts),
        };
        all.insert((*key).to_owned(), made);
    }
    Ok(wished.then_some(Value::Object(all)))
}

/// Properties with their values, over what else is said of the same property.
fn properties(pairs: &[String], there: Option<&Vec<Value>>) -> Vec<Value> {
    let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in pairs.iter().filter_map(|pair| pair.split_once('=')) {
        values.entry(name).or_default().push(value);
    }
    let one = |(name, values): (&str, Vec<&str>)| {
        let known = there.into_iter().flatten().find(|property| property["name"] == name);
        let mut property = known.cloned().unwrap_or_else(|| json!({ "name": name }));
        property["property_values"] = json!(values);
        property
    };
    values.into_iter().map(one).collect()
}

/// Rules that are there or not, without more to say.
const SWITCHES: &[(&str, &str)] = &[
    ("/requires/signedCommits", "required_signatures"),
    ("/requires/linearHistory", "required_linear_history"),
    ("/forbids/forcePush", "non_fast_forward"),
    ("/forbids/deletion", "deletion"),
    ("/forbids/creation", "creation"),
    ("/forbids/update", "update"),
];
/// Rules with parameters that we make, and the field without which there is none.
const MADE: &[(&str, &str)] = &[
    ("pull_request", "/requires/approvals"),
    ("required_status_checks", "/requires/statusChecks"),
    ("required_deployments", "/requires/deployments"),
    ("code_scanning", "/requires/codeScanning"),
    ("merge_queue", "/requires/mergeQueue/method"),
];

fn rules(job: &Job<'_>, after: &WantedFields, current: &[Value]) -> Result<Value, CallError> {
    let known = |rule: &Value| {
        let kind = rule["type"].as_str().unwrap_or_default();
        MADE.iter().any(|(made, _)| *made == kind) || SWITCHES.iter().any(|(_, switch)| *switch == kind)
    };
    let mut all: Vec<Value> = current.iter().filter(|rule| !known(rule)).cloned().collect();
    for (path, kind) in SWITCHES {
        if shall(job, after, path)? == Some(Datum::Bool(true)) {
            let there = current.iter().find(|rule| rule["type"] == *kind);
            all.push(there.cloned().unwrap_or_else(|| json!({ "type": kind })));
        }
    }
    let made = [
        pull_request(job, after)?,
        status_checks(job, after)?,
        deployments(job, after)?,
        code_scanning(job, after)?,
        merge_queue(job, after)?,
    ];
    for ((kind, gate), parameters) in MADE.iter().zip(made) {
        let there = current.iter().find(|rule| rule["type"] == *kind);
        // Without its main field it is no rule of ours, and stays as whoever made it wants it.
        let theirs = parameters.is_none() && wish(after, gate)? == Want::Leave;
        match (parameters, there) {
            (Some(parameters), there) => all.push(over(kind, parameters, there)),
            (None, Some(there)) if theirs => all.push(there.clone()),
            _ => {}
        }
    }
    Ok(Value::Array(all))
}

/// A rule with these parameters, over those that we know nothing of.
fn over(kind: &str, parameters: Map<String, Value>, there: Option<&Value>) -> Value {
    let mut rule = there.cloned().unwrap_or_else(|| json!({ "type": kind }));
    let mut all = rule["parameters"].as_object().cloned().unwrap_or_default();
    all.extend(parameters);
    rule["parameters"] = Value::Object(all);
    rule
}

type Parameters = Option<Map<String, Value>>;

/// Values at paths under GitHub's keys; what is neither wished nor there is as GitHub's default.
fn parameters(
    job: &Job<'_>,
    after: &WantedFields,
    fields: &[(&str, &str, Value)],
) -> Result<Map<String, Value>, CallError> {
    let mut all = Map::new();
    for (path, key, usual) in fields {
        let value = shall(job, after, path)?.map_or_else(|| usual.clone(), |value| value.to_json());
        all.insert((*key).into(), value);
    }
    Ok(all)
}

fn pull_request(job: &Job<'_>, after: &WantedFields) -> Result<Parameters, CallError> {
    if shall(job, after, "/requires/approvals")?.is_none() {
        return Ok(None);
    }
    let fields = [
        ("/requires/approvals", "required_approving_review_count", json!(0)),
        ("/requires/codeOwners", "require_code_owner_review", json!(false)),
        ("/requires/dismissStale", "dismiss_stale_reviews_on_push", json!(false)),
        ("/requires/lastPushApproval", "require_last_push_approval", json!(false)),
        ("/requires/resolvedThreads", "required_review_thread_resolution", json!(false)),
    ];
    let mut all = parameters(job, after, &fields)?;
    if let Some(methods) = list(job, after, "/requires/mergeMethods")? {
        all.insert("allowed_merge_methods".into(), json!(methods));
    }
    Ok(Some(all))
}

fn status_checks(job: &Job<'_>, after: &WantedFields) -> Result<Parameters, CallError> {
    let Some(checks) = list(job, after, "/requires/statusChecks")?.filter(|checks| !checks.is_empty()) else {
        return Ok(None);
    };
    let apps = map(job, after, "/requires/checkApps")?;
    let one = |context: String| match apps.get(&context) {
        Some(app) => json!({ "context": context, "integration_id": number(app) }),
        None => json!({ "context": context }),
    };
    let fields = [
        ("/requires/upToDate", "strict_required_status_checks_policy", json!(false)),
        ("/requires/checksNotOnCreation", "do_not_enforce_on_create", json!(false)),
    ];
    let mut all = parameters(job, after, &fields)?;
    all.insert("required_status_checks".into(), checks.into_iter().map(one).collect());
    Ok(Some(all))
}

fn deployments(job: &Job<'_>, after: &WantedFields) -> Result<Parameters, CallError> {
    let all = list(job, after, "/requires/deployments")?.filter(|all| !all.is_empty());
    Ok(all.map(|all| Map::from_iter([("required_deployment_environments".to_owned(), json!(all))])))
}

fn code_scanning(job: &Job<'_>, after: &WantedFields) -> Result<Parameters, CallError> {
    let Some(all) = list(job, after, "/requires/codeScanning")?.filter(|all| !all.is_empty()) else {
        return Ok(None);
    };
    let tool = |text: &String| {
        let mut parts = text.rsplitn(3, ':');
        let (security, alerts) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        json!({
            "tool": parts.next().unwrap_or_default(),
            "alerts_threshold": alerts,
            "security_alerts_threshold": security,
        })
    };
    let tools: Vec<Value> = all.iter().map(tool).collect();
    Ok(Some(Map::from_iter([("code_scanning_tools".to_owned(), json!(tools))])))
}

fn merge_queue(job: &Job<'_>, after: &WantedFields) -> Result<Parameters, CallError> {
    let Some(method) = shall(job, after, "/requires/mergeQueue/method")? else { return Ok(None) };
    let fields = [
        ("/requires/mergeQueue/grouping", "grouping_strategy", json!("ALLGREEN")),
        ("/requires/mergeQueue/maxToBuild", "max_entries_to_build", json!(5)),
        ("/requires/mergeQueue/minToMerge", "min_entries_to_merge", json!(1)),
        ("/requires/mergeQueue/maxToMerge", "max_entries_to_merge", json!(5)),
        ("/requires/mergeQueue/minWaitMinutes", "min_entries_to_merge_wait_minutes", json!(5)),
        ("/requires/mergeQueue/checkTimeoutMinutes", "check_response_timeout_minutes", json!(60)),
    ];
    let mut all = parameters(job, after, &fields)?;
    let method = method.as_text().unwrap_or_default().to_uppercase();
    all.insert("merge_method".into(), json!(method));
    Ok(Some(all))
}

/// Who may pass by, where that is wished. An empty list is sent as one: left out, GitHub would keep the last.
fn passers(job: &Job<'_>, after: &WantedFields) -> Result<Option<Value>, CallError> {
    let all = match wish(after, "/bypass")? {
        Want::Leave => return Ok(None),
        Want::Clear => Vec::new(),
        Want::Set(all) => texts(all),
    };
    let ids = map(job, after, "/bypassIds")?;
    let one = |text: &String| {
        let (who, mode) = text.rsplit_once(':').unwrap_or((text, "always"));
        let (kind, id) = actor(who, ids.get(who))?;
        let mode = if mode == "pullRequest" { "pull_request" } else { mode };
        Ok(json!({ "actor_type": kind, "actor_id": id, "bypass_mode": mode }))
    };
    all.iter().map(one).collect::<Result<Vec<Value>, CallError>>().map(|all| Some(json!(all)))
}

fn actor(who: &str, id: Option<&String>) -> Result<(&'static str, Value), CallError> {
    let kind = match who.split_once(':').map_or(who, |(kind, _)| kind) {
        "organizationAdmin" => return Ok(("OrganizationAdmin", json!(1))),
        "deployKey" => return Ok(("DeployKey", Value::Null)),
        "team" => "Team",
        "user" => "User",
        "app" => "Integration",
        "role" => "RepositoryRole",
        _ => return Err(not_sent(&format!("nobody knows what {who} is"))),
    };
    // GitHub's own roles have numbers that are the same everywhere.
    let usual = match who {
        "role:maintain" => Some("2"),
        "role:write" => Some("4"),
        "role:admin" => Some("5"),
        _ => None,
    };
    let id = id.map(String::as_str).or(usual);
    id.map(|id| (kind, number(id))).ok_or_else(|| not_sent(&format!("the id of {who} is not known")))
}
