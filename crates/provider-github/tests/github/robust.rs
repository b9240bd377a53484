//! What reviewers found: half-made objects, lists that end early, what owners of the organisation change behind
//! our back, what others set beside ours.

use crate::support::{World, fields, set};
use aplomo_core::fields::Sight;
use aplomo_core::ports::{Narrow, Sought};
use aplomo_core::run::{CallOutcome, Status};
use aplomo_core::{Action, Coverage, Datum, FieldPath, Observation, RemoteId, TypeName, Wish};
use aplomo_github_fake::world::{Holder, Role, Ruleset};
use aplomo_github_fake::{Fault, Id, Rule};
use aplomo_resources::github::names;
use serde_json::json;
use std::collections::BTreeSet;

fn near(w: &World, types: &[TypeName], ids: &[Id]) -> Sought {
    let ids = ids.iter().map(|id| RemoteId::new(id.to_string()).unwrap()).collect();
    let types = types.iter().cloned().collect();
    assert!(w.github.world().orgs.contains_key(&w.org));
    Sought { narrow: Some(Narrow { types, ids }), ..Sought::default() }
}

fn count(seen: &Observation, type_name: &TypeName) -> usize {
    seen.objects.iter().filter(|o| o.type_name == *type_name).count()
}

#[tokio::test]
async fn what_a_create_made_is_in_the_journal_and_a_second_attempt_finishes_it() {
    let w = World::new();
    let born = fields(&[
        ("/name", "web".into()),
        ("/visibility", "private".into()),
        ("/topics", set(&["site"])),
        ("/defaultBranch", "trunk".into()),
    ]);
    w.github.inject(Rule::new(Fault::Status(502)).path("/topics").times(1));
    let first = w.apply((&names::REPOSITORY, &w.scope()), Action::Create, Some(born.clone()), None).await;
    assert_eq!(first.status, Status::Unknown);
    let made = *w.github.world().repos.keys().next().unwrap();
    let (intent, outcome) = w.journal.0.lock().unwrap()[0].clone();
    assert!(intent.carries.contains(&FieldPath::known("/visibility")), "{intent:?}");
    assert!(!intent.carries.contains(&FieldPath::known("/topics")), "that comes later");
    let Some(CallOutcome::Done { born: Some(id), .. }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(id.as_str(), made.to_string());
    // As the engine goes on with it: the object that was found, as it is.
    let half = w.one(&names::REPOSITORY, &w.scope(), ("/name", "web")).await;
    let mut change =
        crate::support::change(&names::REPOSITORY, &w.scope(), Action::Create, Some(born.clone()));
    let mut step = crate::support::approve(&mut change, w.scope(), None);
    (step.fresh, step.found) = (Some(half), Some(id));
    let second = w.write(&[step]).await.remove(0);
    assert_eq!((second.status, second.error), (Status::Applied, None));
    let whole = w.one(&names::REPOSITORY, &w.scope(), ("/name", "web")).await;
    crate::support::assert_shows(&whole, &born);
    assert_eq!(w.github.world().repos.len(), 1);
}

#[tokio::test]
async fn every_list_is_followed_to_its_end() {
    let w = World::new();
    let (repository, team) = w.github.change(|world| {
        let repository = world.add_repo(w.org, "web");
        let people: Vec<Id> = (0..130).map(|n| world.add_member(w.org, &format!("p{n:03}"))).collect();
        let team = world.add_team(w.org, "Core", &people);
        world.repos.get_mut(&repository).unwrap().direct =
            people.iter().map(|id| (*id, Role::Push)).collect();
        (repository, team)
    });
    assert_eq!(w.see(&names::COLLABORATOR, &w.inside(repository)).await.len(), 130);
    let seen = w.read(&names::TEAM_MEMBERSHIP, &w.scope(), None).await;
    let inside = w.inside(team);
    assert_eq!(seen.objects.iter().filter(|o| o.scope == inside).count(), 130);
    assert!(seen.coverage_of(&names::TEAM_MEMBERSHIP, &inside).unwrap().is_complete());
}

#[tokio::test]
async fn a_list_that_ends_early_proves_no_absence_whatever_invitations_tell() {
    let w = World::new();
    let repository = w.github.change(|world| {
        let repository = world.add_repo(w.org, "web");
        let people: Vec<Id> = (0..60).map(|n| world.add_member(w.org, &format!("p{n:03}"))).collect();
        world.repos.get_mut(&repository).unwrap().direct =
            people.iter().map(|id| (*id, Role::Push)).collect();
        repository
    });
    let inside = w.inside(repository);
    // The first page comes, with fifty of sixty collaborators; the rest of the list does not.
    w.github.inject(Rule::new(Fault::Status(502)).path("/graphql").after(1).times(3));
    let mut seen = w.read(&names::REPOSITORY, &w.scope(), None).await;
    let readers = w.way.readers();
    let invitations = readers.iter().find(|r| r.feeds() == [names::COLLABORATOR]).unwrap();
    seen.merge(invitations.read(&w.read_cx(None), &inside, aplomo_core::ports::Pick::All).await);
    assert_eq!(count(&seen, &names::COLLABORATOR), 50);
    let coverage = seen.coverage_of(&names::COLLABORATOR, &inside).unwrap();
    assert!(!coverage.is_complete(), "{coverage:?}");
}

#[tokio::test]
async fn a_repository_that_comes_as_null_is_not_proven_absent_nor_is_what_is_in_it() {
    let w = World::new();
    let repository = w.github.change(|world| {
        let repository = world.add_repo(w.org, "web");
        world.quirks.unseen_nodes.insert(repository);
        repository
    });
    let types = [names::LABEL, names::RULESET, names::REPOSITORY];
    let seen = w.read(&names::LABEL, &w.scope(), Some(&near(&w, &types, &[repository]))).await;
    for type_name in [names::LABEL, names::RULESET, names::COLLABORATOR] {
        let coverage = seen.coverage_of(&type_name, &w.inside(repository));
        assert!(matches!(coverage, Some(Coverage::Failed(_))), "{type_name}: {coverage:?}");
    }
    assert!(!seen.coverage_of(&names::REPOSITORY, &w.scope()).unwrap().is_complete());
    assert_eq!(count(&seen, &names::REPOSITORY), 1, "it is listed, so it is not gone");
}

#[tokio::test]
async fn what_an_owner_does_to_the_installation_is_noticed_within_a_minute() {
    let w = World::new();
    let one = w.github.change(|world| (world.add_repo(w.org, "a"), world.add_repo(w.org, "b")).0);
    w.see(&names::REPOSITORY, &w.scope()).await;
    let of = |seen: &Observation| seen.coverage_of(&names::REPOSITORY, &w.scope()).cloned().unwrap();
    w.github.change(|world| world.installations.values_mut().for_each(|i| i.repos = Some([one].into())));
    w.clock.wait(61);
    let seen = w.read(&names::REPOSITORY, &w.scope(), None).await;
    assert!(matches!(of(&seen), Coverage::LowerBound(why) if why.contains("selected")));
    w.github.change(|world| {
        world.installations.values_mut().for_each(|i| (i.repos, i.suspended) = (None, true));
    });
    w.clock.wait(61);
    let seen = w.read(&names::REPOSITORY, &w.scope(), None).await;
    assert!(matches!(of(&seen), Coverage::Failed(why) if why.contains("suspended")));
    w.github.change(|world| world.installations.values_mut().for_each(|i| i.suspended = false));
    w.see(&names::REPOSITORY, &w.scope()).await;
}

#[tokio::test]
async fn a_token_that_is_refused_is_minted_anew() {
    let w = World::new();
    w.github.change(|world| world.add_repo(w.org, "a"));
    w.see(&names::REPOSITORY, &w.scope()).await;
    w.github.change(|world| world.tokens.retain(|_, token| !matches!(token.holder, Holder::Installation(_))));
    w.see(&names::REPOSITORY, &w.scope()).await;
}

#[tokio::test]
async fn a_team_with_child_teams_is_not_deleted() {
    let w = World::new();
    let parent = w.github.change(|world| {
        let (parent, child) = (world.add_team(w.org, "All", &[]), world.add_team(w.org, "Core", &[]));
        world.orgs.get_mut(&w.org).unwrap().teams.get_mut(&child).unwrap().parent = Some(parent);
        parent
    });
    let seen = w.one(&names::TEAM, &w.scope(), ("/name", "All")).await;
    let refused = w.apply((&names::TEAM, &w.scope()), Action::Delete, None, Some(&seen)).await;
    assert_eq!(refused.status, Status::Failed);
    assert!(refused.error.unwrap().contains("child teams with it (core)"));
    assert!(w.github.world().orgs[&w.org].teams.contains_key(&parent));
}

#[tokio::test]
async fn a_ruleset_keeps_the_conditions_rules_and_actors_that_others_set() {
    let w = World::new();
    w.github.change(|world| {
        let ruleset = Ruleset {
            id: 900_001,
            name: "main".into(),
            target: "branch".into(),
            enforcement: "active".into(),
            conditions: json!({
                "ref_name": {"include": ["~ALL"], "exclude": []},
                "repository_name": {"include": ["web*"], "exclude": [], "protected": true},
            }),
            rules: vec![
                json!({"type": "deletion"}),
                json!({"type": "required_status_checks", "parameters": {"required_status_checks": [], "strict_required_status_checks_policy": true, "do_not_enforce_on_create": false}}),
            ],
            bypass_actors: vec![
                json!({"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}),
            ],
            created_at: world.now,
            updated_at: world.now,
        };
        world.orgs.get_mut(&w.org).unwrap().rulesets.insert(900_001, ruleset);
    });
    let seen = w.one(&names::RULESET, &w.scope(), ("/name", "main")).await;
    assert_eq!(seen.fields.get("/bypass"), Some(&Sight::Hidden));
    let mut later = fields(&[
        ("/refs/include", set(&["~DEFAULT_BRANCH"])),
        ("/forbids/forcePush", true.into()),
        ("/bypass", set(&["organizationAdmin:always"])),
    ]);
    later.set(FieldPath::known("/requires/deployments"), Wish::Absent);
    let changed = w.apply((&names::RULESET, &w.scope()), Action::Update, Some(later), Some(&seen)).await;
    assert_eq!(changed.error, None);
    let world = w.github.world();
    let ruleset = &world.orgs[&w.org].rulesets[&900_001];
    assert_eq!(ruleset.conditions["repository_name"]["protected"], true);
    assert_eq!(ruleset.conditions["repository_name"]["include"], json!(["web*"]));
    assert_eq!(ruleset.conditions["ref_name"]["include"], json!(["~DEFAULT_BRANCH"]));
    let kinds: BTreeSet<&str> = ruleset.rules.iter().filter_map(|rule| rule["type"].as_str()).collect();
    assert_eq!(kinds, ["deletion", "non_fast_forward", "required_status_checks"].into());
    assert_eq!(ruleset.bypass_actors.len(), 1, "nobody approved to take out whom we are not shown");
    assert_eq!(ruleset.bypass_actors[0]["actor_type"], "RepositoryRole");
}

#[tokio::test]
async fn who_has_no_second_factor_is_told_where_access_is() {
    let w = World::new();
    let repository = w.github.change(|world| {
        let repository = world.add_repo(w.org, "web");
        let (zoe, bea) = (world.add_user("Zoe"), world.add_user("Bea"));
        world.users.get_mut(&zoe).unwrap().two_factor = false;
        let direct = &mut world.repos.get_mut(&repository).unwrap().direct;
        direct.extend([(zoe, Role::Push), (bea, Role::Push)]);
        repository
    });
    let seen = w.read(&names::REPOSITORY, &w.scope(), None).await;
    let told = |login: &str| {
        let inside = w.inside(repository);
        let found = seen.objects.iter().find(|o| o.scope == inside && o.fields.text("/login") == Some(login));
        found.and_then(|o| o.outputs.get("twoFactor").cloned())
    };
    assert_eq!(told("zoe"), Some(Datum::Bool(false)));
    assert_eq!(told("bea"), Some(Datum::Bool(true)));
}

#[tokio::test]
async fn settings_that_a_security_configuration_owns_are_told() {
    let w = World::new();
    w.github.change(|world| {
        world.add_repo(w.org, "web");
        world.orgs.get_mut(&w.org).unwrap().enforced_security.insert("secret_scanning".into());
    });
    let costly = [((names::REPOSITORY, "/security/secretScanning"), ["web".into()].into())].into();
    let sought = Sought { costly, narrow: None };
    let seen = w.read(&names::REPOSITORY, &w.scope(), Some(&sought)).await;
    let web = seen.objects.iter().find(|o| o.type_name == names::REPOSITORY).unwrap();
    let expected = Datum::List(vec![Datum::from("/security/secretScanning")]);
    assert_eq!(web.outputs.get("enforced"), Some(&expected));
}

#[tokio::test]
async fn what_gives_a_token_its_access_is_told_as_our_own() {
    let w = World::personal("mei");
    let repository = w.github.change(|world| {
        let mei = world.user_named("mei").unwrap().id;
        let repository = world.add_repo(w.org, "web");
        let team = world.add_team(w.org, "Core", &[mei]);
        world
            .orgs
            .get_mut(&w.org)
            .unwrap()
            .teams
            .get_mut(&team)
            .unwrap()
            .repos
            .insert(repository, Role::Admin);
        world.repos.get_mut(&repository).unwrap().direct.insert(mei, Role::Admin);
        repository
    });
    let seen = w.read(&names::REPOSITORY, &w.scope(), None).await;
    let own = |type_name: &TypeName| {
        seen.objects
            .iter()
            .any(|o| o.type_name == *type_name && o.outputs.get("ownAccess") == Some(&Datum::Bool(true)))
    };
    assert!(own(&names::COLLABORATOR) && own(&names::TEAM_MEMBERSHIP) && own(&names::TEAM_GRANT));
    assert!(!own(&names::REPOSITORY), "{repository}");
}

#[tokio::test]
async fn an_environment_that_went_has_no_variables_and_hides_none() {
    let w = World::new();
    let repository = w.github.change(|world| world.add_repo(w.org, "web"));
    let inside = w.inside(repository);
    w.make(&names::ENVIRONMENT, &inside, fields(&[("/name", "gone".into())])).await;
    let variable = fields(&[("/name", "A".into()), ("/value", "1".into())]);
    w.make(&names::VARIABLE, &inside, variable).await;
    // Listed, and gone when it is looked into.
    w.github.inject(Rule::new(Fault::Status(404)).path("/environments/gone"));
    assert_eq!(w.see(&names::VARIABLE, &inside).await.len(), 1);
    w.make(&names::ENVIRONMENT, &inside, fields(&[("/name", "shut".into())])).await;
    w.github.inject(Rule::new(Fault::Status(404)).path("/environments/shut/variables"));
    let types = [names::VARIABLE];
    let seen = w.read(&names::VARIABLE, &inside, Some(&near(&w, &types, &[repository]))).await;
    let coverage = seen.coverage_of(&names::VARIABLE, &inside).unwrap();
    assert!(matches!(coverage, Coverage::LowerBound(why) if why.contains("shut")), "{coverage:?}");
    assert_eq!(count(&seen, &names::VARIABLE), 1, "what was seen stays seen");
}
