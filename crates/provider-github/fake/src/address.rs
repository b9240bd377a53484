//! The addresses of a request: by number, by a former name, as an enterprise server has them; and the question.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::answer::{Answer, refusal};
use crate::gate::Request;
use crate::route::decode;
use crate::world::World;

/// Gives a request the path that the table of calls knows.
pub(crate) fn settle(world: &World, request: &mut Request) {
    enterprise(request);
    // Where redirects lead, and the addresses that teams carry.
    if let Some(path) = numbered(world, &request.path) {
        request.path = path;
    }
}

/// `/repositories/7/hooks` is `/repos/owner/name/hooks`; `/organizations/7/team/8` is `/orgs/login/teams/slug`.
fn numbered(world: &World, path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let id = |at: usize| parts.get(at)?.parse::<u64>().ok();
    let (base, used) = match (*parts.first()?, parts.get(2)) {
        ("repositories", _) => (format!("/repos/{}", world.full_name(world.repos.get(&id(1)?)?)), 2),
        ("organizations", Some(&"team")) => {
            let org = world.orgs.get(&id(1)?)?;
            (format!("/orgs/{}/teams/{}", org.login, org.teams.get(&id(3)?)?.slug), 4)
        }
        ("user", None) => (format!("/users/{}", world.users.get(&id(1)?)?.login), 2),
        ("organizations", _) => (format!("/orgs/{}", world.orgs.get(&id(1)?)?.login), 2),
        _ => return None,
    };
    let rest: String = parts.iter().skip(used).map(|part| format!("/{part}")).collect();
    Some(base + &rest)
}

/// GitHub Enterprise Server says `/api/v3` and `/api/graphql`: a client that was told so finds the same here.
fn enterprise(request: &mut Request) {
    if request.path == "/api/graphql" {
        "/graphql".clone_into(&mut request.path);
    } else if let Some(rest) = request.path.strip_prefix("/api/v3") {
        request.path = rest.to_owned();
    }
}

/// A former name leads to the number: 301 for reads, 307 for the rest.
pub(crate) fn moved(
    world: &World,
    request: &Request,
    base: &str,
    value: &dyn Fn(&str) -> Option<String>,
) -> Option<Answer> {
    let (owner, name) = (value("owner")?, value("repo")?);
    if world.repo_named(&owner, &name).is_some() {
        return None;
    }
    let id = world.renamed.get(&format!("{owner}/{name}").to_lowercase())?;
    let rest: String = request.path.split('/').skip(4).map(|part| format!("/{part}")).collect();
    let url = format!("{base}/repositories/{id}{rest}");
    let status = if request.method == "GET" { 301 } else { 307 };
    let mut answer = refusal(status, if status == 301 { "Moved Permanently" } else { "Temporary Redirect" });
    if let Some(body) = answer.body.as_mut().and_then(Value::as_object_mut) {
        body.insert("url".to_owned(), Value::from(url.clone()));
    }
    Some(answer.header("location", url))
}

/// The question, read.
pub(crate) fn query(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(&value.replace('+', " "))))
        .collect()
}
