//! Who asks, and what that one may see and do.
//!
//! GitHub hides what a caller may not know of behind 404 and refuses what it may know of, but not do, with 403.

mod allow;
mod jwt;
mod key;

pub(crate) use allow::{Scope, allow};
pub use key::app_key;

use jiff::Timestamp;

use crate::answer::{Answer, refusal};
use crate::ids::Id;
use crate::route::Level;
use crate::world::{Author, Holder, Repo, Role, Token, World};

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    Nobody,
    /// An App by its JWT.
    App(Id),
    Token {
        text: String,
        token: Token,
    },
}

/// Reads the `Authorization` header: `Bearer …`, `token …`, or basic with the token as the password.
pub(crate) fn identify(world: &World, header: Option<&str>) -> Result<Caller, Answer> {
    let Some(header) = header else { return Ok(Caller::Nobody) };
    let text = secret(header).ok_or_else(bad)?;
    if text.split('.').count() == 3 {
        return jwt::verify(world, &text).map(Caller::App);
    }
    let token = world.tokens.get(&text).ok_or_else(bad)?;
    if token.expires_at.is_some_and(|at| at <= world.now) || suspended(world, token) {
        return Err(bad());
    }
    Ok(Caller::Token { text, token: token.clone() })
}

fn suspended(world: &World, token: &Token) -> bool {
    match token.holder {
        Holder::Person(_) => false,
        Holder::Installation(id) => world.installations.get(&id).is_none_or(|found| found.suspended),
    }
}

fn bad() -> Answer {
    refusal(401, "Bad credentials")
}

fn secret(header: &str) -> Option<String> {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    let (scheme, rest) = header.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => Some(rest.trim().to_owned()),
        "basic" => {
            let plain = String::from_utf8(BASE64_STANDARD.decode(rest.trim()).ok()?).ok()?;
            Some(plain.split_once(':')?.1.to_owned())
        }
        _ => None,
    }
}

impl Caller {
    /// Under whose name requests are counted and ETags are kept.
    pub(crate) fn account(&self) -> String {
        match self {
            Self::Nobody => "nobody".to_owned(),
            Self::App(id) => format!("app {id}"),
            Self::Token { token, .. } => match token.holder {
                Holder::Person(id) => format!("user {id}"),
                Holder::Installation(id) => format!("installation {id}"),
            },
        }
    }

    /// An ETag belongs to one token.
    pub(crate) fn token_text(&self) -> &str {
        match self {
            Self::Nobody | Self::App(_) => "",
            Self::Token { text, .. } => text,
        }
    }

    /// The person, if it is one.
    pub(crate) fn person(&self) -> Option<Id> {
        match self {
            Self::Token { token: Token { holder: Holder::Person(id), .. }, .. } => Some(*id),
            _ => None,
        }
    }

    /// The installation, if it is one.
    pub(crate) fn installation(&self) -> Option<Id> {
        match self {
            Self::Token { token: Token { holder: Holder::Installation(id), .. }, .. } => Some(*id),
            _ => None,
        }
    }

    /// Whether the token carries a permission; a classic token and the App itself carry whatever their holder has.
    pub(crate) fn carries(&self, permission: &str, level: Level) -> bool {
        let Self::Token { token, .. } = self else { return false };
        let Some(permissions) = &token.permissions else { return true };
        permissions
            .get(permission)
            .is_some_and(|has| has == "write" || has == "admin" || level == Level::Read)
    }

    /// Whether a repository is in what the token was made for.
    fn covers(&self, world: &World, repo: &Repo) -> bool {
        let Self::Token { token, .. } = self else { return false };
        let installed = match token.holder {
            Holder::Person(_) => true,
            Holder::Installation(id) => world.installations.get(&id).is_some_and(|found| {
                found.org == repo.owner && found.repos.as_ref().is_none_or(|repos| repos.contains(&repo.id))
            }),
        };
        installed && token.repos.as_ref().is_none_or(|repos| repos.contains(&repo.id))
    }

    /// Whether the caller may know that a repository exists.
    pub(crate) fn sees(&self, world: &World, repo: &Repo) -> bool {
        let private = match self.person() {
            Some(person) => world.role(repo, person).is_some(),
            None => self.installation().is_some(),
        };
        repo.visibility == "public" || (private && self.covers(world, repo))
    }

    /// Whether the caller may do something in a repository that it sees.
    pub(crate) fn may(&self, world: &World, repo: &Repo, permission: &str, level: Level) -> bool {
        let personal = match self.person() {
            Some(person) => world.role(repo, person) >= Some(needed(permission, level)),
            None => self.installation().is_some(),
        };
        let public = level == Level::Read
            && repo.visibility == "public"
            && matches!(permission, "metadata" | "contents" | "issues" | "actions" | "checks");
        public || (personal && self.covers(world, repo) && self.carries(permission, level))
    }

    /// Whether the caller may do something for which a person needs no more than to read the repository.
    pub(crate) fn may_as_reader(&self, world: &World, repo: &Repo, permission: &str, level: Level) -> bool {
        let public = repo.visibility == "public";
        let personal = match self.person() {
            Some(person) => public || world.role(repo, person).is_some(),
            None => self.installation().is_some(),
        };
        (public && level == Level::Read)
            || (personal && self.covers(world, repo) && self.carries(permission, level))
    }

    /// Whom the caller acts as.
    pub(crate) fn author(&self, world: &World) -> Option<Author> {
        let app = match self {
            Self::App(id) => Some(*id),
            _ => self.installation().and_then(|id| world.installations.get(&id)).map(|found| found.app),
        };
        self.person().map(Author::Person).or(app.map(Author::App))
    }

    /// A person as it is at home on GitHub's own pages: it may whatever it may.
    pub(crate) fn at_home(person: Id) -> Self {
        let token =
            Token { holder: Holder::Person(person), permissions: None, repos: None, expires_at: None };
        Self::Token { text: String::new(), token }
    }

    /// Whether the caller may do something in an organisation.
    pub(crate) fn may_org(&self, world: &World, org: Id, permission: &str, level: Level) -> bool {
        let holder = match (self.person(), self.installation()) {
            (Some(person), _) => {
                let member = world.orgs.get(&org).is_some_and(|org| org.members.contains_key(&person));
                let public = matches!(permission, "metadata" | "members") && level == Level::Read;
                world.owns(org, person) || (member && public)
            }
            (None, Some(id)) => world.installations.get(&id).is_some_and(|found| found.org == org),
            (None, None) => false,
        };
        holder && self.carries(permission, level)
    }
}

/// What a person's role must be for what a permission allows.
fn needed(permission: &str, level: Level) -> Role {
    match (permission, level) {
        ("metadata", _) | ("contents" | "issues" | "actions" | "pull_requests" | "checks", Level::Read) => {
            Role::Pull
        }
        ("issues" | "contents" | "pull_requests" | "checks" | "statuses", Level::Write) => Role::Push,
        ("secrets" | "actions_variables" | "environments", Level::Read) => Role::Push,
        _ => Role::Admin,
    }
}

/// A JWT and an installation token end.
pub(crate) fn in_an_hour(now: Timestamp) -> Timestamp {
    now + jiff::SignedDuration::from_hours(1)
}
