//! The bulk reader: an organisation's repositories with what is in them, teams, people and rulesets,
//! from one family of GraphQL pages.
//!
//! Before and after a write it looks closely at the repositories that matter, and of the others learns
//! the names alone.

mod access;
pub(crate) mod actor;
mod lapsed;
mod managers;
mod people;
pub(crate) mod repository;
mod rules;
mod rulesets;
mod teams;

pub(crate) use access::spoken;

use crate::line::{Line, Site};
use crate::problem::GithubProblem;
use crate::read::extras::Extras;
use crate::read::sweep::{self, Sweep, documents, node};
use crate::read::{Haul, seen_of};
use aplomo_core::ports::{Fut, Narrow, Pick, ReadCx, Reader};
use aplomo_core::{Coverage, Observation, Scope, Seen, TypeName};
use aplomo_resources::github::model::Repository;
use aplomo_resources::github::names;
use node::{id, must};
use people::People;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use teams::Roster;

/// What lives in repositories.
const INSIDE: &[TypeName] =
    &[names::COLLABORATOR, names::DEPLOY_KEY, names::LABEL, names::RULESET, names::BRANCH_PROTECTION_RULE];
/// What teams and people are read for.
const BESIDE: &[TypeName] =
    &[names::TEAM, names::TEAM_MEMBERSHIP, names::TEAM_GRANT, names::USER, names::RULESET];
const FEEDS: &[TypeName] = &[
    names::REPOSITORY,
    names::TEAM_GRANT,
    names::COLLABORATOR,
    names::DEPLOY_KEY,
    names::LABEL,
    names::RULESET,
    names::BRANCH_PROTECTION_RULE,
    names::TEAM,
    names::TEAM_MEMBERSHIP,
    names::USER,
];
/// People outside the organisation are asked for by name; some settings only REST tells.
const COSTLY: &[(TypeName, &str)] = &[
    (names::USER, ""),
    (names::REPOSITORY, "/security/secretScanning"),
    (names::REPOSITORY, "/security/pushProtection"),
    (names::REPOSITORY, "/security/dependabotUpdates"),
    (names::REPOSITORY, "/security/privateVulnerabilityReporting"),
    (names::REPOSITORY, "/features/pages"),
];

/// See the module.
pub(crate) struct Organisation(pub(crate) Arc<Site>);

impl Reader for Organisation {
    fn feeds(&self) -> &[TypeName] {
        FEEDS
    }
    fn after(&self) -> &[TypeName] {
        &[]
    }
    fn costly(&self) -> &[(TypeName, &'static str)] {
        COSTLY
    }
    fn read<'a>(&'a self, cx: &'a ReadCx<'a>, scope: &'a Scope, _: Pick<'a>) -> Fut<'a, Observation> {
        Box::pin(async move {
            let line = Line::to_read(&self.0, cx);
            let begun = line.now();
            let narrow = cx.sought.and_then(|sought| sought.narrow.as_ref());
            let mut reading = Reading { line: &line, cx, haul: Haul::new(scope) };
            let result = match narrow {
                None => reading.all().await,
                Some(narrow) => reading.around(narrow).await,
            };
            if let Err(problem) = result {
                FEEDS.iter().for_each(|t| reading.haul.cover(t, None, Coverage::Failed(problem.to_string())));
            }
            reading.haul.done(&line, begun)
        })
    }
}

struct Reading<'r, 'a> {
    line: &'r Line<'a>,
    cx: &'r ReadCx<'a>,
    haul: Haul<'r>,
}

impl Reading<'_, '_> {
    /// The whole organisation.
    async fn all(&mut self) -> Result<(), GithubProblem> {
        let sweep = sweep::organisation(self.line, &documents::SIDE_BY_SIDE).await?;
        FEEDS.iter().for_each(|type_name| self.haul.cover(type_name, None, Coverage::Complete));
        self.only_some().await?;
        let repositories = self.list(&sweep, "repositories", &[&[names::REPOSITORY], INSIDE].concat());
        let extras = Extras::read(self.line, self.cx.sought, &repositories, &mut self.haul).await;
        let members = self.list(&sweep, "membersWithRole", &[names::USER]);
        let mut people = People::of(&members);
        people.complete(self.line, &members, &repositories).await;
        let mut roles = access::TeamRoles::new();
        for repository in &repositories {
            self.repository(repository, &extras, &people, &mut roles);
        }
        self.beside(&sweep, &repositories, (&members, &people), &roles).await;
        Ok(())
    }

    /// Around a few objects.
    async fn around(&mut self, narrow: &Narrow) -> Result<(), GithubProblem> {
        let (all, complete) = sweep::repository_names(self.line).await?;
        self.haul.cover(&names::REPOSITORY, None, seen_of(complete, "repositories"));
        self.only_some().await?;
        let matters = |node: &&Value| {
            id(node, "databaseId").is_some_and(|id| narrow.ids.iter().any(|i| i.as_str() == id))
        };
        let (close, far): (Vec<&Value>, Vec<&Value>) = all.iter().partition(matters);
        far.iter().for_each(|node| self.glimpse(node));
        let ids: Vec<String> = close.iter().filter_map(|node| must(node, "id").map(str::to_owned)).collect();
        let found = sweep::repositories(self.line, &ids).await?;
        let found: Vec<&Value> = found.iter().collect();
        let shown: BTreeSet<&str> = found.iter().filter_map(|node| must(node, "id")).collect();
        for node in close.iter().filter(|node| must(node, "id").is_none_or(|id| !shown.contains(id))) {
            self.unshown(node);
        }
        let extras = Extras::read(self.line, self.cx.sought, &found, &mut self.haul).await;
        let mut roles = access::TeamRoles::new();
        for repository in &found {
            let within = id(repository, "databaseId");
            INSIDE.iter().for_each(|t| self.haul.cover(t, within.as_deref(), Coverage::Complete));
            self.repository(repository, &extras, &People::default(), &mut roles);
        }
        if BESIDE.iter().any(|t| narrow.types.contains(t)) {
            let sweep = sweep::organisation(self.line, &["teams", "membersWithRole", "rulesets"]).await?;
            BESIDE.iter().for_each(|t| self.haul.cover(t, None, Coverage::Complete));
            let all: Vec<&Value> = all.iter().collect();
            let members = self.list(&sweep, "membersWithRole", &[names::USER]);
            self.beside(&sweep, &all, (&members, &People::of(&members)), &roles).await;
        }
        Ok(())
    }

    /// A list of the organisation; where it ends early, that much is not known of these types.
    fn list<'s>(&mut self, sweep: &'s Sweep, field: &str, types: &[TypeName]) -> Vec<&'s Value> {
        let mut all = Vec::new();
        let gap = match node::items(&sweep.data, field) {
            Err(why) => Some(Coverage::Failed(why)),
            Ok((items, complete)) => {
                all = items;
                (!complete).then(|| seen_of(false, field))
            }
        };
        let cut = sweep.cut.get(field).and_then(Value::as_str);
        let cut = cut.map(|why| {
            Coverage::LowerBound(format!("only the first {} {field} could be read: {why}", all.len()))
        });
        // That a list goes on is no news where a page of it failed.
        let news = if matches!(gap, Some(Coverage::Failed(_))) { gap } else { cut.or(gap) };
        if let Some(coverage) = news {
            types.iter().for_each(|t| self.haul.cover(t, None, coverage.clone()));
        }
        all
    }

    /// An App that is installed for some repositories sees no others.
    async fn only_some(&mut self) -> Result<(), GithubProblem> {
        if self.line.site.keys.sees_only_some(self.line).await? {
            let why = format!(
                "the App is installed for selected repositories of `{}` only, so no other is seen: let it have all",
                self.line.site.organisation
            );
            self.haul.cover(&names::REPOSITORY, None, Coverage::LowerBound(why));
        }
        Ok(())
    }

    /// Of a repository that does not matter now: that it is there.
    fn glimpse(&mut self, node: &Value) {
        self.learn(node);
        let Some(find) = repository::find(node) else { return };
        let nothing = Value::Null;
        let hidden = repository::fields(&nothing);
        let fields = Repository::<Seen> { name: node::word(node, "name"), ..hidden };
        self.haul.take(&names::REPOSITORY, find, &fields);
    }

    /// A repository that is listed, and is not shown when it is looked at: gone since, or hidden. Neither its
    /// absence nor that of anything in it is proven.
    fn unshown(&mut self, node: &Value) {
        self.glimpse(node);
        self.haul.cover(&names::REPOSITORY, None, seen_of(false, "repositories"));
        let within = id(node, "databaseId");
        let name = must(node, "name").unwrap_or_default();
        let why = format!("{name} is listed, and GitHub does not show it to our credentials");
        for type_name in [INSIDE, &[names::TEAM_GRANT]].concat() {
            self.haul.cover(&type_name, within.as_deref(), Coverage::Failed(why.clone()));
        }
    }

    fn learn(&self, node: &Value) {
        if let (Some(id), Some(name)) = (id(node, "databaseId"), must(node, "name")) {
            self.line.site.names.learn_repository(id, name, must(node, "id").unwrap_or_default());
        }
    }

    fn repository(&mut self, node: &Value, extras: &Extras, people: &People, roles: &mut access::TeamRoles) {
        self.learn(node);
        let Some((id, find)) = id(node, "databaseId").zip(repository::find(node)) else {
            return self.haul.cover(&names::REPOSITORY, None, seen_of(false, "repositories"));
        };
        let mut fields = repository::fields(node);
        extras.fill(&id, &mut fields);
        let find = extras.tell(&id, find);
        self.haul.take(&names::REPOSITORY, find, &fields);
        repository::labels(&mut self.haul, &id, node);
        repository::deploy_keys(&mut self.haul, &id, node);
        rules::all(&mut self.haul, self.line, &id, node);
        rulesets::all(&mut self.haul, self.line, Some(&id), node, &rulesets::ByNode::new());
        access::collaborators(&mut self.haul, self.line, &id, node, people, roles);
    }

    /// People, teams, and the organisation's rulesets.
    async fn beside(
        &mut self,
        sweep: &Sweep,
        repositories: &[&Value],
        (members, people): (&[&Value], &People),
        roles: &access::TeamRoles,
    ) {
        people::members(&mut self.haul, self.line, members, people);
        let known: BTreeSet<String> =
            members.iter().filter_map(|p| must(&p["node"], "login")).map(str::to_lowercase).collect();
        let mut asked = self.cx.sought.map(|sought| sought.keys(&names::USER, "")).unwrap_or_default();
        asked.retain(|login| !known.contains(&login.to_lowercase()));
        people::others(&mut self.haul, self.line, &asked).await;
        let all = self.list(sweep, "teams", &[names::TEAM, names::TEAM_MEMBERSHIP, names::TEAM_GRANT]);
        let managers = managers::among(&mut self.haul, self.line, &all, repositories.len()).await;
        let memory = self.cx.memory;
        let roster = Roster { line: self.line, people, managers: &managers, roles, memory };
        teams::all(&mut self.haul, &roster, &all);
        lapsed::all(&mut self.haul, self.line, self.cx.memory).await;
        let by_node =
            repositories.iter().filter_map(|r| Some((must(r, "id")?.to_owned(), id(r, "databaseId")?)));
        rulesets::all(&mut self.haul, self.line, None, &sweep.data, &by_node.collect());
    }
}
