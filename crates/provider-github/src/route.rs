//! A REST call's method and path. Its template is its name in counts, budgets and errors, so that a
//! thousand repositories make one line.

use http::Method;
use std::fmt::Write as _;

/// The call of a GraphQL request.
pub(crate) const GRAPHQL: &str = "github:graphql";
/// What GraphQL requests cost, counted point by point.
pub(crate) const POINTS: &str = "github:graphqlPoints";

/// One call.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) method: Method,
    /// The path with its query.
    pub(crate) path: String,
    /// `github:METHOD /template`.
    pub(crate) call: String,
}

impl Route {
    /// A call; each `{…}` of the template takes the next part, escaped.
    pub(crate) fn new(method: Method, template: &'static str, parts: &[&str]) -> Self {
        let mut path = String::with_capacity(template.len());
        let mut parts = parts.iter();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            path.push_str(before);
            path.push_str(&escape(parts.next().copied().unwrap_or_default()));
            rest = after.split_once('}').map_or("", |(_, rest)| rest);
        }
        path.push_str(rest);
        Self { call: format!("github:{method} {template}"), method, path }
    }

    pub(crate) fn get(template: &'static str, parts: &[&str]) -> Self {
        Self::new(Method::GET, template, parts)
    }

    /// A listing: 100 a page.
    pub(crate) fn list(template: &'static str, parts: &[&str]) -> Self {
        let mut route = Self::get(template, parts);
        route.path.push_str("?per_page=100");
        route
    }

    /// The same call for another page.
    pub(crate) fn at(&self, path: String) -> Self {
        Self { path, ..self.clone() }
    }

    /// Whether it makes content that GitHub counts apart: 80 a minute, 500 an hour.
    pub(crate) fn creates(&self) -> bool {
        self.method == Method::POST
    }
}

/// A path segment: everything but unreserved characters as `%XX`.
pub(crate) fn escape(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_escaped_and_the_template_names_the_call() {
        let route = Route::get("/repos/{owner}/{repo}/labels/{name}", &["acme", "web", "needs work/ä"]);
        assert_eq!(route.path, "/repos/acme/web/labels/needs%20work%2F%C3%A4");
        assert_eq!(route.call, "github:GET /repos/{owner}/{repo}/labels/{name}");
        assert_eq!(Route::list("/orgs/{org}/teams", &["a"]).path, "/orgs/a/teams?per_page=100");
    }
}
