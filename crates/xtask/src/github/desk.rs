//! The operator's repository of manifests on the local GitHub, and the people who ask and approve there.

use super::LocalGithub;
use crate::door;
use anyhow::{Context as _, Result, bail};
use aplomo_github_fake::Id;
use aplomo_github_fake::world::Role;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The operator's organisation, its repository and its team of approvers.
pub(crate) const REPOSITORY: &str = "plumb/manifests";
pub(crate) const APPROVERS: &str = "plumb/sre";
/// Who asks: the contact of the example client.
const ASKER: &str = "anarojas";
/// Who approves.
const APPROVER: &str = "sam-sre";
/// The secret of the webhook.
pub(crate) const SECRET: &str = "only-for-the-demo-0123456789";
/// How long anything may take that the demo waits for.
const PATIENCE: Duration = Duration::from_secs(90);
const STEP: Duration = Duration::from_millis(100);

/// What there is at the operator's.
#[derive(Debug)]
pub(crate) struct Desk {
    repository: Id,
    asker: Id,
    approver: Id,
    /// A token that reads and pushes.
    pub(crate) token: String,
}

impl Desk {
    /// Makes the organisation, and pushes the work tree there as it is; the App is let in.
    pub(crate) fn open(local: &LocalGithub, folder: &Path, tree: &Path) -> Result<Self> {
        let app = local.app;
        local.github.serve_git(&folder.join("github"));
        let (repository, asker, approver, token) = local.github.change(|world| {
            let owner = world.add_user("olga-plumb");
            let operator = world.add_org("plumb", owner);
            let approver = world.add_member(operator, APPROVER);
            world.add_team(operator, "sre", &[approver]);
            let repository = world.add_repo(operator, "manifests");
            let asker = world.users.values().find(|user| user.login == ASKER).map_or(owner, |user| user.id);
            if let Some(repo) = world.repos.get_mut(&repository) {
                repo.direct.insert(asker, Role::Push);
                repo.direct.insert(approver, Role::Push);
            }
            world.install(app, operator);
            (repository, asker, approver, world.add_token(owner))
        });
        local.github.create_git(repository, &[("README.md", "Manifests.\n")]).context("no repository")?;
        push(&local.github.base_url().replace("http://", &format!("http://x:{token}@")), tree)?;
        Ok(Self { repository, asker, approver, token })
    }

    /// Ana asks: a branch with one file changed, and a pull request of it. Its number.
    pub(crate) fn ask(
        &self,
        local: &LocalGithub,
        branch: &str,
        file: (&str, &str),
        title: &str,
    ) -> Result<u64> {
        let files = [(file.0, Some(file.1))];
        local.github.push_files(self.repository, self.asker, branch, title, &files)?;
        Ok(local.github.open_pull(self.repository, self.asker, branch, "main", title)?)
    }

    /// Sam reads what is shown, and approves the head.
    pub(crate) fn approve(&self, local: &LocalGithub, number: u64) -> Result<()> {
        // GitHub's moments are whole seconds; what is said in the second of showing does not mean it.
        std::thread::sleep(Duration::from_millis(2_100));
        local.github.review(self.repository, number, self.approver, "APPROVE", None)?;
        Ok(())
    }

    /// Sam writes a comment.
    pub(crate) fn comment(&self, local: &LocalGithub, number: u64, text: &str) -> Result<()> {
        local.github.comment(self.repository, number, self.approver, text)?;
        Ok(())
    }

    /// Ana merges.
    pub(crate) fn merge(&self, local: &LocalGithub, number: u64) -> Result<()> {
        local.github.merge_pull(self.repository, number, self.asker)?;
        Ok(())
    }

    /// Waits until our comment fulfils a condition; gives it.
    pub(crate) fn shown(
        &self,
        local: &LocalGithub,
        number: u64,
        what: &str,
        good: impl Fn(&str) -> bool,
    ) -> Result<String> {
        let begun = door::now();
        loop {
            crate::interrupt::check()?;
            let world = local.github.world();
            let comments =
                world.repos.get(&self.repository).into_iter().flat_map(|repo| repo.comments.values());
            let ours = comments.filter(|c| c.number == number).find(|c| c.body.starts_with("<!-- aplomo"));
            if let Some(body) = ours.map(|comment| comment.body.clone()).filter(|body| good(body)) {
                return Ok(body);
            }
            if begun.elapsed() > PATIENCE {
                bail!("pull request {number} does not say within {} s: {what}", PATIENCE.as_secs());
            }
            std::thread::sleep(STEP);
        }
    }
}

/// Pushes over HTTP, as a person would.
fn push(base: &str, tree: &Path) -> Result<()> {
    let url = format!("{base}/{REPOSITORY}.git");
    let mut git = Command::new("git");
    git.current_dir(tree).env("GIT_TERMINAL_PROMPT", "0").env("GIT_CONFIG_GLOBAL", "/dev/null");
    let status = git.args(["push", "--quiet", "--force", &url, "HEAD:refs/heads/main"]).status();
    let status = status.context("git could not be started")?;
    if !status.success() {
        bail!("the manifests could not be pushed to the local GitHub: {status}");
    }
    Ok(())
}
