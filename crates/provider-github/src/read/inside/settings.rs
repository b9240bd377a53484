//! Variables and secrets, of a repository and of its environments. Secrets are names with a time.

use super::{Inside, Place};
use crate::read::sweep::node::{must, text};
use crate::read::{Find, Haul, sight};
use crate::route::Route;
use aplomo_core::fields::Sight;
use aplomo_core::model::Model;
use aplomo_core::{Coverage, Seen, TypeName, Types};
use aplomo_resources::github::model::{Secret, Variable};
use aplomo_resources::github::names::{self, output};
use serde_json::Value;
use smol_str::SmolStr;

/// See the module.
pub(crate) struct Variables;
/// See the module.
pub(crate) struct Secrets;

/// Their remote id is their identity: GitHub knows them by name alone.
fn identity<M: Model<Seen>>(type_name: &TypeName, fields: &M) -> Option<String> {
    let types: Types = aplomo_resources::registry();
    let known = types.get(type_name.as_str())?;
    known.identity(&fields.to_fields()).ok().flatten().map(|key| key.to_string())
}

impl Inside for Variables {
    const FEEDS: &'static [TypeName] = &[names::VARIABLE];

    async fn look(place: &Place<'_, '_>, haul: &mut Haul<'_>) {
        let told = (&mut *haul, Self::FEEDS, "variables");
        let own = place.list("/repos/{owner}/{repo}/actions/variables", &[], Some("variables"), told).await;
        own.iter().for_each(|one| variable(place, haul, None, one));
        for environment in environments(place, haul, Self::FEEDS).await {
            let template = "/repos/{owner}/{repo}/environments/{environment_name}/variables";
            let all = of_one(place, haul, template, (&environment, "variables"), &names::VARIABLE).await;
            all.iter().for_each(|one| variable(place, haul, Some(&environment), one));
        }
    }
}

impl Inside for Secrets {
    const FEEDS: &'static [TypeName] = &[names::SECRET];

    async fn look(place: &Place<'_, '_>, haul: &mut Haul<'_>) {
        let told = (&mut *haul, Self::FEEDS, "secrets");
        let own = place.list("/repos/{owner}/{repo}/actions/secrets", &[], Some("secrets"), told).await;
        own.iter().for_each(|one| secret(place, haul, None, one));
        for environment in environments(place, haul, Self::FEEDS).await {
            let template = "/repos/{owner}/{repo}/environments/{environment_name}/secrets";
            let all = of_one(place, haul, template, (&environment, "secrets"), &names::SECRET).await;
            all.iter().for_each(|one| secret(place, haul, Some(&environment), one));
        }
    }
}

/// What is in one environment. "Not found" is an environment that went since it was listed, or one whose insides
/// we may not see: asking for the environment itself tells which.
async fn of_one(
    place: &Place<'_, '_>,
    haul: &mut Haul<'_>,
    template: &'static str,
    (environment, what): (&str, &str),
    type_name: &TypeName,
) -> Vec<Value> {
    const ENVIRONMENT: &str = "/repos/{owner}/{repo}/environments/{environment_name}";
    let parts = [place.line.site.organisation.as_str(), place.name, environment];
    let (all, problem) = place.line.pages::<Value>(&Route::list(template, &parts), Some(what)).await;
    let Some(problem) = problem else { return all };
    let gone = problem.is_not_visible()
        && place.ask(ENVIRONMENT, &[environment]).await.is_err_and(|problem| problem.is_not_visible());
    if !gone {
        let why = format!("{what} of the environment {environment} could not be read: {problem}");
        haul.cover(type_name, Some(place.id), Coverage::LowerBound(why));
    }
    all
}

/// The names of the environments. Who was shown the repository's own settings is told "not found" where it can
/// have no environments.
async fn environments(place: &Place<'_, '_>, haul: &mut Haul<'_>, types: &[TypeName]) -> Vec<String> {
    let route = Route::list(
        "/repos/{owner}/{repo}/environments",
        &[place.line.site.organisation.as_str(), place.name],
    );
    let (all, problem) = place.line.pages::<Value>(&route, Some("environments")).await;
    if let Some(problem) = problem.filter(|problem| !problem.is_not_visible()) {
        let why = format!("environments could not be read: {problem}");
        types.iter().for_each(|t| haul.cover(t, Some(place.id), Coverage::LowerBound(why.clone())));
    }
    all.iter().filter_map(|environment| must(environment, "name").map(str::to_owned)).collect()
}

fn variable(place: &Place<'_, '_>, haul: &mut Haul<'_>, environment: Option<&str>, one: &Value) {
    let fields = Variable::<Seen> {
        name: name(one),
        environment: sight(environment.map(SmolStr::new)),
        value: match text(one, "value") {
            // An empty value is a value.
            Sight::Absent => Sight::Value(String::new()),
            other => other,
        },
    };
    take(place, haul, &names::VARIABLE, one, &fields);
}

fn secret(place: &Place<'_, '_>, haul: &mut Haul<'_>, environment: Option<&str>, one: &Value) {
    let fields = Secret::<Seen> {
        name: name(one),
        environment: sight(environment.map(SmolStr::new)),
        value: Sight::Hidden,
    };
    take(place, haul, &names::SECRET, one, &fields);
}

fn name(one: &Value) -> Sight<SmolStr> {
    must(one, "name").map_or(Sight::Hidden, |name| Sight::Value(SmolStr::new(name.to_uppercase())))
}

fn take<M: Model<Seen>>(
    place: &Place<'_, '_>,
    haul: &mut Haul<'_>,
    type_name: &TypeName,
    one: &Value,
    fields: &M,
) {
    let Some(id) = identity(type_name, fields) else { return };
    let find = Find::new(id).within(place.id).with(output::UPDATED_AT, must(one, "updated_at"));
    haul.take(type_name, find, fields);
}
