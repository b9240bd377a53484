//! Why a field differs: from what was applied last, what is wished and what is seen.

use aplomo_core::fields::Fingerprint;
use aplomo_core::ledger::LedgerEntry;
use aplomo_core::name::CommitId;
use aplomo_core::{Datum, FieldPath, Reason, Sight, Wish};

/// Nothing is recorded of what was written.
pub(crate) struct NoRecord;

/// What is recorded of an address, and from which commit and version the wish comes now.
pub(crate) struct Past<'a> {
    pub(crate) entry: Option<&'a LedgerEntry>,
    pub(crate) commit: Option<&'a CommitId>,
    pub(crate) version: &'a str,
    /// Whether somebody else wrote since what nobody can read back.
    pub(crate) overwritten: bool,
}

impl Past<'_> {
    /// Why a secret that is there and cannot be read back differs; `Ok(None)` where it does not.
    ///
    /// A mark of a key that is configured no longer says nothing of the value, and never will: it counts
    /// as another one, so that a person lets it be written once under the key in use. Without any record
    /// there is nothing to go by, and nothing follows.
    ///
    /// # Errors
    /// Where there is no record of it at all.
    pub(crate) fn secret(&self, path: &FieldPath, wished: &Fingerprint) -> Result<Option<Reason>, NoRecord> {
        let entry = self.entry.ok_or(NoRecord)?;
        Ok(match entry.applied.get(path.as_str()) {
            Some(Wish::Secret(mark)) if mark == wished => self.overwritten.then_some(Reason::Drift),
            Some(Wish::Secret(mark)) if mark.key_id() != wished.key_id() => Some(Reason::Unknown),
            Some(Wish::Secret(_)) => Some(Reason::Manifest),
            // It was adopted, or has a secret as of this wish.
            _ => Some(self.unrecorded(entry)),
        })
    }

    /// Whether wish and record are of one commit.
    fn same_commit(&self, entry: &LedgerEntry) -> bool {
        self.commit.is_some() && entry.commit.as_ref() == self.commit
    }

    /// The reason where the wish moved, or seems to: under the same commit it was Aplomo that moved.
    fn wish_moved(&self, entry: &LedgerEntry) -> Reason {
        if self.same_commit(entry) && entry.version != self.version {
            Reason::Upgrade
        } else {
            Reason::Manifest
        }
    }

    /// The reason of a reference whose value is yet to come: that of what it follows, unless the
    /// field itself was moved as well.
    pub(crate) fn follows(&self, path: &FieldPath, sight: &Sight, target: Reason) -> Reason {
        let Some(entry) = self.entry else { return Reason::Unknown };
        match applied(entry, path) {
            Applied::Nothing => self.unrecorded(entry),
            before if before.is(sight) => target,
            _ => Reason::Drift,
        }
    }

    /// The reason of a path that the record does not speak of. Under the same commit the wish is as
    /// it was, so what is there was found at adoption.
    fn unrecorded(&self, entry: &LedgerEntry) -> Reason {
        let found = entry.applied.is_empty() || (self.same_commit(entry) && entry.version == self.version);
        if found { Reason::Unknown } else { self.wish_moved(entry) }
    }
}

/// What was applied at a path.
enum Applied<'a> {
    Nothing,
    Absent,
    Value(&'a Datum),
    Secret(&'a Fingerprint),
}

impl Applied<'_> {
    fn is(&self, sight: &Sight) -> bool {
        match (self, sight) {
            (Self::Absent, Sight::Absent) => true,
            (Self::Value(before), Sight::Value(now)) => *before == now,
            _ => false,
        }
    }
    fn was(&self, wish: &Wish, resolved: Option<&Datum>) -> bool {
        match (self, wish) {
            (Self::Absent, Wish::Absent) => true,
            (Self::Value(before), Wish::Value(now)) => *before == now,
            (Self::Value(before), Wish::Reference(_)) => resolved.is_some_and(|now| *before == now),
            (Self::Secret(before), Wish::Secret(now)) => *before == now,
            _ => false,
        }
    }
}

fn applied<'a>(entry: &'a LedgerEntry, path: &FieldPath) -> Applied<'a> {
    match entry.applied.get(path.as_str()) {
        None | Some(Wish::LeftAlone) => Applied::Nothing,
        Some(Wish::Absent) => Applied::Absent,
        Some(Wish::Value(value)) => Applied::Value(value),
        Some(Wish::Secret(mark)) => Applied::Secret(mark),
        Some(Wish::Reference(_)) => entry.resolved.get(path).map_or(Applied::Nothing, Applied::Value),
    }
}

/// Why a field differs whose wish is known: `resolved` is the value of a reference.
pub(crate) fn reason_of(
    past: &Past<'_>,
    path: &FieldPath,
    wish: &Wish,
    resolved: Option<&Datum>,
    sight: &Sight,
) -> Reason {
    let Some(entry) = past.entry else { return Reason::Unknown };
    match applied(entry, path) {
        Applied::Nothing => past.unrecorded(entry),
        before if before.was(wish, resolved) => Reason::Drift,
        before if before.is(sight) => past.wish_moved(entry),
        _ => Reason::Drift,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::{RemoteId, Scope, SourceName, Timestamp, TypeName};

    fn entry(applied: Wish) -> LedgerEntry {
        LedgerEntry {
            type_name: TypeName::known("t.t.T"),
            scope: Scope::own(),
            id: RemoteId::known("1"),
            key: None,
            applied: [(FieldPath::known("/a"), applied)].into_iter().collect(),
            resolved: [(FieldPath::known("/a"), Datum::Int(1))].into(),
            source: SourceName::known("s"),
            commit: Some(CommitId::known("c1")),
            version: "1".into(),
            run: None,
            at: Timestamp::UNIX_EPOCH,
            brought_along: false,
            until: None,
            environments: Vec::new(),
        }
    }

    fn why(applied: i64, wanted: i64, seen: i64, commit: &'static str, version: &'static str) -> Reason {
        let entry = entry(Wish::Value(Datum::Int(applied)));
        let commit = CommitId::known(commit);
        let past = Past { entry: Some(&entry), commit: Some(&commit), version, overwritten: false };
        let wish = Wish::Value(Datum::Int(wanted));
        reason_of(&past, &FieldPath::known("/a"), &wish, None, &Sight::Value(Datum::Int(seen)))
    }

    #[test]
    fn who_moved_gives_the_reason() {
        assert_eq!(why(1, 1, 2, "c2", "1"), Reason::Drift, "the world moved");
        assert_eq!(why(1, 2, 1, "c2", "1"), Reason::Manifest, "the wish moved");
        assert_eq!(why(1, 2, 1, "c1", "1"), Reason::Manifest, "same commit, same version");
        assert_eq!(why(1, 2, 1, "c1", "2"), Reason::Upgrade, "same commit, other version");
        assert_eq!(why(1, 2, 3, "c2", "1"), Reason::Drift, "both moved");
    }

    #[test]
    fn a_path_that_the_record_does_not_name_is_new_under_a_new_commit_and_unknown_under_the_same() {
        let entry = entry(Wish::LeftAlone);
        let wish = Wish::Value(Datum::Int(2));
        for (commit, reason) in [("c1", Reason::Unknown), ("c2", Reason::Manifest)] {
            let commit = CommitId::known(commit);
            let past = Past { entry: Some(&entry), commit: Some(&commit), version: "1", overwritten: false };
            assert_eq!(reason_of(&past, &FieldPath::known("/a"), &wish, None, &Sight::Absent), reason);
        }
        let past = Past { entry: None, commit: None, version: "1", overwritten: false };
        assert_eq!(reason_of(&past, &FieldPath::known("/a"), &wish, None, &Sight::Absent), Reason::Unknown);
    }
}
