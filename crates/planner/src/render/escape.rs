//! Making text from elsewhere harmless.

use aplomo_core::name::is_deceptive;
use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with control, zero-width and bidirectional characters written out (`\u{202e}`, `\n`), so
/// that it is one line and shows what it holds.
#[must_use]
pub fn escape_text(text: &str) -> Cow<'_, str> {
    if !text.chars().any(hides) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if hides(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// What shows nothing, breaks the line or changes what is around it.
fn hides(c: char) -> bool {
    is_deceptive(c)
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// The text as HTML content or attribute value.
#[must_use]
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in escape_text(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_written_out() {
        assert_eq!(escape_text("a\u{202e}b\x1b[31m\nc"), "a\\u{202e}b\\u{1b}[31m\\nc");
        assert_eq!(escape_text("naïve ✓"), "naïve ✓");
        assert_eq!(escape_html("<a href='x'>&\u{200b}"), "&lt;a href=&#39;x&#39;&gt;&amp;\\u{200b}");
    }
}
