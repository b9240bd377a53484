//! What a handler says: an answer or a refusal, with the status and the body of GitHub's.

use serde_json::{Value, json};

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// What every handler returns.
pub(crate) type Said = Result<Answer, Answer>;

const DOCS: &str = "https://docs.github.com/rest";

fn answer(status: u16, body: Option<Value>) -> Answer {
    Answer { status, body, headers: Vec::new() }
}

impl Answer {
    /// With one more header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

pub(crate) fn ok(body: Value) -> Said {
    Ok(answer(200, Some(body)))
}

pub(crate) fn created(body: Value) -> Said {
    Ok(answer(201, Some(body)))
}

pub(crate) fn accepted(body: Value) -> Said {
    Ok(answer(202, Some(body)))
}

/// 204.
pub(crate) fn done() -> Said {
    Ok(answer(204, None))
}

/// A refusal without details. Real answers carry the status in the body as text, too.
pub(crate) fn refusal(status: u16, message: &str) -> Answer {
    let body = json!({"message": message, "documentation_url": DOCS, "status": status.to_string()});
    answer(status, Some(body))
}

pub(crate) fn not_found() -> Answer {
    refusal(404, "Not Found")
}

pub(crate) fn forbidden(message: &str) -> Answer {
    refusal(403, message)
}

/// 422 with what is wrong with which field.
pub(crate) fn invalid(resource: &str, field: &str, code: &str, message: &str) -> Answer {
    let error = json!({"resource": resource, "field": field, "code": code, "message": message});
    let body = json!({
        "message": "Validation Failed", "errors": [error], "documentation_url": DOCS, "status": "422",
    });
    answer(422, Some(body))
}

/// 422 in the shape that some calls use: texts only.
pub(crate) fn invalid_simple(message: &str) -> Answer {
    let body = json!({
        "message": "Validation Failed", "errors": [message], "documentation_url": DOCS, "status": "422",
    });
    answer(422, Some(body))
}

/// Any status and body.
pub(crate) fn with(status: u16, body: Value) -> Answer {
    answer(status, Some(body))
}
