//! What every kind must hold, looped over the registry.

use crate::support::{TENANT, accounts, report, source};
use aplomo_catalog::{describe, expand, registry};
use std::collections::BTreeSet;

#[test]
fn names_are_unique_and_sorted() {
    let names: Vec<String> = registry().iter().map(|kind| kind.name().to_string()).collect();
    let sorted: BTreeSet<String> = names.iter().cloned().collect();
    assert_eq!(names, sorted.into_iter().collect::<Vec<_>>());
}

#[test]
fn every_example_expands_without_findings() {
    for kind in registry() {
        let tenant = if kind.name().as_str() == "Tenant" { "" } else { TENANT };
        let state =
            expand(&[source("dir:/t", &[("e.yaml", kind.example()), ("t.yaml", tenant)])], &accounts());
        assert_eq!(report(&state.findings), "", "{}", kind.name());
        // A type of repositories makes nothing by itself.
        assert!(
            kind.name().as_str() == "RepositoryType"
                || state.resources.keys().any(|a| a.as_str().contains(&format!("/{}/", kind.name()))),
            "{}",
            kind.name()
        );
    }
}

#[test]
fn every_example_satisfies_the_exported_schema() {
    for kind in registry() {
        let snapshot = source("dir:/t", &[("e.yaml", kind.example())]);
        let document = snapshot.manifests[0].root.to_json();
        let validator = jsonschema::validator_for(kind.schema()).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&document).map(|e| format!("{e} at {}", e.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new(), "{}", kind.name());
        let mut wrong = document;
        wrong["spec"]["nonsense"] = true.into();
        assert!(!validator.is_valid(&wrong), "{}", kind.name());
    }
}

#[test]
fn every_field_of_every_kind_is_documented() {
    for kind in registry() {
        let mut missing = Vec::new();
        undocumented(kind.schema(), kind.name().as_str(), &mut missing);
        assert_eq!(missing, Vec::<String>::new());
    }
}

fn undocumented(schema: &serde_json::Value, path: &str, missing: &mut Vec<String>) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let here = format!("{path}.{name}");
        if field["description"].as_str().is_none_or(str::is_empty) {
            missing.push(here.clone());
        }
        undocumented(field, &here, missing);
        undocumented(&field["items"], &format!("{here}[]"), missing);
        for variant in field["anyOf"].as_array().into_iter().flatten() {
            undocumented(variant, &here, missing);
        }
    }
}

#[test]
fn every_resource_is_in_its_types_normal_form() {
    let types = aplomo_resources::registry();
    for kind in registry() {
        let state =
            expand(&[source("dir:/t", &[("e.yaml", kind.example()), ("t.yaml", TENANT)])], &accounts());
        for resource in state.resources.values() {
            let normal = types.get(resource.type_name.as_str()).unwrap().normalise(&resource.wanted);
            assert_eq!(normal.as_ref(), Ok(&resource.wanted), "{}", resource.address);
        }
    }
}

#[test]
fn every_kind_has_its_page() {
    for kind in registry() {
        let name = kind.name().to_string();
        let page = describe::docs(&name).unwrap();
        let path = format!("{}/../../docs/manifests/{}.md", env!("CARGO_MANIFEST_DIR"), name.to_lowercase());
        if option_env!("APLOMO_WRITE_DOCS").is_some() {
            std::fs::write(&path, &page).unwrap();
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == page,
            "{path} is not up to date; write it with\n  APLOMO_WRITE_DOCS=1 cargo test -p aplomo-catalog every_kind_has_its_page"
        );
    }
}
