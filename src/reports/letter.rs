//! One report for one receiver, as it waits in the store: with content, and with references to secrets in the
//! place of secrets.

use crate::config::ReceiverConfig;
use aplomo_report::Report;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Letter {
    /// Who gets it.
    pub to: To,
    /// The title, for a subject.
    pub title: String,
}

/// A receiver with what it gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "by")]
pub enum To {
    /// A file.
    File {
        /// Where.
        path: PathBuf,
        /// What is written.
        content: String,
    },
    /// A webhook.
    Slack {
        /// `env:NAME` or `file:PATH`.
        url: String,
        /// The message.
        text: String,
    },
    /// Mail.
    Mail {
        /// The addresses.
        to: Vec<String>,
        /// For those who show no HTML.
        text: String,
        /// The page.
        html: String,
    },
}

impl Letter {
    /// A report for a receiver.
    ///
    /// # Errors
    /// Where the receiver is not exactly one.
    pub fn new(report: &Report, to: &ReceiverConfig) -> Result<Self, String> {
        let title = format!("{}: {}", report.title(), report.headline());
        let to = match (&to.file, &to.slack, &to.mail) {
            (Some(path), None, None) => To::File { path: path.clone(), content: content(report, path)? },
            (None, Some(url), None) => To::Slack { url: url.clone(), text: report.brief() },
            (None, None, Some(mail)) => {
                To::Mail { to: mail.to.clone(), text: report.text(), html: report.html() }
            }
            _ => return Err(ONE.to_owned()),
        };
        Ok(Self { to, title })
    }
}

/// What a receiver must be.
pub const ONE: &str = "a receiver of a report is one of `file`, `slack` or `mail`";

/// The form that the name of the file says.
fn content(report: &Report, path: &Path) -> Result<String, String> {
    match path.extension().and_then(|end| end.to_str()) {
        Some("html") => Ok(report.html()),
        Some("json") => serde_json::to_string_pretty(report).map_err(|error| error.to_string()),
        _ => Ok(report.markdown()),
    }
}
