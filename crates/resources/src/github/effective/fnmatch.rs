//! GitHub's patterns: Ruby's `File.fnmatch` with `FNM_PATHNAME`, as its documentation says.
//!
//! `*` stands for anything but `/`, `**/` for any number of whole parts, `?` for one character, `[a-z]`
//! and `[^a]` for one of or none of some, `\` takes the next character as it is. Without recursion that
//! could blow up: what was tried once for a pair of places is not tried again.

use std::collections::HashSet;

/// Whether the pattern covers the whole text.
#[must_use]
pub fn fnmatch(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    Matcher { pattern: &pattern, text: &text, failed: HashSet::new() }.from(0, 0)
}

struct Matcher<'a> {
    pattern: &'a [char],
    text: &'a [char],
    failed: HashSet<(usize, usize)>,
}

impl Matcher<'_> {
    fn from(&mut self, p: usize, t: usize) -> bool {
        if self.failed.contains(&(p, t)) {
            return false;
        }
        let fits = self.try_from(p, t);
        if !fits {
            self.failed.insert((p, t));
        }
        fits
    }

    fn try_from(&mut self, mut p: usize, mut t: usize) -> bool {
        loop {
            let begins = t == 0 || self.text[t - 1] == '/';
            // `**/` counts at the beginning of a part only.
            if self.pattern[p..].starts_with(&['*', '*', '/'])
                && (p == 0 || self.pattern[p - 1] == '/')
                && begins
            {
                return self.parts(p + 3, t);
            }
            match self.pattern.get(p) {
                None => return t == self.text.len(),
                Some('*') => return self.run(p, t),
                Some(_) => match self.one(p, t) {
                    Some(next) => (p, t) = (next, t + 1),
                    None => return false,
                },
            }
        }
    }

    /// After `**/`: the rest fits here, or after any number of parts that do not begin with a dot.
    fn parts(&mut self, p: usize, t: usize) -> bool {
        let mut at = t;
        loop {
            if self.from(p, at) {
                return true;
            }
            if self.text.get(at) == Some(&'.') {
                return false;
            }
            match self.text[at..].iter().position(|c| *c == '/') {
                Some(slash) => at += slash + 1,
                None => return false,
            }
        }
    }

    /// `*`, or several: the rest fits after any run of characters within the part.
    fn run(&mut self, p: usize, t: usize) -> bool {
        let stars = self.pattern[p..].iter().take_while(|c| **c == '*').count();
        let hidden = self.text.get(t) == Some(&'.') && (t == 0 || self.text[t - 1] == '/');
        if hidden {
            return false;
        }
        let part = self.text[t..].iter().position(|c| *c == '/').unwrap_or(self.text.len() - t);
        (t..=t + part).any(|at| self.from(p + stars, at))
    }

    /// One character of the text against one place of the pattern; where the pattern goes on.
    fn one(&self, p: usize, t: usize) -> Option<usize> {
        let c = *self.text.get(t)?;
        match self.pattern[p] {
            '?' => (c != '/').then_some(p + 1),
            '[' => self.set(p + 1, c),
            '\\' if p + 1 < self.pattern.len() => (self.pattern[p + 1] == c).then_some(p + 2),
            plain => (plain == c).then_some(p + 1),
        }
    }

    /// `[...]` from behind the bracket. One that is never closed fits nothing.
    fn set(&self, start: usize, c: char) -> Option<usize> {
        let mut p = start;
        let not = matches!(self.pattern.get(p), Some('!' | '^'));
        p += usize::from(not);
        let mut inside = false;
        let first = p;
        loop {
            let low = *self.pattern.get(p)?;
            if low == ']' && p > first {
                break;
            }
            let (low, next) = if low == '\\' { (*self.pattern.get(p + 1)?, p + 2) } else { (low, p + 1) };
            let range = self.pattern.get(next) == Some(&'-') && self.pattern.get(next + 1) != Some(&']');
            if range {
                let high = *self.pattern.get(next + 1)?;
                let (high, after) =
                    if high == '\\' { (*self.pattern.get(next + 2)?, next + 3) } else { (high, next + 2) };
                inside |= (low..=high).contains(&c);
                p = after;
            } else {
                inside |= low == c;
                p = next;
            }
        }
        (c != '/' && inside != not).then_some(p + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::fnmatch;
    use proptest::prelude::*;

    #[test]
    fn as_ruby_does() {
        let yes = [
            ("main", "main"),
            ("*", "main"),
            ("release/*", "release/1.0"),
            ("**/*", "main"),
            ("**/*", "a/b/c"),
            ("refs/heads/**/*", "refs/heads/main"),
            ("refs/heads/**/*", "refs/heads/a/b"),
            ("v[0-9]", "v3"),
            ("v[^0-9]", "vx"),
            ("v[!0-9]", "vx"),
            ("ma?n", "main"),
            ("\\*", "*"),
            ("*in", "main"),
            ("qa/**/test", "qa/test"),
            ("qa/**/test", "qa/a/b/test"),
            ("**", "main"),
            ("a*b*c", "aXbYc"),
            ("[a-]", "-"),
            ("[]]", "]"),
            ("é*", "école"),
            ("*", ""),
        ];
        for (pattern, text) in yes {
            assert!(fnmatch(pattern, text), "{pattern} {text}");
        }
        let no = [
            ("*", "release/1.0"),
            ("release/*", "release/a/b"),
            ("main", "Main"),
            ("**", "a/b"),
            ("ma?n", "ma/n"),
            ("refs/heads/*", "refs/heads/a/b"),
            ("[a", "a"),
            ("a/**", "a/b/c"),
            ("a[!b]c", "a/c"),
            ("", "a"),
            ("*", ".hidden"),
            ("**/*", ".hidden/x"),
            ("qa/**/test", "qatest"),
            ("x**/y", "xa/b/y"),
        ];
        for (pattern, text) in no {
            assert!(!fnmatch(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_made_to_be_slow_is_not() {
        assert!(!fnmatch(&"*a".repeat(40), &"a".repeat(200).replace("aaaaa", "aaaab")));
    }

    proptest! {
        #[test]
        fn a_plain_name_fits_itself_and_stars_fit_it(name in "[a-z][a-z.-]{0,8}(/[a-z][a-z.]{0,8}){0,3}") {
            prop_assert!(fnmatch(&name, &name));
            prop_assert!(fnmatch("**/*", &name));
            prop_assert_eq!(fnmatch("*", &name), !name.contains('/'));
        }

        #[test]
        fn no_pattern_breaks_it(pattern in r"[a\[\]\\*?/^!\-b]{0,12}", text in "[ab/.-]{0,10}") {
            let _ = fnmatch(&pattern, &text);
        }
    }
}
