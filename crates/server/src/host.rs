//! The defence against DNS rebinding: a foreign web page can make a browser send requests to our
//! loopback address, but only under the page's own host name.

use axum::http::{HeaderMap, Uri, header, uri::Authority};
use std::net::IpAddr;

/// Whether the request was meant for us: for a loopback name, or the public host. The target of an
/// absolute request line counts before the header, as HTTP says.
pub(crate) fn is_ours(uri: &Uri, headers: &HeaderMap, public: Option<&str>) -> bool {
    let authority = uri.authority().cloned().or_else(|| sole_host(headers));
    authority.is_some_and(|authority| {
        let host = authority.host();
        !authority.as_str().contains('@')
            && (is_loopback(host) || public.is_some_and(|public| public.eq_ignore_ascii_case(host)))
    })
}

fn sole_host(headers: &HeaderMap) -> Option<Authority> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let first = hosts.next()?;
    if hosts.next().is_some() {
        return None;
    }
    Authority::try_from(first.as_bytes()).ok()
}

fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(host: &str) -> bool {
        let headers = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
        is_ours(&Uri::from_static("/x"), &headers, Some("aplomo.example"))
    }

    #[test]
    fn only_loopback_names_and_the_public_host_are_ours() {
        for yes in
            ["localhost", "LOCALHOST:80", "127.0.0.1:8080", "[::1]", "[::1]:8080", "aplomo.example:443"]
        {
            assert!(ours(yes), "{yes}");
        }
        for no in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1",
            "a@localhost",
            "",
        ] {
            assert!(!ours(no), "{no}");
        }
    }

    #[test]
    fn no_host_or_two_hosts_are_refused_and_the_request_line_counts_first() {
        let two = HeaderMap::from_iter([(header::HOST, "localhost".parse().unwrap())]);
        let mut both = two.clone();
        both.append(header::HOST, "localhost".parse().unwrap());
        assert!(!is_ours(&Uri::from_static("/"), &HeaderMap::new(), None));
        assert!(!is_ours(&Uri::from_static("/"), &both, None));
        assert!(!is_ours(&Uri::from_static("http://evil.example/"), &two, None));
    }
}
