//! `github.repo.Repository`.
//!
//! Its remote id is the numeric one, so a new name is an update in place and never another repository.
//! A manifest that goes archives it: the writer never deletes one.

mod assess;
mod survey;

use super::model::Repository;
use super::names::REPOSITORY;
use super::shape;
use crate::normal::{Normal, absent_if};
use aplomo_core::fields::{SeenFields, WantedFields};
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Removal, Surroundings, Turnover, Watch};
use aplomo_core::{Datum, FieldPath, Finding, Seen, Type, TypeName, Wanted, Wish};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The type of repositories. Its identity is the name in lower case.
pub struct Repositories;

impl Type for Repositories {
    const NAME: TypeName = REPOSITORY;
    const STATEFUL: bool = true;
    const COUNTING: Counting = Counting::PerTenant;
    const REMOVAL: Removal = Removal::Archives;
    type Model<M: Mode> = Repository<M>;

    fn normalise(mut model: Repository<Wanted>) -> Result<Repository<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("repository");
        normal.value("name", &mut model.name, |name| shape::repository(name));
        shape::text(&mut normal, "description", &mut model.description, 350);
        shape::text(&mut normal, "homepage", &mut model.homepage, 255);
        shape::each(&mut normal, "topics", &mut model.topics, topic);
        if model.topics.value().is_some_and(|topics| topics.len() > 20) {
            normal.wrong("topics", "a repository has at most 20");
        }
        normal.word("visibility", &mut model.visibility, &["public", "internal", "private"]);
        normal.value("defaultBranch", &mut model.default_branch, branch);
        normal.value("template", &mut model.template, template);
        normal.value("pages", &mut model.pages, pages_of);
        absent_if(&mut model.pages, |pages| pages == "off");
        merging(&mut model, &mut normal);
        normal.done(model)
    }
    fn identity_wanted(model: &Repository<Wanted>) -> Option<SmolStr> {
        model.name.value().map(|name| name.to_ascii_lowercase().into())
    }
    fn identity(model: &Repository<Seen>) -> Option<SmolStr> {
        model.name.value().map(|name| name.to_ascii_lowercase().into())
    }
    fn turnover(_: &FieldPath) -> Turnover {
        Turnover::InPlace
    }
    fn assess(before: Option<&Repository<Seen>>, after: Option<&Repository<Wanted>>) -> Assessment {
        assess::repository(before, after)
    }
    /// An archived repository answers differently about its alerts and takes no other change: as long as
    /// it shall stay archived nothing else counts.
    fn indifferent(path: &FieldPath, wanted: &WantedFields, seen: &SeenFields) -> bool {
        let archived = Some(&Datum::Bool(true));
        let stays = seen.value("/archived") == archived
            && !matches!(wanted.get("/archived"), Some(Wish::Value(Datum::Bool(false))));
        stays && path.as_str() != "/archived" && path.as_str() != "/visibility"
    }
    fn notices(seen: &Repository<Seen>, watch: &Watch<'_>) -> Vec<Finding> {
        assess::notices(seen, watch)
    }
    const SURVEYS: bool = true;
    fn survey(seen: &Repository<Seen>, around: Surroundings<'_>) -> Vec<Finding> {
        survey::repository(seen, around)
    }
}

fn topic(written: &str) -> Result<SmolStr, String> {
    let lower = written.trim().to_ascii_lowercase();
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if lower.is_empty() || lower.len() > 50 || !lower.chars().all(fine) || lower.starts_with('-') {
        let shown = written.escape_debug();
        return Err(format!("`{shown}` is no topic: up to 50 of a-z, 0-9 and `-`, not beginning with `-`"));
    }
    Ok(lower.into())
}

/// A branch's name as git takes it.
fn branch(name: &SmolStr) -> Result<SmolStr, String> {
    let odd = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    let parts = || name.split('/').all(|p| !p.is_empty() && !p.starts_with('.') && !p.ends_with(".lock"));
    let wrong = name.is_empty() || name.chars().any(odd) || name.contains("..") || name.contains("@{");
    if wrong || name.ends_with('.') || name.starts_with('-') || !parts() {
        return Err(format!("`{}` is no name of a branch", name.escape_debug()));
    }
    Ok(name.clone())
}

fn template(name: &SmolStr) -> Result<SmolStr, String> {
    let parts = name.split_once('/').filter(|(owner, repo)| {
        shape::login(owner).is_ok() && shape::repository(repo).is_ok() && !repo.contains('/')
    });
    parts.map(|_| name.clone()).ok_or_else(|| format!("`{}` is no `owner/repository`", name.escape_debug()))
}

/// `off`, `workflow`, `<branch>:/` or `<branch>:/docs`.
fn pages_of(written: &SmolStr) -> Result<SmolStr, String> {
    let wrong = || {
        let shown = written.escape_debug();
        format!("`{shown}` is none of `off`, `workflow`, `<branch>:/` and `<branch>:/docs`")
    };
    match written.rsplit_once(':') {
        None if matches!(written.as_str(), "off" | "workflow") => Ok(written.clone()),
        Some((name, "/" | "/docs")) if branch(&name.into()).is_ok() => Ok(written.clone()),
        _ => Err(wrong()),
    }
}

/// What a merge's title and message may be made of, and which go together.
fn merging(model: &mut Repository<Wanted>, normal: &mut Normal) {
    if let Wish::Value(methods) = &mut model.merge_methods {
        *methods = std::mem::take(methods).iter().map(|m| m.trim().to_ascii_lowercase().into()).collect();
        let known = ["merge", "rebase", "squash"];
        if let Some(odd) = methods.iter().find(|m| !known.contains(&m.as_str())) {
            let shown = odd.escape_debug();
            normal.wrong("merge.methods", format!("`{shown}` is none of merge, rebase, squash"));
        }
        if methods.is_empty() {
            normal.wrong("merge.methods", "one way to merge must be left");
        }
    }
    if model.merge_methods == Wish::Absent {
        normal.wrong("merge.methods", "one way to merge must be left");
    }
    normal.word("merge.titles.squash", &mut model.squash_title, &["PR_TITLE", "COMMIT_OR_PR_TITLE"]);
    let squash = &["PR_BODY", "COMMIT_MESSAGES", "BLANK"];
    normal.word("merge.messages.squash", &mut model.squash_message, squash);
    normal.word("merge.titles.merge", &mut model.merge_title, &["PR_TITLE", "MERGE_MESSAGE"]);
    normal.word("merge.messages.merge", &mut model.merge_message, &["PR_BODY", "PR_TITLE", "BLANK"]);
    let word = |wish: &Wish<SmolStr>| wish.value().map(SmolStr::to_string);
    // As GitHub documents: these pairs are all it takes.
    if word(&model.merge_title).as_deref() == Some("MERGE_MESSAGE")
        && word(&model.merge_message).is_some_and(|message| message != "PR_TITLE")
    {
        normal.wrong("merge.messages.merge", "with the title MERGE_MESSAGE only PR_TITLE goes");
    }
    if word(&model.squash_title).as_deref() == Some("COMMIT_OR_PR_TITLE")
        && word(&model.squash_message).is_some_and(|message| message == "PR_BODY")
    {
        normal.wrong(
            "merge.messages.squash",
            "with the title COMMIT_OR_PR_TITLE only COMMIT_MESSAGES and BLANK go",
        );
    }
}

/// The security settings that are seen and wished, with what is lost without each.
pub(super) const SECURITY: [(&str, &str); 5] = [
    ("/security/secretScanning", "secrets in the code are no longer looked for"),
    ("/security/pushProtection", "pushes with secrets are no longer refused"),
    ("/security/dependabotAlerts", "vulnerable dependencies are no longer reported"),
    ("/security/dependabotUpdates", "vulnerable dependencies are no longer mended by pull request"),
    ("/security/privateVulnerabilityReporting", "vulnerabilities can no longer be reported in private"),
];

/// A set of words, for tests and for the assessment.
pub(super) fn words(set: Option<&BTreeSet<SmolStr>>) -> String {
    crate::change::list(set.into_iter().flatten())
}

#[cfg(test)]
mod tests;
