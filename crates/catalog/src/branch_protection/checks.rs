//! What a protection may not ask for, and what contradicts itself or the repository it is for.

use super::spec::{Enforcement, Mechanism, Rules, Target};
use crate::kind::Head;
use crate::repository::{MergeMethod, Repo};
use crate::suggest;
use aplomo_core::Finding;

/// The rules for themselves: `contradiction`, `not-in-classic`, `bad-bypass`.
pub(crate) fn check_rules(head: &Head<'_>, rules: &Rules<'_>, at: &str, findings: &mut Vec<Finding>) {
    reviews(head, rules, at, findings);
    if rules.mechanism == Mechanism::Classic {
        classic(head, rules, at, findings);
    } else {
        if rules.allows_push.is_some() || rules.admins_too.is_some() {
            let field = if rules.allows_push.is_some() { "allowsPush" } else { "adminsToo" };
            let message = format!("`{field}` is of classic rules");
            let help =
                "a ruleset forbids `update` and lets some pass with `bypass`; or set `mechanism: classic`";
            let finding = Finding::error("not-in-ruleset", message).help(help);
            findings.push(head.finding_at(finding, &format!("{at}/{field}")));
        }
        if rules.target == Target::Tag && rules.requires.merge_queue.is_some() {
            let finding = Finding::error("contradiction", "tags go through no merge queue");
            findings.push(head.finding_at(finding, &format!("{at}/requires/mergeQueue")));
        }
    }
    for (n, one) in rules.bypass.unwrap_or_default().iter().enumerate() {
        let named = [&one.team, &one.user, &one.app, &one.role].into_iter().flatten().count();
        if named != 1 {
            let message = "it names nobody or several: one of `team`, `user`, `app`, `role` is set";
            findings
                .push(head.finding_at(Finding::error("bad-bypass", message), &format!("{at}/bypass/{n}")));
        }
    }
    nobody(head, rules, at, findings);
}

fn reviews(head: &Head<'_>, rules: &Rules<'_>, at: &str, findings: &mut Vec<Finding>) {
    let r = rules.requires;
    let of_reviews = [
        ("codeOwners", r.code_owners),
        ("dismissStale", r.dismiss_stale),
        ("lastPushApproval", r.last_push_approval),
    ];
    for (field, _) in of_reviews.into_iter().filter(|(_, on)| *on == Some(true)) {
        if r.approvals.is_none_or(|n| n == 0) && field != "dismissStale" || r.approvals.is_none() {
            let message = format!("`{field}` is about approvals, and none are asked for");
            let finding = Finding::error("contradiction", message).help("set `approvals` to 1 or more");
            findings.push(head.finding_at(finding, &format!("{at}/requires/{field}")));
        }
    }
    let checks = r.status_checks.as_ref().is_some_and(|all| !all.is_empty());
    if r.up_to_date == Some(true) && !checks {
        let message = "`upToDate` is about checks, and none are asked for";
        let finding = Finding::error("contradiction", message).help("name them in `statusChecks`");
        findings.push(head.finding_at(finding, &format!("{at}/requires/upToDate")));
    }
}

fn classic(head: &Head<'_>, rules: &Rules<'_>, at: &str, findings: &mut Vec<Finding>) {
    let r = rules.requires;
    let roles = rules.bypass.unwrap_or_default().iter().any(|one| one.role.is_some());
    let only = [
        ("target", rules.target == Target::Tag),
        ("exclude", !rules.exclude.is_empty()),
        ("enforcement", rules.enforcement != Enforcement::Active),
        ("requires/mergeQueue", r.merge_queue.is_some()),
        ("requires/codeScanning", r.code_scanning.is_some()),
        ("bypass", roles),
        ("patterns", rules.patterns.iter().any(|pattern| pattern == "~ALL")),
    ];
    for (field, _) in only.into_iter().filter(|(_, set)| *set) {
        let name = field.replace('/', ".");
        let message = format!("classic rules do not know this `{name}`");
        let finding = Finding::error("not-in-classic", message).help("set `mechanism: ruleset`");
        findings.push(head.finding_at(finding, &format!("{at}/{field}")));
    }
}

/// What nobody can change any more.
fn nobody(head: &Head<'_>, rules: &Rules<'_>, at: &str, findings: &mut Vec<Finding>) {
    let locked = rules.forbids.update == Some(true) && rules.enforcement == Enforcement::Active;
    if locked && rules.bypass.is_some_and(<[_]>::is_empty) {
        let message = "it forbids updates and lets nobody pass: nothing can be merged";
        let finding = Finding::warning("contradiction", message).help("let somebody pass with `bypass`");
        findings.push(head.finding_at(finding, &format!("{at}/forbids/update")));
    }
}

/// The rules against the repository that they are for: `contradiction`, `unknown-environment`.
pub(super) fn against(
    head: &Head<'_>,
    rules: &Rules<'_>,
    repo: &Repo<'_>,
    at: &str,
    findings: &mut Vec<Finding>,
) {
    let name = &repo.manifest.reference.name;
    let methods = repo.settings.merge.methods.as_deref();
    if rules.requires.linear_history == Some(true) && methods == Some(&[MergeMethod::Merge]) {
        let message =
            format!("it lets no merge commits in, and pull requests of `{name}` merge by nothing else");
        let finding = Finding::error("contradiction", message).help("let it merge by `squash` or `rebase`");
        findings.push(head.finding_at(finding, &format!("{at}/requires/linearHistory")));
    }
    if let Some(queue) = &rules.requires.merge_queue {
        let method = queue.method.unwrap_or(MergeMethod::Squash);
        if methods.is_some_and(|methods| !methods.contains(&method)) {
            let message = format!("the queue merges by {}, which `{name}` does not", method.as_str());
            let finding =
                Finding::error("contradiction", message).help("use a method of its `merge.methods`");
            findings.push(head.finding_at(finding, &format!("{at}/requires/mergeQueue")));
        }
    }
    let environments: Vec<&str> = repo.settings.environments.iter().map(|e| e.name.as_str()).collect();
    for (n, wanted) in rules.requires.deployments.iter().flatten().enumerate() {
        if !environments.iter().any(|there| there.eq_ignore_ascii_case(wanted)) {
            let message = format!("`{name}` describes no environment `{}`", wanted.escape_debug());
            let help = suggest::or_list(wanted, environments.iter().copied(), "its environments are");
            let finding = Finding::warning("unknown-environment", message).help(help);
            findings.push(head.finding_at(finding, &format!("{at}/requires/deployments/{n}")));
        }
    }
}
