//! Convergence: each type that the registry knows is made, each of its fields is changed and read back by name, and
//! it is taken away; by an App, and by a person, who is shown more.
//!
//! A type without a case fails here, and so does a field that no row changes and that [`FIXED`] does not excuse.

mod cases;

use crate::support::{SECRET, World, assert_shows};
use aplomo_core::fields::{Fingerprint, WantedFields};
use aplomo_core::ports::{Narrow, Sought};
use aplomo_core::{Action, Datum, FieldPath, Observed, RemoteId, Sight, TypeName, Wish};
use cases::{Case, FIXED, Life, Place, cases};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test]
async fn every_field_of_every_type_converges_for_an_app() {
    everything(World::new(), true).await;
}

#[tokio::test]
async fn every_field_of_every_type_converges_for_a_person() {
    everything(World::as_owner(), false).await;
}

async fn everything(w: World, app: bool) {
    let place = Place::new(&w);
    let mut left: BTreeMap<TypeName, BTreeSet<String>> = BTreeMap::new();
    for case in cases(&w, &place) {
        let (needed, changed) = live(&w, &case, app).await;
        let open = left.entry(case.type_name.clone()).or_insert(needed);
        open.retain(|path| !changed.contains(path));
    }
    for known in aplomo_resources::registry().iter().filter(|t| t.name().as_str().starts_with("github.")) {
        assert!(left.contains_key(&known.name()), "{} has no case: write one in `cases`", known.name());
    }
    for (type_name, open) in left {
        let fixed = |path: &String| FIXED.iter().any(|(t, p, _)| type_name.as_str() == *t && path == p);
        let open: Vec<&String> = open.iter().filter(|path| !fixed(path)).collect();
        assert!(open.is_empty(), "{type_name}: no row changes {open:?}, and no reason is given in FIXED");
    }
}

/// The whole life of one object; the fields that its type has, and those that changed.
async fn live(w: &World, case: &Case, app: bool) -> (BTreeSet<String>, BTreeSet<String>) {
    let what = (&case.type_name, &case.scope);
    let mut wish = wishes(&case.born);
    let id = match case.life {
        Life::LookedUp => None,
        Life::ComesAlong => Some(RemoteId::new("actions").unwrap()),
        Life::Made | Life::Archived => w.make(what.0, what.1, normal(case, &wish)).await.id,
    };
    if case.life == Life::Archived {
        by_hand_a_branch(w, id.as_ref().unwrap());
    }
    let mut seen = find(w, case, id.as_ref()).await.expect("it is there");
    assert!(id.is_none_or(|id| id == seen.id) && seen.key.is_some(), "{}: {:?}", case.type_name, seen.id);
    assert_shows(&seen, &shown(&seen, &wish));
    let mut covered = BTreeSet::new();
    for row in &case.rows {
        if app && is_for_persons(case, row) {
            covered.extend(named(row).iter().map(|path| field(case, path)));
            continue;
        }
        wishes(row).iter().for_each(|(path, to)| wish.set(path.clone(), to.clone()));
        let after = normal(case, &wish);
        let done = w.apply(what, Action::Update, Some(after.clone()), Some(&seen)).await;
        assert_eq!(done.error, None, "{} {row}", case.type_name);
        let now = find(w, case, Some(&seen.id)).await.expect("it is still there");
        assert_shows(&now, &shown(&now, &after));
        let (named, changed) = (named(row), differences(&seen, &now));
        assert_eq!(changed, named, "{} {row}: these fields changed, and those were named", case.type_name);
        covered.extend(changed.iter().map(|path| field(case, path)));
        idle(w, case, &after, &now).await;
        seen = now;
    }
    let needed = seen.fields.iter().map(|(path, _)| field(case, path.as_str()));
    let needed = needed.chain(maps(case).iter().map(|map| (*map).to_owned())).collect();
    end(w, case, &seen).await;
    (needed, covered)
}

/// What is so already is not written again, where all of it is seen.
async fn idle(w: &World, case: &Case, after: &WantedFields, seen: &Observed) {
    let hidden = after.iter().any(|(path, _)| seen.fields.get(path.as_str()) == Some(&Sight::Hidden));
    let writes = w.github.writes();
    if !hidden {
        w.apply((&case.type_name, &case.scope), Action::Update, Some(after.clone()), Some(seen)).await;
        assert_eq!(w.github.writes(), writes, "{}: it was written once more", case.type_name);
    }
}

async fn end(w: &World, case: &Case, seen: &Observed) {
    if case.life == Life::LookedUp {
        return;
    }
    let gone = w.apply((&case.type_name, &case.scope), Action::Delete, None, Some(seen)).await;
    assert_eq!(gone.error, None, "{}", case.type_name);
    let left = find(w, case, Some(&seen.id)).await;
    let archived = left.as_ref().map(|left| left.fields.value("/archived") == Some(&true.into()));
    match case.life {
        Life::Made => assert_eq!(left, None, "{} is still there", case.type_name),
        Life::Archived => assert_eq!(archived, Some(true)),
        Life::ComesAlong | Life::LookedUp => assert!(left.is_some()),
    }
}

/// The object of this id, else the one that the case is about, as a run reads before and after a write.
async fn find(w: &World, case: &Case, id: Option<&RemoteId>) -> Option<Observed> {
    let ids = case.scope.container.iter().chain(id).cloned().collect();
    let narrow = Narrow { types: [case.type_name.clone()].into(), ids };
    let sought = Sought { narrow: Some(narrow), ..Sought::default() };
    let all = w.read(&case.type_name, &case.scope, Some(&sought)).await;
    let key = wishes(&case.born);
    let mut objects =
        all.objects.into_iter().filter(|o| o.type_name == case.type_name && o.scope == case.scope);
    objects.find(|o| match id {
        Some(id) => o.id == *id,
        None => key
            .iter()
            .all(|(path, wish)| matches!(wish, Wish::Value(v) if o.fields.value(path.as_str()) == Some(v))),
    })
}

/// In the form that plans are made of, in which nothing of the table may change.
fn normal(case: &Case, wish: &WantedFields) -> WantedFields {
    let types = aplomo_resources::registry();
    let known = types.get(case.type_name.as_str()).unwrap();
    let normal = known.normalise(wish).unwrap_or_else(|wrong| panic!("{}: {wrong:?}", case.type_name));
    wish.iter().for_each(|(path, wish)| assert_eq!(normal.get(path.as_str()), Some(wish), "{path}"));
    normal
}

fn maps(case: &Case) -> &'static [&'static str] {
    aplomo_resources::registry().get(case.type_name.as_str()).unwrap().maps()
}

/// All entries of a map are one field.
fn field(case: &Case, path: &str) -> String {
    let map =
        maps(case).iter().find(|map| path.strip_prefix(**map).is_some_and(|rest| rest.starts_with('/')));
    map.map_or(path, |map| map).to_owned()
}

/// Who may pass by a ruleset, and a classic list that names an App, are hidden from Apps.
fn is_for_persons(case: &Case, row: &Value) -> bool {
    let (row, of) = (row.to_string(), case.type_name.as_str());
    (of == "github.repo.Ruleset" && row.contains("/bypass")) || row.contains("app:")
}

/// What of a wish can be seen: secrets and what is hidden for good cannot.
fn shown(seen: &Observed, wish: &WantedFields) -> WantedFields {
    let hidden = |path: &FieldPath| seen.fields.get(path.as_str()) == Some(&Sight::Hidden);
    wish.iter().filter(|(path, _)| !hidden(path)).map(|(path, wish)| (path.clone(), wish.clone())).collect()
}

fn differences(before: &Observed, after: &Observed) -> BTreeSet<String> {
    let sight = |o: &Observed, path: &FieldPath| o.fields.get(path.as_str()).cloned().unwrap_or_default();
    let paths = before.fields.iter().chain(after.fields.iter()).map(|(path, _)| path);
    paths.filter(|path| sight(before, path) != sight(after, path)).map(ToString::to_string).collect()
}

/// The paths of a row, and those that GitHub changes along with them.
fn named(row: &Value) -> BTreeSet<String> {
    let along = row["$along"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let own = row.as_object().unwrap().keys().map(String::as_str).filter(|key| key.starts_with('/'));
    own.chain(along).map(str::to_owned).collect()
}

fn wishes(row: &Value) -> WantedFields {
    let all = row.as_object().unwrap().iter().filter(|(key, _)| key.starts_with('/'));
    all.map(|(path, value)| (FieldPath::new(path), wish(value))).collect()
}

/// `null` is absent, a list is a set, `"$secret"` the secret that the vault knows.
fn wish(value: &Value) -> Wish {
    match Datum::from_json(value) {
        None => Wish::Absent,
        Some(Datum::Text(text)) if text == "$secret" => Wish::Secret(Fingerprint(SECRET.into())),
        Some(Datum::List(mut all)) => {
            all.sort();
            Wish::Value(Datum::List(all))
        }
        Some(value) => Wish::Value(value),
    }
}

fn by_hand_a_branch(w: &World, repository: &RemoteId) {
    w.github.change(|world| {
        let repository = world.repos.get_mut(&repository.as_str().parse().unwrap()).unwrap();
        repository.branches.insert("next".into(), "0".repeat(40));
    });
}
