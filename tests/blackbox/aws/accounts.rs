//! A tenant whose account changes: nothing is planned in the new one until an SRE accepts the move, which
//! is a change of its own, sensitive, in words, and never approved by a rule.

use super::estate::*;
use crate::served::{Served, configure};
use crate::world::World;
use aplomo_sandbox::{Aws, unique_account};

fn tenant_in(account: &str, more: &str) -> String {
    TENANT.replace("region: us-east-1", &format!("region: us-east-1, accountId: \"{account}\"{more}"))
}

/// Applied in one account, then wished in another: the world, and the other account.
fn moving() -> (World, String) {
    let world = with(&[DOMAIN, PARTNER]);
    world.write("m/tenant.yaml", tenant_in(world.proxy.account().unwrap(), ""));
    settle(&world);
    let other = unique_account();
    let role = format!(
        ", readRoleArn: \"arn:aws:iam::{other}:role/read\", writeRoleArn: \"arn:aws:iam::{other}:role/write\""
    );
    world.write("m/tenant.yaml", tenant_in(&other, &role));
    world.proxy.reset();
    (world, other)
}

/// The other account past the proxy.
fn inside(world: &World, account: &str) -> Aws {
    let role = format!("arn:aws:iam::{account}:role/read");
    world.aws.assume_role(&role, None).unwrap()
}

#[test]
fn nothing_is_planned_in_the_new_account_before_the_move_is_accepted() {
    let (world, _) = moving();
    let plan = world.plan();
    let free: Vec<&serde_json::Value> =
        plan["changes"].as_array().unwrap().iter().filter(|c| c["heldBy"].is_null()).collect();
    let [settings] = free[..] else { panic!("{plan:#}") };
    assert_eq!(settings["type"], "aplomo.core.TenantSettings", "{plan:#}");
    assert_eq!(settings["risk"], "sensitive");
    let notes = settings["riskNotes"].to_string();
    assert!(notes.contains("acts in the AWS account") && notes.contains("nobody looks after"), "{notes}");
    assert_eq!(plan["applyable"], true, "the move can be accepted: {plan:#}");
}

#[test]
fn accepting_the_move_moves_nothing_by_itself_and_the_next_plan_makes_all_of_it_anew() {
    let (world, other) = moving();
    apply(&world, 0);
    assert_eq!(world.proxy.writes(), 0, "{:?}", world.proxy.calls());
    let plan = world.plan();
    assert_eq!(findings(&plan, "move-refused"), Vec::<String>::new(), "{plan:#}");
    let changes = World::changes(&plan);
    assert!(!changes.is_empty() && changes.iter().all(|c| c.starts_with("create ")), "{changes:?}");
    assert_eq!(plan["complete"], true, "what stays behind is let go, not for ever unverifiable: {plan:#}");
    apply(&world, 0);
    clean(&world);
    let there = inside(&world, &other);
    assert_eq!((there.zones().unwrap().len(), there.roles().unwrap().len()), (1, 1));
    // What was in the old account is as it was.
    assert_eq!((world.aws.zones().unwrap().len(), world.aws.roles().unwrap().len()), (1, 1));
}

#[test]
fn no_rule_accepts_a_move_whatever_the_tenant_lets_through() {
    let world = with(&[DOMAIN]);
    let approval = "  approval: {automaticRisks: [sensitive, outage, irreversible]}\n";
    let own = tenant_in(world.proxy.account().unwrap(), "") + approval;
    world.write("m/tenant.yaml", &own);
    configure(&world, &format!("{CONFIG}approval: automatic\n"));
    settle(&world);
    let daemon = Served::start(&world);
    daemon.counts("acme", 0, 0);
    world.write("m/tenant.yaml", own.replace(world.proxy.account().unwrap(), &unique_account()));
    daemon.sees("the move is planned", "/api/v1/plans", |p| p["plans"][0]["summary"]["update"] == 1);
    let before = daemon.get("/api/v1/runs");
    // Some more looks for decisions go by, without one.
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(daemon.get("/api/v1/runs"), before);
    daemon.stop();
}

/// Nothing is recorded of the tenant yet, so the way in is the one that the plan was made with.
#[test]
fn a_first_plan_file_is_applied_by_the_tenants_own_roles() {
    let world = with(&[PARTNER]);
    let theirs = unique_account();
    let role = format!(
        ", readRoleArn: \"arn:aws:iam::{theirs}:role/read\", writeRoleArn: \"arn:aws:iam::{theirs}:role/write\""
    );
    world.write("m/tenant.yaml", tenant_in(&theirs, &role));
    world.aplomo(&["plan", "m", "--out", "first.json"]).exits(0);
    world.aplomo(&["approve", "first.json"]).exits(0);
    world.aplomo(&["apply", "--plan", "first.json"]).exits(0);
    assert_eq!(inside(&world, &theirs).roles().unwrap().len(), 1);
    assert_eq!(world.aws.roles().unwrap().len(), 0, "nothing of it is in our own account");
}
