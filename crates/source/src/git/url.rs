//! Addresses of remotes: what they may be, and how they are shown without secrets.
//!
//! Deliberately absent: `git://`, which proves nothing about who answers.

use crate::error::SourceError;

/// An address taken apart as far as we need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// Without user, password and query; safe to print.
    pub(super) shown: String,
    /// The user in front of the host.
    pub(super) user: Option<String>,
    /// The host; empty for local paths.
    pub(super) host: String,
    /// The port, where one was given.
    pub(super) port: Option<u16>,
}

/// The address without anything that could be secret, whether it is usable or not.
pub(super) fn shown(url: &str) -> String {
    let url: String = url.chars().flat_map(char::escape_debug).collect();
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let local = scheme.is_empty() && !authority.contains(':');
    let host = if local { authority } else { authority.rsplit('@').next().unwrap_or(authority) };
    let separator = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{separator}{host}{path}")
}

/// Takes an address apart and refuses what we do not fetch from.
pub(super) fn parse(url: &str) -> Result<Address, SourceError> {
    let bad = |why| Err(SourceError::BadUrl { url: shown(url), why });
    if url.is_empty() || url.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return bad("it is empty or holds blanks");
    }
    let local = |host: &str| Address { shown: shown(url), user: None, host: host.to_owned(), port: None };
    let Some((scheme, rest)) = url.split_once("://") else {
        let scp = url.split('/').next().is_some_and(|first| first.contains(':'));
        if !scp {
            return Ok(local(""));
        }
        let authority = url.split(':').next().unwrap_or_default();
        return host(url, authority, true);
    };
    let authority = rest.split('/').next().unwrap_or_default();
    match scheme {
        "file" => Ok(local("")),
        "http" | "https" | "ssh" => host(url, authority, false),
        _ => bad("give an address with https://, http://, ssh:// or file://, or a path"),
    }
}

fn host(url: &str, authority: &str, scp: bool) -> Result<Address, SourceError> {
    let bad = |why| Err(SourceError::BadUrl { url: shown(url), why });
    let (user, place) = match authority.rsplit_once('@') {
        Some((user, place)) => (Some(user), place),
        None => (None, authority),
    };
    if user.is_some_and(|user| user.contains(':')) {
        return bad("it holds a password; configure it as the token of the source instead");
    }
    let bracketed = place.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (name, port) = match (bracketed, place.split_once(':')) {
        (Some((name, rest)), _) => (name, rest.strip_prefix(':')),
        (None, Some((name, port))) if !scp => (name, Some(port)),
        _ => (place, None),
    };
    let number = port.map(str::parse::<u16>).transpose();
    let (Ok(port), false) = (number, name.is_empty()) else { return bad("it has no usable host and port") };
    let user = user.filter(|user| !user.is_empty()).map(str::to_owned);
    Ok(Address { shown: shown(url), user, host: name.to_lowercase(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_holds_no_user_and_no_password() {
        for (url, wanted) in [
            ("https://me:s3cret@git.example/a/b.git?token=s3cret", "https://git.example/a/b.git"),
            ("https://s3cret@git.example/a", "https://git.example/a"),
            ("https://me:s3@cret@git.example/a", "https://git.example/a"),
            ("git@git.example:a/b.git", "git.example:a/b.git"),
            ("/srv/a@b/repo.git", "/srv/a@b/repo.git"),
            ("ssh://git@git.example:2222/a", "ssh://git.example:2222/a"),
        ] {
            assert_eq!(shown(url), wanted);
        }
    }

    #[test]
    fn addresses_are_taken_apart() {
        let ssh = parse("ssh://git@Git.Example:2222/a").unwrap();
        assert_eq!(
            (ssh.user.as_deref(), ssh.host.as_str(), ssh.port),
            (Some("git"), "git.example", Some(2222))
        );
        let scp = parse("git@git.example:a/b.git").unwrap();
        assert_eq!((scp.user.as_deref(), scp.host.as_str(), scp.port), (Some("git"), "git.example", None));
        let six = parse("https://[::1]:8443/a").unwrap();
        assert_eq!((six.host.as_str(), six.port), ("::1", Some(8443)));
        for bad in
            ["", "git://x/y", "ext::sh -c x", "ext::x://y", "https://", "https://h:port/a", "ftp://x/y"]
        {
            assert!(parse(bad).is_err(), "{bad:?} must be refused");
        }
        let error = parse("https://me:s3cret@git.example/a").unwrap_err().to_string();
        assert!(!error.contains("s3cret") && error.contains("password"), "{error}");
    }
}
