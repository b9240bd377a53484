//! Handing a letter over: to a file, a webhook, a mail server.
//!
//! Secrets are read here, at the moment of sending, and stand in no error: an address of a webhook is one.

use super::letter::{Letter, To};
use crate::config::{MailSecurity, MailSettings};
use crate::daemon::sources::{Secrets, secret};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use secrecy::ExposeSecret as _;
use std::path::Path;
use std::time::Duration;

/// How long a receiver may take.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The word for the receiver, for logs and metrics.
#[must_use]
pub const fn word(to: &To) -> &'static str {
    match to {
        To::File { .. } => "file",
        To::Slack { .. } => "slack",
        To::Mail { .. } => "mail",
    }
}

/// Sends a letter. `id` is the same each time that it is tried, so that a receiver may know it again.
///
/// # Errors
/// Why it was not taken, without secrets.
pub async fn send(
    id: &str,
    letter: &Letter,
    mail: Option<&MailSettings>,
    vars: &Secrets,
) -> Result<(), String> {
    let sent = async {
        match &letter.to {
            To::File { path, content } => write(path.clone(), content.clone()).await,
            To::Slack { url, text } => post(url, text, vars).await,
            To::Mail { to, text, html } => {
                let mail = mail.ok_or("the configuration has no `mail` any more")?;
                mail_to(id, (&letter.title, text, html), to, mail, vars).await
            }
        }
    };
    match tokio::time::timeout(PATIENCE, sent).await {
        Ok(sent) => sent,
        Err(_) => Err(format!("it was not taken within {} s", PATIENCE.as_secs())),
    }
}

/// Writes beside the file first: whoever reads it never sees half of it.
async fn write(path: std::path::PathBuf, content: String) -> Result<(), String> {
    let write = move || -> std::io::Result<()> {
        let directory = path.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(directory)?;
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        std::fs::write(&part, content)?;
        std::fs::rename(part, &path)
    };
    let written = tokio::task::spawn_blocking(write).await.map_err(|error| error.to_string())?;
    written.map_err(|error| format!("the file cannot be written: {error}"))
}

/// Posts a message as Slack takes it.
async fn post(url: &str, text: &str, vars: &Secrets) -> Result<(), String> {
    let url = secret(url, vars).map_err(|failure| format!("{:#}", failure.error))?;
    let body = Full::<Bytes>::from(serde_json::json!({ "text": text }).to_string());
    let request = Request::post(url.expose_secret()).header("content-type", "application/json").body(body);
    // What is wrong with an address would show a part of it.
    let request = request.map_err(|_| "what `slack` names holds no address of a webhook".to_owned())?;
    let https = HttpsConnectorBuilder::new().with_native_roots();
    let https = https.map_err(|error| format!("no certificates to trust: {error}"))?;
    let client = Client::builder(TokioExecutor::new()).build(https.https_or_http().enable_http1().build());
    let answer = client.request(request).await.map_err(|error| reasons(&error))?;
    if answer.status().is_success() {
        return Ok(());
    }
    Err(format!("it answered {}", answer.status()))
}

/// An error with what lies behind it.
fn reasons(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(&format!(": {inner}"));
        source = inner.source();
    }
    text
}

async fn mail_to(
    id: &str,
    (title, text, html): (&str, &str, &str),
    to: &[String],
    settings: &MailSettings,
    vars: &Secrets,
) -> Result<(), String> {
    let from: Mailbox = settings.from.parse().map_err(|error| format!("`mail.from`: {error}"))?;
    let mut message = Message::builder().from(from.clone()).subject(one_line(title));
    // The same each time that it is tried, so that a second copy shows as the same mail.
    message = message.message_id(Some(format!("<{id}@{}>", from.email.domain())));
    for address in to {
        let address: Mailbox =
            address.parse().map_err(|error| format!("`{}`: {error}", address.escape_debug()))?;
        message = message.to(address);
    }
    let body = MultiPart::alternative_plain_html(text.to_owned(), html.to_owned());
    let message = message.multipart(body).map_err(|error| error.to_string())?;
    transport(settings, vars)?.send(message).await.map(drop).map_err(|error| reasons(&error))
}

/// Headers are one line, whatever is in them.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn transport(settings: &MailSettings, vars: &Secrets) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let host = settings.host.as_str();
    let builder = match settings.security {
        MailSecurity::Tls => AsyncSmtpTransport::<Tokio1Executor>::relay(host),
        MailSecurity::Starttls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(host),
        MailSecurity::None => Ok(AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host).port(25)),
    };
    let mut builder = builder.map_err(|error| reasons(&error))?.timeout(Some(PATIENCE));
    if let Some(port) = settings.port {
        builder = builder.port(port);
    }
    if let (Some(user), Some(password)) = (&settings.user, &settings.password) {
        let password = secret(password, vars).map_err(|failure| format!("{:#}", failure.error))?;
        builder = builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
    }
    Ok(builder.build())
}
