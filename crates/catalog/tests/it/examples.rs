//! The examples at the root of the repository.

use crate::support::{accounts, report, source};
use aplomo_catalog::expand;
use std::path::Path;

fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../manifests-examples");
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ext| ext == "yaml") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(&root).unwrap().display().to_string(), text));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_examples_expand_without_findings() {
    let files = files();
    let given: Vec<(&str, &str)> = files.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    let state = expand(&[source("dir:/examples", &given)], &accounts());
    assert_eq!(report(&state.findings), "");
    assert_eq!(state.completeness.complete_sources.len(), 1);
    assert_eq!(state.manifests.len(), 25);
    let addresses: Vec<&str> = state.resources.keys().map(|address| address.as_str()).collect();
    insta::assert_snapshot!("what_the_examples_stand_for", addresses.join("\n"));
}

#[test]
fn set_identifiers_are_unique_over_all_names() {
    // The local AWS deletes a set identifier under every name at once.
    let mut seen = std::collections::BTreeSet::new();
    for (file, text) in files() {
        for id in text.split("routing: {id: ").skip(1).filter_map(|rest| rest.split(',').next()) {
            assert!(seen.insert(id.to_owned()), "{file}: {id}");
        }
    }
    assert!(!seen.is_empty());
}
