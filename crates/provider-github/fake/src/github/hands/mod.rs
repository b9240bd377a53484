//! What persons do on GitHub's pages and with git, for tests: with the rights of the person, the activity and the
//! webhooks that the same call or push brings about, and without a request in the log, a limit or a fault.

mod pages;
mod pushes;

use serde_json::Value;

use super::GitHub;
use crate::answer::Answer;
use crate::auth::Caller;
use crate::call::Call;
use crate::error::Error;
use crate::gate::Request;
use crate::git::{Bare, Said};
use crate::ids::Id;
use crate::route::Level;
use crate::state::lock;

/// A path and its content; without content the file goes.
pub type File<'a> = (&'a str, Option<&'a str>);

impl From<Said> for Error {
    fn from(said: Said) -> Self {
        Self::Git(said.0)
    }
}

impl From<Answer> for Error {
    fn from(answer: Answer) -> Self {
        let body = answer.body.unwrap_or_default();
        let errors = body.get("errors").map(|errors| format!(" {errors}")).unwrap_or_default();
        Self::Refused(answer.status, format!("{}{errors}", body["message"].as_str().unwrap_or_default()))
    }
}

impl GitHub {
    /// Any call as a person who sits before GitHub's pages: `PATCH`, `repos/acme/shop/pulls/3`, a body. The answer's body.
    ///
    /// # Errors
    /// What GitHub says when it refuses.
    pub fn act(&self, user: Id, method: &str, path: &str, body: &Value) -> Result<Value, Error> {
        let mut state = lock(&self.state);
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let request = Request {
            method: method.to_owned(),
            path: format!("/{path}"),
            query: query.to_owned(),
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
            ..Request::default()
        };
        let (now, writes) = (state.clock.now(), state.writes);
        std::sync::Arc::make_mut(&mut state.world).settle(now);
        let answer = state.found(&request, &Caller::at_home(user), method != "GET").1;
        // Only requests are counted.
        state.writes = writes;
        drop(state);
        self.flush();
        if answer.status >= 300 { Err(answer.into()) } else { Ok(answer.body.unwrap_or_default()) }
    }

    /// Sends what was noted.
    fn flush(&self) {
        let noted = std::mem::take(&mut lock(&self.state).outbox);
        if !noted.is_empty() {
            self.spawn(noted);
        }
    }

    fn path(&self, repo: Id, rest: &str) -> String {
        let world = self.world();
        let name = world.repos.get(&repo).map(|repo| world.full_name(repo)).unwrap_or_default();
        format!("repos/{name}/{rest}")
    }

    /// Something with a repository's git, as a person.
    fn with_git<T>(
        &self,
        repo: Id,
        user: Id,
        act: impl FnOnce(&mut Call<'_>, Bare) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let caller = Caller::at_home(user);
        let done = lock(&self.state).behind(&caller, repo, |call| {
            let found = call.repo()?;
            let writes = call.caller.may(call.world, found, "contents", Level::Write) && !found.archived;
            if !writes {
                return Err(Error::Refused(403, "Write access to repository not granted.".to_owned()));
            }
            let bare = call.bare()?;
            act(call, bare)
        });
        self.flush();
        done
    }
}
