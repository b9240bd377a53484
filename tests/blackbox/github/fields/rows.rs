//! How a hand changes repositories, what is in them, and teams. Deliberately absent: protections, and whether
//! anybody notices.

use super::super::hub::Hub;
use super::Row;
use crate::by_hand::row;
use aplomo_github_fake::world::{Environment, Hook, Repo, Role, Team, TeamRole};
use serde_json::{Value, json};

pub fn rows() -> Vec<Row> {
    [repository(), security(), inside(), actions(), people()].into_iter().flatten().collect()
}

/// Changes the only repository.
pub fn shop(hub: &Hub, change: impl FnOnce(&mut Repo)) {
    hub.github.change(|world| change(world.repos.values_mut().next().unwrap()));
}

/// Sets what `PATCH /repos/{owner}/{repo}` would.
fn set(hub: &Hub, name: &str, value: impl Into<Value>) {
    shop(hub, |repo| drop(repo.settings.insert(name.to_owned(), value.into())));
}

const REPOSITORY: &str = "github.repo.Repository";

fn repository() -> Vec<Row> {
    vec![
        row(REPOSITORY, "/name", |h| shop(h, |repo| repo.name = "boutique".into())),
        row(REPOSITORY, "/description", |h| set(h, "description", "by hand")),
        row(REPOSITORY, "/homepage", |h| set(h, "homepage", "https://elsewhere.example")),
        row(REPOSITORY, "/visibility", |h| shop(h, |repo| repo.visibility = "public".into())),
        row(REPOSITORY, "/topics", |h| shop(h, |repo| repo.topics.push("hacked".into()))),
        row(REPOSITORY, "/defaultBranch", |h| {
            shop(h, |repo| {
                let commit = repo.branches["main"].clone();
                repo.branches.insert("trunk".into(), commit);
            });
            set(h, "default_branch", "trunk");
        }),
        row(REPOSITORY, "/features/issues", |h| set(h, "has_issues", false)),
        row(REPOSITORY, "/features/wiki", |h| set(h, "has_wiki", true)),
        row(REPOSITORY, "/features/projects", |h| set(h, "has_projects", true)),
        row(REPOSITORY, "/features/discussions", |h| set(h, "has_discussions", true)),
        row(REPOSITORY, "/features/forking", |h| set(h, "allow_forking", true)),
        row(REPOSITORY, "/merge/methods", |h| set(h, "allow_rebase_merge", true)),
        row(REPOSITORY, "/merge/autoMerge", |h| set(h, "allow_auto_merge", false)),
        row(REPOSITORY, "/merge/deleteBranchOnMerge", |h| set(h, "delete_branch_on_merge", false)),
        row(REPOSITORY, "/merge/updateBranch", |h| set(h, "allow_update_branch", false)),
        row(REPOSITORY, "/merge/signOff", |h| set(h, "web_commit_signoff_required", true)),
        row(REPOSITORY, "/merge/titles/squash", |h| {
            set(h, "squash_merge_commit_title", "COMMIT_OR_PR_TITLE")
        }),
        row(REPOSITORY, "/merge/messages/squash", |h| set(h, "squash_merge_commit_message", "BLANK")),
        row(REPOSITORY, "/merge/titles/merge", |h| set(h, "merge_commit_title", "MERGE_MESSAGE")),
        row(REPOSITORY, "/merge/messages/merge", |h| set(h, "merge_commit_message", "BLANK")),
    ]
}

fn security() -> Vec<Row> {
    vec![
        row(REPOSITORY, "/security/dependabotAlerts", |h| shop(h, |repo| repo.vulnerability_alerts = false)),
        row(REPOSITORY, "/security/dependabotUpdates", |h| {
            shop(h, |repo| repo.automated_security_fixes = false)
        }),
        row(REPOSITORY, "/security/secretScanning", |h| secure(h, "secret_scanning")),
        row(REPOSITORY, "/security/pushProtection", |h| secure(h, "secret_scanning_push_protection")),
        row(REPOSITORY, "/security/privateVulnerabilityReporting", |h| {
            shop(h, |repo| repo.private_vulnerability_reporting = true);
        }),
    ]
}

fn secure(hub: &Hub, name: &str) {
    shop(hub, |repo| drop(repo.security.insert(name.to_owned(), "disabled".into())));
}

const ENVIRONMENT: &str = "github.repo.Environment";
const WEBHOOK: &str = "github.repo.Webhook";
const LABEL: &str = "github.repo.Label";

fn environment(hub: &Hub, change: impl FnOnce(&mut Environment)) {
    shop(hub, |repo| change(repo.environments.get_mut("production").unwrap()));
}

fn hook(hub: &Hub, change: impl FnOnce(&mut Hook)) {
    shop(hub, |repo| change(repo.hooks.values_mut().next().unwrap()));
}

fn inside() -> Vec<Row> {
    vec![
        row(ENVIRONMENT, "/waitMinutes", |h| environment(h, |e| e.wait_timer = 0)),
        row(ENVIRONMENT, "/preventSelfReview", |h| environment(h, |e| e.prevent_self_review = false)),
        row(ENVIRONMENT, "/branches/patterns", |h| {
            environment(h, |e| {
                let id = *e.patterns.keys().next().unwrap();
                e.patterns.insert(id, ("anything/*".into(), "branch".into()));
            });
        }),
        row(ENVIRONMENT, "/branches/policy", |h| environment(h, |e| e.protected_branches = None))
            .along(&["/branches/patterns"]),
        row(ENVIRONMENT, "/reviewers", |h| {
            let ben = person(h, "ben");
            environment(h, |e| e.reviewers.push((false, ben)));
        }),
        row(WEBHOOK, "/url", |h| hook(h, |hook| hook.url = "https://evil.example/github".into())),
        row(WEBHOOK, "/active", |h| hook(h, |hook| hook.active = false)),
        row(WEBHOOK, "/contentType", |h| hook(h, |hook| hook.content_type = "form".into())),
        row(WEBHOOK, "/events", |h| hook(h, |hook| hook.events = vec!["issues".into()])),
        row(WEBHOOK, "/insecureSsl", |h| hook(h, |hook| hook.insecure_ssl = "1".into())),
        row(LABEL, "/name", |h| {
            shop(h, |repo| {
                repo.labels.values_mut().find(|l| l.name == "urgent").unwrap().name = "later".into()
            });
        }),
        row(LABEL, "/color", |h| {
            shop(h, |repo| {
                repo.labels.values_mut().find(|l| l.name == "urgent").unwrap().color = "000000".into()
            });
        }),
        row(LABEL, "/description", |h| {
            shop(h, |repo| repo.labels.values_mut().find(|l| l.name == "urgent").unwrap().description = None);
        }),
        row("github.repo.Variable", "/value", |h| {
            shop(h, |repo| repo.variables.get_mut("REGION").unwrap().value = "us-east-1".into());
        }),
        row("github.repo.CustomProperty", "/values", |h| {
            shop(h, |repo| drop(repo.properties.insert("tier".into(), "lead".into())));
        }),
    ]
}

const ACTIONS: &str = "github.repo.ActionsSettings";

/// What is not told while any action may run.
const ALL: &[&str] = &["/allowed/githubOwned", "/allowed/patterns", "/allowed/verified"];
/// What is not told while Actions are off.
const OFF: &[&str] = &[
    "/allowed/actions",
    "/allowed/githubOwned",
    "/allowed/patterns",
    "/allowed/pinned",
    "/allowed/verified",
];

fn act(hub: &Hub, name: &str, value: impl Into<Value>) {
    shop(hub, |repo| drop(repo.actions.insert(name.to_owned(), value.into())));
}

fn actions() -> Vec<Row> {
    vec![
        row(ACTIONS, "/enabled", |h| act(h, "enabled", false)).along(OFF),
        row(ACTIONS, "/allowed/actions", |h| act(h, "allowed_actions", "all")).along(ALL),
        row(ACTIONS, "/allowed/githubOwned", |h| act(h, "github_owned_allowed", false)),
        row(ACTIONS, "/allowed/verified", |h| act(h, "verified_allowed", true)),
        row(ACTIONS, "/allowed/patterns", |h| act(h, "patterns_allowed", json!(["evil/*"]))),
        row(ACTIONS, "/allowed/pinned", |h| act(h, "sha_pinning_required", true)),
        row(ACTIONS, "/workflow/permissions", |h| act(h, "default_workflow_permissions", "write")),
        row(ACTIONS, "/workflow/canApprovePullRequests", |h| {
            act(h, "can_approve_pull_request_reviews", true)
        }),
    ]
}

fn team(hub: &Hub, change: impl FnOnce(&mut Team)) {
    hub.github.change(|world| {
        let org = world.orgs.get_mut(&hub.org).unwrap();
        change(org.teams.values_mut().find(|team| team.slug == "core").unwrap());
    });
}

const TEAM: &str = "github.org.Team";

fn people() -> Vec<Row> {
    vec![
        row(TEAM, "/name", |h| team(h, |team| team.name = "Kernel".into())),
        row(TEAM, "/privacy", |h| team(h, |team| team.privacy = "secret".into())),
        row(TEAM, "/description", |h| team(h, |team| team.description = Some("by hand".into()))),
        row(TEAM, "/notifications", |h| {
            team(h, |team| team.notification_setting = "notifications_disabled".into())
        }),
        row(TEAM, "/parent", |h| team(h, |team| team.parent = None)),
        row("github.org.TeamMembership", "/role", |h| {
            let ben = person(h, "ben");
            team(h, |team| _ = team.members.insert(ben, TeamRole::Maintainer));
        }),
        row("github.repo.Collaborator", "/permission", |h| {
            let cleo = person(h, "cleo");
            shop(h, |repo| _ = repo.direct.insert(cleo, Role::Push));
        }),
        row("github.repo.TeamGrant", "/permission", |h| {
            let id = *h.github.world().repos.keys().next().unwrap();
            team(h, |team| _ = team.repos.insert(id, Role::Triage));
        }),
    ]
}

pub fn person(hub: &Hub, login: &str) -> aplomo_github_fake::Id {
    hub.github.world().users.values().find(|user| user.login == login).unwrap().id
}
