//! A pull request that was merged, or closed without: its approvals count from now on, or never.

use super::publish::Say;
use super::{Clerk, Cx, Look, Trouble};
use crate::git::Heads;
use crate::memo::Memo;
use crate::view::{How, Note, Stage};
use aplomo_core::approval::{ForPull, PullRef};
use aplomo_core::ports::Fut;
use aplomo_core::{CommitId, Plan};
use aplomo_engine::EngineError;
use std::collections::BTreeSet;

impl Clerk {
    /// Closed without a merge: nothing of it is applied.
    pub(super) async fn closed(
        &self,
        cx: &Cx<'_>,
        look: &Look<'_>,
        memo: &mut Memo,
    ) -> Result<bool, Trouble> {
        self.end_all(look, memo, "the pull request was closed without a merge").await?;
        if memo.comment.is_some() || memo.planned_at.is_some() {
            self.publish(cx, look, memo, Say::stage(Stage::Closed)).await?;
        }
        // Opened again, it begins anew.
        memo.planned_at = None;
        Ok(true)
    }

    /// Merged: what was approved counts, and what became of it is told.
    pub(super) async fn merged(
        &self,
        cx: &Cx<'_>,
        look: &Look<'_>,
        memo: &mut Memo,
    ) -> Result<bool, Trouble> {
        memo.merged = true;
        let Some(merge) = look.pull.merge_commit_sha.as_deref() else { return Ok(false) };
        let merge = CommitId::new(merge).map_err(EngineError::from)?;
        let branch = self.git.base().await?;
        if !self.git.holds(&branch, &merge).await? {
            // It was taken back by force: the source is held, and nothing of it is wished.
            return Ok(false);
        }
        let seen = memo.head.as_ref().is_some_and(|head| head.as_str() == look.pull.head.sha);
        if memo.planned_at.is_none() || !seen {
            // Merged before anybody looked at this head: what it does is what its commit does, and who pushed last asks.
            memo.planned_at = None;
            let base = self.git.parent(&merge).await?;
            let heads = Heads { base, head: merge.clone() };
            if let Some(say) = self.plan(cx, look, memo, &heads).await? {
                return self.not_planned(cx, look, memo, say).await;
            }
            memo.head = Some(CommitId::new(&look.pull.head.sha).map_err(EngineError::from)?);
        }
        if let Some(notes) = self.lost_rights(cx, look, memo).await? {
            self.end_all(look, memo, "who asked for it may not ask any more").await?;
            let say = Say { notes, ..Say::stage(Stage::MayNotAsk) };
            self.publish(cx, look, memo, say).await?;
            return Ok(false);
        }
        let mut notes = look.said.notes.clone();
        self.approve_by_configuration(look, memo).await?;
        notes.extend(self.take(cx, look, memo).await?);
        self.engine.store.approvals_merged(&look.pull_ref, &aplomo_store::system_actor()).await?;
        notes.extend(self.act(cx, look, memo).await?);
        let plan = self.shown_plan(memo).await?;
        let results = self.results(look, memo, plan.as_ref(), &merge).await?;
        let done = results.known && results.all.iter().all(|one| is_done(one.how));
        let rights = results.rights;
        let all = results.all.iter().map(super::results::Told::outcome).collect();
        let say = Say { notes, rights, since: None, plan, stage: Stage::Merged { results: all, done } };
        self.publish(cx, look, memo, say).await?;
        if done {
            // What was approved and never came about serves nobody else.
            self.end_unspent(look).await?;
        }
        Ok(done)
    }

    /// It was merged and nothing of it can be planned as its own for now: it is tried again.
    async fn not_planned(
        &self,
        cx: &Cx<'_>,
        look: &Look<'_>,
        memo: &mut Memo,
        say: Say<'_>,
    ) -> Result<bool, Trouble> {
        if !matches!(say.stage, Stage::Failed { .. }) {
            self.end_all(look, memo, "it was merged, and no plan could be made of it").await?;
        }
        self.publish(cx, look, memo, say).await?;
        Ok(false)
    }

    /// Who asked is asked about again before what they asked for is applied.
    async fn lost_rights(
        &self,
        cx: &Cx<'_>,
        look: &Look<'_>,
        memo: &Memo,
    ) -> Result<Option<BTreeSet<Note>>, Trouble> {
        let tenants =
            memo.addresses.iter().filter_map(|a| aplomo_core::TenantName::new(a.tenant()).ok()).collect();
        let mut people = Vec::new();
        for (id, login) in &memo.askers {
            let person = self.desk.person(cx, login).await?.filter(|person| person.id == *id);
            let Some(person) = person else {
                let why = format!("the account {login} is gone");
                return Ok(Some(BTreeSet::from([Note::PushersUnknown { why }])));
            };
            let first_id = self.engine.store.login_id(login, person.id).await?;
            let somebody = crate::asking::Somebody { login: login.clone(), id: person.id, first_id };
            let author = look.pull.user.as_ref().is_some_and(|user| user.id == person.id);
            let part = if author { crate::asking::Part::Author } else { crate::asking::Part::Pusher };
            people.push((somebody, part));
        }
        let base = self.git.read(&self.git.base().await?).await?;
        let others = look.around.others.iter().filter(|s| s.name != self.terms.source).cloned();
        let all: Vec<_> = std::iter::once(base).chain(others).collect();
        let (wishes, recorded) = self.engine.wishes(&all).await?;
        let notes = crate::asking::objections(&people, &tenants, &wishes, &recorded);
        Ok((!notes.is_empty()).then_some(notes))
    }

    /// What needs nobody is approved by the configuration, for this pull request alone.
    async fn approve_by_configuration(&self, look: &Look<'_>, memo: &Memo) -> Result<(), Trouble> {
        let Some(plan) = look.around.merged.filter(|_| self.terms.automatic) else { return Ok(()) };
        let pull = ForPull {
            pull: look.pull_ref.clone(),
            evidence: "the configuration: approval automatic".into(),
            merged: true,
        };
        let mine = self.shown_plan(memo).await?;
        let Some(mine) = mine else { return Ok(()) };
        let effects: BTreeSet<_> = mine.changes.iter().map(|c| c.digest).collect();
        self.engine.approve_automatically_of(plan, &effects, pull).await?;
        Ok(())
    }

    pub(super) async fn shown_plan(&self, memo: &Memo) -> Result<Option<Plan>, Trouble> {
        match memo.now() {
            Some(shown) => Ok(self.engine.store.plan(&shown.plan).await?),
            None => Ok(None),
        }
    }

    async fn end_unspent(&self, look: &Look<'_>) -> Result<(), Trouble> {
        for approval in self.engine.store.approvals_of_pull(&look.pull_ref).await? {
            if approval.revoked.is_none() && !approval.digests.is_subset(&approval.spent) {
                let why = "its pull request is done, and this part of it never came about";
                self.engine.store.approval_revoke(&approval.id, &aplomo_store::system_actor(), why).await?;
            }
        }
        Ok(())
    }

    /// Before anything is applied under approvals of pull requests: rights that are gone by now end them. Pull requests
    /// of other repositories than ours are left to their own clerks.
    ///
    /// # Errors
    /// Where GitHub does not answer: nothing of it may be applied then.
    pub fn confirm<'a>(
        &'a self,
        pulls: &'a BTreeSet<PullRef>,
        around: &'a super::Around<'a>,
    ) -> Fut<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let ours = self.desk.repository();
            let here = pulls.iter().filter(|pull| pull.repository.eq_ignore_ascii_case(&ours));
            for pull in here.collect::<Vec<_>>() {
                self.look(pull.number, around).await?;
            }
            Ok(())
        })
    }
}

const fn is_done(how: How) -> bool {
    matches!(how, How::Ran(aplomo_core::run::Status::Applied) | How::Gone)
}
