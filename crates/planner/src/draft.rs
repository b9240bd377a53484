//! A change in the making: with what only the planner needs to know of it.

use crate::place::{Place, is_own};
use aplomo_core::digest::Digest;
use aplomo_core::plan::{Action, Before, Change, HeldBy};
use aplomo_core::{Address, Reason, RemoteId, Risk, Scope, SourceName, TypeName};
use std::collections::HashMap;

/// Drafts about containers, with what to say of each, to find the one that a draft's object is in. Ids of two
/// types may be the same number in one place (a repository and a team): where the address of the container is
/// known, its type tells them apart.
pub(crate) struct Containers<'d, T>(HashMap<(Place<'d>, &'d RemoteId), Vec<(&'d TypeName, T)>>);

impl<'d, T> Containers<'d, T> {
    pub(crate) fn new(drafts: impl Iterator<Item = (&'d Draft, T)>) -> Self {
        let mut all: HashMap<_, Vec<_>> = HashMap::new();
        for (draft, what) in drafts {
            if let Some(key) = draft.as_container() {
                all.entry(key).or_default().push((&draft.change.type_name, what));
            }
        }
        Self(all)
    }

    /// What was said of the container of a draft.
    pub(crate) fn around<'s>(&'s self, draft: &'s Draft) -> Option<&'s T> {
        let of = draft.change.scope.container_of.as_ref().map(Address::type_name);
        let all: &'s HashMap<(Place<'s>, &'s RemoteId), Vec<(&'s TypeName, T)>> = &self.0;
        let same = all.get(&draft.container()?)?;
        same.iter().find(|(type_name, _)| of.is_none_or(|of| of == type_name.as_str())).map(|(_, what)| what)
    }
}

/// A change in the making.
pub(crate) struct Draft {
    pub(crate) change: Change,
    /// Its removal was approved before, with the moment it shall go at: past guards and freezes.
    pub(crate) scheduled: bool,
}

impl Draft {
    /// A change without anything but where and what.
    pub(crate) fn new(
        address: Address,
        type_name: TypeName,
        scope: Scope,
        action: Action,
        source: SourceName,
    ) -> Self {
        let change = Change {
            address,
            scope,
            type_name,
            id: None,
            key: None,
            action,
            risk: Risk::Routine,
            risk_notes: Vec::new(),
            told: Vec::new(),
            digest: Digest::of_bytes(&[]),
            group: None,
            create_first: false,
            again: false,
            before: Before::Absent,
            after: None,
            fields: Vec::new(),
            reason: Reason::Manifest,
            references: Vec::new(),
            depends_on: Vec::new(),
            held_by: None,
            approvals_needed: 1,
            departs: false,
            environments: Vec::new(),
            was_in: Vec::new(),
            origins: Vec::new(),
            moved_from: None,
            until: None,
            source,
            first_seen: None,
        };
        Self { change, scheduled: false }
    }

    /// Raises the risk to at least this, with what it means.
    pub(crate) fn risk(&mut self, at_least: Risk, note: impl Into<String>) {
        self.change.risk = self.change.risk.max(at_least);
        self.change.risk_notes.push(note.into());
    }

    /// Holds it, unless something holds it already.
    pub(crate) fn hold(&mut self, by: HeldBy) {
        self.change.held_by.get_or_insert(by);
    }

    /// Whether it takes an object away or lets it go.
    pub(crate) const fn goes(&self) -> bool {
        matches!(self.change.action, Action::Delete | Action::Release)
    }

    /// Where the object it is about is a container: the place around it, and its id.
    pub(crate) fn as_container(&self) -> Option<(Place<'_>, &RemoteId)> {
        Some((Place::of(&self.change.scope).outer(), self.change.id.as_ref()?))
    }

    /// The container it is in: the place around that, and its id.
    pub(crate) fn container(&self) -> Option<(Place<'_>, &RemoteId)> {
        Some((Place::of(&self.change.scope).outer(), self.change.scope.container.as_ref()?))
    }

    /// Whether it changes what is recorded of a tenant itself: it must stay possible while the
    /// tenant is frozen, or nobody could thaw it.
    pub(crate) fn is_settings(&self) -> bool {
        let after = self.change.after.as_ref().is_some_and(|after| after.get("/state").is_some());
        let before = self.change.before.fields().is_some_and(|before| before.get("/state").is_some());
        is_own(&self.change.scope) && (after || before)
    }
}
