//! How GitHub's words are written: permissions, people, names of secrets.

use crate::normal::Normal;
use aplomo_core::Wish;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// The permissions that every organisation has, from least to most.
pub const PERMISSIONS: [&str; 5] = ["read", "triage", "write", "maintain", "admin"];

/// A permission in normal form: `pull` is `read`, `push` is `write`; other words are custom roles.
#[must_use]
pub fn permission(written: &str) -> SmolStr {
    let lower = written.trim().to_ascii_lowercase();
    match lower.as_str() {
        "pull" => SmolStr::new_static("read"),
        "push" => SmolStr::new_static("write"),
        known if PERMISSIONS.contains(&known) => SmolStr::new(known),
        _ => SmolStr::new(written.trim()),
    }
}

/// How much a permission allows; `None` of a custom role.
#[must_use]
pub fn rank(permission: &str) -> Option<usize> {
    PERMISSIONS.iter().position(|known| *known == permission)
}

/// A login in normal form, or what is wrong with it. Bots end in `[bot]`.
///
/// # Errors
/// Says what a login is made of.
pub fn login(written: &str) -> Result<SmolStr, String> {
    let lower = written.trim().trim_start_matches('@').to_ascii_lowercase();
    let name = lower.strip_suffix("[bot]").unwrap_or(&lower);
    // `_` is in the logins of managed users.
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 100 || !name.chars().all(fine) || name.starts_with('-') {
        return Err(format!("`{}` is no login: letters, digits and `-`", written.escape_debug()));
    }
    Ok(lower.into())
}

/// The slug that GitHub makes of a team's name.
#[must_use]
pub fn slug(name: &str) -> SmolStr {
    let mut out = String::with_capacity(name.len());
    for c in name.trim().chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() || c == '_' {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_matches('-').into()
}

/// A repository's name, or what is wrong with it.
///
/// # Errors
/// Says what a name is made of.
pub fn repository(name: &str) -> Result<SmolStr, String> {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let reserved = matches!(name, "." | "..") || name.to_ascii_lowercase().ends_with(".git");
    if name.is_empty() || name.len() > 100 || !name.chars().all(fine) || reserved {
        let shown = name.escape_debug();
        return Err(format!("`{shown}` is no repository's name: 1 to 100 letters, digits, `-`, `_` and `.`"));
    }
    Ok(name.into())
}

/// The name of a secret or variable in normal form, or what is wrong with it.
///
/// # Errors
/// Says what a name is made of.
pub fn setting(name: &str) -> Result<SmolStr, String> {
    let upper = name.trim().to_ascii_uppercase();
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if upper.is_empty() || !upper.chars().all(fine) || upper.starts_with(|c: char| c.is_ascii_digit()) {
        let shown = name.escape_debug();
        return Err(format!("`{shown}` has other characters than A-Z, 0-9 and `_`, or begins with a digit"));
    }
    if upper.starts_with("GITHUB_") {
        return Err(format!("`{upper}` begins with `GITHUB_`, which is GitHub's"));
    }
    Ok(upper.into())
}

/// Who is meant: `team:core`, `user:ana`, `app:ci`, `role:maintain`, `organizationAdmin`, `deployKey`.
///
/// # Errors
/// Says what is understood.
pub fn who(written: &str) -> Result<SmolStr, String> {
    let wrong = || {
        let shown = written.escape_debug();
        Err(format!(
            "`{shown}` is none of `team:<slug>`, `user:<login>`, `app:<slug>`, `role:<name>`, `organizationAdmin`, `deployKey`"
        ))
    };
    match written.trim().split_once(':') {
        None => match written.trim() {
            plain @ ("organizationAdmin" | "deployKey") => Ok(plain.into()),
            _ => wrong(),
        },
        Some(("user", name)) => login(name).map(|name| smol_str::format_smolstr!("user:{name}")),
        Some((sort @ ("team" | "app"), name)) if !name.is_empty() => {
            Ok(smol_str::format_smolstr!("{sort}:{}", name.to_ascii_lowercase()))
        }
        Some(("role", name)) if !name.is_empty() => {
            Ok(smol_str::format_smolstr!("role:{}", permission(name)))
        }
        Some(_) => wrong(),
    }
}

/// Every item of a set in normal form; an empty set is absent.
pub(crate) fn each(
    normal: &mut Normal,
    field: &str,
    wish: &mut Wish<BTreeSet<SmolStr>>,
    one: impl Fn(&str) -> Result<SmolStr, String>,
) {
    let Wish::Value(items) = wish else { return };
    let mut out = BTreeSet::new();
    for item in std::mem::take(items) {
        match one(&item) {
            Ok(item) => drop(out.insert(item)),
            Err(why) => normal.wrong(field, why),
        }
    }
    *wish = if out.is_empty() { Wish::Absent } else { Wish::Value(out) };
}

/// Keys of a map of ids in normal form.
pub(crate) fn ids(normal: &mut Normal, field: &str, map: &mut BTreeMap<String, Wish<SmolStr>>) {
    for (key, wish) in std::mem::take(map) {
        match who(&key) {
            Ok(key) => drop(map.insert(key.into(), wish)),
            Err(why) => normal.wrong(field, why),
        }
    }
    for wish in map.values_mut() {
        normal.value(field, wish, id);
    }
}

/// A numeric id as text.
pub(crate) fn id(text: &SmolStr) -> Result<SmolStr, String> {
    let fine = !text.is_empty() && text.len() <= 20 && text.bytes().all(|b| b.is_ascii_digit());
    fine.then(|| text.clone()).ok_or_else(|| format!("`{}` is no numeric id", text.escape_debug()))
}

/// A text without ends of blanks; empty is absent.
pub(crate) fn text(normal: &mut Normal, field: &str, wish: &mut Wish<String>, most: usize) {
    if let Wish::Value(text) = wish {
        let trimmed = text.trim();
        if trimmed.chars().count() > most {
            normal.wrong(field, format!("it has more than {most} characters"));
        }
        if trimmed.chars().any(char::is_control) {
            normal.wrong(field, "it holds control characters; GitHub takes one line");
        }
        *wish = if trimmed.is_empty() { Wish::Absent } else { Wish::Value(trimmed.to_owned()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_have_one_form() {
        assert_eq!(permission("Push"), "write");
        assert_eq!(permission("pull"), "read");
        assert_eq!(permission("Release Manager"), "Release Manager");
        assert_eq!(login("@Ana-B").as_deref(), Ok("ana-b"));
        assert_eq!(login("Dependabot[bot]").as_deref(), Ok("dependabot[bot]"));
        assert_eq!(slug("  Core Platform / SRE "), "core-platform-sre");
        assert_eq!(setting("npm_token").as_deref(), Ok("NPM_TOKEN"));
        assert_eq!(who("user:Ana").as_deref(), Ok("user:ana"));
        assert_eq!(who("role:push").as_deref(), Ok("role:write"));
        for bad in ["", "-a", "a b"] {
            assert!(login(bad).is_err(), "{bad}");
        }
        for bad in ["", "1A", "GITHUB_X", "A-B"] {
            assert!(setting(bad).is_err(), "{bad}");
        }
        for bad in ["..", "a.git", "a b", ""] {
            assert!(repository(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn twice_is_once(text in "[ -~\u{e9}]{0,12}") {
            prop_assert_eq!(permission(&permission(&text)), permission(&text));
            prop_assert_eq!(slug(&slug(&text)), slug(&text));
            for one in [login, setting, who, repository] {
                if let Ok(once) = one(&text) {
                    prop_assert_eq!(one(&once), Ok(once.clone()));
                }
            }
        }
    }
}
