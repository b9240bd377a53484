//! A BranchProtection manifest for a ruleset or a classic rule of one repository, as it was seen.

use super::{Fields, finish, hidden, is_hidden};
use crate::import::{Imported, Options};
use aplomo_core::{Model as _, Observed, Seen, Sight};
use aplomo_resources::github::model::{BranchProtectionRule, Ruleset};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Why no manifest of a ruleset could plan nothing.
pub(crate) fn no_ruleset(object: &Observed) -> Option<String> {
    let model = Ruleset::<Seen>::from_fields(&object.fields).unwrap_or_default();
    if object.scope.container.is_none() {
        return Some("it is the organisation's own, and a BranchProtection is for repositories".into());
    }
    if model.target.value().is_none_or(|target| target == "push") {
        return Some("it is about pushes, and a BranchProtection is about branches or tags".into());
    }
    if model.include.value().is_none_or(BTreeSet::is_empty) {
        return Some("it covers nothing, or what it covers could not be seen".into());
    }
    let needed = is_hidden(&model.name) || is_hidden(&model.enforcement) || is_hidden(&model.no_force_push);
    needed.then(|| "its rules could not be seen".into())
}

/// Why no manifest of a classic rule could plan nothing.
pub(crate) fn no_classic(object: &Observed) -> Option<String> {
    let model = BranchProtectionRule::<Seen>::from_fields(&object.fields).unwrap_or_default();
    let Some(pattern) = model.pattern.value() else { return Some("its pattern could not be seen".into()) };
    if pattern.contains(' ') || pattern.starts_with('~') {
        return Some(format!("`{pattern}` cannot be written as a pattern here"));
    }
    let seen = [&model.no_force_push, &model.no_deletion, &model.admins_too];
    seen.iter().any(|flag| flag.value().is_none()).then(|| "not all of it could be seen".into())
}

/// Writes a BranchProtection for a ruleset.
pub(crate) fn ruleset_manifest(object: &Observed, _: &[&Observed], options: &Options) -> Imported {
    let model = Ruleset::<Seen>::from_fields(&object.fields).unwrap_or_default();
    let (mut spec, mut notes) = (Fields::default(), Vec::new());
    spec.text("name", model.name.value().filter(|name| *name != options.name.as_str()));
    repositories(object, options, &mut spec, &mut notes);
    spec.word("target", model.target.value());
    spec.word("enforcement", model.enforcement.value());
    spec.texts("patterns", model.include.value());
    spec.texts("exclude", model.exclude.value().filter(|all| !all.is_empty()));
    let mut requires =
        reviews((&model.approvals, &model.code_owners, &model.dismiss_stale, &model.last_push), &mut notes);
    requires.word(
        "resolvedThreads",
        model.resolved_threads.value().filter(|_| model.approvals.value().is_some()),
    );
    checks(&model.checks, &model.check_apps, &model.up_to_date, &mut requires);
    requires.word("signedCommits", model.signed.value());
    requires.word("linearHistory", model.linear.value());
    requires.texts("deployments", model.deployments.value().filter(|all| !all.is_empty()));
    requires.list(
        "codeScanning",
        model.code_scanning.value().into_iter().flatten().map(|t| scanner(t)).collect(),
    );
    requires.part("mergeQueue", queue(&model));
    spec.part("requires", requires);
    spec.part(
        "forbids",
        forbids([&model.no_force_push, &model.no_deletion, &model.no_creation, &model.no_update]),
    );
    bypass(model.bypass.value().map(|all| all.iter()), &mut spec);
    left_alone(&model, &mut notes);
    finish("BranchProtection", (object, "ruleset"), options, &spec, notes)
}

/// Writes a BranchProtection for a classic rule.
pub(crate) fn classic_manifest(object: &Observed, _: &[&Observed], options: &Options) -> Imported {
    let model = BranchProtectionRule::<Seen>::from_fields(&object.fields).unwrap_or_default();
    let (mut spec, mut notes) = (Fields::default(), Vec::new());
    repositories(object, options, &mut spec, &mut notes);
    spec.word("mechanism", Some("classic"));
    spec.texts("patterns", model.pattern.value().map(|pattern| [pattern]));
    let mut requires =
        reviews((&model.approvals, &model.code_owners, &model.dismiss_stale, &model.last_push), &mut notes);
    requires.word("resolvedThreads", model.resolved_threads.value());
    checks(&model.checks, &model.check_apps, &model.up_to_date, &mut requires);
    requires.word("signedCommits", model.signed.value());
    requires.word("linearHistory", model.linear.value());
    requires.texts("deployments", model.deployments.value().filter(|all| !all.is_empty()));
    spec.part("requires", requires);
    spec.part(
        "forbids",
        forbids([&model.no_force_push, &model.no_deletion, &model.no_creation, &model.no_update]),
    );
    spec.texts("allowsPush", model.pushers.value());
    bypass(model.bypass.value().filter(|all| !all.is_empty()).map(|all| all.iter()), &mut spec);
    spec.word("adminsToo", model.admins_too.value());
    let unseen = [("allowsPush", is_hidden(&model.pushers)), ("bypass", is_hidden(&model.bypass))];
    let unseen: Vec<&str> = unseen.iter().filter(|(_, is)| *is).map(|(field, _)| *field).collect();
    hidden(&mut notes, "the rule", &unseen);
    let others =
        [("may force pushes", &model.force_pushers), ("alone may dismiss reviews", &model.dismissers)];
    for (what, who) in others.into_iter().filter_map(|(what, who)| Some((what, who.value()?))) {
        let who: Vec<&str> = who.iter().map(SmolStr::as_str).collect();
        notes.push(format!("a manifest has no word for who {what} ({}): that is left alone", who.join(", ")));
    }
    finish("BranchProtection", (object, "classic rule"), options, &spec, notes)
}

/// The Repository that it is for, by the name of its manifest.
fn repositories(object: &Observed, options: &Options, spec: &mut Fields, notes: &mut Vec<String>) {
    let held = object.scope.container.as_ref().and_then(|id| options.holder(id));
    if held.is_none() {
        let id = object.scope.container.as_ref().map_or("?", |id| id.as_str());
        notes.push(format!(
            "no manifest describes the repository {id} yet: import it, and name it in `repositories`"
        ));
    }
    spec.texts("repositories", held.map(|name| [name.as_str().to_owned()]));
}

type Reviews<'m> = (&'m Sight<u32>, &'m Sight<bool>, &'m Sight<bool>, &'m Sight<bool>);

/// What a pull request needs. Without approvals what is said of them means nothing.
fn reviews((approvals, owners, stale, last): Reviews<'_>, notes: &mut Vec<String>) -> Fields {
    let mut requires = Fields::default();
    let Some(count) = approvals.value() else {
        if is_hidden(approvals) {
            hidden(notes, "the protection", &["requires.approvals"]);
        }
        return requires;
    };
    requires.word("approvals", Some(count));
    requires.word("dismissStale", stale.value());
    for (field, flag) in [("codeOwners", owners), ("lastPushApproval", last)] {
        if *count == 0 && *flag == Sight::Value(true) {
            notes.push(format!("`{field}` is on and no approvals are asked for: it is left alone"));
        } else {
            requires.word(field, flag.value());
        }
    }
    requires
}

fn checks(
    contexts: &Sight<BTreeSet<SmolStr>>,
    apps: &BTreeMap<String, Sight<SmolStr>>,
    up_to_date: &Sight<bool>,
    requires: &mut Fields,
) {
    let Some(contexts) = contexts.value().filter(|all| !all.is_empty()) else { return };
    let one = |context: &SmolStr| {
        let mut check = Fields::default();
        check.text("context", Some(context));
        check.word(
            "app",
            apps.get(context.as_str()).and_then(Sight::value).filter(|app| app.parse::<u32>().is_ok()),
        );
        check
    };
    requires.list("statusChecks", contexts.iter().map(one).collect());
    requires.word("upToDate", up_to_date.value());
}

/// `<tool>:<alerts>:<security alerts>`.
fn scanner(written: &str) -> Fields {
    let mut parts = written.rsplitn(3, ':');
    let (security, alerts, tool) = (parts.next(), parts.next(), parts.next());
    let mut one = Fields::default();
    one.text("tool", tool.or(Some(written)));
    one.word("alerts", alerts);
    one.word("securityAlerts", tool.and(security));
    one
}

fn queue(model: &Ruleset<Seen>) -> Fields {
    let mut queue = Fields::default();
    if let Some(method) = model.queue_method.value() {
        queue.word("method", Some(method));
        queue.word("grouping", model.queue_grouping.value());
        queue.word("maxToBuild", model.queue_build.value());
        queue.word("minToMerge", model.queue_least.value());
        queue.word("maxToMerge", model.queue_most.value());
        queue.word("minWaitMinutes", model.queue_wait.value());
        queue.word("checkTimeoutMinutes", model.queue_timeout.value());
    }
    queue
}

fn forbids([force, deletion, creation, update]: [&Sight<bool>; 4]) -> Fields {
    let mut forbids = Fields::default();
    forbids.word("forcePush", force.value());
    forbids.word("deletion", deletion.value());
    forbids.word("creation", creation.value());
    forbids.word("update", update.value());
    forbids
}

/// `<who>[:<mode>]`, where who is `team:<slug>`, `user:<login>`, `app:<slug>`, `role:<name>` or a role alone.
fn bypass<'m>(all: Option<impl Iterator<Item = &'m SmolStr>>, spec: &mut Fields) {
    let one = |written: &SmolStr| {
        let (who, mode) = match written.rsplit_once(':') {
            Some((who, mode @ ("always" | "pullRequest"))) => (who, Some(mode)),
            _ => (written.as_str(), None),
        };
        let (sort, name) = who.split_once(':').unwrap_or(("role", who));
        let mut passer = Fields::default();
        passer.text(sort, Some(name));
        passer.word("mode", mode);
        passer
    };
    if let Some(all) = all {
        spec.list("bypass", all.map(one).collect());
    }
}

fn left_alone(model: &Ruleset<Seen>, notes: &mut Vec<String>) {
    if is_hidden(&model.bypass) {
        notes.push("who may pass by it could not be seen: `bypass` is left alone".to_owned());
    }
    if !model.others.is_empty() {
        let rules: Vec<&str> = model.others.keys().map(String::as_str).collect();
        notes.push(format!("it has rules that a manifest has no word for, which stay: {}", rules.join(", ")));
    }
    if let Some(methods) = model.merge_methods.value() {
        let methods: Vec<&str> = methods.iter().map(SmolStr::as_str).collect();
        notes.push(format!("it lets merges in by {} alone, which is left alone", methods.join(", ")));
    }
    if model.not_on_creation == Sight::Value(true) {
        notes.push("it asks for no checks of what is being created, which is left alone".to_owned());
    }
}
