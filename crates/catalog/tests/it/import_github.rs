//! An organisation's repositories, teams and protections as manifests: what they wish is what was seen.

mod world;

use crate::support::{accounts, report, source};
use aplomo_catalog::expand;
use aplomo_catalog::import::{Ours, Whole, whole};
use aplomo_core::fields::{SeenFields, Wish};
use aplomo_core::resource::{Adopt, DesiredState};
use aplomo_core::{Observation, Observed, RemoteId, Sight, TenantName};
use aplomo_resources::github::{self, names};
use world::seen;

const TENANT: &str = "apiVersion: aplomo/v1\nkind: Tenant\nmetadata: {name: acme, tenant: acme}\nspec: {github: {organization: acme-inc}}\n";

fn imported() -> Whole {
    whole(&seen(), &Ours::new(), &TenantName::known("acme"))
}

fn wished(whole: &Whole) -> DesiredState {
    let files: Vec<(String, &str)> = whole
        .written
        .iter()
        .map(|w| (format!("{}-{}.yaml", w.kind, w.name), w.imported.yaml.as_str()))
        .collect();
    let mut files: Vec<(&str, &str)> = files.iter().map(|(file, yaml)| (file.as_str(), *yaml)).collect();
    files.push(("tenant.yaml", TENANT));
    expand(&[source("dir:/t", &files)], &accounts())
}

#[test]
fn the_manifests_read_as_people_write_them() {
    let whole = imported();
    let names: Vec<String> = whole.written.iter().map(|w| format!("{}/{}", w.kind, w.name)).collect();
    insta::assert_snapshot!(names.join("\n"), @r"
    BranchProtection/ms-shop-main-branch
    BranchProtection/ms-shop-release
    Repository/ms-shop
    Repository/old
    Team/platform
    Team/core
    ");
    for (n, name) in [(2, "repository"), (0, "ruleset"), (1, "classic"), (5, "team")] {
        insta::assert_snapshot!(name, whole.written[n].imported.yaml);
    }
}

#[test]
fn what_has_no_word_is_listed() {
    let whole = imported();
    let notes =
        whole.written.iter().flat_map(|w| w.imported.notes.iter().map(move |n| format!("{}: {n}", w.name)));
    insta::assert_snapshot!(notes.collect::<Vec<_>>().join("\n"));
    let left: Vec<&String> = whole.left.iter().filter(|line| line.starts_with("github.")).collect();
    insta::assert_debug_snapshot!(left);
    let all: String = whole.written.iter().map(|w| w.imported.yaml.as_str()).collect();
    assert!(!all.contains("hunter2"), "an address may hold a secret");
}

#[test]
fn the_manifests_wish_what_is_there_and_adopt_it_by_id() {
    let (whole, seen) = (imported(), seen());
    let state = wished(&whole);
    assert_eq!(report(&state.findings), "");
    let types = aplomo_resources::registry();
    let here = |want: &aplomo_core::Desired| -> Option<&Observed> {
        let kind = types.get(want.type_name.as_str()).unwrap();
        let key = kind.identity_wanted(&want.wanted).unwrap();
        let container = want.scope.container_of.as_ref().map(|of| id_of(&state, &seen, of.as_str()));
        seen.objects.iter().find(|o| {
            let within = o.scope.container.as_ref().map(|id| id.to_string());
            o.type_name == want.type_name && o.key == key && within == container
        })
    };
    let mut claimed = 0;
    for want in state.resources.values().filter(|want| want.type_name.as_str().starts_with("github.")) {
        let object = here(want).unwrap_or_else(|| panic!("{} is not there", want.address));
        claimed += 1;
        let kind = types.get(want.type_name.as_str()).unwrap();
        for (path, wish) in want.wanted.iter() {
            if kind.indifferent(path, &want.wanted, &object.fields) {
                continue;
            }
            assert_eq!(
                expected(wish, &state, &seen),
                sight(&object.fields, path.as_str()),
                "{} {path}",
                want.address
            );
        }
        match &want.adopt {
            Adopt::Id(id) => assert_eq!(*id, object.id),
            Adopt::InContainer => assert!(want.scope.container_of.is_some()),
            Adopt::No => assert!(want.observe || want.created_with.is_some(), "{}", want.address),
        }
    }
    // Everything but the lapsed and open invitations, secrets, two odd webhooks, a key, and two rulesets.
    assert_eq!(claimed, seen.objects.len() - 9, "what is left out is noted");
}

fn id_of(state: &DesiredState, seen: &Observation, address: &str) -> String {
    let (_, want) = state.resources.iter().find(|(a, _)| a.as_str() == address).unwrap();
    let kind = aplomo_resources::registry();
    let key = kind.get(want.type_name.as_str()).unwrap().identity_wanted(&want.wanted).unwrap();
    let found = seen.objects.iter().find(|o| o.type_name == want.type_name && o.key == key);
    found.unwrap_or_else(|| panic!("{address} refers to nothing")).id.to_string()
}

fn expected(wish: &Wish, state: &DesiredState, seen: &Observation) -> Sight {
    match wish {
        Wish::Value(value) => Sight::Value(value.clone()),
        Wish::Absent => Sight::Absent,
        Wish::Reference(to) => Sight::Value(id_of(state, seen, to.to.as_str()).as_str().into()),
        Wish::LeftAlone | Wish::Secret(_) => panic!("nothing of that is written: {wish:?}"),
    }
}

fn sight(fields: &SeenFields, path: &str) -> Sight {
    fields.get(path).cloned().unwrap_or_default()
}

#[test]
fn a_repository_that_is_ours_gives_its_protections_their_holder() {
    let mut seen = seen();
    seen.objects.retain(|o| o.type_name != github::TEAM && o.id.as_str() != "12");
    let address = "acme/Repository/the-shop:github.repo.Repository".parse().unwrap();
    let ours = Ours::from([((names::REPOSITORY, RemoteId::known("11")), address)]);
    let whole = whole(&seen, &ours, &TenantName::known("acme"));
    assert!(whole.written[0].imported.yaml.contains("repositories: [the-shop]"));
}
