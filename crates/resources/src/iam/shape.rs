//! Names and paths as IAM takes them.

use crate::normal::Normal;
use aplomo_core::Wish;
use smol_str::SmolStr;

/// Letters, digits and `+=,.@_-`, of a length.
pub(super) fn name(normal: &mut Normal, field: &str, wish: &mut Wish<SmolStr>, longest: usize) {
    normal.value(field, wish, |text| check_name(text, longest).map(|()| text.clone()));
}

/// Why a text is no name of IAM.
pub(super) fn check_name(text: &str, longest: usize) -> Result<(), String> {
    let fine = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if text.is_empty() || text.len() > longest || !text.chars().all(fine) {
        let text = text.escape_debug();
        return Err(format!("`{text}` has not 1 to {longest} letters, digits and `+=,.@_-`"));
    }
    Ok(())
}

/// A path: `/`, or texts between slashes.
pub(super) fn path(normal: &mut Normal, wish: &mut Wish<SmolStr>) {
    normal.value("path", wish, |text| {
        let fine = text.bytes().all(|b| (0x21..0x7f).contains(&b)) && text.len() <= 512;
        let shaped = text.starts_with('/') && text.ends_with('/') && !text.contains("//");
        if fine && shaped {
            return Ok(text.clone());
        }
        Err(format!("`{}` is no path: it begins and ends with `/`, e.g. `/partners/`", text.escape_debug()))
    });
}

/// A description of a length.
pub(super) fn description(normal: &mut Normal, wish: &mut Wish<String>) {
    crate::normal::absent_if(wish, String::is_empty);
    normal.value("description", wish, |text| {
        let length = text.chars().count();
        if length > 1_000 {
            Err(format!("it has {length} characters, and 1000 are the most"))
        } else {
            Ok(text.clone())
        }
    });
}
