//! The secrets of the configuration: fingerprints for plans, values for the moment of a write.
//!
//! A fingerprint is `keyId:mac`, the HMAC-SHA-256 under a key of the configuration over tenant, name and
//! value. Values are read anew each time and kept nowhere. What a fingerprint opens is checked by making it
//! again: where the value is another one by now, nothing is revealed.
//!
//! Deliberately absent: when secrets are resolved (`PlanOptions::secrets`), and what Tenant manifests allow
//! (the catalog).

use crate::config::{SecretConfig, SecretKey, SecretSettings, duration};
use crate::daemon::sources::secret;
use crate::failure::Failure;
use aplomo_catalog::{SecretMark, SecretMarks};
use aplomo_core::TenantName;
use aplomo_core::fields::Fingerprint;
use aplomo_provider_github::Vault;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

/// Keeps to itself what fingerprints are made for.
const LABEL: &[u8] = b"aplomo secret fingerprint v1";
/// The shortest key, in octets.
const SHORTEST_KEY: usize = 32;
const DAY: u64 = 86_400;

/// Knows where secrets are kept.
pub struct Keeper {
    vars: BTreeMap<String, String>,
    shelves: RwLock<Arc<Shelves>>,
}

/// The configuration's secrets, checked.
#[derive(Default)]
struct Shelves {
    /// The key in use, then the older ones. Empty where there are no secrets.
    keys: Vec<SecretKey>,
    secrets: Vec<Shelf>,
}

/// A secret of one tenant.
struct Shelf {
    tenant: TenantName,
    config: SecretConfig,
    rotation_days: Option<u32>,
}

/// A key that was read.
struct Key<'k> {
    id: &'k str,
    mac: Hmac<Sha256>,
}

impl Keeper {
    /// Checks the settings. Nothing is read yet.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(settings: Option<&SecretSettings>, vars: &BTreeMap<String, String>) -> Result<Self, Failure> {
        let shelves = RwLock::new(Arc::new(Shelves::of(settings)?));
        Ok(Self { vars: vars.clone(), shelves })
    }

    /// Puts other settings in force.
    ///
    /// # Errors
    /// What is wrong with them; then the old ones stay.
    pub fn replace(&self, settings: Option<&SecretSettings>) -> Result<(), Failure> {
        let shelves = Arc::new(Shelves::of(settings)?);
        *self.shelves.write().unwrap_or_else(PoisonError::into_inner) = shelves;
        Ok(())
    }

    fn shelves(&self) -> Arc<Shelves> {
        Arc::clone(&self.shelves.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The keys, the one in use first; why not, where one is not there.
    fn keys<'k>(&self, shelves: &'k Shelves) -> Result<Vec<Key<'k>>, String> {
        shelves.keys.iter().map(|key| self.key(key)).collect()
    }

    fn key<'k>(&self, key: &'k SecretKey) -> Result<Key<'k>, String> {
        let value = self.read(&key.from)?;
        if value.expose_secret().len() < SHORTEST_KEY {
            return Err(format!(
                "the key `{}` of `secrets` has fewer than {SHORTEST_KEY} characters",
                key.id
            ));
        }
        let mac = Hmac::new_from_slice(value.expose_secret().as_bytes()).map_err(|e| e.to_string())?;
        Ok(Key { id: &key.id, mac })
    }

    fn read(&self, from: &str) -> Result<SecretString, String> {
        let value = secret(from, &self.vars).map_err(|failure| format!("{:#}", failure.error))?;
        if value.expose_secret().is_empty() {
            return Err(format!("`{from}` is empty"));
        }
        Ok(value)
    }

    fn mark(&self, shelf: &Shelf, keys: &[Key<'_>]) -> Result<SecretMark, String> {
        let value = self.read(&shelf.config.from)?;
        let mut marks = keys.iter().map(|key| key.fingerprint(&shelf.tenant, &shelf.config.name, &value));
        let fingerprint = marks.next().ok_or("there is no key")?;
        let rotation_days = shelf.rotation_days;
        Ok(SecretMark::Known { fingerprint, formerly: marks.collect(), rotation_days })
    }
}

impl aplomo_engine::secrets::Secrets for Keeper {
    fn marks(&self) -> SecretMarks {
        let shelves = self.shelves();
        let keys = self.keys(&shelves);
        let mut all = SecretMarks::new();
        for shelf in &shelves.secrets {
            let mark = keys.as_ref().map_err(Clone::clone).and_then(|keys| self.mark(shelf, keys));
            let mark = mark.unwrap_or_else(|why| SecretMark::Unreadable { why });
            all.entry(shelf.tenant.clone()).or_default().insert(shelf.config.name.as_str().into(), mark);
        }
        all
    }
}

impl Vault for Keeper {
    fn reveal(&self, tenant: &str, fingerprint: &Fingerprint) -> Option<SecretString> {
        let shelves = self.shelves();
        let key = shelves.keys.iter().find(|key| key.id == fingerprint.key_id())?;
        let key = self.key(key).ok()?;
        let of_tenant = shelves.secrets.iter().filter(|shelf| shelf.tenant.as_str() == tenant);
        of_tenant
            .filter_map(|shelf| Some((shelf, self.read(&shelf.config.from).ok()?)))
            .find(|(shelf, value)| key.fingerprint(&shelf.tenant, &shelf.config.name, value) == *fingerprint)
            .map(|(_, value)| value)
    }
}

impl Key<'_> {
    fn fingerprint(&self, tenant: &TenantName, name: &str, value: &SecretString) -> Fingerprint {
        let mut mac = self.mac.clone();
        mac.update(LABEL);
        for part in [tenant.as_str(), name, value.expose_secret()] {
            // With lengths, so that no two triples read alike.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        let mac: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        Fingerprint(format!("{}:{mac}", self.id).into())
    }
}

impl Shelves {
    fn of(settings: Option<&SecretSettings>) -> Result<Self, Failure> {
        let Some(settings) = settings else { return Ok(Self::default()) };
        let keys: Vec<SecretKey> =
            std::iter::once(&settings.key).chain(&settings.old_keys).cloned().collect();
        let mut ids = BTreeSet::new();
        for key in &keys {
            let fine = |c: char| c.is_ascii_alphanumeric() || c == '-';
            if key.id.is_empty() || key.id.len() > 32 || !key.id.chars().all(fine) {
                let id = key.id.escape_debug();
                return Err(wrong(&format!("the id `{id}` of a key is not 1 to 32 letters, digits and `-`")));
            }
            if !ids.insert(&key.id) {
                return Err(wrong(&format!("two keys have the id `{}`", key.id)));
            }
            is_reference(&key.from, &format!("the key `{}`", key.id))?;
        }
        let mut shelves = Self { keys: keys.clone(), secrets: Vec::new() };
        for config in &settings.values {
            shelves.put(config)?;
        }
        Ok(shelves)
    }

    fn put(&mut self, config: &SecretConfig) -> Result<(), Failure> {
        let name = config.name.escape_debug();
        is_reference(&config.from, &format!("the secret `{name}`"))?;
        if config.name.is_empty() || config.tenants.is_empty() {
            return Err(wrong(&format!("the secret `{name}` needs a name and at least one of `tenants`")));
        }
        let rotate = config.rotate_after.as_deref().map(duration).transpose().map_err(Failure::invalid)?;
        let rotation_days = rotate.map(|limit| u32::try_from(limit.as_secs() / DAY).unwrap_or(u32::MAX));
        for tenant in &config.tenants {
            let tenant = TenantName::new(tenant)?;
            if self.secrets.iter().any(|s| s.tenant == tenant && s.config.name == config.name) {
                return Err(wrong(&format!("the tenant `{tenant}` has two secrets `{name}`")));
            }
            self.secrets.push(Shelf { tenant, config: config.clone(), rotation_days });
        }
        Ok(())
    }
}

fn wrong(what: &str) -> Failure {
    Failure::invalid(format!("`secrets` in the configuration: {what}"))
}

/// What has another form may be the secret itself, so it is not repeated.
fn is_reference(from: &str, what: &str) -> Result<(), Failure> {
    if from.starts_with("env:") || from.starts_with("file:") {
        return Ok(());
    }
    Err(wrong(&format!("{what} must have the form `env:NAME` or `file:PATH`, and never a value")))
}

#[cfg(test)]
mod tests;
