//! Carries out a plan in the small world, as engine and providers would.

use super::{Case, OURS, RECORD, ZONE};
use aplomo_core::fields::{SeenFields, WantedFields};
use aplomo_core::ledger::LedgerEntry;
use aplomo_core::observation::OwnerMark;
use aplomo_core::plan::{Action, Before, Change, Plan};
use aplomo_core::{Address, Datum, Observed, RemoteId, Scope, Sight, Wish};
use std::collections::BTreeMap;

pub fn carry_out(case: &mut Case, plan: &Plan) {
    let mut open: Vec<&Change> = plan.changes.iter().filter(|c| c.held_by.is_none()).collect();
    while !open.is_empty() {
        let waits = |c: &Change| c.depends_on.iter().any(|d| open.iter().any(|o| o.address == *d));
        let (later, ready): (Vec<_>, Vec<_>) = open.iter().copied().partition(|c| waits(c));
        assert!(!ready.is_empty(), "the plan's order has a cycle");
        ready.into_iter().for_each(|change| perform(case, change));
        open = later;
    }
    for gone in aplomo_planner::forgotten(&case.input()) {
        case.memory.ledger.remove(&gone);
    }
    case.cover();
}

fn perform(case: &mut Case, change: &Change) {
    match change.action {
        Action::Create => create(case, change),
        Action::Update => update(case, change),
        Action::Replace => {
            remove(case, change);
            create(case, change);
        }
        Action::Delete => {
            remove(case, change);
            case.memory.ledger.remove(&change.address);
        }
        Action::Adopt | Action::Move => {
            if let Some(old) = &change.moved_from
                && let Some(entry) = case.memory.ledger.remove(old)
            {
                case.memory.ledger.insert(change.address.clone(), entry);
            }
            note(case, change, change.id.clone().unwrap(), change.action == Action::Adopt);
        }
        Action::Release => {
            case.memory.ledger.remove(&change.address);
            let at = place(case, change);
            object(case, change, &at).mark = OwnerMark::None;
        }
    }
}

fn place(case: &Case, change: &Change) -> Scope {
    let mut scope = change.scope.concrete();
    if let Some(container) = &change.scope.container_of
        && let Some(entry) = case.memory.ledger.get(container)
        && !matches!(change.action, Action::Delete | Action::Release)
    {
        scope.container = Some(entry.id.clone());
    }
    scope
}

fn object<'a>(case: &'a mut Case, change: &Change, scope: &Scope) -> &'a mut Observed {
    let is = |o: &&mut Observed| {
        let same = change.id.as_ref().map_or(o.key == change.key, |id| o.id == *id);
        o.type_name == change.type_name && o.scope == *scope && same
    };
    case.observation.objects.iter_mut().find(is).unwrap_or_else(|| panic!("{} is not there", change.address))
}

fn resolve(case: &Case, to: &Address) -> Datum {
    Datum::Text(case.memory.ledger[to].id.as_str().into())
}

fn write(
    case: &Case,
    after: &WantedFields,
    into: &mut SeenFields,
    resolved: &mut BTreeMap<aplomo_core::FieldPath, Datum>,
) {
    for (path, wish) in after.iter() {
        let sight = match wish {
            Wish::LeftAlone => continue,
            Wish::Absent => Sight::Absent,
            Wish::Value(v) => Sight::Value(v.clone()),
            Wish::Secret(_) => Sight::Hidden,
            Wish::Reference(r) => {
                let value = resolve(case, &r.to);
                resolved.insert(path.clone(), value.clone());
                Sight::Value(value)
            }
        };
        into.set(path.clone(), sight);
    }
}

fn mark_of(change: &Change) -> OwnerMark {
    // Records and settings have no marks by nature.
    if change.type_name == RECORD || change.scope.provider.as_str() == "aplomo" {
        OwnerMark::None
    } else {
        Case::mark(&change.address)
    }
}

fn create(case: &mut Case, change: &Change) {
    let (mut seen, mut resolved) = (SeenFields::default(), BTreeMap::new());
    write(case, change.after.as_ref().unwrap(), &mut seen, &mut resolved);
    case.next += 1;
    let named = change.type_name == RECORD;
    let name = if named {
        change.key.clone().unwrap_or_else(|| change.address.key().into()).to_string()
    } else {
        format!("{}{}", change.type_name.as_str().rsplit('.').next().unwrap(), case.next)
    };
    let id = RemoteId::new(&name).unwrap();
    let scope = place(case, change);
    let twin = case
        .observation
        .objects
        .iter()
        .any(|o| o.type_name == change.type_name && o.scope == scope && o.id == id);
    assert!(!twin, "{} is there twice", change.address);
    case.observation.objects.push(Observed {
        type_name: change.type_name.clone(),
        scope: scope.clone(),
        id: id.clone(),
        key: change.key.clone(),
        mark: mark_of(change),
        created_by: None,
        fields: seen,
        outputs: [("id".into(), Datum::Text(name.as_str().into()))].into(),
        brought_along: false,
        raw: None,
        waiting: None,
    });
    if change.type_name == ZONE {
        case.record_exists(&name, "@/NS", 900).brought_along = true;
    }
    record(case, change, id, scope, resolved);
}

fn update(case: &mut Case, change: &Change) {
    let scope = place(case, change);
    let mut resolved = BTreeMap::new();
    let mut seen = object(case, change, &scope).fields.clone();
    write(case, change.after.as_ref().unwrap(), &mut seen, &mut resolved);
    let target = object(case, change, &scope);
    target.fields = seen;
    let id = target.id.clone();
    record(case, change, id, scope, resolved);
    if let Before::CreatedWith(_) = change.before {
        case.memory.ledger.get_mut(&change.address).unwrap().brought_along = true;
    }
}

fn remove(case: &mut Case, change: &Change) {
    let (scope, id) = (change.scope.concrete(), change.id.clone().unwrap());
    if change.type_name == ZONE {
        let inside = scope.within(id.clone());
        let foreign = case.observation.objects.iter().any(|o| o.scope == inside && !o.brought_along);
        assert!(!foreign || change.action == Action::Replace, "{} is not empty", change.address);
        case.observation.objects.retain(|o| o.scope != inside);
    }
    case.observation.objects.retain(|o| !(o.type_name == change.type_name && o.scope == scope && o.id == id));
}

fn note(case: &mut Case, change: &Change, id: RemoteId, adopted: bool) {
    let scope = place(case, change);
    object(case, change, &scope).mark = mark_of(change);
    let known = case.memory.ledger.contains_key(&change.address);
    if adopted || !known {
        record(case, change, id, scope, BTreeMap::new());
    } else if let Some(entry) = case.memory.ledger.get_mut(&change.address) {
        entry.scope.container_of.clone_from(&change.scope.container_of);
    }
}

fn record(
    case: &mut Case,
    change: &Change,
    id: RemoteId,
    mut scope: Scope,
    resolved: BTreeMap<aplomo_core::FieldPath, Datum>,
) {
    assert_eq!(OURS.as_str(), "here");
    scope.container_of.clone_from(&change.scope.container_of);
    let brought_along = case.memory.ledger.get(&change.address).is_some_and(|e| e.brought_along);
    case.memory.ledger.insert(
        change.address.clone(),
        LedgerEntry {
            type_name: change.type_name.clone(),
            scope,
            id,
            key: change.key.clone(),
            applied: change.after.clone().unwrap_or_default(),
            resolved,
            source: change.source.clone(),
            commit: case.commit.clone(),
            version: case.version.as_str().into(),
            run: None,
            at: case.as_of,
            brought_along,
            until: change.until,
            environments: change.environments.clone(),
        },
    );
}
