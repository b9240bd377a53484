//! The proof: what was applied is read again; what did not stay is quarantined with its field named.

use super::fresh::{Index, mismatches};
use super::resolve::resolve;
use super::state::State;
use super::{Order, change_at};
use crate::{Engine, EngineError};
use aplomo_core::fields::{WantedFields, Wish};
use aplomo_core::ledger::Quarantine;
use aplomo_core::ports::CallCounter;
use aplomo_core::run::Status;
use aplomo_core::types::Removal;
use aplomo_core::{Action, Change, FieldPath, Observation, RemoteId, Scope, TypeName, Types};
use std::time::Duration;

/// How often a reading that does not show the change yet is repeated, and how long is waited between.
const LOOKS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(2), Duration::from_secs(8)];

/// What does not stay as applied.
struct Miss {
    field: Option<FieldPath>,
    why: String,
    /// Whether it was seen to differ; false where nobody could look.
    seen: bool,
}

impl Miss {
    fn differs(field: Option<FieldPath>, why: String) -> Self {
        Self { field, why, seen: true }
    }
    fn unproven() -> Self {
        Self { field: None, why: "it was applied, and reading it again failed".to_owned(), seen: false }
    }
}

impl Engine {
    /// Reads what was applied again and compares; waits a little for reads that lag. What was seen to
    /// differ is quarantined; where nobody could look the run stays open, and the next start looks again:
    /// yields why.
    pub(super) async fn prove_convergence(
        &self,
        order: &Order<'_>,
        state: &mut State<'_>,
        calls: &CallCounter,
    ) -> Result<Option<String>, EngineError> {
        let mut open: Vec<&Change> = applied(state);
        let mut misses: Vec<(&Change, Miss)> = Vec::new();
        for wait in LOOKS {
            if open.is_empty() {
                return Ok(None);
            }
            self.clock.sleep(wait).await;
            let touched: Vec<RemoteId> =
                open.iter().filter_map(|c| state.ids.get(&c.address).or(c.id.as_ref()).cloned()).collect();
            let seen = self
                .read_again(
                    order.connections,
                    &targets(state, &open),
                    (&doubted(state, &misses), false, Some(&touched)),
                    calls,
                )
                .await;
            let index = Index::new(&seen, &self.installation);
            for change in &open {
                note_waiting(state, change, &index);
            }
            misses = open
                .iter()
                .filter_map(|c| Some((*c, miss(state, c, (&index, &self.types), &seen)?)))
                .collect();
            open = misses.iter().map(|(change, _)| *change).collect();
        }
        let unproven = misses.iter().filter(|(_, miss)| !miss.seen).count();
        for (change, miss) in misses.into_iter().filter(|(_, miss)| miss.seen) {
            self.quarantine(state, change, miss).await?;
        }
        let why = format!("{unproven} applied changes could not be read again, so they are not proven");
        Ok((unproven > 0).then_some(why))
    }

    async fn quarantine(
        &self,
        state: &mut State<'_>,
        change: &Change,
        miss: Miss,
    ) -> Result<(), EngineError> {
        let entry = Quarantine {
            address: change.address.clone(),
            field: miss.field,
            why: miss.why.clone(),
            commit: state.commit_of(&change.source),
            digest: change.digest,
            at: self.clock.now(),
        };
        self.store.quarantine_put(&entry).await?;
        let why =
            format!("{}; quarantined until `aplomo release {}` or another commit", miss.why, change.address);
        let requests = state.outcomes.get(&change.address).map(|o| o.request_ids.clone()).unwrap_or_default();
        state.note(change, Status::Quarantined, Some(why), requests);
        Ok(())
    }
}

/// Applied, and something outside must happen before it is finished: the run ends waiting, not failed.
fn note_waiting(state: &mut State<'_>, change: &Change, index: &Index<'_>) {
    let id = state.ids.get(&change.address).or(change.id.as_ref());
    let object = id.and_then(|id| index.by_id(change.type_name.as_str(), &scope_now(state, change), id));
    if let Some(why) = object.and_then(|o| o.waiting.clone()) {
        state.waiting.insert(change.address.clone(), why);
    } else {
        state.waiting.remove(&change.address);
    }
}

fn applied<'a>(state: &State<'a>) -> Vec<&'a Change> {
    let done = state.outcomes.values().filter(|o| o.status == Status::Applied);
    let changes = done.filter_map(|o| change_at(state.plan, &o.address));
    changes.filter(|c| c.scope.provider.as_str() != "aplomo").collect()
}

pub(super) fn scope_now(state: &State<'_>, change: &Change) -> Scope {
    let mut scope = change.scope.concrete();
    if let Some(id) = change.scope.container_of.as_ref().and_then(|of| state.ids.get(of)) {
        scope.container = Some(id.clone());
    }
    scope
}

/// What did not show as applied at the look before: it may be a listing that lags.
fn doubted(state: &State<'_>, misses: &[(&Change, Miss)]) -> Vec<RemoteId> {
    let id = |change: &Change| state.ids.get(&change.address).or(change.id.as_ref()).cloned();
    misses.iter().filter_map(|(change, _)| id(change)).collect()
}

fn targets(state: &State<'_>, changes: &[&Change]) -> Vec<(TypeName, Scope)> {
    // The contents of a container that was deleted went before it; there is nothing left to read.
    let gone = |scope: &Scope| {
        let deleted = changes.iter().filter(|c| c.action == Action::Delete).filter_map(|c| c.id.as_ref());
        scope.container.as_ref().is_some_and(|id| deleted.clone().any(|d| d == id))
    };
    let mut targets: Vec<_> = changes.iter().map(|c| (c.type_name.clone(), scope_now(state, c))).collect();
    for change in changes {
        let references = change.references.iter().filter(|r| r.reference.output != "id");
        targets.extend(references.filter_map(|r| {
            let to = &r.reference.to;
            Some((TypeName::new(to.type_name()).ok()?, state.place_of(to, &change.scope)))
        }));
    }
    targets.sort();
    targets.dedup();
    targets.retain(|(_, scope)| !gone(scope));
    targets
}

/// A delete is proven by a complete reading without it, or by its container having gone as well.
fn miss_of_delete(
    state: &State<'_>,
    change: &Change,
    scope: &Scope,
    index: &Index<'_>,
    seen: &Observation,
) -> Option<Miss> {
    let id = change.id.as_ref()?;
    if index.by_id(change.type_name.as_str(), scope, id).is_some() {
        return Some(Miss::differs(None, "it was deleted and is still there".to_owned()));
    }
    let with_container = change.scope.container_of.as_ref().is_some_and(|of| {
        let gone = state.outcomes.get(of).is_some_and(|o| o.status == Status::Applied);
        gone && change_at(state.plan, of).is_some_and(|c| c.action == Action::Delete)
    });
    let proven = seen.coverage_of(&change.type_name, scope).is_some_and(aplomo_core::Coverage::is_complete);
    (!proven && !with_container).then(Miss::unproven)
}

fn miss(
    state: &State<'_>,
    change: &Change,
    (index, types): (&Index<'_>, &Types),
    seen: &Observation,
) -> Option<Miss> {
    let scope = scope_now(state, change);
    let coverage = seen.coverage_of(&change.type_name, &scope);
    let kind = types.get(change.type_name.as_str());
    if matches!(change.action, Action::Delete) {
        // What is put away is still there, and the next plan says whether it is put away.
        if kind.is_some_and(|kind| kind.removal() == Removal::Archives) {
            return None;
        }
        return miss_of_delete(state, change, &scope, index, seen);
    }
    if matches!(change.action, Action::Release) {
        return None;
    }
    if !coverage.is_some_and(aplomo_core::Coverage::is_complete) {
        return Some(Miss::unproven());
    }
    let id = state.ids.get(&change.address).or(change.id.as_ref());
    let object = id.and_then(|id| index.by_id(change.type_name.as_str(), &scope, id));
    let Some(object) = object else {
        return Some(Miss::differs(None, "it was applied and is not there".to_owned()));
    };
    let after = comparable(state, change, index)?;
    let means_nothing =
        |path: &FieldPath| kind.is_some_and(|kind| kind.indifferent(path, &after, &object.fields));
    let field = mismatches(&after, &object.fields).find(|path| !means_nothing(path))?.clone();
    let why = format!("`{field}` did not stay as applied");
    Some(Miss::differs(Some(field), why))
}

/// What was wished, as far as it can be compared: a reference that this reading does not show was
/// checked when it was written, and the fields beside it still count.
fn comparable(state: &State<'_>, change: &Change, index: &Index<'_>) -> Option<WantedFields> {
    if let Ok(resolved) = resolve(change, &state.ids, index) {
        return resolved.after;
    }
    let literal = |wish: &Wish| !matches!(wish, Wish::Reference(_));
    let after = change.after.as_ref()?;
    Some(after.iter().filter(|(_, wish)| literal(wish)).map(|(p, w)| (p.clone(), w.clone())).collect())
}
