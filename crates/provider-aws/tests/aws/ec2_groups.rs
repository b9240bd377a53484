//! Security groups and their rules: batches, duplicates, crashes, and the group that comes along.

use crate::ec2_support::*;
use crate::support::*;
use aplomo_core::fields::WantedFields;
use aplomo_core::observation::OwnerMark;
use aplomo_core::ports::StepOutcome;
use aplomo_core::run::Status;
use aplomo_core::{Action, Change, Datum, Observed, Scope};
use aplomo_sandbox::{Fault, Rule};

async fn group(w: &World, vpc: &Observed, name: &str) -> Observed {
    let wish = fields(&[
        ("/name", name.into()),
        ("/description", "for tests".into()),
        ("/letsAllOut", Datum::List(Vec::new())),
        ("/tags/a", "b".into()),
    ]);
    make(w, (SECURITY_GROUP, name), inside(w, vpc.id.as_str()), wish).await
}

fn rule(direction: &str, port: i64, source: (&str, &str)) -> WantedFields {
    let source = (source.0, if source.0 == "/self" { Datum::Bool(true) } else { source.1.into() });
    // moto forgets the descriptions of all but blocks.
    let words = source.0.starts_with("/cidr").then(|| ("/description", Datum::from("why")));
    let mut pairs = vec![("/direction", direction.into()), source];
    pairs.extend(words);
    if port < 0 {
        pairs.push(("/protocol", "-1".into()));
    } else {
        pairs.extend([("/protocol", "tcp".into()), ("/fromPort", port.into()), ("/toPort", port.into())]);
    }
    fields(&pairs)
}

async fn write_rules(w: &World, scope: &Scope, rules: &[WantedFields]) -> Vec<StepOutcome> {
    let mut changes: Vec<Change> = rules
        .iter()
        .enumerate()
        .map(|(n, rule)| change(RULE, &format!("g/{n}"), Action::Create, Some(rule.clone())))
        .collect();
    let steps: Vec<_> = changes.iter_mut().map(|change| approve(change, scope.clone(), None)).collect();
    w.write(&steps).await
}

async fn rules_in(w: &World, group: &Observed) -> Vec<Observed> {
    let seen = see(w, RULE).await.objects.into_iter();
    seen.filter(|o| o.type_name.as_str() == RULE && o.scope.container.as_ref() == Some(&group.id)).collect()
}

#[tokio::test]
async fn a_new_group_lets_nothing_out_and_its_rules_take_a_call_for_each_direction() {
    let w = World::new().await;
    let vpc = a_vpc(&w).await;
    let (web, db) = (group(&w, &vpc, "web").await, group(&w, &vpc, "db").await);
    assert!(rules_in(&w, &web).await.is_empty(), "the rule that came along is gone");
    let wishes = [
        rule("ingress", 443, ("/cidr4", "0.0.0.0/0")),
        rule("ingress", 443, ("/cidr6", "::/0")),
        rule("ingress", 8080, ("/cidr4", "10.0.0.0/16")),
        rule("ingress", 9000, ("/group", db.id.as_str())),
        rule("ingress", 7000, ("/self", "")),
        rule("egress", -1, ("/cidr4", "0.0.0.0/0")),
        rule("egress", 5432, ("/group", db.id.as_str())),
    ];
    let scope = inside(&w, web.id.as_str());
    w.proxy.reset();
    let outcomes = write_rules(&w, &scope, &wishes).await;
    assert!(outcomes.iter().all(|o| o.status == Status::Applied && o.id.is_some()), "{outcomes:?}");
    assert_eq!(w.proxy.writes(), 2, "one call for each direction");
    let seen = rules_in(&w, &web).await;
    assert_eq!(seen.len(), wishes.len());
    for (wish, outcome) in wishes.iter().zip(&outcomes) {
        let there = seen.iter().find(|o| Some(&o.id) == outcome.id.as_ref()).unwrap();
        assert_as_wished(there, wish);
        assert_eq!((&there.mark, there.brought_along), (&OwnerMark::None, false));
    }

    // By hand: one goes, one says something else.
    let gone = &seen[0];
    let direction = if gone.fields.text("/direction") == Some("egress") { "Egress" } else { "Ingress" };
    let one = [("GroupId", web.id.as_str()), ("SecurityGroupRuleId.1", gone.id.as_str())];
    w.seed.ec2(&format!("RevokeSecurityGroup{direction}"), &one).unwrap();
    assert_eq!(rules_in(&w, &web).await.len(), wishes.len() - 1);
    let blocks: Vec<&Observed> =
        seen[1..].iter().filter(|o| o.fields.text("/description").is_some()).collect();
    let mut changes: Vec<Change> = blocks
        .iter()
        .map(|o| {
            let wish = fields(&[("/description", "another reason".into())]);
            change(RULE, &format!("g/{}", o.id), Action::Update, Some(wish))
        })
        .collect();
    let steps: Vec<_> =
        changes.iter_mut().zip(&blocks).map(|(c, o)| approve(c, scope.clone(), Some(o))).collect();
    w.proxy.reset();
    let outcomes = w.write(&steps).await;
    assert!(outcomes.iter().all(|o| o.status == Status::Applied), "{outcomes:?}");
    assert_eq!(w.proxy.writes(), 1, "one call for all descriptions");
    let now = rules_in(&w, &web).await;
    let anew = now.iter().filter(|o| o.fields.text("/description") == Some("another reason")).count();
    assert_eq!(anew, blocks.len(), "{now:?}");

    // All go, one of them gone already.
    let mut changes: Vec<Change> =
        seen.iter().map(|o| change(RULE, &format!("g/{}", o.id), Action::Delete, None)).collect();
    let steps: Vec<_> =
        changes.iter_mut().zip(&seen).map(|(c, o)| approve(c, scope.clone(), Some(o))).collect();
    let outcomes = w.write(&steps).await;
    assert!(outcomes.iter().all(|o| o.status == Status::Applied), "{outcomes:?}");
    assert!(rules_in(&w, &web).await.is_empty());
    deleted(&w, SECURITY_GROUP, web.id.as_str()).await;
}

#[tokio::test]
async fn of_many_rules_only_the_one_that_is_there_already_fails() {
    let w = World::new().await;
    let vpc = a_vpc(&w).await;
    let web = group(&w, &vpc, "web").await;
    let scope = inside(&w, web.id.as_str());
    let there = [rule("ingress", 22, ("/cidr4", "10.0.0.0/8"))];
    assert_eq!(write_rules(&w, &scope, &there).await[0].status, Status::Applied);
    let mut wishes: Vec<_> = (0..6).map(|n| rule("ingress", 100 + n, ("/cidr4", "10.0.0.0/8"))).collect();
    wishes.insert(3, there[0].clone());
    let outcomes = write_rules(&w, &scope, &wishes).await;
    let failed: Vec<_> = outcomes.iter().filter(|o| o.status != Status::Applied).collect();
    assert_eq!(failed.len(), 1, "{outcomes:?}");
    assert!(failed[0].address.as_str().ends_with("g/3"));
    assert!(failed[0].error.as_ref().unwrap().contains("InvalidPermission.Duplicate"));
    assert_eq!(rules_in(&w, &web).await.len(), 7);
}

#[tokio::test]
async fn rules_whose_answer_was_lost_are_recognised_by_what_they_let_through() {
    let w = World::new().await;
    let vpc = a_vpc(&w).await;
    let web = group(&w, &vpc, "web").await;
    w.proxy.inject(Rule::on("ec2:AuthorizeSecurityGroupIngress").then(Fault::LostAnswer));
    let wishes = [rule("ingress", 1, ("/cidr4", "10.0.0.0/8")), rule("ingress", 2, ("/cidr4", "10.0.0.0/8"))];
    let outcomes = write_rules(&w, &inside(&w, web.id.as_str()), &wishes).await;
    assert!(outcomes.iter().all(|o| o.status == Status::Unknown), "{outcomes:?}");
    let keys: Vec<_> = rules_in(&w, &web).await.into_iter().filter_map(|o| o.key).collect();
    assert!(keys.iter().any(|key| key == "ingress|tcp|1|1|10.0.0.0/8"), "{keys:?}");
}

#[tokio::test]
async fn a_group_in_use_stays_and_says_by_whom() {
    let w = World::new().await;
    let vpc = a_vpc(&w).await;
    let (web, db) = (group(&w, &vpc, "web").await, group(&w, &vpc, "db").await);
    let uses = [rule("ingress", 5432, ("/group", web.id.as_str()))];
    write_rules(&w, &inside(&w, db.id.as_str()), &uses).await;
    let held = delete(&w, SECURITY_GROUP, web.id.as_str()).await;
    assert_eq!(held.status, Status::Failed);
    let why = held.error.unwrap();
    assert!(why.contains(db.id.as_str()), "{why}");
    assert_eq!(w.proxy.count("ec2:DeleteSecurityGroup"), 6);
    let pauses: Vec<_> = w.clock.0.lock().unwrap().iter().map(std::time::Duration::as_secs).collect();
    assert_eq!(pauses, [4, 8, 16, 32, 60]);

    let rule = &rules_in(&w, &db).await[0];
    let at = (rule.scope.clone(), Some(rule));
    assert_eq!(step(&w, (RULE, "r"), Action::Delete, at, None).await.status, Status::Applied);
    w.proxy.inject(Rule::on("ec2:DeleteSecurityGroup").times(2).then(Fault::dependency_violation()));
    w.proxy.reset();
    deleted(&w, SECURITY_GROUP, web.id.as_str()).await;
    assert_eq!(w.proxy.count("ec2:DeleteSecurityGroup"), 3, "what used it took a while to go");
}

#[tokio::test]
async fn the_group_that_comes_along_is_emptied_in_two_calls() {
    let w = World::new().await;
    let vpc = a_vpc(&w).await;
    let seen = see(&w, DEFAULT_GROUP).await;
    let standard =
        |o: &&Observed| o.type_name.as_str() == DEFAULT_GROUP && o.scope.container.as_ref() == Some(&vpc.id);
    let there = seen.objects.iter().find(standard).unwrap();
    assert!(there.brought_along && there.key.as_deref() == Some("default"));
    let Some(Datum::List(rules)) = there.fields.value("/rules") else { panic!("{there:?}") };
    assert!(!rules.is_empty());
    let own = seen
        .objects
        .iter()
        .any(|o| o.type_name.as_str() == RULE && o.scope.container.as_ref() == Some(&there.id));
    assert!(!own, "its rules are its own field");
    let locked = fields(&[("/rules", Datum::List(Vec::new()))]);
    w.proxy.reset();
    let now = update(&w, (DEFAULT_GROUP, "default"), there, locked.clone()).await;
    assert!(w.proxy.writes() <= 2);
    w.proxy.reset();
    update(&w, (DEFAULT_GROUP, "default"), &now, locked).await;
    assert_eq!(w.proxy.writes(), 0, "there is nothing left to take away");
}
