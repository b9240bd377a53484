//! Making the world: for tests, for the demo, and for the handlers that create the same things.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    App, Holder, Installation, Label, Map, Org, OrgRole, Permissions, Repo, Team, TeamRole, Token, User,
    World,
};
use crate::ids::Id;

/// The labels that GitHub gives to each new repository.
const LABELS: [(&str, &str, &str); 3] = [
    ("bug", "d73a4a", "Something isn't working"),
    ("documentation", "0075ca", "Improvements or additions to documentation"),
    ("enhancement", "a2eeef", "New feature or request"),
];

fn object(value: Value) -> Map {
    if let Value::Object(map) = value { map } else { Map::new() }
}

/// What an organisation begins with.
fn org_settings() -> Map {
    object(json!({
        "name": null, "description": null, "email": null, "billing_email": null, "company": null,
        "default_repository_permission": "read", "members_can_create_repositories": true,
        "two_factor_requirement_enabled": false, "has_organization_projects": true,
        "has_repository_projects": true, "web_commit_signoff_required": false,
        "members_can_fork_private_repositories": false, "members_can_create_teams": true,
    }))
}

/// What a repository begins with.
fn repo_settings() -> Map {
    object(json!({
        "description": null, "homepage": null, "default_branch": "main", "is_template": false,
        "has_issues": true, "has_projects": true, "has_wiki": true, "has_discussions": false,
        "has_pull_requests": true, "pull_request_creation_policy": "all",
        "allow_squash_merge": true, "allow_merge_commit": true, "allow_rebase_merge": true,
        "allow_auto_merge": false, "delete_branch_on_merge": false, "allow_update_branch": false,
        "use_squash_pr_title_as_default": false, "squash_merge_commit_title": "COMMIT_OR_PR_TITLE",
        "squash_merge_commit_message": "COMMIT_MESSAGES", "merge_commit_title": "MERGE_MESSAGE",
        "merge_commit_message": "PR_TITLE", "allow_forking": false, "web_commit_signoff_required": false,
    }))
}

fn actions_settings() -> Map {
    object(json!({
        "enabled": true, "allowed_actions": "all", "sha_pinning_required": false,
        "enabled_repositories": "all", "default_workflow_permissions": "read",
        "can_approve_pull_request_reviews": false, "access_level": "none",
        "github_owned_allowed": true, "verified_allowed": false, "patterns_allowed": [],
    }))
}

/// `Platform & Friends` becomes `platform-friends`.
pub(crate) fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

impl World {
    /// A person.
    pub fn add_user(&mut self, login: &str) -> Id {
        let id = self.ids.next();
        let (login, created_at) = (login.to_owned(), self.now);
        let user = User { id, login, name: None, email: None, two_factor: true, created_at };
        self.users.insert(id, user);
        id
    }

    /// An organisation with its first owner.
    pub fn add_org(&mut self, login: &str, owner: Id) -> Id {
        let id = self.ids.next();
        let org = Org {
            id,
            login: login.to_owned(),
            created_at: self.now,
            settings: org_settings(),
            members: BTreeMap::from([(owner, OrgRole::Admin)]),
            invitations: BTreeMap::new(),
            teams: BTreeMap::new(),
            rulesets: BTreeMap::new(),
            properties: Vec::new(),
            variables: BTreeMap::new(),
            secrets: BTreeMap::new(),
            hooks: BTreeMap::new(),
            actions: actions_settings(),
            security_managers: BTreeSet::new(),
            enforced_security: BTreeSet::new(),
        };
        self.orgs.insert(id, org);
        id
    }

    /// A member of an organisation.
    pub fn add_member(&mut self, org: Id, login: &str) -> Id {
        let id = self.add_user(login);
        if let Some(org) = self.orgs.get_mut(&org) {
            org.members.insert(id, OrgRole::Member);
        }
        id
    }

    /// A team with members.
    pub fn add_team(&mut self, org: Id, name: &str, members: &[Id]) -> Id {
        let id = self.ids.next();
        let team = Team {
            id,
            slug: slug(name),
            name: name.to_owned(),
            description: None,
            privacy: "closed".to_owned(),
            notification_setting: "notifications_enabled".to_owned(),
            parent: None,
            members: members.iter().map(|member| (*member, TeamRole::Member)).collect(),
            pending: BTreeMap::new(),
            repos: BTreeMap::new(),
            created_at: self.now,
            updated_at: self.now,
        };
        if let Some(org) = self.orgs.get_mut(&org) {
            org.teams.insert(id, team);
        }
        id
    }

    /// A private repository with one branch.
    pub fn add_repo(&mut self, org: Id, name: &str) -> Id {
        let id = self.ids.next();
        let labels = LABELS.map(|(name, color, text)| {
            let id = self.ids.next();
            let (name, color, description) = (name.to_owned(), color.to_owned(), Some(text.to_owned()));
            (id, Label { id, name, color, description })
        });
        let commit = self.ids.word(40);
        let repo = Repo {
            id,
            owner: org,
            name: name.to_owned(),
            visibility: "private".to_owned(),
            archived: false,
            created_at: self.now,
            updated_at: self.now,
            settings: repo_settings(),
            security: BTreeMap::new(),
            vulnerability_alerts: false,
            automated_security_fixes: false,
            private_vulnerability_reporting: false,
            topics: Vec::new(),
            direct: BTreeMap::new(),
            invitations: BTreeMap::new(),
            rulesets: BTreeMap::new(),
            protections: BTreeMap::new(),
            environments: BTreeMap::new(),
            variables: BTreeMap::new(),
            secrets: BTreeMap::new(),
            hooks: BTreeMap::new(),
            keys: BTreeMap::new(),
            autolinks: BTreeMap::new(),
            labels: labels.into(),
            properties: BTreeMap::new(),
            pages: None,
            actions: actions_settings(),
            branches: BTreeMap::from([("main".to_owned(), commit)]),
            reported_checks: BTreeMap::new(),
            issues: BTreeMap::new(),
            comments: BTreeMap::new(),
            check_runs: BTreeMap::new(),
            check_suites: BTreeMap::new(),
            activity: Vec::new(),
        };
        self.repos.insert(id, repo);
        id
    }

    /// An App with its public key (PEM) and what it asks for, such as `[("administration", "write")]`.
    pub fn add_app(&mut self, owner: Id, slug: &str, public_key: &str, asks: &[(&str, &str)]) -> Id {
        let id = self.ids.next();
        let app = App {
            id,
            slug: slug.to_owned(),
            name: slug.to_owned(),
            owner,
            public_key: public_key.to_owned(),
            permissions: permissions(asks),
            events: Vec::new(),
            webhook_url: None,
            webhook_secret: None,
            created_at: self.now,
        };
        self.apps.insert(id, app);
        id
    }

    /// The App in an organisation, for all repositories, with all it asks for.
    pub fn install(&mut self, app: Id, org: Id) -> Id {
        let id = self.ids.next();
        let permissions = self.apps.get(&app).map(|app| app.permissions.clone()).unwrap_or_default();
        let (suspended, created_at) = (false, self.now);
        self.installations
            .insert(id, Installation { id, app, org, permissions, repos: None, suspended, created_at });
        id
    }

    /// A classic personal token: it may what its person may.
    pub fn add_token(&mut self, user: Id) -> String {
        let token = format!("ghp_{}", self.ids.word(36));
        let holder = Holder::Person(user);
        self.tokens.insert(token.clone(), Token { holder, permissions: None, repos: None, expires_at: None });
        token
    }

    /// A fine-grained personal token.
    pub fn add_fine_grained_token(&mut self, user: Id, may: &[(&str, &str)]) -> String {
        let token = format!("github_pat_{}", self.ids.word(60));
        let (holder, permissions) = (Holder::Person(user), Some(permissions(may)));
        self.tokens.insert(token.clone(), Token { holder, permissions, repos: None, expires_at: None });
        token
    }
}

/// Everybody may read metadata.
fn permissions(list: &[(&str, &str)]) -> Permissions {
    let mut permissions = Permissions::from([("metadata".to_owned(), "read".to_owned())]);
    permissions.extend(list.iter().map(|(name, level)| ((*name).to_owned(), (*level).to_owned())));
    permissions
}
