//! Typed models in two modes. One declaration gives the struct as wished and as seen, and its way
//! to and from the generic [`Fields`] that the planner compares.
//!
//! ```
//! use aplomo_core::{Wanted, Wish, model::Model, model};
//! model! {
//!     /// A mail box.
//!     pub struct MailBox {
//!         leaves {
//!             /// Mebibytes.
//!             quota: i64 = "/quota",
//!         }
//!         maps {
//!             /// Labels by name.
//!             tags: String = "/tags",
//!         }
//!     }
//! }
//! let wanted = MailBox::<Wanted> { quota: Wish::Value(5), ..Default::default() };
//! assert_eq!(serde_json::to_string(&wanted.to_fields()).unwrap(), r#"{"quota":5}"#);
//! ```

use crate::datum::Datum;
use crate::fields::{FieldPath, Fields, Sight, Wish};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

/// A value of a field that can become a [`Datum`] and come back.
pub trait Leaf: Sized + Clone + PartialEq + Debug {
    /// The plain form.
    fn to_datum(&self) -> Datum;
    /// Back from the plain form; `None` where it is not one of ours.
    fn from_datum(datum: &Datum) -> Option<Self>;
}

/// The way one field stands in a mode.
pub trait Slot<T>: Default + Clone + PartialEq + Debug {
    /// The generic form of the slot.
    type Erased: Default;
    /// Into the generic form; `None` where the field says nothing.
    fn erase(&self) -> Option<Self::Erased>;
    /// Back; `None` where the value has another shape.
    fn restore(erased: &Self::Erased) -> Option<Self>;
}

/// Wanted or seen.
pub trait Mode: Clone + PartialEq + Debug + Default {
    /// The generic form of every field in this mode.
    type Erased: Default + Clone;
    /// How a field of type `T` stands in this mode.
    type Slot<T: Leaf>: Slot<T, Erased = Self::Erased>;
}

/// As wished: left alone, absent, value, reference, secret.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted;
/// As seen: value, absent, hidden.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen;

impl Mode for Wanted {
    type Erased = Wish;
    type Slot<T: Leaf> = Wish<T>;
}
impl Mode for Seen {
    type Erased = Sight;
    type Slot<T: Leaf> = Sight<T>;
}

impl<T: Leaf> Slot<T> for Wish<T> {
    type Erased = Wish;
    fn erase(&self) -> Option<Wish> {
        Some(match self {
            Self::LeftAlone => return None,
            Self::Absent => Wish::Absent,
            Self::Value(v) => Wish::Value(v.to_datum()),
            Self::Reference(r) => Wish::Reference(r.clone()),
            Self::Secret(f) => Wish::Secret(f.clone()),
        })
    }
    fn restore(erased: &Wish) -> Option<Self> {
        Some(match erased {
            Wish::LeftAlone => Self::LeftAlone,
            Wish::Absent => Self::Absent,
            Wish::Value(v) => Self::Value(T::from_datum(v)?),
            Wish::Reference(r) => Self::Reference(r.clone()),
            Wish::Secret(f) => Self::Secret(f.clone()),
        })
    }
}

impl<T: Leaf> Slot<T> for Sight<T> {
    type Erased = Sight;
    fn erase(&self) -> Option<Sight> {
        Some(match self {
            Self::Value(v) => Sight::Value(v.to_datum()),
            Self::Absent => Sight::Absent,
            Self::Hidden => Sight::Hidden,
        })
    }
    fn restore(erased: &Sight) -> Option<Self> {
        Some(match erased {
            Sight::Value(v) => Self::Value(T::from_datum(v)?),
            Sight::Absent => Self::Absent,
            Sight::Hidden => Self::Hidden,
        })
    }
}

/// A typed model in one mode.
pub trait Model<M: Mode>: Sized + Default + Clone + PartialEq + Debug {
    /// The paths of its maps: of those we own the entries that we applied, whatever else is there.
    const MAPS: &'static [&'static str];
    /// The generic form. Fields that say nothing are left out.
    fn to_fields(&self) -> Fields<M::Erased>;
    /// Back from the generic form. Unknown paths and wrong shapes are named.
    ///
    /// # Errors
    /// The path of the first field that does not fit.
    fn from_fields(fields: &Fields<M::Erased>) -> Result<Self, Misfit>;
}

/// A field that does not fit a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("field `{0}` does not fit its type")]
pub struct Misfit(pub FieldPath);

/// Declares a model; see the module's example.
#[macro_export]
macro_rules! model {
    ($(#[$meta:meta])* pub struct $name:ident {
        leaves { $($(#[$lm:meta])* $leaf:ident : $lt:ty = $lp:literal,)* }
        $(maps { $($(#[$mm:meta])* $map:ident : $mt:ty = $mp:literal,)* })?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $name<M: $crate::model::Mode> {
            $($(#[$lm])* pub $leaf: M::Slot<$lt>,)*
            $($($(#[$mm])* pub $map: ::std::collections::BTreeMap<::std::string::String, M::Slot<$mt>>,)*)?
        }
        impl<M: $crate::model::Mode> $crate::model::Model<M> for $name<M> {
            const MAPS: &'static [&'static str] = &[$($($mp,)*)?];
            fn to_fields(&self) -> $crate::fields::Fields<M::Erased> {
                use $crate::model::Slot as _;
                let Self { $($leaf,)* $($($map,)*)? } = self;
                let mut out = ::std::vec::Vec::new();
                $(if let Some(e) = $leaf.erase() { out.push(($crate::fields::FieldPath::known($lp), e)); })*
                $($(for (key, slot) in $map {
                    if let Some(e) = slot.erase() { out.push(($crate::fields::FieldPath::known($mp).child(key), e)); }
                })*)?
                out.into_iter().collect()
            }
            fn from_fields(fields: &$crate::fields::Fields<M::Erased>) -> Result<Self, $crate::model::Misfit> {
                let mut model = Self::default();
                for (path, erased) in fields.iter() {
                    let misfit = || $crate::model::Misfit(path.clone());
                    match path.as_str() {
                        $($lp => model.$leaf = $crate::model::Slot::<$lt>::restore(erased).ok_or_else(misfit)?,)*
                        _ => {
                            $($(if path.is_below(&$crate::fields::FieldPath::known($mp)) {
                                let key = path.as_str()[$mp.len() + 1..].replace("~1", "/").replace("~0", "~");
                                let slot = $crate::model::Slot::<$mt>::restore(erased).ok_or_else(misfit)?;
                                model.$map.insert(key, slot);
                                continue;
                            })*)?
                            return Err(misfit());
                        }
                    }
                }
                Ok(model)
            }
        }
    };
}

impl Leaf for bool {
    fn to_datum(&self) -> Datum {
        Datum::Bool(*self)
    }
    fn from_datum(datum: &Datum) -> Option<Self> {
        if let Datum::Bool(b) = datum { Some(*b) } else { None }
    }
}
macro_rules! int_leaf {
    ($($t:ty),*) => {$(impl Leaf for $t {
        fn to_datum(&self) -> Datum { Datum::Int(i64::from(*self)) }
        fn from_datum(datum: &Datum) -> Option<Self> {
            if let Datum::Int(i) = datum { Self::try_from(*i).ok() } else { None }
        }
    })*};
}
int_leaf!(i64, i32, u32, u16, u8);
impl Leaf for String {
    fn to_datum(&self) -> Datum {
        Datum::Text(self.into())
    }
    fn from_datum(datum: &Datum) -> Option<Self> {
        datum.as_text().map(Into::into)
    }
}
impl Leaf for SmolStr {
    fn to_datum(&self) -> Datum {
        Datum::Text(self.clone())
    }
    fn from_datum(datum: &Datum) -> Option<Self> {
        if let Datum::Text(t) = datum { Some(t.clone()) } else { None }
    }
}
impl Leaf for Datum {
    fn to_datum(&self) -> Datum {
        self.clone()
    }
    fn from_datum(datum: &Datum) -> Option<Self> {
        Some(datum.clone())
    }
}
impl<T: Leaf> Leaf for Vec<T> {
    fn to_datum(&self) -> Datum {
        Datum::List(self.iter().map(Leaf::to_datum).collect())
    }
    fn from_datum(datum: &Datum) -> Option<Self> {
        if let Datum::List(items) = datum { items.iter().map(T::from_datum).collect() } else { None }
    }
}
impl<T: Leaf + Ord> Leaf for BTreeSet<T> {
    fn to_datum(&self) -> Datum {
        let mut items: Vec<Datum> = self.iter().map(Leaf::to_datum).collect();
        items.sort();
        Datum::List(items)
    }
    fn from_datum(datum: &Datum) -> Option<Self> {
        if let Datum::List(items) = datum { items.iter().map(T::from_datum).collect() } else { None }
    }
}
impl<T: Leaf> Leaf for BTreeMap<SmolStr, T> {
    fn to_datum(&self) -> Datum {
        Datum::Map(self.iter().map(|(k, v)| (k.clone(), v.to_datum())).collect())
    }
    fn from_datum(datum: &Datum) -> Option<Self> {
        let Datum::Map(map) = datum else { return None };
        map.iter().map(|(k, v)| Some((k.clone(), T::from_datum(v)?))).collect()
    }
}
