//! The natural key of a record set: `name|TYPE|setIdentifier`.
//!
//! Names in normal form hold no `|`; in the set identifier `|` is `\174` and `\` is `\134`.

use smol_str::{SmolStr, format_smolstr};

/// The key of name (normal form), type (upper case) and set identifier (empty for none).
#[must_use]
pub fn of(name: &str, record_type: &str, set_identifier: &str) -> SmolStr {
    if set_identifier.contains(['|', '\\']) {
        let set = set_identifier.replace('\\', "\\134").replace('|', "\\174");
        return format_smolstr!("{name}|{record_type}|{set}");
    }
    format_smolstr!("{name}|{record_type}|{set_identifier}")
}

/// Name, type and set identifier of a key; `None` where it is none.
#[must_use]
pub fn parts(key: &str) -> Option<(SmolStr, SmolStr, SmolStr)> {
    let mut parts = key.splitn(3, '|');
    let (name, record_type, set) = (parts.next()?, parts.next()?, parts.next()?);
    let set = set.replace("\\174", "|").replace("\\134", "\\");
    Some((name.into(), record_type.into(), set.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn a_key_reads_back(set in r"[a-z|\\0-9]{0,12}") {
            let key = of("a.test.", "A", &set);
            prop_assert_eq!(key.matches('|').count(), 2);
            prop_assert_eq!(parts(&key), Some(("a.test.".into(), "A".into(), set.into())));
        }
    }
}
