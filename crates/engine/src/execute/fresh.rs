//! Is the world still as approved? Pure comparisons of one change with what was read just now.

use aplomo_core::fields::{SeenFields, Sight, WantedFields, Wish};
use aplomo_core::observation::{Observation, Observed, OwnerMark};
use aplomo_core::plan::Before;
use aplomo_core::{Action, Address, Change, Datum, FieldPath, Installation, RemoteId, Scope};
use std::collections::HashMap;

/// Finds objects of an observation by id, by our mark, by idempotency key and by natural key.
pub(crate) struct Index<'a> {
    by_id: HashMap<(&'a str, &'a Scope, &'a str), &'a Observed>,
    by_key: HashMap<(&'a str, &'a Scope, &'a str), &'a Observed>,
    by_mark: HashMap<&'a str, &'a Observed>,
    by_creation: HashMap<&'a str, &'a Observed>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(seen: &'a Observation, installation: &Installation) -> Self {
        let mut index = Self {
            by_id: HashMap::new(),
            by_key: HashMap::new(),
            by_mark: HashMap::new(),
            by_creation: HashMap::new(),
        };
        for object in &seen.objects {
            let place = (object.type_name.as_str(), &object.scope);
            index.by_id.insert((place.0, place.1, object.id.as_str()), object);
            if let Some(key) = &object.key {
                index.by_key.insert((place.0, place.1, key), object);
            }
            if let OwnerMark::Marked { installation: by, address, .. } = &object.mark
                && by == installation.as_str()
                && !address.is_empty()
            {
                index.by_mark.insert(address, object);
            }
            if let Some(reference) = &object.created_by {
                index.by_creation.insert(reference, object);
            }
        }
        index
    }

    pub(crate) fn by_id(&self, type_name: &str, scope: &Scope, id: &RemoteId) -> Option<&'a Observed> {
        self.by_id.get(&(type_name, scope, id.as_str())).copied()
    }

    /// The objects of a type in exactly this scope.
    pub(crate) fn around(&self, type_name: &str, scope: &Scope) -> impl Iterator<Item = &'a Observed> {
        let here = self.by_id.iter().filter(move |((of, at, _), _)| *of == type_name && *at == scope);
        here.map(|(_, object)| *object)
    }

    /// The object a change is about: by id where it has one, else by what makes it recognisable: our
    /// mark, the idempotency key, the natural key.
    pub(crate) fn subject(
        &self,
        change: &Change,
        scope: &Scope,
        (key, natural): (&str, Option<&str>),
    ) -> Option<Subject<'a>> {
        let type_name = change.type_name.as_str();
        if let Some(id) = &change.id {
            return self.by_id(type_name, scope, id).map(Subject::Known);
        }
        let ours =
            self.by_mark.get(change.address.as_str()).copied().filter(|o| o.type_name == change.type_name);
        let made = || self.by_creation.iter().find(|(by, _)| by.ends_with(key)).map(|(_, o)| *o);
        if let Some(object) = ours.or_else(made) {
            return Some(Subject::Ours(object));
        }
        natural.and_then(|k| self.by_key.get(&(type_name, scope, k)).copied()).map(Subject::Namesake)
    }

    /// The object that an earlier attempt of this run made to take the place of the change's own:
    /// by its idempotency key alone, for the old one carries our mark too.
    pub(crate) fn successor(&self, change: &Change, key: &str) -> Option<&'a Observed> {
        let made = |by: &str, o: &Observed| {
            by.ends_with(key) && o.type_name == change.type_name && change.id.as_ref() != Some(&o.id)
        };
        self.by_creation.iter().find(|(by, o)| made(by, o)).map(|(_, o)| *o)
    }

    /// The object that an earlier attempt of this run made in the place that it freed: the old one is gone,
    /// so our mark, or its natural key in the new container, is on nothing else.
    pub(crate) fn heir(&self, change: &Change, scope: &Scope, natural: Option<&str>) -> Option<Subject<'a>> {
        if change.action != Action::Replace {
            return None;
        }
        let type_name = change.type_name.as_str();
        let other = |o: &&Observed| o.type_name.as_str() == type_name && change.id.as_ref() != Some(&o.id);
        let marked = self.by_mark.get(change.address.as_str()).copied().filter(other);
        let named = || self.by_key.get(&(type_name, scope, natural?)).copied().filter(other);
        marked.map(Subject::Ours).or_else(|| named().map(Subject::Namesake))
    }

    /// The object at an address whose id is known.
    pub(crate) fn at(&self, address: &Address, id: &RemoteId) -> Option<&'a Observed> {
        let of_type = self.by_id.iter().find(|((t, _, i), _)| *t == address.type_name() && *i == id.as_str());
        of_type.map(|(_, object)| *object)
    }
}

/// How a change's object was recognised.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// By the id in the change.
    Known(&'a Observed),
    /// By our mark or our idempotency key: an earlier attempt of ours made it.
    Ours(&'a Observed),
    /// By its natural key alone.
    Namesake(&'a Observed),
}

impl Subject<'_> {
    /// The same object, as if an earlier attempt of ours had made it.
    pub(crate) const fn as_ours(self) -> Self {
        let (Self::Known(object) | Self::Ours(object) | Self::Namesake(object)) = self;
        Self::Ours(object)
    }
}

/// What a fresh reading says of a change.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Freshness<'a> {
    /// As approved: go on, with the object as it is.
    Fresh(Option<&'a Observed>),
    /// An interrupted attempt of ours made the object; the writer finishes it.
    Begun(&'a Observed),
    /// An interrupted attempt of ours did all of it already.
    Done(Option<&'a Observed>),
    /// The world moved; in words.
    Stale(String),
}

/// Judges a change. `after` has its references resolved; `resumed` tells that this run was
/// interrupted and may have done it already.
pub(crate) fn judge<'a>(
    change: &Change,
    after: Option<&WantedFields>,
    subject: Option<Subject<'a>>,
    installation: &Installation,
    resumed: bool,
) -> Freshness<'a> {
    let object = subject.map(|s| match s {
        Subject::Known(o) | Subject::Ours(o) | Subject::Namesake(o) => o,
    });
    if let Some(OwnerMark::Marked { installation: by, .. }) = object.map(|o| &o.mark)
        && by != installation.as_str()
    {
        return Freshness::Stale(format!("another Aplomo (`{by}`) has marked it since"));
    }
    if let Some(OwnerMark::OtherTool(tool)) = object.map(|o| &o.mark) {
        return Freshness::Stale(format!("{tool} owns it now"));
    }
    match (change.action, subject) {
        (Action::Create, subject) => judge_create(after, subject, resumed),
        // Not by its id: what stands where the old one was is the new one.
        (Action::Replace, Some(Subject::Ours(_) | Subject::Namesake(_))) => {
            judge_create(after, subject, resumed)
        }
        (Action::Delete, None) if resumed => Freshness::Done(None),
        (Action::Replace, None) if resumed => Freshness::Fresh(None),
        (_, None) if matches!(change.before, Before::CreatedWith(_)) => {
            Freshness::Stale("what its container should have brought along is not there".to_owned())
        }
        (_, None) => Freshness::Stale("it is gone".to_owned()),
        (_, Some(_)) => judge_existing(change, after, object, resumed),
    }
}

/// Judges a replacement that makes the new object first. The writer gets no object as it is: what is
/// there is the old one, and it is taken away when everything that needed it has moved on.
pub(crate) fn judge_replace<'a>(
    change: &Change,
    after: Option<&WantedFields>,
    (index, scope, key): (&Index<'a>, &Scope, &str),
    installation: &Installation,
    resumed: bool,
) -> Freshness<'a> {
    if let Some(made) = index.successor(change, key) {
        return judge_create(after, Some(Subject::Ours(made)), resumed);
    }
    let (type_name, old_scope) = (change.type_name.as_str(), change.scope.concrete());
    if old_scope != *scope
        && let Some(there) = change.key.as_deref().and_then(|k| index.by_key.get(&(type_name, scope, k)))
    {
        return judge_create(after, Some(Subject::Namesake(there)), resumed);
    }
    let old = change.id.as_ref().and_then(|id| index.by_id(type_name, &old_scope, id));
    match (old, resumed) {
        (None, true) => Freshness::Fresh(None),
        (None, false) => Freshness::Stale("it is gone".to_owned()),
        (Some(old), _) => match superseded_moved(change, old, installation) {
            Some(why) => Freshness::Stale(why),
            None => Freshness::Fresh(None),
        },
    }
}

/// Why the object that a change replaces is no longer as approved; `None` where it is.
pub(crate) fn superseded_moved(
    change: &Change,
    old: &Observed,
    installation: &Installation,
) -> Option<String> {
    if let OwnerMark::Marked { installation: by, .. } = &old.mark
        && by != installation.as_str()
    {
        return Some(format!("another Aplomo (`{by}`) has marked it since"));
    }
    let Before::Seen(before) = &change.before else { return None };
    moved(before, &old.fields, false).map(|path| format!("`{path}` has changed since it was planned"))
}

fn judge_create<'a>(
    after: Option<&WantedFields>,
    subject: Option<Subject<'a>>,
    resumed: bool,
) -> Freshness<'a> {
    match subject {
        None => Freshness::Fresh(None),
        // A mark alone may be a copy: only a run that made a call for this finds its own work.
        Some(Subject::Ours(object) | Subject::Known(object)) if !resumed => Freshness::Stale(format!(
            "{} carries its mark, and this run did not make it; plan again",
            object.id
        )),
        Some(Subject::Ours(object) | Subject::Known(object)) => {
            let marked = matches!(&object.mark, OwnerMark::Marked { address, .. } if !address.is_empty());
            if marked && after.is_some_and(|a| mismatch(a, &object.fields).is_none()) {
                Freshness::Done(Some(object))
            } else {
                Freshness::Begun(object)
            }
        }
        Some(Subject::Namesake(object)) => {
            if resumed && after.is_some_and(|a| mismatch(a, &object.fields).is_none()) {
                return Freshness::Done(Some(object));
            }
            Freshness::Stale("something of that name was made since; plan again to see it".to_owned())
        }
    }
}

fn judge_existing<'a>(
    change: &Change,
    after: Option<&WantedFields>,
    object: Option<&'a Observed>,
    resumed: bool,
) -> Freshness<'a> {
    let Some(fields) = object.map(|o| &o.fields) else { return Freshness::Stale("it is gone".to_owned()) };
    let Before::Seen(before) = &change.before else { return Freshness::Fresh(object) };
    let whole = matches!(change.action, Action::Delete);
    let Some(path) = moved(before, fields, whole) else { return Freshness::Fresh(object) };
    if resumed {
        if after.is_some_and(|a| mismatch(a, fields).is_none()) {
            return Freshness::Done(object);
        }
        if after.is_some_and(|a| each_is_one_of(before, a, fields)) {
            return Freshness::Fresh(object);
        }
    }
    Freshness::Stale(format!("`{path}` has changed since it was planned"))
}

/// The first field that is no longer as it was; for a delete also any field that came since. Of what was
/// hidden nobody can say that it moved: a reading that looks closer than the plan's shows more.
fn moved(before: &SeenFields, now: &SeenFields, whole: bool) -> Option<FieldPath> {
    let absent = Sight::Absent;
    let mut shown = before.iter().filter(|(_, sight)| **sight != Sight::Hidden);
    let changed = shown.find(|(path, sight)| now.get(path.as_str()).unwrap_or(&absent) != *sight);
    if let Some((path, _)) = changed {
        return Some(path.clone());
    }
    let mut came =
        now.iter().filter(|(path, sight)| **sight != absent && before.get(path.as_str()).is_none());
    came.next().filter(|_| whole).map(|(path, _)| path.clone())
}

/// Whether an object has all that can only be as it was made: else it is another one with a copied mark.
pub(crate) fn is_made_so(
    wanted: &WantedFields,
    seen: &SeenFields,
    for_life: impl Fn(&FieldPath) -> bool,
) -> bool {
    wanted
        .iter()
        .filter(|(path, _)| for_life(path))
        .all(|(path, wish)| fulfils(wish, seen.get(path.as_str())))
}

/// The first wished field that the object does not have; references must be resolved.
pub(crate) fn mismatch(wanted: &WantedFields, seen: &SeenFields) -> Option<FieldPath> {
    mismatches(wanted, seen).next().cloned()
}

/// All such fields.
pub(crate) fn mismatches<'f>(
    wanted: &'f WantedFields,
    seen: &'f SeenFields,
) -> impl Iterator<Item = &'f FieldPath> {
    wanted.iter().filter(|(path, wish)| !fulfils(wish, seen.get(path.as_str()))).map(|(path, _)| path)
}

fn fulfils(wish: &Wish, sight: Option<&Sight>) -> bool {
    match (wish, sight.unwrap_or(&Sight::Absent)) {
        (Wish::LeftAlone | Wish::Secret(_), _) | (Wish::Absent, Sight::Absent) | (_, Sight::Hidden) => true,
        (Wish::Value(wanted), Sight::Value(seen)) => wanted == seen,
        _ => false,
    }
}

fn each_is_one_of(before: &SeenFields, after: &WantedFields, now: &SeenFields) -> bool {
    let absent = Sight::Absent;
    before.iter().all(|(path, sight)| {
        let current = now.get(path.as_str()).unwrap_or(&absent);
        let done = |wish| fulfils(wish, Some(current)) || half_way(sight, wish, current);
        current == sight || *sight == Sight::Hidden || after.get(path.as_str()).is_some_and(done)
    })
}

/// Whether a list is on its way: some services take its items one by one, so that an interruption leaves
/// all that stays, some of what goes and some of what comes.
fn half_way(before: &Sight, wish: &Wish, now: &Sight) -> bool {
    let (Sight::Value(Datum::List(old)), Wish::Value(Datum::List(new)), Sight::Value(Datum::List(now))) =
        (before, wish, now)
    else {
        return false;
    };
    now.iter().all(|item| old.contains(item) || new.contains(item))
        && old.iter().filter(|item| new.contains(item)).all(|item| now.contains(item))
}

#[cfg(test)]
mod tests;
