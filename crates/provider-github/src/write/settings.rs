//! Variables, secrets, webhooks, and what Actions may do.

use super::sealed::{reveal, seal};
use super::{Craft, Job, Told, need, not_sent, or_gone, wish, wished};
use crate::route::Route;
use crate::wanted::{Want, secret, texts};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{Datum, RemoteId, TypeName};
use aplomo_resources::github::names;
use http::Method;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};

/// Actions variables.
pub(crate) struct Variables;
/// Actions secrets.
pub(crate) struct Secrets;
/// Webhooks.
pub(crate) struct Webhooks;
/// What Actions may do.
pub(crate) struct Actions;

/// What something is called, and the environment that it is in.
struct Spot {
    name: String,
    environment: Option<String>,
    repository: String,
}

impl Spot {
    async fn of(job: &Job<'_>, after: Option<&WantedFields>) -> Result<Self, CallError> {
        let text = |path: &str| {
            let wished = after.and_then(|after| after.text(path));
            wished.or_else(|| job.step.fresh.as_ref()?.fields.text(path)).map(str::to_owned)
        };
        let name = text("/name").ok_or_else(|| not_sent("its name is not known"))?;
        Ok(Self { name, environment: text("/environment"), repository: job.repository().await? })
    }

    /// The route with its parts: of the repository itself, or of one of its environments.
    fn route<'s>(
        &'s self,
        job: &Job<'s>,
        (own, inside): (&'static str, &'static str),
        last: Option<&'s str>,
    ) -> (&'static str, Vec<&'s str>) {
        let mut parts = vec![job.organisation(), self.repository.as_str()];
        parts.extend(self.environment.as_deref());
        parts.extend(last);
        (if self.environment.is_some() { inside } else { own }, parts)
    }
}

const VARIABLES: (&str, &str) = (
    "/repos/{owner}/{repo}/actions/variables",
    "/repos/{owner}/{repo}/environments/{environment_name}/variables",
);
const VARIABLE: (&str, &str) = (
    "/repos/{owner}/{repo}/actions/variables/{name}",
    "/repos/{owner}/{repo}/environments/{environment_name}/variables/{name}",
);
const SECRET: (&str, &str) = (
    "/repos/{owner}/{repo}/actions/secrets/{secret_name}",
    "/repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}",
);
const PUBLIC_KEY: (&str, &str) = (
    "/repos/{owner}/{repo}/actions/secrets/public-key",
    "/repos/{owner}/{repo}/environments/{environment_name}/secrets/public-key",
);

impl Craft for Variables {
    const FEEDS: &'static [TypeName] = &[names::VARIABLE];
    const WHAT: &'static str = "the variable";

    async fn make(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let spot = Spot::of(job, Some(after)).await?;
        let body = json!({ "name": spot.name, "value": need(after, "/value")? });
        let (route, parts) = spot.route(job, VARIABLES, None);
        let id = identity(&names::VARIABLE, after)?;
        job.create(Method::POST, route, &parts, Some(body), Told::Known(&id)).await.map(drop)
    }

    async fn shape(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        if job.made || !job.turns(after, "/value")? {
            return Ok(());
        }
        let spot = Spot::of(job, Some(after)).await?;
        let body = json!({ "name": spot.name, "value": need(after, "/value")? });
        let (route, parts) = spot.route(job, VARIABLE, Some(&spot.name));
        job.send(Method::PATCH, route, &parts, Some(body)).await.map(drop)
    }

    async fn unmake(job: &mut Job<'_>, _: &RemoteId) -> Result<(), CallError> {
        let spot = Spot::of(job, None).await?;
        let (route, parts) = spot.route(job, VARIABLE, Some(&spot.name));
        or_gone(job.send(Method::DELETE, route, &parts, None).await)
    }
}

/// The identity of what is called by it.
fn identity(type_name: &TypeName, after: &WantedFields) -> Result<String, CallError> {
    let types = aplomo_resources::registry();
    let identity = types.get(type_name.as_str()).and_then(|t| t.identity_wanted(after).ok().flatten());
    identity
        .map(|identity| identity.to_string())
        .ok_or_else(|| not_sent("the step says not what it is called"))
}

impl Craft for Secrets {
    const FEEDS: &'static [TypeName] = &[names::SECRET];
    const WHAT: &'static str = "the secret";

    async fn make(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let id = identity(&names::SECRET, after)?;
        // Nothing is sent where there is nothing to say.
        job.born(RemoteId::new(&id).ok())?;
        put_secret(job, after, Some(Told::Known(&id))).await
    }

    async fn shape(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        if job.made { Ok(()) } else { put_secret(job, after, None).await }
    }

    async fn unmake(job: &mut Job<'_>, _: &RemoteId) -> Result<(), CallError> {
        let spot = Spot::of(job, None).await?;
        let (route, parts) = spot.route(job, SECRET, Some(&spot.name));
        or_gone(job.send(Method::DELETE, route, &parts, None).await)
    }
}

async fn put_secret(
    job: &mut Job<'_>,
    after: &WantedFields,
    told: Option<Told<'_>>,
) -> Result<(), CallError> {
    let Some(fingerprint) = secret(after, "/value") else { return Ok(()) };
    let spot = Spot::of(job, Some(after)).await?;
    let value = reveal(job, fingerprint)?;
    let (route, parts) = spot.route(job, PUBLIC_KEY, None);
    let key = job.ask(route, &parts).await?;
    let body = seal(&key, &value)?;
    let (route, parts) = spot.route(job, SECRET, Some(&spot.name));
    job.call(&Route::new(Method::PUT, route, &parts), Some(body), told).await.map(drop)
}

const HOOKS: &str = "/repos/{owner}/{repo}/hooks";
const HOOK: &str = "/repos/{owner}/{repo}/hooks/{hook_id}";
const HOOK_CONFIG: &str = "/repos/{owner}/{repo}/hooks/{hook_id}/config";

impl Craft for Webhooks {
    const FEEDS: &'static [TypeName] = &[names::WEBHOOK];
    const WHAT: &'static str = "the webhook";

    async fn make(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let mut body = json!({ "name": "web", "config": hook_config(job, after)? });
        for (path, key) in [("/active", "active"), ("/events", "events")] {
            if let Some(value) = wished(after, path)? {
                body[key] = value;
            }
        }
        let repository = job.repository().await?;
        let parts = [job.organisation(), repository.as_str()];
        job.create(Method::POST, HOOKS, &parts, Some(body), Told::Number("id")).await.map(drop)
    }

    async fn shape(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        if job.made {
            return Ok(());
        }
        let id = job.id.clone().ok_or_else(|| not_sent("the webhook's id is not known"))?;
        let repository = job.repository().await?;
        let parts = [job.organisation(), repository.as_str(), id.as_str()];
        let mut body = Map::new();
        for (path, key) in [("/active", "active"), ("/events", "events")] {
            if job.turns(after, path)? {
                body.extend(wished(after, path)?.map(|value| (key.to_owned(), value)));
            }
        }
        if !body.is_empty() {
            job.send(Method::PATCH, HOOK, &parts, Some(Value::Object(body))).await?;
        }
        // By its own call, which leaves the secret alone where it is not sent.
        let config = hook_config(job, after)?;
        if config.is_empty() {
            return Ok(());
        }
        job.send(Method::PATCH, HOOK_CONFIG, &parts, Some(Value::Object(config))).await.map(drop)
    }

    async fn unmake(job: &mut Job<'_>, id: &RemoteId) -> Result<(), CallError> {
        let repository = job.repository().await?;
        let parts = [job.organisation(), repository.as_str(), id.as_str()];
        or_gone(job.send(Method::DELETE, HOOK, &parts, None).await)
    }
}

/// What differs of a webhook's configuration. Its secret is masked, so that it is sent wherever the step
/// says that it changes.
fn hook_config(job: &Job<'_>, after: &WantedFields) -> Result<Map<String, Value>, CallError> {
    let mut config = Map::new();
    for (path, key) in [("/url", "url"), ("/contentType", "content_type")] {
        if job.turns(after, path)? {
            config.extend(wished(after, path)?.map(|value| (key.to_owned(), value)));
        }
    }
    if job.turns(after, "/insecureSsl")?
        && let Want::Set(Datum::Bool(insecure)) = wish(after, "/insecureSsl")?
    {
        config.insert("insecure_ssl".into(), json!(if *insecure { "1" } else { "0" }));
    }
    let fields = &job.step.change.fields;
    let changes = job.step.fresh.is_none() || fields.iter().any(|field| field.path.as_str() == "/secret");
    if let Some(fingerprint) = secret(after, "/secret").filter(|_| changes) {
        config.insert("secret".into(), json!(reveal(job, fingerprint)?.expose_secret()));
    }
    Ok(config)
}

const PERMISSIONS: &str = "/repos/{owner}/{repo}/actions/permissions";
const SELECTED: &str = "/repos/{owner}/{repo}/actions/permissions/selected-actions";
const WORKFLOW: &str = "/repos/{owner}/{repo}/actions/permissions/workflow";

impl Craft for Actions {
    const FEEDS: &'static [TypeName] = &[names::ACTIONS_SETTINGS];
    const WHAT: &'static str = "the settings of Actions";

    /// They come with the repository.
    async fn make(job: &mut Job<'_>, _: &WantedFields) -> Result<(), CallError> {
        job.born(RemoteId::new("actions").ok())
    }

    async fn shape(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let repository = job.repository().await?;
        let parts = [job.organisation(), repository.as_str()];
        permissions(job, after, &parts).await?;
        let differs = ["/allowed/githubOwned", "/allowed/verified", "/allowed/patterns"];
        if let Some(body) =
            together(job, after, &differs, &["github_owned_allowed", "verified_allowed", "patterns_allowed"])?
        {
            job.send(Method::PUT, SELECTED, &parts, Some(body)).await?;
        }
        let differs = ["/workflow/permissions", "/workflow/canApprovePullRequests"];
        let keys = ["default_workflow_permissions", "can_approve_pull_request_reviews"];
        if let Some(body) = together(job, after, &differs, &keys)? {
            job.send(Method::PUT, WORKFLOW, &parts, Some(body)).await?;
        }
        Ok(())
    }

    /// They go with the repository.
    async fn unmake(_: &mut Job<'_>, _: &RemoteId) -> Result<(), CallError> {
        Ok(())
    }
}

async fn permissions(job: &mut Job<'_>, after: &WantedFields, parts: &[&str]) -> Result<(), CallError> {
    let paths = ["/enabled", "/allowed/actions", "/allowed/pinned"];
    let keys = ["enabled", "allowed_actions", "sha_pinning_required"];
    let Some(mut body) = together(job, after, &paths, &keys)? else { return Ok(()) };
    // It has to be said whatever else is.
    if body["enabled"].is_null() {
        body["enabled"] = json!(true);
    }
    if body["allowed_actions"] == "local" {
        body["allowed_actions"] = json!("local_only");
    }
    if body["enabled"] == false
        && let Some(body) = body.as_object_mut()
    {
        body.remove("allowed_actions");
    }
    job.send(Method::PUT, PERMISSIONS, parts, Some(body)).await.map(drop)
}

/// Settings that one call puts together: where one of them differs, all are sent, those that are not wished
/// as they are.
fn together(
    job: &Job<'_>,
    after: &WantedFields,
    paths: &[&str],
    keys: &[&str],
) -> Result<Option<Value>, CallError> {
    let mut differs = false;
    for path in paths {
        differs |= job.turns(after, path)?;
    }
    if !differs {
        return Ok(None);
    }
    let (mut body, none) = (Map::new(), Datum::List(Vec::new()));
    for (path, key) in paths.iter().zip(keys) {
        let value = match wish(after, path)? {
            Want::Set(value) => Some(value),
            Want::Leave => job.there(path),
            // Of what GitHub has a value for always, only a list can be emptied.
            Want::Clear => Some(&none).filter(|_| matches!(job.there(path), Some(Datum::List(_)))),
        };
        let value = value
            .map(|value| if matches!(value, Datum::List(_)) { json!(texts(value)) } else { value.to_json() });
        body.extend(value.map(|value| ((*key).to_owned(), value)));
    }
    Ok(Some(Value::Object(body)))
}
