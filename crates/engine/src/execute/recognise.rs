//! Which object a change is about, and whether an earlier attempt of this run made it.
//!
//! Deliberately absent: whether the world is still as approved (`fresh`).

use super::fresh::{Freshness, Index, Subject, is_made_so, judge, judge_replace};
use super::resolve::Resolved;
use super::state::State;
use super::wave::makes_first;
use crate::Engine;
use aplomo_core::fields::{SeenFields, Sight, WantedFields, Wish};
use aplomo_core::observation::{Observed, OwnerMark};
use aplomo_core::types::Turnover;
use aplomo_core::{Change, FieldPath, Installation, ResourceType};
use smol_str::SmolStr;
use std::collections::BTreeSet;

impl Engine {
    /// What a fresh reading says of a change.
    pub(super) fn freshness<'o>(
        &self,
        state: &State<'_>,
        change: &Change,
        resolved: &Resolved,
        index: &Index<'o>,
    ) -> Freshness<'o> {
        let (after, tried) = (resolved.after.as_ref(), state.may_have_done(change));
        let made = state.born.get(&change.digest).filter(|id| tried && change.id.as_ref() != Some(id));
        let made = made.and_then(|id| index.by_id(change.type_name.as_str(), &resolved.scope, id));
        if let Some(made) = made {
            return judge_made(made, &self.installation);
        }
        let key = state.key(change.digest);
        if makes_first(change) {
            let place = (index, &resolved.scope, key.as_str());
            return judge_replace(change, after, place, &self.installation, tried);
        }
        let natural = self.natural_key(change, after);
        let subject = index.subject(change, &resolved.scope, (&key, natural.as_deref()));
        let heir = || index.heir(change, &resolved.scope, natural.as_deref());
        let subject = subject.or_else(|| heir().filter(|heir| self.is_ours(state, change, after, *heir)));
        let subject = subject.map(|subject| self.recognise(state, change, after, subject));
        // What containers of this sort come with is brought into shape as if the run had made it too.
        let kind = self.types.get(change.type_name.as_str());
        let comes = kind.is_some_and(|kind| kind.comes_with_container()) && state.made_container_of(change);
        let subject = subject.map(|found| if comes { found.as_ours() } else { found });
        let namesake = matches!(subject, Some(Subject::Namesake(_)));
        // What a container that this run made has brought along just as wished is not made again.
        // A run that was interrupted cannot tell that from what a stranger put there meanwhile.
        let along = namesake && !state.resumed && state.made_container_of(change);
        let along = along || (subject.is_none() && state.went_with_container(change));
        // What it made is known by its id, so another one of that name is a stranger's.
        let strange = namesake && state.born.contains_key(&change.digest);
        judge(change, after, subject, &self.installation, along || comes || (tried && !strange))
    }

    /// Whether this run made what stands where the old object was: it tried to, and what cannot be changed of
    /// an object is as wished. Anything else only carries a copy of our mark.
    fn is_ours(
        &self,
        state: &State<'_>,
        change: &Change,
        after: Option<&WantedFields>,
        heir: Subject<'_>,
    ) -> bool {
        let kind = self.types.get(change.type_name.as_str());
        let for_life = |path: &FieldPath| kind.is_some_and(|kind| kind.turnover(path) != Turnover::InPlace);
        let (Subject::Known(object) | Subject::Ours(object) | Subject::Namesake(object)) = heir;
        state.may_have_done(change) && after.is_some_and(|after| is_made_so(after, &object.fields, for_life))
    }

    /// An object of the wished name that a call of ours made whose answer was lost is ours.
    fn recognise<'o>(
        &self,
        state: &State<'_>,
        change: &Change,
        after: Option<&WantedFields>,
        subject: Subject<'o>,
    ) -> Subject<'o> {
        let Subject::Namesake(object) = subject else { return subject };
        let carried = state.carried.get(&change.digest).filter(|_| !state.born.contains_key(&change.digest));
        let kind = self.types.get(change.type_name.as_str());
        let ours = carried.zip(after).is_some_and(|(carried, after)| {
            state.may_have_done(change) && came_of_lost_call(kind, carried, after, object)
        });
        if ours { Subject::Ours(object) } else { subject }
    }

    /// The natural key; one that hung on a reference is known now.
    fn natural_key(&self, change: &Change, after: Option<&WantedFields>) -> Option<SmolStr> {
        let known = || self.types.get(change.type_name.as_str())?.identity_wanted(after?).ok()?;
        change.key.clone().or_else(known)
    }
}

/// Judges what this run made before, as the journal tells by its id: the writer finishes it. Somebody may have
/// taken it over meanwhile.
fn judge_made<'a>(made: &'a Observed, installation: &Installation) -> Freshness<'a> {
    match &made.mark {
        OwnerMark::Marked { installation: by, .. } if by != installation.as_str() => {
            Freshness::Stale(format!("another Aplomo (`{by}`) has marked it since"))
        }
        OwnerMark::OtherTool(tool) => Freshness::Stale(format!("{tool} owns it now")),
        _ => Freshness::Begun(made),
    }
}

/// Whether an object of the wished name is what a call of ours made whose answer was lost: it has all that the
/// call carried. The name was free when it was sent, so whoever came between made the very same.
fn came_of_lost_call(
    kind: Option<&dyn ResourceType>,
    carried: &BTreeSet<FieldPath>,
    after: &WantedFields,
    object: &Observed,
) -> bool {
    let has = |path: &FieldPath| {
        let means_nothing = kind.is_some_and(|kind| kind.indifferent(path, after, &object.fields));
        means_nothing || after.get(path.as_str()).is_some_and(|wish| is_so(wish, path, &object.fields))
    };
    !carried.is_empty() && carried.iter().all(has)
}

fn is_so(wish: &Wish, path: &FieldPath, seen: &SeenFields) -> bool {
    match (wish, seen.get(path.as_str()).unwrap_or(&Sight::Absent)) {
        (Wish::Value(wanted), Sight::Value(seen)) => wanted == seen,
        (Wish::Value(_) | Wish::Reference(_), _) => false,
        (Wish::Absent, sight) => *sight == Sight::Absent,
        (Wish::LeftAlone | Wish::Secret(_), _) => true,
    }
}

#[cfg(test)]
mod tests;
