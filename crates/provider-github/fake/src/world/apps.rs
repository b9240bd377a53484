//! GitHub Apps, their installations, and every sort of token.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use crate::ids::Id;

/// `read` or `write` by permission.
pub type Permissions = BTreeMap<String, String>;

/// An App.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct App {
    pub id: Id,
    pub slug: String,
    pub name: String,
    /// The organisation that owns it.
    pub owner: Id,
    /// PKCS#1 or PKCS#8, PEM.
    pub public_key: String,
    pub permissions: Permissions,
    pub events: Vec<String>,
    pub webhook_url: Option<String>,
    pub webhook_secret: Option<String>,
    pub created_at: Timestamp,
}

/// An App in an organisation.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Installation {
    pub id: Id,
    pub app: Id,
    pub org: Id,
    pub permissions: Permissions,
    /// `None`: all.
    pub repos: Option<BTreeSet<Id>>,
    pub suspended: bool,
    pub created_at: Timestamp,
}

/// Something that authenticates.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Token {
    /// Whose: an installation's or a person's.
    pub holder: Holder,
    /// `None`: a classic token, which may whatever its person may.
    pub permissions: Option<Permissions>,
    /// `None`: all that the holder reaches.
    pub repos: Option<BTreeSet<Id>>,
    pub expires_at: Option<Timestamp>,
}

/// Whom a token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "ids of what they say")]
pub enum Holder {
    Person(Id),
    Installation(Id),
}

/// An attempt to deliver a webhook.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Delivery {
    pub id: Id,
    pub guid: String,
    pub app: Id,
    pub event: String,
    pub action: Option<String>,
    pub installation: Option<Id>,
    pub repository: Option<Id>,
    pub delivered_at: Timestamp,
    pub redelivery: bool,
    /// 0 while nothing answered.
    pub status_code: u16,
    pub url: String,
    pub payload: Value,
}
