//! The table of calls: method, path as GitHub's description writes it, the permission it needs, the handler.

use std::collections::HashMap;

use crate::answer::Said;
use crate::call::Call;

/// What a caller needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Anybody.
    Nothing,
    /// The App itself, by its JWT.
    Jwt,
    /// A permission of the repository in the path.
    Repo(&'static str, Level),
    /// The same, to write, also where the repository is archived: it can be deleted and taken out of the archive.
    EvenArchived(&'static str),
    /// Any of these permissions of the repository in the path; a person needs no more than to read the repository, and
    /// what else it takes the handler asks.
    Reader(&'static [&'static str], Level),
    /// A permission of the organisation in the path.
    Org(&'static str, Level),
}

/// How much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Read,
    Write,
}

impl Level {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// One call.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) need: Need,
    pub(crate) run: fn(&mut Call<'_>) -> Said,
}

type Run = fn(&mut Call<'_>) -> Said;

/// Reads something of a repository.
pub(crate) const fn get(path: &'static str, permission: &'static str, run: Run) -> Route {
    Route { method: "GET", path, need: Need::Repo(permission, Level::Read), run }
}

/// Changes something of a repository.
pub(crate) const fn write(
    method: &'static str,
    path: &'static str,
    permission: &'static str,
    run: Run,
) -> Route {
    Route { method, path, need: Need::Repo(permission, Level::Write), run }
}

/// Reads or changes something that everybody who reads the repository has a part in.
pub(crate) const fn reader(
    method: &'static str,
    path: &'static str,
    permissions: &'static [&'static str],
    level: Level,
    run: Run,
) -> Route {
    Route { method, path, need: Need::Reader(permissions, level), run }
}

/// Reads something of an organisation.
pub(crate) const fn org_get(path: &'static str, permission: &'static str, run: Run) -> Route {
    Route { method: "GET", path, need: Need::Org(permission, Level::Read), run }
}

/// Changes something of an organisation.
pub(crate) const fn org_write(
    method: &'static str,
    path: &'static str,
    permission: &'static str,
    run: Run,
) -> Route {
    Route { method, path, need: Need::Org(permission, Level::Write), run }
}

/// Neither.
pub(crate) const fn free(method: &'static str, path: &'static str, need: Need, run: Run) -> Route {
    Route { method, path, need, run }
}

/// Finds the route of a request.
pub(crate) struct Table {
    router: matchit::Router<usize>,
    /// By the place in the router, then by method.
    routes: Vec<HashMap<&'static str, Route>>,
}

impl Table {
    /// From lists of routes. A path that contradicts another is a mistake in the lists: it is never matched,
    /// and the test of this module names it.
    pub(crate) fn new(lists: &[&[Route]]) -> (Self, Vec<String>) {
        let mut table = Self { router: matchit::Router::new(), routes: Vec::new() };
        let mut places: HashMap<&'static str, usize> = HashMap::new();
        let mut wrong = Vec::new();
        for route in lists.iter().copied().flatten() {
            let place = *places.entry(route.path).or_insert_with(|| {
                table.routes.push(HashMap::new());
                let place = table.routes.len() - 1;
                let inserted = table.router.insert(uniform(route.path), place);
                wrong.extend(inserted.err().map(|error| format!("{}: {error}", route.path)));
                place
            });
            if table.routes[place].insert(route.method, *route).is_some() {
                wrong.push(format!("{} {} is listed twice", route.method, route.path));
            }
        }
        (table, wrong)
    }

    /// The route, and the values in the path in the order of its placeholders.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<(Route, Vec<(String, String)>)> {
        let found = self.router.at(path).ok()?;
        let route = *self.routes.get(*found.value)?.get(method)?;
        let names = placeholders(route.path);
        let values = found.params.iter().map(|(_, value)| decode(value));
        Some((route, names.map(str::to_owned).zip(values).collect()))
    }
}

fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// The router wants one name for one place in all paths. The name of a reference may have slashes.
fn uniform(path: &str) -> String {
    let parts = path.split('/').enumerate();
    let rest = ["/git/ref/{ref}", "/git/refs/{ref}"].iter().any(|end| path.ends_with(end));
    let named = parts.map(|(at, part)| match part {
        "{ref}" if rest => format!("{{*p{at}}}"),
        _ if part.starts_with('{') => format!("{{p{at}}}"),
        _ => part.to_owned(),
    });
    named.collect::<Vec<_>>().join("/")
}

/// Percent-decoding.
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The other way round, for what stands behind a question mark.
pub(crate) fn encode(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~,".contains(&byte);
    text.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paths_of_all_families_fit_together() {
        let (_, wrong) = Table::new(crate::family::ROUTES);
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_slash_in_a_name_comes_encoded() {
        assert_eq!(decode("release%2F1.x"), "release/1.x");
        assert_eq!(decode("100%"), "100%");
    }
}
