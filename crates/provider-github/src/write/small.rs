//! The small things in a repository: deploy keys, autolinks, labels, values of custom properties.

use super::{Craft, Job, Told, need, not_sent, or_gone, wish, wished};
use crate::read::org::repository::bare_key;
use crate::route::Route;
use crate::wanted::texts;
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{RemoteId, TypeName};
use aplomo_resources::github::names;
use http::Method;
use serde_json::{Map, Value, json};

/// Deploy keys.
pub(crate) struct DeployKeys;
/// Autolink references.
pub(crate) struct Autolinks;
/// Labels.
pub(crate) struct Labels;
/// Values of custom properties.
pub(crate) struct CustomProperties;

const KEYS: &str = "/repos/{owner}/{repo}/keys";
const KEY: &str = "/repos/{owner}/{repo}/keys/{key_id}";

/// What a create sends: each wished field under GitHub's key.
fn birth(after: &WantedFields, fields: &[(&str, &str)]) -> Result<Value, CallError> {
    let mut body = Map::new();
    for (path, key) in fields {
        body.extend(wished(after, path)?.map(|value| ((*key).to_owned(), value)));
    }
    Ok(Value::Object(body))
}

impl Craft for DeployKeys {
    const FEEDS: &'static [TypeName] = &[names::DEPLOY_KEY];
    const WHAT: &'static str = "the deploy key";

    async fn make(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let body = birth(after, &[("/title", "title"), ("/key", "key"), ("/readOnly", "read_only")])?;
        let repository = job.repository().await?;
        let parts = [job.organisation(), repository.as_str()];
        // It is called by its key, as in readings: GraphQL tells no number.
        let key = bare_key(&need(after, "/key")?);
        job.create(Method::POST, KEYS, &parts, Some(body), Told::Known(&key)).await.map(drop)
    }

    async fn shape(_: &mut Job<'_>, _: &WantedFields) -> Result<(), CallError> {
        Ok(())
    }

    async fn unmake(job: &mut Job<'_>, id: &RemoteId) -> Result<(), CallError> {
        let repository = job.repository().await?;
        let parts = [job.organisation(), repository.as_str()];
        let (all, problem) = job.pen.line.pages::<Value>(&Route::list(KEYS, &parts), None).await;
        if let Some(problem) = problem {
            return Err(problem.into());
        }
        let ours = all.iter().find(|key| key["key"].as_str().is_some_and(|k| bare_key(k) == id.as_str()));
        let Some(number) = ours.and_then(|key| key["id"].as_u64()) else { return Ok(()) };
        let number = number.to_string();
        let parts = [parts[0], parts[1], number.as_str()];
        or_gone(job.send(Method::DELETE, KEY, &parts, None).await)
    }
}

const AUTOLINKS: &str = "/repos/{owner}/{repo}/autolinks";
const AUTOLINK: &str = "/repos/{owner}/{repo}/autolinks/{autolink_id}";

impl Craft for Autolinks {
    const FEEDS: &'static [TypeName] = &[names::AUTOLINK];
    const WHAT: &'static str = "the autolink";

    async fn make(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let fields = [
            ("/prefix", "key_prefix"),
            ("/urlTemplate", "url_template"),
            ("/alphanumeric", "is_alphanumeric"),
        ];
        let body = birth(after, &fields)?;
        let repository = job.repository().await?;
        let parts = [job.organisation(), repository.as_str()];
        job.create(Method::POST, AUTOLINKS, &parts, Some(body), Told::Number("id")).await.map(drop)
    }

    async fn shape(_: &mut Job<'_>, _: &WantedFields) -> Result<(), CallError> {
        Ok(())
    }

    async fn unmake(job: &mut Job<'_>, id: &RemoteId) -> Result<(), CallError> {
        let repository = job.repository().await?;
        let parts = [job.organisation(), repository.as_str(), id.as_str()];
        or_gone(job.send(Method::DELETE, AUTOLINK, &parts, None).await)
    }
}

const LABELS: &str = "/repos/{owner}/{repo}/labels";
const LABEL: &str = "/repos/{owner}/{repo}/labels/{name}";

impl Craft for Labels {
    const FEEDS: &'static [TypeName] = &[names::LABEL];
    const WHAT: &'static str = "the label";

    async fn make(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let fields = [("/name", "name"), ("/color", "color"), ("/description", "description")];
        let body = birth(after, &fields)?;
        let repository = job.repository().await?;
        let parts = [job.organisation(), repository.as_str()];
        job.create(Method::POST, LABELS, &parts, Some(body), Told::Text("/node_id")).await.map(drop)
    }

    async fn shape(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        if job.made {
            return Ok(());
        }
        let mut body = Map::new();
        for (path, key) in [("/name", "new_name"), ("/color", "color"), ("/description", "description")] {
            if job.turns(after, path)? {
                body.insert(key.into(), wished(after, path)?.unwrap_or_else(|| json!("")));
            }
        }
        if body.is_empty() {
            return Ok(());
        }
        let (repository, name) = (job.repository().await?, label_name(job)?);
        let parts = [job.organisation(), repository.as_str(), name.as_str()];
        job.send(Method::PATCH, LABEL, &parts, Some(Value::Object(body))).await.map(drop)
    }

    async fn unmake(job: &mut Job<'_>, _: &RemoteId) -> Result<(), CallError> {
        let (repository, name) = (job.repository().await?, label_name(job)?);
        let parts = [job.organisation(), repository.as_str(), name.as_str()];
        or_gone(job.send(Method::DELETE, LABEL, &parts, None).await)
    }
}

/// Labels are called by name, and the name of now counts.
fn label_name(job: &Job<'_>) -> Result<String, CallError> {
    job.there_text("/name").map(str::to_owned).ok_or_else(|| not_sent("the label's name is not known"))
}

const VALUES: &str = "/repos/{owner}/{repo}/properties/values";
const DEFINITION: &str = "/orgs/{org}/properties/schema/{custom_property_name}";

impl Craft for CustomProperties {
    const FEEDS: &'static [TypeName] = &[names::CUSTOM_PROPERTY];
    const WHAT: &'static str = "the custom property";

    async fn make(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let name = need(after, "/name")?;
        value(job, after, &name, Some(Told::Known(&name))).await
    }

    async fn shape(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        if job.made || !job.turns(after, "/values")? {
            return Ok(());
        }
        value(job, after, &need(after, "/name")?, None).await
    }

    async fn unmake(job: &mut Job<'_>, id: &RemoteId) -> Result<(), CallError> {
        put(job, id.as_str(), &Value::Null, None).await
    }
}

/// Whether a property takes several values is told by its definition alone.
async fn value(
    job: &mut Job<'_>,
    after: &WantedFields,
    name: &str,
    told: Option<Told<'_>>,
) -> Result<(), CallError> {
    let values = wish(after, "/values")?.set().map(texts).unwrap_or_default();
    let definition = job.ask(DEFINITION, &[job.organisation(), name]).await?;
    let value = match (definition["value_type"].as_str(), values.as_slice()) {
        (Some("multi_select"), all) => json!(all),
        (_, [one]) => json!(one),
        _ => return Err(not_sent(&format!("the custom property {name} takes one value"))),
    };
    put(job, name, &value, told).await
}

async fn put(job: &mut Job<'_>, name: &str, value: &Value, told: Option<Told<'_>>) -> Result<(), CallError> {
    let body = json!({ "properties": [{ "property_name": name, "value": value }] });
    let repository = job.repository().await?;
    let parts = [job.organisation(), repository.as_str()];
    job.call(&Route::new(Method::PATCH, VALUES, &parts), Some(body), told).await.map(drop)
}
