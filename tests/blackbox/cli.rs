//! The contract of the command line: exit codes, names in JSON, and what goes where.

use crate::world::World;
use aplomo_sandbox::RecordSet;
use serde_json::Value;
use std::process::Stdio;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[track_caller]
fn has(value: &Value, names: &[&str]) {
    for name in names {
        assert!(value.get(name).is_some(), "`{name}` is not in {:?}", keys(value));
    }
}

/// A world with one difference by hand.
fn drifted() -> World {
    let world = World::applied();
    let zone = world.zone("example.com");
    let mut record = world.aws.find(&zone, "www.example.com.", "A").unwrap().remove(0);
    record.ttl = Some(60);
    world.aws.upsert(&zone, &record).unwrap();
    world
}

#[test]
fn wrong_command_lines_end_with_64_and_help_with_0() {
    let world = World::with_domain();
    let wrong: &[&[&str]] = &[
        &[],
        &["frobnicate"],
        &["plan"],
        &["plan", "m", "--nonsense"],
        &["plan", "m", "--format", "xml"],
        &["plan", "m", "--format", "html"],
        &["apply"],
        &["apply", "m", "--plan", "p.json"],
        &["plan", "m", "--as-of", "yesterday"],
        &["approve"],
        &["approve", "x.json", "--lift", "guard"],
        &["hold", "acme"],
        &["hold", "acme", "--for", "soon", "--reason", "x"],
        &["explain", "Domian"],
        &["schema", "Domian"],
        &["audit"],
        &["audit", "export"],
        &["completions", "cobol"],
        &["plan", "m", "--tenant", "NOT A NAME"],
        &["import", "Domain"],
    ];
    for args in wrong {
        let ran = world.aplomo(args);
        assert_eq!(ran.code, 64, "{args:?}\n{}\n{}", ran.out, ran.err);
        assert_eq!(ran.out, "", "{args:?}");
        assert!(!ran.err.is_empty(), "{args:?}");
    }
    for args in
        [&["--help"][..], &["plan", "--help"], &["help", "apply"], &["--version"], &["audit", "--help"]]
    {
        let ran = world.aplomo(args).exits(0);
        assert!(!ran.out.is_empty() && ran.err.is_empty());
    }
}

#[test]
fn exit_codes_with_and_without_detail() {
    let world = World::with_domain();
    world.aplomo(&["plan", "m"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(2);
    world.aplomo(&["apply", "m"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["apply", "m"]).exits(0);
    for command in ["plan", "drift"] {
        world.aplomo(&[command, "m"]).exits(0);
        world.aplomo(&[command, "m", "--detailed-exitcode"]).exits(0);
    }
    let world = drifted();
    for command in ["plan", "drift"] {
        world.aplomo(&[command, "m"]).exits(0);
        world.aplomo(&[command, "m", "--detailed-exitcode"]).exits(2);
    }
    world.aplomo(&["validate", "m", "--detailed-exitcode"]).exits(0);
    world.aplomo(&["status", "--detailed-exitcode"]).exits(0);
    world.aplomo(&["audit", "log", "--detailed-exitcode"]).exits(0);
    // A hold refuses.
    world.aplomo(&["hold", "acme", "--for", "1h", "--reason", "night work"]).exits(0);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(4);
    world.aplomo(&["release", "acme", "--reason", "done"]).exits(0);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
}

#[test]
fn approvals_are_asked_for_given_and_spent() {
    let world = World::with_domain();
    world.aplomo(&["plan", "m", "--out", "p.json"]).exits(0);
    world.aplomo(&["apply", "--plan", "p.json"]).exits(4);
    world.aplomo(&["approve", "p.json", "--as", "ana"]).exits(0);
    world.aplomo(&["approve", "p.json", "--revoke"]).exits(0);
    world.aplomo(&["apply", "--plan", "p.json"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
    let said = world.aplomo(&["approve", "p.json", "--as", "ana", "--format", "json"]).exits(0).json();
    has(&said, &["approvals"]);
    let run = world.aplomo(&["apply", "--plan", "p.json", "--format", "json"]).exits(0).json();
    assert_eq!(run["converged"], true);
    let before = world.proxy.writes();
    let again = world.aplomo(&["apply", "--plan", "p.json"]);
    assert!(again.code == 4 || again.code == 0, "{}", again.code);
    assert_eq!(world.proxy.writes(), before);
}

#[test]
fn a_plan_has_the_promised_fields() {
    let world = drifted();
    world.edit("m/example-com.yaml", "192.0.2.25", "192.0.2.26");
    let plan = world.plan();
    has(
        &plan,
        &[
            "formatVersion",
            "digest",
            "asOf",
            "sources",
            "complete",
            "applyable",
            "summary",
            "changes",
            "findings",
            "unmanaged",
            "unverifiable",
            "meta",
        ],
    );
    assert_eq!(plan["formatVersion"], 1);
    assert!(plan["digest"].as_str().unwrap().starts_with("sha256:"));
    has(&plan["sources"][0], &["name", "path", "commit", "complete"]);
    assert_eq!(plan["sources"][0]["path"], "m");
    has(&plan["summary"], &["create", "update", "replace", "delete", "adopt", "move", "release"]);
    assert_eq!(plan["changes"].as_array().unwrap().len(), 2, "{plan:#}");
    for change in plan["changes"].as_array().unwrap() {
        has(
            change,
            &[
                "address",
                "scope",
                "type",
                "id",
                "action",
                "risk",
                "riskNotes",
                "digest",
                "group",
                "createFirst",
                "before",
                "after",
                "fields",
                "reason",
                "references",
                "dependsOn",
                "heldBy",
                "origins",
            ],
        );
        has(&change["scope"], &["provider", "account", "region", "container"]);
        has(&change["fields"][0], &["path", "before", "after", "reason"]);
        has(&change["origins"][0], &["file", "line"]);
        assert!(change["before"].is_object() && change["after"].is_object());
    }
    let by = |end: &str| {
        plan["changes"]
            .as_array()
            .unwrap()
            .iter()
            .find(|c| c["address"].as_str().unwrap().ends_with(end))
            .unwrap()
            .clone()
    };
    assert_eq!(by("www/A")["reason"], "drift");
    assert_eq!(by("www/A")["origins"][0], serde_json::json!({"file": "example-com.yaml", "line": 7}));
    assert_eq!(by("mail/A")["reason"], "manifest");
    has(&plan["meta"], &["apiCalls", "version", "tookMs"]);
    // What --out writes is what is shown.
    world.aplomo(&["plan", "m", "--out", "p.json", "--as-of", "2027-01-31T00:00:00Z"]).exits(0);
    let mut file: Value = serde_json::from_str(&world.read("p.json")).unwrap();
    let mut shown =
        world.aplomo(&["plan", "m", "--format", "json", "--as-of", "2027-01-31T00:00:00Z"]).exits(0).json();
    assert_eq!(file["asOf"], "2027-01-31T00:00:00Z");
    for plan in [&mut file, &mut shown] {
        plan.as_object_mut().unwrap().remove("meta");
    }
    assert_eq!(file, shown);
}

#[test]
fn drift_and_apply_have_the_promised_fields() {
    let world = drifted();
    world.edit("m/example-com.yaml", "192.0.2.25", "192.0.2.26");
    let zone = world.zone("example.com");
    world.aws.upsert(&zone, &RecordSet::new("byhand.example.com.", "A", 60, &["192.0.2.99"])).unwrap();
    let report = world.aplomo(&["drift", "m", "--format", "json"]).exits(0).json();
    has(&report, &["changes", "pending", "unmanaged", "unverifiable", "complete"]);
    assert_eq!(report["changes"].as_array().unwrap().len(), 1, "{report:#}");
    has(&report["changes"][0], &["firstSeen", "fields"]);
    assert_eq!(report["pending"].as_array().unwrap().len(), 1, "{report:#}");
    assert_eq!(report["unmanaged"].as_array().unwrap().len(), 1, "{report:#}");
    has(&report["unmanaged"][0], &["type", "id", "in"]);
    let run = world.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(0).json();
    has(&run, &["run", "outcomes", "converged", "meta"]);
    has(&run["outcomes"][0], &["address", "action", "status", "error", "requestIds"]);
    assert_eq!(run["outcomes"][0]["status"], "applied");
    assert!(run["meta"]["apiCalls"]["route53:ChangeResourceRecordSets"].as_u64().unwrap() >= 1, "{run:#}");
}

#[test]
fn results_go_to_standard_output_and_all_else_to_standard_error() {
    let world = World::applied();
    let plain = |args: &[&str]| world.aplomo(args).exits(0);
    for args in [
        &["plan", "m"][..],
        &["drift", "m"],
        &["validate", "m"],
        &["status"],
        &["audit", "log"],
        &["graph", "m"],
        &["apply", "m", "--auto-approve"],
    ] {
        let ran = plain(args);
        assert_eq!(ran.err, "", "{args:?}");
        assert!(!ran.out.is_empty(), "{args:?}");
        assert!(!ran.out.contains('\x1b'), "{args:?}: colours in a pipe");
    }
    let coloured = plain(&["plan", "m", "--color", "always"]);
    assert!(coloured.out.contains('\x1b'));
    let mut command = world.command(&["plan", "m"]);
    command.env("NO_COLOR", "1");
    assert!(!World::finish(&mut command).out.contains('\x1b'));
}

#[test]
fn tenant_and_target_filter_the_plan_and_what_is_applied() {
    let world = World::with_domain();
    world.write("m/other.yaml", "apiVersion: aplomo/v1\nkind: Tenant\nmetadata: {name: bolt, tenant: bolt}\nspec: {displayName: Bolt}\n---\napiVersion: aplomo/v1\nkind: Domain\nmetadata: {name: bolt-example, tenant: bolt}\nspec:\n  zone: bolt.example\n  records:\n    - {name: www, type: A, ttl: 60, values: [192.0.2.7]}\n");
    let all = world.plan();
    let only = world.aplomo(&["plan", "m", "--tenant", "bolt", "--format", "json"]).exits(0).json();
    assert!(World::changes(&only).iter().all(|c| c.contains(" bolt/")), "{:?}", World::changes(&only));
    assert!(!World::changes(&only).is_empty() && World::changes(&only).len() < World::changes(&all).len());
    let one = world
        .aplomo(&["plan", "m", "--target", "acme/Domain/*:aws.route53.HostedZone", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(World::changes(&one), ["create acme/Domain/example-com:aws.route53.HostedZone"]);
    assert_eq!(one["summary"]["create"], 1);
    world.aplomo(&["apply", "m", "--tenant", "bolt", "--auto-approve"]).exits(0);
    let zones: Vec<String> = world.aws.zones().unwrap().into_iter().map(|z| z.name).collect();
    assert_eq!(zones, ["bolt.example."]);
    world.aplomo(&["plan", "m", "--tenant", "bolt", "--detailed-exitcode"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(2);
}

#[test]
fn explain_schema_graph_completions_and_status() {
    let world = World::applied();
    let ran = |args: &[&str]| world.aplomo(args).exits(0);
    assert!(ran(&["explain", "Domain"]).out.contains("records"));
    assert!(ran(&["explain", "Domain.records.ttl"]).out.contains("ttl"));
    assert!(ran(&["explain", "Domain.spec.records[].ttl"]).out.contains("ttl"));
    let wrong = world.aplomo(&["explain", "Domain.records.tttl"]).exits(64);
    assert!(wrong.err.contains("ttl"), "{}", wrong.err);
    for args in [&["schema"][..], &["schema", "Domain"], &["schema", "Tenant"], &["schema", "config"]] {
        let schema = ran(args).json();
        assert!(schema["$schema"].as_str().unwrap().contains("json-schema.org"), "{args:?}");
    }
    let dot = ran(&["graph", "m"]).out;
    assert!(dot.starts_with("digraph") && dot.contains("HostedZone") && dot.contains("->"), "{dot}");
    let mermaid = ran(&["graph", "m", "--as", "mermaid"]).out;
    assert!(mermaid.starts_with("graph ") || mermaid.starts_with("flowchart "), "{mermaid}");
    for shell in ["bash", "zsh", "fish"] {
        assert!(ran(&["completions", shell]).out.contains("aplomo"));
    }
    let status = ran(&["status"]).out;
    assert!(status.contains("acme") && status.contains("converged"), "{status}");
    let status = ran(&["status", "--format", "json"]).json();
    has(&status, &["tenants", "runs", "quarantine", "holds"]);
    assert_eq!(status["tenants"]["acme"]["resources"], 7, "{status:#}");
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let world = World::with_domain();
    for args in [&["schema"][..], &["plan", "m", "--format", "json"], &["completions", "bash"], &["--help"]] {
        let mut child = world.command(args).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(!err.contains("panicked"), "{args:?}: {err}");
        assert!(output.status.code().is_some_and(|code| code != 101), "{args:?}: {:?}", output.status);
    }
}

#[test]
fn what_a_guard_holds_makes_an_apply_partial() {
    let world = World::with_domain();
    let more: String =
        (0..12).map(|i| format!("    - {{name: n{i}, type: A, ttl: 300, values: [192.0.2.1]}}\n")).collect();
    let few = world.read("m/example-com.yaml");
    world.write("m/example-com.yaml", few.clone() + &more);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.write("m/example-com.yaml", few.replace("192.0.2.25", "192.0.2.26"));
    let run = world.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(5).json();
    let count =
        |status: &str| run["outcomes"].as_array().unwrap().iter().filter(|o| o["status"] == status).count();
    assert_eq!((count("applied"), count("held")), (1, 12), "{run:#}");
    assert_eq!(run["converged"], false);
    // Only what is held is left: refused. Lifted by name and with a reason, it goes.
    let ran = world.aplomo(&["apply", "m", "--auto-approve"]).exits(4);
    assert!(ran.out.contains("held by guard:max-fraction"), "{}", ran.out);
    assert!(!ran.out.contains("nobody approved"), "{}", ran.out);
    world.aplomo(&["plan", "m", "--out", "p.json"]).exits(0);
    world.aplomo(&["approve", "p.json"]).exits(4);
    world.aplomo(&["approve", "p.json", "--lift", "guard:max-count=no such"]).exits(4);
    world.aplomo(&["approve", "p.json", "--lift", "guard:max-fraction=they moved"]).exits(0);
    world.aplomo(&["apply", "--plan", "p.json"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    let log = world.aplomo(&["audit", "log", "--format", "json", "--limit", "1000"]).exits(0).out;
    assert!(log.contains("\"lift\"") && log.contains("they moved"));
}

#[test]
fn an_error_of_one_tenant_stops_that_tenant_only() {
    let world = World::with_domain();
    world.write("m/bolt.yaml", "apiVersion: aplomo/v1\nkind: Tenant\nmetadata: {name: bolt, tenant: bolt}\nspec: {displayName: Bolt}\n---\napiVersion: aplomo/v1\nkind: Domain\nmetadata: {name: bolt-example, tenant: bolt}\nspec:\n  zone: bolt.example\n  records:\n    - {name: www, type: A, ttl: 60, values: [192.0.2.700]}\n");
    let plan = world.aplomo(&["plan", "m", "--format", "json"]).exits(3).json();
    let held = |tenant: &str| {
        let of = |c: &&Value| c["address"].as_str().unwrap().starts_with(tenant);
        plan["changes"].as_array().unwrap().iter().filter(of).map(|c| c["heldBy"].clone()).collect::<Vec<_>>()
    };
    assert!(
        held("bolt/").iter().all(|h| h == "invalid") && held("acme/").iter().all(Value::is_null),
        "{plan:#}"
    );
    let ran = world.aplomo(&["apply", "m", "--auto-approve"]).exits(5);
    assert!(ran.out.contains("192.0.2.700"), "{}", ran.out);
    let zones: Vec<String> = world.aws.zones().unwrap().into_iter().map(|z| z.name).collect();
    assert_eq!(zones, ["example.com."]);
    // Nothing is left that may be done: the manifests are what is wrong.
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(3);
    world.aplomo(&["plan", "m", "--tenant", "acme", "--format", "json"]);
}

#[test]
fn a_wrong_configuration_is_shown_with_its_place() {
    let world = World::with_domain();
    world.write("aplomo.yaml", "installation: main\nsorces: []\napproval: sometimes\n");
    let ran = world.aplomo(&["plan", "m"]).exits(3);
    for text in ["aplomo.yaml:2:1", "did you mean `sources`?", "aplomo.yaml:3:11", "`manual`"] {
        assert!(ran.err.contains(text), "{text} is not in {}", ran.err);
    }
    assert_eq!(ran.out, "");
    world.aplomo(&["plan", "m", "--config", "nothing.yaml"]).exits(1);
    assert_eq!(world.proxy.total(), 0);
}

#[test]
fn names_that_match_nothing_are_said() {
    let world = World::applied();
    let said = |args: &[&str], text: &str| {
        let ran = world.aplomo(args).exits(0);
        assert!(ran.err.contains(text), "{}", ran.err);
    };
    said(&["plan", "m", "--tenant", "acmee"], "nothing here is of tenant `acmee`");
    said(&["drift", "m", "--target", "acme/Domain/exmaple*"], "nothing here matches the target");
    said(&["hold", "acmee", "--for", "1h", "--reason", "x"], "nothing that was applied matches `acmee`");
    assert_eq!(world.aplomo(&["hold", "acme", "--for", "1h", "--reason", "x"]).exits(0).err, "");
}

#[test]
fn a_store_that_cannot_be_used_is_said_once_and_left_alone() {
    let world = World::applied();
    let key = world.path().join(".aplomo/audit.key");
    std::fs::rename(&key, world.path().join("key")).unwrap();
    let ran = world.aplomo(&["apply", "m", "--auto-approve"]).exits(1);
    assert!(ran.err.contains("audit.key is missing") && !key.exists(), "{}", ran.err);
    std::fs::rename(world.path().join("key"), &key).unwrap();
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(world.path().join(format!(".aplomo/aplomo.db{end}")));
    }
    world.write(".aplomo/aplomo.db", vec![7; 20_000]);
    world.proxy.reset();
    let ran = world.aplomo(&["apply", "m", "--auto-approve"]).exits(1);
    assert_eq!(ran.err.matches("the store is damaged").count(), 1, "{}", ran.err);
    assert_eq!(world.proxy.total(), 0, "{:?}", world.proxy.counts());
}
