//! Scopes: where an object lives.

use crate::address::Address;
use crate::name::{Account, Provider, Region, RemoteId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Provider, account, region and container (a zone, a network). What a level does not have is `None`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// The provider.
    pub provider: Provider,
    /// The account or organisation.
    pub account: Option<Account>,
    /// The region; `None` for what is global.
    pub region: Option<Region>,
    /// The remote id of the container, where it is known.
    pub container: Option<RemoteId>,
    /// The address of the container, where we manage it; this form enters digests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container_of: Option<Address>,
}

impl Scope {
    /// A scope of one account, without region or container.
    #[must_use]
    pub const fn account(provider: Provider, account: Account) -> Self {
        Self { provider, account: Some(account), region: None, container: None, container_of: None }
    }

    /// Our own store, the home of settings.
    #[must_use]
    pub const fn own() -> Self {
        Self {
            provider: Provider::known("aplomo"),
            account: None,
            region: None,
            container: None,
            container_of: None,
        }
    }

    /// The same scope around it: without the container.
    #[must_use]
    pub fn outer(&self) -> Self {
        Self { container: None, container_of: None, ..self.clone() }
    }

    /// A container inside this scope, known by its id.
    #[must_use]
    pub fn within(&self, container: RemoteId) -> Self {
        Self { container: Some(container), container_of: None, ..self.clone() }
    }

    /// The form that enters digests: a managed container by its address alone.
    #[must_use]
    pub fn symbolic(&self) -> Self {
        let container = if self.container_of.is_some() { None } else { self.container.clone() };
        Self { container, ..self.clone() }
    }

    /// The form that observations are filed under: by remote id alone.
    #[must_use]
    pub fn concrete(&self) -> Self {
        Self { container_of: None, ..self.clone() }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.provider)?;
        for part in [
            self.account.as_ref().map(Account::as_str),
            self.region.as_ref().map(Region::as_str),
            self.container.as_ref().map(RemoteId::as_str),
        ]
        .into_iter()
        .flatten()
        {
            write!(f, "/{part}")?;
        }
        Ok(())
    }
}
