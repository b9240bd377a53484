//! Which settings an enforced security configuration of the organisation owns: who writes them there is refused.
//!
//! A finding comes of it and no more, so that where our credentials are not told, nothing is said.

use crate::line::Line;
use crate::read::Find;
use crate::read::sweep::node::id;
use crate::route::Route;
use aplomo_core::Datum;
use aplomo_resources::github::names::output;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// GitHub's keys and our paths.
const SETTINGS: [(&str, &str); 5] = [
    ("dependabot_alerts", "/security/dependabotAlerts"),
    ("dependabot_security_updates", "/security/dependabotUpdates"),
    ("private_vulnerability_reporting", "/security/privateVulnerabilityReporting"),
    ("secret_scanning", "/security/secretScanning"),
    ("secret_scanning_push_protection", "/security/pushProtection"),
];
const ALL: &str = "/orgs/{org}/code-security/configurations";
const REPOSITORIES: &str = "/orgs/{org}/code-security/configurations/{configuration_id}/repositories";

/// Paths by repository.
#[derive(Default)]
pub(crate) struct Enforced(BTreeMap<String, BTreeSet<&'static str>>);

impl Enforced {
    /// One listing, and one more for each configuration that is enforced.
    pub(crate) async fn read(line: &Line<'_>) -> Self {
        let organisation = &line.site.organisation;
        let (all, _) = line.pages::<Value>(&Route::list(ALL, &[organisation]), None).await;
        let mut enforced = Self::default();
        for one in all.iter().filter(|one| one["enforcement"] == "enforced") {
            let Some(number) = id(one, "id") else { continue };
            let paths =
                SETTINGS.iter().filter(|(key, _)| matches!(one[*key].as_str(), Some("enabled" | "disabled")));
            let paths: Vec<&'static str> = paths.map(|(_, path)| *path).collect();
            let route = Route::list(REPOSITORIES, &[organisation, &number]);
            let (attached, _) = line.pages::<Value>(&route, None).await;
            for repository in attached.iter().filter_map(|entry| id(&entry["repository"], "id")) {
                enforced.0.entry(repository).or_default().extend(&paths);
            }
        }
        enforced
    }

    pub(crate) fn tell<'f>(&self, repository: &str, mut find: Find<'f>) -> Find<'f> {
        let paths = self.0.get(repository).into_iter().flatten();
        let paths: Vec<Datum> = paths.map(|path| Datum::from(*path)).collect();
        if !paths.is_empty() {
            find.outputs.push((output::ENFORCED, Datum::List(paths)));
        }
        find
    }
}
