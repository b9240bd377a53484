//! A zone file (RFC 1035) as entries of tokens: comments, parentheses and quotes resolved, nothing
//! else understood.

/// One entry: a record or a directive.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The line it begins in, from 1.
    pub(super) line: u32,
    /// Whether it begins with white space: the owner is that of the entry before.
    pub(super) indented: bool,
    /// Its parts as written, with quotes and escapes.
    pub(super) tokens: Vec<String>,
}

/// What could not be read, with its line.
pub(super) type Trouble = (u32, String);

/// Splits a text into its entries.
pub(super) fn entries(text: &str) -> (Vec<Entry>, Vec<Trouble>) {
    let mut scan = Scan { line: 1, ..Scan::default() };
    for c in text.chars() {
        scan.character(c);
        if c == '\n' {
            scan.line += 1;
        }
    }
    scan.end_of_line();
    if scan.depth > 0 {
        scan.troubles.push((scan.entry.line, "a parenthesis is not closed".to_owned()));
        scan.end_of_entry();
    }
    (scan.entries, scan.troubles)
}

#[derive(Default)]
struct Scan {
    line: u32,
    entry: Entry,
    /// Whether the entry's first line has begun.
    begun: bool,
    token: String,
    /// Whether a token is being read, be it empty in quotes.
    in_token: bool,
    quoted: bool,
    escaped: bool,
    comment: bool,
    depth: usize,
    entries: Vec<Entry>,
    troubles: Vec<Trouble>,
}

impl Scan {
    fn character(&mut self, c: char) {
        match c {
            '\n' => self.end_of_line(),
            '\r' => {}
            _ if self.comment => {}
            _ if self.escaped => {
                self.escaped = false;
                self.token.push(c);
            }
            '\\' => {
                self.escaped = true;
                self.push(c);
            }
            '"' => {
                self.quoted = !self.quoted;
                self.push(c);
            }
            _ if self.quoted => self.push(c),
            ';' => {
                self.end_of_token();
                self.comment = true;
            }
            '(' | ')' => self.parenthesis(c),
            c if c.is_whitespace() => self.space(),
            c => self.push(c),
        }
    }

    fn begin(&mut self, indented: bool) {
        if !self.begun {
            self.begun = true;
            self.entry = Entry { line: self.line, indented, tokens: Vec::new() };
        }
    }

    fn push(&mut self, c: char) {
        self.begin(false);
        self.in_token = true;
        self.token.push(c);
    }

    fn space(&mut self) {
        self.begin(true);
        self.end_of_token();
    }

    fn parenthesis(&mut self, c: char) {
        self.begin(false);
        self.end_of_token();
        match (c, self.depth) {
            ('(', _) => self.depth += 1,
            (_, 0) => {
                self.troubles.push((self.line, "a parenthesis is closed that was not opened".to_owned()))
            }
            _ => self.depth -= 1,
        }
    }

    fn end_of_token(&mut self) {
        if std::mem::take(&mut self.in_token) {
            self.entry.tokens.push(std::mem::take(&mut self.token));
        }
    }

    fn end_of_line(&mut self) {
        if std::mem::take(&mut self.quoted) {
            self.troubles.push((self.line, "a quote is not closed".to_owned()));
        }
        self.escaped = false;
        self.comment = false;
        self.end_of_token();
        if self.depth == 0 {
            self.end_of_entry();
        }
    }

    fn end_of_entry(&mut self) {
        self.depth = 0;
        self.begun = false;
        let entry = std::mem::take(&mut self.entry);
        if !entry.tokens.is_empty() {
            self.entries.push(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn comments_quotes_and_parentheses_are_resolved() {
        let text = "a IN TXT ( \"x;y\" ; note\n  \"z)\" ) ; more\n\n  MX 10 b\\;c\r\n\"\" x";
        let (entries, troubles) = entries(text);
        assert_eq!(troubles, []);
        let shown: Vec<String> =
            entries.iter().map(|e| format!("{} {} {}", e.line, e.indented, e.tokens.join("|"))).collect();
        assert_eq!(shown, ["1 false a|IN|TXT|\"x;y\"|\"z)\"", "4 true MX|10|b\\;c", "5 false \"\"|x"]);
    }

    #[test]
    fn what_is_not_closed_is_told() {
        let (_, troubles) = entries("a TXT \"x\nb A (1\n");
        let lines: Vec<u32> = troubles.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 2]);
        assert_eq!(entries("a )").1.len(), 1);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_scanner(text in "[a-z0-9 ()\";\\\\\n$@]{0,60}") {
            let (entries, _) = entries(&text);
            prop_assert!(entries.iter().all(|entry| entry.line >= 1 && !entry.tokens.is_empty()));
        }
    }
}
