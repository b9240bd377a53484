//! The key pair to which secrets are sealed (libsodium's sealed box), a function of the seed.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use crypto_box::SecretKey;
use sha2::{Digest, Sha256};

/// The pair of one place that holds secrets.
pub(crate) struct Pair(SecretKey);

impl Pair {
    /// Each repository, environment and organisation has its own.
    pub(crate) fn of(place: &str) -> Self {
        Self(SecretKey::from(<[u8; 32]>::from(Sha256::digest(place))))
    }

    /// The public half as GitHub shows it.
    pub(crate) fn public(&self) -> String {
        BASE64_STANDARD.encode(self.0.public_key().as_bytes())
    }

    /// Its name.
    pub(crate) fn id(&self) -> String {
        let hash = Sha256::digest(self.public());
        hash.iter().take(9).map(|byte| format!("{:02}", byte % 100)).collect()
    }

    /// What was sealed to it.
    pub(crate) fn open(&self, sealed: &str) -> Option<Vec<u8>> {
        self.0.unseal(&BASE64_STANDARD.decode(sealed).ok()?).ok()
    }
}
