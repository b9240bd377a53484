//! A large organisation: what its bulk read costs in points and requests.

use aplomo_github_fake::{Limits, world::Role};
use serde_json::Value;

use super::support::acme;

/// What facts-github.md calls the bulk read.
const QUERY: &str = "query($after: String) { organization(login: \"acme\") { repositories(first: 25, after: $after) {
    pageInfo { hasNextPage endCursor } nodes { id name visibility mergeCommitAllowed squashMergeCommitTitle
    branchProtectionRules(first: 10) { nodes { pattern pushAllowances(first: 10) { nodes { id } }
        reviewDismissalAllowances(first: 10) { nodes { id } } bypassPullRequestAllowances(first: 10) { nodes { id } } } }
    rulesets(first: 10) { nodes { name bypassActors(first: 10) { nodes { id } } rules(first: 30) { nodes { type } } } }
    collaborators(first: 100) { edges { permission node { login } permissionSources { roleName source { __typename } } } }
    environments(first: 10) { nodes { name protectionRules(first: 5) { nodes { type } } } }
    deployKeys(first: 10) { nodes { title } } labels(first: 50) { nodes { name } } repositoryTopics(first: 20) { nodes { id } }
    } } } rateLimit { cost nodeCount } }";

#[test]
fn a_thousand_repositories_with_access_read_in_forty_requests() {
    let acme = acme();
    acme.github.limits(Limits { graphql: 5_000, ..Limits::default() });
    acme.github.change(|world| {
        let people: Vec<u64> = (0..30).map(|n| world.add_member(acme.org, &format!("p{n}"))).collect();
        let teams: Vec<u64> =
            (0..20).map(|n| world.add_team(acme.org, &format!("t{n}"), &people[n..n + 5])).collect();
        for n in 0..999 {
            let repo = world.add_repo(acme.org, &format!("r{n}"));
            let team = teams[n % teams.len()];
            world
                .orgs
                .get_mut(&acme.org)
                .unwrap()
                .teams
                .get_mut(&team)
                .unwrap()
                .repos
                .insert(repo, Role::Push);
        }
    });
    let (mut after, mut requests, mut points, mut repositories) = (Value::Null, 0, 0, 0);
    loop {
        let reply = acme
            .ask("POST", "/graphql", &serde_json::json!({"query": QUERY, "variables": {"after": after}}))
            .body;
        assert_eq!(reply.get("errors"), None, "{reply}");
        let page = &reply["data"]["organization"]["repositories"];
        requests += 1;
        points += reply["data"]["rateLimit"]["cost"].as_u64().unwrap();
        repositories += page["nodes"].as_array().unwrap().len();
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!((repositories, requests, points), (1_000, 40, 680));
    let log = acme.github.log();
    assert_eq!(log.iter().map(|one| one.points).sum::<u64>(), points);
}
