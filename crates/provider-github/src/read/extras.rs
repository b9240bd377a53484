//! What only REST tells of repositories, asked where it is wished: security settings in bulk, pages and
//! private reporting one by one.

use super::enforced::Enforced;
use crate::line::Line;
use crate::problem::GithubProblem;
use crate::read::sweep::node::{id, must};
use crate::read::{Find, Haul};
use crate::route::Route;
use aplomo_core::fields::Sight;
use aplomo_core::ports::Sought;
use aplomo_core::{Coverage, Seen};
use aplomo_resources::github::model::Repository;
use aplomo_resources::github::names;
use serde_json::Value;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

const BULK: [&str; 4] = [
    "/security/secretScanning",
    "/security/pushProtection",
    "/security/dependabotUpdates",
    "/features/pages",
];
const ALERTS: &str = "/security/dependabotAlerts";
const REPORTING: &str = "/security/privateVulnerabilityReporting";

/// What was asked, by repository.
#[derive(Default)]
pub(crate) struct Extras {
    listed: BTreeMap<String, Value>,
    pages: BTreeMap<String, Sight<SmolStr>>,
    reporting: BTreeMap<String, Sight<bool>>,
    enforced: Enforced,
}

impl Extras {
    pub(crate) async fn read(
        line: &Line<'_>,
        sought: Option<&Sought>,
        repositories: &[&Value],
        haul: &mut Haul<'_>,
    ) -> Self {
        let mut extras = Self::default();
        let Some(sought) = sought else { return extras };
        // Before and after a write to repositories all is read of those that matter.
        let written = sought.narrow.as_ref().is_some_and(|narrow| narrow.types.contains(&names::REPOSITORY));
        let lowered = repositories.iter().filter_map(|node| must(node, "name")).map(str::to_lowercase);
        let these: BTreeSet<SmolStr> = lowered.filter(|_| written).map(SmolStr::new).collect();
        let keys = |path| if written { these.clone() } else { sought.keys(&names::REPOSITORY, path) };
        if BULK.iter().any(|path| !keys(path).is_empty()) {
            extras.list(line, sought.narrow.is_some(), repositories, haul).await;
        }
        let security = BULK.iter().chain([&REPORTING, &ALERTS]).filter(|path| path.starts_with("/security/"));
        if sought.narrow.is_none() && security.clone().any(|path| !keys(path).is_empty()) {
            extras.enforced = Enforced::read(line).await;
        }
        let (pages, reporting) = (keys("/features/pages"), keys(REPORTING));
        for node in repositories {
            let (Some(id), Some(name)) = (id(node, "databaseId"), must(node, "name")) else { continue };
            let key = SmolStr::new(name.to_lowercase());
            if pages.contains(&key) {
                let found = extras.pages_of(line, &id, name).await;
                extras.pages.insert(id.clone(), found);
            }
            if reporting.contains(&key) {
                extras.reporting.insert(id, reporting_of(line, name).await);
            }
        }
        extras
    }

    /// Of a few repositories each by itself, of all in pages of a hundred.
    async fn list(&mut self, line: &Line<'_>, narrow: bool, repositories: &[&Value], haul: &mut Haul<'_>) {
        let organisation = &line.site.organisation;
        let mut all: Vec<Value> = Vec::new();
        let mut problem = None;
        if narrow {
            for name in repositories.iter().filter_map(|node| must(node, "name")) {
                match line.ask(&Route::get("/repos/{owner}/{repo}", &[organisation, name])).await {
                    Ok(repository) => all.push(repository),
                    Err(why) => problem = Some(why),
                }
            }
        } else {
            (all, problem) = line.pages(&Route::list("/orgs/{org}/repos", &[organisation]), None).await;
        }
        if let Some(problem) = problem {
            let why = format!("security settings could not all be read: {problem}");
            haul.cover(&names::REPOSITORY, None, Coverage::LowerBound(why));
        }
        self.listed = all.into_iter().filter_map(|r| Some((id(&r, "id")?, r))).collect();
    }

    async fn pages_of(&self, line: &Line<'_>, id: &str, name: &str) -> Sight<SmolStr> {
        if self.listed.get(id).is_some_and(|listed| listed["has_pages"] == false) {
            return Sight::Absent;
        }
        let route = Route::get("/repos/{owner}/{repo}/pages", &[&line.site.organisation, name]);
        match line.ask::<Value>(&route).await {
            Err(problem) => {
                // The listing says that there are pages, so "not found" means "not shown".
                let told = self.listed.contains_key(id);
                if problem.is_not_visible() && !told { Sight::Absent } else { Sight::Hidden }
            }
            Ok(pages) if pages["build_type"] == "workflow" => Sight::Value("workflow".into()),
            Ok(pages) => {
                let source = &pages["source"];
                match (must(source, "branch"), must(source, "path")) {
                    (Some(branch), Some(path)) => Sight::Value(SmolStr::new(format!("{branch}:{path}"))),
                    _ => Sight::Hidden,
                }
            }
        }
    }

    /// What is to be said of a repository beside its fields.
    pub(crate) fn tell<'f>(&self, repository: &str, find: Find<'f>) -> Find<'f> {
        self.enforced.tell(repository, find)
    }

    /// Puts what was told where it belongs.
    pub(crate) fn fill(&self, repository: &str, fields: &mut Repository<Seen>) {
        if let Some(listed) = self.listed.get(repository) {
            let security = &listed["security_and_analysis"];
            fields.secret_scanning = status(security, "secret_scanning");
            fields.push_protection = status(security, "secret_scanning_push_protection");
            fields.dependabot_updates = status(security, "dependabot_security_updates");
            if listed["has_pages"] == false {
                fields.pages = Sight::Absent;
            }
        }
        if let Some(pages) = self.pages.get(repository) {
            fields.pages = pages.clone();
        }
        if let Some(reporting) = self.reporting.get(repository) {
            fields.private_reporting = reporting.clone();
        }
    }
}

/// Told only to administrators; where it is not told it is hidden.
fn status(security: &Value, key: &str) -> Sight<bool> {
    match security[key]["status"].as_str() {
        Some(status) => Sight::Value(status == "enabled"),
        None => Sight::Hidden,
    }
}

async fn reporting_of(line: &Line<'_>, name: &str) -> Sight<bool> {
    let parts = [line.site.organisation.as_str(), name];
    let route = Route::get("/repos/{owner}/{repo}/private-vulnerability-reporting", &parts);
    let answer: Result<Value, GithubProblem> = line.ask(&route).await;
    match answer.ok().and_then(|answer| answer["enabled"].as_bool()) {
        Some(enabled) => Sight::Value(enabled),
        None => Sight::Hidden,
    }
}
