//! Numbers and node ids. Both are functions of the seed and of how many were given out before.

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};

/// A database id, as REST shows it.
pub type Id = u64;

/// What a node id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is GitHub's own word")]
pub enum Sort {
    User,
    Organization,
    Team,
    Repository,
    App,
    Ruleset,
    Protection,
    Environment,
    DeployKey,
    Label,
    Topic,
    Invitation,
    Other,
}

impl Sort {
    /// The prefix of the new form, the name in the old form.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::User => ("U", "User"),
            Self::Organization => ("O", "Organization"),
            Self::Team => ("T", "Team"),
            Self::Repository => ("R", "Repository"),
            Self::App => ("A", "App"),
            Self::Ruleset => ("RRS", "RepositoryRuleset"),
            Self::Protection => ("BPR", "BranchProtectionRule"),
            Self::Environment => ("EN", "Environment"),
            Self::DeployKey => ("DK", "PublicKey"),
            Self::Label => ("LA", "Label"),
            Self::Topic => ("RT", "RepositoryTopic"),
            Self::Invitation => ("RI", "RepositoryInvitation"),
            Self::Other => ("X", "Object"),
        }
    }

    const ALL: [Self; 7] = [
        Self::User,
        Self::Organization,
        Self::Team,
        Self::Repository,
        Self::App,
        Self::Ruleset,
        Self::Protection,
    ];
}

/// `R_kgDO…`, as of late 2021.
pub(crate) fn new_form(sort: Sort, id: Id) -> String {
    let mut bytes = vec![0x92, 0x00, 0xce];
    bytes.extend(id.to_be_bytes());
    format!("{}_{}", sort.names().0, BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// `MDEwOlJlcG9zaXRvcnkx`: the length of the name, the name, the number.
pub(crate) fn old_form(sort: Sort, id: Id) -> String {
    let name = sort.names().1;
    BASE64_STANDARD.encode(format!("0{}:{name}{id}", name.len()))
}

/// Reads either form.
pub(crate) fn parse(text: &str) -> Option<(Sort, Id)> {
    read_new(text).or_else(|| read_old(text))
}

fn read_new(text: &str) -> Option<(Sort, Id)> {
    let (prefix, rest) = text.split_once('_')?;
    let sort = Sort::ALL.into_iter().find(|sort| sort.names().0 == prefix)?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(rest).ok()?;
    let id: [u8; 8] = bytes.get(3..)?.try_into().ok()?;
    Some((sort, Id::from_be_bytes(id)))
}

fn read_old(text: &str) -> Option<(Sort, Id)> {
    let plain = String::from_utf8(BASE64_STANDARD.decode(text).ok()?).ok()?;
    let (_, named) = plain.split_once(':')?;
    let sort = Sort::ALL.into_iter().find(|sort| {
        named.strip_prefix(sort.names().1).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
    })?;
    Some((sort, named.strip_prefix(sort.names().1)?.parse().ok()?))
}

/// Gives out numbers.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    seed: u64,
    given: u64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, given: 0 }
    }

    /// Ascending, with gaps, within what JSON numbers and GraphQL's 32-bit `Int` carry.
    pub(crate) fn next(&mut self) -> Id {
        self.given += 1;
        1_000 + (self.seed % 100_000) * 10_000 + self.given * 3
    }

    /// Text that nobody guesses in a test by accident: not a secret.
    pub(crate) fn word(&mut self, length: usize) -> String {
        use sha2::{Digest, Sha256};
        self.given += 1;
        let mut text = String::new();
        while text.len() < length {
            text += &hex::encode(Sha256::digest(format!("{}/{}/{}", self.seed, self.given, text.len())));
        }
        text.truncate(length);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_node_id_name_the_same_thing() {
        assert_eq!(old_form(Sort::Repository, 1), "MDEwOlJlcG9zaXRvcnkx");
        assert_eq!(parse("MDQ6VXNlcjE="), Some((Sort::User, 1)));
        assert_eq!(parse(&new_form(Sort::Team, 77)), Some((Sort::Team, 77)));
        assert_eq!(parse("R_nonsense"), None);
    }
}
