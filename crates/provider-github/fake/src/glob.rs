//! Patterns of branches and names, as GitHub matches them (fnmatch with `/` kept apart).

/// Whether a name fits a pattern: `*` within one part, `**` over parts, `?` one letter.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    fits(pattern.as_bytes(), name.as_bytes())
}

fn fits(pattern: &[u8], name: &[u8]) -> bool {
    match pattern {
        [] => name.is_empty(),
        [b'*', b'*', b'/', rest @ ..] => {
            fits(rest, name) || (0..name.len()).any(|at| name[at] == b'/' && fits(rest, &name[at + 1..]))
        }
        [b'*', b'*', rest @ ..] => (0..=name.len()).any(|at| fits(rest, &name[at..])),
        [b'*', rest @ ..] => {
            let end = name.iter().position(|byte| *byte == b'/').unwrap_or(name.len());
            (0..=end).any(|at| fits(rest, &name[at..]))
        }
        [b'?', rest @ ..] => name.first().is_some_and(|byte| *byte != b'/') && fits(rest, &name[1..]),
        [letter, rest @ ..] => name.first() == Some(letter) && fits(rest, &name[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stays_within_one_part() {
        assert!(matches("release/*", "release/1.x") && !matches("release/*", "release/1/x"));
        assert!(matches("**/x", "a/b/x") && matches("refs/heads/**", "refs/heads/a/b"));
        assert!(matches("v?.0", "v1.0") && !matches("v?.0", "v10.0"));
    }
}
