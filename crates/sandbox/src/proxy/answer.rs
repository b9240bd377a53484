//! Answers as the proxy holds them, and AWS errors in the shape each protocol gives them.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;

use super::action::Protocol;
use crate::xml::escape;

const NAMESPACE: &str = "https://route53.amazonaws.com/doc/2013-04-01/";
const REQUEST_ID: &str = "00000000-0000-4000-8000-000000000000";

/// An HTTP answer with a text body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers as name and value, names in lower case. Lengths are filled in when it is sent.
    pub headers: Vec<(String, String)>,
    /// The body, XML or JSON.
    pub body: String,
}

/// An error as AWS would answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsError {
    /// HTTP status.
    pub status: u16,
    /// Error code, such as `AccessDenied`.
    pub code: String,
    /// Message for people.
    pub message: String,
}

impl AwsError {
    /// What ChangeResourceRecordSets answers: all complaints in one bracketed list.
    pub fn invalid_change_batch(messages: &[impl AsRef<str>]) -> Self {
        let messages: Vec<&str> = messages.iter().map(AsRef::as_ref).collect();
        Self { status: 400, code: "InvalidChangeBatch".into(), message: format!("[{}]", messages.join(", ")) }
    }

    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }

    pub(crate) fn answer(&self, protocol: Protocol) -> Answer {
        let (code, message) = (escape(&self.code), escape(&self.message));
        let blame = if self.status >= 500 { "Receiver" } else { "Sender" };
        let error =
            format!("<Error><Type>{blame}</Type><Code>{code}</Code><Message>{message}</Message></Error>");
        let body = match protocol {
            Protocol::RestXml => format!(
                "<?xml version=\"1.0\"?>\n<ErrorResponse xmlns=\"{NAMESPACE}\">{error}<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
            ),
            Protocol::Query => {
                format!("<ErrorResponse>{error}<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>")
            }
            Protocol::Ec2 => format!(
                "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>{REQUEST_ID}</RequestID></Response>"
            ),
            Protocol::Json => {
                format!(
                    "{{\"__type\":{},\"message\":{}}}",
                    json_string(&self.code),
                    json_string(&self.message)
                )
            }
        };
        if protocol != Protocol::Json {
            return Answer::xml(self.status, body);
        }
        let mut answer = Answer::json(self.status, body);
        answer.headers.push(("x-amzn-errortype".into(), self.code.clone()));
        answer
    }
}

impl Answer {
    /// An XML answer.
    pub fn xml(status: u16, body: impl Into<String>) -> Self {
        let headers =
            vec![("content-type".into(), "text/xml".into()), ("x-amzn-requestid".into(), REQUEST_ID.into())];
        Self { status, headers, body: body.into() }
    }

    /// A JSON answer.
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        let headers = vec![
            ("content-type".into(), "application/x-amz-json-1.1".into()),
            ("x-amzn-requestid".into(), REQUEST_ID.into()),
        ];
        Self { status, headers, body: body.into() }
    }

    pub(crate) fn invalid_change_batch_bare(messages: &[&str]) -> Self {
        let messages: String = messages.iter().map(|m| format!("<Message>{}</Message>", escape(m))).collect();
        Self::xml(
            400,
            format!(
                "<?xml version=\"1.0\"?>\n<InvalidChangeBatch xmlns=\"{NAMESPACE}\"><Messages>{messages}</Messages><RequestId>{REQUEST_ID}</RequestId></InvalidChangeBatch>"
            ),
        )
    }

    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Keeps the elements named `element` that `keep` says yes to, by their XML text; counts and page markers stay as
    /// they are. For dropping half of a list.
    #[must_use]
    pub fn retain_elements(mut self, element: &str, mut keep: impl FnMut(&str) -> bool) -> Self {
        let (before, elements, after) = crate::xml::split_elements(&self.body, element);
        let kept: String = elements.into_iter().filter(|e| keep(e)).collect();
        self.body = format!("{before}{kept}{after}");
        self
    }

    /// Shifts the `Date` header by so many seconds.
    #[must_use]
    pub fn with_date_shifted(mut self, seconds: i64) -> Self {
        for (name, value) in &mut self.headers {
            if name == "date"
                && let Ok(date) = httpdate::parse_http_date(value)
            {
                let by = Duration::from_secs(seconds.unsigned_abs());
                *value = httpdate::fmt_http_date(if seconds < 0 { date - by } else { date + by });
            }
        }
        self
    }

    pub(super) fn into_response(self) -> Option<Response<Full<Bytes>>> {
        let mut builder = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        builder.body(Full::new(Bytes::from(self.body))).ok()
    }
}

/// Error texts are plain; quotes, backslashes and control characters are all that needs care.
fn json_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
