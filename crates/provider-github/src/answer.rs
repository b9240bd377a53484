//! What an answer of GitHub says: a value, a limit, or a problem. Pure.

use crate::etags::Kept;
use crate::pace::Counter;
use crate::problem::GithubProblem;
use aplomo_core::Timestamp;
use bytes::Bytes;
use http::HeaderMap;
use http::response::Parts;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The path of the next page.
    pub(crate) next: Option<String>,
    /// GitHub's own time.
    pub(crate) date: Option<Timestamp>,
    pub(crate) request_id: Option<String>,
}

/// A limit that was met: nothing happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) which: &'static str,
    /// How long GitHub says to wait; `None` where it says nothing.
    pub(crate) wait: Option<Duration>,
    /// What it shuts; `None`: all.
    pub(crate) counter: Option<Counter>,
    pub(crate) request_id: Option<String>,
}

/// Why there is no good answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    Limit(Limit),
    Problem(GithubProblem),
}

impl Answer {
    pub(crate) fn new(parts: &Parts, body: Bytes) -> Self {
        let text = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let date = text("date").and_then(|text| httpdate::parse_http_date(&text).ok());
        Self {
            status: parts.status.as_u16(),
            next: text("link").and_then(|link| next_page(&link)),
            date: date.and_then(|date| Timestamp::try_from(date).ok()),
            request_id: text("x-github-request-id"),
            headers: parts.headers.clone(),
            body,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.header(name)?.trim().parse().ok()
    }

    /// The remembered answer in the place of "not modified".
    pub(crate) fn unchanged(self, kept: Kept) -> Self {
        Self { status: 200, body: kept.body, next: kept.next, ..self }
    }

    /// How long nothing may be asked, where this was the last call of the hour.
    pub(crate) fn nothing_left(&self, now: Timestamp) -> Option<Duration> {
        if self.number("x-ratelimit-remaining")? > 0 {
            return None;
        }
        // By GitHub's own clock, so that ours may be wrong.
        let now = self.date.unwrap_or(now).as_second();
        let seconds = self.number("x-ratelimit-reset")?.saturating_sub(now).max(0);
        Some(Duration::from_secs(seconds.unsigned_abs() + 1))
    }

    /// The body as a value.
    pub(crate) fn json<T: DeserializeOwned>(&self, call: &str) -> Result<T, GithubProblem> {
        serde_json::from_slice(&self.body).map_err(|e| self.unreadable(call, &e))
    }

    /// The body as a list, or the list that it holds.
    pub(crate) fn items<T: DeserializeOwned>(
        &self,
        call: &str,
        within: Option<&str>,
    ) -> Result<Vec<T>, GithubProblem> {
        let Some(name) = within else { return self.json(call) };
        let mut body: Value = self.json(call)?;
        let items = body.get_mut(name).map_or(Value::Null, Value::take);
        serde_json::from_value(items).map_err(|e| self.unreadable(call, &e))
    }

    fn unreadable(&self, call: &str, error: &serde_json::Error) -> GithubProblem {
        let request_id = self.request_id.clone();
        GithubProblem::Unreadable { call: call.to_owned(), why: error.to_string(), request_id }
    }

    /// GitHub's words about what went wrong, with the errors of single fields.
    fn message(&self) -> String {
        let Ok(body) = serde_json::from_slice::<Value>(&self.body) else { return String::new() };
        let mut said = vec![body["message"].as_str().unwrap_or_default().to_owned()];
        let errors = body["errors"].as_array();
        said.extend(errors.into_iter().flatten().map(|error| match error {
            Value::String(text) => text.clone(),
            error => {
                let parts = ["resource", "field", "code", "message"].map(|key| error[key].as_str());
                parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
            }
        }));
        said.retain(|text| !text.is_empty());
        said.join(": ")
    }
}

/// The path and query of `rel="next"`.
fn next_page(link: &str) -> Option<String> {
    let next = link.split(',').find(|part| part.contains("rel=\"next\""))?;
    let url = next.split_once('<')?.1.split_once('>')?.0;
    let (_, rest) = url.split_once("://")?;
    rest.find('/').map(|at| rest[at..].to_owned())
}

/// What an answer comes to.
pub(crate) fn judge(
    answer: Answer,
    call: &str,
    organisation: &str,
    counter: Counter,
    now: Timestamp,
) -> Result<Answer, Failure> {
    if let Some(limit) = limit(&answer, counter, now) {
        return Err(Failure::Limit(limit));
    }
    let (call, organisation) = (call.to_owned(), organisation.to_owned());
    let (message, request_id) = (answer.message(), answer.request_id.clone());
    Err(Failure::Problem(match answer.status {
        200..=299 | 304 => return Ok(answer),
        401 => GithubProblem::BadCredentials { call, message, request_id },
        403 => GithubProblem::Denied { call, organisation, message, request_id },
        404 => GithubProblem::NotVisible { call, organisation, request_id },
        500.. => GithubProblem::ServiceFailed { call, status: answer.status, request_id },
        301 | 302 | 307 | 308 => {
            let message = "it was renamed or moved meanwhile: plan again".to_owned();
            GithubProblem::Refused { call, status: answer.status, message, request_id }
        }
        status => GithubProblem::Refused { call, status, message, request_id },
    }))
}

/// A primary limit says that nothing is left (GraphQL: with status 200); a secondary one says
/// `Retry-After`, or only so in words.
fn limit(answer: &Answer, counter: Counter, now: Timestamp) -> Option<Limit> {
    let request_id = answer.request_id.clone();
    let after =
        answer.number("retry-after").map(|seconds| Duration::from_secs(seconds.max(0).unsigned_abs()));
    let refused = matches!(answer.status, 403 | 429);
    let words = || answer.message().to_lowercase();
    if refused && (after.is_some() || words().contains("secondary rate limit")) {
        return Some(Limit { which: "secondary rate limit", wait: after, counter: None, request_id });
    }
    let graphql = answer.status == 200 && counter == Counter::Graphql && says_rate_limited(&answer.body);
    let none_left = answer.number("x-ratelimit-remaining") == Some(0);
    if graphql || refused && (none_left || words().contains("rate limit")) || answer.status == 429 {
        let wait = answer.nothing_left(now);
        return Some(Limit { which: "hourly rate limit", wait, counter: Some(counter), request_id });
    }
    None
}

fn says_rate_limited(body: &[u8]) -> bool {
    let Ok(body) = serde_json::from_slice::<OnlyErrors>(body) else { return false };
    body.errors.iter().any(|error| error.kind.as_deref() == Some("RATE_LIMITED"))
}

#[derive(serde::Deserialize)]
struct OnlyErrors {
    #[serde(default)]
    errors: Vec<OnlyKind>,
}

#[derive(serde::Deserialize)]
struct OnlyKind {
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let (parts, ()) = response.body(()).unwrap().into_parts();
        Answer::new(&parts, Bytes::copy_from_slice(body.as_bytes()))
    }

    fn judged(answer: Answer, counter: Counter) -> Failure {
        judge(answer, "github:GET /x", "acme", counter, Timestamp::UNIX_EPOCH).unwrap_err()
    }

    #[test]
    fn a_primary_limit_lasts_until_the_reset_by_githubs_own_clock() {
        let headers = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1700000100"),
            ("date", "Tue, 14 Nov 2023 22:13:20 GMT"),
        ];
        let Failure::Limit(limit) = judged(answer(403, &headers, "{}"), Counter::Rest) else { panic!() };
        assert_eq!((limit.wait, limit.counter), (Some(Duration::from_secs(101)), Some(Counter::Rest)));
        let body = r#"{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}"#;
        let Failure::Limit(limit) = judged(answer(200, &headers, body), Counter::Graphql) else { panic!() };
        assert_eq!(limit.counter, Some(Counter::Graphql), "with status 200");
    }

    #[test]
    fn a_secondary_limit_obeys_retry_after_and_is_known_by_its_words_too() {
        let Failure::Limit(limit) = judged(answer(403, &[("retry-after", "7")], "{}"), Counter::Rest) else {
            panic!()
        };
        assert_eq!((limit.wait, limit.counter), (Some(Duration::from_secs(7)), None));
        let body = r#"{"message":"You have exceeded a secondary rate limit"}"#;
        let Failure::Limit(limit) = judged(answer(403, &[], body), Counter::Rest) else { panic!() };
        assert_eq!(limit.wait, None);
    }

    #[test]
    fn not_found_is_absent_or_not_visible_and_errors_name_call_request_and_field() {
        let headers = [("x-github-request-id", "AB:12")];
        let Failure::Problem(problem) = judged(answer(404, &headers, "{}"), Counter::Rest) else { panic!() };
        insta::assert_snapshot!(problem, @"github:GET /x: absent or not visible to our credentials in `acme`, request AB:12; GitHub does not tell which: check the name and the permissions in deploy/github");
        let body = r#"{"message":"Validation Failed","errors":[{"resource":"Label","field":"color","code":"invalid"}]}"#;
        let Failure::Problem(problem) = judged(answer(422, &headers, body), Counter::Rest) else { panic!() };
        insta::assert_snapshot!(problem, @"github:GET /x: refused with 422 (Validation Failed: Label color invalid, request AB:12); GitHub does not take these values: correct the manifest, then plan again");
    }

    #[test]
    fn the_next_page_is_found_among_links() {
        let link = r#"<https://api.github.com/o?page=1>; rel="prev", <https://api.github.com/o?per_page=100&page=3>; rel="next""#;
        assert_eq!(next_page(link).as_deref(), Some("/o?per_page=100&page=3"));
        assert_eq!(next_page(r#"<https://a/o>; rel="last""#), None);
    }
}
