//! The changes of wished resources, in an order in which what they need is decided before them.

use crate::PlanInput;
use crate::diff::{Difference, Target, differ, managed, satisfied, turnover, with_defaults};
use crate::draft::Draft;
use crate::matching::{Item, Matches, Standing, Whose};
use crate::order::{Order, needs};
use crate::reasons::Past;
use crate::world::World;
use aplomo_core::fields::WantedFields;
use aplomo_core::observation::OwnerMark;
use aplomo_core::plan::{Action, Before, FieldChange, HeldBy, Unverifiable};
use aplomo_core::reference::{Constraint, Reference, ReferenceUse};
use aplomo_core::resource::CONTAINER_PATH;
use aplomo_core::types::{Counting, ResourceType, Turnover};
use aplomo_core::{Datum, Desired, Finding, Observed, Reason, Risk, Sight, Wish};
use std::borrow::Cow;

mod checks;

pub(crate) use checks::protected;

/// What was decided for an item, for those that need it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Nothing to say.
    Open,
    /// It is new or takes another's place, for this reason, the new before the old goes or
    /// not: its outputs are not known yet.
    New(Reason, bool),
    /// Nothing is planned for it, nor for what needs it.
    Blocked,
    /// It could not be seen: what needs it waits.
    Unseen,
}

/// Plans the wished resources.
pub(crate) struct Builder<'a, 'w> {
    input: &'w PlanInput<'a>,
    world: &'w World<'a>,
    matches: &'w Matches<'a>,
    fates: Vec<Fate>,
    pub(crate) drafts: Vec<Draft>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) unverifiable: Vec<Unverifiable>,
}

impl<'a, 'w> Builder<'a, 'w> {
    pub(crate) fn new(input: &'w PlanInput<'a>, world: &'w World<'a>, matches: &'w Matches<'a>) -> Self {
        let fate = |item: &Item<'_>| match item.standing {
            Standing::Refused | Standing::Open => Fate::Blocked,
            Standing::Unseen => Fate::Unseen,
            Standing::Here(_) | Standing::Missing => Fate::Open,
        };
        let fates = matches.items.iter().map(fate).collect();
        let (drafts, findings, unverifiable) = Default::default();
        Self { input, world, matches, fates, drafts, findings, unverifiable }
    }

    pub(crate) fn run(&mut self, order: &Order) {
        for cycle in &order.cycles {
            self.findings.extend(crate::order::cycle_findings(self.matches, cycle));
            for i in cycle {
                self.fates[*i as usize] = Fate::Blocked;
            }
        }
        for i in &order.sequence {
            self.consider(*i);
        }
    }

    fn consider(&mut self, i: u32) {
        let item = &self.matches.items[i as usize];
        let own = self.fates[i as usize];
        let mut waits = false;
        for need in needs(item.want) {
            match self.matches.at(need).map(|n| self.fates[n as usize]) {
                Some(Fate::Blocked) => self.fates[i as usize] = Fate::Blocked,
                Some(Fate::Unseen) => waits = true,
                _ => {}
            }
        }
        self.dangling(item.want);
        let Some(kind) = self.input.types.get(item.want.type_name.as_str()) else { return };
        if let Standing::Here(at) = item.standing {
            self.notices(item, self.world.object(at), kind);
        }
        if own != Fate::Open || self.fates[i as usize] == Fate::Blocked {
            return;
        }
        let draft = match item.standing {
            Standing::Missing => self.missing(i, item, kind),
            Standing::Here(at) => self.here(i, item, self.world.object(at), kind),
            _ => None,
        };
        if let Some(mut draft) = draft {
            if waits {
                draft.hold(HeldBy::DEPENDENCY);
            }
            self.finish(draft, item, kind);
        }
    }

    fn past(&self, item: &Item<'a>, object: &Observed, kind: &dyn ResourceType) -> Past<'_> {
        let commit = self.input.commits.get(&item.want.source).and_then(Option::as_ref);
        let overwritten = item.entry.is_some_and(|entry| kind.written_since(&object.outputs, entry.at));
        Past { entry: item.entry, commit, version: self.input.version, overwritten }
    }

    /// Where the container is new or replaced: why, and whether its new form comes first.
    fn new_container(&self, want: &Desired) -> Option<(Reason, bool)> {
        let at = self.matches.at(want.scope.container_of.as_ref()?)?;
        match self.fates[at as usize] {
            Fate::New(reason, first) => Some((reason, first)),
            _ => None,
        }
    }

    fn missing(&mut self, i: u32, item: &Item<'a>, kind: &dyn ResourceType) -> Option<Draft> {
        let want = item.want;
        if want.observe && kind.counting() == Counting::Exempt {
            self.fates[i as usize] = Fate::Unseen;
            self.not_found(want);
            return None;
        }
        if want.created_with.is_some() {
            if let Some((reason, _)) = self.new_container(want) {
                return Some(self.brought(i, item, reason));
            }
            self.not_brought(want);
            return None;
        }
        let reason = if item.entry.is_some() { Reason::Drift } else { Reason::Manifest };
        self.fates[i as usize] = Fate::New(reason, true);
        let mut draft = self.draft(item, Action::Create, None);
        draft.change.after = Some(with_defaults(&want.wanted, &want.defaults));
        draft.change.reason = reason;
        if reason == Reason::Drift && kind.stateful() {
            // Nobody but a person may decide this: see `automatic_covers`.
            draft.risk(Risk::Irreversible, "what was there is lost with what it held: a new one is empty");
        }
        Some(draft)
    }

    /// What a container yet to come brings along: changed once it is there.
    fn brought(&mut self, i: u32, item: &Item<'a>, reason: Reason) -> Draft {
        self.fates[i as usize] = Fate::New(reason, true);
        let mut draft = self.draft(item, Action::Update, None);
        let with = item.want.created_with.clone().or_else(|| item.want.scope.container_of.clone());
        let field = |(path, wish): (&aplomo_core::FieldPath, &Wish)| FieldChange {
            path: path.clone(),
            before: Sight::Absent,
            after: wish.clone(),
            reason,
        };
        draft.change.fields = item.want.wanted.iter().map(field).collect();
        draft.change.before = with.map_or(Before::Absent, Before::CreatedWith);
        draft.change.after = Some(item.want.wanted.clone());
        draft.change.reason = reason;
        draft
    }

    fn here(
        &mut self,
        i: u32,
        item: &Item<'a>,
        object: &'a Observed,
        kind: &dyn ResourceType,
    ) -> Option<Draft> {
        let difference = {
            let resolve = |reference: &Reference| self.resolve(reference);
            let all = differ(&item.want.wanted, &object.fields, &self.past(item, object, kind), &resolve);
            all.without_indifferent(kind, &item.want.wanted, &object.fields)
        };
        self.hidden(item.want, &difference);
        self.unfinished(item.want, object);
        if let Some((reason, create_first)) = self.new_container(item.want) {
            if item.want.created_with.is_some() {
                return Some(self.brought(i, item, reason));
            }
            return Some(self.replace(i, item, object, difference, Some((reason, create_first)), kind));
        }
        match item.whose {
            _ if item.want.observe => self.update(i, item, object, difference, kind),
            Whose::Ours => self.update(i, item, object, difference, kind),
            Whose::Moving => Some(self.marks_only(item, object, &difference, Action::Move)),
            Whose::Adopting => Some(self.marks_only(item, object, &difference, Action::Adopt)),
            Whose::Later => None,
            Whose::Stranger => {
                self.not_ours(item.want, object, &difference);
                None
            }
        }
    }

    fn update(
        &mut self,
        i: u32,
        item: &Item<'a>,
        object: &'a Observed,
        difference: Difference,
        kind: &dyn ResourceType,
    ) -> Option<Draft> {
        let until = item.entry.is_some_and(|e| e.until != item.want.until) && !item.want.observe;
        if difference.fields.is_empty() && !until {
            return None;
        }
        if turnover(kind, &difference.fields) != Turnover::InPlace {
            return Some(self.replace(i, item, object, difference, None, kind));
        }
        let mut draft = self.draft(item, Action::Update, Some(object));
        draft.change.before = Before::Seen(managed(&item.want.wanted, &object.fields));
        draft.change.after = Some(item.want.wanted.clone());
        draft.change.reason = strongest(&difference.fields).unwrap_or(Reason::Manifest);
        draft.change.fields = difference.fields;
        Some(draft)
    }

    fn replace(
        &mut self,
        i: u32,
        item: &Item<'a>,
        object: &'a Observed,
        difference: Difference,
        with_container: Option<(Reason, bool)>,
        kind: &dyn ResourceType,
    ) -> Draft {
        let reason = strongest(&difference.fields).max(with_container.map(|(reason, _)| reason));
        let reason = reason.unwrap_or(Reason::Manifest);
        let own = turnover(kind, &difference.fields) == Turnover::CreateFirst;
        let first = with_container.map_or(own, |(_, first)| first);
        self.fates[i as usize] = Fate::New(reason, first);
        let mut draft = self.draft(item, Action::Replace, Some(object));
        draft.change.create_first = first;
        draft.change.before = Before::Seen(managed(&item.want.wanted, &object.fields));
        draft.change.after = Some(with_defaults(&item.want.wanted, &item.want.defaults));
        draft.change.reason = reason;
        draft.change.fields = difference.fields;
        draft.change.again = with_container.is_none() && asks_again(item, object, &draft, kind);
        draft
    }

    /// Adopting and moving touch marks and the ledger alone. `after` is the part of the wish that the
    /// object satisfies already, so that recording it claims nothing that is not so.
    fn marks_only(
        &self,
        item: &Item<'a>,
        object: &'a Observed,
        difference: &Difference,
        action: Action,
    ) -> Draft {
        let mut draft = self.draft(item, action, Some(object));
        draft.change.before = Before::Seen(managed(&item.want.wanted, &object.fields));
        draft.change.after = Some(satisfied(&item.want.wanted, difference));
        if action == Action::Move {
            draft.change.moved_from = item.old.cloned();
        } else {
            draft.risk(
                Risk::Sensitive,
                format!("{} becomes ours: from then on manifests change it", object.id),
            );
        }
        draft
    }

    fn draft(&self, item: &Item<'a>, action: Action, object: Option<&Observed>) -> Draft {
        let want = item.want;
        let mut scope = want.scope.clone();
        if let Some(id) = self.container_id(want) {
            scope.container = Some(id.clone());
        }
        let mut draft =
            Draft::new(want.address.clone(), want.type_name.clone(), scope, action, want.source.clone());
        draft.change.id = object.map(|o| o.id.clone());
        draft.change.key = want.key.clone().or_else(|| object.and_then(|o| o.key.clone()));
        draft.change.origins.clone_from(&want.origins);
        draft.change.until = want.until;
        draft
    }

    /// The container's id where it is known and stays. While the container is replaced, the object
    /// that is seen is still in the old one.
    fn container_id(&self, want: &Desired) -> Option<&'a aplomo_core::RemoteId> {
        match self.matches.container(want)?.standing {
            Standing::Here(at) => Some(&self.world.object(at).id),
            _ => None,
        }
    }

    /// Risk, references and what holds it by its own nature; then it is a change of the plan.
    fn finish(&mut self, mut draft: Draft, item: &Item<'a>, kind: &dyn ResourceType) {
        draft.change.references = self.references(item.want, draft.change.after.as_ref());
        if matches!(draft.change.action, Action::Create | Action::Update | Action::Replace) {
            self.assess(&mut draft, item, kind);
        }
        let manifest = item.want.address.manifest();
        if draft.change.action == Action::Replace && kind.stateful() {
            self.protect(&mut draft, manifest);
        }
        if item.want.observe {
            draft.change.held_by = Some(HeldBy::OBSERVE);
        }
        self.drafts.push(draft);
    }

    fn references(&self, want: &Desired, after: Option<&WantedFields>) -> Vec<ReferenceUse> {
        let resolved = |reference: &Reference| match self.resolve(reference) {
            Target::Known(value) => Some(value.into_owned()),
            Target::Later(_) | Target::Unseen => None,
        };
        let fields = after.into_iter().flat_map(WantedFields::references);
        let mut uses: Vec<ReferenceUse> = fields
            .map(|(path, r)| ReferenceUse { path: path.clone(), reference: r.clone(), resolved: resolved(r) })
            .collect();
        if let Some(container) = &want.scope.container_of {
            let to = container.clone();
            let reference = Reference { to, output: "id".into(), constraint: Constraint::Any };
            let resolved = resolved(&reference);
            uses.push(ReferenceUse { path: CONTAINER_PATH, reference, resolved });
        }
        uses
    }

    fn resolve(&self, reference: &Reference) -> Target<'a> {
        let Some(i) = self.matches.at(&reference.to) else {
            let entry = self.input.memory.ledger.get(&reference.to);
            let object = entry.and_then(|e| self.world.of_entry(e)).map(|at| self.world.object(at));
            return object.map_or(Target::Unseen, |o| output(o, reference));
        };
        match (self.fates[i as usize], self.matches.items[i as usize].standing) {
            (Fate::New(reason, _), _) => Target::Later(reason),
            (Fate::Open, Standing::Here(at)) => output(self.world.object(at), reference),
            (Fate::Open, Standing::Missing) => Target::Later(Reason::Manifest),
            _ => Target::Unseen,
        }
    }
}

/// Whether what is replaced is a request of ours that never came about, and the same is asked for again: the
/// ledger says that a run of ours asked for exactly this, and that this object is what came of it.
fn asks_again(item: &Item<'_>, object: &Observed, draft: &Draft, kind: &dyn ResourceType) -> bool {
    let ours = item.entry.is_some_and(|entry| {
        entry.run.is_some() && entry.id == object.id && Some(&entry.applied) == draft.change.after.as_ref()
    });
    ours && kind.came_to_nothing(&object.fields, &object.outputs).unwrap_or(false)
}

fn strongest(fields: &[FieldChange]) -> Option<Reason> {
    fields.iter().map(|field| field.reason).max()
}

fn output<'a>(object: &'a Observed, reference: &Reference) -> Target<'a> {
    match object.outputs.get(&reference.output) {
        Some(value) => Target::Known(Cow::Borrowed(value)),
        None if reference.output == "id" => Target::Known(Cow::Owned(Datum::Text(object.id.as_str().into()))),
        None => Target::Later(Reason::Manifest),
    }
}

/// Whether the marks say that another tool owns it, and which.
fn other_tool(object: &Observed) -> Option<&str> {
    match &object.mark {
        OwnerMark::OtherTool(tool) => Some(tool),
        _ => None,
    }
}
