//! Promise 7, as far as it needs no GitHub: values of secrets are read for real sources only, and stay out
//! of plans, output, store and audit log.

use crate::world::World;
use std::process::Command;

const VALUE: &str = "hunter2-the-value";
const KEY: &str = "0123456789abcdef0123456789abcdef";
const MANIFESTS: &str = "apiVersion: aplomo/v1
kind: Tenant
metadata: {name: acme, tenant: acme}
spec: {github: {organization: acme-inc}, secrets: [npm-token]}
---
apiVersion: aplomo/v1
kind: Repository
metadata: {name: shop, tenant: acme}
spec: {actions: {secrets: {NPM_TOKEN: npm-token}}}
";

fn world(secrets: &str) -> World {
    let world = World::new();
    world.write("m/acme.yaml", MANIFESTS);
    let source =
        "sources: [{name: m, path: m, tenants: [acme], operator: true}]\naws: {settle: 0s, resolver: off}\n";
    world.write("aplomo.yaml", format!("{source}{secrets}"));
    world
}

fn plan(world: &World, path: &str) -> Command {
    let mut command = world.command(&["plan", path, "--format", "json", "-vv"]);
    command.env("KEY", KEY).env("NPM", VALUE);
    command
}

fn rules(ran: &crate::world::Ran) -> Vec<String> {
    let plan = ran.json();
    let all = plan["findings"].as_array().unwrap().iter();
    all.map(|f| f["rule"].as_str().unwrap().to_owned()).filter(|rule| rule.starts_with("secret")).collect()
}

const CONFIGURED: &str = "secrets: {key: {id: k1, from: 'env:KEY'}, values: [{name: npm-token, tenants: [acme], from: 'env:NPM'}]}\n";

#[test]
fn a_value_is_nowhere_but_where_it_is_kept() {
    let world = world(CONFIGURED);
    // No GitHub is configured, so the plan is not whole; the secret itself is at hand.
    let ran = World::finish(&mut plan(&world, "m")).exits(1);
    assert_eq!(rules(&ran), Vec::<String>::new());
    for text in [&ran.out, &ran.err] {
        assert!(!text.contains(VALUE) && !text.contains(KEY), "{text}");
    }
    let mut open = vec![world.path().to_path_buf()];
    let mut files = 0;
    while let Some(place) = open.pop() {
        for entry in std::fs::read_dir(place).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            files += 1;
            let holds = |text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
            assert!(!holds(VALUE) && !holds(KEY), "{}", path.display());
        }
    }
    assert!(files > 3, "the store was looked through");
}

#[test]
fn what_is_missing_is_told_where_it_is_needed_and_only_there() {
    // Not configured at all.
    let none = world("");
    assert_eq!(rules(&World::finish(&mut plan(&none, "m"))), ["secret-not-configured"]);
    none.aplomo(&["validate", "m"]).exits(0);
    // Configured, and not there.
    let gone = world(&CONFIGURED.replace("env:NPM", "file:not-there"));
    let ran = World::finish(&mut plan(&gone, "m")).exits(1);
    assert_eq!(rules(&ran), ["secret-unreadable"]);
    assert!(ran.err.contains("not-there"), "{}", ran.err);
    // A directory that is no source of the configuration may be anybody's: it learns nothing of secrets.
    gone.write("checkout/acme.yaml", MANIFESTS);
    assert_eq!(rules(&World::finish(&mut plan(&gone, "checkout"))), Vec::<String>::new());
    gone.aplomo(&["validate", "m"]).exits(0);
}

#[test]
fn a_configuration_with_a_value_in_it_is_refused_without_repeating_it() {
    let world = world(&CONFIGURED.replace("env:NPM", VALUE));
    let ran = world.aplomo(&["validate", "m"]).exits(3);
    assert!(ran.err.contains("never a value") && !ran.err.contains(VALUE), "{}", ran.err);
    let schema = world.aplomo(&["--config", "none.yaml", "schema", "config"]).exits(0);
    assert!(schema.out.contains("\"rotateAfter\"") && schema.out.contains("\"oldKeys\""));
}
