//! The examples that newcomers copy: each folder of manifests-examples checks cleanly, and together they
//! plan, apply, and then nothing differs.

use crate::world::World;
use std::path::{Path, PathBuf};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests-examples")
}

/// A world with the examples below `m`; the network that the private zone names exists in it.
fn with_examples() -> World {
    let world = World::new();
    let network = world.aws.create_vpc("10.40.0.0/16").unwrap();
    world.write("aplomo.yaml", "aws: {settle: 0s, resolver: off}\n");
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
fn each_folder_of_examples_checks_cleanly_by_itself() {
    let world = with_examples();
    let mut folders = 0;
    for entry in std::fs::read_dir(world.path().join("m")).unwrap() {
        let folder = format!("m/{}", entry.unwrap().file_name().to_string_lossy());
        let problems = world.aplomo(&["validate", &folder, "--format", "json"]).exits(0).json();
        assert_eq!(problems["problems"], serde_json::json!([]), "{folder}");
        folders += 1;
    }
    assert!(folders >= 2, "the operator and a client");
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
    // The client has not added its record yet.
    let waits = world.aplomo(&["apply", "m", "--auto-approve"]).exits(6);
    assert!(waits.out.contains("acme.partner.example"), "{}", waits.out);
    for certificate in world.aws.certificates().unwrap() {
        let record = &certificate["DomainValidationOptions"][0]["ResourceRecord"];
        world.proxy.external_record(record["Name"].as_str().unwrap(), record["Value"].as_str().unwrap());
    }
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    world.aplomo(&["drift", "m", "--detailed-exitcode"]).exits(0);
    world.aplomo(&["audit", "verify"]).exits(0);
}
