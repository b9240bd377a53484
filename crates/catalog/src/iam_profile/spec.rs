//! What an IamProfile manifest says. The doc comments are the documentation of its fields.

use crate::text::Seconds;
use aplomo_core::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Access to the tenant's AWS account for somebody outside of it: who may take it, what it allows, for how
/// long.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IamProfileSpec {
    /// The role's name; the manifest's name unless set. Another name is another role.
    pub role_name: Option<SmolStr>,
    /// The role's path, e.g. `/partners/`; a new role gets `/` unless set. Another path is another role.
    pub path: Option<SmolStr>,
    /// What the access is for.
    pub description: Option<String>,
    /// Who may take the role, and on which conditions.
    pub trust: Trust,
    /// What the role may do.
    #[serde(default)]
    pub policies: Policies,
    /// The ARN of a managed policy that bounds what the role may do, whatever its policies allow.
    pub permissions_boundary: Option<SmolStr>,
    /// The longest session, from `1h` to `12h`. Left alone unless set; a new role then gets one hour.
    pub max_session: Option<Seconds>,
    /// Whether machines can have the role: makes an instance profile of the same name.
    #[serde(default)]
    pub instance_profile: bool,
    /// The Environments that the profile reaches. Where one is a production, trusting without an external id
    /// or everybody, and allowing everything, are errors.
    #[serde(default)]
    pub environments: Vec<SmolStr>,
    /// When the access ends, with its zone, e.g. `2027-03-31T22:00:00Z`. The trust policy carries the moment as
    /// well. After it the profile is planned away, approved together with the change that set it.
    #[schemars(with = "Option<SmolStr>")]
    pub expires_at: Option<Moment>,
    /// Tags beside those of the tenant.
    #[serde(default)]
    pub tags: BTreeMap<SmolStr, SmolStr>,
}

/// A moment with its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "SmolStr")]
pub struct Moment(pub Timestamp);

impl serde::Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&self.0)
    }
}

impl TryFrom<SmolStr> for Moment {
    type Error = String;
    fn try_from(text: SmolStr) -> Result<Self, String> {
        let why = || {
            format!(
                "`{}` is no moment with its zone: write it like `2027-03-31T22:00:00Z`",
                text.escape_debug()
            )
        };
        text.parse().map(Self).map_err(|_| why())
    }
}

/// Who is trusted. Everything but `services` and `document` may be combined with the conditions below it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Trust {
    /// Accounts by their 12 digits, in quotes: whoever their administrators let.
    pub accounts: Vec<SmolStr>,
    /// Single roles and users by ARN.
    pub principals: Vec<SmolStr>,
    /// AWS services, e.g. `ec2.amazonaws.com`. The conditions below do not apply to them, but for `conditions`.
    pub services: Vec<SmolStr>,
    /// Who signs in at a SAML identity provider.
    pub saml: Option<Saml>,
    /// Who brings a token of an OpenID Connect identity provider, a CI system say.
    pub oidc: Option<Oidc>,
    /// A text that `accounts` and `principals` must bring, agreed with them and used for nobody else.
    pub external_id: Option<SmolStr>,
    /// Whether `accounts` and `principals` must have signed in with a second factor.
    pub require_mfa: bool,
    /// The address ranges that they, and who signs in, must come from.
    pub source_cidrs: Vec<SmolStr>,
    /// Further conditions for all, as IAM writes them: operator, key, value or list of values.
    pub conditions: BTreeMap<SmolStr, BTreeMap<SmolStr, serde_json::Value>>,
    /// The whole trust policy as IAM writes it, as a mapping or as text, in the place of everything else here.
    pub document: Option<serde_json::Value>,
}

/// A SAML identity provider.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Saml {
    /// The ARN of the provider, or its name in the account.
    pub provider: SmolStr,
    /// Its metadata document. Where it is given the provider is made and kept by this manifest.
    pub metadata: Option<String>,
}

/// An OpenID Connect identity provider.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Oidc {
    /// The ARN of the provider, or its URL, e.g. `https://token.actions.githubusercontent.com`.
    pub provider: SmolStr,
    /// The audiences that a token must be for; `sts.amazonaws.com` unless set.
    #[serde(default)]
    pub audiences: Vec<SmolStr>,
    /// The subjects that a token must be of; `*` stands for any run of characters. Without any, every token of
    /// the provider will do.
    #[serde(default)]
    pub subjects: Vec<SmolStr>,
    /// Whether the provider is made and kept by this manifest. An account has one of each URL.
    #[serde(default)]
    pub manage: bool,
    /// Thumbprints of the provider's certificates, where `manage` is set. AWS mostly goes without: left alone
    /// unless set.
    #[serde(default)]
    pub thumbprints: Vec<SmolStr>,
}

/// What the role may do. Policies that somebody else put on it are left alone.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Policies {
    /// Managed policies that exist: ARNs, or names of AWS's own with their path, e.g. `ReadOnlyAccess`,
    /// `job-function/ViewOnlyAccess`.
    pub managed: Vec<SmolStr>,
    /// Policies that are a part of the role.
    pub inline: Vec<Inline>,
    /// Managed policies that this manifest makes and attaches; for what is too long for inline.
    pub own: Vec<Own>,
}

/// A policy that is a part of the role.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inline {
    /// Its name, unique in the role.
    pub name: SmolStr,
    /// The document as IAM writes it, as a mapping or as text. `Sid` and `Id` are not kept, and actions are
    /// written in lower case: documents compare by meaning. It begins with `Version: "2012-10-17"`: without
    /// that AWS takes its variables for plain text.
    pub document: serde_json::Value,
}

/// A managed policy of this manifest.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Own {
    /// Its name, unique in the account. Another name is another policy.
    pub name: SmolStr,
    /// What it is for. IAM takes it at the creation only, so changing it changes nothing.
    pub description: Option<String>,
    /// The document as IAM writes it, as in `inline`.
    pub document: serde_json::Value,
}
