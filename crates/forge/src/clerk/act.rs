//! Carrying out what is asked for in comments, beside approving: once each, and only for who may.
//!
//! Deliberately absent: approving and lifting (`take`).

use super::{Clerk, Cx, Look, Trouble, actor};
use crate::command::{Command, Verb};
use crate::memo::{Memo, Ours};
use crate::texts::help;
use crate::view::Note;
use crate::words::{What, Word};
use aplomo_core::address::AddressPattern;
use aplomo_core::ledger::Hold;
use aplomo_core::{CommitId, SignedDuration};
use aplomo_engine::EngineError;
use aplomo_provider_github::desk::{FileChange, Proposed};
use aplomo_source::Reverted;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::time::Duration;

/// What somebody asked for.
struct Errand<'a> {
    word: &'a Word,
    comment: u64,
    command: &'a Command,
}

fn errands<'a>(look: &'a Look<'_>, memo: &Memo) -> Vec<Errand<'a>> {
    let new = |word: &'a Word| match &word.what {
        What::Commands(comment, command) if !memo.answered.contains(comment) => {
            Some(Errand { word, comment: *comment, command })
        }
        _ => None,
    };
    look.said.words.iter().filter_map(new).collect()
}

impl Clerk {
    /// Whether somebody asks to plan now; it is answered by doing so.
    pub(super) fn asked_to_plan(&self, look: &Look<'_>, memo: &mut Memo) -> bool {
        let plans: Vec<u64> = errands(look, memo)
            .iter()
            .filter(|errand| *errand.command == Command::Plan)
            .map(|errand| errand.comment)
            .collect();
        memo.answered.extend(&plans);
        !plans.is_empty()
    }

    /// Carries out what is new; gives what is not, and why.
    pub(super) async fn act(
        &self,
        cx: &Cx<'_>,
        look: &Look<'_>,
        memo: &mut Memo,
    ) -> Result<BTreeSet<Note>, Trouble> {
        let mut notes = BTreeSet::new();
        for errand in errands(look, memo) {
            if matches!(errand.command, Command::Lift { .. }) {
                continue;
            }
            let login = SmolStr::new(&errand.word.who.login);
            let refused = match errand.command {
                Command::Help => {
                    self.desk.comment(cx, look.pull.number, &help(self.locale().await?)).await?;
                    None
                }
                Command::Revert => self.revert(cx, look, &errand).await?,
                Command::Plan | Command::Approve { .. } | Command::Lift { .. } => None,
                _ if !self.is_operator(cx, &errand).await? => {
                    Some("only who may approve may do that".to_owned())
                }
                Command::Hold { target, span, reason } => {
                    self.hold(look, memo, &errand, (target.as_deref(), *span, reason)).await?
                }
                Command::Release { target } => self.release(memo, &errand, target.as_deref()).await?,
                Command::BreakGlass { .. } | Command::Snooze { .. } => {
                    Some("it is done on the command line: `aplomo break-glass`, `aplomo snooze`".to_owned())
                }
            };
            memo.answered.insert(errand.comment);
            if let Some(why) = refused {
                let command = word(errand.command).into();
                notes.insert(Note::Refused { login, command, why });
            }
        }
        Ok(notes)
    }

    /// Whether somebody is in the team that approves where no rule speaks.
    async fn is_operator(&self, cx: &Cx<'_>, errand: &Errand<'_>) -> Result<bool, Trouble> {
        match &self.terms.approvers {
            Some(team) => Ok(self.desk.is_member(cx, team, &errand.word.who.login).await?),
            None => Ok(false),
        }
    }

    /// What is meant: what was named, as far as this source speaks for it, or all that the pull request touches.
    fn targets(&self, memo: &Memo, target: Option<&str>) -> Result<BTreeSet<String>, String> {
        let Some(target) = target else {
            let manifests: BTreeSet<String> =
                memo.addresses.iter().map(|address| format!("{}:*", address.manifest())).collect();
            return if manifests.is_empty() { Err("it touches nothing".to_owned()) } else { Ok(manifests) };
        };
        let tenant = target.split('/').next().unwrap_or_default();
        if self.terms.tenants.iter().any(|own| own.as_str() == tenant) {
            Ok(BTreeSet::from([target.to_owned()]))
        } else {
            Err(format!("`{}` is of no tenant that this repository speaks for", target.escape_debug()))
        }
    }

    async fn hold(
        &self,
        look: &Look<'_>,
        memo: &Memo,
        errand: &Errand<'_>,
        (target, span, reason): (Option<&str>, Duration, &str),
    ) -> Result<Option<String>, Trouble> {
        let targets = match self.targets(memo, target) {
            Ok(targets) => targets,
            Err(why) => return Ok(Some(why)),
        };
        let at = self.engine.clock.now();
        let Ok(until) =
            SignedDuration::try_from(span).map_err(drop).and_then(|span| at.checked_add(span).map_err(drop))
        else {
            return Ok(Some("it would last too long".to_owned()));
        };
        for what in targets {
            let reason = format!("{reason} ({})", look.pull_ref);
            let hold =
                Hold { what: AddressPattern(what.into()), until, reason, by: actor(&errand.word.who)?, at };
            self.engine.store.put_hold(&hold).await?;
        }
        Ok(None)
    }

    async fn release(
        &self,
        memo: &Memo,
        errand: &Errand<'_>,
        target: Option<&str>,
    ) -> Result<Option<String>, Trouble> {
        let targets = match self.targets(memo, target) {
            Ok(targets) => targets,
            Err(why) => return Ok(Some(why)),
        };
        let mut any = false;
        for what in targets {
            let pattern = AddressPattern(what.into());
            let by = actor(&errand.word.who)?;
            let released = self.engine.store.release_hold(&pattern, &by, "asked for in a comment").await?;
            any |= !released.is_empty();
        }
        Ok((!any).then(|| "nothing of it is held".to_owned()))
    }

    /// Opens the pull request that goes back. Whoever may ask may ask for that: it is planned and approved like any.
    async fn revert(
        &self,
        cx: &Cx<'_>,
        look: &Look<'_>,
        errand: &Errand<'_>,
    ) -> Result<Option<String>, Trouble> {
        let Some(merge) = look.pull.merge_commit_sha.as_deref().filter(|_| look.pull.merged_at.is_some())
        else {
            return Ok(Some("it was not merged".to_owned()));
        };
        let merge = CommitId::new(merge).map_err(EngineError::from)?;
        let base = self.git.base().await?;
        let files = match self.git.reverted(&base, &merge).await? {
            Reverted::Files(files) if files.is_empty() => {
                return Ok(Some("nothing of it is left".to_owned()));
            }
            Reverted::Files(files) => files,
            Reverted::Conflict(files) => {
                let named = files.join(", ");
                return Ok(Some(format!("it cannot go back by itself: changed since in {named}")));
            }
        };
        let files: Vec<FileChange> =
            files.into_iter().map(|(path, text)| FileChange { path, text }).collect();
        let number = look.pull.number;
        let proposed = Proposed {
            branch: &format!("aplomo/revert-{number}"),
            base: self.git.branch(),
            onto: base.as_str(),
            files: &files,
            title: &format!("Take back #{number}"),
            body: &format!(
                "Takes back what #{number} did to the manifests, asked for by `{}`. What cannot go back is in the plan below.",
                errand.word.who.login
            ),
        };
        let (opened, made) = self.desk.propose(cx, &proposed).await?;
        // One that was open before may hold what others pushed: it is nobody's but theirs.
        let Some(commit) = made else {
            return Ok(Some(format!("#{} is open for that already", opened.number)));
        };
        let pull = self.named(opened.number);
        let mut memo: Memo = self.engine.store.pull(&pull).await?.unwrap_or_default();
        memo.ours = Some(Ours { person: errand.word.who.clone(), commit });
        self.engine.store.pull_put(&pull, &memo, false).await?;
        Ok(None)
    }
}

const fn word(command: &Command) -> &'static str {
    let verb = match command {
        Command::Approve { .. } => Verb::Approve,
        Command::Plan => Verb::Plan,
        Command::Hold { .. } => Verb::Hold,
        Command::Release { .. } => Verb::Release,
        Command::Revert => Verb::Revert,
        Command::Lift { .. } => Verb::Lift,
        Command::BreakGlass { .. } => Verb::BreakGlass,
        Command::Snooze { .. } => Verb::Snooze,
        Command::Help => Verb::Help,
    };
    verb.word()
}
