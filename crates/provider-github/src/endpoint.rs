//! Where the API is: github.com has REST at the root and GraphQL at `/graphql`; GitHub Enterprise has
//! them at `/api/v3` and `/api/graphql`.

use crate::problem::GithubProblem;

/// The parts of the API's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// As configured.
    pub(crate) shown: String,
    /// Scheme and host.
    pub(crate) root: String,
    /// Before every REST path.
    pub(crate) rest: String,
    /// The path of GraphQL.
    pub(crate) graphql: String,
}

impl Endpoint {
    /// # Errors
    /// [`GithubProblem::Config`] for what is no address, or sends tokens over the network in the clear.
    pub(crate) fn parse(url: &str) -> Result<Self, GithubProblem> {
        let bad = |why: &str| GithubProblem::Config {
            what: "the address of GitHub (`github.url`)",
            why: format!("`{}` {why}", url.escape_debug()),
        };
        let (scheme, rest) = url.split_once("://").ok_or_else(|| bad("begins with https://"))?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        if host.is_empty() || host.contains(['@', '?', '#', ' ']) || path.contains(['?', '#', ' ']) {
            return Err(bad("is no address: write https://HOST or https://HOST/api/v3"));
        }
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let here = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
        if !(scheme == "https" || scheme == "http" && here) {
            return Err(bad("must begin with https://: tokens would travel in the clear"));
        }
        let path = path.trim_end_matches('/');
        let rest = if path.is_empty() { String::new() } else { format!("/{path}") };
        let graphql = match rest.strip_suffix("/api/v3") {
            Some(before) => format!("{before}/api/graphql"),
            None => format!("{rest}/graphql"),
        };
        Ok(Self { shown: url.to_owned(), root: format!("{scheme}://{host}"), rest, graphql })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enterprise_keeps_its_apis_side_by_side() {
        let com = Endpoint::parse("https://api.github.com").unwrap();
        assert_eq!((com.rest.as_str(), com.graphql.as_str()), ("", "/graphql"));
        let own = Endpoint::parse("https://git.example.com/api/v3/").unwrap();
        assert_eq!((own.rest.as_str(), own.graphql.as_str()), ("/api/v3", "/api/graphql"));
        assert_eq!(own.root, "https://git.example.com");
    }

    #[test]
    fn tokens_never_travel_in_the_clear() {
        assert!(Endpoint::parse("http://127.0.0.1:8080").is_ok());
        for bad in ["http://git.example.com", "ftp://localhost", "https://", "git.example.com", "https://u@h"]
        {
            assert!(Endpoint::parse(bad).is_err(), "{bad}");
        }
    }
}
