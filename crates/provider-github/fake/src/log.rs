//! What was asked and answered, whole.

use serde_json::Value;

/// One request and what became of it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Its number, from 1.
    pub number: u64,
    /// GET, POST, …
    pub method: String,
    /// Without the question.
    pub path: String,
    /// The path as GitHub's description writes it; `None` if it is no call that the fake knows.
    pub template: Option<&'static str>,
    /// The question as it came.
    pub query: String,
    /// `user 7`, `installation 8`, `app 9`, `nobody`.
    pub account: String,
    /// The body, if it was JSON.
    pub request: Option<Value>,
    /// What was answered; also where the answer was lost on the way.
    pub status: u16,
    /// The body of the answer.
    pub response: Option<Value>,
    /// GraphQL points, or requests that count against the hour: a 304 has none.
    pub points: u64,
    /// Whether it was meant to change something.
    pub write: bool,
}

impl Exchange {
    /// `GET /repos/acme/shop -> 200`.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} {} -> {}", self.method, self.path, self.status)
    }
}
