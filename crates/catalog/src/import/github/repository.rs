//! A Repository manifest for a repository as it was seen.

use super::{Fields, access, content, finish, hidden, is_hidden};
use crate::import::{Imported, Options};
use aplomo_core::{Model as _, Observed, Seen, Sight};
use aplomo_resources::github::model::Repository;
use smol_str::SmolStr;

/// Writes a Repository manifest. What it cannot say is noted.
pub(crate) fn repository_manifest(
    repository: &Observed,
    inside: &[&Observed],
    options: &Options,
) -> Imported {
    let model = Repository::<Seen>::from_fields(&repository.fields).unwrap_or_default();
    let mut spec = Fields::default();
    let mut notes = Vec::new();
    let name = model.name.value().map_or("", SmolStr::as_str);
    spec.text("name", Some(name).filter(|name| *name != options.name.as_str()));
    own(&model, &mut spec);
    unseen(&model, &mut notes);
    access::write(inside, &mut spec, &mut notes);
    content::write(inside, &mut spec, &mut notes);
    finish("Repository", (repository, "repository"), options, &spec, notes)
}

fn own(model: &Repository<Seen>, spec: &mut Fields) {
    spec.text("description", model.description.value());
    spec.text("homepage", model.homepage.value());
    spec.texts("topics", model.topics.value());
    spec.word("visibility", model.visibility.value());
    spec.text("defaultBranch", model.default_branch.value());
    spec.word("archived", model.archived.value().filter(|archived| **archived));
    spec.word("isTemplate", model.is_template.value().filter(|template| **template));
    let mut features = Fields::default();
    features.word("issues", model.issues.value());
    features.word("wiki", model.wiki.value());
    features.word("projects", model.projects.value());
    features.word("discussions", model.discussions.value());
    features.word("forking", model.forking.value());
    features.text("pages", pages(model));
    spec.part("features", features);
    merge(model, spec);
    let mut security = Fields::default();
    security.word("secretScanning", model.secret_scanning.value());
    security.word("pushProtection", model.push_protection.value());
    security.word("dependabotAlerts", model.dependabot_alerts.value());
    security.word("dependabotUpdates", model.dependabot_updates.value());
    security.word("privateVulnerabilityReporting", model.private_reporting.value());
    spec.part("security", security);
}

/// Pages that are off are wished so, too; served from another folder they have no word.
fn pages(model: &Repository<Seen>) -> Option<SmolStr> {
    match &model.pages {
        Sight::Absent => Some("off".into()),
        Sight::Value(pages) => {
            let known = pages == "workflow" || pages.ends_with(":/") || pages.ends_with(":/docs");
            known.then(|| pages.clone())
        }
        Sight::Hidden => None,
    }
}

fn merge(model: &Repository<Seen>, spec: &mut Fields) {
    let mut merge = Fields::default();
    merge.texts("methods", model.merge_methods.value().filter(|methods| !methods.is_empty()));
    merge.word("autoMerge", model.auto_merge.value());
    merge.word("deleteBranchOnMerge", model.delete_branch.value());
    merge.word("updateBranch", model.update_branch.value());
    merge.word("signOff", model.sign_off.value());
    let mut titles = Fields::default();
    let squashes = model.merge_methods.value().is_none_or(|methods| methods.contains("squash"));
    if squashes {
        titles.word("squash", model.squash_title.value());
        titles.word("squashMessage", model.squash_message.value());
    }
    titles.word("merge", model.merge_title.value());
    titles.word("mergeMessage", model.merge_message.value());
    merge.part("titles", titles);
    spec.part("merge", merge);
}

fn unseen(model: &Repository<Seen>, notes: &mut Vec<String>) {
    let all = [
        ("visibility", is_hidden(&model.visibility)),
        ("topics", is_hidden(&model.topics)),
        ("defaultBranch", is_hidden(&model.default_branch)),
        ("features.discussions", is_hidden(&model.discussions)),
        ("features.pages", is_hidden(&model.pages)),
        ("merge.methods", is_hidden(&model.merge_methods)),
        ("merge.autoMerge", is_hidden(&model.auto_merge)),
        ("merge.deleteBranchOnMerge", is_hidden(&model.delete_branch)),
        ("merge.titles", is_hidden(&model.squash_title) || is_hidden(&model.merge_title)),
        ("security.secretScanning", is_hidden(&model.secret_scanning)),
        ("security.pushProtection", is_hidden(&model.push_protection)),
        ("security.dependabotAlerts", is_hidden(&model.dependabot_alerts)),
        ("security.dependabotUpdates", is_hidden(&model.dependabot_updates)),
        ("security.privateVulnerabilityReporting", is_hidden(&model.private_reporting)),
    ];
    let fields: Vec<&str> = all.iter().filter(|(_, is)| *is).map(|(field, _)| *field).collect();
    hidden(notes, "the repository", &fields);
    if let (Sight::Value(pages), None) = (&model.pages, pages(model)) {
        notes
            .push(format!("its pages come from `{pages}`, which a manifest cannot say: they are left alone"));
    }
}
