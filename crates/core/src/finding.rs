//! Findings: what a check says about a manifest, a plan or an observation.

use crate::address::Address;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::sync::Arc;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Should be looked at; stops nothing.
    Warning,
    /// Stops applying for its tenant.
    Error,
}

/// What a check found. Build with [`Finding::error`] and friends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// The weight.
    pub severity: Severity,
    /// The name of the rule, in kebab case, stable.
    pub rule: SmolStr,
    /// The resource or the manifest (`tenant/Kind/name`) it speaks of.
    pub address: Option<SmolStr>,
    /// What is wrong, one sentence without full stop.
    pub message: String,
    /// The way out, where there is one.
    pub help: Option<String>,
    /// The file, below the root of its source.
    pub file: Option<Arc<str>>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column in characters, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// Which tenant it belongs to, where it is known: an error stops that tenant alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<SmolStr>,
}

impl Finding {
    /// A finding of any severity.
    #[must_use]
    pub fn new(severity: Severity, rule: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity,
            rule: SmolStr::new_static(rule),
            address: None,
            message: message.into(),
            help: None,
            file: None,
            line: None,
            column: None,
            tenant: None,
        }
    }
    /// An error: its tenant is not applied.
    #[must_use]
    pub fn error(rule: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, rule, message)
    }
    /// A warning.
    #[must_use]
    pub fn warning(rule: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, rule, message)
    }
    /// Worth knowing.
    #[must_use]
    pub fn info(rule: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Info, rule, message)
    }
    /// With the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
    /// With the resource or manifest; also sets the tenant from it.
    #[must_use]
    pub fn of(mut self, address: impl AsRef<str>) -> Self {
        self.tenant = address.as_ref().split('/').next().map(SmolStr::new);
        self.address = Some(address.as_ref().into());
        self
    }
    /// With the place in a file.
    #[must_use]
    pub fn at(mut self, file: &Arc<str>, mark: crate::origin::Mark) -> Self {
        self.file = Some(Arc::clone(file));
        self.line = Some(mark.line);
        self.column = Some(mark.column).filter(|c| *c > 0);
        self
    }
    /// With the first place of a resource.
    #[must_use]
    pub fn origin(mut self, origins: &[crate::origin::Origin]) -> Self {
        if let Some(origin) = origins.first() {
            self.file = Some(Arc::clone(&origin.file));
            self.line = Some(origin.line);
        }
        self
    }
    /// Whether the address is this one.
    #[must_use]
    pub fn concerns(&self, address: &Address) -> bool {
        self.address.as_deref() == Some(address.as_str())
    }
}
