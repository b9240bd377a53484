//! The table: per type one object or more, and per row fields and what they become. `"$along"` lists what GitHub
//! changes of its own accord with a row.

// size: one table with a row for each field of seventeen types.

use crate::support::World;
use aplomo_core::{Scope, TypeName};
use aplomo_github_fake::Id;
use aplomo_resources::github::names;
use serde_json::{Value, json};

/// What becomes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// It is made and taken away.
    Made,
    /// It is made and archived.
    Archived,
    /// It comes and goes with another.
    ComesAlong,
    /// It is only ever looked up.
    LookedUp,
}

/// One object.
pub(super) struct Case {
    pub(super) type_name: TypeName,
    pub(super) scope: Scope,
    pub(super) life: Life,
    pub(super) born: Value,
    pub(super) rows: Vec<Value>,
}

/// Fields that no row changes: type, path, why.
pub(super) const FIXED: &[(&str, &str, &str)] = &[
    ("github.org.TeamMembership", "/login", "a label: the person is `/user`"),
    ("github.org.TeamMembership", "/user", "another person is another membership"),
    ("github.org.TeamMembership", "/organisationOwner", "seen only"),
    (
        "github.org.TeamMembership",
        "/invitation",
        "seen only: an_expired_invitation_is_no_member_and_told_as_expired",
    ),
    ("github.org.User", "/login", "looked up, never written"),
    (
        "github.repo.Autolink",
        "/prefix",
        "GitHub has no call that changes an autolink: another takes its place",
    ),
    ("github.repo.Autolink", "/urlTemplate", "as /prefix"),
    ("github.repo.Autolink", "/alphanumeric", "as /prefix"),
    ("github.repo.Collaborator", "/login", "a label: the person is `/user`"),
    ("github.repo.Collaborator", "/user", "another person is another grant"),
    (
        "github.repo.Collaborator",
        "/invitation",
        "seen only: grants_live_and_invitations_expire_and_are_made_anew",
    ),
    ("github.repo.CustomProperty", "/name", "another property is another object"),
    (
        "github.repo.DeployKey",
        "/title",
        "GitHub has no call that changes a deploy key: another takes its place",
    ),
    ("github.repo.DeployKey", "/key", "as /title"),
    ("github.repo.DeployKey", "/readOnly", "as /title"),
    ("github.repo.Environment", "/name", "GitHub cannot rename one: another takes its place"),
    ("github.repo.Repository", "/template", "sent with a create only, and shown never"),
    ("github.repo.Ruleset", "/target", "GitHub cannot change it: another ruleset takes its place"),
    ("github.repo.Ruleset", "/others", "rules that we know nothing of are kept as they are"),
    ("github.repo.Secret", "/name", "another name is another secret"),
    ("github.repo.Secret", "/environment", "as /name"),
    (
        "github.repo.Secret",
        "/value",
        "never shown: a_secret_is_sealed_on_its_way_and_only_its_name_comes_back",
    ),
    ("github.repo.TeamGrant", "/team", "another team is another grant"),
    ("github.repo.TeamGrant", "/teamId", "as /team"),
    ("github.repo.Variable", "/name", "another name is another variable"),
    ("github.repo.Variable", "/environment", "as /name"),
];

/// What the cases are about.
pub(super) struct Place {
    web: Id,
    core: Id,
    ops: Id,
    bea: Id,
    cem: Id,
    ci: Id,
}

impl Place {
    pub(super) fn new(w: &World) -> Self {
        w.github.change(|world| {
            let (bea, cem) = (world.add_member(w.org, "Bea"), world.add_member(w.org, "Cem"));
            let (core, ops) = (world.add_team(w.org, "Core", &[bea]), world.add_team(w.org, "Ops", &[]));
            let ci = world.add_app(w.org, "ci", "", &[]);
            world.install(ci, w.org);
            let web = world.add_repo(w.org, "web");
            world.repos.get_mut(&web).unwrap().settings.insert("is_template".into(), true.into());
            let define = |name: &str, sort: &str| {
                json!({"property_name": name, "value_type": sort, "required": false, "default_value": null,
                    "description": null, "allowed_values": ["a", "b"], "values_editable_by": "org_actors",
                    "source_type": "organization", "url": "https://api.github.com/x"})
            };
            let properties = &mut world.orgs.get_mut(&w.org).unwrap().properties;
            properties.extend([define("tier", "single_select"), define("stacks", "multi_select")]);
            Self { web, core, ops, bea, cem, ci }
        })
    }
}

pub(super) fn cases(w: &World, p: &Place) -> Vec<Case> {
    let (all, web, ops) = (w.scope(), w.inside(p.web), w.inside(p.ops));
    let id = |id: Id| id.to_string();
    let case = |type_name, scope: &Scope, born, rows| Case {
        type_name,
        scope: scope.clone(),
        life: Life::Made,
        born,
        rows,
    };
    vec![
        Case {
            life: Life::Archived,
            ..case(
                names::REPOSITORY,
                &all,
                json!({"/name": "site", "/visibility": "private", "/defaultBranch": "main"}),
                repository(),
            )
        },
        Case {
            life: Life::Archived,
            ..case(
                names::REPOSITORY,
                &all,
                json!({"/name": "copy", "/template": "acme/web"}),
                vec![json!({"/visibility": "public"})],
            )
        },
        Case { life: Life::LookedUp, ..case(names::USER, &all, json!({"/login": "bea"}), vec![]) },
        Case {
            life: Life::ComesAlong,
            ..case(names::ACTIONS_SETTINGS, &web, json!({"/enabled": true}), actions())
        },
        case(
            names::TEAM,
            &all,
            json!({"/name": "Platform", "/privacy": "visible"}),
            vec![
                json!({"/name": "Platform Team"}),
                json!({"/description": "Builds"}),
                json!({"/description": null}),
                json!({"/privacy": "secret"}),
                json!({"/privacy": "visible"}),
                json!({"/notifications": false}),
                json!({"/parent": id(p.core)}),
                json!({"/parent": null}),
            ],
        ),
        case(
            names::TEAM_MEMBERSHIP,
            &ops,
            json!({"/login": "cem", "/user": id(p.cem), "/role": "member"}),
            vec![json!({"/role": "maintainer"})],
        ),
        case(
            names::TEAM_GRANT,
            &web,
            json!({"/team": "core", "/teamId": id(p.core), "/permission": "read"}),
            permissions(),
        ),
        case(
            names::COLLABORATOR,
            &web,
            json!({"/login": "bea", "/user": id(p.bea), "/permission": "read"}),
            permissions(),
        ),
        case(names::ENVIRONMENT, &web, json!({"/name": "production"}), environment(p)),
        case(
            names::VARIABLE,
            &web,
            json!({"/name": "REGION", "/value": "eu"}),
            vec![json!({"/value": "us"})],
        ),
        case(names::SECRET, &web, json!({"/name": "TOKEN", "/value": "$secret"}), vec![]),
        case(
            names::WEBHOOK,
            &web,
            json!({"/url": "https://a.example/", "/contentType": "json", "/events": ["push"]}),
            vec![
                json!({"/url": "https://b.example/"}),
                json!({"/contentType": "form"}),
                json!({"/events": ["label", "push"]}),
                json!({"/active": false}),
                json!({"/insecureSsl": true}),
                json!({"/secret": "$secret"}),
            ],
        ),
        case(
            names::DEPLOY_KEY,
            &web,
            json!({"/title": "deployer", "/readOnly": true,
            "/key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0q8v2Xk1c0m9cB3nQ4mJ6VJYw7nX5y4oQKp3v1d2e3"}),
            vec![],
        ),
        case(
            names::AUTOLINK,
            &web,
            json!({"/prefix": "T-", "/urlTemplate": "https://t.example/<num>", "/alphanumeric": false}),
            vec![],
        ),
        case(
            names::LABEL,
            &web,
            json!({"/name": "needs work", "/color": "ff0000"}),
            vec![
                json!({"/name": "needs more work"}),
                json!({"/color": "00ff00"}),
                json!({"/description": "Not yet"}),
                json!({"/description": null}),
            ],
        ),
        case(
            names::CUSTOM_PROPERTY,
            &web,
            json!({"/name": "stacks", "/values": ["a"]}),
            vec![json!({"/values": ["a", "b"]})],
        ),
        case(
            names::CUSTOM_PROPERTY,
            &web,
            json!({"/name": "tier", "/values": ["a"]}),
            vec![json!({"/values": ["b"]})],
        ),
        case(
            names::RULESET,
            &web,
            json!({"/name": "main", "/target": "branch", "/enforcement": "active", "/refs/include": ["~DEFAULT_BRANCH"]}),
            ruleset(p),
        ),
        case(
            names::RULESET,
            &all,
            json!({"/name": "all", "/target": "branch", "/enforcement": "active", "/refs/include": ["~ALL"], "/repositories/include": ["~ALL"]}),
            vec![
                json!({"/repositories/include": ["web"]}),
                json!({"/repositories/exclude": ["old-*"]}),
                json!({"/repositories/exclude": null}),
                json!({"/repositories/include": null, "/repositories/ids": [id(p.web)]}),
                json!({"/repositories/ids": null, "/repositories/properties": ["tier=a"]}),
                json!({"/repositories/propertiesNot": ["stacks=b"]}),
                json!({"/repositories/propertiesNot": null}),
            ],
        ),
        case(names::BRANCH_PROTECTION_RULE, &web, json!({"/pattern": "main"}), classic(p)),
    ]
}

fn repository() -> Vec<Value> {
    let flags = |paths: &[&str], to: bool| paths.iter().map(|path| json!({*path: to})).collect::<Vec<_>>();
    let rows = vec![
        json!({"/name": "shop"}),
        json!({"/description": "The shop"}),
        json!({"/description": null}),
        json!({"/homepage": "https://shop.example"}),
        json!({"/homepage": null}),
        json!({"/topics": ["a", "b"]}),
        json!({"/topics": null}),
        json!({"/visibility": "public"}),
        json!({"/defaultBranch": "next"}),
        json!({"/archived": true}),
        json!({"/archived": false}),
        json!({"/features/pages": "workflow"}),
        json!({"/features/pages": "next:/docs"}),
        json!({"/features/pages": null}),
        json!({"/merge/methods": ["rebase", "squash"]}),
        json!({"/merge/titles/squash": "PR_TITLE"}),
        json!({"/merge/messages/squash": "PR_BODY"}),
        json!({"/merge/titles/merge": "PR_TITLE"}),
        json!({"/merge/messages/merge": "BLANK"}),
    ];
    let on = [
        "/isTemplate",
        "/features/discussions",
        "/features/forking",
        "/merge/autoMerge",
        "/merge/deleteBranchOnMerge",
        "/merge/updateBranch",
        "/merge/signOff",
        "/security/secretScanning",
        "/security/pushProtection",
        "/security/dependabotAlerts",
        "/security/dependabotUpdates",
        "/security/privateVulnerabilityReporting",
    ];
    let off = ["/features/issues", "/features/wiki", "/features/projects", "/features/discussions"];
    [rows, flags(&on, true), flags(&off, false)].concat()
}

fn permissions() -> Vec<Value> {
    ["triage", "write", "maintain", "admin"].map(|word| json!({"/permission": word})).into()
}

fn environment(p: &Place) -> Vec<Value> {
    let (core, bea) = (p.core.to_string(), p.bea.to_string());
    vec![
        json!({"/reviewers": ["team:core", "user:bea"], "/reviewerIds/team:core": core, "/reviewerIds/user:bea": bea}),
        json!({"/preventSelfReview": true}),
        json!({"/reviewers": ["team:core"], "/reviewerIds/user:bea": null}),
        json!({"/preventSelfReview": false}),
        json!({"/reviewers": null, "/reviewerIds/team:core": null}),
        json!({"/waitMinutes": 30}),
        json!({"/waitMinutes": null}),
        json!({"/adminBypass": false}),
        json!({"/branches/policy": "protected"}),
        json!({"/branches/policy": "selected", "/branches/patterns": ["branch:main", "tag:v*"]}),
        json!({"/branches/patterns": ["branch:main"]}),
        json!({"/branches/patterns": null}),
        json!({"/branches/policy": "all"}),
    ]
}

fn actions() -> Vec<Value> {
    vec![
        // While they are off GitHub says nothing of which may run.
        json!({"/enabled": false, "$along": ["/allowed/actions", "/allowed/pinned"]}),
        json!({"/enabled": true, "$along": ["/allowed/actions", "/allowed/pinned"]}),
        json!({"/workflow/permissions": "write"}),
        json!({"/workflow/canApprovePullRequests": true}),
        json!({"/allowed/pinned": true}),
        json!({"/allowed/actions": "local"}),
        json!({"/allowed/actions": "selected", "$along": ["/allowed/githubOwned", "/allowed/verified"]}),
        json!({"/allowed/githubOwned": false}),
        json!({"/allowed/verified": true}),
        json!({"/allowed/patterns": ["acme/*"]}),
        json!({"/allowed/patterns": null}),
    ]
}

fn ruleset(p: &Place) -> Vec<Value> {
    let (core, ci) = (p.core.to_string(), p.ci.to_string());
    let queue = |word: &str| format!("/requires/mergeQueue/{word}");
    let details =
        ["grouping", "maxToBuild", "minToMerge", "maxToMerge", "minWaitMinutes", "checkTimeoutMinutes"];
    let details: Vec<String> = details.iter().map(|word| queue(word)).collect();
    vec![
        json!({"/name": "Main"}),
        json!({"/enforcement": "evaluate"}),
        json!({"/enforcement": "disabled"}),
        json!({"/refs/include": ["refs/heads/release/*", "~DEFAULT_BRANCH"]}),
        json!({"/refs/exclude": ["refs/heads/release/0*"]}),
        json!({"/refs/exclude": null}),
        json!({"/bypass": ["role:admin:pullRequest"], "$along": ["/bypassIds/role:admin"]}),
        json!({"/bypass": ["app:ci:always", "organizationAdmin:always", "role:admin:always", "team:core:pullRequest"],
            "/bypassIds/team:core": core, "/bypassIds/app:ci": ci}),
        json!({"/bypass": null, "/bypassIds/team:core": null, "/bypassIds/app:ci": null, "$along": ["/bypassIds/role:admin"]}),
        json!({"/requires/approvals": 1, "$along": ["/requires/mergeMethods"]}),
        json!({"/requires/approvals": 2}),
        json!({"/requires/codeOwners": true}),
        json!({"/requires/dismissStale": true}),
        json!({"/requires/lastPushApproval": true}),
        json!({"/requires/resolvedThreads": true}),
        json!({"/requires/mergeMethods": ["squash"]}),
        json!({"/requires/statusChecks": ["build", "lint"]}),
        json!({"/requires/checkApps/build": p.ci.to_string()}),
        json!({"/requires/checkApps/build": null}),
        json!({"/requires/upToDate": true}),
        json!({"/requires/checksNotOnCreation": true}),
        json!({"/requires/signedCommits": true}),
        json!({"/requires/linearHistory": true}),
        json!({"/requires/deployments": ["production"]}),
        json!({"/requires/deployments": null}),
        json!({"/requires/codeScanning": ["CodeQL:errors:high_or_higher"]}),
        json!({"/requires/codeScanning": null}),
        json!({"/requires/mergeQueue/method": "squash", "$along": details}),
        json!({"/requires/mergeQueue/method": "rebase"}),
        json!({"/requires/mergeQueue/grouping": "HEADGREEN"}),
        json!({"/requires/mergeQueue/maxToBuild": 7}),
        json!({"/requires/mergeQueue/minToMerge": 2}),
        json!({"/requires/mergeQueue/maxToMerge": 6}),
        json!({"/requires/mergeQueue/minWaitMinutes": 9}),
        json!({"/requires/mergeQueue/checkTimeoutMinutes": 30}),
        json!({"/forbids/forcePush": true}),
        json!({"/forbids/deletion": true}),
        json!({"/forbids/creation": true}),
        json!({"/forbids/update": true}),
        json!({"/forbids/update": false}),
    ]
}

fn classic(p: &Place) -> Vec<Value> {
    let (core, bea, ci) = (p.core.to_string(), p.bea.to_string(), p.ci.to_string());
    vec![
        json!({"/pattern": "release/*"}),
        json!({"/requires/approvals": 2}),
        json!({"/requires/approvals": 3}),
        json!({"/requires/codeOwners": true}),
        json!({"/requires/dismissStale": true}),
        json!({"/requires/lastPushApproval": true}),
        json!({"/requires/resolvedThreads": true}),
        json!({"/requires/statusChecks": ["build", "lint"]}),
        json!({"/requires/checkApps/build": ci}),
        json!({"/requires/checkApps/build": null}),
        json!({"/requires/upToDate": true}),
        json!({"/requires/statusChecks": null}),
        json!({"/requires/signedCommits": true}),
        json!({"/requires/linearHistory": true}),
        json!({"/requires/deployments": ["production"]}),
        json!({"/requires/deployments": null}),
        json!({"/forbids/forcePush": false}),
        json!({"/forbids/deletion": false}),
        json!({"/forbids/creation": true}),
        json!({"/forbids/update": true}),
        json!({"/adminsToo": true}),
        json!({"/allowsPush": ["team:core", "user:bea"], "/actorIds/team:core": core, "/actorIds/user:bea": bea}),
        json!({"/bypass": ["user:bea"]}),
        json!({"/bypass": null}),
        json!({"/allowsForcePush": ["team:core"]}),
        json!({"/allowsForcePush": null}),
        json!({"/allowsDismissal": ["team:core"]}),
        json!({"/allowsDismissal": null}),
        // Nobody may push is not everybody may.
        json!({"/allowsPush": [], "/actorIds/team:core": null, "/actorIds/user:bea": null}),
        json!({"/allowsPush": null}),
        json!({"/requires/approvals": null}),
        json!({"/allowsPush": ["app:ci"], "/actorIds/app:ci": ci}),
    ]
}
