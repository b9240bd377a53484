//! Where texts still name a person, whatever the words around mean: in comments, descriptions, documents.

use super::Person;
use std::sync::Arc;

/// A line that names the person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
}

/// The lines that hold the login or an address as a word of its own.
#[must_use]
pub fn still_named(file: &Arc<str>, text: &str, who: &Person) -> Vec<Place> {
    let lines = text.lines().enumerate().filter(|(_, line)| names(line, who));
    let place = |n: usize| u32::try_from(n + 1).ok();
    lines.filter_map(|(n, _)| Some(Place { file: Arc::clone(file), line: place(n)? })).collect()
}

/// Whether a text holds the login or an address of the person as a word of its own.
pub(crate) fn names(text: &str, who: &Person) -> bool {
    let text = text.to_lowercase();
    std::iter::once(&who.login).chain(&who.emails).chain(&who.perhaps).any(|word| holds(&text, word))
}

/// Whether the word stands in the line with none of its own letters before or after it.
fn holds(line: &str, word: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(inner) && !after.is_some_and(inner)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_and_parts_of_words_are_not() {
        let who = Person::new("@Ana", &["Ana@Example.com".to_owned()]).unwrap();
        let text = "# ask Ana first\nowner: ana-maria\nmail: ANA@example.com\nbanana: ana2\n- user:ana\n";
        let lines: Vec<u32> = still_named(&"a.yaml".into(), text, &who).iter().map(|p| p.line).collect();
        assert_eq!(lines, [1, 3, 5]);
    }
}
