//! Writers: each type made, changed, taken away and read back; lost answers, lag, what is never done.

// size: a short test for each of sixteen types.

use crate::support::{SECRET, World, assert_shows, fields, set};
use aplomo_core::fields::Fingerprint;
use aplomo_core::run::{CallOutcome, Status};
use aplomo_core::{Action, Datum, FieldPath, Wish};
use aplomo_github_fake::{Fault, Lag, Rule};
use aplomo_resources::github::names;

fn yes() -> Datum {
    true.into()
}

fn no() -> Datum {
    false.into()
}

#[tokio::test]
async fn a_repository_is_made_shaped_renamed_and_archived_in_the_place_of_a_delete() {
    let w = World::new();
    let scope = w.scope();
    let born = fields(&[
        ("/name", "web".into()),
        ("/description", "The site".into()),
        ("/visibility", "private".into()),
        ("/features/wiki", no()),
        ("/merge/methods", set(&["squash"])),
        ("/merge/deleteBranchOnMerge", yes()),
        ("/merge/updateBranch", yes()),
        ("/topics", set(&["site", "rust"])),
        ("/defaultBranch", "trunk".into()),
    ]);
    let made = w.make(&names::REPOSITORY, &scope, born.clone()).await;
    let seen = w.one(&names::REPOSITORY, &scope, ("/name", "web")).await;
    assert_eq!(made.id.as_ref(), Some(&seen.id));
    assert_shows(&seen, &born);
    let mut later = fields(&[
        ("/name", "site".into()),
        ("/merge/methods", set(&["rebase", "squash"])),
        ("/security/dependabotAlerts", yes()),
    ]);
    later.set(FieldPath::known("/topics"), Wish::Absent);
    let changed =
        w.apply((&names::REPOSITORY, &scope), Action::Update, Some(later.clone()), Some(&seen)).await;
    assert_eq!(changed.error, None);
    let seen = w.one(&names::REPOSITORY, &scope, ("/name", "site")).await;
    assert_eq!(Some(&seen.id), made.id.as_ref(), "a rename keeps it");
    assert_shows(&seen, &later);
    let gone = w.apply((&names::REPOSITORY, &scope), Action::Delete, None, Some(&seen)).await;
    assert_eq!(gone.error, None);
    let world = w.github.world();
    let repository = world.repos.values().next().unwrap();
    assert!(repository.archived && world.repos.len() == 1, "archived, and still there");
    assert!(w.github.log().iter().all(|e| !(e.method == "DELETE" && e.path == "/repos/acme/site")));
}

#[tokio::test]
async fn labels_live() {
    let w = World::new();
    let inside = w.inside(w.github.change(|world| world.add_repo(w.org, "web")));
    let born = fields(&[
        ("/name", "needs work/ä".into()),
        ("/color", "ff0000".into()),
        ("/description", "x".into()),
    ]);
    let mut later = fields(&[("/color", "00ff00".into())]);
    later.set(FieldPath::known("/description"), Wish::Absent);
    w.lives((&names::LABEL, &inside), ("/name", "needs work/ä"), born, later).await;
}

#[tokio::test]
async fn variables_live_in_repositories_and_environments() {
    let w = World::new();
    let inside = w.inside(w.github.change(|world| world.add_repo(w.org, "web")));
    let born = fields(&[("/name", "REGION".into()), ("/value", "eu".into())]);
    let later = fields(&[("/name", "REGION".into()), ("/value", "us".into())]);
    w.lives((&names::VARIABLE, &inside), ("/name", "REGION"), born, later).await;
    w.make(&names::ENVIRONMENT, &inside, fields(&[("/name", "production".into())])).await;
    let of_it = |value: &str| {
        fields(&[("/name", "PLACE".into()), ("/environment", "production".into()), ("/value", value.into())])
    };
    w.lives((&names::VARIABLE, &inside), ("/name", "PLACE"), of_it("a"), of_it("b")).await;
}

#[tokio::test]
async fn autolinks_and_deploy_keys_come_and_go() {
    let w = World::new();
    let inside = w.inside(w.github.change(|world| world.add_repo(w.org, "web")));
    let link = fields(&[
        ("/prefix", "TICKET-".into()),
        ("/urlTemplate", "https://t.example/<num>".into()),
        ("/alphanumeric", no()),
    ]);
    w.lives((&names::AUTOLINK, &inside), ("/prefix", "TICKET-"), link.clone(), link).await;
    let key = fields(&[
        ("/title", "deployer".into()),
        ("/key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0q8v2Xk1c0m9cB3nQ4mJ6VJYw7nX5y4oQKp3v1d2e3".into()),
        ("/readOnly", yes()),
    ]);
    w.lives((&names::DEPLOY_KEY, &inside), ("/title", "deployer"), key.clone(), key).await;
}

#[tokio::test]
async fn a_webhook_keeps_its_secret_when_only_its_address_changes() {
    let w = World::new();
    let repository = w.github.change(|world| world.add_repo(w.org, "web"));
    let inside = w.inside(repository);
    let mut born = fields(&[
        ("/url", "https://hooks.example/a".into()),
        ("/contentType", "json".into()),
        ("/events", set(&["push"])),
        ("/active", yes()),
    ]);
    born.set(FieldPath::known("/secret"), Wish::Secret(Fingerprint(SECRET.into())));
    w.make(&names::WEBHOOK, &inside, born.clone()).await;
    let secret = || w.github.world().repos[&repository].hooks.values().next().unwrap().secret.clone();
    assert_eq!(secret().as_deref(), Some("hunter2"));
    let seen = w.one(&names::WEBHOOK, &inside, ("/url", "https://hooks.example/a")).await;
    assert_eq!(seen.fields.get("/secret"), Some(&aplomo_core::Sight::Hidden));
    let later =
        fields(&[("/url", "https://hooks.example/b".into()), ("/events", set(&["pull_request", "push"]))]);
    let changed = w.apply((&names::WEBHOOK, &inside), Action::Update, Some(later.clone()), Some(&seen)).await;
    assert_eq!(changed.error, None);
    assert_shows(&w.one(&names::WEBHOOK, &inside, ("/url", "https://hooks.example/b")).await, &later);
    assert_eq!(secret().as_deref(), Some("hunter2"));
}

#[tokio::test]
async fn a_secret_is_sealed_on_its_way_and_only_its_name_comes_back() {
    let w = World::new();
    let repository = w.github.change(|world| world.add_repo(w.org, "web"));
    let inside = w.inside(repository);
    let mut wish = fields(&[("/name", "TOKEN".into())]);
    wish.set(FieldPath::known("/value"), Wish::Secret(Fingerprint(SECRET.into())));
    w.make(&names::SECRET, &inside, wish.clone()).await;
    assert_eq!(w.github.world().repos[&repository].secrets["TOKEN"].opened, b"hunter2");
    let seen = w.one(&names::SECRET, &inside, ("/name", "TOKEN")).await;
    assert_eq!(seen.fields.get("/value"), Some(&aplomo_core::Sight::Hidden));
    assert!(seen.outputs.contains_key("updatedAt"));
    let told = format!("{:?}{:?}", w.journal.0.lock().unwrap(), w.github.log());
    assert!(!told.contains("hunter2"), "it never travels or is written down in the clear");
    wish.set(FieldPath::known("/value"), Wish::Secret(Fingerprint("k1:gone".into())));
    let refused = w.apply((&names::SECRET, &inside), Action::Update, Some(wish), Some(&seen)).await;
    assert_eq!(refused.status, Status::Failed);
    assert!(refused.error.unwrap().contains("not known any more"));
    let gone = w.apply((&names::SECRET, &inside), Action::Delete, None, Some(&seen)).await;
    assert_eq!(gone.error, None);
    assert!(w.github.world().repos[&repository].secrets.is_empty());
}

#[tokio::test]
async fn environments_live_and_keep_what_is_not_wished() {
    let w = World::new();
    let repository = w.github.change(|world| world.add_repo(w.org, "web"));
    let inside = w.inside(repository);
    let born = fields(&[
        ("/name", "production".into()),
        ("/waitMinutes", 30.into()),
        ("/reviewers", set(&["user:olga"])),
        ("/reviewerIds/user:olga", w.owner.to_string().as_str().into()),
        ("/branches/policy", "selected".into()),
        ("/branches/patterns", set(&["branch:main", "tag:v*"])),
    ]);
    w.make(&names::ENVIRONMENT, &inside, born.clone()).await;
    let seen = w.one(&names::ENVIRONMENT, &inside, ("/name", "production")).await;
    assert_shows(&seen, &born);
    let later = fields(&[
        ("/preventSelfReview", yes()),
        ("/branches/patterns", set(&["branch:release/*", "tag:v*"])),
    ]);
    let changed =
        w.apply((&names::ENVIRONMENT, &inside), Action::Update, Some(later.clone()), Some(&seen)).await;
    assert_eq!(changed.error, None);
    let seen = w.one(&names::ENVIRONMENT, &inside, ("/name", "production")).await;
    assert_shows(&seen, &later);
    assert_shows(&seen, &fields(&[("/waitMinutes", 30.into()), ("/reviewers", set(&["user:olga"]))]));
    let gone = w.apply((&names::ENVIRONMENT, &inside), Action::Delete, None, Some(&seen)).await;
    assert_eq!(gone.error, None);
    assert!(w.github.world().repos[&repository].environments.is_empty());
}

#[tokio::test]
async fn actions_settings_are_changed_where_they_differ() {
    let w = World::new();
    let inside = w.inside(w.github.change(|world| world.add_repo(w.org, "web")));
    let seen = w.one(&names::ACTIONS_SETTINGS, &inside, ("/allowed/actions", "all")).await;
    assert!(seen.brought_along);
    let wish = fields(&[
        ("/enabled", yes()),
        ("/allowed/actions", "selected".into()),
        ("/allowed/githubOwned", yes()),
        ("/allowed/patterns", set(&["acme/*"])),
        ("/workflow/permissions", "write".into()),
    ]);
    let changed =
        w.apply((&names::ACTIONS_SETTINGS, &inside), Action::Update, Some(wish.clone()), Some(&seen)).await;
    assert_eq!(changed.error, None);
    let seen = w.one(&names::ACTIONS_SETTINGS, &inside, ("/allowed/actions", "selected")).await;
    assert_shows(&seen, &wish);
    let writes = w.github.writes();
    w.apply((&names::ACTIONS_SETTINGS, &inside), Action::Update, Some(wish), Some(&seen)).await;
    assert_eq!(w.github.writes(), writes);
}

#[tokio::test]
async fn custom_properties_take_one_value_or_several_as_they_are_defined() {
    let w = World::new();
    let inside = w.inside(w.github.change(|world| {
        let repository = world.add_repo(w.org, "web");
        let define = |name: &str, sort: &str| {
            serde_json::json!({
                "property_name": name, "value_type": sort, "required": false, "default_value": null,
                "description": null, "allowed_values": ["a", "b", "c"], "values_editable_by": "org_actors",
                "source_type": "organization", "url": "https://api.github.com/x",
            })
        };
        let properties = &mut world.orgs.get_mut(&w.org).unwrap().properties;
        properties.extend([define("tier", "single_select"), define("stacks", "multi_select")]);
        repository
    }));
    let tier = |value: &str| fields(&[("/name", "tier".into()), ("/values", set(&[value]))]);
    w.lives((&names::CUSTOM_PROPERTY, &inside), ("/name", "tier"), tier("a"), tier("b")).await;
    let stacks = |values: &[&str]| fields(&[("/name", "stacks".into()), ("/values", set(values))]);
    w.lives((&names::CUSTOM_PROPERTY, &inside), ("/name", "stacks"), stacks(&["a"]), stacks(&["a", "b"]))
        .await;
}

#[tokio::test]
async fn a_ruleset_lives_and_keeps_rules_that_we_know_nothing_of() {
    let w = World::new();
    let repository = w.github.change(|world| world.add_repo(w.org, "web"));
    let inside = w.inside(repository);
    let born = fields(&[
        ("/name", "main".into()),
        ("/target", "branch".into()),
        ("/enforcement", "active".into()),
        ("/refs/include", set(&["~DEFAULT_BRANCH"])),
        ("/requires/approvals", 1.into()),
        ("/requires/statusChecks", set(&["build"])),
        ("/forbids/forcePush", yes()),
        ("/bypass", set(&["role:admin:pullRequest"])),
    ]);
    w.make(&names::RULESET, &inside, born.clone()).await;
    let mut seen = w.one(&names::RULESET, &inside, ("/name", "main")).await;
    let bypass = set(&["role:admin:pullRequest"]);
    seen.fields.set(FieldPath::known("/bypass"), aplomo_core::Sight::Value(bypass));
    w.github.change(|world| {
        let ruleset = world.repos.get_mut(&repository).unwrap().rulesets.values_mut().next().unwrap();
        let unknown = serde_json::json!({"type": "max_file_size", "parameters": {"max_file_size": 5}});
        ruleset.rules.push(unknown);
    });
    let mut later =
        fields(&[("/requires/approvals", 2.into()), ("/forbids/deletion", yes()), ("/bypass", set(&[]))]);
    later.set(FieldPath::known("/requires/statusChecks"), Wish::Absent);
    let changed = w.apply((&names::RULESET, &inside), Action::Update, Some(later.clone()), Some(&seen)).await;
    assert_eq!(changed.error, None);
    let seen = w.one(&names::RULESET, &inside, ("/name", "main")).await;
    assert_eq!(
        seen.fields.get("/bypass"),
        Some(&aplomo_core::Sight::Hidden),
        "a reader is not shown who may pass by"
    );
    later.remove("/bypass");
    assert_shows(&seen, &later);
    let world = w.github.world();
    let ruleset = world.repos[&repository].rulesets.values().next().unwrap();
    assert!(ruleset.bypass_actors.is_empty(), "the last one goes too");
    assert!(ruleset.rules.iter().any(|rule| rule["type"] == "max_file_size"));
    let gone = w.apply((&names::RULESET, &inside), Action::Delete, None, Some(&seen)).await;
    assert_eq!(gone.error, None);
    assert!(w.github.world().repos[&repository].rulesets.is_empty());
}

#[tokio::test]
async fn teams_and_memberships_live_and_who_is_outside_is_waited_for() {
    let w = World::new();
    let (bea, outsider) = w.github.change(|world| (world.add_member(w.org, "Bea"), world.add_user("Zoe")));
    let scope = w.scope();
    let born = fields(&[
        ("/name", "Core Team".into()),
        ("/description", "x".into()),
        ("/privacy", "visible".into()),
    ]);
    let made = w.make(&names::TEAM, &scope, born.clone()).await;
    let seen = w.one(&names::TEAM, &scope, ("/name", "Core Team")).await;
    assert_shows(&seen, &born);
    let team = w.inside(made.id.unwrap().as_str().parse().unwrap());
    let member = |login: &str, id: aplomo_github_fake::Id, role: &str| {
        fields(&[("/login", login.into()), ("/user", id.to_string().as_str().into()), ("/role", role.into())])
    };
    w.lives(
        (&names::TEAM_MEMBERSHIP, &team),
        ("/login", "bea"),
        member("bea", bea, "member"),
        member("bea", bea, "maintainer"),
    )
    .await;
    w.make(&names::TEAM_MEMBERSHIP, &team, member("zoe", outsider, "member")).await;
    let seen = w.one(&names::TEAM_MEMBERSHIP, &team, ("/login", "zoe")).await;
    assert!(seen.waiting.is_some(), "an invitation is a state");
    let seen = w.one(&names::TEAM, &scope, ("/name", "Core Team")).await;
    let renamed = fields(&[("/name", "Core".into()), ("/privacy", "secret".into())]);
    let changed = w.apply((&names::TEAM, &scope), Action::Update, Some(renamed.clone()), Some(&seen)).await;
    assert_eq!(changed.error, None);
    let seen = w.one(&names::TEAM, &scope, ("/name", "Core")).await;
    assert_shows(&seen, &renamed);
    let gone = w.apply((&names::TEAM, &scope), Action::Delete, None, Some(&seen)).await;
    assert_eq!(gone.error, None);
    assert!(w.github.world().orgs[&w.org].teams.is_empty());
}

#[tokio::test]
async fn grants_live_and_invitations_expire_and_are_made_anew() {
    let w = World::new();
    let (repository, team, bea, outsider) = w.github.change(|world| {
        let bea = world.add_member(w.org, "Bea");
        (world.add_repo(w.org, "web"), world.add_team(w.org, "Core", &[bea]), bea, world.add_user("Zoe"))
    });
    let inside = w.inside(repository);
    let to_team = |permission: &str| {
        fields(&[
            ("/team", "core".into()),
            ("/teamId", team.to_string().as_str().into()),
            ("/permission", permission.into()),
        ])
    };
    w.lives((&names::TEAM_GRANT, &inside), ("/team", "core"), to_team("read"), to_team("admin")).await;
    let to = |login: &str, id: aplomo_github_fake::Id, permission: &str| {
        fields(&[
            ("/login", login.into()),
            ("/user", id.to_string().as_str().into()),
            ("/permission", permission.into()),
        ])
    };
    w.lives(
        (&names::COLLABORATOR, &inside),
        ("/login", "bea"),
        to("bea", bea, "write"),
        to("bea", bea, "maintain"),
    )
    .await;
    w.make(&names::COLLABORATOR, &inside, to("zoe", outsider, "read")).await;
    let seen = w.one(&names::COLLABORATOR, &inside, ("/login", "zoe")).await;
    assert!(seen.waiting.is_some());
    let raised = w
        .apply(
            (&names::COLLABORATOR, &inside),
            Action::Update,
            Some(to("zoe", outsider, "write")),
            Some(&seen),
        )
        .await;
    assert_eq!(raised.error, None);
    w.clock_days(8);
    let seen = w.one(&names::COLLABORATOR, &inside, ("/login", "zoe")).await;
    assert_eq!(seen.fields.text("/invitation"), Some("expired"), "no member, and no pending one either");
    assert_eq!(seen.fields.text("/permission"), Some("write"));
    let mut again = to("zoe", outsider, "write");
    again.set(FieldPath::known("/invitation"), Wish::Absent);
    let asked = w.apply((&names::COLLABORATOR, &inside), Action::Update, Some(again), Some(&seen)).await;
    assert_eq!(asked.error, None);
    let seen = w.one(&names::COLLABORATOR, &inside, ("/login", "zoe")).await;
    assert!(seen.waiting.is_some() && seen.fields.text("/invitation").is_none());
    let gone = w.apply((&names::COLLABORATOR, &inside), Action::Delete, None, Some(&seen)).await;
    assert_eq!(gone.error, None);
    assert!(w.github.world().repos[&repository].invitations.is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_the_create_is_not_sent_twice() {
    let w = World::new();
    w.github.inject(Rule::new(Fault::LoseAnswer).method("POST").path("/orgs/acme/repos").times(1));
    let wish = fields(&[("/name", "web".into())]);
    let outcome = w.apply((&names::REPOSITORY, &w.scope()), Action::Create, Some(wish), None).await;
    assert_eq!(outcome.status, Status::Unknown);
    assert_eq!(w.github.world().repos.len(), 1, "it happened, once");
    assert!(matches!(w.journal.0.lock().unwrap()[0].1, Some(CallOutcome::Unknown { .. })));
    assert_eq!(w.github.writes(), 1);
}

#[tokio::test]
async fn what_was_just_made_may_be_unknown_for_a_while() {
    let w = World::new();
    w.github.lag(Some(Lag { seconds: 20, paths: vec!["/repos/acme/web".into()] }));
    let wish =
        fields(&[("/name", "web".into()), ("/topics", set(&["a"])), ("/defaultBranch", "main".into())]);
    w.make(&names::REPOSITORY, &w.scope(), wish).await;
    assert_eq!(w.github.world().repos.values().next().unwrap().topics, ["a"]);
}

#[tokio::test]
async fn a_transfer_is_refused_with_the_way_out() {
    let w = World::new();
    let repository = w.github.change(|world| world.add_repo(w.org, "web"));
    let seen = w.one(&names::REPOSITORY, &w.scope(), ("/name", "web")).await;
    let elsewhere = aplomo_core::Scope::account(
        aplomo_core::Provider::known("github"),
        aplomo_core::Account::known("other"),
    );
    let wish = fields(&[("/name", "web".into())]);
    let outcome = w.apply((&names::REPOSITORY, &elsewhere), Action::Move, Some(wish), Some(&seen)).await;
    assert_eq!(outcome.status, Status::Failed);
    assert!(outcome.error.unwrap().contains("transfer it in GitHub's settings"));
    assert_eq!(w.github.world().repos[&repository].owner, w.org);
    assert_eq!(w.github.writes(), 0);
}

#[tokio::test]
async fn a_classic_rule_lives_and_names_whom_no_reading_told_of() {
    let w = World::new();
    let (web, core, bea, ci) = w.github.change(|world| {
        let bea = world.add_member(w.org, "Bea");
        let (core, ci) = (world.add_team(w.org, "Core", &[bea]), world.add_app(w.org, "ci", "", &[]));
        world.install(ci, w.org);
        (world.add_repo(w.org, "web"), core.to_string(), bea.to_string(), ci)
    });
    let inside = w.inside(web);
    let born = fields(&[
        ("/pattern", "release/*".into()),
        ("/requires/approvals", 2.into()),
        ("/requires/statusChecks", set(&["build"])),
        ("/requires/checkApps/build", ci.to_string().as_str().into()),
        ("/forbids/update", yes()),
        ("/allowsPush", set(&["team:core", "user:bea"])),
        ("/actorIds/team:core", core.as_str().into()),
        ("/actorIds/user:bea", bea.as_str().into()),
    ]);
    let later = fields(&[("/requires/approvals", 1.into()), ("/allowsPush", set(&[]))]);
    w.lives((&names::BRANCH_PROTECTION_RULE, &inside), ("/pattern", "release/*"), born, later).await;
    // A name that means somebody else by now is not written.
    let wrong = fields(&[
        ("/pattern", "main".into()),
        ("/allowsPush", set(&["team:core"])),
        ("/actorIds/team:core", "77".into()),
    ]);
    let refused = w.apply((&names::BRANCH_PROTECTION_RULE, &inside), Action::Create, Some(wrong), None).await;
    assert!(refused.error.unwrap().contains("team:core is somebody else by now"));
}

#[tokio::test]
async fn a_classic_rule_without_an_answer_is_unknown_and_one_without_a_right_is_refused() {
    let w = World::new();
    let inside = w.inside(w.github.change(|world| world.add_repo(w.org, "web")));
    let rule = |pattern: &str| Some(fields(&[("/pattern", pattern.into()), ("/forbids/deletion", yes())]));
    let what = (&names::BRANCH_PROTECTION_RULE, &inside);
    w.github.inject(Rule::new(Fault::LoseAnswer).path("/graphql").writes().times(1));
    let outcome = w.apply(what, Action::Create, rule("main"), None).await;
    assert_eq!((outcome.status, w.github.writes()), (Status::Unknown, 1));
    assert!(matches!(w.journal.0.lock().unwrap()[0].1, Some(CallOutcome::Unknown { .. })));
    assert_eq!(w.see(&names::BRANCH_PROTECTION_RULE, &inside).await.len(), 1, "it is found by its pattern");
    w.github.refuse_writes(true);
    let outcome = w.apply(what, Action::Create, rule("next"), None).await;
    assert_eq!((outcome.status, w.github.refused_writes()), (Status::Failed, 1));
    assert!(outcome.error.unwrap().contains("FORBIDDEN"));
}

#[tokio::test]
async fn discussions_are_switched_by_a_mutation_and_projects_by_rest() {
    let w = World::new();
    let (scope, web) = (w.scope(), ("/name", "web"));
    let wish = |on: bool| {
        fields(&[
            ("/name", "web".into()),
            ("/features/discussions", on.into()),
            ("/features/projects", (!on).into()),
        ])
    };
    w.make(&names::REPOSITORY, &scope, wish(true)).await;
    let seen = w.one(&names::REPOSITORY, &scope, web).await;
    assert_shows(&seen, &wish(true));
    let changed = w.apply((&names::REPOSITORY, &scope), Action::Update, Some(wish(false)), Some(&seen)).await;
    assert_eq!(changed.error, None);
    assert_shows(&w.one(&names::REPOSITORY, &scope, web).await, &wish(false));
    let log = w.github.log();
    assert_eq!(log.iter().filter(|e| e.write && e.path == "/graphql").count(), 2);
}
