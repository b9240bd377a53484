//! What is in a repository beside code: Actions, environments, webhooks, keys, autolinks, labels,
//! properties.

use super::expand::Repo;
use super::parts::EnvironmentWish;
use super::spec::PropertyValue;
use super::wanted::wish;
use crate::github::{People, Secrets, below, known_ids, tell};
use crate::kind::Expansion;
use aplomo_core::{Address, Model as _, Type, TypeName, Wanted, Wish};
use aplomo_resources::github::model::{
    ActionsSettings, Autolink, CustomProperty, DeployKey, Environment, Label, Secret, Variable, Webhook,
};
use aplomo_resources::github::{actions, delivery, environment, extras, setting};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Adds a part in normal form, or says what is wrong with it.
fn add<T: Type>(
    repo: &Repo<'_>,
    key: &[&str],
    model: T::Model<Wanted>,
    at: &str,
    out: &mut Expansion,
) -> Option<Address> {
    let name: TypeName = T::NAME;
    match T::normalise(model) {
        Ok(model) => {
            let fields = aplomo_core::Model::<Wanted>::to_fields(&model);
            out.resources.push(repo.part(&name, key, fields, at));
            out.resources.last().map(|part| part.address.clone())
        }
        Err(wrong) => {
            tell(repo.manifest.head, wrong, at, &mut out.findings);
            None
        }
    }
}

pub(super) fn expand(
    repo: &Repo<'_>,
    people: &mut People<'_>,
    secrets: &mut Secrets<'_>,
    out: &mut Expansion,
) {
    let s = &repo.settings;
    settings(repo, out);
    values(repo, None, (&s.actions.variables, &s.actions.secrets), "/spec/actions", secrets, out);
    for (n, wanted) in s.environments.iter().enumerate() {
        environment(repo, wanted, &format!("/spec/environments/{n}"), (people, secrets), out);
    }
    webhooks(repo, secrets, out);
    small(repo, out);
}

fn settings(repo: &Repo<'_>, out: &mut Expansion) {
    let a = &repo.settings.actions;
    let model = ActionsSettings::<Wanted> {
        enabled: wish(a.enabled.as_ref()),
        allowed: wish(a.allowed.map(|w| SmolStr::new_static(w.as_str())).as_ref()),
        github_owned: wish(a.github_owned.as_ref()),
        verified: wish(a.verified_creators.as_ref()),
        patterns: a
            .allowed_actions
            .as_ref()
            .map_or(Wish::LeftAlone, |all| Wish::Value(all.iter().cloned().collect())),
        pinned: wish(a.pinned.as_ref()),
        workflow_permissions: wish(a.workflow_permissions.map(|w| SmolStr::new_static(w.as_str())).as_ref()),
        can_approve: wish(a.can_approve_pull_requests.as_ref()),
    };
    if model.to_fields().is_empty() {
        return;
    }
    if add::<actions::Settings>(repo, &[], model, "/spec/actions", out).is_some()
        && let Some(part) = out.resources.last_mut()
    {
        part.created_with = Some(repo.address.clone());
        part.adopt = aplomo_core::resource::Adopt::No;
    }
}

/// Variables and secrets of the repository, or of one of its environments.
fn values(
    repo: &Repo<'_>,
    environment: Option<(&str, Option<&Address>)>,
    (variables, named): (&BTreeMap<SmolStr, SmolStr>, &BTreeMap<SmolStr, SmolStr>),
    at: &str,
    secrets: &mut Secrets<'_>,
    out: &mut Expansion,
) {
    let name = environment.map_or("", |(name, _)| name);
    let within = if name.is_empty() { Wish::Absent } else { Wish::Value(SmolStr::new(name)) };
    let first = out.resources.len();
    variables_of(repo, (name, &within), variables, at, out);
    for (key, secret) in named {
        let pointer = below(&format!("{at}/secrets"), key);
        let Some(wish) = secrets.wish(secret, &pointer) else { continue };
        let model = Secret::<Wanted> {
            name: Wish::Value(key.clone()),
            environment: within.clone(),
            value: wish.value.clone(),
        };
        let upper = key.to_ascii_uppercase();
        if add::<setting::Secrets>(repo, &parts(name, &upper), model, &pointer, out).is_some()
            && let Some(part) = out.resources.last_mut()
        {
            wish.settle(part);
        }
    }
    if let Some((_, Some(address))) = environment {
        out.resources[first..].iter_mut().for_each(|part| {
            part.depends_on.insert(address.clone());
        });
    }
}

fn variables_of(
    repo: &Repo<'_>,
    (name, within): (&str, &Wish<SmolStr>),
    variables: &BTreeMap<SmolStr, SmolStr>,
    at: &str,
    out: &mut Expansion,
) {
    for (key, value) in variables {
        let model = Variable::<Wanted> {
            name: Wish::Value(key.clone()),
            environment: within.clone(),
            value: Wish::Value(value.to_string()),
        };
        let upper = key.to_ascii_uppercase();
        add::<setting::Variables>(
            repo,
            &parts(name, &upper),
            model,
            &below(&format!("{at}/variables"), key),
            out,
        );
    }
}

/// The key of a value: of the environment, where it is of one.
fn parts<'k>(environment: &'k str, name: &'k str) -> Vec<&'k str> {
    [environment, name].into_iter().filter(|part| !part.is_empty()).collect()
}

fn environment(
    repo: &Repo<'_>,
    wanted: &EnvironmentWish,
    at: &str,
    (people, secrets): (&mut People<'_>, &mut Secrets<'_>),
    out: &mut Expansion,
) {
    let reviewers = wanted.reviewers.as_ref().map(|all| people.actors(all, &format!("{at}/reviewers")));
    let (policy, patterns) = branches(wanted.branches.as_deref());
    let model = Environment::<Wanted> {
        name: Wish::Value(wanted.name.clone()),
        reviewers: reviewers
            .as_ref()
            .map_or(Wish::LeftAlone, |all| Wish::Value(all.keys().cloned().collect())),
        prevent_self_review: wish(wanted.prevent_self_review.as_ref()),
        wait_minutes: wish(wanted.wait_minutes.as_ref()),
        branches: policy,
        patterns,
        admin_bypass: wish(wanted.admin_bypass.as_ref()),
        reviewer_ids: reviewers.as_ref().map(known_ids).unwrap_or_default(),
    };
    let name = wanted.name.to_lowercase();
    let address = add::<environment::Environments>(repo, &[&name], model, at, out);
    let within = Some((wanted.name.as_str(), address.as_ref()));
    values(repo, within, (&wanted.variables, &wanted.secrets), at, secrets, out);
}

/// `all` or `protected` alone, or patterns.
fn branches(written: Option<&[SmolStr]>) -> (Wish<SmolStr>, Wish<std::collections::BTreeSet<SmolStr>>) {
    match written {
        None | Some([]) => (Wish::LeftAlone, Wish::LeftAlone),
        Some([word]) if matches!(word.as_str(), "all" | "protected") => {
            (Wish::Value(word.clone()), Wish::Absent)
        }
        Some(patterns) => (Wish::Value("selected".into()), Wish::Value(patterns.iter().cloned().collect())),
    }
}

fn webhooks(repo: &Repo<'_>, secrets: &mut Secrets<'_>, out: &mut Expansion) {
    for (n, hook) in repo.settings.webhooks.iter().enumerate() {
        let at = format!("/spec/webhooks/{n}");
        let secret = match &hook.secret {
            None => None,
            Some(name) => match secrets.wish(name, &format!("{at}/secret")) {
                Some(wish) => Some(wish),
                None => continue,
            },
        };
        let events = if hook.events.is_empty() { vec!["push".into()] } else { hook.events.clone() };
        let model = Webhook::<Wanted> {
            url: Wish::Value(hook.url.to_string()),
            content_type: Wish::Value(hook.content_type.clone().unwrap_or_else(|| "json".into())),
            events: Wish::Value(events.into_iter().collect()),
            active: Wish::Value(hook.active.unwrap_or(true)),
            insecure: Wish::Value(false),
            secret: secret.as_ref().map_or(Wish::LeftAlone, |wish| wish.value.clone()),
        };
        let key = aplomo_core::digest::Digest::of_bytes(hook.url.as_bytes()).short(12).to_owned();
        if add::<delivery::Webhooks>(repo, &[&key], model, &at, out).is_some()
            && let Some(part) = out.resources.last_mut()
            && let Some(wish) = secret
        {
            wish.settle(part);
        }
    }
}

fn small(repo: &Repo<'_>, out: &mut Expansion) {
    let s = &repo.settings;
    for (n, key) in s.deploy_keys.iter().enumerate() {
        let model = DeployKey::<Wanted> {
            title: Wish::Value(key.title.to_string()),
            key: Wish::Value(key.key.clone()),
            read_only: Wish::Value(!key.write),
        };
        add::<delivery::DeployKeys>(repo, &[&key.title], model, &format!("/spec/deployKeys/{n}"), out);
    }
    for (n, link) in s.autolinks.iter().enumerate() {
        let model = Autolink::<Wanted> {
            prefix: Wish::Value(link.prefix.clone()),
            url_template: Wish::Value(link.url.clone()),
            alphanumeric: Wish::Value(link.alphanumeric.unwrap_or(true)),
        };
        add::<extras::Autolinks>(repo, &[&link.prefix], model, &format!("/spec/autolinks/{n}"), out);
    }
    for (n, label) in s.labels.items.iter().enumerate() {
        let model = Label::<Wanted> {
            name: Wish::Value(label.name.clone()),
            color: wish(label.color.as_ref()),
            description: wish(label.description.as_ref()),
        };
        let name = label.name.to_lowercase();
        add::<extras::Labels>(repo, &[&name], model, &format!("/spec/labels/items/{n}"), out);
    }
    for (name, value) in &s.custom_properties {
        let values = match value {
            PropertyValue::One(text) => [text.clone()].into(),
            PropertyValue::Flag(flag) => [SmolStr::new(flag.to_string())].into(),
            PropertyValue::Many(all) => all.iter().cloned().collect(),
        };
        let model = CustomProperty::<Wanted> { name: Wish::Value(name.clone()), values: Wish::Value(values) };
        add::<extras::CustomProperties>(repo, &[name], model, &below("/spec/customProperties", name), out);
    }
}
