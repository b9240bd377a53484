//! Pull requests and what is said about them.

use super::wire::{CheckOutput, CheckRun, Comment, Issue, Pull, Review};
use super::{Desk, absent};
use crate::problem::GithubProblem;
use crate::route::Route;
use aplomo_core::ports::ReadCx;
use http::Method;
use serde_json::{Value, json};

/// The most annotations of one request.
const ANNOTATIONS: usize = 50;

impl Desk {
    /// The open pull requests into a branch.
    ///
    /// # Errors
    /// Any [`GithubProblem`].
    pub async fn pulls(&self, cx: &ReadCx<'_>, base: &str) -> Result<Vec<Pull>, GithubProblem> {
        let query = format!("&state=open&base={}", crate::route::escape(base));
        self.list(cx, ("/repos/{owner}/{repo}/pulls", &query), &[]).await
    }

    /// One pull request; `None` where there is none.
    ///
    /// # Errors
    /// Any [`GithubProblem`].
    pub async fn pull(&self, cx: &ReadCx<'_>, number: u64) -> Result<Option<Pull>, GithubProblem> {
        absent(self.read(cx, "/repos/{owner}/{repo}/pulls/{pull_number}", &[&number.to_string()]).await)
    }

    /// Its reviews, oldest first.
    ///
    /// # Errors
    /// Any [`GithubProblem`].
    pub async fn reviews(&self, cx: &ReadCx<'_>, number: u64) -> Result<Vec<Review>, GithubProblem> {
        self.list(cx, ("/repos/{owner}/{repo}/pulls/{pull_number}/reviews", ""), &[&number.to_string()]).await
    }

    /// Its comments, oldest first.
    ///
    /// # Errors
    /// Any [`GithubProblem`].
    pub async fn comments(&self, cx: &ReadCx<'_>, number: u64) -> Result<Vec<Comment>, GithubProblem> {
        self.list(cx, ("/repos/{owner}/{repo}/issues/{issue_number}/comments", ""), &[&number.to_string()])
            .await
    }

    /// Writes a comment.
    ///
    /// # Errors
    /// Any [`GithubProblem`]; after an ambiguous one, look at the comments before trying again.
    pub async fn comment(&self, cx: &ReadCx<'_>, number: u64, body: &str) -> Result<Comment, GithubProblem> {
        let template = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
        let number = number.to_string();
        let route = Route::new(Method::POST, template, &self.parts(&[&number]));
        self.write(&self.line(cx), &route, &json!({ "body": body })).await?.json(&route.call)
    }

    /// Writes a comment anew in its place.
    ///
    /// # Errors
    /// Any [`GithubProblem`].
    pub async fn edit_comment(&self, cx: &ReadCx<'_>, id: u64, body: &str) -> Result<Comment, GithubProblem> {
        let template = "/repos/{owner}/{repo}/issues/comments/{comment_id}";
        let id = id.to_string();
        let route = Route::new(Method::PATCH, template, &self.parts(&[&id]));
        self.write(&self.line(cx), &route, &json!({ "body": body })).await?.json(&route.call)
    }

    /// Says what our check of a commit says: in the run that we have there, or in a new one.
    ///
    /// # Errors
    /// Any [`GithubProblem`].
    pub async fn check(
        &self,
        cx: &ReadCx<'_>,
        (name, commit): (&str, &str),
        output: &CheckOutput,
    ) -> Result<u64, GithubProblem> {
        let line = self.line(cx);
        let mut pages = output.annotations.chunks(ANNOTATIONS);
        let mut body = check_body(output, pages.next().unwrap_or_default());
        let id = match self.check_of(cx, name, commit).await? {
            Some(run) => {
                self.write(&line, &self.check_route(run.id), &body).await?;
                run.id
            }
            None => {
                let route = Route::new(Method::POST, "/repos/{owner}/{repo}/check-runs", &self.parts(&[]));
                body["name"] = name.into();
                body["head_sha"] = commit.into();
                self.write(&line, &route, &body).await?.json::<CheckRun>(&route.call)?.id
            }
        };
        for page in pages {
            self.write(&line, &self.check_route(id), &check_body(output, page)).await?;
        }
        Ok(id)
    }

    fn check_route(&self, id: u64) -> Route {
        let template = "/repos/{owner}/{repo}/check-runs/{check_run_id}";
        Route::new(Method::PATCH, template, &self.parts(&[&id.to_string()]))
    }

    /// Our run of this name at a commit.
    async fn check_of(
        &self,
        cx: &ReadCx<'_>,
        name: &str,
        commit: &str,
    ) -> Result<Option<CheckRun>, GithubProblem> {
        let mut route = Route::list("/repos/{owner}/{repo}/commits/{ref}/check-runs", &self.parts(&[commit]));
        route.path.push_str(&format!("&check_name={}", crate::route::escape(name)));
        if let Some(app) = self.app() {
            route.path.push_str(&format!("&app_id={app}"));
        }
        let (runs, problem) = self.line(cx).pages::<CheckRun>(&route, Some("check_runs")).await;
        match problem {
            Some(problem) => Err(problem),
            None => Ok(runs.into_iter().find(|run| run.name == name)),
        }
    }

    /// The open issues with a label.
    ///
    /// # Errors
    /// Any [`GithubProblem`].
    pub async fn issues(&self, cx: &ReadCx<'_>, label: &str) -> Result<Vec<Issue>, GithubProblem> {
        let query = format!("&state=open&labels={}", crate::route::escape(label));
        self.list(cx, ("/repos/{owner}/{repo}/issues", &query), &[]).await
    }

    /// Opens an issue.
    ///
    /// # Errors
    /// Any [`GithubProblem`]; after an ambiguous one, look at the issues before trying again.
    pub async fn open_issue(
        &self,
        cx: &ReadCx<'_>,
        (title, body): (&str, &str),
        labels: &[&str],
    ) -> Result<Issue, GithubProblem> {
        let route = Route::new(Method::POST, "/repos/{owner}/{repo}/issues", &self.parts(&[]));
        let body = json!({ "title": title, "body": body, "labels": labels });
        self.write(&self.line(cx), &route, &body).await?.json(&route.call)
    }

    /// Writes an issue anew.
    ///
    /// # Errors
    /// Any [`GithubProblem`].
    pub async fn edit_issue(
        &self,
        cx: &ReadCx<'_>,
        number: u64,
        changes: &Value,
    ) -> Result<Issue, GithubProblem> {
        let number = number.to_string();
        let route =
            Route::new(Method::PATCH, "/repos/{owner}/{repo}/issues/{issue_number}", &self.parts(&[&number]));
        self.write(&self.line(cx), &route, changes).await?.json(&route.call)
    }
}

fn check_body(output: &CheckOutput, annotations: &[super::Annotation]) -> Value {
    let mut body = json!({
        "status": if output.conclusion.is_some() { "completed" } else { "in_progress" },
        "output": { "title": output.title, "summary": output.summary, "annotations": annotations },
    });
    if let Some(conclusion) = output.conclusion {
        body["conclusion"] = conclusion.into();
    }
    if let Some(url) = &output.details_url {
        body["details_url"] = url.as_str().into();
    }
    body
}
