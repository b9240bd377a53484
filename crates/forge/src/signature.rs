//! Whether a delivery is GitHub's: its signature, looked at before anything of the body is.
//!
//! Deliberately absent: what the body says (`event`), and where the secrets come from.

use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

/// What GitHub writes before the hexadecimal digits in `X-Hub-Signature-256`.
const PREFIX: &str = "sha256=";

/// Whether the header is the signature of exactly these octets by one of the secrets: while a secret is exchanged, the
/// old and the new one both count. No secret, or a header that is missing or malformed, is no.
///
/// Each comparison takes the same time wherever the two differ, and every secret is tried whichever fits.
#[must_use]
pub fn verify(body: &[u8], header: Option<&str>, secrets: &[SecretString]) -> bool {
    let mut given = [0_u8; 32];
    let digits = header.and_then(|header| header.strip_prefix(PREFIX));
    if digits.is_none_or(|digits| hex::decode_to_slice(digits, &mut given).is_err()) {
        return false;
    }
    secrets.iter().fold(false, |fits, secret| signed_by(body, &given, secret) | fits)
}

/// An empty secret signs nothing: anybody could.
fn signed_by(body: &[u8], given: &[u8; 32], secret: &SecretString) -> bool {
    let secret = secret.expose_secret();
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    mac.update(body);
    mac.verify_slice(given).is_ok() && !secret.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// GitHub's own example.
    const SECRET: &str = "It's a Secret to Everybody";
    const BODY: &[u8] = b"Hello, World!";
    const HEADER: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    fn secrets(all: &[&str]) -> Vec<SecretString> {
        all.iter().map(|secret| SecretString::from(*secret)).collect()
    }

    #[test]
    fn the_documented_example_holds() {
        assert!(verify(BODY, Some(HEADER), &secrets(&[SECRET])));
        assert!(!verify(b"Hello, World?", Some(HEADER), &secrets(&[SECRET])));
        assert!(!verify(BODY, Some(HEADER), &secrets(&["another"])));
    }

    #[test]
    fn old_and_new_secrets_both_count_while_they_are_exchanged() {
        assert!(verify(BODY, Some(HEADER), &secrets(&["new", SECRET])));
        assert!(verify(BODY, Some(HEADER), &secrets(&[SECRET, "new"])));
        assert!(!verify(BODY, Some(HEADER), &secrets(&["new", "newer"])));
    }

    #[test]
    fn what_is_missing_or_malformed_is_no_signature() {
        let known = secrets(&[SECRET]);
        let digits = HEADER.trim_start_matches(PREFIX);
        for bad in ["", "sha256=", digits, &HEADER[..70], &format!("{HEADER}00"), &format!("sha1={digits}")] {
            assert!(!verify(BODY, Some(bad), &known), "{bad}");
        }
        assert!(!verify(BODY, None, &known));
        assert!(!verify(BODY, Some(HEADER), &[]));
    }

    #[test]
    fn an_empty_secret_signs_nothing() {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"").unwrap();
        mac.update(BODY);
        let header = format!("{PREFIX}{}", hex::encode(mac.finalize().into_bytes()));
        assert!(!verify(BODY, Some(&header), &secrets(&[""])));
    }

    proptest! {
        #[test]
        fn any_header_is_answered(body: Vec<u8>, header in ".{0,100}") {
            prop_assert!(!verify(&body, Some(&header), &secrets(&[SECRET])));
        }
    }
}
