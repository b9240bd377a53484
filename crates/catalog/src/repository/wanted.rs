//! The repository itself as a model. What is unset is left alone.

use super::expand::Repo;
use super::parts::{MergeMethod, Visibility};
use aplomo_core::fields::WantedFields;
use aplomo_core::{Model as _, Wanted, Wish};
use aplomo_resources::github::model::Repository;
use smol_str::SmolStr;
use std::collections::BTreeSet;

pub(super) fn model(repo: &Repo<'_>) -> Repository<Wanted> {
    let s = &repo.settings;
    let (titles, features, merge, security) = (&s.merge.titles, &s.features, &s.merge, &s.security);
    Repository {
        name: Wish::Value(repo.name().into()),
        description: wish(s.description.as_ref()),
        homepage: wish(s.homepage.as_ref()),
        topics: s.topics.as_ref().map_or(Wish::LeftAlone, |all| Wish::Value(all.iter().cloned().collect())),
        visibility: wish(s.visibility.map(|v| SmolStr::new_static(v.as_str())).as_ref()),
        default_branch: wish(s.default_branch.as_ref()),
        archived: wish(s.archived.as_ref()),
        template: Wish::LeftAlone,
        is_template: wish(s.is_template.as_ref()),
        issues: wish(features.issues.as_ref()),
        wiki: wish(features.wiki.as_ref()),
        projects: wish(features.projects.as_ref()),
        discussions: wish(features.discussions.as_ref()),
        forking: wish(features.forking.as_ref()),
        pages: wish(features.pages.as_ref()),
        merge_methods: methods(merge.methods.as_deref()),
        auto_merge: wish(merge.auto_merge.as_ref()),
        delete_branch: wish(merge.delete_branch_on_merge.as_ref()),
        update_branch: wish(merge.update_branch.as_ref()),
        squash_title: wish(titles.squash.as_ref()),
        squash_message: wish(titles.squash_message.as_ref()),
        merge_title: wish(titles.merge.as_ref()),
        merge_message: wish(titles.merge_message.as_ref()),
        sign_off: wish(merge.sign_off.as_ref()),
        secret_scanning: wish(security.secret_scanning.as_ref()),
        push_protection: wish(security.push_protection.as_ref()),
        dependabot_alerts: wish(security.dependabot_alerts.as_ref()),
        dependabot_updates: wish(security.dependabot_updates.as_ref()),
        private_reporting: wish(security.private_vulnerability_reporting.as_ref()),
    }
}

/// What a new repository gets besides: nobody sees it unless that is said, and its template.
pub(super) fn defaults(repo: &Repo<'_>) -> WantedFields {
    let private = SmolStr::new_static(Visibility::Private.as_str());
    let unset = repo.settings.visibility.is_none();
    let model = Repository::<Wanted> {
        visibility: if unset { Wish::Value(private) } else { Wish::LeftAlone },
        template: wish(repo.settings.template.as_ref()),
        ..Repository::default()
    };
    model.to_fields()
}

fn methods(all: Option<&[MergeMethod]>) -> Wish<BTreeSet<SmolStr>> {
    let words = |all: &[MergeMethod]| all.iter().map(|m| SmolStr::new_static(m.as_str())).collect();
    all.map_or(Wish::LeftAlone, |all| Wish::Value(words(all)))
}

/// The value, or nothing wished.
pub(crate) fn wish<T: Clone>(value: Option<&T>) -> Wish<T> {
    value.cloned().map_or(Wish::LeftAlone, Wish::Value)
}
