//! Trouble from outside: AWS that cannot be reached, refuses, throttles or keeps another time; zones
//! that are not ours; a full disk. A clear error, the right exit code, and nothing changed.

use crate::world::{Ran, World};
use aplomo_sandbox::{Fault, Rule};
use std::process::Command;
use std::time::{Duration, Instant};

/// A plan is still printed, says that it is not complete, and lists what could not be seen.
#[track_caller]
fn known_is_printed(ran: &Ran) -> serde_json::Value {
    let plan = ran.json();
    assert_eq!(plan["complete"], false, "{plan:#}");
    assert!(!plan["unverifiable"].as_array().unwrap().is_empty(), "{plan:#}");
    assert!(!ran.err.is_empty());
    plan
}

#[test]
fn unreachable_aws_ends_with_1_and_what_is_known() {
    let world = World::applied();
    let ran = |args: &[&str]| {
        let mut command = world.command(args);
        command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        World::finish(&mut command)
    };
    let plan = known_is_printed(&ran(&["plan", "m", "--format", "json"]).exits(1));
    assert_eq!(plan["summary"]["delete"], 0);
    assert!(World::changes(&plan).is_empty(), "{:?}", World::changes(&plan));
    ran(&["plan", "m", "--detailed-exitcode"]).exits(1);
    ran(&["drift", "m", "--format", "json"]).exits(1);
    let shown = ran(&["apply", "m", "--auto-approve"]).exits(1);
    assert!(shown.err.contains("cannot reach http://127.0.0.1:1"), "{}", shown.err);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn expired_credentials_end_with_1() {
    let world = World::applied();
    world.edit("m/example-com.yaml", "ttl: 300", "ttl: 60");
    let rule = world.proxy.inject(Rule::on("*").then(Fault::expired_token()));
    let ran = world.aplomo(&["plan", "m", "--format", "json"]).exits(1);
    known_is_printed(&ran);
    assert!(ran.err.to_lowercase().contains("expired"), "{}", ran.err);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(1);
    world.proxy.lift(rule);
    // They expire between identity and reading.
    world.proxy.inject(Rule::on("route53:*").then(Fault::expired_token()));
    known_is_printed(&world.aplomo(&["plan", "m", "--format", "json"]).exits(1));
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(1);
    world.proxy.lift_all();
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(2);
}

#[test]
fn no_credentials_at_all_end_with_1() {
    let world = World::with_domain();
    let mut command = world.command(&["plan", "m", "--format", "json"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    let ran = World::finish(&mut command).exits(1);
    known_is_printed(&ran);
    assert!(ran.err.contains("credentials"), "{}", ran.err);
}

#[test]
fn throttling_twice_is_ridden_out() {
    let world = World::applied();
    world.proxy.inject(Rule::on("route53:ListResourceRecordSets").times(2).then(Fault::throttling()));
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    assert_eq!(world.proxy.count("route53:ListResourceRecordSets"), 3);
}

#[test]
fn throttling_without_end_ends_with_1_in_reasonable_time() {
    let world = World::applied();
    world.proxy.inject(Rule::on("*").then(Fault::throttling()));
    let begun = Instant::now();
    let ran = world.aplomo(&["plan", "m", "--format", "json"]).exits(1);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    known_is_printed(&ran);
    assert!(ran.err.contains("Throttling") || ran.err.contains("throttl"), "{}", ran.err);
    assert!(world.proxy.total() <= 10, "{:?}", world.proxy.counts());
}

#[test]
fn another_installations_mark_is_refused_and_named() {
    let world = World::with_domain();
    let zone = world.aws.create_zone("example.com", "theirs", None).unwrap();
    let marks = [
        ("aplomo:installation", "madrid"),
        ("aplomo:tenant", "acme"),
        ("aplomo:address", "acme/Domain/example-com:aws.route53.HostedZone/zone"),
    ];
    world.aws.tag_zone(&zone, &marks).unwrap();
    world.proxy.reset();
    let plan = world.plan();
    let said = plan["findings"].to_string();
    assert!(said.contains("madrid"), "{plan:#}");
    assert_eq!(plan["summary"]["delete"], 0);
    let zone_planned =
        World::changes(&plan).iter().any(|c| c.contains("HostedZone") || c.contains("RecordSet"));
    assert!(!zone_planned, "{:?}", World::changes(&plan));
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
    // Asking to adopt it does not help.
    world.edit("m/example-com.yaml", "spec:\n", &format!("lifecycle: {{adopt: {zone}}}\nspec:\n"));
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn two_zones_of_one_name_ask_for_adopt() {
    let world = World::with_domain();
    let first = world.aws.create_zone("example.com", "one", None).unwrap();
    let second = world.aws.create_zone("example.com", "two", None).unwrap();
    world.proxy.reset();
    let plan = world.plan();
    let said = plan["findings"].to_string();
    assert!(said.contains("adopt") && said.contains(&first) && said.contains(&second), "{said}");
    let planned = World::changes(&plan).iter().any(|c| c.contains("aws."));
    assert!(!planned, "{:?}", World::changes(&plan));
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(4);
    assert_eq!(world.proxy.writes(), 0);
    world.edit("m/example-com.yaml", "spec:\n", &format!("lifecycle: {{adopt: {second}}}\nspec:\n"));
    let plan = world.plan();
    assert_eq!(plan["summary"]["adopt"], 1, "{plan:#}");
    assert_eq!(
        plan["findings"].as_array().unwrap().iter().filter(|f| f["severity"] == "error").count(),
        0,
        "{plan:#}"
    );
    for _ in 0..2 {
        world.aplomo(&["apply", "m", "--auto-approve"]);
    }
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    assert_eq!(
        world.aws.zone_tags(&second).unwrap().get("aplomo:installation").map(String::as_str),
        Some("default")
    );
    assert!(world.aws.zone_tags(&first).unwrap().is_empty());
    assert_eq!(world.aws.records(&first).unwrap().len(), 2, "only NS and SOA");
    assert!(world.aws.find(&second, "www.example.com.", "A").unwrap().len() == 1);
}

#[test]
fn a_skewed_clock_stops_apply_but_not_plan() {
    for seconds in [-3600, 120] {
        let world = World::with_domain();
        world.proxy.inject(Rule::on("*").then(Fault::skew_date(seconds)));
        let plan = world.plan();
        assert_eq!(plan["applyable"], false);
        assert!(plan["findings"].to_string().contains("clock"), "{plan:#}");
        let shown = world.aplomo(&["apply", "m", "--auto-approve"]).exits(1);
        assert!(shown.err.contains("clock"), "{}", shown.err);
        assert_eq!(world.proxy.writes(), 0);
    }
    let world = World::with_domain();
    world.proxy.inject(Rule::on("*").then(Fault::skew_date(30)));
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
}

/// The binary under a limit on the size of files it writes, in KiB: writing more fails, as a full disk does.
fn with_file_limit(world: &World, kib: u64, args: &[&str]) -> Ran {
    let plain = world.command(args);
    let mut command = Command::new("bash");
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$@\"");
    command.args(["-c", &script, "bash"]).arg(plain.get_program()).args(plain.get_args());
    command.current_dir(world.path()).env_clear();
    command.envs(plain.get_envs().filter_map(|(k, v)| Some((k, v?))));
    World::finish(&mut command)
}

#[test]
fn a_full_disk_lets_nothing_out_without_its_intent() {
    let world = World::applied();
    let many: String = (0..40)
        .map(|i| format!("    - {{name: n{i}, type: TXT, ttl: 60, values: [\"{}\"]}}\n", "x".repeat(200)))
        .collect();
    world.write("m/example-com.yaml", world.read("m/example-com.yaml") + &many);
    // From a disk with no room at all to one that fills up on the way and one that is large enough.
    let (mut before_write, mut after_write) = (0, 0);
    for kib in (0..40).map(|i| i * 12).chain([4096]) {
        let before = world.proxy.writes();
        let ran = with_file_limit(&world, kib, &["apply", "m", "--auto-approve"]);
        eprintln!("{kib}: {} {}", ran.code, ran.err);
        let wrote = world.proxy.writes() > before;
        if ran.code == 0 {
            break;
        }
        let ran = ran.exits(1);
        before_write += usize::from(!wrote);
        if wrote {
            // What came of it could not be stored; that it was sent was stored before.
            after_write += 1;
            let next = world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
            assert!(next.err.contains("went on with run"), "{kib}\n{}\n{}", ran.err, next.err);
            break;
        }
    }
    assert!(before_write > 0, "the limit never struck");
    eprintln!("struck {before_write} times before and {after_write} times after a write");
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    world.aplomo(&["audit", "verify"]).exits(0);
}
