//! What is in a repository, as it was seen. A secret has no value that could be written: it is noted.

use super::access::of;
use super::{Fields, is_hidden};
use aplomo_core::{Model as _, Observed, Seen, Sight, TypeName};
use aplomo_resources::github::model::{
    ActionsSettings, Autolink, CustomProperty, DeployKey, Environment, Label, Secret, Variable, Webhook,
};
use aplomo_resources::github::{
    ACTIONS_SETTINGS, AUTOLINK, CUSTOM_PROPERTY, DEPLOY_KEY, ENVIRONMENT, LABEL, SECRET, VARIABLE, WEBHOOK,
};
use smol_str::SmolStr;
use std::collections::BTreeSet;

pub(super) fn write(inside: &[&Observed], spec: &mut Fields, notes: &mut Vec<String>) {
    actions(inside, spec, notes);
    environments(inside, spec, notes);
    webhooks(inside, spec, notes);
    deploy_keys(inside, spec, notes);
    let links = models::<Autolink<Seen>>(inside, &AUTOLINK).into_iter().map(|model| {
        let mut link = Fields::default();
        link.text("prefix", model.prefix.value());
        link.text("url", model.url_template.value());
        link.word("alphanumeric", model.alphanumeric.value());
        link
    });
    spec.list("autolinks", links.collect());
    labels(inside, spec);
    properties(inside, spec);
}

fn models<M: aplomo_core::Model<Seen>>(inside: &[&Observed], type_name: &TypeName) -> Vec<M> {
    let all = of(inside, |object| object.type_name == *type_name);
    all.into_iter().filter_map(|object| M::from_fields(&object.fields).ok()).collect()
}

fn actions(inside: &[&Observed], spec: &mut Fields, notes: &mut Vec<String>) {
    let mut actions = Fields::default();
    for model in models::<ActionsSettings<Seen>>(inside, &ACTIONS_SETTINGS) {
        actions.word("enabled", model.enabled.value());
        // Where Actions are off the rest means nothing.
        if model.enabled == Sight::Value(false) {
            continue;
        }
        actions.word("allowed", model.allowed.value());
        if model.allowed.value().is_some_and(|allowed| allowed == "selected") {
            actions.texts("allowedActions", model.patterns.value());
            actions.word("githubOwned", model.github_owned.value());
            actions.word("verifiedCreators", model.verified.value());
        }
        actions.word("pinned", model.pinned.value());
        actions.word("workflowPermissions", model.workflow_permissions.value());
        actions.word("canApprovePullRequests", model.can_approve.value());
    }
    values(inside, None, &mut actions, notes);
    spec.part("actions", actions);
}

/// Variables of the repository, or of one of its environments; secrets are noted.
fn values(inside: &[&Observed], environment: Option<&str>, part: &mut Fields, notes: &mut Vec<String>) {
    let here = |within: &Sight<SmolStr>| match (within.value(), environment) {
        (None, None) => true,
        (Some(within), Some(name)) => within.eq_ignore_ascii_case(name),
        _ => false,
    };
    let mut variables = Fields::default();
    for model in
        models::<Variable<Seen>>(inside, &VARIABLE).into_iter().filter(|model| here(&model.environment))
    {
        match (model.name.value(), model.value.value()) {
            (Some(name), Some(value)) => variables.text(name, Some(value)),
            _ => notes.push("a variable could not be read and is left alone".to_owned()),
        }
    }
    part.part("variables", variables);
    let names = models::<Secret<Seen>>(inside, &SECRET).into_iter().filter(|model| here(&model.environment));
    let names: Vec<String> = names.filter_map(|model| model.name.value().map(ToString::to_string)).collect();
    if !names.is_empty() {
        let of = environment.map(|name| format!(" of the environment {name}")).unwrap_or_default();
        notes.push(format!(
            "the secrets{of} {} are left alone: what they hold is not known; name secrets of the tenant in their place",
            names.join(", ")
        ));
    }
}

fn environments(inside: &[&Observed], spec: &mut Fields, notes: &mut Vec<String>) {
    let mut all = Vec::new();
    for model in models::<Environment<Seen>>(inside, &ENVIRONMENT) {
        let Some(name) = model.name.value() else { continue };
        let mut one = Fields::default();
        one.text("name", Some(name));
        one.texts("reviewers", model.reviewers.value().filter(|all| !all.is_empty()));
        one.word("preventSelfReview", model.prevent_self_review.value());
        one.word("waitMinutes", model.wait_minutes.value());
        one.word("adminBypass", model.admin_bypass.value());
        branches(&model, &mut one);
        if is_hidden(&model.reviewers) || is_hidden(&model.patterns) {
            notes.push(format!("not all of the environment {name} could be seen: that is left alone"));
        }
        values(inside, Some(name), &mut one, notes);
        all.push(one);
    }
    spec.list("environments", all);
}

fn branches(model: &Environment<Seen>, one: &mut Fields) {
    match model.branches.value().map(SmolStr::as_str) {
        Some("selected") => one.texts("branches", model.patterns.value().filter(|all| !all.is_empty())),
        Some(word) => one.texts("branches", Some([word])),
        None => {}
    }
}

/// An address may hold a secret of whoever listens there, and manifests are read by many.
fn is_open(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = host.split(['/', '?', '#']).next().unwrap_or(host);
    !url.contains(['?', '#']) && !authority.contains('@')
}

fn webhooks(inside: &[&Observed], spec: &mut Fields, notes: &mut Vec<String>) {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for object in of(inside, |object| object.type_name == WEBHOOK) {
        let model = Webhook::<Seen>::from_fields(&object.fields).unwrap_or_default();
        let url = model.url.value().map_or("", String::as_str);
        let why = match &model {
            _ if !is_open(url) => Some("its address may hold a secret"),
            m if m.insecure != Sight::Value(false) => {
                Some("it does not check certificates, and a manifest never says so")
            }
            _ if !seen.insert(url.to_owned()) => Some("another one has the same address"),
            _ => None,
        };
        if let Some(why) = why {
            notes.push(format!("the webhook {} is left alone: {why}", object.id));
            continue;
        }
        if is_hidden(&model.secret) {
            notes.push(format!(
                "the webhook {} has a secret, which is left alone: name one in `secret` to manage it",
                object.id
            ));
        }
        let mut hook = Fields::default();
        hook.text("url", Some(url));
        hook.texts("events", model.events.value());
        hook.word("contentType", model.content_type.value());
        hook.word("active", model.active.value());
        all.push(hook);
    }
    spec.list("webhooks", all);
}

/// A manifest knows keys by their title.
fn deploy_keys(inside: &[&Observed], spec: &mut Fields, notes: &mut Vec<String>) {
    let (mut all, mut titles) = (Vec::new(), BTreeSet::new());
    for model in models::<DeployKey<Seen>>(inside, &DEPLOY_KEY) {
        let (Some(title), Some(key)) = (model.title.value(), model.key.value()) else {
            notes.push("a deploy key without a title is left alone: a manifest knows keys by it".to_owned());
            continue;
        };
        if !titles.insert(title.clone()) {
            notes.push(format!("another deploy key called `{title}` is left alone: titles are unique here"));
            continue;
        }
        let mut one = Fields::default();
        one.text("title", Some(title));
        one.text("key", Some(key));
        one.word("write", model.read_only.value().map(|read_only| !read_only).filter(|write| *write));
        all.push(one);
    }
    spec.list("deployKeys", all);
}

fn labels(inside: &[&Observed], spec: &mut Fields) {
    let items = models::<Label<Seen>>(inside, &LABEL).into_iter().map(|model| {
        let mut label = Fields::default();
        label.text("name", model.name.value());
        label.text("color", model.color.value());
        label.text("description", model.description.value());
        label
    });
    let mut labels = Fields::default();
    labels.list("items", items.collect());
    spec.part("labels", labels);
}

fn properties(inside: &[&Observed], spec: &mut Fields) {
    let mut all = Fields::default();
    for model in models::<CustomProperty<Seen>>(inside, &CUSTOM_PROPERTY) {
        let (Some(name), Some(values)) = (model.name.value(), model.values.value()) else { continue };
        match values.iter().collect::<Vec<_>>().as_slice() {
            [one] => all.text(name, Some(one)),
            several => all.texts(name, Some(several)),
        }
    }
    spec.part("customProperties", all);
}
