//! The local GitHub of the demo: the organisation of the example client, its people, and the App that Aplomo is.

use crate::door;
use anyhow::{Context as _, Result};
use aplomo_github_fake::{Clock, GitHub};
use std::fs;
use std::path::Path;

mod desk;
pub(crate) use desk::{APPROVERS, Desk, REPOSITORY, SECRET};

/// The organisation that the example client names.
const ORGANISATION: &str = "acme-retail";
/// Who is in it, and who helps from outside.
const MEMBERS: &[&str] = &["anarojas", "benito-acme", "carla-acme", "diego-acme"];
const OUTSIDER: &str = "petra-partner";
/// Where the App's key lies in the world's folder.
const KEY: &str = "github-app.pem";

/// A running GitHub with the organisation of the examples.
#[derive(Debug)]
pub(crate) struct LocalGithub {
    github: GitHub,
    app: u64,
}

impl LocalGithub {
    /// Starts it and leaves the App's key in the folder.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        let github = GitHub::start(7, Clock::new(door::timestamp)).context("no local GitHub")?;
        let (private, public) = aplomo_github_fake::app_key().context("no key for the App")?;
        fs::write(folder.join(KEY), private)?;
        fs::write(folder.join("hook.secret"), SECRET)?;
        let asked = permissions()?;
        let asked: Vec<_> = asked.iter().map(|(name, level)| (name.as_str(), level.as_str())).collect();
        let app = github.change(|world| {
            let owner = world.add_user("olga-acme");
            let organisation = world.add_org(ORGANISATION, owner);
            for login in MEMBERS {
                world.add_member(organisation, login);
            }
            world.add_user(OUTSIDER);
            let app = world.add_app(organisation, "aplomo", &public, &asked);
            world.install(app, organisation);
            app
        });
        Ok(Self { github, app })
    }

    /// Its lines in the configuration.
    pub(crate) fn settings(&self) -> String {
        let (url, app) = (self.url(), self.app);
        format!(
            "github: {{url: \"{url}\", app: {{id: {app}, key: \"file:{KEY}\"}}, settle: 0s, betweenWrites: 0s, \
             webhook: {{secrets: [\"file:hook.secret\"]}}}}\n"
        )
    }

    /// Leads the App's webhook to a daemon.
    pub(crate) fn hook(&self, daemon: &str) {
        self.github.change(|world| {
            if let Some(app) = world.apps.get_mut(&self.app) {
                app.webhook_url = Some(format!("{daemon}/hooks/github"));
                app.webhook_secret = Some(SECRET.to_owned());
            }
        });
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> &str {
        self.github.base_url()
    }

    /// Plays the people from outside who accept their invitations; says who did.
    pub(crate) fn people_accept(&self) -> Vec<String> {
        self.github.change(|world| {
            let mut said = Vec::new();
            let names: std::collections::BTreeMap<_, _> =
                world.users.values().map(|user| (user.id, user.login.clone())).collect();
            for repository in world.repos.values_mut() {
                for invitation in std::mem::take(&mut repository.invitations).into_values() {
                    repository.direct.insert(invitation.invitee, invitation.role);
                    let who = names.get(&invitation.invitee).map_or("somebody", String::as_str);
                    said.push(format!("{who} accepts the invitation to {ORGANISATION}/{}", repository.name));
                }
            }
            said
        })
    }

    /// Somebody opens a repository to the world and lets merge commits in; says what was done.
    pub(crate) fn change_by_hand(&self) -> Option<String> {
        self.github.change(|world| {
            let repository = world.repos.values_mut().find(|repository| repository.name == "ms-orders")?;
            "public".clone_into(&mut repository.visibility);
            Some(format!(
                "{ORGANISATION}/ms-orders is made public (a click in GitHub's settings, past Aplomo)"
            ))
        })
    }
}

/// What the App asks for: what deploy/github says.
fn permissions() -> Result<Vec<(String, String)>> {
    let text = fs::read_to_string(door::root().join("deploy/github/app.json"))?;
    let app: serde_json::Value = serde_json::from_str(&text)?;
    let asked =
        app["default_permissions"].as_object().context("deploy/github/app.json names no permissions")?;
    Ok(asked
        .iter()
        .map(|(name, level)| (name.clone(), level.as_str().unwrap_or("read").to_owned()))
        .collect())
}
