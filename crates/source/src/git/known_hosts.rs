//! A configured `known_hosts` file: whether a host showed the key that it is known by.
//!
//! Only plain names are read, as `ssh-keyscan` writes them. Deliberately absent: hashed names,
//! wildcards and certificates; a line that is not understood trusts nobody.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What the file says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The host is known by this key.
    Known,
    /// The host is known, but not by this key.
    Different,
    /// The host or this key was revoked.
    Revoked,
    /// Nothing is said of the host.
    Unknown,
}

/// Looks a key up. `key` is the key as the server sent it.
pub(super) fn check(text: &str, host: &str, port: Option<u16>, key: &[u8]) -> Verdict {
    let name = match port {
        Some(port) if port != 22 => format!("[{host}]:{port}"),
        _ => host.to_owned(),
    };
    let mut verdict = Verdict::Unknown;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        let marker = first.starts_with('@').then_some(first);
        let names = if marker.is_some() { words.next().unwrap_or_default() } else { first };
        let same = words.nth(1).and_then(|text| STANDARD.decode(text).ok()).is_some_and(|known| known == key);
        if marker == Some("@revoked") && same {
            return Verdict::Revoked;
        }
        if marker.is_some() || !names.split(',').any(|n| n.eq_ignore_ascii_case(&name)) {
            continue;
        }
        verdict = match (verdict, same) {
            (Verdict::Known, _) | (_, true) => Verdict::Known,
            _ => Verdict::Different,
        };
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_known_key_of_the_known_host_is_trusted() {
        let file = "# hosts\ngit.example,10.0.0.1 ssh-ed25519 a2V5\n[git.example]:2222 ssh-rsa b3RoZXI= x\n";
        assert_eq!(check(file, "git.example", None, b"key"), Verdict::Known);
        assert_eq!(check(file, "10.0.0.1", Some(22), b"key"), Verdict::Known);
        assert_eq!(check(file, "git.example", None, b"evil"), Verdict::Different);
        assert_eq!(check(file, "git.example", Some(2222), b"key"), Verdict::Different);
        assert_eq!(check(file, "git.example", Some(2222), b"other"), Verdict::Known);
        assert_eq!(check(file, "else.example", None, b"key"), Verdict::Unknown);
        let revoked = format!("{file}@revoked * ssh-ed25519 a2V5\n");
        assert_eq!(check(&revoked, "git.example", None, b"key"), Verdict::Revoked);
    }
}
