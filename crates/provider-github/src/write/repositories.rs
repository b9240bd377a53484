//! Repositories: made, renamed, shaped; taken away by archiving them, which loses nothing.

use super::toggles;
use super::{Craft, Job, Told, need, wish, wished};
use crate::wanted::{Want, texts};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{Datum, FieldPath, RemoteId, TypeName};
use aplomo_resources::github::names;
use http::Method;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// See the module.
pub(crate) struct Repositories;

const REPOSITORY: &str = "/repos/{owner}/{repo}";

/// Our paths and GitHub's keys that a create takes.
const AT_BIRTH: &[(&str, &str)] = &[
    ("/description", "description"),
    ("/homepage", "homepage"),
    ("/visibility", "visibility"),
    ("/isTemplate", "is_template"),
    ("/features/issues", "has_issues"),
    ("/features/wiki", "has_wiki"),
    ("/features/projects", "has_projects"),
    ("/merge/autoMerge", "allow_auto_merge"),
    ("/merge/deleteBranchOnMerge", "delete_branch_on_merge"),
    ("/merge/titles/squash", "squash_merge_commit_title"),
    ("/merge/messages/squash", "squash_merge_commit_message"),
    ("/merge/titles/merge", "merge_commit_title"),
    ("/merge/messages/merge", "merge_commit_message"),
];
/// Those that only an update takes.
const LATER: &[(&str, &str)] = &[
    ("/features/forking", "allow_forking"),
    ("/merge/updateBranch", "allow_update_branch"),
    ("/merge/signOff", "web_commit_signoff_required"),
];
/// Titles and messages go together: GitHub refuses one without the other.
const PAIRS: &[(&str, &str)] =
    &[("/merge/titles/squash", "/merge/messages/squash"), ("/merge/titles/merge", "/merge/messages/merge")];
const METHODS: &[(&str, &str)] =
    &[("merge", "allow_merge_commit"), ("rebase", "allow_rebase_merge"), ("squash", "allow_squash_merge")];

impl Craft for Repositories {
    const FEEDS: &'static [TypeName] = &[names::REPOSITORY];
    const WHAT: &'static str = "the repository";

    fn carries(after: &WantedFields) -> BTreeSet<FieldPath> {
        let from_template = after.value("/template").is_some();
        // A template's internal copy is private at first.
        let private = |path: &str| path != "/visibility" || after.text(path) != Some("internal");
        let at_birth = AT_BIRTH.iter().map(|(path, _)| *path);
        let carried = at_birth.chain(["/merge/methods"]).filter(|path| {
            !from_template || matches!(*path, "/description" | "/visibility") && private(path)
        });
        let wished = carried.chain(["/name"]).filter(|path| after.value(path).is_some());
        wished.map(FieldPath::known).collect()
    }

    async fn make(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let name = need(after, "/name")?;
        let made = match wish(after, "/template")?.set().and_then(Datum::as_text) {
            Some(template) => from_template(job, after, &name, template).await?,
            None => from_nothing(job, after, &name).await?,
        };
        let id = job.id.as_ref().map(ToString::to_string).unwrap_or_default();
        let node = made["node_id"].as_str().unwrap_or_default();
        job.pen.line.site.names.learn_repository(id, name, node);
        Ok(())
    }

    async fn shape(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let name = name(job, after).await?;
        let archived = wish(after, "/archived")?.set() == Some(&Datum::Bool(true));
        if !archived && job.turns(after, "/archived")? && !job.made {
            update(job, &name, json!({ "archived": false })).await?;
        }
        let name = settings(job, after, &name).await?;
        topics(job, after, &name).await?;
        default_branch(job, after, &name).await?;
        toggles::all(job, after, &name).await?;
        if archived && job.turns(after, "/archived")? {
            update(job, &name, json!({ "archived": true })).await?;
        }
        Ok(())
    }

    /// Archived, and everything in it kept. Whoever wants it gone deletes it by hand.
    async fn unmake(job: &mut Job<'_>, id: &RemoteId) -> Result<(), CallError> {
        if job.there("/archived") == Some(&Datum::Bool(true)) {
            return Ok(());
        }
        let name = crate::read::inside::name_of(&job.pen.line, id.as_str()).await;
        let name = name.map_err(|why| super::not_sent(&why))?;
        update(job, &name, json!({ "archived": true })).await
    }
}

async fn update(job: &mut Job<'_>, name: &str, body: Value) -> Result<(), CallError> {
    let parts = [job.organisation(), name];
    job.send(Method::PATCH, REPOSITORY, &parts, Some(body)).await.map(drop)
}

/// What it is called before this step.
async fn name(job: &Job<'_>, after: &WantedFields) -> Result<String, CallError> {
    if job.made {
        return need(after, "/name");
    }
    if let Some(name) = job.there_text("/name") {
        return Ok(name.to_owned());
    }
    let id = job.id.as_ref().map_or("", |id| id.as_str());
    crate::read::inside::name_of(&job.pen.line, id).await.map_err(|why| super::not_sent(&why))
}

async fn from_nothing(job: &mut Job<'_>, after: &WantedFields, name: &str) -> Result<Value, CallError> {
    let mut body = Map::new();
    body.insert("name".into(), json!(name));
    for (path, key) in AT_BIRTH {
        if let Some(value) = wished(after, path)? {
            body.insert((*key).into(), value);
        }
    }
    methods(job, after, &mut body)?;
    // A default branch can only be where there is a commit.
    if wish(after, "/defaultBranch")?.set().is_some() {
        body.insert("auto_init".into(), json!(true));
    }
    let organisation = job.organisation();
    let (body, told) = (Some(Value::Object(body)), Told::Number("id"));
    let answer = job.create(Method::POST, "/orgs/{org}/repos", &[organisation], body, told).await?;
    answer.json("github:POST /orgs/{org}/repos").map_err(CallError::from)
}

async fn from_template(
    job: &mut Job<'_>,
    after: &WantedFields,
    name: &str,
    template: &str,
) -> Result<Value, CallError> {
    const ROUTE: &str = "/repos/{template_owner}/{template_repo}/generate";
    let (owner, from) = template.split_once('/').unwrap_or((job.organisation(), template));
    let public = wish(after, "/visibility")?.set().and_then(Datum::as_text) == Some("public");
    let mut body = json!({ "owner": job.organisation(), "name": name, "private": !public });
    if let Some(description) = wished(after, "/description")? {
        body["description"] = description;
    }
    let answer = job.create(Method::POST, ROUTE, &[owner, from], Some(body), Told::Number("id")).await?;
    answer.json(ROUTE).map_err(CallError::from)
}

/// Whether the create took these already.
fn born_with(job: &Job<'_>, after: &WantedFields) -> bool {
    job.made && !matches!(wish(after, "/template"), Ok(Want::Set(_)))
}

async fn settings(job: &mut Job<'_>, after: &WantedFields, name: &str) -> Result<String, CallError> {
    let mut body = Map::new();
    let born = born_with(job, after);
    for (path, key) in AT_BIRTH.iter().filter(|_| !born).chain(LATER) {
        if job.turns(after, path)? {
            let value = wished(after, path)?.unwrap_or_else(|| json!(""));
            body.insert((*key).into(), value);
        }
    }
    if !born {
        methods(job, after, &mut body)?;
        pairs(job, after, &mut body)?;
    }
    let security = security(job, after)?;
    if !security.is_empty() {
        body.insert("security_and_analysis".into(), Value::Object(security));
    }
    let mut now = name.to_owned();
    if !job.made && job.turns(after, "/name")? {
        now = need(after, "/name")?;
        body.insert("name".into(), json!(now));
    }
    if !body.is_empty() {
        update(job, name, Value::Object(body)).await?;
    }
    if now != name
        && let Some(id) = job.id.as_ref()
    {
        let node = job.pen.line.site.names.repository(id.as_str()).map(|known| known.node);
        job.pen.line.site.names.learn_repository(id.as_str(), now.clone(), node.unwrap_or_default());
    }
    Ok(now)
}

fn methods(job: &Job<'_>, after: &WantedFields, body: &mut Map<String, Value>) -> Result<(), CallError> {
    if !job.turns(after, "/merge/methods")? {
        return Ok(());
    }
    if let Want::Set(allowed) = wish(after, "/merge/methods")? {
        let allowed = texts(allowed);
        for (method, key) in METHODS {
            body.insert((*key).into(), json!(allowed.iter().any(|a| a == method)));
        }
    }
    Ok(())
}

fn pairs(job: &Job<'_>, after: &WantedFields, body: &mut Map<String, Value>) -> Result<(), CallError> {
    let key = |path: &str| AT_BIRTH.iter().find(|(p, _)| *p == path).map_or("", |(_, key)| key);
    for (title, message) in PAIRS {
        for (one, other) in [(title, message), (message, title)] {
            if body.contains_key(key(one)) && !body.contains_key(key(other)) {
                let value = wished(after, other)?.or_else(|| job.there(other).map(Datum::to_json));
                body.extend(value.map(|value| (key(other).to_owned(), value)));
            }
        }
    }
    Ok(())
}

fn security(job: &Job<'_>, after: &WantedFields) -> Result<Map<String, Value>, CallError> {
    let keys = [
        ("/security/secretScanning", "secret_scanning"),
        ("/security/pushProtection", "secret_scanning_push_protection"),
    ];
    let mut body = Map::new();
    for (path, key) in keys {
        if job.turns(after, path)?
            && let Want::Set(Datum::Bool(on)) = wish(after, path)?
        {
            let status = if *on { "enabled" } else { "disabled" };
            body.insert(key.to_owned(), json!({ "status": status }));
        }
    }
    Ok(body)
}

async fn topics(job: &mut Job<'_>, after: &WantedFields, name: &str) -> Result<(), CallError> {
    if !job.turns(after, "/topics")? {
        return Ok(());
    }
    let topics = wish(after, "/topics")?.set().map(texts).unwrap_or_default();
    if job.made && topics.is_empty() {
        return Ok(());
    }
    let parts = [job.organisation(), name];
    let body = json!({ "names": topics });
    job.send(Method::PUT, "/repos/{owner}/{repo}/topics", &parts, Some(body)).await.map(drop)
}

/// A new repository's only branch is renamed; of an old one another branch is chosen.
async fn default_branch(job: &mut Job<'_>, after: &WantedFields, name: &str) -> Result<(), CallError> {
    if !job.turns(after, "/defaultBranch")? {
        return Ok(());
    }
    let Want::Set(Datum::Text(branch)) = wish(after, "/defaultBranch")? else { return Ok(()) };
    if !job.made && job.step.found.is_none() {
        return update(job, name, json!({ "default_branch": branch })).await;
    }
    let made = job.ask(REPOSITORY, &[job.organisation(), name]).await?;
    let Some(first) = made["default_branch"].as_str().filter(|first| *first != branch.as_str()) else {
        return Ok(());
    };
    let parts = [job.organisation(), name, first];
    let body = json!({ "new_name": branch });
    job.send(Method::POST, "/repos/{owner}/{repo}/branches/{branch}/rename", &parts, Some(body))
        .await
        .map(drop)
}
