//! Incomplete knowledge of the manifests or of the world: nothing is deleted or created for what could
//! not be seen, and what that was is listed.

use crate::world::{TENANT, World};
use aplomo_sandbox::{Fault, Rule, WorkTree};
use serde_json::Value;

fn domain(zone: &str, records: usize) -> String {
    let records: String = (0..records)
        .map(|i| format!("    - {{name: n{i}, type: A, ttl: 300, values: [192.0.2.{}]}}\n", i % 250 + 1))
        .collect();
    format!(
        "apiVersion: aplomo/v1\nkind: Domain\nmetadata: {{name: {}, tenant: acme}}\nspec:\n  zone: {zone}\n  records:\n{records}",
        zone.replace('.', "-")
    )
}

/// So many domains with some records each, not applied; calls need no pacing.
fn domains(count: usize, records: usize) -> World {
    let world = World::new();
    world.write("aplomo.yaml", "aws: {rates: {route53: {burst: 5000, perSecond: 5000}}}\n");
    world.write("m/tenant.yaml", TENANT);
    for i in 0..count {
        world.write(&format!("m/zones/d{i:03}.yaml"), domain(&format!("d{i}.example"), records));
    }
    world
}

/// Applied, and everything counted once.
fn applied(world: World) -> World {
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    world.proxy.reset();
    world
}

/// The plan of a path, whatever its exit code.
#[track_caller]
fn planned(world: &World, path: &str) -> Value {
    world.aplomo(&["plan", path, "--format", "json"]).json()
}

/// Nothing goes and nothing comes; applying writes nothing.
#[track_caller]
fn quiet(world: &World, path: &str) -> Value {
    let plan = planned(world, path);
    assert_eq!(World::changes(&plan), [""; 0], "{:#}", plan["sources"]);
    assert_eq!(plan["complete"], false);
    let before = world.proxy.writes();
    let applied = world.aplomo(&["apply", path, "--auto-approve"]);
    assert_eq!(world.proxy.writes(), before, "{}", applied.out);
    plan
}

/// Why the only source is not complete.
fn because(plan: &Value) -> String {
    assert_eq!(plan["sources"][0]["complete"], false, "{:#}", plan["sources"]);
    plan["sources"][0]["because"].to_string()
}

fn file(world: &World, path: &str) -> std::path::PathBuf {
    world.path().join(path)
}

#[test]
fn a_directory_that_vanishes_or_becomes_empty_deletes_nothing() {
    let world = applied(domains(3, 3));
    std::fs::rename(file(&world, "m"), file(&world, "elsewhere")).unwrap();
    let gone = world.aplomo(&["plan", "m"]).exits(1);
    assert!(gone.err.contains("`") && gone.err.contains("/m"), "{}", gone.err);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(1);
    std::fs::create_dir(file(&world, "m")).unwrap();
    let plan = quiet(&world, "m");
    assert!(because(&plan).contains("no manifests"), "{plan:#}");
    // Only the tenant is left: what would go is protected.
    std::fs::copy(file(&world, "elsewhere/tenant.yaml"), file(&world, "m/tenant.yaml")).unwrap();
    let before = world.proxy.writes();
    let plan = world.plan();
    let free = plan["changes"].as_array().unwrap().iter().filter(|c| c["heldBy"].is_null()).count();
    assert_eq!(free, 0, "{:?}", World::changes(&plan));
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(4);
    assert_eq!(world.proxy.writes(), before);
}

#[test]
fn a_half_written_checkout_deletes_nothing() {
    let world = domains(3, 3);
    let mut tree = WorkTree::init(&file(&world, "m")).unwrap();
    tree.commit("all").unwrap();
    let world = applied(world);
    assert_eq!(world.plan()["sources"][0]["commit"], tree.head().unwrap());
    // Tracked files are missing: a checkout under way, or a removal that nobody committed.
    tree.remove("zones").unwrap();
    assert!(because(&quiet(&world, "m")).contains("zones/d000.yaml"));
    tree.reset("HEAD").unwrap();
    // git is at work.
    tree.write(".git/index.lock", "").unwrap();
    let plan = quiet(&world, "m");
    assert!(because(&plan).contains("index.lock"));
    tree.remove(".git/index.lock").unwrap();
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    // A removal that is committed is a wish.
    tree.edit_out("zones/d001.yaml", "n1");
    tree.commit("one less").unwrap();
    assert_eq!(World::changes(&world.plan()), ["delete acme/Domain/d1-example:aws.route53.RecordSet/n1/A"]);
}

/// Takes the lines with a text out of a file.
trait EditOut {
    fn edit_out(&self, path: &str, text: &str);
}

impl EditOut for WorkTree {
    fn edit_out(&self, path: &str, text: &str) {
        let old = std::fs::read_to_string(self.dir().join(path)).unwrap();
        let new: String = old.lines().filter(|l| !l.contains(text)).map(|l| format!("{l}\n")).collect();
        assert_ne!(old, new);
        self.write(path, new).unwrap();
    }
}

#[test]
fn one_broken_manifest_among_a_hundred_deletes_nothing() {
    let world = applied(domains(99, 1));
    for broken in [
        "kind: [\n",
        "apiVersion: aplomo/v1\nkind: Domian\nmetadata: {name: d42-example, tenant: acme}\nspec: {}\n",
        "\u{0}\u{1}",
    ] {
        world.write("m/zones/d042.yaml", broken);
        let ran = world.aplomo(&["plan", "m", "--format", "json"]).exits(3);
        let plan = ran.json();
        assert_eq!(World::changes(&plan), [""; 0]);
        assert!(plan["findings"].to_string().contains("d042.yaml"), "{:#}", plan["findings"]);
        assert!(because(&plan).contains("d042.yaml"));
        world.aplomo(&["apply", "m", "--auto-approve"]).exits(3);
    }
    // A domain that is emptied by the same mistake keeps its records while another is broken.
    world.write("m/zones/d007.yaml", domain("d7.example", 0));
    assert_eq!(World::changes(&planned(&world, "m")), [""; 0]);
    assert_eq!(world.proxy.writes(), 0);
    world.write("m/zones/d042.yaml", domain("d42.example", 1));
    assert_eq!(World::changes(&world.plan()), ["delete acme/Domain/d7-example:aws.route53.RecordSet/n0/A"]);
}

#[test]
fn a_single_file_or_a_part_of_a_source_deletes_nothing() {
    let world = applied(domains(3, 3));
    let plan = quiet(&world, "m/zones/d001.yaml");
    assert!(because(&plan).contains("single file"), "{plan:#}");
    world.write("aplomo.yaml", "sources: [{name: all, path: m, tenants: [acme], operator: true}]\n");
    world.aplomo(&["apply", "m", "--auto-approve"]);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    let plan = quiet(&world, "m/zones");
    assert!(because(&plan).contains("part of source `all`"), "{plan:#}");
    world.write(
        "aplomo.yaml",
        "sources: [{name: all, path: m, tenants: [acme], operator: true, part: true}]\n",
    );
    std::fs::remove_file(file(&world, "m/zones/d001.yaml")).unwrap();
    let plan = quiet(&world, "m");
    assert!(because(&plan).contains("part of a larger source"), "{plan:#}");
}

#[test]
fn a_history_that_was_rewritten_holds_the_source_until_somebody_accepts_it() {
    let world = domains(2, 2);
    let mut tree = WorkTree::init(&file(&world, "m")).unwrap();
    let first = tree.commit("two domains").unwrap();
    tree.write("zones/d000.yaml", domain("d0.example", 3)).unwrap();
    let second = tree.commit("one more record").unwrap();
    let world = applied(world);
    tree.reset(&first).unwrap();
    let plan = planned(&world, "m");
    assert_eq!(plan["summary"]["delete"], 0, "{:?}", World::changes(&plan));
    assert!(because(&plan).contains("does not descend"), "{plan:#}");
    let name = plan["sources"][0]["name"].as_str().unwrap().to_owned();
    assert!(because(&plan).contains(&format!("aplomo release source:{name}")));
    // With an untracked file beside it, it is no commit at all, and still not a head that follows.
    tree.write("zones/more.yaml", domain("more.example", 1)).unwrap();
    let dirty = planned(&world, "m");
    assert_eq!(dirty["summary"]["delete"], 0);
    let held =
        |plan: &Value| plan["changes"].as_array().unwrap().iter().all(|c| c["heldBy"] == "source-held");
    assert!(dirty["summary"]["create"] == 2 && held(&dirty), "{:?}", World::changes(&dirty));
    tree.remove("zones/more.yaml").unwrap();
    // A changed record in the old commit is held, too.
    tree.write("zones/d001.yaml", domain("d1.example", 2).replace("300", "60")).unwrap();
    tree.commit("another way").unwrap();
    let forked = planned(&world, "m");
    assert!(forked["summary"]["update"] == 2 && held(&forked), "{:?}", World::changes(&forked));
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
    assert!(world.aplomo(&["status"]).exits(0).out.contains("does not descend"));
    // Going back to where it was ends the hold; so does accepting the new head.
    let fork = tree.head().unwrap();
    tree.reset(&second).unwrap();
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    assert!(!world.aplomo(&["status"]).exits(0).out.contains("does not descend"));
    tree.reset(&fork).unwrap();
    planned(&world, "m");
    let said = world.aplomo(&["release", &format!("source:{name}"), "--reason", "meant"]).exits(0);
    assert!(said.out.contains(&name), "{}", said.out);
    let plan = world.plan();
    assert_eq!((&plan["summary"]["update"], &plan["summary"]["delete"]), (&2.into(), &1.into()));
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_refused_call_hides_and_deletes_nothing() {
    let world = applied(domains(3, 3));
    world.plan();
    let calls: Vec<String> = world.proxy.counts().into_keys().collect();
    assert!(calls.len() >= 4, "{calls:?}");
    for call in calls {
        let rule = world.proxy.inject(Rule::on(&call).then(Fault::access_denied()));
        let plan = planned(&world, "m");
        assert_eq!(World::changes(&plan), [""; 0], "{call}");
        assert_eq!(plan["complete"], false, "{call}");
        let hidden = plan["unverifiable"].to_string();
        assert!(
            hidden.contains("AccessDenied")
                || hidden.contains("not authorized")
                || hidden.contains("read tags"),
            "{call}: {hidden}"
        );
        world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(1);
        world.aplomo(&["drift", "m", "--detailed-exitcode"]).exits(1);
        world.aplomo(&["apply", "m", "--auto-approve"]);
        world.proxy.lift(rule);
    }
    assert_eq!(world.proxy.writes(), 0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_page_that_fails_hides_and_deletes_nothing() {
    let world = applied(domains(1, 1000));
    for nth in [1, 2, 3] {
        let rule = world
            .proxy
            .inject(Rule::on("route53:ListResourceRecordSets").nth(nth).then(Fault::access_denied()));
        let plan = planned(&world, "m");
        assert_eq!(World::changes(&plan), [""; 0], "page {nth}");
        assert!(
            plan["unverifiable"].to_string().contains("aws.route53.RecordSet"),
            "{:#}",
            plan["unverifiable"]
        );
        world.proxy.lift(rule);
    }
    // With a record less wished, what was not seen is not deleted, and what comes after is not created.
    world.edit("m/zones/d000.yaml", "{name: n999,", "{name: n1001,");
    world.proxy.inject(Rule::on("route53:ListResourceRecordSets").from_nth(2).then(Fault::access_denied()));
    let plan = planned(&world, "m");
    assert_eq!(World::changes(&plan), [""; 0]);
    world.proxy.lift_all();
    assert_eq!(world.plan()["summary"]["delete"], 1);
}

#[test]
fn a_list_that_suddenly_lacks_half_deletes_and_creates_nothing() {
    let world = applied(domains(6, 6));
    let half = |element: &'static str| {
        Fault::rewrite(move |answer| {
            let mut at = 0;
            answer.retain_elements(element, |_| {
                at += 1;
                at % 2 == 0
            })
        })
    };
    let rule = world.proxy.inject(Rule::on("route53:ListHostedZones").then(half("HostedZone")));
    for _ in 0..2 {
        let plan = quiet(&world, "m");
        let said = plan["findings"].to_string();
        assert!(
            said.contains("sudden-absence") && said.contains("aplomo release seen:aws.route53.HostedZone"),
            "{said}"
        );
        assert!(plan["unverifiable"].to_string().contains("sudden absence"), "{:#}", plan["unverifiable"]);
    }
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(1);
    // Also where the manifests go with it.
    std::fs::rename(file(&world, "m/zones/d000.yaml"), file(&world, "d000")).unwrap();
    assert_eq!(planned(&world, "m")["summary"]["delete"], 0);
    std::fs::rename(file(&world, "d000"), file(&world, "m/zones/d000.yaml")).unwrap();
    world.proxy.lift(rule);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    let rule = world.proxy.inject(Rule::on("route53:ListResourceRecordSets").then(half("ResourceRecordSet")));
    let plan = quiet(&world, "m");
    assert!(plan["findings"].to_string().contains("seen:aws.route53.RecordSet"), "{:#}", plan["findings"]);
    world.proxy.lift(rule);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    // Where they are really gone, somebody says so, and they are planned anew.
    let zone = world.zone("d1.example");
    for record in world.aws.records(&zone).unwrap().iter().filter(|r| r.kind == "A") {
        world.aws.delete(&zone, record).unwrap();
    }
    assert_eq!(World::changes(&planned(&world, "m")), [""; 0]);
    let said = world.aplomo(&["release", "seen:aws.route53.RecordSet", "--reason", "it was us"]).exits(0);
    assert!(said.out.contains("released"), "{}", said.out);
    assert_eq!(world.plan()["summary"]["create"], 6);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn manifests_that_moved_are_another_source_until_somebody_says_otherwise() {
    let world = applied(domains(1, 3));
    let old = world.plan()["sources"][0]["name"].as_str().unwrap().to_owned();
    std::fs::rename(file(&world, "m"), file(&world, "moved")).unwrap();
    assert_eq!(World::changes(&planned(&world, "moved")), [""; 0]);
    world.edit("moved/zones/d000.yaml", "    - {name: n1, type: A, ttl: 300, values: [192.0.2.2]}\n", "");
    let plan = planned(&world, "moved");
    assert_eq!(World::changes(&plan), [""; 0]);
    let said = plan["findings"].to_string();
    assert!(said.contains("other-source") && said.contains(&old), "{said}");
    world.write(
        "aplomo.yaml",
        format!("sources: [{{name: \"{old}\", path: moved, tenants: [acme], operator: true}}]\n"),
    );
    let plan = planned(&world, "moved");
    assert_eq!(World::changes(&plan), ["delete acme/Domain/d0-example:aws.route53.RecordSet/n1/A"]);
    assert!(!plan["findings"].to_string().contains("other-source"));
}

#[test]
fn a_sudden_absence_is_noticed_right_after_the_first_apply() {
    let world = domains(4, 4);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    let rule = world.proxy.inject(Rule::on("route53:ListHostedZones").then(Fault::rewrite(|answer| {
        let mut at = 0;
        answer.retain_elements("HostedZone", |_| {
            at += 1;
            at > 2
        })
    })));
    quiet(&world, "m");
    world.proxy.lift(rule);
    world.proxy.inject(Rule::on("route53:ListResourceRecordSets").then(Fault::rewrite(|answer| {
        answer.retain_elements("ResourceRecordSet", |set| !set.contains("<Type>A</Type>"))
    })));
    quiet(&world, "m");
}
