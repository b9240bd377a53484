//! Writing hosted zones.

use crate::support::*;
use aplomo_core::observation::OwnerMark;
use aplomo_core::run::Status;
use aplomo_core::{Action, FieldPath, RemoteId, Wish};
use aplomo_sandbox::{Fault, Rule};

fn zone(name: &str) -> aplomo_core::fields::WantedFields {
    fields(&[("/name", name.into()), ("/private", false.into()), ("/tags/env", "prod".into())])
}

#[tokio::test]
async fn a_zone_is_made_with_marks_changed_released_and_deleted() {
    let w = World::new().await;
    let mut create = change(HOSTED_ZONE, "zone", Action::Create, Some(zone("new.example.")));
    let outcomes = w.write(&[approve(&mut create, w.scope(), None)]).await;
    assert_eq!(outcomes[0].status, Status::Applied, "{outcomes:?}");
    assert!(!outcomes[0].request_ids.is_empty());
    let seen = w.zones().await;
    let there = &seen.objects[0];
    assert_eq!(Some(&there.id), outcomes[0].id.as_ref());
    let address = create.address.as_str();
    let ours =
        OwnerMark::Marked { installation: "main".into(), tenant: "acme".into(), address: address.into() };
    assert_eq!(there.mark, ours);
    assert!(there.created_by.as_deref().unwrap().starts_with("aplomo:main:"), "{:?}", there.created_by);
    assert_eq!(there.fields.text("/tags/env"), Some("prod"));

    let mut wanted = zone("new.example.");
    wanted.set(FieldPath::known("/tags/env"), Wish::Absent);
    wanted.set(FieldPath::known("/tags/cost"), Wish::Value("17".into()));
    let mut update = change(HOSTED_ZONE, "zone", Action::Update, Some(wanted));
    w.proxy.reset();
    assert_eq!(w.write(&[approve(&mut update, w.scope(), Some(there))]).await[0].status, Status::Applied);
    assert_eq!(w.proxy.total(), 1, "marks are there already");
    let tags = w.seed.zone_tags(there.id.as_str()).unwrap();
    assert_eq!((tags.get("env"), tags.get("cost").map(String::as_str)), (None, Some("17")));

    let mut release = change(HOSTED_ZONE, "zone", Action::Release, None);
    let seen = w.zones().await;
    w.write(&[approve(&mut release, w.scope(), Some(&seen.objects[0]))]).await;
    let tags = w.seed.zone_tags(there.id.as_str()).unwrap();
    assert_eq!(tags.keys().collect::<Vec<_>>(), ["aplomo:released", "cost"]);
    let released = w.zones().await;
    assert_eq!(released.objects[0].mark, OwnerMark::None, "its caller reference does not count any more");

    let mut delete = change(HOSTED_ZONE, "zone", Action::Delete, None);
    let step = approve(&mut delete, w.scope(), Some(&seen.objects[0]));
    assert_eq!(w.write(std::slice::from_ref(&step)).await[0].status, Status::Applied);
    assert!(w.zones().await.objects.is_empty());
    assert_eq!(w.write(&[step]).await[0].status, Status::Applied, "gone already is as wished");
}

#[tokio::test]
async fn a_lost_answer_leaves_one_zone_that_the_next_attempt_takes_up() {
    let w = World::new().await;
    let lost = w.proxy.inject(Rule::on("route53:CreateHostedZone").then(Fault::LostAnswer));
    let mut create = change(HOSTED_ZONE, "zone", Action::Create, Some(zone("lost.example.")));
    let step = approve(&mut create, w.scope(), None);
    let outcomes = w.write(std::slice::from_ref(&step)).await;
    assert_eq!(outcomes[0].status, Status::Unknown, "{outcomes:?}");
    assert_eq!(w.proxy.count("route53:CreateHostedZone"), 1, "sent once");
    w.proxy.lift(lost);
    let outcomes = w.write(std::slice::from_ref(&step)).await;
    assert_eq!(outcomes[0].status, Status::Applied, "{outcomes:?}");
    let seen = w.zones().await;
    assert_eq!(seen.objects.len(), 1);
    assert_eq!(Some(&seen.objects[0].id), outcomes[0].id.as_ref());
    assert!(matches!(&seen.objects[0].mark, OwnerMark::Marked { address, .. } if !address.is_empty()));
    w.assert_counts_equal();
}

#[tokio::test]
async fn a_zone_found_by_its_reference_is_completed_and_not_made_again() {
    let w = World::new().await;
    let id = w.seed.create_zone("found.example.", "aplomo:main:1", None).unwrap();
    let mut create = change(HOSTED_ZONE, "zone", Action::Create, Some(zone("found.example.")));
    let mut step = approve(&mut create, w.scope(), None);
    step.found = Some(RemoteId::new(&id).unwrap());
    let outcomes = w.write(&[step]).await;
    assert_eq!(
        (outcomes[0].status, outcomes[0].id.as_ref().map(|id| id.as_str())),
        (Status::Applied, Some(id.as_str()))
    );
    assert_eq!(w.proxy.count("route53:CreateHostedZone"), 0);
    assert_eq!(w.seed.zone_tags(&id).unwrap()["aplomo:tenant"], "acme");
}

#[tokio::test]
async fn what_is_not_ours_is_not_touched() {
    let w = World::new().await;
    let other = w.seed.create_zone("other.example.", "one", None).unwrap();
    w.seed.tag_zone(&other, &[("aplomo:installation", "theirs")]).unwrap();
    let seen = w.zones().await;
    let mut delete = change(HOSTED_ZONE, "zone", Action::Delete, None);
    let outcomes = w.write(&[approve(&mut delete, w.scope(), Some(&seen.objects[0]))]).await;
    assert_eq!((outcomes[0].status, w.proxy.writes()), (Status::Failed, 0));
    assert!(outcomes[0].error.as_deref().unwrap().contains("`theirs`"), "{outcomes:?}");
    let mut update = change(HOSTED_ZONE, "gone", Action::Update, Some(zone("gone.example.")));
    let outcomes = w.write(&[approve(&mut update, w.scope(), None)]).await;
    assert_eq!((outcomes[0].status, w.proxy.writes()), (Status::Stale, 0), "{outcomes:?}");
}

#[tokio::test]
async fn a_zone_with_records_that_are_not_ours_stays() {
    let w = World::new().await;
    let id = w.seed.create_zone("full.example.", "aplomo:main:1", None).unwrap();
    w.proxy.inject(Rule::on("route53:DeleteHostedZone").then(Fault::error(
        400,
        "HostedZoneNotEmpty",
        "it is not empty",
    )));
    let seen = w.zones().await;
    let mut delete = change(HOSTED_ZONE, "zone", Action::Delete, None);
    let outcomes = w.write(&[approve(&mut delete, w.scope(), Some(&seen.objects[0]))]).await;
    let why = outcomes[0].error.as_deref().unwrap();
    assert!(why.contains("HostedZoneNotEmpty") && why.contains("records that are not ours"), "{why}");
    assert_eq!(outcomes[0].id.as_ref().map(|id| id.as_str()), Some(id.as_str()));
}

#[tokio::test]
async fn networks_of_a_private_zone_come_and_go() {
    let w = World::new().await;
    let seeder = aplomo_sandbox::Aws::through(&w.proxy).unwrap();
    let (one, two) = (seeder.create_vpc("10.0.0.0/16").unwrap(), seeder.create_vpc("10.1.0.0/16").unwrap());
    let network = |id: &str| FieldPath::known("/networks").child(&format!("us-east-1:{id}"));
    let mut wanted = fields(&[("/name", "in.example.".into()), ("/private", true.into())]);
    wanted.set(network(&one), Wish::Value(true.into()));
    wanted.set(network(&two), Wish::Value(true.into()));
    let mut create = change(HOSTED_ZONE, "zone", Action::Create, Some(wanted.clone()));
    let outcomes = w.write(&[approve(&mut create, w.scope(), None)]).await;
    assert_eq!(outcomes[0].status, Status::Applied, "{outcomes:?}");
    assert_eq!(w.proxy.count("route53:AssociateVPCWithHostedZone"), 1, "the first goes with the create");
    let seen = w.zones().await;
    for id in [&one, &two] {
        assert!(seen.objects[0].fields.value(network(id).as_str()).is_some());
    }
    wanted.set(network(&one), Wish::Absent);
    let mut update = change(HOSTED_ZONE, "zone", Action::Update, Some(wanted));
    let outcomes = w.write(&[approve(&mut update, w.scope(), Some(&seen.objects[0]))]).await;
    assert_eq!(outcomes[0].status, Status::Applied, "{outcomes:?}");
    let seen = w.zones().await;
    assert!(seen.objects[0].fields.value(network(&one).as_str()).is_none());
    assert!(seen.objects[0].fields.value(network(&two).as_str()).is_some());
}

#[tokio::test]
async fn the_networks_of_environments_are_remembered_by_name() {
    let w = World::new().await;
    let seeder = aplomo_sandbox::Aws::through(&w.proxy).unwrap();
    let (one, two) = (seeder.create_vpc("10.0.0.0/16").unwrap(), seeder.create_vpc("10.1.0.0/16").unwrap());
    let (one, two) = (format!("us-east-1:{one}"), format!("us-east-1:{two}"));
    let path = FieldPath::known("/environments/staging");
    let mut wanted = fields(&[("/name", "in.example.".into()), ("/private", true.into())]);
    wanted.set(path.clone(), Wish::Value(one.as_str().into()));
    let mut create = change(HOSTED_ZONE, "zone", Action::Create, Some(wanted.clone()));
    let outcomes = w.write(&[approve(&mut create, w.scope(), None)]).await;
    assert_eq!(outcomes[0].status, Status::Applied, "{outcomes:?}");
    let seen = w.zones().await;
    assert_eq!(seen.objects[0].fields.text(path.as_str()), Some(one.as_str()));

    // The Environment was made anew: another network, and the old one is let go.
    wanted.set(path.clone(), Wish::Value(two.as_str().into()));
    let mut update = change(HOSTED_ZONE, "zone", Action::Update, Some(wanted));
    let outcomes = w.write(&[approve(&mut update, w.scope(), Some(&seen.objects[0]))]).await;
    assert_eq!(outcomes[0].status, Status::Applied, "{outcomes:?}");
    let seen = w.zones().await;
    assert_eq!(seen.objects[0].fields.text(path.as_str()), Some(two.as_str()));
    let bound = |network: &str| FieldPath::known("/networks").child(network);
    assert!(seen.objects[0].fields.value(bound(&one).as_str()).is_none());
    assert!(seen.objects[0].fields.value(bound(&two).as_str()).is_some());
}
