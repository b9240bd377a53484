//! Readers: what they tell, what is hidden, and that hidden is never absent.

use crate::support::World;
use aplomo_core::{Coverage, Sight};
use aplomo_github_fake::world::Role;
use aplomo_resources::github::names;

#[tokio::test]
async fn who_we_are_is_told_and_a_missing_installation_says_the_way_out() {
    let w = World::new();
    assert_eq!(w.way.identity(&w.read_cx(None)).await.unwrap().as_str(), "acme");
    w.github.change(|world| world.installations.clear());
    let fresh = w.reconnect("acme");
    let problem = fresh.identity(&w.read_cx(None)).await.unwrap_err();
    assert!(
        problem.to_string().contains("install it there with the permissions in deploy/github"),
        "{problem}"
    );
}

#[tokio::test]
async fn direct_grants_are_told_from_those_of_teams_and_the_organisation() {
    let w = World::new();
    let repository = w.github.change(|world| {
        let (bea, cem) = (world.add_member(w.org, "Bea"), world.add_member(w.org, "Cem"));
        let repository = world.add_repo(w.org, "web");
        let team = world.add_team(w.org, "Core", &[bea, cem]);
        world
            .orgs
            .get_mut(&w.org)
            .unwrap()
            .teams
            .get_mut(&team)
            .unwrap()
            .repos
            .insert(repository, Role::Push);
        world.repos.get_mut(&repository).unwrap().direct.insert(cem, Role::Maintain);
        repository
    });
    let inside = w.inside(repository);
    let people = w.see(&names::COLLABORATOR, &inside).await;
    let told: Vec<_> =
        people.iter().map(|o| (o.fields.text("/login"), o.fields.text("/permission"))).collect();
    assert_eq!(told, [(Some("cem"), Some("maintain"))], "not who is in by a team, nor the owner");
    let teams = w.see(&names::TEAM_GRANT, &inside).await;
    let told: Vec<_> = teams.iter().map(|o| (o.fields.text("/team"), o.fields.text("/permission"))).collect();
    assert_eq!(told, [(Some("core"), Some("write"))], "push and write are one");
}

#[tokio::test]
async fn a_team_does_not_own_what_its_parent_has() {
    let w = World::new();
    let (repository, child) = w.github.change(|world| {
        let bea = world.add_member(w.org, "Bea");
        let repository = world.add_repo(w.org, "web");
        let (parent, child) = (world.add_team(w.org, "All", &[]), world.add_team(w.org, "Core", &[bea]));
        let teams = &mut world.orgs.get_mut(&w.org).unwrap().teams;
        teams.get_mut(&child).unwrap().parent = Some(parent);
        teams.get_mut(&parent).unwrap().repos.insert(repository, Role::Pull);
        (repository, child)
    });
    let grants = w.see(&names::TEAM_GRANT, &w.inside(repository)).await;
    let told: Vec<_> = grants.iter().map(|o| o.fields.text("/team")).collect();
    assert_eq!(told, [Some("all")]);
    let members = w.see(&names::TEAM_MEMBERSHIP, &w.inside(child)).await;
    assert_eq!(members.len(), 1, "immediate ones");
    let of_parent = w.see(&names::TEAM, &w.scope()).await;
    assert_eq!(of_parent.len(), 2);
}

#[tokio::test]
async fn who_may_pass_by_a_ruleset_is_hidden_from_a_reader_and_not_nobody() {
    let w = World::new();
    let repository = w.github.change(|world| {
        let repository = world.add_repo(w.org, "web");
        let id = 900_001;
        let ruleset = aplomo_github_fake::world::Ruleset {
            id,
            name: "main".into(),
            target: "branch".into(),
            enforcement: "active".into(),
            conditions: serde_json::json!({"ref_name": {"include": ["~ALL"], "exclude": []}}),
            rules: vec![serde_json::json!({"type": "deletion"})],
            bypass_actors: vec![
                serde_json::json!({"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}),
            ],
            created_at: world.now,
            updated_at: world.now,
        };
        world.repos.get_mut(&repository).unwrap().rulesets.insert(id, ruleset);
        repository
    });
    let seen = w.one(&names::RULESET, &w.inside(repository), ("/name", "main")).await;
    assert_eq!(seen.fields.get("/bypass"), Some(&Sight::Hidden));
    assert_eq!(seen.fields.value("/forbids/deletion"), Some(&true.into()));
    assert_eq!(seen.fields.value("/forbids/forcePush"), Some(&false.into()));
}

#[tokio::test]
async fn a_reading_that_fails_half_way_proves_no_absence() {
    let w = World::new();
    w.github.change(|world| (0..60).map(|n| world.add_repo(w.org, &format!("r{n:02}"))).count());
    w.github.inject(
        aplomo_github_fake::Rule::new(aplomo_github_fake::Fault::Status(502)).path("/graphql").after(1),
    );
    let seen = w.read(&names::REPOSITORY, &w.scope(), None).await;
    assert_eq!(seen.objects.iter().filter(|o| o.type_name == names::REPOSITORY).count(), 25);
    let coverage = seen.coverage_of(&names::REPOSITORY, &w.scope()).unwrap();
    assert!(
        matches!(coverage, Coverage::LowerBound(why) if why.contains("only the first 25")),
        "{coverage:?}"
    );
    assert!(!seen.coverage_of(&names::LABEL, &w.inside(1)).unwrap().is_complete());
}

#[tokio::test]
async fn an_app_in_selected_repositories_proves_no_absence() {
    let w = World::new();
    w.github.change(|world| {
        let (one, _) = (world.add_repo(w.org, "a"), world.add_repo(w.org, "b"));
        world.installations.values_mut().for_each(|i| i.repos = Some([one].into()));
    });
    let seen = w.read(&names::REPOSITORY, &w.scope(), None).await;
    let coverage = seen.coverage_of(&names::REPOSITORY, &w.scope()).unwrap();
    assert!(
        matches!(coverage, Coverage::LowerBound(why) if why.contains("selected repositories")),
        "{coverage:?}"
    );
}

#[tokio::test]
async fn without_a_permission_what_it_shows_is_unverifiable_and_not_absent() {
    let w = World::new();
    let repository = w.github.change(|world| {
        world.installations.values_mut().for_each(|i| {
            i.permissions.remove("repository_hooks");
            i.permissions.remove("secrets");
        });
        world.add_repo(w.org, "web")
    });
    let inside = w.inside(repository);
    for type_name in [&names::WEBHOOK, &names::SECRET] {
        let seen = w.read(type_name, &inside, None).await;
        let coverage = seen.coverage_of(type_name, &inside).unwrap();
        assert!(
            matches!(coverage, Coverage::Failed(_) | Coverage::LowerBound(_)),
            "{type_name}: {coverage:?}"
        );
    }
}

#[tokio::test]
async fn what_did_not_change_costs_nothing_of_the_limit() {
    let w = World::new();
    let inside = w.inside(w.github.change(|world| world.add_repo(w.org, "web")));
    w.read(&names::AUTOLINK, &inside, None).await;
    w.github.clear_log();
    w.read(&names::AUTOLINK, &inside, None).await;
    let log = w.github.log();
    let statuses: Vec<u16> =
        log.iter().filter(|e| e.path.ends_with("/autolinks")).map(|e| e.status).collect();
    assert_eq!(statuses, [304]);
}

#[tokio::test]
async fn no_write_leaves_while_reading_and_the_planners_token_cannot_write() {
    let w = World::new();
    w.github.refuse_writes(true);
    let inside = w.inside(w.github.change(|world| world.add_repo(w.org, "web")));
    for type_name in w.way.types() {
        w.read(&type_name, &inside, None).await;
    }
    assert_eq!((w.github.refused_writes(), w.github.writes()), (0, 0));
    let world = w.github.world();
    let minted: Vec<_> = world.tokens.values().filter_map(|token| token.permissions.as_ref()).collect();
    assert!(!minted.is_empty());
    assert!(minted.iter().all(|p| p.values().all(|level| level == "read")), "{minted:?}");
}

#[tokio::test]
async fn a_classic_rule_is_read_with_everybody_it_names() {
    let w = World::new();
    let repository = w.github.change(|world| {
        let (bea, repository) = (world.add_member(w.org, "Bea"), world.add_repo(w.org, "web"));
        let team = world.add_team(w.org, "Core", &[bea]);
        let protection = aplomo_github_fake::world::Protection {
            id: 900_002,
            pattern: "release/*".into(),
            flags: Default::default(),
            checks: Some((true, [("build".to_owned(), None)].into())),
            reviews: Some(aplomo_github_fake::world::Reviews {
                required_approving_review_count: 2,
                dismiss_stale_reviews: true,
                ..Default::default()
            }),
            restrictions: Some(aplomo_github_fake::world::Actors {
                users: [bea].into(),
                teams: [team].into(),
                ..Default::default()
            }),
            ..Default::default()
        };
        world.repos.get_mut(&repository).unwrap().protections.insert("release/*".into(), protection);
        repository
    });
    let rule = w.one(&names::BRANCH_PROTECTION_RULE, &w.inside(repository), ("/pattern", "release/*")).await;
    let wanted = crate::support::fields(&[
        ("/requires/approvals", 2.into()),
        ("/requires/dismissStale", true.into()),
        ("/requires/codeOwners", false.into()),
        ("/requires/statusChecks", crate::support::set(&["build"])),
        ("/requires/upToDate", true.into()),
        ("/forbids/forcePush", true.into()),
        ("/allowsPush", crate::support::set(&["team:core", "user:bea"])),
    ]);
    crate::support::assert_shows(&rule, &wanted);
    assert!(rule.fields.text("/actorIds/user:bea").is_some());
    assert_eq!(rule.fields.get("/bypass").and_then(Sight::value), None);
}

#[tokio::test]
async fn settings_that_only_rest_tells_are_hidden_until_they_are_sought() {
    let w = World::new();
    w.github.change(|world| {
        let id = world.add_repo(w.org, "web");
        let repository = world.repos.get_mut(&id).unwrap();
        repository.private_vulnerability_reporting = true;
        repository.security.insert("secret_scanning".into(), "enabled".into());
        world.add_repo(w.org, "other");
    });
    let told = |seen: &aplomo_core::Observation, path: &str| {
        let web = seen.objects.iter().find(|o| o.fields.text("/name") == Some("web")).unwrap();
        web.fields.get(path).cloned()
    };
    let paths = ["/security/secretScanning", "/security/privateVulnerabilityReporting", "/features/pages"];
    let seen = w.read(&names::REPOSITORY, &w.scope(), None).await;
    assert!(paths.iter().all(|path| told(&seen, path) == Some(Sight::Hidden)), "hidden, and not absent");
    let costly = paths.iter().map(|path| ((names::REPOSITORY, *path), ["web".into()].into()));
    let sought = aplomo_core::ports::Sought { costly: costly.collect(), narrow: None };
    w.github.clear_log();
    let seen = w.read(&names::REPOSITORY, &w.scope(), Some(&sought)).await;
    assert_eq!(told(&seen, paths[0]), Some(Sight::Value(true.into())));
    assert_eq!(told(&seen, paths[1]), Some(Sight::Value(true.into())));
    assert_eq!(told(&seen, paths[2]), Some(Sight::Absent), "no pages");
    let rest = w.github.log().into_iter().filter(|e| e.path != "/graphql" && e.method == "GET").count();
    assert_eq!(rest, 3, "one page of all, what enforces settings, and one call for the one that is sought");
}

#[tokio::test]
async fn a_login_outside_the_organisation_is_looked_up_where_it_is_sought() {
    let w = World::new();
    let zoe = w.github.change(|world| world.add_user("Zoe"));
    let costly = [((names::USER, ""), ["zoe".into(), "nobody-has-this".into(), "olga".into()].into())].into();
    let sought = aplomo_core::ports::Sought { costly, narrow: None };
    let seen = w.read(&names::USER, &w.scope(), Some(&sought)).await;
    let mut people: Vec<_> = seen.objects.iter().filter(|o| o.type_name == names::USER).collect();
    people.sort_by_key(|o| o.fields.text("/login"));
    let told: Vec<_> = people
        .iter()
        .map(|o| (o.fields.text("/login"), o.outputs.get("organisationRole").and_then(|r| r.as_text())))
        .collect();
    assert_eq!(told, [(Some("olga"), Some("owner")), (Some("zoe"), Some("none"))]);
    assert_eq!(people[1].id.as_str(), zoe.to_string());
    assert!(seen.coverage_of(&names::USER, &w.scope()).unwrap().is_complete());
}

#[tokio::test]
async fn an_expired_invitation_is_no_member_and_told_as_expired() {
    use aplomo_core::ledger::{LedgerEntry, Memory};
    let w = World::new();
    let (team, zoe) = w.github.change(|world| (world.add_team(w.org, "Core", &[]), world.add_user("Zoe")));
    let inside = w.inside(team);
    let id = zoe.to_string();
    let wish = crate::support::fields(&[
        ("/login", "zoe".into()),
        ("/user", id.as_str().into()),
        ("/role", "member".into()),
    ]);
    w.see(&names::TEAM, &w.scope()).await; // as before every write: it tells the team's slug
    w.make(&names::TEAM_MEMBERSHIP, &inside, wish.clone()).await;
    w.github.change(|world| {
        let now = world.now;
        let org = world.orgs.get_mut(&w.org).unwrap();
        let why = "Invitation expired. User did not accept this invite for 7 days.";
        org.invitations.values_mut().for_each(|one| one.failed = Some((now, why.to_owned())));
        org.teams.values_mut().for_each(|team| team.pending.clear());
    });
    let mut memory = Memory::default();
    let entry = LedgerEntry {
        type_name: names::TEAM_MEMBERSHIP,
        scope: inside.clone(),
        id: aplomo_core::RemoteId::new(&id).unwrap(),
        key: Some("zoe".into()),
        applied: wish,
        resolved: Default::default(),
        source: aplomo_core::SourceName::known("s"),
        commit: None,
        version: "1".into(),
        run: None,
        at: aplomo_core::Timestamp::UNIX_EPOCH,
        brought_along: false,
        until: None,
        environments: Vec::new(),
    };
    memory.ledger.insert("acme/Team/core:github.org.TeamMembership/zoe".parse().unwrap(), entry);
    let cx = aplomo_core::ports::ReadCx { memory: Some(&memory), ..w.read_cx(None) };
    let readers = w.way.readers();
    let reader = readers.iter().find(|r| r.feeds().contains(&names::TEAM_MEMBERSHIP)).unwrap();
    let seen = reader.read(&cx, &w.scope(), aplomo_core::ports::Pick::All).await;
    let member = seen.objects.iter().find(|o| o.type_name == names::TEAM_MEMBERSHIP).unwrap();
    assert_eq!(member.fields.text("/invitation"), Some("expired"), "{member:?}");
    assert!(member.waiting.is_none(), "nothing is waited for any more");
}

#[tokio::test]
async fn a_list_inside_a_rule_goes_on_beyond_its_first_page() {
    let w = World::new();
    let repository = w.github.change(|world| {
        let people = (0..23).map(|n| world.add_member(w.org, &format!("p{n:02}"))).collect();
        let repository = world.add_repo(w.org, "web");
        let protection = aplomo_github_fake::world::Protection {
            id: 900_002,
            pattern: "main".into(),
            restrictions: Some(aplomo_github_fake::world::Actors { users: people, ..Default::default() }),
            ..Default::default()
        };
        world.repos.get_mut(&repository).unwrap().protections.insert("main".into(), protection);
        repository
    });
    let rule = w.one(&names::BRANCH_PROTECTION_RULE, &w.inside(repository), ("/pattern", "main")).await;
    let names: Vec<String> = (0..23).map(|n| format!("user:p{n:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    crate::support::assert_shows(
        &rule,
        &crate::support::fields(&[("/allowsPush", crate::support::set(&names))]),
    );
}
