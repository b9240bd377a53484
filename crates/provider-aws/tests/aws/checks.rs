//! Writing health checks.

use crate::support::*;
use aplomo_core::fields::WantedFields;
use aplomo_core::observation::OwnerMark;
use aplomo_core::run::Status;
use aplomo_core::{Action, Datum, FieldPath, Wish};
use aplomo_sandbox::{Fault, Rule};

fn check(threshold: i64) -> WantedFields {
    fields(&[
        ("/type", "HTTPS".into()),
        ("/fqdn", "www.example.com".into()),
        ("/port", 443.into()),
        ("/path", "/up".into()),
        ("/interval", 30.into()),
        ("/failureThreshold", threshold.into()),
        ("/tags/env", "prod".into()),
    ])
}

#[tokio::test]
async fn a_check_is_made_with_marks_updated_and_deleted() {
    let w = World::new().await;
    let mut create = change(HEALTH_CHECK, "www", Action::Create, Some(check(3)));
    let outcomes = w.write(&[approve(&mut create, w.scope(), None)]).await;
    assert_eq!(outcomes[0].status, Status::Applied, "{outcomes:?}");
    let seen = w.read(HEALTH_CHECK, &w.scope()).await;
    let there = &seen.objects[0];
    assert_eq!(Some(&there.id), outcomes[0].id.as_ref());
    assert!(matches!(&there.mark, OwnerMark::Marked { address, .. } if address == create.address.as_str()));
    for (path, wish) in create.after.as_ref().unwrap().iter() {
        assert_eq!(there.fields.value(path.as_str()), wish.value(), "{path}");
    }

    let mut wanted = check(5);
    wanted.set(FieldPath::known("/path"), Wish::Value("/health".into()));
    let mut update = change(HEALTH_CHECK, "www", Action::Update, Some(wanted));
    w.proxy.reset();
    let outcomes = w.write(&[approve(&mut update, w.scope(), Some(there))]).await;
    assert_eq!(outcomes[0].status, Status::Applied, "{outcomes:?}");
    let sent = w.proxy.calls();
    assert_eq!(sent.len(), 1);
    assert!(
        sent[0].body.contains("HealthCheckVersion") && !sent[0].body.contains("Port"),
        "{}",
        sent[0].body
    );
    let seen = w.read(HEALTH_CHECK, &w.scope()).await;
    assert_eq!(seen.objects[0].fields.value("/failureThreshold"), Some(&Datum::Int(5)));
    assert_eq!(seen.objects[0].fields.text("/path"), Some("/health"));

    let mut delete = change(HEALTH_CHECK, "www", Action::Delete, None);
    assert_eq!(
        w.write(&[approve(&mut delete, w.scope(), Some(&seen.objects[0]))]).await[0].status,
        Status::Applied
    );
    assert!(w.read(HEALTH_CHECK, &w.scope()).await.objects.is_empty());
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_check() {
    let w = World::new().await;
    let lost = w.proxy.inject(Rule::on("route53:CreateHealthCheck").then(Fault::LostAnswer));
    let mut create = change(HEALTH_CHECK, "www", Action::Create, Some(check(3)));
    let step = approve(&mut create, w.scope(), None);
    assert_eq!(w.write(std::slice::from_ref(&step)).await[0].status, Status::Unknown);
    w.proxy.lift(lost);
    assert_eq!(w.write(&[step]).await[0].status, Status::Applied, "the caller reference makes it repeatable");
    assert_eq!(w.seed.health_checks().unwrap().len(), 1);
}

#[tokio::test]
async fn a_replacement_makes_the_new_one_and_later_takes_the_old_one_away() {
    let w = World::new().await;
    let mut create = change(HEALTH_CHECK, "www", Action::Create, Some(check(3)));
    w.write(&[approve(&mut create, w.scope(), None)]).await;
    let seen = w.read(HEALTH_CHECK, &w.scope()).await;
    let mut wanted = check(3);
    wanted.set(FieldPath::known("/interval"), Wish::Value(10.into()));
    let mut replace = change(HEALTH_CHECK, "www", Action::Replace, Some(wanted));
    let mut step = approve(&mut replace, w.scope(), Some(&seen.objects[0]));
    step.key = "another attempt".into();
    let made = w.write(std::slice::from_ref(&step)).await;
    assert_eq!(made[0].status, Status::Applied, "{made:?}");
    assert_ne!(made[0].id.as_ref(), Some(&seen.objects[0].id));
    assert_eq!(w.seed.health_checks().unwrap().len(), 2);
    step.after = None;
    assert_eq!(w.write(&[step]).await[0].status, Status::Applied);
    assert_eq!(w.seed.health_checks().unwrap(), [made[0].id.as_ref().unwrap().as_str()]);
}
