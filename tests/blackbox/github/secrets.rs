//! Secrets on GitHub: written sealed, compared by fingerprint and time, and nowhere in clear.

use super::hub::Hub;
use serde_json::Value;

const MANIFESTS: &str = "\
apiVersion: aplomo/v1
kind: Tenant
metadata: {name: acme, tenant: acme}
spec: {github: {organization: acme}, secrets: [npm-token]}
---
apiVersion: aplomo/v1
kind: Repository
metadata: {name: shop, tenant: acme}
spec:
  actions: {secrets: {NPM: npm-token}}
  environments: [{name: production, secrets: {NPM: npm-token}}]
  webhooks: [{url: 'https://ci.acme.example/github', secret: npm-token}]
";
const KEYS: [&str; 2] = ["11111111111111111111111111111111", "22222222222222222222222222222222"];

/// Applied, with the value `one`.
fn applied() -> Hub {
    let hub = Hub::new();
    hub.write("m/tenant.yaml", MANIFESTS);
    for (n, key) in KEYS.iter().enumerate() {
        hub.write(&format!("k{}", n + 1), key);
    }
    hub.write("npm", "value-one\n");
    hub.write("aplomo.yaml", hub.read("aplomo.yaml") + &config("{id: k1, from: 'file:k1'}", "[]"));
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    hub
}

fn config(key: &str, old: &str) -> String {
    format!(
        "secrets: {{key: {key}, oldKeys: {old}, values: [{{name: npm-token, tenants: [acme], from: 'file:npm', rotateAfter: 90d}}]}}\n"
    )
}

/// What the repository, its environment and its webhook hold.
fn held(hub: &Hub) -> [String; 3] {
    let repo = hub.repo("shop");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    [
        text(&repo.secrets["NPM"].opened),
        text(&repo.environments["production"].secrets["NPM"].opened),
        repo.hooks.values().next().unwrap().secret.clone().unwrap(),
    ]
}

/// Address ends and reasons of the changes.
fn reasons(plan: &Value) -> Vec<String> {
    let line = |c: &Value| {
        let address = c["address"].as_str().unwrap();
        format!("{} {}", address.rsplit("github.repo.").next().unwrap(), c["reason"].as_str().unwrap())
    };
    plan["changes"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn a_secret_follows_its_value_and_is_nowhere_in_clear() {
    let hub = applied();
    assert_eq!(held(&hub), ["value-one"; 3]);
    hub.write("npm", "value-two");
    let plan = hub.plan();
    let kinds: Vec<String> = reasons(&plan);
    assert!(kinds.len() == 3 && kinds.iter().all(|line| line.ends_with(" manifest")), "{kinds:?}");
    assert!(plan["changes"].as_array().unwrap().iter().all(|c| c["risk"] == "sensitive"), "{plan:#}");
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    assert_eq!(held(&hub), ["value-two"; 3]);
    hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    // Another value than was approved is not written.
    hub.write("npm", "value-three");
    hub.aplomo(&["plan", "m", "--out", "p.json"]).exits(0);
    hub.write("npm", "value-four");
    let late = hub.aplomo(&["apply", "--plan", "p.json", "--auto-approve"]);
    assert!(late.code != 0, "{}{}", late.out, late.err);
    assert_eq!(held(&hub), ["value-two"; 3]);
    for value in ["value-one", "value-two", "value-three", "value-four", KEYS[0]] {
        for (file, bytes) in files(&hub) {
            let holds = bytes.windows(value.len()).any(|w| w == value.as_bytes());
            assert!(!holds, "{value} is in {file}");
        }
    }
}

/// Every file but those that the secrets are kept in.
fn files(hub: &Hub) -> Vec<(String, Vec<u8>)> {
    let (mut found, mut open) = (Vec::new(), vec![hub.path().to_path_buf()]);
    while let Some(place) = open.pop() {
        for entry in std::fs::read_dir(place).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                open.push(path);
            } else if !["npm", "k1", "k2"].contains(&name.as_str()) {
                found.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    found
}

#[test]
fn what_others_write_is_drift_until_it_is_written_back() {
    let hub = applied();
    hub.by_hand("shop", |repo| {
        let secret = repo.secrets.get_mut("NPM").unwrap();
        secret.opened = b"theirs".to_vec();
        secret.updated_at += jiff::SignedDuration::from_hours(1);
    });
    let report = hub.aplomo(&["drift", "m", "--detailed-exitcode", "--format", "json"]).exits(2).json();
    assert_eq!(reasons(&report), ["Secret/NPM drift"]);
    let rules: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|f| f["rule"].as_str().unwrap()).collect();
    assert!(rules.contains(&"secret-changed-outside"), "{rules:?}");
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    assert_eq!(held(&hub)[0], "value-one");
    hub.aplomo(&["drift", "m", "--detailed-exitcode"]).exits(0);
    // What nobody changed for long is told.
    hub.by_hand("shop", |repo| {
        repo.secrets.get_mut("NPM").unwrap().updated_at -= jiff::SignedDuration::from_hours(24 * 91);
    });
    let old = hub.aplomo(&["drift", "m", "--format", "json"]).exits(0).json();
    assert!(old["findings"].as_array().unwrap().iter().any(|f| f["rule"] == "secret-not-rotated"), "{old:#}");
}

#[test]
fn another_key_writes_nothing_while_the_old_one_is_known_and_a_lost_store_never() {
    let hub = applied();
    let before = hub.read("aplomo.yaml");
    let (k1, k2) = ("{id: k1, from: 'file:k1'}", "{id: k2, from: 'file:k2'}");
    hub.write("aplomo.yaml", before.replace(&config(k1, "[]"), &config(k2, &format!("[{k1}]"))));
    hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    hub.write("aplomo.yaml", before.replace(&config(k1, "[]"), &config(k2, "[]")));
    let plan = hub.plan();
    let lines = reasons(&plan);
    assert!(lines.len() == 3 && lines.iter().all(|line| line.ends_with(" unknown")), "{lines:?}");
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    // The store is gone: nothing is known of what they hold, and nothing is written.
    std::fs::remove_dir_all(hub.path().join(".aplomo")).unwrap();
    let lost = hub.aplomo(&["plan", "m", "--format", "json"]).exits(0).json();
    assert!(!reasons(&lost).iter().any(|line| line.starts_with("Secret/")), "{lost:#}");
    let unverifiable = lost["unverifiable"].to_string();
    assert!(unverifiable.contains("no record of which secret was written"), "{unverifiable}");
    // Adopted, they may be written anew, by a person's leave and once.
    let id =
        hub.github.world().repos.iter().find(|(_, repo)| repo.name == "shop").map(|(id, _)| *id).unwrap();
    hub.edit(
        "m/tenant.yaml",
        "metadata: {name: shop, tenant: acme}\n",
        &format!("metadata: {{name: shop, tenant: acme}}\nlifecycle: {{adopt: '{id}'}}\n"),
    );
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    // A directory without commits cannot tell whether the wish is new.
    let lines = reasons(&hub.plan());
    assert!(lines.len() == 3 && lines.iter().all(|line| line.ends_with(" manifest")), "{lines:?}");
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}
