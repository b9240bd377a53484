//! Readers. They never fail: what could not be read is told by the coverage, and a field that our
//! credentials are not shown is hidden, never absent.

mod enforced;
pub(crate) mod extras;
pub(crate) mod inside;
pub(crate) mod org;
pub(crate) mod properties;
pub(crate) mod sweep;

use crate::line::Line;
use crate::problem::GithubProblem;
use aplomo_core::fields::Sight;
use aplomo_core::model::Model;
use aplomo_core::observation::OwnerMark;
use aplomo_core::{
    Coverage, Datum, Observation, Observed, RemoteId, Scope, Seen, Timestamp, TypeName, Types,
};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// What a reading found so far.
pub(crate) struct Haul<'a> {
    scope: &'a Scope,
    types: Types,
    objects: Vec<Observed>,
    coverage: BTreeMap<(TypeName, Scope), Coverage>,
}

/// What there is to say of an object beside its fields.
#[derive(Default)]
pub(crate) struct Find<'a> {
    /// What GitHub calls it.
    pub(crate) id: String,
    /// The repository or team that it is in.
    pub(crate) within: Option<&'a str>,
    pub(crate) outputs: Vec<(&'static str, Datum)>,
    pub(crate) brought_along: bool,
    pub(crate) raw: Option<String>,
    pub(crate) waiting: Option<String>,
}

impl<'a> Find<'a> {
    pub(crate) fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    pub(crate) fn within(self, container: &'a str) -> Self {
        Self { within: Some(container), ..self }
    }

    /// A flag; without one nothing is told.
    pub(crate) fn flagged(mut self, output: &'static str, value: Option<bool>) -> Self {
        self.outputs.extend(value.map(|value| (output, Datum::Bool(value))));
        self
    }

    pub(crate) fn with(mut self, output: &'static str, value: Option<impl AsRef<str>>) -> Self {
        self.outputs.extend(value.map(|value| (output, Datum::from(value.as_ref()))));
        self
    }
}

impl<'a> Haul<'a> {
    pub(crate) fn new(scope: &'a Scope) -> Self {
        let (objects, coverage) = (Vec::new(), BTreeMap::new());
        Self { scope, types: aplomo_resources::registry(), objects, coverage }
    }

    /// Where something is: in a container, or in what is being read.
    fn place(&self, within: Option<&str>) -> Option<Scope> {
        match within {
            None => Some(self.scope.concrete()),
            Some(id) => RemoteId::new(id).ok().map(|id| self.scope.outer().within(id)),
        }
    }

    /// How much of a type was seen there; the weaker counts.
    pub(crate) fn cover(&mut self, type_name: &TypeName, within: Option<&str>, coverage: Coverage) {
        let Some(place) = self.place(within) else { return };
        let key = (type_name.clone(), place);
        let before = self.coverage.remove(&key).unwrap_or(Coverage::Complete);
        self.coverage.insert(key, before.and(coverage));
    }

    /// One more object. What cannot be taken weakens the coverage.
    pub(crate) fn take<M: Model<Seen>>(&mut self, type_name: &TypeName, find: Find<'_>, fields: &M) {
        let Find { id, within, outputs, brought_along, raw, waiting } = find;
        let (Ok(id), Some(scope)) = (RemoteId::new(&id), self.place(within)) else {
            let why = format!("`{}` could not be taken: it is no usable id", id.escape_debug());
            return self.cover(type_name, within, Coverage::LowerBound(why));
        };
        let fields = fields.to_fields();
        let known = self.types.get(type_name.as_str());
        let key = known.and_then(|known| known.identity(&fields).ok().flatten());
        let own = ("id", Datum::from(id.as_str()));
        let outputs =
            outputs.into_iter().chain([own]).map(|(name, value)| (SmolStr::new_static(name), value));
        self.objects.push(Observed {
            type_name: type_name.clone(),
            scope,
            id,
            key,
            // GitHub has no place for marks: docs/decisions/0026.
            mark: OwnerMark::None,
            created_by: None,
            fields,
            outputs: outputs.collect(),
            brought_along,
            raw: raw.map(Into::into),
            waiting,
        });
    }

    /// Whether an object of a type with this id was found in a container.
    pub(crate) fn has(&self, type_name: &TypeName, within: &str, id: &str) -> bool {
        let is_in = |o: &Observed| o.scope.container.as_ref().is_some_and(|c| c.as_str() == within);
        self.objects.iter().any(|o| o.type_name == *type_name && o.id.as_str() == id && is_in(o))
    }

    /// The reading.
    pub(crate) fn done(self, line: &Line<'_>, begun: Timestamp) -> Observation {
        Observation {
            objects: self.objects,
            coverage: self.coverage,
            skew_seconds: line.skew(),
            at: Some(begun),
        }
    }
}

/// How much of a listing was seen when a page failed.
pub(crate) fn cut_short(problem: &GithubProblem, read: usize, what: &str) -> Coverage {
    if read == 0 {
        return Coverage::Failed(problem.to_string());
    }
    Coverage::LowerBound(format!("only the first {read} {what} could be read: {problem}"))
}

/// Coverage of a list of which some items may be out of sight.
pub(crate) fn seen_of(complete: bool, what: &str) -> Coverage {
    if complete {
        return Coverage::Complete;
    }
    Coverage::LowerBound(format!("some {what} are not visible to our credentials"))
}

/// A value, or its absence.
pub(crate) fn sight<T>(value: Option<T>) -> Sight<T> {
    value.map_or(Sight::Absent, Sight::Value)
}

/// A set of words.
pub(crate) fn words<'v>(all: impl IntoIterator<Item = &'v str>) -> BTreeSet<SmolStr> {
    all.into_iter().map(SmolStr::new).collect()
}

/// A set that is absent where it is empty.
pub(crate) fn some_words<'v>(all: impl IntoIterator<Item = &'v str>) -> Sight<BTreeSet<SmolStr>> {
    sight(Some(words(all)).filter(|all| !all.is_empty()))
}
