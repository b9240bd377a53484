//! Limits: the hourly ones, the secondary ones, the pace of writes; time stands still but where we wait.

use crate::support::{World, fields};
use aplomo_core::Action;
use aplomo_core::run::Status;
use aplomo_github_fake::Limits;
use aplomo_provider_github::{Credentials, GithubConfig};
use aplomo_resources::github::names;
use secrecy::SecretString;

#[tokio::test]
async fn an_hour_without_points_is_waited_out_where_patience_lasts() {
    let limits = Limits { graphql: 10, ..Limits::default() };
    let w = World::with(limits, |config, token| GithubConfig {
        patience: std::time::Duration::from_secs(4_000),
        credentials: Credentials::Token(SecretString::from(token)),
        ..config
    });
    w.github.change(|world| (0..60).map(|n| world.add_repo(w.org, &format!("r{n:02}"))).count());
    let all = w.see(&names::REPOSITORY, &w.scope()).await;
    assert_eq!(all.len(), 60, "the reading goes on after the reset");
    let waited: u64 = w.clock.waits.lock().unwrap().iter().sum();
    assert!((3_000..8_000).contains(&waited), "{waited}");
}

#[tokio::test]
async fn a_limit_longer_than_patience_is_handed_over() {
    let limits = Limits { graphql: 10, ..Limits::default() };
    let w = World::with(limits, |config, token| GithubConfig {
        credentials: Credentials::Token(SecretString::from(token)),
        ..config
    });
    w.github.change(|world| (0..60).map(|n| world.add_repo(w.org, &format!("r{n:02}"))).count());
    let seen = w.read(&names::REPOSITORY, &w.scope(), None).await;
    let coverage = seen.coverage_of(&names::REPOSITORY, &w.scope()).unwrap();
    assert!(
        !coverage.is_complete() && format!("{coverage:?}").contains("is reached for another"),
        "{coverage:?}"
    );
    assert!(w.clock.waits.lock().unwrap().iter().all(|wait| *wait < 900));
}

#[tokio::test]
async fn writes_are_a_second_apart_and_a_secondary_limit_is_obeyed() {
    let w =
        World::with(Limits { content_minute: 3, retry_after: 61, ..Limits::default() }, |config, _| config);
    let inside = w.inside(w.github.change(|world| world.add_repo(w.org, "web")));
    for n in 0..5 {
        let wish = fields(&[("/name", format!("label{n}").as_str().into()), ("/color", "ff0000".into())]);
        w.make(&names::LABEL, &inside, wish).await;
    }
    assert_eq!(w.github.world().repos.values().next().unwrap().labels.len(), 8);
    assert!(w.clock.waits.lock().unwrap().contains(&61), "Retry-After is obeyed");
    let log = w.github.log();
    let begin = log.iter().filter(|e| e.method == "POST" && e.path.ends_with("/labels"));
    assert!(begin.count() > 5, "refused ones were sent again");
    assert!(w.budget.throttled.lock().unwrap().iter().all(|call| call.starts_with("github:POST")));
    let journal = w.journal.0.lock().unwrap();
    assert!(journal.len() > 5 && journal.iter().all(|(_, outcome)| outcome.is_some()), "an intent each time");
}

#[tokio::test]
async fn a_run_that_meets_the_hourly_limit_hands_over_what_is_left() {
    let w = World::new();
    let inside = w.inside(w.github.change(|world| world.add_repo(w.org, "web")));
    let wish = |name: &str| fields(&[("/name", name.into()), ("/color", "ff0000".into())]);
    w.make(&names::LABEL, &inside, wish("a")).await;
    w.github.limits(Limits { core: 1, ..Limits::default() });
    let outcome = w.apply((&names::LABEL, &inside), Action::Create, Some(wish("b")), None).await;
    assert_eq!(outcome.status, Status::Failed, "{outcome:?}");
    assert!(outcome.error.unwrap().contains("done by the next run"));
    w.github.limits(Limits::default());
}
