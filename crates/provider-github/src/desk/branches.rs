//! Proposing a change: a branch with one commit on top of another, and a pull request of it. Everything is made by
//! GitHub's own objects, so no work tree and no push is needed.

use super::wire::Pull;
use super::{Desk, absent};
use crate::problem::GithubProblem;
use crate::route::Route;
use aplomo_core::ports::ReadCx;
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

/// A file as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Its path below the root of the repository.
    pub path: String,
    /// Its text; `None` takes it away.
    pub text: Option<String>,
}

/// A change that is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed<'a> {
    /// The branch to make.
    pub branch: &'a str,
    /// The branch to merge it into.
    pub base: &'a str,
    /// The commit to put it on.
    pub onto: &'a str,
    /// The files.
    pub files: &'a [FileChange],
    /// The headline, of the commit too.
    pub title: &'a str,
    /// The text.
    pub body: &'a str,
}

#[derive(Deserialize)]
struct Object {
    sha: String,
}

#[derive(Deserialize)]
struct OfCommit {
    tree: Object,
}

impl Desk {
    /// Opens a pull request, and gives the commit that was made for it; the one that is open from that branch already,
    /// and no commit, where there is one.
    ///
    /// # Errors
    /// Any [`GithubProblem`].
    pub async fn propose(
        &self,
        cx: &ReadCx<'_>,
        proposed: &Proposed<'_>,
    ) -> Result<(Pull, Option<String>), GithubProblem> {
        if let Some(open) = self.open_from(cx, proposed).await? {
            return Ok((open, None));
        }
        let commit = self.commit(cx, proposed).await?;
        self.branch(cx, proposed.branch, &commit).await?;
        let body = json!({ "title": proposed.title, "body": proposed.body, "head": proposed.branch,
            "base": proposed.base, "maintainer_can_modify": false });
        Ok((self.make(cx, "/repos/{owner}/{repo}/pulls", &body).await?, Some(commit)))
    }

    async fn open_from(
        &self,
        cx: &ReadCx<'_>,
        proposed: &Proposed<'_>,
    ) -> Result<Option<Pull>, GithubProblem> {
        let open = self.pulls(cx, proposed.base).await?;
        Ok(open.into_iter().find(|pull| pull.head.branch == proposed.branch))
    }

    async fn commit(&self, cx: &ReadCx<'_>, proposed: &Proposed<'_>) -> Result<String, GithubProblem> {
        let onto: OfCommit =
            self.read(cx, "/repos/{owner}/{repo}/git/commits/{commit_sha}", &[proposed.onto]).await?;
        let entry = |file: &FileChange| {
            let mut entry = json!({ "path": file.path, "mode": "100644", "type": "blob" });
            match &file.text {
                Some(text) => entry["content"] = text.as_str().into(),
                None => entry["sha"] = Value::Null,
            }
            entry
        };
        let tree = json!({ "base_tree": onto.tree.sha, "tree": proposed.files.iter().map(entry).collect::<Vec<_>>() });
        let tree: Object = self.make(cx, "/repos/{owner}/{repo}/git/trees", &tree).await?;
        let commit = json!({ "message": proposed.title, "tree": tree.sha, "parents": [proposed.onto] });
        let commit: Object = self.make(cx, "/repos/{owner}/{repo}/git/commits", &commit).await?;
        Ok(commit.sha)
    }

    /// Makes the branch, or moves the one that was left from an earlier try.
    async fn branch(&self, cx: &ReadCx<'_>, name: &str, commit: &str) -> Result<(), GithubProblem> {
        let there: Result<Value, _> = self.read(cx, "/repos/{owner}/{repo}/branches/{branch}", &[name]).await;
        let line = self.line(cx);
        if absent(there)?.is_some() {
            let parts = [self.owner.as_str(), self.name.as_str()];
            let mut route = Route::new(Method::PATCH, "/repos/{owner}/{repo}/git/refs/heads/", &parts);
            route.path.push_str(&name.split('/').map(crate::route::escape).collect::<Vec<_>>().join("/"));
            return self.write(&line, &route, &json!({ "sha": commit, "force": true })).await.map(drop);
        }
        let body = json!({ "ref": format!("refs/heads/{name}"), "sha": commit });
        let route = Route::new(Method::POST, "/repos/{owner}/{repo}/git/refs", &self.parts(&[]));
        self.write(&line, &route, &body).await.map(drop)
    }

    async fn make<T: serde::de::DeserializeOwned>(
        &self,
        cx: &ReadCx<'_>,
        template: &'static str,
        body: &Value,
    ) -> Result<T, GithubProblem> {
        let route = Route::new(Method::POST, template, &self.parts(&[]));
        self.write(&self.line(cx), &route, body).await?.json(&route.call)
    }
}
