//! Access that ends: announced before, gone after, whatever guards say; moved where its date is moved.

use super::estate::*;
use crate::world::World;

/// Many profiles that end at once: more than the guard on removals lets go.
fn guests() -> World {
    let profile = |number: usize| {
        format!(
            "\
apiVersion: aplomo/v1
kind: IamProfile
metadata: {{name: guest-{number}, tenant: acme}}
spec:
  trust: {{accounts: [\"444455556666\"], externalId: acme-7f3a91}}
  expiresAt: 2036-03-31T22:00:00Z
"
        )
    };
    let all: Vec<String> = (0..7).map(profile).collect();
    applied(&all.iter().map(String::as_str).collect::<Vec<_>>())
}

fn drift(world: &World, as_of: &str) -> serde_json::Value {
    let ran = world.aplomo(&["drift", "m", "--format", "json", "--as-of", as_of]);
    assert!([0, 2].contains(&ran.code), "{ran:?}");
    ran.json()
}

#[test]
fn an_end_is_announced_a_week_and_a_day_before() {
    let world = applied(&[PARTNER]);
    let said = |as_of: &str| findings(&drift(&world, as_of), "expires-soon");
    assert_eq!(said("2036-03-24T21:59:59Z"), Vec::<String>::new());
    let week = said("2036-03-24T22:00:00Z");
    assert!(week.len() == 1 && week[0].starts_with("info it ends on 2036-03-31T22:00:00Z"), "{week:?}");
    let day = said("2036-03-30T22:00:00Z");
    assert!(day.len() == 1 && day[0].starts_with("warning it ends on 2036-03-31T22:00:00Z"), "{day:?}");
}

#[test]
fn after_its_end_a_profile_is_planned_away_on_schedule_and_past_guards() {
    let world = guests();
    let plan = ["plan", "m", "--format", "json", "--as-of", "2036-03-31T22:00:00Z"];
    let plan = world.aplomo(&plan).exits(0).json();
    let changes = plan["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 7, "{plan:#}");
    for change in changes {
        assert_eq!((&change["action"], &change["reason"]), (&"delete".into(), &"schedule".into()));
        assert_eq!(change["heldBy"], serde_json::Value::Null, "{change:#}");
    }
}

#[test]
fn all_that_belongs_to_a_profile_goes_with_it() {
    let world = applied(&[PARTNER]);
    let plan = ["plan", "m", "--format", "json", "--as-of", "2036-03-31T22:00:00Z"];
    let plan = world.aplomo(&plan).exits(0).json();
    let changes = World::changes(&plan);
    let types = ["aws.iam.InstanceProfile", "aws.iam.Policy", "aws.iam.Role"];
    assert_eq!(changes.len(), types.len(), "{changes:?}");
    assert!(types.iter().all(|t| changes.iter().any(|c| c.contains(t))), "{changes:?}");
}

#[test]
fn the_service_enforces_the_end_too_and_moving_the_date_moves_both() {
    let world = applied(&[PARTNER]);
    let trust = |world: &World| {
        let roles = world.aws.roles().unwrap();
        roles[0].get("AssumeRolePolicyDocument").to_owned()
    };
    assert!(trust(&world).contains("2036-03-31T22"), "{}", trust(&world));
    world.edit("m/0.yaml", "2036-03-31T22", "2036-06-30T22");
    let plan = world.plan();
    let role = plan["changes"].as_array().unwrap().iter().find(|c| c["type"] == "aws.iam.Role").unwrap();
    assert_eq!(role["until"], "2036-06-30T22:00:00Z", "{plan:#}");
    apply(&world, 0);
    clean(&world);
    assert!(trust(&world).contains("2036-06-30T22"), "{}", trust(&world));
    let said = findings(&drift(&world, "2036-03-31T12:00:00Z"), "expires-soon");
    assert_eq!(said, Vec::<String>::new());
}
