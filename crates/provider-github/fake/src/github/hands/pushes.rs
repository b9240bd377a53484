//! What a person does with git.

use super::File;
use crate::call::Call;
use crate::error::Error;
use crate::family::commits::signs;
use crate::git::tree::{Entry, make};
use crate::git::{Bare, facts};
use crate::github::GitHub;
use crate::ids::Id;

impl GitHub {
    /// The first commit of a repository, on its default branch, by the first owner of the organisation; the commit. It
    /// makes the bare repository, without any activity or event: a repository that was there before the test began.
    ///
    /// # Errors
    /// git is not served, or does not do it.
    pub fn create_git(&self, repo: Id, files: &[(&str, &str)]) -> Result<String, Error> {
        let owner = {
            let world = self.world();
            let org = world.repos.get(&repo).map_or(0, |repo| repo.owner);
            crate::family::show::doer(&world, None, org)
        };
        self.with_git(repo, owner, |call, bare| {
            let entries: Vec<_> = files.iter().map(|(path, text)| entry(&(*path, Some(*text)))).collect();
            let (tree, by) = (make(&bare, None, &entries)?, signs(call, owner));
            let commit = bare.commit(&tree, &[], "Initial commit", (&by, &by))?;
            let repo = call.repo_mut()?;
            let branch = repo.text("default_branch").to_owned();
            bare.set(&format!("refs/heads/{branch}"), Some(&commit))?;
            bare.ask(&["symbolic-ref", "HEAD", &format!("refs/heads/{branch}")])?;
            repo.branches.insert(branch, commit.clone());
            Ok(commit)
        })
    }

    /// Pushes one commit on a branch, which begins at the default one where it is missing; the commit.
    ///
    /// # Errors
    /// The person may not, or git does not do it.
    pub fn push_files(
        &self,
        repo: Id,
        user: Id,
        branch: &str,
        message: &str,
        files: &[File<'_>],
    ) -> Result<String, Error> {
        self.with_git(repo, user, |call, bare| push(call, &bare, (user, branch, message), files, false))
    }

    /// The same in the place of the branch's last commit: its history is rewritten.
    ///
    /// # Errors
    /// As [`GitHub::push_files`].
    pub fn force_push_files(
        &self,
        repo: Id,
        user: Id,
        branch: &str,
        message: &str,
        files: &[File<'_>],
    ) -> Result<String, Error> {
        self.with_git(repo, user, |call, bare| push(call, &bare, (user, branch, message), files, true))
    }

    /// Pushes a commit that is there to a branch, or removes the branch.
    ///
    /// # Errors
    /// As [`GitHub::push_files`].
    pub fn push_commit(&self, repo: Id, user: Id, branch: &str, commit: Option<&str>) -> Result<(), Error> {
        self.with_git(repo, user, |call, bare| {
            let (name, was) = (format!("refs/heads/{branch}"), call.repo()?.branches.get(branch).cloned());
            bare.set(&name, commit)?;
            crate::push::moved(call, branch, was, commit.map(str::to_owned), None);
            Ok(())
        })
    }
}

fn entry((path, text): &File<'_>) -> (String, Entry) {
    let content = |text: &&str| Entry::Content("100644".to_owned(), text.as_bytes().to_vec());
    ((*path).to_owned(), text.as_ref().map_or(Entry::Gone, content))
}

/// One commit more, or one in the place of the last.
fn push(
    call: &mut Call<'_>,
    bare: &Bare,
    (user, branch, message): (Id, &str, &str),
    files: &[File<'_>],
    rewrite: bool,
) -> Result<String, Error> {
    let repo = call.repo()?;
    let was = repo.branches.get(branch).cloned();
    let from = was.as_ref().or_else(|| repo.branches.get(repo.text("default_branch")));
    let from = from.and_then(|from| facts::commit(bare, from));
    let from = from.ok_or_else(|| Error::Git(format!("{branch} has no commit to begin with")))?;
    let entries: Vec<_> = files.iter().map(entry).collect();
    let (tree, by) = (make(bare, Some(&from.tree), &entries)?, signs(call, user));
    let own = [from.sha.as_str()];
    let former: Vec<&str> = from.parents.iter().map(String::as_str).collect();
    let parents: &[&str] = if rewrite && was.is_some() { &former } else { &own };
    let commit = bare.commit(&tree, parents, message, (&by, &by))?;
    if was.as_ref() != Some(&commit) {
        bare.set(&format!("refs/heads/{branch}"), Some(&commit))?;
        crate::push::moved(call, branch, was, Some(commit.clone()), None);
    }
    Ok(commit)
}
