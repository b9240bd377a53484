//! Custom properties: their definitions, and their values for the whole organisation at once.

use serde_json::{Value, json};

use crate::answer::{Answer, Said, done, invalid, not_found, ok};
use crate::call::Call;
use crate::ids::Id;
use crate::page;
use crate::route::{Route, get, org_get, org_write, write};
use crate::world::{Org, Repo};

const SCHEMA: &str = "/orgs/{org}/properties/schema";
const ONE: &str = "/orgs/{org}/properties/schema/{custom_property_name}";
const VALUES: &str = "/orgs/{org}/properties/values";
const OWN: &str = "/repos/{owner}/{repo}/properties/values";
const ORG: &str = "organization_custom_properties";

pub(super) const ROUTES: &[Route] = &[
    org_get(SCHEMA, ORG, |call| ok(shown(call)?)),
    org_write("PATCH", SCHEMA, ORG, |call| {
        for property in call.body["properties"].as_array().cloned().unwrap_or_default() {
            define(call, property)?;
        }
        ok(shown(call)?)
    }),
    org_get(ONE, ORG, |call| ok(view(call, found(call)?))),
    org_write("PUT", ONE, ORG, |call| {
        let mut property = call.body.clone();
        property["property_name"] = call.value("custom_property_name").into();
        define(call, property)?;
        ok(view(call, found(call)?))
    }),
    org_write("DELETE", ONE, ORG, |call| {
        found(call)?;
        let (name, org) = (call.value("custom_property_name").to_owned(), call.org);
        call.org_mut()?.properties.retain(|property| property["property_name"] != name);
        for repo in call.world.repos.values_mut().filter(|repo| repo.owner == org) {
            repo.properties.remove(&name);
        }
        done()
    }),
    org_get(VALUES, ORG, values),
    org_write("PATCH", VALUES, ORG, set_many),
    get(OWN, "metadata", |call| ok(of(call.org()?, call.repo()?).into())),
    write("PATCH", OWN, "repository_custom_properties", |call| {
        let id = call.repo;
        set(call, &[id])
    }),
];

fn found<'a>(call: &'a Call<'_>) -> Result<&'a Value, Answer> {
    let name = call.value("custom_property_name");
    call.org()?.properties.iter().find(|property| property["property_name"] == name).ok_or_else(not_found)
}

fn view(call: &Call<'_>, property: &Value) -> Value {
    let mut shown = property.clone();
    let name = property["property_name"].as_str().unwrap_or_default();
    let org = call.org().map(|org| org.login.clone()).unwrap_or_default();
    shown["url"] = call.url(&format!("orgs/{org}/properties/schema/{name}")).into();
    shown["source_type"] = "organization".into();
    shown
}

fn shown(call: &Call<'_>) -> Result<Value, Answer> {
    Ok(call.org()?.properties.iter().map(|property| view(call, property)).collect())
}

fn define(call: &mut Call<'_>, mut property: Value) -> Result<(), Answer> {
    for (name, usual) in [
        ("required", json!(false)),
        ("default_value", Value::Null),
        ("description", Value::Null),
        ("allowed_values", Value::Null),
        ("values_editable_by", json!("org_actors")),
    ] {
        if property.get(name).is_none() {
            property[name] = usual;
        }
    }
    if property["required"] == true && property["default_value"].is_null() {
        return Err(invalid(
            "CustomProperty",
            "default_value",
            "missing_field",
            "a required property needs a default",
        ));
    }
    let all = &mut call.org_mut()?.properties;
    all.retain(|other| other["property_name"] != property["property_name"]);
    all.push(property);
    Ok(())
}

/// Every defined property: its value, else the default, else null.
fn of(org: &Org, repo: &Repo) -> Vec<Value> {
    let value = |property: &Value| {
        let name = property["property_name"].as_str().unwrap_or_default();
        let value = repo.properties.get(name).unwrap_or(&property["default_value"]);
        json!({"property_name": name, "value": value})
    };
    org.properties.iter().map(value).collect()
}

fn values(call: &mut Call<'_>) -> Said {
    let org = call.org()?;
    let repos =
        call.world.repos.values().filter(|repo| repo.owner == org.id && call.caller.sees(call.world, repo));
    page::list_of(call, repos.collect(), |repo: &Repo| {
        json!({
            "repository_id": repo.id, "repository_name": repo.name,
            "repository_full_name": call.world.full_name(repo), "properties": of(org, repo),
        })
    })
}

/// At most thirty repositories at once.
fn set_many(call: &mut Call<'_>) -> Said {
    let names = call.body["repository_names"].as_array().cloned().unwrap_or_default();
    if names.len() > 30 {
        return Err(invalid("CustomProperty", "repository_names", "invalid", "at most 30 repositories"));
    }
    let org = call.org()?.login.clone();
    let mut ids = Vec::new();
    for name in names.iter().filter_map(Value::as_str) {
        ids.push(call.world.repo_named(&org, name).ok_or_else(not_found)?.id);
    }
    set(call, &ids)
}

/// Null takes a value away.
fn set(call: &mut Call<'_>, repos: &[Id]) -> Said {
    let wanted = call.body["properties"].as_array().cloned().unwrap_or_default();
    for one in &wanted {
        allowed(call.org()?, one)?;
    }
    for repo in repos {
        let Some(repo) = call.world.repos.get_mut(repo) else { continue };
        for one in &wanted {
            let name = one["property_name"].as_str().unwrap_or_default().to_owned();
            if one["value"].is_null() {
                repo.properties.remove(&name);
            } else {
                repo.properties.insert(name, one["value"].clone());
            }
        }
    }
    done()
}

fn allowed(org: &Org, one: &Value) -> Result<(), Answer> {
    let name = &one["property_name"];
    let wrong = |text: &str| invalid("CustomProperty", name.as_str().unwrap_or_default(), "invalid", text);
    let property = org.properties.iter().find(|property| property["property_name"] == *name);
    let property = property.ok_or_else(|| wrong("is not a property of this organization"))?;
    let Some(list) = property["allowed_values"].as_array() else { return Ok(()) };
    let fits = match &one["value"] {
        Value::Array(values) => values.iter().all(|value| list.contains(value)),
        Value::Null => true,
        value => list.contains(value),
    };
    if fits { Ok(()) } else { Err(wrong("value is not allowed")) }
}
