//! What a person does on GitHub's pages.

use serde_json::{Value, json};

use crate::error::Error;
use crate::github::GitHub;
use crate::ids::Id;

impl GitHub {
    /// Opens a pull request; its number.
    ///
    /// # Errors
    /// As [`GitHub::act`].
    pub fn open_pull(&self, repo: Id, user: Id, head: &str, base: &str, title: &str) -> Result<u64, Error> {
        let body = json!({"head": head, "base": base, "title": title});
        let made = self.act(user, "POST", &self.path(repo, "pulls"), &body)?;
        Ok(made["number"].as_u64().unwrap_or_default())
    }

    /// Changes the title, the body, the base or the state (`closed`, `open`) of a pull request.
    ///
    /// # Errors
    /// As [`GitHub::act`].
    pub fn edit_pull(&self, repo: Id, number: u64, user: Id, fields: &Value) -> Result<(), Error> {
        self.act(user, "PATCH", &self.path(repo, &format!("pulls/{number}")), fields).map(drop)
    }

    /// Closes a pull request.
    ///
    /// # Errors
    /// As [`GitHub::act`].
    pub fn close_pull(&self, repo: Id, number: u64, user: Id) -> Result<(), Error> {
        self.edit_pull(repo, number, user, &json!({"state": "closed"}))
    }

    /// Opens it again.
    ///
    /// # Errors
    /// As [`GitHub::act`].
    pub fn reopen_pull(&self, repo: Id, number: u64, user: Id) -> Result<(), Error> {
        self.edit_pull(repo, number, user, &json!({"state": "open"}))
    }

    /// Merges with a merge commit; the commit.
    ///
    /// # Errors
    /// As [`GitHub::act`].
    pub fn merge_pull(&self, repo: Id, number: u64, user: Id) -> Result<String, Error> {
        self.merge_by(repo, number, user, "merge")
    }

    /// Merges as one commit; the commit.
    ///
    /// # Errors
    /// As [`GitHub::act`].
    pub fn squash_pull(&self, repo: Id, number: u64, user: Id) -> Result<String, Error> {
        self.merge_by(repo, number, user, "squash")
    }

    fn merge_by(&self, repo: Id, number: u64, user: Id, method: &str) -> Result<String, Error> {
        let path = self.path(repo, &format!("pulls/{number}/merge"));
        let merged = self.act(user, "PUT", &path, &json!({"merge_method": method}))?;
        Ok(merged["sha"].as_str().unwrap_or_default().to_owned())
    }

    /// Reviews with `APPROVE`, `REQUEST_CHANGES` or `COMMENT` what the commit holds, else the head; the review's number.
    ///
    /// # Errors
    /// As [`GitHub::act`].
    pub fn review(
        &self,
        repo: Id,
        number: u64,
        user: Id,
        event: &str,
        commit: Option<&str>,
    ) -> Result<Id, Error> {
        let mut body = json!({"event": event, "body": format!("I say: {event}")});
        if let Some(commit) = commit {
            body["commit_id"] = commit.into();
        }
        let made = self.act(user, "POST", &self.path(repo, &format!("pulls/{number}/reviews")), &body)?;
        Ok(made["id"].as_u64().unwrap_or_default())
    }

    /// Dismisses a review.
    ///
    /// # Errors
    /// As [`GitHub::act`].
    pub fn dismiss_review(&self, repo: Id, number: u64, review: Id, user: Id) -> Result<(), Error> {
        let path = self.path(repo, &format!("pulls/{number}/reviews/{review}/dismissals"));
        self.act(user, "PUT", &path, &json!({"message": "Not any more"})).map(drop)
    }

    /// Comments on an issue or a pull request; the comment's number.
    ///
    /// # Errors
    /// As [`GitHub::act`].
    pub fn comment(&self, repo: Id, number: u64, user: Id, text: &str) -> Result<Id, Error> {
        let path = self.path(repo, &format!("issues/{number}/comments"));
        let made = self.act(user, "POST", &path, &json!({"body": text}))?;
        Ok(made["id"].as_u64().unwrap_or_default())
    }

    /// Edits a comment, one's own or another's.
    ///
    /// # Errors
    /// As [`GitHub::act`].
    pub fn edit_comment(&self, repo: Id, comment: Id, user: Id, text: &str) -> Result<(), Error> {
        let path = self.path(repo, &format!("issues/comments/{comment}"));
        self.act(user, "PATCH", &path, &json!({"body": text})).map(drop)
    }

    /// Deletes a comment.
    ///
    /// # Errors
    /// As [`GitHub::act`].
    pub fn delete_comment(&self, repo: Id, comment: Id, user: Id) -> Result<(), Error> {
        self.act(user, "DELETE", &self.path(repo, &format!("issues/comments/{comment}")), &Value::Null)
            .map(drop)
    }

    /// Asks for a check run to be run again.
    ///
    /// # Errors
    /// As [`GitHub::act`].
    pub fn rerequest_check(&self, repo: Id, check: Id, user: Id) -> Result<(), Error> {
        let path = self.path(repo, &format!("check-runs/{check}/rerequest"));
        self.act(user, "POST", &path, &Value::Null).map(drop)
    }

    /// The organisation's first owner puts somebody into a team.
    ///
    /// # Errors
    /// As [`GitHub::act`].
    pub fn add_team_member(&self, team: Id, user: Id) -> Result<(), Error> {
        self.membership(team, user, "PUT", &json!({"role": "member"}))
    }

    /// The organisation's first owner removes somebody from a team.
    ///
    /// # Errors
    /// As [`GitHub::act`].
    pub fn remove_team_member(&self, team: Id, user: Id) -> Result<(), Error> {
        self.membership(team, user, "DELETE", &Value::Null)
    }

    fn membership(&self, team: Id, user: Id, method: &str, body: &Value) -> Result<(), Error> {
        let world = self.world();
        let gone = || Error::Refused(404, "Not Found".to_owned());
        let (org, team) = world.team(team).ok_or_else(gone)?;
        let login = &world.users.get(&user).ok_or_else(gone)?.login;
        let path = format!("orgs/{}/teams/{}/memberships/{login}", org.login, team.slug);
        let owner = org.members.keys().find(|member| world.owns(org.id, **member)).copied();
        self.act(owner.unwrap_or_default(), method, &path, body).map(drop)
    }
}
