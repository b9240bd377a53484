//! Texts as EC2 takes them.

use smol_str::SmolStr;

const MARKS: &str = "._-:/()#,@[]+=&;{}!$* ";

/// A description of a group or rule: at most 255 of the characters that the service takes.
///
/// # Errors
/// Which character is wrong, and which are right.
pub fn description(text: &str, what: &str) -> Result<String, String> {
    let text = text.trim();
    if let Some(wrong) = text.chars().find(|c| !c.is_ascii_alphanumeric() && !MARKS.contains(*c)) {
        return Err(format!(
            "{what} holds `{}`, which EC2 does not take: letters a-z, digits, spaces and {} are fine",
            wrong.escape_debug(),
            MARKS.trim_end()
        ));
    }
    if text.len() > 255 {
        return Err(format!("{what} has {} characters, and 255 are allowed", text.len()));
    }
    Ok(text.to_owned())
}

/// A group's name: like a description, and not what the service keeps for itself.
///
/// # Errors
/// What is wrong with it.
pub fn group_name(text: &str) -> Result<SmolStr, String> {
    let name = description(text, "a group's name")?;
    if name.is_empty() || name.starts_with("sg-") || name.eq_ignore_ascii_case("default") {
        return Err(format!("`{name}` is no name for a group: not empty, not `default`, not like `sg-…`"));
    }
    Ok(name.into())
}
