//! An open pull request: who asks, what it would do, who approved.

use super::publish::Say;
use super::{Clerk, Cx, Look, Trouble};
use crate::asking::{Part, Somebody, objections};
use crate::git::Heads;
use crate::memo::{BEFORE, Memo};
use crate::view::{Note, Stage};
use aplomo_core::manifest::Snapshot;
use aplomo_core::{CommitId, Digest, Plan, Severity, TenantName, Timestamp};
use aplomo_engine::{Asked, EngineError, Proposed};
use aplomo_provider_github::desk::Person;
use aplomo_source::Merged;
use std::collections::{BTreeMap, BTreeSet};

/// What of a pull request is planned.
struct Sides {
    base: Vec<Snapshot>,
    merge: Vec<Snapshot>,
    /// The tenants whose manifests are in files that differ.
    tenants: BTreeSet<TenantName>,
}

impl Clerk {
    /// An open pull request is never at its end.
    pub(super) async fn open(&self, cx: &Cx<'_>, look: &Look<'_>, memo: &mut Memo) -> Result<bool, Trouble> {
        let heads = self.git.heads(look.pull.number).await?;
        let moved = memo.head.as_ref() != Some(&heads.head) || memo.base.as_ref() != Some(&heads.base);
        let asked = self.asked_to_plan(look, memo);
        if moved || asked || look.around.again || memo.planned_at.is_none() {
            memo.head = Some(heads.head.clone());
            memo.base = Some(heads.base.clone());
            // Until it is planned: a look that fails here plans again.
            memo.planned_at = None;
            if let Some(say) = self.plan(cx, look, memo, &heads).await? {
                if !matches!(say.stage, Stage::Failed { .. }) {
                    // Nothing of it can be approved as it is now, and what was approved does not stand for it.
                    self.end_all(look, memo, "no plan could be made of it any more").await?;
                    memo.shown.clear();
                    memo.says = None;
                }
                self.publish(cx, look, memo, say).await?;
                return Ok(false);
            }
        }
        let mut notes = look.said.notes.clone();
        self.show_first(cx, look, memo).await?;
        notes.extend(self.take(cx, look, memo).await?);
        notes.extend(self.act(cx, look, memo).await?);
        let say = self.standing(look, memo, notes).await?;
        self.publish(cx, look, memo, say).await?;
        Ok(false)
    }

    /// Plans it; what to say where no plan can be made.
    pub(super) async fn plan<'a>(
        &self,
        cx: &Cx<'_>,
        look: &Look<'_>,
        memo: &mut Memo,
        heads: &Heads,
    ) -> Result<Option<Say<'a>>, Trouble> {
        let merge = match self.git.merge(heads).await? {
            Merged::Commit(commit) => commit,
            Merged::Conflict(files) => return Ok(Some(Say::stage(Stage::Conflict { files }))),
        };
        let most = self.terms.limits.files;
        let (files, more) = self.git.changed(&heads.base, &merge, most).await?;
        if more {
            let why = format!("more than {most} files differ");
            return Ok(Some(Say::stage(Stage::TooLarge { why })));
        }
        let sides = match self.sides(look, heads, &merge, &files).await {
            Ok(sides) => sides,
            Err(Trouble::Git(trouble)) => {
                return Ok(Some(Say::stage(Stage::Failed { why: trouble.to_string() })));
            }
            Err(trouble) => return Err(trouble),
        };
        let foreign = self.foreign(&sides.tenants);
        if !foreign.is_empty() {
            return Ok(Some(Say { notes: foreign, ..Say::stage(Stage::MayNotAsk) }));
        }
        let people = self.people(cx, look, memo).await?;
        let people = match people {
            Ok(people) => {
                memo.askers = people.iter().map(|(who, _)| (who.id, who.login.clone())).collect();
                people
            }
            Err(note) => return Ok(Some(Say { notes: [note].into(), ..Say::stage(Stage::MayNotAsk) })),
        };
        // Who may not ask for what is seen in the files costs no call to anything that is managed.
        let (wishes, recorded) = self.engine.wishes(&sides.base).await?;
        let notes = objections(&people, &sides.tenants, &wishes, &recorded);
        if !notes.is_empty() {
            return Ok(Some(Say { notes, ..Say::stage(Stage::MayNotAsk) }));
        }
        let proposed = match self.proposed(&sides).await {
            Ok(proposed) => proposed,
            Err(EngineError::TooMuch(too_much)) => {
                return Ok(Some(Say::stage(Stage::TooLarge { why: too_much.to_string() })));
            }
            Err(error) => return Err(error.into()),
        };
        let foreign = self.foreign(&proposed.tenants);
        if !foreign.is_empty() {
            return Ok(Some(Say { notes: foreign, ..Say::stage(Stage::MayNotAsk) }));
        }
        let notes = objections(&people, &proposed.tenants, &proposed.base, &proposed.recorded);
        if !notes.is_empty() {
            return Ok(Some(Say { notes, ..Say::stage(Stage::MayNotAsk) }));
        }
        if !proposed.problems.is_empty() && proposed.plan.changes.is_empty() {
            let why = proposed.problems.join("; ");
            return Ok(Some(Say::stage(Stage::Failed { why })));
        }
        self.remember(look, memo, heads, proposed).await?;
        Ok(None)
    }

    /// Both sides, with the other sources as they are.
    async fn sides(
        &self,
        look: &Look<'_>,
        heads: &Heads,
        merge: &CommitId,
        files: &[String],
    ) -> Result<Sides, Trouble> {
        let (base, merge) = (self.git.read(&heads.base).await?, self.git.read(merge).await?);
        let prefix = self.git.sub_path();
        let below = |file: &String| match prefix {
            "" => Some(file.clone()),
            _ => file.strip_prefix(prefix)?.strip_prefix('/').map(str::to_owned),
        };
        let files: BTreeSet<String> = files.iter().filter_map(below).collect();
        let spoken = [&base, &merge].into_iter().flat_map(|side| &side.manifests);
        let spoken = spoken.filter(|manifest| files.contains(&*manifest.file));
        let tenants = spoken.filter_map(crate::tenants::tenant_of).collect();
        let with = |mine: Snapshot| {
            let others = look.around.others.iter().filter(|s| s.name != self.terms.source).cloned();
            std::iter::once(mine).chain(others).collect::<Vec<_>>()
        };
        Ok(Sides { base: with(base), merge: with(merge), tenants })
    }

    /// Tenants that this repository does not speak for: its readers must not learn of them.
    fn foreign(&self, tenants: &BTreeSet<TenantName>) -> BTreeSet<Note> {
        let foreign = tenants.iter().filter(|tenant| !self.terms.tenants.contains(*tenant));
        foreign.map(|tenant| Note::NotOfThisSource { tenant: tenant.as_str().into() }).collect()
    }

    /// Who opened it and who pushed to it, as GitHub vouches for it.
    async fn people(
        &self,
        cx: &Cx<'_>,
        look: &Look<'_>,
        memo: &Memo,
    ) -> Result<Result<Vec<(Somebody, Part)>, Note>, Trouble> {
        let pull = &look.pull;
        let unknown = |why: &str| Ok(Err(Note::PushersUnknown { why: why.to_owned() }));
        let ours = memo.ours.as_ref();
        let author = ours.map(|ours| &ours.person).or(pull.user.as_ref());
        let Some(author) = author else { return unknown("the account that opened it is gone") };
        let own = self.desk.repository();
        let here = pull.head.repo.as_ref().is_some_and(|repo| repo.full_name.eq_ignore_ascii_case(&own));
        if !here {
            return unknown("its branch is in another repository, whose pushes cannot be seen from here");
        }
        let pushes = self.desk.pushes(cx, &pull.head.branch).await?;
        if !pushes.iter().any(|push| push.after == pull.head.sha) {
            return unknown("GitHub does not tell yet who pushed its last commit");
        }
        let mut people: BTreeMap<u64, (&Person, Part)> = BTreeMap::new();
        for push in pushes.iter().filter(|push| push.activity_type != "branch_deletion") {
            let for_somebody = ours.filter(|ours| ours.commit == push.after).map(|ours| &ours.person);
            let actor = for_somebody.or(push.actor.as_ref());
            let Some(actor) = actor else { return unknown("an account that pushed to it is gone") };
            people.insert(actor.id, (actor, Part::Pusher));
        }
        people.insert(author.id, (author, Part::Author));
        let mut all = Vec::new();
        for (person, part) in people.into_values() {
            let first_id = self.engine.store.login_id(&person.login, person.id).await?;
            all.push((Somebody { login: person.login.as_str().into(), id: person.id, first_id }, part));
        }
        Ok(Ok(all))
    }

    async fn proposed(&self, sides: &Sides) -> Result<Proposed, EngineError> {
        let limits = self.terms.limits;
        let asked = Asked {
            base: &sides.base,
            merge: &sides.merge,
            source: &self.terms.source,
            patience: limits.patience,
            calls: limits.calls,
        };
        self.engine.propose(&asked).await
    }

    /// Keeps the plan to be shown; the one that is shown already where it says the same.
    async fn remember(
        &self,
        look: &Look<'_>,
        memo: &mut Memo,
        heads: &Heads,
        proposed: Proposed,
    ) -> Result<(), Trouble> {
        let says = timeless(&proposed.plan)?;
        let plan = &proposed.plan;
        memo.planned_at = Some(self.engine.clock.now());
        memo.invalid = plan.findings.iter().any(|f| f.severity == Severity::Error);
        memo.findings.clone_from(&plan.findings);
        memo.before = proposed.before.into_iter().take(BEFORE).collect();
        memo.addresses.extend(plan.changes.iter().map(|c| c.address.clone()));
        let shown = memo.now().is_some_and(|shown| shown.head == heads.head);
        if memo.says != Some(says) {
            self.engine.keep_plan_for(plan, &look.pull_ref).await?;
            memo.show(plan.digest, heads.head.clone());
            memo.says = Some(says);
        } else if !shown && let Some(same) = memo.now().map(|shown| shown.plan) {
            // Another commit, and the same effects: who reviews it approves what is shown already.
            memo.show(same, heads.head.clone());
        }
        Ok(())
    }
}

/// What a plan says, whatever the moment and the commit.
fn timeless(plan: &Plan) -> Result<Digest, Trouble> {
    let mut same = Plan { as_of: Timestamp::UNIX_EPOCH, wake: None, ..plan.clone() };
    same.sources.iter_mut().for_each(|source| source.commit = None);
    let digest = same.recompute_digest().map_err(EngineError::from)?;
    Ok(digest)
}
