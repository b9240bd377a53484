//! `aws.route53.RecordSet`.

mod assess;
mod authority;
pub mod identity;
mod mail;
mod normalise;
pub use normalise::MAX_TTL;
pub mod seen;
mod shift;

use super::model::RecordSet;
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Sight, Type, TypeName, Wanted, Wish};
use smol_str::SmolStr;

/// The type's name.
pub const RECORD_SET: TypeName = TypeName::known("aws.route53.RecordSet");

/// The type of record sets. Its identity is `name|TYPE|setIdentifier`, see [`identity`].
pub struct Records;

impl Type for Records {
    const NAME: TypeName = RECORD_SET;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerContainer;
    type Model<M: Mode> = RecordSet<M>;

    fn normalise(model: RecordSet<Wanted>) -> Result<RecordSet<Wanted>, Vec<Finding>> {
        normalise::record(model)
    }

    fn identity_wanted(model: &RecordSet<Wanted>) -> Option<SmolStr> {
        let set = match &model.set_identifier {
            Wish::Value(set) => set.as_str(),
            Wish::LeftAlone | Wish::Absent => "",
            Wish::Reference(_) | Wish::Secret(_) => return None,
        };
        Some(identity::of(model.name.value()?, model.record_type.value()?, set))
    }

    fn identity(model: &RecordSet<Seen>) -> Option<SmolStr> {
        let set = match &model.set_identifier {
            Sight::Value(set) => set.as_str(),
            Sight::Absent => "",
            Sight::Hidden => return None,
        };
        Some(identity::of(model.name.value()?, model.record_type.value()?, set))
    }

    fn beside(identity: &str) -> Option<SmolStr> {
        identity::parts(identity).map(|(name, _, _)| name)
    }

    /// A CNAME beside anything, and sets of one type (a routing policy excludes another, and none).
    fn clashes(one: &str, other: &str) -> bool {
        let kinds = identity::parts(one).zip(identity::parts(other));
        kinds.is_none_or(|((_, a, _), (_, b, _))| a == b || a == "CNAME" || b == "CNAME")
    }

    fn turnover(path: &FieldPath) -> Turnover {
        // The service takes no two sets of one name, type and identifier, and no CNAME beside others.
        match path.as_str() {
            "/name" | "/type" | "/setIdentifier" => Turnover::DestroyFirst,
            _ => Turnover::InPlace,
        }
    }

    fn assess(before: Option<&RecordSet<Seen>>, after: Option<&RecordSet<Wanted>>) -> Assessment {
        assess::record(before, after)
    }
}
