//! Types of remote objects: the pure trait that `resources` implements, and its erased form that
//! the planner works with, so that it knows no type by name.

mod erased;

pub use erased::{Erased, Types};

use crate::datum::Datum;
use crate::fields::{FieldPath, SeenFields, WantedFields};
use crate::finding::Finding;
use crate::model::{Misfit, Mode, Model, Seen, Wanted};
use crate::name::{RemoteId, TypeName};
use crate::observation::Observed;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// What changing a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turnover {
    /// The object is changed.
    InPlace,
    /// A new object is made before the old one goes.
    CreateFirst,
    /// The old object must go first, because both cannot exist.
    DestroyFirst,
}

/// How risky a change is. Ordered from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Nothing special.
    #[default]
    Routine,
    /// Permissions, trust, protection, exposure, secrets, ownership.
    Sensitive,
    /// Something that serves is replaced or interrupted.
    Outage,
    /// Data or names are gone.
    Irreversible,
}

/// A risk with what it means, in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assessment {
    /// The risk.
    pub risk: Risk,
    /// Access gained, protection lost, what stops serving: a sentence each, without full stop.
    pub notes: Vec<String>,
    /// Fields of which the notes tell in sentences all that the change means (a policy document): whoever
    /// reads those need not read the values.
    pub told: Vec<FieldPath>,
}

/// How a guard counts removals of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// By number and by share, per tenant.
    PerTenant,
    /// By share alone, per container (records of a zone).
    PerContainer,
    /// By share alone, per container, with the type's own limit in thousandths whatever the tenant's is,
    /// from few on too: a team's members. One is always allowed.
    ShareOfContainer(u32),
    /// Not at all: removing it loses nothing (our own settings).
    Exempt,
}

impl Counting {
    /// Whether each container is counted for itself.
    #[must_use]
    pub const fn is_per_container(self) -> bool {
        matches!(self, Self::PerContainer | Self::ShareOfContainer(_))
    }
}

/// What becomes of an object whose wish goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Removal {
    /// It is deleted.
    #[default]
    Deletes,
    /// It is put away with all that is in it, and can be fetched back: what it holds is not lost, and
    /// what is in it is let go rather than taken apart.
    Archives,
}

/// What there is to know of a wished object beside its fields, for [`Type::notices`].
#[derive(Debug, Clone, Copy)]
pub struct Watch<'a> {
    /// Its outputs, as seen.
    pub outputs: &'a BTreeMap<SmolStr, Datum>,
    /// What its manifest says about watching it, see [`crate::resource::Desired::hints`].
    pub hints: &'a BTreeMap<SmolStr, Datum>,
    /// The moment to judge for.
    pub as_of: Timestamp,
    /// When we last wrote it, where that is recorded.
    pub applied_at: Option<Timestamp>,
}

/// Where an object that is inspected stands, for [`Type::inspect`].
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// What the service calls it.
    pub id: &'a RemoteId,
    /// The account it is in.
    pub account: Option<&'a str>,
}

/// An object near another one, for [`Type::survey`].
#[derive(Debug, Clone, Copy)]
pub struct Nearby<'a> {
    /// The object.
    pub object: &'a Observed,
    /// Whether a manifest speaks of it.
    pub wished: bool,
}

/// What is around a wished object that is there.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// What is in it.
    pub inside: &'a [Nearby<'a>],
    /// What of other types is where it is.
    pub beside: &'a [Nearby<'a>],
    /// Whether all of a type in it was seen: only then its absence means anything.
    pub all_seen: &'a dyn Fn(&TypeName) -> bool,
}

/// A type of remote object. Everything here is pure.
pub trait Type: Send + Sync + 'static {
    /// `provider.service.Type`.
    const NAME: TypeName;
    /// Whether it holds what cannot be made again: protected from deletion unless lifted before.
    const STATEFUL: bool;
    /// How removals are counted.
    const COUNTING: Counting;
    /// Whether the service refuses to delete it while somebody else's things are in it. Then it stays
    /// whole, with all of its manifest, instead of being taken apart up to the refusal.
    const EMPTIED_FIRST: bool = false;
    /// Whether new containers come with some of these, of names that nobody can foretell: in a container
    /// that the run itself made, one of the wished name is brought into shape instead of taken for a stranger's.
    const COMES_WITH_CONTAINER: bool = false;
    /// What becomes of one whose wish goes.
    const REMOVAL: Removal = Removal::Deletes;
    /// The model in both modes.
    type Model<M: Mode>: Model<M>;

    /// Brings a wish into normal form; what cannot be is told, all at once.
    ///
    /// # Errors
    /// One finding per field that is no valid value.
    fn normalise(model: Self::Model<Wanted>) -> Result<Self::Model<Wanted>, Vec<Finding>>;
    /// What identifies a wished object in its scope without marks.
    fn identity_wanted(model: &Self::Model<Wanted>) -> Option<SmolStr>;
    /// What identifies a seen object in its scope without marks.
    fn identity(model: &Self::Model<Seen>) -> Option<SmolStr>;
    /// From the identity: what cannot exist side by side shares this key (all records of one name).
    fn beside(_identity: &str) -> Option<SmolStr> {
        None
    }
    /// Of two identities that share a `beside` key: whether they really exclude each other.
    fn clashes(_one: &str, _other: &str) -> bool {
        true
    }
    /// What changing the field takes.
    fn turnover(path: &FieldPath) -> Turnover;
    /// How risky it is to go from one to the other; `None` is absence.
    fn assess(before: Option<&Self::Model<Seen>>, after: Option<&Self::Model<Wanted>>) -> Assessment;
    /// What to say of a wished object that is there, differences aside: that it ends soon, that it is
    /// open to the world. The planner adds the address and the place.
    fn notices(_seen: &Self::Model<Seen>, _watch: &Watch<'_>) -> Vec<Finding> {
        Vec::new()
    }
    /// Whether what is there is only a request that never came about: asking for the same anew is covered by
    /// the approval of the request, for as long as that stands.
    fn came_to_nothing(_seen: &Self::Model<Seen>, _outputs: &BTreeMap<SmolStr, Datum>) -> bool {
        false
    }
    /// Whether somebody else wrote what nobody can read back (a secret) after we did, as the outputs tell.
    fn written_since(_outputs: &BTreeMap<SmolStr, Datum>, _applied_at: Timestamp) -> bool {
        false
    }
    /// What others did that somebody should know: access that they added to an object of ours (`wanted` is
    /// what is wished of it), openness of one that no manifest speaks of and that is beside ours (`None`).
    /// Never an error: what others do must not stop a tenant. The planner adds address and place.
    fn inspect(
        _seen: &Self::Model<Seen>,
        _wanted: Option<&Self::Model<Wanted>>,
        _around: &Around<'_>,
    ) -> Vec<Finding> {
        Vec::new()
    }
    /// What puts an object beside others of its type where no container does, its path for one: an object
    /// that no manifest speaks of is inspected where one of ours has the same.
    fn neighbourhood(_seen: &Self::Model<Seen>) -> Option<SmolStr> {
        None
    }
    /// Whether [`Type::survey`] says anything.
    const SURVEYS: bool = false;
    /// What to say of a wished object for what is around it: that nothing protects it, that somebody was let in
    /// by hand. The planner adds the address and the place.
    fn survey(_seen: &Self::Model<Seen>, _around: Surroundings<'_>) -> Vec<Finding> {
        Vec::new()
    }
    /// Whether a field that differs means nothing, given all that is wished and seen: the remote system
    /// answers so whatever is asked for.
    fn indifferent(_path: &FieldPath, _wanted: &WantedFields, _seen: &SeenFields) -> bool {
        false
    }
    /// Whether deleting one takes others of its type along, see [`Type::hangs_on`].
    const TAKES_ALONG: bool = false;
    /// The id of the object of its own type that takes it along when that is deleted: a team's parent.
    fn hangs_on(_seen: &SeenFields) -> Option<&str> {
        None
    }
    /// What its container must not lose the last of, in a word: an administrator.
    fn keeps(_seen: &SeenFields) -> Option<&'static str> {
        None
    }
}

/// The erased form of a [`Type`].
pub trait ResourceType: Send + Sync {
    /// See [`Type::NAME`].
    fn name(&self) -> TypeName;
    /// See [`Type::STATEFUL`].
    fn stateful(&self) -> bool;
    /// See [`Type::COUNTING`].
    fn counting(&self) -> Counting;
    /// See [`Type::EMPTIED_FIRST`].
    fn emptied_first(&self) -> bool;
    /// See [`Type::COMES_WITH_CONTAINER`].
    fn comes_with_container(&self) -> bool;
    /// See [`Type::TAKES_ALONG`].
    fn takes_along(&self) -> bool;
    /// See [`Type::hangs_on`].
    fn hangs_on<'s>(&self, seen: &'s SeenFields) -> Option<&'s str>;
    /// See [`Type::REMOVAL`].
    fn removal(&self) -> Removal;
    /// See [`Type::beside`].
    fn beside(&self, identity: &str) -> Option<SmolStr>;
    /// See [`Type::clashes`].
    fn clashes(&self, one: &str, other: &str) -> bool;
    /// See [`Model::MAPS`].
    fn maps(&self) -> &'static [&'static str];
    /// See [`Type::turnover`].
    fn turnover(&self, path: &FieldPath) -> Turnover;
    /// See [`Type::assess`].
    ///
    /// # Errors
    /// Where the fields do not fit the model.
    fn assess(&self, before: Option<&SeenFields>, after: Option<&WantedFields>)
    -> Result<Assessment, Misfit>;
    /// See [`Type::notices`].
    ///
    /// # Errors
    /// Where the fields do not fit the model.
    fn notices(&self, seen: &SeenFields, watch: &Watch<'_>) -> Result<Vec<Finding>, Misfit>;
    /// See [`Type::came_to_nothing`].
    ///
    /// # Errors
    /// Where the fields do not fit the model.
    fn came_to_nothing(&self, seen: &SeenFields, outputs: &BTreeMap<SmolStr, Datum>) -> Result<bool, Misfit>;
    /// See [`Type::written_since`].
    fn written_since(&self, outputs: &BTreeMap<SmolStr, Datum>, applied_at: Timestamp) -> bool;
    /// See [`Type::inspect`].
    ///
    /// # Errors
    /// Where the fields do not fit the model.
    fn inspect(
        &self,
        seen: &SeenFields,
        wanted: Option<&WantedFields>,
        around: &Around<'_>,
    ) -> Result<Vec<Finding>, Misfit>;
    /// See [`Type::neighbourhood`].
    ///
    /// # Errors
    /// Where the fields do not fit the model.
    fn neighbourhood(&self, seen: &SeenFields) -> Result<Option<SmolStr>, Misfit>;
    /// See [`Type::SURVEYS`].
    fn surveys(&self) -> bool;
    /// See [`Type::survey`].
    ///
    /// # Errors
    /// Where the fields do not fit the model.
    fn survey(&self, seen: &SeenFields, around: Surroundings<'_>) -> Result<Vec<Finding>, Misfit>;
    /// See [`Type::indifferent`].
    fn indifferent(&self, path: &FieldPath, wanted: &WantedFields, seen: &SeenFields) -> bool;
    /// See [`Type::keeps`].
    fn keeps(&self, seen: &SeenFields) -> Option<&'static str>;
    /// Normalises erased fields; used by the conformance tests.
    ///
    /// # Errors
    /// One finding per field that is no valid value.
    fn normalise(&self, wanted: &WantedFields) -> Result<WantedFields, Vec<Finding>>;
    /// See [`Type::identity_wanted`].
    ///
    /// # Errors
    /// Where the fields do not fit the model.
    fn identity_wanted(&self, wanted: &WantedFields) -> Result<Option<SmolStr>, Misfit>;
    /// See [`Type::identity`].
    ///
    /// # Errors
    /// Where the fields do not fit the model.
    fn identity(&self, seen: &SeenFields) -> Result<Option<SmolStr>, Misfit>;
}
