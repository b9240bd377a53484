//! Taking words for approvals, and taking approvals back where the word, the right or the person is gone.
//!
//! A word is taken once and looked at again each time: a review that was dismissed, a comment that was edited, a member
//! who left the team end what they gave.

use super::{Clerk, Cx, Look, Trouble, actor};
use crate::command::Command;
use crate::memo::Memo;
use crate::view::{Locale, Note, Stage, View};
use crate::words::{What, Word};
use aplomo_core::approval::{ForPull, Lift};
use aplomo_core::safety::Recorded;
use aplomo_core::{Change, CommitId, Digest, Plan};
use aplomo_engine::{Approving, EngineError};
use aplomo_provider_github::GithubProblem;
use smol_str::{SmolStr, format_smolstr};
use std::collections::{BTreeMap, BTreeSet};

/// What a word means to approve.
struct Meant {
    plan: Plan,
    effects: BTreeSet<Digest>,
    lifts: Vec<Lift>,
}

/// Memberships that were read in this look.
type Known = BTreeMap<(SmolStr, u64), bool>;

impl Clerk {
    /// Takes what was said; gives what does not count, and why.
    pub(super) async fn take(
        &self,
        cx: &Cx<'_>,
        look: &Look<'_>,
        memo: &mut Memo,
    ) -> Result<BTreeSet<Note>, Trouble> {
        let ended = self.recall(look, memo).await?;
        let askers = self.askers(look, memo).await?;
        let recorded = self.engine.recorded().await?;
        let suspended: BTreeSet<SmolStr> =
            self.engine.store.suspended().await?.into_iter().map(|s| s.login).collect();
        let (mut notes, mut known, mut said) = (BTreeSet::new(), Known::new(), BTreeSet::new());
        let words: Vec<&Word> = look.said.words.iter().filter(|word| approves(word)).collect();
        for word in words {
            said.insert(word.place.clone());
            let login = SmolStr::new(&word.who.login);
            let objection = if askers.contains(&word.who.id) {
                Some(Note::OwnWork { login: login.clone() })
            } else if suspended.contains(login.to_lowercase().as_str()) {
                Some(Note::Suspended { login: login.clone() })
            } else {
                None
            };
            if let Some(note) = objection {
                self.end(memo, &word.place, "who gave it may not approve here").await?;
                notes.insert(note);
            } else if ended.contains(&word.place) {
                let why = "what was given so ended: say it again".to_owned();
                notes.insert(Note::Refused { login, command: "approve".into(), why });
            } else if memo.taken.contains_key(&word.place) {
                notes.extend(self.look_again(cx, memo, word, &recorded, &mut known).await?);
            } else {
                notes.extend(self.take_one(cx, look, memo, word, &recorded, &mut known).await?);
            }
        }
        let gone: Vec<SmolStr> = memo.taken.keys().filter(|place| !said.contains(*place)).cloned().collect();
        for place in gone {
            self.end(memo, &place, "the review was dismissed, or the comment edited or removed").await?;
        }
        Ok(notes)
    }

    /// The store knows what was taken, also where we were killed before we remembered it: an approval that is not
    /// remembered would outlive its word. Gives the words whose approvals all ended: they come back by no way.
    async fn recall(&self, look: &Look<'_>, memo: &mut Memo) -> Result<BTreeSet<SmolStr>, Trouble> {
        let mut ended = BTreeSet::new();
        for approval in self.engine.store.approvals_of_pull(&look.pull_ref).await? {
            let Some(tie) = approval.pull else { continue };
            let place = tie.evidence.split(" of ").next().unwrap_or_default();
            if !place.starts_with("review ") && !place.starts_with("comment ") {
                continue;
            }
            if approval.revoked.is_some() {
                ended.insert(SmolStr::new(place));
                continue;
            }
            let ids = memo.taken.entry(place.into()).or_default();
            if !ids.contains(&approval.id) {
                ids.push(approval.id);
            }
        }
        ended.retain(|place| !memo.taken.contains_key(place));
        Ok(ended)
    }

    async fn take_one(
        &self,
        cx: &Cx<'_>,
        look: &Look<'_>,
        memo: &mut Memo,
        word: &Word,
        recorded: &Recorded,
        known: &mut Known,
    ) -> Result<Option<Note>, Trouble> {
        let meant = match self.meant(look, memo, word).await? {
            Ok(meant) => meant,
            Err(note) => return Ok(Some(note)),
        };
        if !self.is_shown_whole(look, memo, &meant.plan) {
            let login = SmolStr::new(&word.who.login);
            let why =
                "the plan is too large to be shown here: approve it where it is shown as a whole".to_owned();
            return Ok(Some(Note::Refused { login, command: "approve".into(), why }));
        }
        let (mut may, mut teams) = (BTreeSet::new(), BTreeSet::new());
        let named = meant.plan.changes.iter().filter(|c| meant.effects.contains(&c.digest));
        for change in named.collect::<Vec<_>>() {
            if self.is_approver(cx, word, change, (recorded, known), &mut teams).await? {
                may.insert(change.digest);
            }
        }
        let login = SmolStr::new(&word.who.login);
        if may.is_empty() {
            let why = format!("{login} may not approve {}", look.pull_ref);
            self.engine.audit_refusal(Some(&meant.plan), &actor(&word.who)?, &why).await?;
            return Ok(Some(Note::NoApprover { login, teams }));
        }
        let merged = look.pull.merged_at.is_some();
        let evidence = match &word.what {
            What::Reviewed(commit) => format_smolstr!("{} of {commit}", word.place),
            _ => word.place.clone(),
        };
        let approving = Approving {
            by: actor(&word.who)?,
            lifts: meant.lifts,
            only: Some(may),
            expires_after: self.terms.expiry,
            pull: Some(ForPull { pull: look.pull_ref.clone(), evidence, merged }),
        };
        match self.engine.approve(&meant.plan, &approving).await {
            Ok(approved) => {
                let ids = approved.approvals.into_iter().map(|approval| approval.id).collect();
                memo.taken.insert(word.place.clone(), ids);
                Ok(None)
            }
            Err(error) if error.is_refusal() => {
                let why = error.to_string();
                self.engine.audit_refusal(Some(&meant.plan), &approving.by, &why).await?;
                Ok(Some(Note::Refused { login, command: "approve".into(), why }))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether all that must never be cut stands in the comment: what was not shown is not approved by it.
    fn is_shown_whole(&self, look: &Look<'_>, memo: &Memo, plan: &Plan) -> bool {
        let Ok(head) = CommitId::new(&look.pull.head.sha) else { return false };
        crate::comment::fits(&View {
            locale: Locale::En,
            pull: &look.pull_ref,
            head: &head,
            stage: Stage::NeedsApproval,
            findings: &memo.findings,
            plan: Some(plan),
            before: &[],
            rights: BTreeMap::new(),
            notes: Vec::new(),
            since: None,
            link: None,
            sub_path: self.git.sub_path(),
        })
    }

    /// What somebody meant: the plan that was shown when it was said, or what was named.
    async fn meant(&self, look: &Look<'_>, memo: &Memo, word: &Word) -> Result<Result<Meant, Note>, Trouble> {
        let login = SmolStr::new(&word.who.login);
        match &word.what {
            What::Reviewed(commit) => {
                let commit_shown = SmolStr::new(commit);
                let Some(shown) = memo.seen_at(commit, word.at) else {
                    return Ok(Err(Note::OtherCommit { login, commit: commit_shown }));
                };
                let Some(plan) = self.engine.store.plan(&shown.plan).await? else {
                    return Ok(Err(Note::OtherCommit { login, commit: commit_shown }));
                };
                let effects = plan.changes.iter().map(|c| c.digest).collect();
                Ok(Ok(Meant { plan, effects, lifts: Vec::new() }))
            }
            What::Approves(digests) => self.named_effects(look, memo, digests, login).await,
            What::Commands(_, Command::Lift { rule, reason }) => {
                let refused = |why: &str| {
                    let (login, command) = (login.clone(), "lift".into());
                    Ok(Err(Note::Refused { login, command, why: why.to_owned() }))
                };
                if look.pull.merged_at.is_some() {
                    return refused("it is merged: lift it with `aplomo approve --lift`");
                }
                // A lift names no digest, so it means what was shown when it was said and nothing that came later.
                if memo.now().and_then(|shown| shown.at).is_none_or(|at| at >= word.at) {
                    return refused("another plan is shown since: say it again");
                }
                let Some(plan) = self.plan_of_now(look, memo).await? else {
                    return refused("there is no plan");
                };
                let held = |c: &&Change| c.held_by.as_ref().is_some_and(|by| by.0 == *rule);
                let effects = plan.changes.iter().filter(held).map(|c| c.digest).collect();
                let lifts = vec![Lift { rule: rule.clone(), reason: reason.clone() }];
                Ok(Ok(Meant { plan, effects, lifts }))
            }
            What::Commands(..) => {
                let why = "it approves nothing".to_owned();
                Ok(Err(Note::Refused { login, command: "approve".into(), why }))
            }
        }
    }

    /// Effects, or all of a plan, that were shown here by these digests.
    async fn named_effects(
        &self,
        look: &Look<'_>,
        memo: &Memo,
        digests: &BTreeSet<Digest>,
        login: SmolStr,
    ) -> Result<Result<Meant, Note>, Trouble> {
        let mut plans = Vec::new();
        for shown in memo.shown.iter().rev() {
            plans.extend(self.engine.store.plan(&shown.plan).await?);
        }
        plans.extend(self.plan_of_now(look, memo).await?);
        let mut found: Option<Meant> = None;
        for digest in digests {
            let holds =
                |plan: &&Plan| plan.digest == *digest || plan.changes.iter().any(|c| c.digest == *digest);
            let plan = match &found {
                Some(meant) if holds(&&meant.plan) => Some(meant.plan.clone()),
                Some(_) => None,
                None => plans.iter().find(holds).cloned(),
            };
            let Some(plan) = plan else {
                return Ok(Err(Note::OtherDigest { login, digest: digest.to_string() }));
            };
            let meant =
                found.get_or_insert_with(|| Meant { plan, effects: BTreeSet::new(), lifts: Vec::new() });
            let all = meant.plan.digest == *digest;
            let whole = look.around.merged.is_some_and(|merged| merged.digest == meant.plan.digest);
            let mine = |c: &&Change| !whole || self.belongs(memo, c);
            let changes = meant.plan.changes.iter().filter(|c| all || c.digest == *digest).filter(mine);
            let effects: BTreeSet<Digest> = changes.map(|c| c.digest).collect();
            if effects.is_empty() {
                return Ok(Err(Note::OtherDigest { login, digest: digest.to_string() }));
            }
            meant.effects.extend(effects);
        }
        Ok(found.ok_or(Note::OtherDigest { login, digest: String::new() }))
    }

    /// Whether somebody is, by now, a member of a team that may approve a change.
    async fn is_approver(
        &self,
        cx: &Cx<'_>,
        word: &Word,
        change: &Change,
        (recorded, known): (&Recorded, &mut Known),
        teams: &mut BTreeSet<SmolStr>,
    ) -> Result<bool, Trouble> {
        let approvers = recorded.approvers(change, self.terms.approvers.as_deref());
        for team in approvers.teams {
            teams.insert(team.clone());
            let key = (team.clone(), word.who.id);
            let is = match known.get(&key) {
                Some(is) => *is,
                None => match self.desk.is_member(cx, &team, &word.who.login).await {
                    Ok(is) => is,
                    Err(GithubProblem::Config { what, why }) => {
                        tracing::warn!(what, why, "nobody of this team can approve");
                        false
                    }
                    Err(problem) => return Err(problem.into()),
                },
            };
            known.insert(key, is);
            if is {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A word that was taken: whether who said it may still approve.
    async fn look_again(
        &self,
        cx: &Cx<'_>,
        memo: &mut Memo,
        word: &Word,
        recorded: &Recorded,
        known: &mut Known,
    ) -> Result<Option<Note>, Trouble> {
        let mut teams = BTreeSet::new();
        for id in memo.taken.get(&word.place).cloned().unwrap_or_default() {
            let Some(approval) = self.engine.store.approval(&id).await? else { continue };
            if approval.revoked.is_some() {
                continue;
            }
            if approval.expires <= self.engine.clock.now() {
                return Ok(Some(Note::Expired {
                    login: word.who.login.as_str().into(),
                    at: approval.expires,
                }));
            }
            let plan = match approval.plan {
                Some(plan) => self.engine.store.plan(&plan).await?,
                None => None,
            };
            let mine = plan.iter().flat_map(|p| &p.changes).filter(|c| approval.digests.contains(&c.digest));
            for change in mine.collect::<Vec<_>>() {
                if !self.is_approver(cx, word, change, (recorded, known), &mut teams).await? {
                    self.end(memo, &word.place, "who gave it may not approve any more").await?;
                    return Ok(Some(Note::NoApprover { login: word.who.login.as_str().into(), teams }));
                }
            }
        }
        Ok(None)
    }

    /// Ends what was given at a place.
    async fn end(&self, memo: &mut Memo, place: &str, why: &str) -> Result<(), Trouble> {
        for id in memo.taken.remove(place).unwrap_or_default() {
            self.engine.store.approval_revoke(&id, &aplomo_store::system_actor(), why).await?;
        }
        Ok(())
    }

    /// Ends every approval of the pull request, however it was given.
    pub(super) async fn end_all(&self, look: &Look<'_>, memo: &mut Memo, why: &str) -> Result<(), Trouble> {
        memo.taken.clear();
        for approval in self.engine.store.approvals_of_pull(&look.pull_ref).await? {
            if approval.revoked.is_none() {
                self.engine.store.approval_revoke(&approval.id, &aplomo_store::system_actor(), why).await?;
            }
        }
        Ok(())
    }

    /// The plan that is shown, or of a merged pull request, that of all that is merged.
    async fn plan_of_now(&self, look: &Look<'_>, memo: &Memo) -> Result<Option<Plan>, Trouble> {
        if look.pull.merged_at.is_some() {
            let mine = |plan: &&Plan| plan.changes.iter().any(|c| self.belongs(memo, c));
            return Ok(look.around.merged.filter(mine).cloned());
        }
        match memo.now() {
            Some(shown) => Ok(self.engine.store.plan(&shown.plan).await?),
            None => Ok(None),
        }
    }

    /// A new plan is shown before anything is taken for it.
    pub(super) async fn show_first(
        &self,
        cx: &Cx<'_>,
        look: &Look<'_>,
        memo: &mut Memo,
    ) -> Result<(), Trouble> {
        if memo.now().is_some_and(|shown| shown.at.is_none()) {
            let say = self.standing(look, memo, look.said.notes.clone()).await?;
            self.publish(cx, look, memo, say).await?;
        }
        Ok(())
    }
}

fn approves(word: &Word) -> bool {
    matches!(word.what, What::Reviewed(_) | What::Approves(_) | What::Commands(_, Command::Lift { .. }))
}

/// So that the error's sort decides and not its words.
trait Refusal {
    fn is_refusal(&self) -> bool;
}

impl Refusal for EngineError {
    fn is_refusal(&self) -> bool {
        !matches!(self, Self::Store(_) | Self::Connect(_))
    }
}
