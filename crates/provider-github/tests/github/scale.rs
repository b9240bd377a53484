//! What a reading of a whole organisation takes, for 100, 1,000 and 3,000 repositories with protection and access.

use crate::support::World;
use aplomo_github_fake::Limits;
use aplomo_github_fake::world::{Protection, Role, Ruleset};
use aplomo_resources::github::names;

/// GraphQL requests and points of a full reading.
async fn cost(repositories: u64) -> (u64, u64, u64) {
    let plenty = Limits { graphql: 1_000_000, graphql_points: 1_000_000, ..Limits::default() };
    let w = World::with(plenty, |config, _| config);
    w.github.change(|world| {
        let people: Vec<_> = (0..40).map(|n| world.add_member(w.org, &format!("p{n}"))).collect();
        let teams: Vec<_> =
            (0..20).map(|n| world.add_team(w.org, &format!("t{n}"), &people[n..n + 10])).collect();
        for n in 0..repositories {
            let id = world.add_repo(w.org, &format!("repo-{n:04}"));
            let now = world.now;
            let team = teams[usize::try_from(n).unwrap() % teams.len()];
            world.orgs.get_mut(&w.org).unwrap().teams.get_mut(&team).unwrap().repos.insert(id, Role::Push);
            let repository = world.repos.get_mut(&id).unwrap();
            repository.direct.insert(people[usize::try_from(n).unwrap() % people.len()], Role::Maintain);
            repository.topics = vec!["service".into()];
            let protection = Protection {
                id: 5_000_000 + n,
                pattern: "main".into(),
                reviews: Some(Default::default()),
                ..Default::default()
            };
            repository.protections.insert("main".into(), protection);
            let ruleset = Ruleset {
                id: 6_000_000 + n,
                name: "main".into(),
                target: "branch".into(),
                enforcement: "active".into(),
                conditions: serde_json::json!({"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}),
                rules: vec![serde_json::json!({"type": "deletion"})],
                bypass_actors: Vec::new(),
                created_at: now,
                updated_at: now,
            };
            repository.rulesets.insert(6_000_000 + n, ruleset);
        }
    });
    let all = w.see(&names::REPOSITORY, &w.scope()).await;
    assert_eq!(u64::try_from(all.len()).unwrap(), repositories);
    let calls = w.calls.calls();
    let rest = calls.iter().filter(|(call, _)| !call.starts_with("github:graphql")).map(|(_, n)| n).sum();
    (calls["github:graphql"], calls["github:graphqlPoints"], rest)
}

#[tokio::test]
async fn a_thousand_repositories_take_forty_requests_and_no_call_each() {
    let (requests, points, rest) = cost(100).await;
    assert_eq!((requests, rest), (4, 2), "points: {points}");
    let (requests, points, rest) = cost(1_000).await;
    assert!(requests <= 60 && rest == 2, "{requests} requests, {points} points, {rest} REST calls");
    insta::assert_snapshot!(format!("{requests} requests, {points} points"), @"40 requests, 361 points");
}

#[tokio::test]
async fn three_thousand_repositories_take_three_times_as_much() {
    let (requests, points, rest) = cost(3_000).await;
    assert!(requests <= 180 && rest == 2, "{requests} requests, {rest} REST calls");
    insta::assert_snapshot!(format!("{requests} requests, {points} points"), @"121 requests, 1082 points");
}
