//! Texts as YAML: plain where nobody can misread them, else in quotes.

use std::fmt::Write as _;

/// Words that some reader of YAML takes for something else than a text.
const WORDS: [&str; 10] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"];

/// A text as one value, good in a line of its own and inside `[…]` and `{…}`.
pub(super) fn scalar(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if text.chars().all(|c| c == ' ' || (!c.is_control() && !c.is_whitespace() && c != '\u{feff}')) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        quoted(text)
    }
}

/// Texts as a list in one line.
pub(super) fn flow_list<T: AsRef<str>>(texts: &[T]) -> String {
    let items: Vec<String> = texts.iter().map(|text| scalar(text.as_ref())).collect();
    format!("[{}]", items.join(", "))
}

fn is_plain(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '=' | '+' | ' ');
    let Some(first) = text.chars().next() else { return false };
    let word = WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    // A digit in front: only what no reader takes for a number, a time or a date.
    let number = first.is_ascii_digit() && text.matches('.').count() < 3 && !text.contains(' ');
    let edges = (first.is_ascii_alphanumeric() || first == '_') && !text.ends_with(' ');
    edges && !word && !number && text.chars().all(inner)
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || (c.is_whitespace() && c != ' ') || c == '\u{feff}' => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_misread_is_plain() {
        for plain in ["www", "192.0.2.1", "10 mail.example.com.", "_dmarc", "us-east-1"] {
            assert_eq!(scalar(plain), plain);
        }
        for text in [
            "",
            "@",
            "*",
            "*.a",
            "no",
            "1.5",
            "0x10",
            "12",
            "a: b",
            "a #b",
            "-1",
            "a,b",
            "[a]",
            "2001:db8::1",
            "a ",
        ] {
            assert_eq!(scalar(text), format!("'{text}'"));
        }
        assert_eq!(scalar("it's"), "'it''s'");
        assert_eq!(scalar("a\nb\""), "\"a\\nb\\\"\"");
    }
}
