//! Secrets on their way out: revealed at the moment they are sealed for GitHub's public key, so that
//! nothing but GitHub can read what leaves (libsodium's sealed box).

use super::{Job, not_sent};
use aplomo_core::fields::Fingerprint;
use aplomo_core::ports::CallError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_box::PublicKey;
use crypto_box::aead::OsRng;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

/// The secret's value, for one call.
pub(super) fn reveal(job: &Job<'_>, fingerprint: &Fingerprint) -> Result<SecretString, CallError> {
    let tenant = job.step.change.address.tenant();
    job.pen.line.site.vault.reveal(tenant, fingerprint).ok_or_else(|| {
        not_sent(
            "the secret's value is not known any more, or it changed since it was approved: check the secret in the configuration, then plan again",
        )
    })
}

/// The body of the call that puts a secret. `key` is GitHub's answer about its public key.
pub(super) fn seal(key: &Value, secret: &SecretString) -> Result<Value, CallError> {
    let bad = || not_sent("GitHub's public key for secrets cannot be used");
    let public = key["key"].as_str().and_then(|text| STANDARD.decode(text).ok()).ok_or_else(bad)?;
    let public = PublicKey::from_slice(&public).map_err(|_| bad())?;
    let sealed = public.seal(&mut OsRng, secret.expose_secret().as_bytes()).map_err(|_| bad())?;
    Ok(json!({ "encrypted_value": STANDARD.encode(sealed), "key_id": key["key_id"] }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crypto_box::SecretKey;

    #[test]
    fn only_the_holder_of_the_key_reads_what_is_sealed() {
        let holder = SecretKey::generate(&mut OsRng);
        let key = json!({ "key": STANDARD.encode(holder.public_key().as_bytes()), "key_id": "7" });
        let body = seal(&key, &SecretString::from("hunter2")).unwrap();
        assert!(!body.to_string().contains("hunter2"));
        let sealed = STANDARD.decode(body["encrypted_value"].as_str().unwrap()).unwrap();
        assert_eq!(holder.unseal(&sealed).unwrap(), b"hunter2");
        assert_eq!(body["key_id"], "7");
        assert!(seal(&json!({ "key": "x" }), &SecretString::from("y")).is_err());
    }
}
