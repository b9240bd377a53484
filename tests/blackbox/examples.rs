//! The examples that newcomers copy: each folder of manifests-examples checks cleanly, and together they
//! plan, apply, and then nothing differs.

use crate::github::hub::Hub;
use std::path::{Path, PathBuf};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests-examples")
}

/// A world with the examples below `m`; the network that the private zone names exists in it, and so do the
/// people that the examples name on GitHub.
fn with_examples() -> Hub {
    let world = Hub::of("acme-retail");
    world.github.change(|github| {
        for login in ["anarojas", "benito-acme", "carla-acme", "diego-acme"] {
            github.add_member(world.org, login);
        }
        github.add_user("petra-partner");
    });
    let network = world.aws.create_vpc("10.40.0.0/16").unwrap();
    let mut open = vec![examples()];
    let mut private = 0;
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "yaml") {
                let text = std::fs::read_to_string(&path).unwrap();
                private += text.matches(NETWORK).count();
                let file = path.strip_prefix(examples()).unwrap().display().to_string();
                world.write(&format!("m/{file}"), text.replace(NETWORK, &network));
            }
        }
    }
    assert!(private > 0, "no example names {NETWORK}: the private zone is not covered any more");
    world
}

/// What the examples write where a network of the reader's own belongs.
const NETWORK: &str = "vpc-0a1b2c3d";

#[test]
fn the_operators_folder_checks_cleanly_by_itself_and_a_clients_says_what_it_lacks() {
    let world = with_examples();
    let problems = world.aplomo(&["validate", "m/platform", "--format", "json"]).exits(0).json();
    assert_eq!(problems["problems"], serde_json::json!([]));
    // What the types are stands in the operator's manifests.
    let problems = world.aplomo(&["validate", "m/acme", "--format", "json"]).exits(3).json();
    for problem in problems["problems"].as_array().unwrap() {
        assert_eq!(problem["rule"], "unknown-repository-type", "{problem:#}");
        assert!(problem["help"].as_str().unwrap().contains("the manifests of `platform`"), "{problem:#}");
    }
}

#[test]
fn the_examples_are_applied_and_then_nothing_differs() {
    let world = with_examples();
    let said = world.aplomo(&["validate", "m"]).exits(0);
    assert!(said.out.contains("0 errors, 0 warnings"), "{}{}", said.out, said.err);
    let plan = world.plan();
    assert_eq!((&plan["applyable"], &plan["complete"]), (&true.into(), &true.into()), "{plan:#}");
    let serious = |f: &&serde_json::Value| f["severity"] != "info";
    assert_eq!(plan["findings"].as_array().unwrap().iter().find(serious), None);
    // What a network brings along (its default group) is changed, all else is new.
    let new = |c: &serde_json::Value| c["action"] == "create" || c["before"]["createdWith"].is_string();
    let odd = plan["changes"].as_array().unwrap().iter().find(|c| !new(c) || !c["heldBy"].is_null());
    assert_eq!(odd, None);
    // The client has not added its record yet, and the partner has not accepted.
    let waits = world.aplomo(&["apply", "m", "--auto-approve"]).exits(6);
    assert!(waits.out.contains("acme.partner.example"), "{}", waits.out);
    assert!(waits.out.contains("petra-partner"), "{}", waits.out);
    world.accept_invitations();
    for certificate in world.aws.certificates().unwrap() {
        let record = &certificate["DomainValidationOptions"][0]["ResourceRecord"];
        world.proxy.external_record(record["Name"].as_str().unwrap(), record["Value"].as_str().unwrap());
    }
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    world.aplomo(&["drift", "m", "--detailed-exitcode"]).exits(0);
    world.aplomo(&["audit", "verify"]).exits(0);
}
