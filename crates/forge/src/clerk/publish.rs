//! Writing comment and check, where they say something else than they do.

use super::{Clerk, Cx, Look, Trouble};
use crate::check::{Check, Conclusion, check};
use crate::comment::comment;
use crate::memo::Memo;
use crate::view::{Locale, Note, Right, Since, Stage, View};
use aplomo_core::{CommitId, Digest, Plan};
use aplomo_engine::EngineError;
use aplomo_provider_github::desk::{Annotation, CheckOutput};
use std::collections::{BTreeMap, BTreeSet};

/// The name of our check.
pub(super) const CHECK: &str = "aplomo";

/// What is to be said beside what is remembered.
pub(super) struct Say<'a> {
    pub(super) stage: Stage<'a>,
    pub(super) notes: BTreeSet<Note>,
    pub(super) rights: BTreeMap<Digest, Right>,
    pub(super) since: Option<Since>,
    /// The plan that it is about, where there is one.
    pub(super) plan: Option<Plan>,
}

impl Say<'_> {
    pub(super) fn stage(stage: Stage<'_>) -> Say<'_> {
        Say { stage, notes: BTreeSet::new(), rights: BTreeMap::new(), since: None, plan: None }
    }
}

impl Clerk {
    /// Brings comment and check in line.
    pub(super) async fn publish(
        &self,
        cx: &Cx<'_>,
        look: &Look<'_>,
        memo: &mut Memo,
        mut say: Say<'_>,
    ) -> Result<(), Trouble> {
        if let Some(restored) = self.tampered(look, memo) {
            say.notes.insert(restored);
        }
        let head = CommitId::new(&look.pull.head.sha).map_err(EngineError::from)?;
        let locale = self.locale().await?;
        let link =
            say.plan.as_ref().and_then(|plan| Some(format!("{}{}", self.terms.link.as_ref()?, plan.digest)));
        let view = View {
            locale,
            pull: &look.pull_ref,
            head: &head,
            stage: say.stage,
            findings: &memo.findings,
            plan: say.plan.as_ref(),
            before: &memo.before,
            rights: say.rights,
            notes: say.notes.into_iter().collect(),
            since: say.since,
            link: link.as_deref(),
            sub_path: self.git.sub_path(),
        };
        let (text, found) = (comment(&view), check(&view));
        self.say(cx, look, memo, &text).await?;
        self.report(cx, look, memo, found, link).await
    }

    /// Whether somebody else changed or removed our comment.
    fn tampered(&self, look: &Look<'_>, memo: &Memo) -> Option<Note> {
        let (Some(said), Some(_), false) = (memo.comment_says, memo.comment, memo.just_said) else {
            return None;
        };
        let body = look.said.ours.as_ref().and_then(|comment| comment.body.as_deref());
        let same = body.and_then(|body| Digest::of_json(&body).ok()) == Some(said);
        (!same).then_some(Note::CommentRestored)
    }

    async fn say(&self, cx: &Cx<'_>, look: &Look<'_>, memo: &mut Memo, text: &str) -> Result<(), Trouble> {
        let said_now = memo.just_said && memo.comment_says == Digest::of_json(&text).ok();
        let there = look.said.ours.as_ref().filter(|_| !memo.just_said);
        let written = match (there, memo.comment) {
            _ if said_now => return Ok(()),
            (Some(comment), _) if comment.body.as_deref() == Some(text) => comment.clone(),
            (Some(comment), _) => self.desk.edit_comment(cx, comment.id, text).await?,
            (None, Some(id)) if memo.just_said => self.desk.edit_comment(cx, id, text).await?,
            // None is there, or somebody took it away.
            (None, _) => self.desk.comment(cx, look.pull.number, text).await?,
        };
        memo.just_said = true;
        memo.comment = Some(written.id);
        let body = written.body.as_deref().unwrap_or(text);
        memo.comment_says = Some(Digest::of_json(&body).map_err(EngineError::from)?);
        if let Some(shown) = memo.shown.last_mut().filter(|shown| shown.at.is_none()) {
            shown.at = Some(written.updated_at);
        }
        Ok(())
    }

    async fn report(
        &self,
        cx: &Cx<'_>,
        look: &Look<'_>,
        memo: &mut Memo,
        found: Check,
        link: Option<String>,
    ) -> Result<(), Trouble> {
        let output = CheckOutput {
            conclusion: found.conclusion.map(word),
            title: found.title,
            summary: found.summary,
            annotations: found.annotations.into_iter().map(annotation).collect(),
            details_url: link,
        };
        let commit = &look.pull.head.sha;
        let says = Digest::of_json(&(commit, &output)).map_err(EngineError::from)?;
        if memo.check_says == Some(says) {
            return Ok(());
        }
        self.desk.check(cx, (CHECK, commit), &output).await?;
        memo.check_says = Some(says);
        Ok(())
    }

    /// The language of the tenant that the source speaks for; English where it speaks for several that differ.
    pub(super) async fn locale(&self) -> Result<Locale, Trouble> {
        let recorded = self.engine.recorded().await?;
        let of = |tenant| recorded.policies.get(tenant).map(|policy| language(policy.locale));
        let mut all: Vec<Locale> = self.terms.tenants.iter().filter_map(of).collect();
        all.dedup();
        Ok(if let [one] = all[..] { one } else { Locale::En })
    }
}

const fn language(locale: aplomo_core::safety::Locale) -> Locale {
    match locale {
        aplomo_core::safety::Locale::En => Locale::En,
        aplomo_core::safety::Locale::Es => Locale::Es,
    }
}

const fn word(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Success => "success",
        Conclusion::Failure => "failure",
        Conclusion::ActionRequired => "action_required",
        Conclusion::Neutral => "neutral",
    }
}

fn annotation(one: crate::check::Annotation) -> Annotation {
    let annotation_level = match one.level {
        crate::check::Level::Notice => "notice",
        crate::check::Level::Warning => "warning",
        crate::check::Level::Failure => "failure",
    };
    Annotation {
        path: one.path,
        start_line: one.start_line,
        end_line: one.end_line,
        annotation_level,
        title: one.title,
        message: one.message,
    }
}
