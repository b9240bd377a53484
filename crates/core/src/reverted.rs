//! What a run put back to how it was, against what the manifests say: held until they agree
//! (rules.md, People). It ends by itself, when the manifests say what was put back.

use crate::address::Address;
use crate::approval::Actor;
use crate::datum::Datum;
use crate::fields::{WantedFields, Wish};
use crate::name::{RunId, SourceName};
use crate::plan::{Action, Change};
use crate::reference::Reference;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An address that was put back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reverted {
    /// The address.
    pub address: Address,
    /// The run whose change was taken back.
    pub of: RunId,
    /// The run that took it back.
    pub run: RunId,
    /// The fields that were put back; `null` where nothing shall be there.
    pub wished: Option<WantedFields>,
    /// The source whose wish is overruled.
    pub source: SourceName,
    /// Who approved that.
    pub by: Actor,
    /// Since when.
    pub at: Timestamp,
}

impl Reverted {
    /// What applying a change of a way back leaves to hold; `None` where it puts nothing back.
    #[must_use]
    pub fn by(change: &Change, of: &RunId, run: &RunId, by: &Actor, at: Timestamp) -> Option<Self> {
        let wished = match change.action {
            Action::Delete | Action::Release => None,
            Action::Create => Some(change.after.clone()?),
            Action::Update | Action::Replace => {
                Some(change.fields.iter().map(|f| (f.path.clone(), f.after.clone())).collect())
            }
            Action::Adopt | Action::Move => return None,
        };
        Some(Self {
            address: change.address.clone(),
            of: of.clone(),
            run: run.clone(),
            wished,
            source: change.source.clone(),
            by: by.clone(),
            at,
        })
    }

    /// Whether a wish would leave what was put back as it is. Of a field that a manifest leaves alone nothing
    /// would be written, so that agrees; a reference does where `resolve` says that it means the same.
    #[must_use]
    pub fn agrees(&self, wish: Option<&WantedFields>, resolve: &dyn Fn(&Reference) -> Option<Datum>) -> bool {
        let (put_back, wish) = match (&self.wished, wish) {
            (None, None) => return true,
            (Some(put_back), Some(wish)) => (put_back, wish),
            _ => return false,
        };
        put_back.iter().all(|(path, back)| match (wish.get(path.as_str()), back) {
            (None | Some(Wish::LeftAlone), _) | (_, Wish::LeftAlone) => true,
            (Some(Wish::Reference(reference)), Wish::Value(value)) => {
                resolve(reference).as_ref() == Some(value)
            }
            (Some(wish), back) => wish == back,
        })
    }
}

impl std::fmt::Display for Reverted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = self.at.strftime("%Y-%m-%dT%H:%M:%SZ");
        write!(
            f,
            "put back by {} at {at} as it was before run {}: held until the manifests agree",
            self.by, self.of
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::approval::Known;
    use crate::fields::{FieldPath, Fingerprint};
    use crate::name::ActorName;

    fn reverted(wished: Option<&[(&str, Wish)]>) -> Reverted {
        Reverted {
            address: "acme/Domain/d:aws.route53.RecordSet/www/A".parse().unwrap(),
            of: RunId::known("r1"),
            run: RunId::known("r2"),
            wished: wished.map(fields),
            source: SourceName::known("s"),
            by: Actor { name: ActorName::known("ana"), how: Known::Claimed },
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn fields(all: &[(&str, Wish)]) -> WantedFields {
        all.iter().map(|(path, wish)| (FieldPath::new(path), wish.clone())).collect()
    }

    fn int(value: i64) -> Wish {
        Wish::Value(Datum::Int(value))
    }

    #[test]
    fn a_wish_agrees_where_it_would_write_nothing_of_what_was_put_back() {
        let nobody = |_: &Reference| None;
        let back = reverted(Some(&[("/ttl", int(300)), ("/gone", Wish::Absent)]));
        let agrees = |wish: &[(&str, Wish)]| back.agrees(Some(&fields(wish)), &nobody);
        assert!(agrees(&[("/ttl", int(300)), ("/other", int(1))]));
        assert!(agrees(&[("/other", int(1))]), "left alone");
        assert!(agrees(&[("/ttl", Wish::LeftAlone), ("/gone", Wish::Absent)]));
        for wish in [int(60), Wish::Absent, Wish::Secret(Fingerprint("k:1".into()))] {
            assert!(!agrees(&[("/ttl", wish)]));
        }
        assert!(!agrees(&[("/ttl", int(300)), ("/gone", int(1))]));
        assert!(!back.agrees(None, &nobody), "it would be deleted");
    }

    #[test]
    fn what_was_taken_away_agrees_with_no_wish_at_all() {
        let nobody = |_: &Reference| None;
        assert!(reverted(None).agrees(None, &nobody));
        assert!(!reverted(None).agrees(Some(&fields(&[])), &nobody));
    }

    #[test]
    fn a_reference_agrees_where_it_means_the_same() {
        let to = "acme/Domain/d:aws.route53.HostedZone".parse().unwrap();
        let reference = Reference { to, output: "id".into(), constraint: Default::default() };
        let wish = fields(&[("/target", Wish::Reference(Box::new(reference)))]);
        let back = reverted(Some(&[("/target", Wish::Value("Z1".into()))]));
        assert!(back.agrees(Some(&wish), &|_| Some("Z1".into())));
        assert!(!back.agrees(Some(&wish), &|_| Some("Z2".into())));
        assert!(!back.agrees(Some(&wish), &|_| None));
    }
}
