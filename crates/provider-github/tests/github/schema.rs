//! Every GraphQL document is valid by GitHub's own schema, fetched from npm at the first run.

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use std::path::PathBuf;
use std::process::Command;

const VERSION: &str = "15.26.1";

fn schema() -> String {
    let home = std::env::var_os("HOME").expect("HOME is set");
    let base =
        std::env::var_os("XDG_CACHE_HOME").map_or_else(|| PathBuf::from(home).join(".cache"), PathBuf::from);
    let dir = base.join("aplomo").join(format!("graphql-schema-of-github-{VERSION}"));
    let file = dir.join("schema.graphql");
    if let Ok(text) = std::fs::read_to_string(&file) {
        return text;
    }
    let work = tempfile::tempdir().unwrap();
    let run = |program: &str, args: &[&str]| {
        let done = Command::new(program).args(args).current_dir(work.path()).status().unwrap();
        assert!(done.success(), "{program} {args:?}");
    };
    run("npm", &["pack", "--silent", &format!("@octokit/graphql-schema@{VERSION}")]);
    run("tar", &["xzf", &format!("octokit-graphql-schema-{VERSION}.tgz"), "package/schema.graphql"]);
    let text = std::fs::read_to_string(work.path().join("package/schema.graphql")).unwrap();
    std::fs::create_dir_all(&dir).unwrap();
    // Whole or not at all: another test may be reading.
    let part = dir.join(format!("part-{}", std::process::id()));
    std::fs::write(&part, &text).unwrap();
    std::fs::rename(&part, &file).unwrap();
    text
}

#[test]
fn every_document_is_valid_by_githubs_own_schema() {
    // It defines two fields twice, which a strict reader refuses; what we ask is checked all the same.
    let schema = Schema::parse(schema(), "schema.graphql").unwrap_or_else(|with_errors| with_errors.partial);
    let schema = Valid::assume_valid(schema);
    let documents = aplomo_provider_github::graphql_documents();
    assert!(documents.len() > 20, "{}", documents.len());
    for document in documents {
        if let Err(bad) = ExecutableDocument::parse_and_validate(&schema, &document, "document.graphql") {
            panic!("{document}\n{}", bad.errors);
        }
    }
}

/// The App that `deploy/github` describes has what the code asks for, and nothing that it does not.
#[test]
fn the_app_in_deploy_asks_for_what_is_needed_and_no_more() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/github/app.json"))
        .unwrap();
    let app: serde_json::Value = serde_json::from_str(&text).unwrap();
    let asked = app["default_permissions"].as_object().unwrap();
    let mut needed: std::collections::BTreeMap<String, &str> = Default::default();
    needed.extend(aplomo_provider_github::READ_PERMISSIONS.iter().map(|p| ((*p).to_owned(), "read")));
    for known in aplomo_resources::registry().iter().filter(|t| t.name().as_str().starts_with("github.")) {
        let writes = aplomo_provider_github::write_permissions(&known.name());
        needed.extend(writes.iter().map(|p| ((*p).to_owned(), "write")));
    }
    let (writes, reads) = aplomo_provider_github::DESK_PERMISSIONS;
    for read in reads {
        needed.entry((*read).to_owned()).or_insert("read");
    }
    needed.extend(writes.iter().map(|p| ((*p).to_owned(), "write")));
    let asked: std::collections::BTreeMap<String, &str> =
        asked.iter().map(|(name, level)| (name.clone(), level.as_str().unwrap())).collect();
    assert_eq!(asked, needed);
}
