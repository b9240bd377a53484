//! The bridge from a typed [`Type`] to the form that the planner works with, and the registry of types.

use super::{Around, Assessment, Counting, Removal, ResourceType, Surroundings, Turnover, Type, Watch};
use crate::datum::Datum;
use crate::fields::{FieldPath, SeenFields, WantedFields};
use crate::finding::Finding;
use crate::model::{Misfit, Model, Seen, Wanted};
use crate::name::TypeName;
use jiff::Timestamp;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// Makes a [`Type`] into a [`ResourceType`].
pub struct Erased<T>(PhantomData<fn() -> T>);

impl<T> Erased<T> {
    /// The erased form.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}
impl<T> Default for Erased<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Type> ResourceType for Erased<T> {
    fn name(&self) -> TypeName {
        T::NAME
    }
    fn stateful(&self) -> bool {
        T::STATEFUL
    }
    fn counting(&self) -> Counting {
        T::COUNTING
    }
    fn emptied_first(&self) -> bool {
        T::EMPTIED_FIRST
    }
    fn comes_with_container(&self) -> bool {
        T::COMES_WITH_CONTAINER
    }
    fn takes_along(&self) -> bool {
        T::TAKES_ALONG
    }
    fn hangs_on<'s>(&self, seen: &'s SeenFields) -> Option<&'s str> {
        T::hangs_on(seen)
    }
    fn removal(&self) -> Removal {
        T::REMOVAL
    }
    fn beside(&self, identity: &str) -> Option<SmolStr> {
        T::beside(identity)
    }
    fn clashes(&self, one: &str, other: &str) -> bool {
        T::clashes(one, other)
    }
    fn maps(&self) -> &'static [&'static str] {
        <T::Model<Wanted> as Model<Wanted>>::MAPS
    }
    fn turnover(&self, path: &FieldPath) -> Turnover {
        T::turnover(path)
    }
    fn assess(
        &self,
        before: Option<&SeenFields>,
        after: Option<&WantedFields>,
    ) -> Result<Assessment, Misfit> {
        let before = before.map(<T::Model<Seen> as Model<Seen>>::from_fields).transpose()?;
        let after = after.map(<T::Model<Wanted> as Model<Wanted>>::from_fields).transpose()?;
        Ok(T::assess(before.as_ref(), after.as_ref()))
    }
    fn notices(&self, seen: &SeenFields, watch: &Watch<'_>) -> Result<Vec<Finding>, Misfit> {
        Ok(T::notices(&<T::Model<Seen> as Model<Seen>>::from_fields(seen)?, watch))
    }
    fn came_to_nothing(&self, seen: &SeenFields, outputs: &BTreeMap<SmolStr, Datum>) -> Result<bool, Misfit> {
        Ok(T::came_to_nothing(&<T::Model<Seen> as Model<Seen>>::from_fields(seen)?, outputs))
    }
    fn written_since(&self, outputs: &BTreeMap<SmolStr, Datum>, applied_at: Timestamp) -> bool {
        T::written_since(outputs, applied_at)
    }
    fn inspect(
        &self,
        seen: &SeenFields,
        wanted: Option<&WantedFields>,
        around: &Around<'_>,
    ) -> Result<Vec<Finding>, Misfit> {
        let wanted = wanted.map(<T::Model<Wanted> as Model<Wanted>>::from_fields).transpose()?;
        Ok(T::inspect(&<T::Model<Seen> as Model<Seen>>::from_fields(seen)?, wanted.as_ref(), around))
    }
    fn neighbourhood(&self, seen: &SeenFields) -> Result<Option<SmolStr>, Misfit> {
        Ok(T::neighbourhood(&<T::Model<Seen> as Model<Seen>>::from_fields(seen)?))
    }
    fn surveys(&self) -> bool {
        T::SURVEYS
    }
    fn survey(&self, seen: &SeenFields, around: Surroundings<'_>) -> Result<Vec<Finding>, Misfit> {
        Ok(T::survey(&<T::Model<Seen> as Model<Seen>>::from_fields(seen)?, around))
    }
    fn indifferent(&self, path: &FieldPath, wanted: &WantedFields, seen: &SeenFields) -> bool {
        T::indifferent(path, wanted, seen)
    }
    fn keeps(&self, seen: &SeenFields) -> Option<&'static str> {
        T::keeps(seen)
    }
    fn normalise(&self, wanted: &WantedFields) -> Result<WantedFields, Vec<Finding>> {
        let model = <T::Model<Wanted> as Model<Wanted>>::from_fields(wanted)
            .map_err(|misfit| vec![Finding::error("misfit", misfit.to_string())])?;
        Ok(T::normalise(model)?.to_fields())
    }
    fn identity_wanted(&self, wanted: &WantedFields) -> Result<Option<SmolStr>, Misfit> {
        Ok(T::identity_wanted(&<T::Model<Wanted> as Model<Wanted>>::from_fields(wanted)?))
    }
    fn identity(&self, seen: &SeenFields) -> Result<Option<SmolStr>, Misfit> {
        Ok(T::identity(&<T::Model<Seen> as Model<Seen>>::from_fields(seen)?))
    }
}

/// The registry of types, by name.
#[derive(Default)]
pub struct Types(BTreeMap<TypeName, Box<dyn ResourceType>>);

impl Types {
    /// Adds a type; a later one of the same name takes its place.
    #[must_use]
    pub fn with<T: Type>(mut self) -> Self {
        self.0.insert(T::NAME, Box::new(Erased::<T>::new()));
        self
    }
    /// The type of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&dyn ResourceType> {
        self.0.get(name).map(|t| &**t)
    }
    /// All types in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &dyn ResourceType> {
        self.0.values().map(|t| &**t)
    }
}
