//! "Did you mean": the nearest of the known words.

/// The candidate nearest to what was written, `None` where nothing is near.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = written.to_lowercase();
    let limit = (lower.chars().count() / 3).max(1);
    let measured =
        known.into_iter().map(|word| (strsim::damerau_levenshtein(&lower, &word.to_lowercase()), word));
    let best = measured.min_by_key(|(distance, _)| *distance);
    best.filter(|(distance, word)| *distance <= limit && *distance < word.chars().count())
        .map(|(_, word)| word)
}

/// A help text: the nearest word, else all of them.
pub(crate) fn or_list<'a, I>(written: &str, known: I, what: &str) -> String
where
    I: IntoIterator<Item = &'a str> + Clone,
{
    match nearest(written, known.clone()) {
        None if known.clone().into_iter().next().is_none() => "there is none".to_owned(),
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("{what} {}", list(known)),
    }
}

/// Words in back ticks with commas.
pub(crate) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let ticked: Vec<String> = words.into_iter().map(|w| format!("`{w}`")).collect();
    ticked.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_words_are_suggested() {
        let known = ["ttl", "type", "values", "name"];
        assert_eq!(nearest("tttl", known), Some("ttl"));
        assert_eq!(nearest("TTL", known), Some("ttl"));
        assert_eq!(nearest("value", known), Some("values"));
        assert_eq!(nearest("weight", known), None);
        assert_eq!(or_list("x", ["a", "b"], "one of"), "one of `a`, `b`");
    }
}
