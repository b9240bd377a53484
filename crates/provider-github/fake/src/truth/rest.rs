//! REST exchanges against `@octokit/openapi`.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

use super::npm::OPENAPI;
use crate::error::Error;
use crate::log::Exchange;
use crate::world::Delivery;

/// Fields that GitHub takes though its description knows them not: call and field.
const UNDESCRIBED: &[(&str, &str)] = &[
    // google/go-github#2725, and what Terraform's provider sends.
    ("put /repos/{owner}/{repo}/environments/{environment_name}", "can_admins_bypass"),
];

/// Judges exchanges; what it read and compiled once it keeps.
pub struct Judge {
    dir: PathBuf,
    paths: Mutex<HashMap<&'static str, Option<Arc<Value>>>>,
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Judge({})", self.dir.display())
    }
}

impl Judge {
    /// With the description from the cache, or from npm.
    ///
    /// # Errors
    /// The package cannot be had.
    pub fn fetch(cache: &Path) -> Result<Self, Error> {
        let dir = OPENAPI.ensure(cache)?;
        Ok(Self { dir, paths: Mutex::default(), compiled: Mutex::default() })
    }

    /// Everything that is wrong, each with its exchange.
    #[must_use]
    pub fn check_all(&self, exchanges: &[Exchange]) -> Vec<String> {
        exchanges.iter().flat_map(|one| self.check(one)).collect()
    }

    /// What is wrong with one exchange. Calls that the fake does not know are no part of the truth.
    #[must_use]
    pub fn check(&self, exchange: &Exchange) -> Vec<String> {
        let Some(template) = exchange.template.filter(|template| *template != "/graphql") else {
            return Vec::new();
        };
        let method = exchange.method.to_lowercase();
        let Some(path) = self.path(template) else {
            return vec![format!("{}: GitHub describes no {template}", exchange.line())];
        };
        let Some(operation) = path.get(&method) else {
            return vec![format!("{}: GitHub describes no {} {template}", exchange.line(), exchange.method)];
        };
        let mut wrong = query(operation, &exchange.query);
        if exchange.status < 300 {
            wrong.extend(self.request(&path, operation, &format!("{method} {template}"), exchange));
        }
        wrong.extend(self.response(&path, operation, &format!("{method} {template}"), exchange));
        wrong.into_iter().map(|text| format!("{}: {text}", exchange.line())).collect()
    }

    /// What is wrong with the payload of a webhook.
    #[must_use]
    pub fn check_delivery(&self, delivery: &Delivery) -> Vec<String> {
        let action = delivery.action.as_ref().map(|action| format!("-{action}")).unwrap_or_default();
        let name = format!("{}{action}", delivery.event).replace('_', "-");
        let file = self.dir.join("webhooks").join(format!("{name}.json"));
        let read = std::fs::read(file).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let Some(described) = read else { return vec![format!("GitHub describes no webhook {name}")] };
        self.fits(&described, &format!("webhook {name}"), &described["schema"], &delivery.payload)
    }

    fn path(&self, template: &'static str) -> Option<Arc<Value>> {
        let mut paths = self.paths.lock().unwrap_or_else(PoisonError::into_inner);
        let read = || {
            let file = self.dir.join("paths").join(format!("{}.json", template.replace('/', "~")));
            Some(Arc::new(serde_json::from_slice(&std::fs::read(file).ok()?).ok()?))
        };
        paths.entry(template).or_insert_with(read).clone()
    }

    /// A request that was accepted has a body as described, and no field that is not described.
    fn request(&self, path: &Value, operation: &Value, name: &str, exchange: &Exchange) -> Vec<String> {
        let schema = &operation["request"];
        let empty = json!({});
        let body = match &exchange.request {
            Some(body) => body,
            None if schema["required"].is_array() => &empty,
            None => return Vec::new(),
        };
        if schema.is_null() {
            return if *body == empty {
                Vec::new()
            } else {
                vec!["GitHub describes no body here".to_owned()]
            };
        }
        let known = UNDESCRIBED.iter().filter(|(call, _)| name == *call);
        let mut body = body.clone();
        for (_, field) in known {
            body.as_object_mut().map(|body| body.remove(*field));
        }
        let mut closed = schema.clone();
        if closed.get("properties").is_some() && closed.get("additionalProperties").is_none() {
            closed["additionalProperties"] = Value::Bool(false);
        }
        self.fits(path, &format!("{name} request"), &closed, &body)
    }

    fn response(&self, path: &Value, operation: &Value, name: &str, exchange: &Exchange) -> Vec<String> {
        let status = exchange.status;
        if status == 304 {
            return Vec::new();
        }
        let refs = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let basic = || json!({"anyOf": [refs("basic-error"), refs("validation-error"), refs("validation-error-simple")]});
        let described = operation["responses"].get(status.to_string());
        let schema = match described {
            // GitHub answers many calls with errors that it does not list; their shape is always the same.
            None | Some(Value::Null) if status >= 300 => basic(),
            None => return vec![format!("GitHub describes no answer {status}")],
            Some(schema) => schema.clone(),
        };
        match (&exchange.response, schema.is_null()) {
            (None, true) => Vec::new(),
            (None, false) if status >= 300 => Vec::new(),
            (None, false) => vec!["GitHub describes a body".to_owned()],
            (Some(_), true) => vec!["GitHub describes no body".to_owned()],
            (Some(body), false) => self.fits(path, &format!("{name} {status}"), &schema, body),
        }
    }

    fn fits(&self, path: &Value, name: &str, schema: &Value, body: &Value) -> Vec<String> {
        let validator = match self.validator(path, name, schema) {
            Ok(validator) => validator,
            Err(error) => return vec![error],
        };
        let errors = validator.iter_errors(body).take(4);
        errors.map(|error| shorten(&format!("{name}: {} at {}", error, error.instance_path()))).collect()
    }

    fn validator(&self, path: &Value, name: &str, schema: &Value) -> Result<Arc<Validator>, String> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = compiled.get(name) {
            return Ok(Arc::clone(found));
        }
        let whole = json!({"components": path["components"], "allOf": [schema]});
        let validator = jsonschema::draft202012::new(&whole);
        let validator = Arc::new(validator.map_err(|error| format!("{name}: unusable schema: {error}"))?);
        compiled.insert(name.to_owned(), Arc::clone(&validator));
        Ok(validator)
    }
}

fn shorten(text: &str) -> String {
    let start: String = text.chars().take(600).collect();
    let end: String = text.chars().rev().take(120).collect();
    if text.chars().count() <= 720 {
        return text.to_owned();
    }
    format!("{start} … {}", end.chars().rev().collect::<String>())
}

/// Every question is one that GitHub knows.
fn query(operation: &Value, query: &str) -> Vec<String> {
    let known = operation["query"].as_array().cloned().unwrap_or_default();
    let asked = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split('=').next().unwrap_or_default());
    let strange = asked.filter(|name| !known.iter().any(|known| known == name));
    strange.map(|name| format!("GitHub knows no parameter {name} here")).collect()
}
