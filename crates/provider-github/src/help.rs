//! What to do about the refusals that a person can do something about.

/// Parts of GitHub's messages, in lower case, with the way out.
const KNOWN: &[(&str, &str)] = &[
    ("name already exists", "something of this name was made meanwhile: plan again, and adopt it"),
    ("already_exists", "something of this name was made meanwhile: plan again, and adopt it"),
    (
        "security configuration",
        "an enforced security configuration of the organisation owns this setting: leave it out of the manifest or change the configuration",
    ),
    ("enforced by", "the organisation or enterprise enforces this setting: leave it out of the manifest"),
    (
        "archived",
        "an archived repository cannot be changed: set `archived: false` in a change of its own first",
    ),
    (
        "upgrade to github",
        "the organisation's plan does not have this: leave it out of the manifest or change the plan",
    ),
    ("seat", "the organisation has no free seat: buy one or remove a person first"),
    ("key is already in use", "GitHub takes a deploy key once: make a new key for this repository"),
    (
        "not accessible to the parent installation",
        "the repository was moved or deleted meanwhile, or the App is not installed for it: plan again",
    ),
    ("default branch", "the default branch must exist: push it first"),
];

/// The way out for a refusal, where there is more to say than GitHub does.
pub(crate) fn help(status: u16, message: &str) -> Option<&'static str> {
    let message = message.to_lowercase();
    let known = KNOWN.iter().find(|(part, _)| message.contains(part)).map(|(_, way)| *way);
    known.or(match status {
        409 => Some("somebody else changed it meanwhile: plan again"),
        422 => Some("GitHub does not take these values: correct the manifest, then plan again"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::help;

    #[test]
    fn the_way_out_follows_the_words_before_the_status() {
        assert!(help(422, "Repository was archived so is read-only.").unwrap().contains("archived: false"));
        assert!(help(422, "Validation Failed").unwrap().contains("correct the manifest"));
        assert_eq!(help(400, "Problems parsing JSON"), None);
    }
}
