//! Before a handler runs: is the thing in the path visible, and is the permission there?

use super::Caller;
use crate::answer::{Answer, forbidden, not_found, refusal};
use crate::ids::Id;
use crate::route::{Level, Need};
use crate::world::{Repo, World};

/// What the path names, once the caller may do what it asks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scope {
    pub(crate) repo: Id,
    pub(crate) org: Id,
}

/// Finds what the path names; 404 for the invisible, 403 for the forbidden.
pub(crate) fn allow(
    world: &World,
    caller: &Caller,
    need: Need,
    value: &dyn Fn(&str) -> Option<String>,
) -> Result<Scope, Answer> {
    match need {
        Need::Nothing => Ok(Scope::default()),
        Need::Jwt => match caller {
            Caller::App(_) => Ok(Scope::default()),
            Caller::Nobody | Caller::Token { .. } => {
                Err(refusal(401, "A JSON web token could not be decoded"))
            }
        },
        Need::Repo(permission, level) => {
            repo(world, caller, permission, level, value, Caller::may).map_err(Answer::from)
        }
        Need::EvenArchived(permission) => {
            match repo(world, caller, permission, Level::Write, value, Caller::may) {
                Err(Refused::Archived(scope)) => Ok(scope),
                other => other.map_err(Answer::from),
            }
        }
        Need::Reader(permissions, level) => {
            let mut last = not_found();
            for permission in permissions {
                match repo(world, caller, permission, level, value, Caller::may_as_reader) {
                    Ok(scope) => return Ok(scope),
                    Err(refused) => last = refused.into(),
                }
            }
            Err(last)
        }
        Need::Org(permission, level) => org(world, caller, permission, level, value),
    }
}

/// Why a repository may not be touched.
enum Refused {
    Answer(Answer),
    /// Only because it is archived.
    Archived(Scope),
}

impl From<Answer> for Refused {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

impl From<Refused> for Answer {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Answer(answer) => answer,
            Refused::Archived(_) => forbidden("Repository was archived so is read-only."),
        }
    }
}

/// How a right in a repository is asked.
type May = fn(&Caller, &World, &Repo, &str, Level) -> bool;

fn repo(
    world: &World,
    caller: &Caller,
    permission: &str,
    level: Level,
    value: &dyn Fn(&str) -> Option<String>,
    may: May,
) -> Result<Scope, Refused> {
    let (owner, name) = (value("owner").unwrap_or_default(), value("repo").unwrap_or_default());
    let repo = world.repo_named(&owner, &name).ok_or_else(not_found)?;
    if !caller.sees(world, repo) {
        return Err(not_found().into());
    }
    if !may(caller, world, repo, permission, level) {
        return Err(denied(caller, level).into());
    }
    let scope = Scope { repo: repo.id, org: repo.owner };
    if level == Level::Write && repo.archived { Err(Refused::Archived(scope)) } else { Ok(scope) }
}

fn org(
    world: &World,
    caller: &Caller,
    permission: &str,
    level: Level,
    value: &dyn Fn(&str) -> Option<String>,
) -> Result<Scope, Answer> {
    let org = world.org_named(&value("org").unwrap_or_default()).ok_or_else(not_found)?.id;
    // The organisation itself and its public repositories are for everybody.
    let public = level == Level::Read && permission == "metadata";
    if public || caller.may_org(world, org, permission, level) {
        return Ok(Scope { repo: 0, org });
    }
    Err(denied(caller, level))
}

/// An App and a fine-grained token are told that they lack something; a person is told nothing on a read.
fn denied(caller: &Caller, level: Level) -> Answer {
    if caller.installation().is_some() {
        return forbidden("Resource not accessible by integration");
    }
    match caller {
        Caller::Token { token, .. } if token.permissions.is_some() => {
            forbidden("Resource not accessible by personal access token")
        }
        Caller::Token { .. } if level == Level::Write => forbidden("Must have admin rights to Repository."),
        Caller::Nobody => refusal(401, "Requires authentication"),
        Caller::App(_) | Caller::Token { .. } => not_found(),
    }
}
