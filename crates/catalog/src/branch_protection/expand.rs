//! From a protection to a ruleset or classic rules in every repository it is for.

use super::spec::{BranchProtectionSpec, Mechanism, Rules, Selector};
use super::{checks, make};
use crate::estate::Estate;
use crate::github::{People, scope, tell};
use crate::kind::{Expansion, Head, Manifest};
use crate::repository::{Repo, Repository, repo};
use crate::suggest;
use aplomo_core::fields::WantedFields;
use aplomo_core::resource::{Adopt, Desired};
use aplomo_core::{Finding, ManifestName, Model as _, Type as _, TypeName};
use aplomo_resources::github::branch_rule::BranchRules;
use aplomo_resources::github::ruleset::Rulesets;
use aplomo_resources::github::{BRANCH_PROTECTION_RULE, RULESET};
use smol_str::SmolStr;

pub(super) fn expand(manifest: &Manifest<'_, BranchProtectionSpec>, estate: &Estate<'_>) -> Expansion {
    let mut out = Expansion::default();
    let rules = manifest.spec.rules();
    checks::check_rules(manifest.head, &rules, "/spec", &mut out.findings);
    if rules.mechanism == Mechanism::Classic && manifest.spec.name.is_some() {
        let finding = Finding::error("not-in-classic", "classic rules have no name");
        let finding = finding.help("take `name` out, or set `mechanism: ruleset`");
        out.findings.push(manifest.finding_at(finding, "/spec/name"));
    }
    let repos = selected(manifest, estate, &mut out.findings);
    let here = match repos.first() {
        Some(repo) => repo.scope.clone(),
        None => scope(manifest.head, estate, None, &mut Vec::new()),
    };
    let mut people = People::new(manifest.head, estate, &here);
    for repo in &repos {
        checks::against(manifest.head, &rules, repo, "/spec", &mut out.findings);
        let name = manifest.spec.name.as_deref().unwrap_or(manifest.reference.name.as_str());
        let mut place = Place { head: manifest.head, repo, people: &mut people, out: &mut out, at: "/spec" };
        place.protect(name, &[repo.manifest.reference.name.as_str()], &rules);
    }
    let (users, mut said) = people.finish();
    // Every repository asked for the same people.
    said.sort();
    said.dedup();
    out.resources.extend(users);
    out.findings.extend(said);
    out
}

/// What a repository's type brings to protect it.
pub(crate) fn protect_by_type(repo: &Repo<'_>, people: &mut People<'_>, out: &mut Expansion) {
    let Some(of) = &repo.r#type else { return };
    for protection in &of.spec.branch_protections {
        let rules = protection.rules();
        checks::against(repo.manifest.head, &rules, repo, "/spec/type", &mut out.findings);
        let mut place = Place { head: repo.manifest.head, repo, people, out, at: "/spec/type" };
        place.protect(&protection.name, &[&protection.name], &rules);
    }
}

struct Place<'a, 'p> {
    head: &'a Head<'a>,
    repo: &'a Repo<'a>,
    people: &'a mut People<'p>,
    out: &'a mut Expansion,
    at: &'a str,
}

impl Place<'_, '_> {
    fn protect(&mut self, name: &str, key: &[&str], rules: &Rules<'_>) {
        if rules.mechanism == Mechanism::Ruleset {
            let model = make::ruleset(name, rules, self.people, self.at);
            match Rulesets::normalise(model) {
                Ok(model) => self.add(&RULESET, key, model.to_fields()),
                Err(wrong) => tell(self.head, wrong, self.at, &mut self.out.findings),
            }
            return;
        }
        for pattern in make::covered(rules) {
            let Some(pattern) = self.branch(pattern) else { continue };
            let model = make::classic(&pattern, rules, self.people, self.at);
            match BranchRules::normalise(model) {
                Ok(model) => {
                    let key: Vec<&str> = key.iter().copied().chain([pattern.as_str()]).collect();
                    self.add(&BRANCH_PROTECTION_RULE, &key, model.to_fields());
                }
                Err(wrong) => tell(self.head, wrong, self.at, &mut self.out.findings),
            }
        }
    }

    /// Classic rules know the default branch by its name only.
    fn branch(&mut self, pattern: SmolStr) -> Option<SmolStr> {
        if pattern != "~DEFAULT_BRANCH" {
            return Some(pattern);
        }
        let default = self.repo.settings.default_branch.clone();
        if default.is_none() {
            let name = &self.repo.manifest.reference.name;
            let message = format!(
                "a classic rule names its branch, and the default branch of `{name}` is not described"
            );
            let help = format!("set `defaultBranch` in the Repository `{name}`, or `patterns` here");
            let finding = Finding::error("unknown-default-branch", message).help(help);
            self.out.findings.push(self.head.finding_at(finding, &format!("{}/patterns", self.at)));
        }
        default
    }

    /// Where it was when the repository's manifest had other names.
    fn former(&self, type_name: &TypeName, key: &[&str]) -> Vec<aplomo_core::Address> {
        let repo = &self.repo.manifest;
        let (Some(first), false) = (key.first(), self.head.reference == repo.reference) else {
            return Vec::new();
        };
        if *first != repo.reference.name.as_str() {
            return Vec::new();
        }
        let names = repo.metadata.previous_names.iter();
        names
            .map(|old| {
                let key: Vec<&str> = std::iter::once(old.as_str()).chain(key[1..].iter().copied()).collect();
                self.head.reference.resource(type_name, &key)
            })
            .collect()
    }

    fn add(&mut self, type_name: &TypeName, key: &[&str], fields: WantedFields) {
        let mut desired: Desired = self.head.desired(type_name, key, self.repo.inside(), fields);
        // What a type brings is adopted with its repository.
        let own = self.head.lifecycle.adopt.as_ref().filter(|_| self.at == "/spec");
        desired.adopt = match (own, &self.repo.manifest.lifecycle.adopt) {
            (Some(id), _) => Adopt::Id(id.clone()),
            (None, Some(_)) => Adopt::InContainer,
            (None, None) => Adopt::No,
        };
        desired.previous.extend(self.former(type_name, key));
        let mark = self.head.place(self.at);
        desired.origins.iter_mut().for_each(|origin| origin.line = mark.line);
        self.out.resources.push(desired);
    }
}

/// The repositories that it is for.
fn selected<'e>(
    manifest: &Manifest<'_, BranchProtectionSpec>,
    estate: &'e Estate<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Repo<'e>> {
    let tenant = &manifest.reference.tenant;
    let mut names: Vec<ManifestName> = Vec::new();
    for (n, written) in manifest.spec.repositories.iter().enumerate() {
        match ManifestName::new(written).ok().filter(|name| estate.knows::<Repository>(tenant, name)) {
            Some(name) if names.contains(&name) => {}
            Some(name) => names.push(name),
            None => {
                let message = format!("there is no Repository `{}`", written.escape_debug());
                let known = estate.names::<Repository>(tenant);
                let help = suggest::or_list(written, known, "the Repositories are");
                let finding = Finding::error("unknown-repository", message).help(help);
                findings.push(manifest.finding_at(finding, &format!("/spec/repositories/{n}")));
            }
        }
    }
    let mut repos: Vec<Repo<'e>> = Vec::new();
    // What is wrong with a repository is told where it is described.
    let mut theirs = Vec::new();
    repos.extend(names.iter().filter_map(|name| repo(estate, tenant, name, &mut theirs)));
    if let Some(selector) = &manifest.spec.selector {
        known_type(manifest, selector, estate, findings);
        let all = estate.names::<Repository>(tenant).filter_map(|name| ManifestName::new(name).ok());
        let more = all
            .filter(|name| !names.contains(name))
            .filter_map(|name| repo(estate, tenant, &name, &mut theirs));
        repos.extend(more.filter(|repo| picks(selector, repo)));
    }
    if repos.is_empty() && findings.is_empty() {
        let message = "it is for no repository";
        let help = "name some in `repositories`, or let `selector` pick some";
        findings.push(manifest.finding_at(Finding::warning("protects-nothing", message).help(help), "/spec"));
    }
    repos
}

fn picks(selector: &Selector, repo: &Repo<'_>) -> bool {
    let topics: Vec<String> = repo.settings.topics.iter().flatten().map(|t| t.to_lowercase()).collect();
    let labels = &repo.manifest.metadata.labels;
    let empty = selector.r#type.is_none() && selector.topics.is_empty() && selector.labels.is_empty();
    !empty
        && selector.r#type.as_ref().is_none_or(|wanted| repo.manifest.spec.r#type.as_ref() == Some(wanted))
        && selector.topics.iter().all(|topic| topics.contains(&topic.to_lowercase()))
        && selector.labels.iter().all(|(key, value)| labels.get(key) == Some(value))
}

/// `unknown-repository-type`, `protects-nothing`.
fn known_type(
    manifest: &Manifest<'_, BranchProtectionSpec>,
    selector: &Selector,
    estate: &Estate<'_>,
    findings: &mut Vec<Finding>,
) {
    let Some(written) = &selector.r#type else { return };
    let tenant = &manifest.reference.tenant;
    let finding = crate::repository_type::unknown(estate, tenant, written);
    findings.extend(finding.map(|finding| manifest.finding_at(finding, "/spec/selector/type")));
}
