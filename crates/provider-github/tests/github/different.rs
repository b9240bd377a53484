//! "Reads back different": for each entry of that list, that no difference and no wrong statement follows. That the
//! fake behaves so has a test of the same name there.

use crate::support::{SECRET, World, differences, fields, set};
use aplomo_core::fields::{Fingerprint, WantedFields};
use aplomo_core::run::Status;
use aplomo_core::{Action, FieldPath, Observed, Sight, Wish};
use aplomo_github_fake::world::{OrgRole, Role, Ruleset};
use aplomo_github_fake::{Id, Lag, Sort};
use aplomo_resources::github::names;
use serde_json::{Value, json};

const NOTHING: Vec<String> = Vec::new();

fn repository(w: &World) -> Id {
    w.github.change(|world| world.add_repo(w.org, "web"))
}

/// A ruleset as others made it.
fn ruleset(w: &World, repository: Id, bypass_actors: Vec<Value>) {
    w.github.change(|world| {
        let one = Ruleset {
            id: 900_001,
            name: "main".into(),
            target: "branch".into(),
            enforcement: "active".into(),
            conditions: json!({"ref_name": {"include": ["~ALL"], "exclude": []}}),
            rules: Vec::new(),
            bypass_actors,
            created_at: world.now,
            updated_at: world.now,
        };
        world.repos.get_mut(&repository).unwrap().rulesets.insert(one.id, one);
    });
}

fn member(login: &str, id: Id) -> WantedFields {
    let id = id.to_string();
    fields(&[("/login", login.into()), ("/user", id.as_str().into()), ("/role", "member".into())])
}

#[tokio::test]
async fn push_and_write_are_one() {
    let w = World::new();
    let bea = w.github.change(|world| world.add_member(w.org, "Bea")).to_string();
    let inside = w.inside(repository(&w));
    let wish = |word: &str| {
        fields(&[("/login", "bea".into()), ("/user", bea.as_str().into()), ("/permission", word.into())])
    };
    w.make(&names::COLLABORATOR, &inside, wish("write")).await;
    let seen = w.one(&names::COLLABORATOR, &inside, ("/login", "bea")).await;
    assert_eq!((differences(&seen, &wish("push")), differences(&seen, &wish("write"))), (NOTHING, NOTHING));
}

#[tokio::test]
async fn bypass_actors_come_in_an_order_of_their_own_and_stay_when_left_out() {
    let w = World::as_owner();
    let web = repository(&w);
    let team = w.github.change(|world| world.add_team(w.org, "Core", &[]));
    let actor = |id: Id, sort: &str| json!({"actor_id": id, "actor_type": sort, "bypass_mode": "always"});
    ruleset(&w, web, vec![actor(team, "Team"), actor(5, "RepositoryRole")]);
    let (inside, main) = (w.inside(web), ("/name", "main"));
    let seen = w.one(&names::RULESET, &inside, main).await;
    let wish = fields(&[
        ("/name", "main".into()),
        ("/bypass", set(&["role:admin:always", "team:core:always"])),
        ("/bypassIds/team:core", team.to_string().as_str().into()),
    ]);
    assert_eq!(differences(&seen, &wish), NOTHING);
    // Where GitHub ignores that the last one goes, that is what is left, by name: it is not taken for done.
    let mut wish = fields(&[("/name", "main".into())]);
    wish.set(FieldPath::known("/bypass"), Wish::Absent);
    for (keeps, left) in [(true, vec!["/bypass".to_owned()]), (false, NOTHING)] {
        w.github.change(|world| world.quirks.keeps_last_bypass_actors = keeps);
        w.apply((&names::RULESET, &inside), Action::Update, Some(wish.clone()), Some(&seen)).await;
        assert_eq!(differences(&w.one(&names::RULESET, &inside, main).await, &wish), left);
    }
}

#[tokio::test]
async fn the_app_that_reported_a_check_is_filled_in() {
    let w = World::new();
    let web = repository(&w);
    let ci = w.github.change(|world| {
        let ci = world.add_app(w.org, "ci", "", &[]);
        world.repos.get_mut(&web).unwrap().reported_checks.insert("build".into(), ci);
        ci
    });
    let inside = w.inside(web);
    let checks = ("/requires/statusChecks", set(&["build"]));
    let modern = fields(&[("/name", "main".into()), ("/enforcement", "active".into()), checks.clone()]);
    let classic = fields(&[("/pattern", "main".into()), checks]);
    for (type_name, wish, key) in [
        (names::RULESET, modern, ("/name", "main")),
        (names::BRANCH_PROTECTION_RULE, classic, ("/pattern", "main")),
    ] {
        w.make(&type_name, &inside, wish.clone()).await;
        let seen = w.one(&type_name, &inside, key).await;
        assert_eq!(seen.fields.text("/requires/checkApps/build"), Some(ci.to_string().as_str()));
        assert_eq!(differences(&seen, &wish), NOTHING, "{type_name}");
    }
}

#[tokio::test]
async fn node_ids_are_old_or_new() {
    let w = World::new();
    let web = repository(&w);
    let bea = w.github.change(|world| world.add_member(w.org, "Bea"));
    let inside = w.inside(web);
    let rule = fields(&[
        ("/pattern", "main".into()),
        ("/allowsPush", set(&["user:bea"])),
        ("/actorIds/user:bea", bea.to_string().as_str().into()),
    ]);
    let label = fields(&[("/name", "todo".into()), ("/color", "ff0000".into())]);
    let made = [
        w.make(&names::BRANCH_PROTECTION_RULE, &inside, rule.clone()).await.id,
        w.make(&names::LABEL, &inside, label).await.id,
    ];
    w.github.change(|world| {
        let repository = &world.repos[&web];
        let rules = repository.protections.values().map(|one| (Sort::Protection, one.id));
        let labels = repository.labels.keys().map(|id| (Sort::Label, *id));
        let old = rules.chain(labels).chain([(Sort::User, bea), (Sort::Repository, web)]).collect();
        world.old_node_ids = old;
    });
    let seen = w.one(&names::BRANCH_PROTECTION_RULE, &inside, ("/pattern", "main")).await;
    assert_eq!(differences(&seen, &rule), NOTHING);
    let label = w.one(&names::LABEL, &inside, ("/name", "todo")).await;
    assert_eq!(made, [Some(seen.id), Some(label.id)], "they are the same objects still");
}

#[tokio::test]
async fn the_secret_of_a_webhook_is_masked() {
    let w = World::new();
    let inside = w.inside(repository(&w));
    let mut wish = fields(&[("/url", "https://a.example/".into()), ("/events", set(&["push"]))]);
    wish.set(FieldPath::known("/secret"), Wish::Secret(Fingerprint(SECRET.into())));
    w.make(&names::WEBHOOK, &inside, wish.clone()).await;
    let seen = w.one(&names::WEBHOOK, &inside, ("/url", "https://a.example/")).await;
    assert_eq!(seen.fields.get("/secret"), Some(&Sight::Hidden), "the asterisks are no value");
    assert_eq!(differences(&seen, &wish), NOTHING);
}

#[tokio::test]
async fn the_comment_of_a_deploy_key_is_dropped() {
    let w = World::new();
    let inside = w.inside(repository(&w));
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0q8v2Xk1c0m9cB3nQ4mJ6VJYw7nX5y4oQKp3v1d2e3 ana@laptop";
    let wish = fields(&[("/title", "k".into()), ("/key", key.into()), ("/readOnly", true.into())]);
    let made = w.make(&names::DEPLOY_KEY, &inside, wish.clone()).await;
    let seen = w.one(&names::DEPLOY_KEY, &inside, ("/title", "k")).await;
    assert_eq!(made.id, Some(seen.id.clone()), "with its comment it is the same key");
    assert_eq!(differences(&seen, &wish), NOTHING);
}

#[tokio::test]
async fn an_archived_repository_denies_that_it_has_alerts() {
    let w = World::new();
    let (scope, web) = (w.scope(), ("/name", "web"));
    let wish = |archived: bool| {
        let alerts = ("/security/dependabotAlerts", true.into());
        fields(&[("/name", "web".into()), alerts, ("/archived", archived.into())])
    };
    w.make(&names::REPOSITORY, &scope, wish(true)).await;
    let seen = w.one(&names::REPOSITORY, &scope, web).await;
    assert_eq!(seen.fields.value("/security/dependabotAlerts"), Some(&false.into()), "so it says");
    assert_eq!(differences(&seen, &wish(true)), NOTHING);
    let done = w.apply((&names::REPOSITORY, &scope), Action::Update, Some(wish(false)), Some(&seen)).await;
    assert_eq!(done.error, None);
    assert_eq!(differences(&w.one(&names::REPOSITORY, &scope, web).await, &wish(false)), NOTHING);
}

#[tokio::test]
async fn an_owner_is_always_maintainer() {
    let w = World::new();
    let team = w.inside(w.github.change(|world| world.add_team(w.org, "Core", &[w.owner])));
    let olga = ("/login", "olga");
    let seen = w.one(&names::TEAM_MEMBERSHIP, &team, olga).await;
    assert_eq!(seen.fields.text("/role"), Some("maintainer"));
    assert_eq!(differences(&seen, &member("olga", w.owner)), NOTHING);
    w.github.change(|world| {
        let olga = world.orgs.get_mut(&w.org).unwrap().members.get_mut(&w.owner).unwrap();
        *olga = OrgRole::Member;
    });
    let seen = w.one(&names::TEAM_MEMBERSHIP, &team, olga).await;
    assert_eq!(seen.fields.text("/role"), Some("member"), "who owns nothing more is what she was made");
}

#[tokio::test]
async fn who_is_no_member_yet_is_pending() {
    let w = World::new();
    let (team, zoe) = w.github.change(|world| (world.add_team(w.org, "Core", &[]), world.add_user("Zoe")));
    let (team, key) = (w.inside(team), ("/login", "zoe"));
    w.see(&names::TEAM, &w.scope()).await;
    w.make(&names::TEAM_MEMBERSHIP, &team, member("zoe", zoe)).await;
    let seen = w.one(&names::TEAM_MEMBERSHIP, &team, key).await;
    assert_eq!(differences(&seen, &member("zoe", zoe)), NOTHING);
    assert!(seen.waiting.is_some(), "and is not taken for a member either");
    w.github.change(|world| world.join(w.org, zoe));
    let seen = w.one(&names::TEAM_MEMBERSHIP, &team, key).await;
    assert_eq!((differences(&seen, &member("zoe", zoe)), seen.waiting), (NOTHING, None));
}

#[tokio::test]
async fn members_of_child_teams_count_unless_immediate() {
    let w = World::new();
    let parent = w.github.change(|world| {
        let bea = world.add_member(w.org, "Bea");
        let (parent, child) = (world.add_team(w.org, "All", &[]), world.add_team(w.org, "Core", &[bea]));
        world.orgs.get_mut(&w.org).unwrap().teams.get_mut(&child).unwrap().parent = Some(parent);
        parent
    });
    assert_eq!(w.see(&names::TEAM_MEMBERSHIP, &w.inside(parent)).await, [], "she is in the child alone");
}

#[tokio::test]
async fn the_security_managers_are_in_every_repository() {
    let w = World::new();
    let (web, shop, guards) = w.github.change(|world| {
        let (core, guards) = (world.add_team(w.org, "Core", &[]), world.add_team(w.org, "Guards", &[]));
        let (web, shop) = (world.add_repo(w.org, "web"), world.add_repo(w.org, "shop"));
        let org = world.orgs.get_mut(&w.org).unwrap();
        org.security_managers.insert(guards);
        org.teams.get_mut(&core).unwrap().repos = [(web, Role::Pull), (shop, Role::Pull)].into();
        (web, shop, guards)
    });
    let told = async |repository: Id| -> Vec<(String, bool)> {
        let all = w.see(&names::TEAM_GRANT, &w.inside(repository)).await;
        all.iter().map(|o: &Observed| (o.fields.text("/team").unwrap().to_owned(), o.brought_along)).collect()
    };
    let wanted = [("core".to_owned(), false), ("guards".to_owned(), true)];
    assert_eq!(told(web).await, wanted, "nobody granted it there, so nobody is asked to take it away");
    // What it was given beyond that is a grant like others.
    w.github.change(|world| {
        let team = world.orgs.get_mut(&w.org).unwrap().teams.get_mut(&guards).unwrap();
        team.repos.insert(shop, Role::Push);
    });
    assert_eq!(told(shop).await[1], ("guards".to_owned(), false));
}

#[tokio::test]
async fn who_manages_security_is_not_guessed_where_it_is_hidden() {
    let w = World::new();
    let web = w.github.change(|world| {
        let (core, web) = (world.add_team(w.org, "Core", &[]), world.add_repo(w.org, "web"));
        world.orgs.get_mut(&w.org).unwrap().teams.get_mut(&core).unwrap().repos.insert(web, Role::Pull);
        let installation = world.installations.values_mut().next().unwrap();
        installation.permissions.remove("organization_custom_org_roles");
        web
    });
    let seen = w.read(&names::TEAM_GRANT, &w.scope(), None).await;
    let coverage = seen.coverage_of(&names::TEAM_GRANT, &w.inside(web)).unwrap();
    assert!(format!("{coverage:?}").contains("which teams manage security is not visible"), "{coverage:?}");
    let grant = seen.objects.iter().find(|o| o.type_name == names::TEAM_GRANT).unwrap();
    assert!(grant.brought_along, "it may be nobody's grant, so it is left alone");
}

#[tokio::test]
async fn an_enforced_security_configuration_owns_its_settings() {
    let w = World::new();
    let (scope, web) = (w.scope(), ("/name", "web"));
    w.github.change(|world| {
        world.add_repo(w.org, "web");
        world.orgs.get_mut(&w.org).unwrap().enforced_security.insert("dependabot_alerts".into());
    });
    let seen = w.one(&names::REPOSITORY, &scope, web).await;
    let wish = fields(&[("/name", "web".into()), ("/security/dependabotAlerts", true.into())]);
    let refused =
        w.apply((&names::REPOSITORY, &scope), Action::Update, Some(wish.clone()), Some(&seen)).await;
    assert_eq!(refused.status, Status::Failed);
    assert!(refused.error.as_ref().unwrap().contains("owns this setting: leave it out"), "{refused:?}");
    let seen = w.one(&names::REPOSITORY, &scope, web).await;
    assert_eq!(differences(&seen, &wish), ["/security/dependabotAlerts"], "and it is not said to be so");
}

#[tokio::test]
async fn a_new_repository_is_unseen_for_two_minutes_where_reads_lag() {
    let w = World::new();
    let scope = w.scope();
    w.github.lag(Some(Lag { seconds: 110, paths: vec!["/repos/acme/web".into(), "/graphql".into()] }));
    let wish = fields(&[
        ("/name", "web".into()),
        ("/features/discussions", true.into()),
        ("/topics", set(&["a"])),
        ("/defaultBranch", "trunk".into()),
    ]);
    let made = w.make(&names::REPOSITORY, &scope, wish.clone()).await;
    assert_eq!(w.github.world().repos.len(), 1, "what was not seen was not made twice");
    let mut change = crate::support::change(&names::REPOSITORY, &scope, Action::Create, Some(wish.clone()));
    let step = crate::support::approve(&mut change, scope.clone(), None);
    let settle = w.way.writers(&[step])[0].settle();
    assert!(settle.as_secs() >= 120, "for so long its absence proves nothing");
    w.github.lag(None);
    let seen = w.one(&names::REPOSITORY, &scope, ("/name", "web")).await;
    assert_eq!((made.id, differences(&seen, &wish)), (Some(seen.id.clone()), NOTHING));
}

#[tokio::test]
async fn a_transfer_happens_later_and_leaves_the_teams_behind() {
    let w = World::new();
    let (web, scope) = (repository(&w), w.scope());
    let other = w.github.change(|world| world.add_org("other", w.owner));
    assert_eq!(w.see(&names::REPOSITORY, &scope).await.len(), 1);
    w.github.change(|world| {
        world.repos.get_mut(&web).unwrap().owner = other;
        world.renamed.insert("acme/web".into(), web);
    });
    assert_eq!(w.see(&names::REPOSITORY, &scope).await, [], "it is elsewhere");
    let wish = fields(&[("/name", "todo".into()), ("/color", "ff0000".into())]);
    let refused = w.apply((&names::LABEL, &w.inside(web)), Action::Create, Some(wish), None).await;
    assert_eq!((refused.status, w.github.writes()), (Status::Failed, 0), "what is others' is not written to");
    assert!(refused.error.as_ref().unwrap().contains("was moved or deleted meanwhile"), "{refused:?}");
}
