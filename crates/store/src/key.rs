//! The key that signs the audit log. It lives in a file outside the store, so that who can write the
//! store cannot sign. The only place of this crate with randomness.
//!
//! Deliberately absent: passphrases and hardware keys; the file's permissions protect it.

use crate::error::StoreError;
use aplomo_core::Digest;
use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

const SECRET: &str = "aplomo-ed25519-secret:";
const PUBLIC: &str = "ed25519:";

/// The secret key. `Debug` shows the public key's id only. Cheap to clone.
#[derive(Clone)]
pub struct SigningKey(Arc<ed25519_dalek::SigningKey>);

impl SigningKey {
    /// A key from its 32 octets.
    #[must_use]
    pub fn from_bytes(seed: &[u8; 32]) -> Self {
        Self(Arc::new(ed25519_dalek::SigningKey::from_bytes(seed)))
    }

    /// A fresh key.
    ///
    /// # Errors
    /// Where the operating system gives no randomness.
    pub fn generate() -> Result<Self, StoreError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)
            .map_err(|e| StoreError::Sql(format!("no randomness for a new key: {e}")))?;
        Ok(Self::from_bytes(&seed))
    }

    /// Loads the key, or makes one (mode 0600, its directory 0700) where the file does not exist.
    ///
    /// # Errors
    /// A file that holds no key, that others may read, or that cannot be read or written.
    pub fn load_or_create(path: &Path) -> Result<Self, StoreError> {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                check_private(path)?;
                Self::parse(path, &text)
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Self::create(path),
            Err(e) => Err(StoreError::file(path, format!("cannot read the signing key: {e}"))),
        }
    }

    fn parse(path: &Path, text: &str) -> Result<Self, StoreError> {
        let mut seed = [0; 32];
        let digits = text.trim().strip_prefix(SECRET).unwrap_or_default();
        hex::decode_to_slice(digits, &mut seed).map_err(|_| {
            StoreError::file(
                path,
                "holds no signing key; restore the file from its backup, or name another one",
            )
        })?;
        Ok(Self::from_bytes(&seed))
    }

    /// Writes a new key beside and links it into place: of two processes at once one wins, both load it.
    fn create(path: &Path) -> Result<Self, StoreError> {
        let key = Self::generate()?;
        let bad = |e: std::io::Error| StoreError::file(path, format!("cannot write a new signing key: {e}"));
        if let Some(dir) = path.parent().filter(|d| !d.as_os_str().is_empty()) {
            crate::db::make_dir(dir).map_err(bad)?;
        }
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}.new", key.public().id()));
        let beside = Path::new(&beside);
        let mut file = crate::db::new_private_file(beside).map_err(bad)?;
        let text = format!("{SECRET}{}\n", hex::encode(key.0.to_bytes()));
        let linked = file
            .write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| std::fs::hard_link(beside, path));
        let removed = std::fs::remove_file(beside);
        match linked {
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Self::load_or_create(path),
            other => other.and(removed).map(|()| key).map_err(bad),
        }
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(crate) fn sign(&self, hash: &Digest) -> String {
        hex::encode(self.0.sign(hash.as_bytes()).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public().id())
    }
}

#[cfg(unix)]
fn check_private(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    let meta = std::fs::metadata(path).map_err(|e| StoreError::file(path, e))?;
    if meta.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(StoreError::file(
        path,
        "others may read this signing key; run `chmod 600` on it, and rotate it if they did",
    ))
}
#[cfg(not(unix))]
fn check_private(_path: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// A public key, written `ed25519:<64 hexadecimal digits>`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The first 16 hexadecimal digits of the key's SHA-256, as each audit entry names it.
    #[must_use]
    pub fn id(&self) -> String {
        Digest::of_bytes(self.0.as_bytes()).short(16)
    }

    /// Whether the signature (128 lower-case hexadecimal digits) over the hash is this key's.
    pub(crate) fn verifies(&self, hash: &Digest, signature: &str) -> bool {
        let mut bytes = [0; 64];
        let lower = !signature.bytes().any(|b| b.is_ascii_uppercase());
        lower
            && hex::decode_to_slice(signature, &mut bytes).is_ok()
            && self.0.verify_strict(hash.as_bytes(), &Signature::from_bytes(&bytes)).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PUBLIC}{}", hex::encode(self.0.as_bytes()))
    }
}
impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl FromStr for PublicKey {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let bad = || StoreError::BadText {
            what: "public key",
            text: text.escape_debug().to_string(),
            why: "has the form ed25519:<64 hexadecimal digits>",
        };
        let mut bytes = [0; 32];
        let digits = text.strip_prefix(PUBLIC).ok_or_else(bad)?;
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| bad())?;
        VerifyingKey::from_bytes(&bytes).map(Self).map_err(|_| bad())
    }
}
