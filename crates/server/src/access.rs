//! Who may call, and what they may see.
//!
//! Deliberately absent: where secrets come from, users, sessions and rights to write.

use crate::error::ServeError;
use crate::host;
use crate::problem::Problem;
use crate::view::View;
use aplomo_core::{Digest, TenantName};
use axum::http::{HeaderMap, Uri, header};
use secrecy::{ExposeSecret as _, SecretString};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use subtle::ConstantTimeEq as _;

/// The fewest characters a token's secret may have.
pub const MIN_SECRET: usize = 16;

/// One bearer token.
#[derive(Debug, Clone)]
pub struct Token {
    /// Its name, for the log.
    pub name: SmolStr,
    /// The secret, at least [`MIN_SECRET`] characters.
    pub secret: SecretString,
    /// The tenants it may see; `None` for all.
    pub tenants: Option<BTreeSet<TenantName>>,
}

/// Who may call, as configured.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// The tokens; without any, whoever reaches the loopback address sees everything.
    pub tokens: Vec<Token>,
    /// The host name by which a proxy on this machine passes requests on, without port.
    pub public_host: Option<String>,
}

/// Access made ready for checking. Clones share it, so [`Gate::replace`] reaches a running server.
#[derive(Debug, Clone)]
pub struct Gate {
    at: SocketAddr,
    rules: Arc<RwLock<Arc<Rules>>>,
}

#[derive(Debug)]
struct Rules {
    tokens: Vec<Known>,
    public_host: Option<String>,
}

/// A token without its secret: only the secret's hash stays in memory.
#[derive(Debug)]
struct Known {
    name: SmolStr,
    hash: Digest,
    view: View,
}

impl Gate {
    /// A gate for a server that listens at this address.
    ///
    /// # Errors
    /// [`ServeError::NeedsTokens`] for an address that is not loopback without tokens,
    /// [`ServeError::PublicNeedsTokens`] for a public host without tokens, and for tokens that are weak
    /// or cannot be told apart.
    pub fn new(access: &Access, at: SocketAddr) -> Result<Self, ServeError> {
        Ok(Self { at, rules: Arc::new(RwLock::new(Arc::new(rules(access, at)?))) })
    }

    /// Puts another access in the place of this one, also for a server that is running.
    ///
    /// # Errors
    /// As [`Gate::new`]; the former access then stays.
    pub fn replace(&self, access: &Access) -> Result<(), ServeError> {
        let fresh = Arc::new(rules(access, self.at)?);
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// Whether it may guard a server at this address: one made for loopback, which may be without
    /// tokens now or after a reload, guards nothing that others can reach.
    pub(crate) fn fits(&self, at: SocketAddr) -> Result<(), ServeError> {
        if is_local(self.at) && !is_local(at) { Err(ServeError::NeedsTokens { at }) } else { Ok(()) }
    }

    /// Refuses requests that a foreign web page may have sent by giving its own name our address.
    pub(crate) fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
        let fine = !is_local(self.at) || host::is_ours(uri, headers, self.rules().public_host.as_deref());
        if fine { Ok(()) } else { Err(Problem::misdirected()) }
    }

    /// What the caller may see.
    pub(crate) fn admit(&self, headers: &HeaderMap) -> Result<View, Problem> {
        let rules = self.rules();
        if rules.tokens.is_empty() {
            return Ok(View::all());
        }
        let mut given = headers.get_all(header::AUTHORIZATION).iter();
        let Some(first) = given.next() else { return Err(Problem::no_token()) };
        let secret = if given.next().is_none() { first.to_str().ok().and_then(bearer) } else { None };
        let found = secret.and_then(|secret| rules.find(secret));
        let known = found.ok_or_else(Problem::wrong_token)?;
        tracing::trace!(token = %known.name, "token accepted");
        Ok(known.view.clone())
    }

    fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Rules {
    /// Compares hashes, all of them and in constant time, so the answer's time tells nothing.
    fn find(&self, secret: &str) -> Option<&Known> {
        let hash = Digest::of_bytes(secret.as_bytes());
        let mut found = None;
        for known in &self.tokens {
            if bool::from(known.hash.as_bytes().ct_eq(hash.as_bytes())) {
                found = Some(known);
            }
        }
        found
    }
}

fn is_local(at: SocketAddr) -> bool {
    at.ip().to_canonical().is_loopback()
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

fn rules(access: &Access, at: SocketAddr) -> Result<Rules, ServeError> {
    if access.tokens.is_empty() && !is_local(at) {
        return Err(ServeError::NeedsTokens { at });
    }
    if let (true, Some(host)) = (access.tokens.is_empty(), &access.public_host) {
        return Err(ServeError::PublicNeedsTokens { host: host.clone() });
    }
    let mut tokens: Vec<Known> = Vec::new();
    for token in &access.tokens {
        let known = known(token)?;
        if let Some(other) = tokens.iter().find(|t| t.name == known.name || t.hash == known.hash) {
            let (first, second) = (other.name.to_string(), known.name.to_string());
            return Err(ServeError::DuplicateToken { first, second });
        }
        tokens.push(known);
    }
    Ok(Rules { tokens, public_host: access.public_host.clone() })
}

fn known(token: &Token) -> Result<Known, ServeError> {
    let secret = token.secret.expose_secret();
    if secret.chars().count() < MIN_SECRET || secret.trim() != secret {
        return Err(ServeError::WeakToken { name: token.name.to_string(), least: MIN_SECRET });
    }
    let view = token.tenants.clone().map_or_else(View::all, View::only);
    Ok(Known { name: token.name.clone(), hash: Digest::of_bytes(secret.as_bytes()), view })
}
