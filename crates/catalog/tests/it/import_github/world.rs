//! An organisation with one of everything, as readers see it.

use aplomo_core::observation::OwnerMark;
use aplomo_core::{
    Account, Coverage, Model, Observation, Observed, Provider, RemoteId, Scope, Seen, Sight, TypeName,
};
use aplomo_resources::github::model::{
    ActionsSettings, Autolink, BranchProtectionRule, Collaborator, CustomProperty, DeployKey, Environment,
    Label, Repository, Ruleset, Secret, Team, TeamGrant, TeamMembership, User, Variable, Webhook,
};
use aplomo_resources::github::names;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

fn organisation() -> Scope {
    Scope::account(Provider::known("github"), Account::known("acme-inc"))
}

fn object<M: Model<Seen>>(type_name: &TypeName, id: &str, within: Option<&str>, model: &M) -> Observed {
    let fields = model.to_fields();
    let kind = aplomo_resources::registry();
    let key = kind.get(type_name.as_str()).unwrap().identity(&fields).unwrap();
    Observed {
        type_name: type_name.clone(),
        scope: within.map_or(organisation(), |id| organisation().within(RemoteId::new(id).unwrap())),
        id: RemoteId::new(id).unwrap(),
        key,
        mark: OwnerMark::None,
        created_by: None,
        fields,
        outputs: Default::default(),
        brought_along: false,
        raw: None,
        waiting: None,
    }
}

fn text<T: From<&'static str>>(value: &'static str) -> Sight<T> {
    Sight::Value(value.into())
}
fn yes() -> Sight<bool> {
    Sight::Value(true)
}
fn no() -> Sight<bool> {
    Sight::Value(false)
}
fn set(all: &[&str]) -> Sight<BTreeSet<SmolStr>> {
    Sight::Value(all.iter().map(SmolStr::new).collect())
}
fn ids(all: &[(&str, &'static str)]) -> BTreeMap<String, Sight<SmolStr>> {
    all.iter().map(|(who, id)| ((*who).to_owned(), text(id))).collect()
}

fn repository() -> Repository<Seen> {
    Repository {
        name: text("MS-Shop"),
        description: text("The shop: it's \"open\""),
        homepage: Sight::Absent,
        topics: set(&["shop", "web"]),
        visibility: text("private"),
        default_branch: text("main"),
        archived: no(),
        template: Sight::Hidden,
        is_template: no(),
        issues: yes(),
        wiki: no(),
        projects: no(),
        discussions: Sight::Hidden,
        forking: no(),
        pages: Sight::Absent,
        merge_methods: set(&["squash"]),
        auto_merge: yes(),
        delete_branch: yes(),
        update_branch: no(),
        squash_title: text("PR_TITLE"),
        squash_message: text("PR_BODY"),
        merge_title: text("MERGE_MESSAGE"),
        merge_message: text("PR_TITLE"),
        sign_off: no(),
        secret_scanning: yes(),
        push_protection: Sight::Hidden,
        dependabot_alerts: yes(),
        dependabot_updates: no(),
        private_reporting: no(),
    }
}

fn ruleset() -> Ruleset<Seen> {
    Ruleset {
        name: text("Main branch"),
        target: text("branch"),
        enforcement: text("active"),
        include: set(&["~DEFAULT_BRANCH", "refs/heads/release/*"]),
        bypass: set(&[
            "organizationAdmin:always",
            "role:maintain:pullRequest",
            "team:core:always",
            "user:ana:pullRequest",
        ]),
        bypass_ids: ids(&[("role:maintain", "2"), ("team:core", "21"), ("user:ana", "31")]),
        approvals: Sight::Value(2),
        code_owners: yes(),
        dismiss_stale: no(),
        last_push: no(),
        resolved_threads: yes(),
        merge_methods: set(&["squash"]),
        checks: set(&["build", "lint"]),
        check_apps: ids(&[("build", "15368")]),
        up_to_date: yes(),
        not_on_creation: no(),
        signed: no(),
        linear: yes(),
        deployments: set(&["production"]),
        code_scanning: set(&["CodeQL:errors:high_or_higher"]),
        queue_method: text("squash"),
        queue_grouping: text("ALLGREEN"),
        queue_build: Sight::Value(5),
        queue_least: Sight::Value(1),
        queue_most: Sight::Value(5),
        queue_wait: Sight::Value(5),
        queue_timeout: Sight::Value(60),
        no_force_push: yes(),
        no_deletion: yes(),
        no_creation: no(),
        no_update: no(),
        others: [("commit_message_pattern".to_owned(), Sight::Value("{}".to_owned()))].into(),
        ..Ruleset::default()
    }
}

fn classic() -> BranchProtectionRule<Seen> {
    BranchProtectionRule {
        pattern: text("release/*"),
        approvals: Sight::Value(0),
        code_owners: yes(),
        dismiss_stale: no(),
        last_push: no(),
        resolved_threads: no(),
        up_to_date: yes(),
        signed: no(),
        linear: no(),
        no_force_push: no(),
        no_deletion: yes(),
        no_creation: no(),
        no_update: no(),
        admins_too: no(),
        pushers: set(&["team:core", "user:ana"]),
        bypass: set(&["app:bot"]),
        force_pushers: set(&["user:ana"]),
        actor_ids: ids(&[("team:core", "21"), ("user:ana", "31"), ("app:bot", "9")]),
        ..BranchProtectionRule::default()
    }
}

fn environment() -> Environment<Seen> {
    Environment {
        name: text("production"),
        reviewers: set(&["team:core", "user:ana"]),
        reviewer_ids: ids(&[("team:core", "21"), ("user:ana", "31")]),
        prevent_self_review: yes(),
        wait_minutes: Sight::Value(10),
        branches: text("selected"),
        patterns: set(&["branch:main", "tag:v*"]),
        admin_bypass: no(),
    }
}

/// What is in the repository 11.
fn inside() -> Vec<Observed> {
    let within = Some("11");
    let person = |login: &'static str, id: &'static str, permission: &'static str| Collaborator::<Seen> {
        login: text(login),
        user: text(id),
        permission: text(permission),
        invitation: Sight::Absent,
    };
    let hook = |url: &'static str, insecure: Sight<bool>| Webhook::<Seen> {
        url: text(url),
        content_type: text("json"),
        events: set(&["push", "release"]),
        active: yes(),
        insecure,
        secret: Sight::Hidden,
    };
    let key = |title: &'static str, key: &'static str| DeployKey::<Seen> {
        title: text(title),
        key: text(key),
        read_only: no(),
    };
    let lapsed = Collaborator { invitation: text("expired"), ..person("eva", "33", "read") };
    let variable = |environment: Sight<SmolStr>| Variable::<Seen> {
        name: text("REGION"),
        environment,
        value: text("eu-west-1\n"),
    };
    let secret =
        |environment: Sight<SmolStr>| Secret::<Seen> { name: text("NPM"), environment, value: Sight::Hidden };
    let actions = ActionsSettings::<Seen> {
        enabled: yes(),
        allowed: text("selected"),
        github_owned: yes(),
        verified: no(),
        patterns: set(&["docker/*"]),
        pinned: no(),
        workflow_permissions: text("read"),
        can_approve: no(),
    };
    vec![
        object(
            &names::TEAM_GRANT,
            "21",
            within,
            &TeamGrant { team: text("core"), team_id: text("21"), permission: text("write") },
        ),
        object(&names::COLLABORATOR, "31", within, &person("ana", "31", "admin")),
        object(&names::COLLABORATOR, "32", within, &person("ben", "32", "Release Manager")),
        object(&names::COLLABORATOR, "33", within, &lapsed),
        object(&names::ENVIRONMENT, "41", within, &environment()),
        object(&names::VARIABLE, "|REGION", within, &variable(Sight::Absent)),
        object(&names::VARIABLE, "production|REGION", within, &variable(text("production"))),
        object(&names::SECRET, "|NPM", within, &secret(Sight::Absent)),
        object(&names::SECRET, "production|NPM", within, &secret(text("production"))),
        object(&names::WEBHOOK, "51", within, &hook("https://ci.example/hook", no())),
        object(&names::WEBHOOK, "52", within, &hook("https://ci.example/hook?token=hunter2", no())),
        object(&names::WEBHOOK, "53", within, &hook("https://old.example/", yes())),
        object(
            &names::DEPLOY_KEY,
            "61",
            within,
            &key("deploy", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample"),
        ),
        object(
            &names::DEPLOY_KEY,
            "62",
            within,
            &key("deploy", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAnother"),
        ),
        object(
            &names::AUTOLINK,
            "71",
            within,
            &Autolink {
                prefix: text("TICKET-"),
                url_template: text("https://t.example/<num>"),
                alphanumeric: no(),
            },
        ),
        object(
            &names::LABEL,
            "L1",
            within,
            &Label { name: text("Good first issue"), color: text("0e8a16"), description: Sight::Absent },
        ),
        object(
            &names::LABEL,
            "L2",
            within,
            &Label { name: text("bug"), color: text("d73a4a"), description: text("It's broken") },
        ),
        object(
            &names::CUSTOM_PROPERTY,
            "tier",
            within,
            &CustomProperty { name: text("tier"), values: set(&["gold"]) },
        ),
        object(
            &names::CUSTOM_PROPERTY,
            "areas",
            within,
            &CustomProperty { name: text("areas"), values: set(&["a", "b"]) },
        ),
        Observed { brought_along: true, ..object(&names::ACTIONS_SETTINGS, "actions", within, &actions) },
        object(&names::RULESET, "81", within, &ruleset()),
        object(&names::BRANCH_PROTECTION_RULE, "BPR_1", within, &classic()),
    ]
}

fn team(name: &'static str, parent: Sight<SmolStr>) -> Team<Seen> {
    Team {
        name: text(name),
        description: text("Keeps it going"),
        privacy: text("visible"),
        notifications: yes(),
        parent,
    }
}

/// All of it; the webhooks of the repository 12 could not be read.
pub(crate) fn seen() -> Observation {
    let member = |login: &'static str, id: &'static str, role: &'static str| TeamMembership::<Seen> {
        login: text(login),
        user: text(id),
        role: text(role),
        owner: no(),
        invitation: Sight::Absent,
    };
    let invited = TeamMembership { role: Sight::Hidden, ..member("eva", "33", "member") };
    let push = Ruleset { name: text("size"), target: text("push"), ..ruleset() };
    let user =
        |login: &'static str, id: &str| object(&names::USER, id, None, &User::<Seen> { login: text(login) });
    let mut objects = vec![
        object(&names::REPOSITORY, "11", None, &repository()),
        object(
            &names::REPOSITORY,
            "12",
            None,
            &Repository { name: text("old"), archived: yes(), ..repository() },
        ),
        object(&names::TEAM, "20", None, &team("Platform", Sight::Absent)),
        object(&names::TEAM, "21", None, &team("core", text("20"))),
        object(&names::TEAM_MEMBERSHIP, "31", Some("21"), &member("ana", "31", "maintainer")),
        object(&names::TEAM_MEMBERSHIP, "32", Some("21"), &member("ben", "32", "member")),
        Observed {
            waiting: Some("invited".into()),
            ..object(&names::TEAM_MEMBERSHIP, "33", Some("21"), &invited)
        },
        object(&names::RULESET, "90", None, &ruleset()),
        object(&names::RULESET, "91", Some("12"), &push),
        user("ana", "31"),
        user("ben", "32"),
    ];
    objects.extend(inside());
    let mut seen = Observation { objects, ..Observation::default() };
    let all = aplomo_resources::registry();
    for type_name in all.iter().map(aplomo_core::ResourceType::name) {
        seen.coverage.insert((type_name, organisation()), Coverage::Complete);
    }
    let hidden = Coverage::Failed("403 Forbidden".to_owned());
    seen.coverage.insert((names::WEBHOOK, organisation().within(RemoteId::known("12"))), hidden);
    seen
}
