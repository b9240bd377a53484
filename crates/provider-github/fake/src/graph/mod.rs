//! GraphQL: an executor over the same world, what queries cost, and answers as GitHub words them.
//!
//! Mutations are there for what REST cannot write: patterns of classic protection, discussions.

mod access;
mod build;
mod cost;
mod mutate;
mod orgs;
mod parts;
mod protection;
mod repos;
mod resolve;
mod rules;
mod session;
mod shield;
mod val;

#[cfg(feature = "truth")]
pub(crate) use build::sdl;

use std::sync::Arc;

use async_graphql::dynamic::Schema;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::OperationType;
use async_graphql::{Request as GraphRequest, Variables};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, refusal, with};
use crate::auth::Caller;
use crate::error::Error;
use crate::gate::Request;
use crate::limits::{Budget, Resource};
use crate::state::State;
use cost::Cost;
use resolve::Cx;
use session::Session;

/// The executor.
pub(crate) struct Graph {
    schema: Schema,
}

impl Graph {
    pub(crate) fn build() -> Result<Self, Error> {
        Ok(Self { schema: build::schema()? })
    }
}

/// Errors have their type beside their message, not below `extensions`.
fn failed(kind: &str, message: &str) -> Answer {
    with(200, json!({"data": null, "errors": [{"type": kind, "message": message}]}))
}

/// Whether the operation that would run changes anything.
pub(crate) fn is_mutation(request: &Request) -> bool {
    // Most do not, and reading a long document once more takes time.
    if !std::str::from_utf8(&request.body).is_ok_and(|text| text.contains("mutation")) {
        return false;
    }
    let body = request.json().unwrap_or_default();
    let Some(document) = body["query"].as_str().and_then(|query| parse_query(query).ok()) else {
        return false;
    };
    let named = body["operationName"].as_str();
    document.operations.iter().any(|(name, operation)| {
        let runs = named.is_none_or(|named| name.is_some_and(|name| name == named));
        runs && operation.node.ty == OperationType::Mutation
    })
}

/// Answers `POST /graphql`.
pub(crate) fn serve(
    state: &mut State,
    request: &Request,
    caller: &Caller,
    (bonus, write): (u64, bool),
) -> Answer {
    let account = caller.account();
    let (answer, points) = points_and_answer(state, request, caller, (bonus, write));
    state.meter.charge(&account, Resource::Graphql, points);
    state.log(request, &account, Some("/graphql"), &answer, points);
    state.finish(answer, &account, Resource::Graphql, bonus)
}

fn points_and_answer(
    state: &mut State,
    request: &Request,
    caller: &Caller,
    (bonus, write): (u64, bool),
) -> (Answer, u64) {
    if matches!(caller, Caller::Nobody | Caller::App(_)) {
        return (refusal(401, "This endpoint requires you to be authenticated."), 0);
    }
    let account = caller.account();
    let budget = state.meter.budget(&account, Resource::Graphql, bonus, state.world.now);
    if budget.remaining() == 0 {
        return (failed("RATE_LIMITED", &format!("API rate limit exceeded for {account}.")), 0);
    }
    if write && state.faults.refuse_writes {
        state.faults.refused += 1;
        return (failed("FORBIDDEN", "Resource not accessible by integration"), 1);
    }
    let Ok(body) = serde_json::from_slice::<Value>(&request.body) else {
        return (refusal(400, "Problems parsing JSON"), 0);
    };
    let Some(query) = body["query"].as_str() else {
        return (refusal(400, "A query attribute must be specified and must be a string."), 0);
    };
    let variables = body["variables"].as_object().cloned().unwrap_or_default();
    let document = match parse_query(query) {
        Ok(document) => document,
        Err(error) => return (with(200, json!({"errors": [{"message": error.to_string()}]})), 1),
    };
    match cost::cost(&document, &with_defaults(&document, &variables)) {
        Ok(cost) => (execute(state, request, caller, &body, (budget, cost, write)), cost.points()),
        Err((kind, message)) => (failed(kind, &message), 1),
    }
}

/// The budget that the answer tells of is the one after this query.
fn execute(
    state: &mut State,
    request: &Request,
    caller: &Caller,
    body: &Value,
    (mut budget, cost, write): (Budget, Cost, bool),
) -> Answer {
    budget.used += cost.points();
    let lagging = if write { None } else { state.lagging("/graphql") };
    let session = Arc::new(Session::new(Cx {
        world: lagging.unwrap_or_else(|| Arc::clone(&state.world)),
        caller: caller.clone(),
        base: state.base.clone(),
        new_node_ids: request.header("x-github-next-global-id") == Some("1"),
        budget,
        cost,
    }));
    let variables = Variables::from_json(body["variables"].clone());
    let query = body["query"].as_str().unwrap_or_default();
    let mut asked = GraphRequest::new(query).variables(variables).data(Arc::clone(&session));
    if let Some(name) = body["operationName"].as_str() {
        asked = asked.operation_name(name);
    }
    // No resolver waits for anything.
    let graph = Arc::clone(&state.graph);
    let response = tokio::runtime::Handle::current().block_on(graph.schema.execute(asked));
    let (failed, wrote) = session.end();
    for (world, event) in wrote {
        state.world = world;
        state.took_effect(event.into_iter().collect(), Vec::new());
    }
    with(200, worded(&serde_json::to_value(&response).unwrap_or_default(), failed))
}

/// A variable that is not given has the document's default.
fn with_defaults(
    document: &async_graphql::parser::types::ExecutableDocument,
    given: &Map<String, Value>,
) -> Map<String, Value> {
    let mut all = Map::new();
    for (_, operation) in document.operations.iter() {
        for variable in &operation.node.variable_definitions {
            let usual =
                variable.node.default_value.as_ref().and_then(|value| value.node.clone().into_json().ok());
            all.extend(usual.map(|value| (variable.node.name.node.to_string(), value)));
        }
    }
    all.extend(given.clone());
    all
}

fn worded(response: &Value, failed: Vec<Value>) -> Value {
    let mut out = Map::new();
    let errors = response["errors"].as_array().cloned().unwrap_or_default();
    // A document that did not validate has errors only.
    if errors.iter().all(|error| error.get("path").is_some()) {
        let mut data = response["data"].clone();
        for error in &failed {
            if let Some(place) = data.pointer_mut(&pointer(&error["path"])) {
                *place = Value::Null;
            }
        }
        out.insert("data".to_owned(), data);
    }
    if !(errors.is_empty() && failed.is_empty()) {
        let errors = failed.into_iter().chain(errors).map(|mut error| {
            if let Some(kind) = error.get("extensions").and_then(|more| more.get("type")).cloned() {
                error["type"] = kind;
                error.as_object_mut().map(|error| error.remove("extensions"));
            }
            error
        });
        out.insert("errors".to_owned(), errors.collect());
    }
    Value::Object(out)
}

fn pointer(path: &Value) -> String {
    let parts = path.as_array().into_iter().flatten();
    parts.map(|part| format!("/{}", part.as_str().map_or_else(|| part.to_string(), str::to_owned))).collect()
}
