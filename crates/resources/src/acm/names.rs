//! Names in certificates, and key algorithms, in normal form.

use crate::route53::dns::Name;
use smol_str::{SmolStr, format_smolstr};

/// The longest common name that ACM takes.
pub const LONGEST_COMMON_NAME: usize = 64;
/// The longest name that ACM takes.
const LONGEST: usize = 253;
/// Key algorithms of which ACM issues public certificates.
pub const ISSUED_ALGORITHMS: [&str; 3] = ["RSA_2048", "EC_prime256v1", "EC_secp384r1"];
/// All key algorithms there are; a listing that does not name them hides most.
pub const ALGORITHMS: [&str; 7] =
    ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"];

/// A name in a certificate: lower case, letters beyond ASCII as `xn--…`, no final dot, `*.` in front
/// at most.
///
/// # Errors
/// In words, what is wrong with it.
pub fn normal(text: &str) -> Result<SmolStr, String> {
    let wrong = |why: &str| format!("`{}` cannot be certified: {why}", text.escape_debug());
    let name = Name::absolute(text.trim(), &Name::root()).map_err(|error| error.to_string())?;
    let bare = name.as_str().trim_end_matches('.');
    let below = bare.strip_prefix("*.").unwrap_or(bare);
    if below.split('.').count() < 2 {
        return Err(wrong("it has at least two labels, e.g. `example.com`"));
    }
    if bare.len() > LONGEST {
        return Err(wrong("it has more than 253 characters"));
    }
    let label = |l: &str| {
        !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if !below.split('.').all(label) {
        return Err(wrong("labels have letters, digits and inner hyphens"));
    }
    Ok(bare.into())
}

/// The name whose DNS record proves it: a wildcard shares that of the name below the asterisk.
#[must_use]
pub fn validated(name: &str) -> &str {
    name.strip_prefix("*.").unwrap_or(name)
}

/// A key algorithm as requests write it; descriptions write `RSA-2048`, or other cases.
#[must_use]
pub fn algorithm(text: &str) -> SmolStr {
    let text = text.trim().replace('-', "_");
    let known = ALGORITHMS.iter().find(|known| known.eq_ignore_ascii_case(&text));
    known.map_or_else(|| format_smolstr!("{text}"), |known| SmolStr::new_static(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_as_acm_writes_them() {
        assert_eq!(normal("WWW.Example.com.").unwrap(), "www.example.com");
        assert_eq!(normal("*.müller.example").unwrap(), "*.xn--mller-kva.example");
        for wrong in ["com", "*.com", "a.*.com", "under_score.example.com", "-a.example.com", "", "a..b"] {
            assert!(normal(wrong).is_err(), "{wrong}");
        }
        assert_eq!(validated("*.example.com"), validated("example.com"));
    }

    #[test]
    fn algorithms_have_one_spelling() {
        for text in ["RSA-2048", "rsa_2048", "RSA_2048"] {
            assert_eq!(algorithm(text), "RSA_2048");
        }
        assert_eq!(algorithm("EC-PRIME256V1"), "EC_prime256v1");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn normalising_twice_changes_nothing(text in r"(\*\.)?[a-zA-Zäé0-9-]{1,8}(\.[a-zA-Z0-9-]{1,8}){1,3}\.?") {
            if let Ok(once) = normal(&text) {
                prop_assert_eq!(normal(&once).unwrap(), once.clone());
                prop_assert_eq!(normal(&text.to_uppercase()).unwrap(), once);
            }
        }
    }
}
