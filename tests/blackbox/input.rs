//! Bad input: a clear error with its place, every problem in one go, and nothing changed.

use crate::world::{Ran, World};
use serde_json::Value;

/// The manifests of `m` are refused by `validate` and `plan`, and `apply` writes nothing.
#[track_caller]
fn refused(world: &World) -> Ran {
    let shown = world.aplomo(&["validate", "m"]).exits(3);
    world.aplomo(&["plan", "m"]).exits(3);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(3);
    assert_eq!(world.proxy.writes(), 0, "{:?}", world.proxy.counts());
    shown
}

#[track_caller]
fn says(shown: &Ran, texts: &[&str]) {
    for text in texts {
        assert!(shown.out.contains(text), "{text:?} is not in\n{}\n{}", shown.out, shown.err);
    }
}

fn domain(name: &str, records: &str) -> String {
    format!(
        "apiVersion: aplomo/v1\nkind: Domain\nmetadata:\n  name: {name}\n  tenant: acme\nspec:\n  zone: {}\n  records:\n{records}",
        name.replace('-', ".")
    )
}

#[test]
fn a_misspelt_field_shows_place_line_and_way_out() {
    let world = World::with_domain();
    world.write(
        "m/domains/example.yaml",
        domain(
            "example-org",
            "    - name: www\n      type: A\n      values:\n        - 192.0.2.1\n\n      tttl: 300\n",
        ),
    );
    let shown = refused(&world);
    insta::assert_snapshot!(shown.out.trim_end(), @r"
    error[unknown-field]: `tttl` is not a field of Domain.spec.records[]
      ┌─ domains/example.yaml:14:7
      │ 14 │       tttl: 300
      │    │       ^^^^
      help: did you mean `ttl`?

    3 manifests, 7 resources: 1 error, 0 warnings
    ");
}

#[test]
fn every_problem_of_every_file_is_listed_in_one_go() {
    let world = World::with_domain();
    world.write("m/a.yaml", domain("a-example", "    - {name: www, type: AA, ttl: soon, values: 3}\n"));
    world.write(
        "m/b.yaml",
        "apiVersion: aplomo/v1\nkind: Domian\nmetadata: {name: b, tenant: acme}\nspec: {}\n",
    );
    world.write("m/c.yaml", "kind: Domain\nspec:\n  zone: [a\n  b: c\n");
    world.write("m/d.yaml", b"kind: \xff\n");
    let shown = refused(&world);
    says(
        &shown,
        &[
            "a.yaml:9:25",
            "a.yaml:9:34",
            "a.yaml:9:48",
            "b.yaml:2:",
            "did you mean `Domain`?",
            "c.yaml:4:4",
            "d.yaml:1",
        ],
    );
    let problems = world.aplomo(&["validate", "m", "--format", "json"]).exits(3).json();
    let rules: Vec<&str> =
        problems["problems"].as_array().unwrap().iter().filter_map(|p| p["rule"].as_str()).collect();
    for rule in ["bad-value", "wrong-type", "yaml-syntax", "not-utf8"] {
        assert!(rules.contains(&rule), "{rules:?}");
    }
}

#[test]
fn problems_as_json_have_the_promised_shape() {
    let world = World::with_domain();
    world
        .write("m/a.yaml", domain("a-example", "    - {name: www, type: A, tttl: 1, values: [192.0.2.1]}\n"));
    let shown = world.aplomo(&["validate", "m", "--format", "json"]).exits(3).json();
    let keys: Vec<&String> = shown.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["problems"]);
    let problem = &shown["problems"][0];
    assert_eq!(problem["severity"], "error");
    assert_eq!(problem["rule"], "unknown-field");
    assert_eq!(problem["file"], "a.yaml");
    assert_eq!(problem["line"], 9);
    assert_eq!(problem["help"], "did you mean `ttl`?");
    assert!(problem["message"].as_str().unwrap().contains("`tttl` is not a field of Domain.spec.records[]"));
    let world = World::with_domain();
    let shown = world.aplomo(&["validate", "m", "--format", "json"]).exits(0).json();
    assert_eq!(shown, serde_json::json!({"problems": []}));
}

#[test]
fn broken_yaml_names_file_line_and_column() {
    let world = World::with_domain();
    world.write("m/broken.yaml", "apiVersion: aplomo/v1\nkind: Domain\nspec:\n  zone: [a\n  b: c\n");
    let shown = refused(&world);
    says(&shown, &["error[yaml-syntax]", "broken.yaml:5:4", "  b: c"]);
}

#[test]
fn duplicates_across_files_name_both_places() {
    let world = World::with_domain();
    world.write("m/x/again.yaml", world.read("m/example-com.yaml"));
    let shown = refused(&world);
    says(&shown, &["example-com.yaml", "x/again.yaml"]);
    // Two manifests of different names that wish the same zone are one claim too many as well.
    let world = World::with_domain();
    world.write(
        "m/x/other.yaml",
        world.read("m/example-com.yaml").replace("name: example-com", "name: other"),
    );
    let shown = world.aplomo(&["validate", "m"]).exits(3);
    says(&shown, &["example-com.yaml", "x/other.yaml"]);
}

#[test]
fn hostile_files_are_refused_quickly() {
    let world = World::with_domain();
    std::fs::File::create(world.path().join("m/big.yaml")).unwrap().set_len(100 << 20).unwrap();
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for i in 1..12 {
        let all = vec![format!("*a{}", i - 1); 9].join(",");
        bomb.push_str(&format!("a{i}: &a{i} [{all}]\n"));
    }
    world.write("m/bomb.yaml", bomb);
    world.write("m/deep.yaml", format!("a: {}{}\n", "[".repeat(50_000), "]".repeat(50_000)));
    std::os::unix::fs::symlink("/etc/passwd", world.path().join("m/out.yaml")).unwrap();
    let begun = std::time::Instant::now();
    let shown = refused(&world);
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    says(
        &shown,
        &[
            "error[file-too-large]",
            "big.yaml",
            "error[alias-expansion]",
            "bomb.yaml",
            "deep.yaml",
            "error[symlink-escape]",
            "out.yaml",
        ],
    );
    assert!(!shown.out.contains("root:"));
}

#[test]
fn bidirectional_and_control_characters_are_errors_and_are_written_out() {
    let world = World::with_domain();
    world.write(
        "m/a.yaml",
        domain("\"a\u{202e}b\"", "    - {name: \"w\u{200b}w\", type: A, values: [192.0.2.1]}\n"),
    );
    let shown = refused(&world);
    says(&shown, &["\\u{202e}", "\\u{200b}", "a.yaml:4"]);
    assert!(!shown.out.contains('\u{202e}') && !shown.out.contains('\u{200b}'));
}

#[test]
fn an_empty_directory_and_a_missing_path_are_said_plainly() {
    let world = World::applied();
    std::fs::create_dir(world.path().join("empty")).unwrap();
    let shown = world.aplomo(&["validate", "empty"]).exits(3);
    says(&shown, &["no manifests were found in `empty`"]);
    world.aplomo(&["apply", "empty", "--auto-approve"]).exits(3);
    for command in ["validate", "plan", "drift", "graph"] {
        let shown = world.aplomo(&[command, "nowhere"]).exits(1);
        assert!(shown.err.contains("nowhere"), "{}", shown.err);
        assert_eq!(shown.out, "");
    }
    world.aplomo(&["apply", "nowhere", "--auto-approve"]).exits(1);
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn a_plan_file_edited_by_hand_is_refused() {
    let world = World::with_domain();
    world.aplomo(&["plan", "m", "--out", "p.json"]).exits(0);
    let whole = world.read("p.json");
    let plan: Value = serde_json::from_str(&whole).unwrap();
    for (from, to) in [
        ("192.0.2.1", "192.0.2.66"),
        ("\"applyable\": true", "\"applyable\": false"),
        ("\"create\"", "\"delete\""),
    ] {
        world.edit("p.json", from, to);
        let shown = world.aplomo(&["apply", "--plan", "p.json", "--auto-approve"]).exits(4);
        assert!(shown.err.contains("do not recompute"), "{}", shown.err);
        world.aplomo(&["approve", "p.json"]).exits(4);
        world.write("p.json", &whole);
    }
    world.write("p.json", &whole[..whole.len() / 2]);
    world.aplomo(&["apply", "--plan", "p.json", "--auto-approve"]).exits(4);
    let mut plan = plan;
    plan["changes"].as_array_mut().unwrap().pop();
    world.write("p.json", plan.to_string());
    world.aplomo(&["apply", "--plan", "p.json", "--auto-approve"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
    world.aplomo(&["apply", "--plan", "nothing.json"]).exits(1);
    // Untouched, it applies.
    world.write("p.json", &whole);
    world.aplomo(&["apply", "--plan", "p.json", "--auto-approve"]).exits(0);
}
