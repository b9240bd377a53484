//! The generic diff: wished against seen, path by path, without allocation where they agree.

use crate::reasons::{NoRecord, Past, reason_of};
use aplomo_core::fields::{SeenFields, WantedFields};
use aplomo_core::plan::FieldChange;
use aplomo_core::types::Turnover;
use aplomo_core::{Datum, FieldPath, Reason, Reference, ResourceType, Sight, Wish};
use std::borrow::Cow;

/// What a reference points at, as far as is known now.
pub(crate) enum Target<'a> {
    /// The output has this value.
    Known(Cow<'a, Datum>),
    /// It becomes known when the change is applied that comes from this reason.
    Later(Reason),
    /// The resource could not be seen.
    Unseen,
}

/// What differs.
#[derive(Default)]
pub(crate) struct Difference {
    pub(crate) fields: Vec<FieldChange>,
    /// Paths that could not be compared, by why.
    pub(crate) hidden: Vec<(FieldPath, &'static str)>,
}

impl Difference {
    /// Without what means nothing to the type, given the rest.
    pub(crate) fn without_indifferent(
        mut self,
        kind: &dyn ResourceType,
        wanted: &WantedFields,
        seen: &SeenFields,
    ) -> Self {
        self.fields.retain(|field| !kind.indifferent(&field.path, wanted, seen));
        self.hidden.retain(|(path, _)| !kind.indifferent(path, wanted, seen));
        self
    }
}

const HIDDEN: &str = "our credentials may not see it";
const NO_SECRET: &str =
    "there is no record of which secret was written: adopt what it is in, and it can be written again";
const TARGET_UNSEEN: &str = "what it refers to could not be seen";

/// Compares a wish with what was seen. `resolve` answers for references, `past` for reasons.
pub(crate) fn differ<'a>(
    wanted: &WantedFields,
    seen: &SeenFields,
    past: &Past<'_>,
    resolve: &dyn Fn(&Reference) -> Target<'a>,
) -> Difference {
    let mut out = Difference::default();
    let mut sights = seen.iter().peekable();
    for (path, wish) in wanted.iter() {
        while sights.next_if(|(p, _)| *p < path).is_some() {}
        let sight = sights.peek().filter(|(p, _)| *p == path).map_or(&Sight::Absent, |(_, sight)| *sight);
        compare(path, wish, sight, past, resolve, &mut out);
    }
    out
}

fn compare<'a>(
    path: &FieldPath,
    wish: &Wish,
    sight: &Sight,
    past: &Past<'_>,
    resolve: &dyn Fn(&Reference) -> Target<'a>,
    out: &mut Difference,
) {
    let mut differs = |reason: Reason| {
        out.fields.push(FieldChange {
            path: path.clone(),
            before: sight.clone(),
            after: wish.clone(),
            reason,
        });
    };
    match (wish, sight) {
        (Wish::LeftAlone, _) | (Wish::Absent, Sight::Absent) => {}
        (Wish::Secret(mark), Sight::Hidden | Sight::Value(_)) => match past.secret(path, mark) {
            Ok(None) => {}
            Ok(Some(reason)) => differs(reason),
            Err(NoRecord) => out.hidden.push((path.clone(), NO_SECRET)),
        },
        (_, Sight::Hidden) => out.hidden.push((path.clone(), HIDDEN)),
        (Wish::Value(value), Sight::Value(there)) if value == there => {}
        (Wish::Value(_) | Wish::Absent | Wish::Secret(_), _) => {
            differs(reason_of(past, path, wish, None, sight))
        }
        (Wish::Reference(reference), _) => match resolve(reference) {
            Target::Known(value) if sight.value() == Some(&*value) => {}
            Target::Known(value) => differs(reason_of(past, path, wish, Some(&value), sight)),
            Target::Later(why) => differs(past.follows(path, sight, why)),
            Target::Unseen => out.hidden.push((path.clone(), TARGET_UNSEEN)),
        },
    }
}

/// The strongest turnover of the fields that differ: destroying first wins, because uniqueness
/// leaves no choice.
pub(crate) fn turnover(kind: &dyn ResourceType, fields: &[FieldChange]) -> Turnover {
    fields.iter().map(|field| kind.turnover(&field.path)).max().unwrap_or(Turnover::InPlace)
}

/// The managed fields as seen: every wished path, absent ones told.
pub(crate) fn managed(wanted: &WantedFields, seen: &SeenFields) -> SeenFields {
    let managed = wanted.iter().filter(|(_, wish)| !matches!(wish, Wish::LeftAlone));
    managed.map(|(path, _)| (path.clone(), seen.get(path.as_str()).cloned().unwrap_or_default())).collect()
}

/// The part of a wish that what was seen satisfies already.
pub(crate) fn satisfied(wanted: &WantedFields, difference: &Difference) -> WantedFields {
    let open = |path: &FieldPath| {
        difference.fields.iter().any(|f| f.path == *path) || difference.hidden.iter().any(|(p, _)| p == path)
    };
    wanted.iter().filter(|(path, _)| !open(path)).map(|(path, wish)| (path.clone(), wish.clone())).collect()
}

/// A wish with the values that a create sends besides; the wish itself wins.
pub(crate) fn with_defaults(wanted: &WantedFields, defaults: &WantedFields) -> WantedFields {
    if defaults.is_empty() {
        return wanted.clone();
    }
    let mut all = defaults.clone();
    for (path, wish) in wanted.iter() {
        all.set(path.clone(), wish.clone());
    }
    all
}
