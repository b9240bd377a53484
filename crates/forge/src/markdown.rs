//! Text from elsewhere inside GitHub's Markdown, so that it can do nothing there: it stands in code alone, where neither
//! HTML nor links, images, mentions or emphasis mean anything, and where what hides is written out.
//!
//! Deliberately absent: what is said (`texts`), and a way to write such text outside of code.

use aplomo_planner::escape_text;

/// The text as a code span that nothing in it can end; on one line.
pub(crate) fn code(text: &str) -> String {
    let text = escape_text(text);
    let ticks = "`".repeat(longest_run(&text) + 1);
    let odd = |c: char| c == '`' || c == ' ';
    // One space on both sides is taken away again by whoever reads it; of nothing but spaces none is.
    let pad = if text.is_empty() || text.starts_with(odd) || text.ends_with(odd) { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Several code spans with commas between them.
pub(crate) fn codes<T: AsRef<str>>(all: impl IntoIterator<Item = T>) -> String {
    all.into_iter().map(|one| code(one.as_ref())).collect::<Vec<_>>().join(", ")
}

/// Lines as a code block that nothing in them can end. What they hold is escaped here, so nobody can forget to.
pub(crate) fn fence<T: AsRef<str>>(language: &str, lines: impl IntoIterator<Item = T>) -> String {
    let mut body = String::new();
    for line in lines {
        body.push_str(escape_text(line.as_ref()).trim_end());
        body.push('\n');
    }
    let ticks = "`".repeat(longest_run(&body).max(2) + 1);
    format!("{ticks}{language}\n{body}{ticks}\n")
}

/// What GitHub folds until somebody clicks on the title; the title is ours.
pub(crate) fn folded(title: &str, inside: &str) -> String {
    format!("<details><summary>{title}</summary>\n\n{inside}\n</details>\n")
}

/// A link with a title of ours; `None` for what is no address of a page.
pub(crate) fn link(title: &str, to: &str) -> Option<String> {
    let web = to.starts_with("https://") || to.starts_with("http://");
    let fine = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'*+,;=%".contains(c);
    (web && to.len() <= MAX_LINK && to.chars().all(fine)).then(|| format!("[{title}](<{to}>)"))
}

const MAX_LINK: usize = 1_000;

/// The beginning of a text that must not take all the room: at most so many octets, and `…` where there is more.
pub(crate) fn short(text: &str, octets: usize) -> String {
    let text = escape_text(text);
    if text.len() <= octets {
        return text.into_owned();
    }
    let end = (0..=octets).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}…", &text[..end])
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Parser};

    /// The code and nothing else of a text, where it is that.
    fn only_code(markdown: &str) -> Option<String> {
        let mut events = Parser::new(markdown);
        match (events.next(), events.next(), events.next(), events.next()) {
            (Some(Event::Start(_)), Some(Event::Code(code)), Some(Event::End(_)), None) => {
                Some(code.to_string())
            }
            _ => None,
        }
    }

    #[test]
    fn links_lead_to_pages_alone() {
        assert_eq!(
            link("all", "https://a.example/p/1?x=y#z"),
            Some("[all](<https://a.example/p/1?x=y#z>)".into())
        );
        for bad in ["javascript:alert(1)", "https://a>b", "https://a b", "https://a\n", "https://a)b", "//a"]
        {
            assert_eq!(link("all", bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_cut_ends_at_a_character() {
        assert_eq!(
            (short("añb", 2), short("añb", 3), short("añb", 4)),
            ("a…".into(), "añ…".into(), "añb".into())
        );
    }

    proptest! {
        #[test]
        fn nothing_ends_a_code_span(text in "(`|``|\\\\|<b>|@a|\n|\\PC){0,20}") {
            let shown = escape_text(&text).into_owned();
            let read = only_code(&code(&text));
            prop_assert_eq!(read.as_deref().map(str::trim), Some(shown.trim()));
        }

        #[test]
        fn nothing_ends_a_fence(lines in prop::collection::vec("(`|```|~~~|</details>|\n|\\PC){0,8}", 1..6)) {
            let text = fence("diff", &lines);
            let blocks = Parser::new(&text).filter(|event| matches!(event, Event::Start(_))).count();
            prop_assert_eq!(blocks, 1);
            prop_assert_eq!(text.lines().count(), lines.len() + 2);
        }
    }
}
