//! A plan as rows.

use super::report::{findings, unmanaged, unverifiable};
use super::{Row, Tone, change, escape_text, moment};
use aplomo_core::plan::{Action, Change, Plan, PlanSource};

/// All rows of a plan.
pub(crate) fn rows(plan: &Plan, verbose: bool) -> Vec<Row> {
    let mut out = top(plan, verbose);
    findings(&plan.findings, &mut out);
    bottom(plan, verbose, true, &mut out);
    out
}

/// The rows before the findings: sources and changes.
pub(crate) fn top(plan: &Plan, verbose: bool) -> Vec<Row> {
    let mut out = Vec::new();
    sources(&plan.sources, verbose, &mut out);
    changes(&plan.changes, verbose, &mut out);
    out
}

/// The rows after the findings, with what to do next where that is asked for.
pub(crate) fn bottom(plan: &Plan, verbose: bool, what_next: bool, out: &mut Vec<Row>) {
    unmanaged(&plan.unmanaged, verbose, out);
    unverifiable(&plan.unverifiable, out);
    if !out.is_empty() {
        out.push(Row::blank());
    }
    out.push(Row::new(0, Tone::Head, summary(plan)));
    if what_next {
        next(plan, out);
    }
    if verbose {
        out.push(Row::new(0, Tone::Faint, format!("as of {}, {}", moment(plan.as_of), plan.digest)));
    }
}

/// Sources that are not complete always; all of them where everything is asked for.
pub(crate) fn sources(sources: &[PlanSource], verbose: bool, out: &mut Vec<Row>) {
    for source in sources.iter().filter(|s| verbose || !s.complete) {
        let commit = source.commit.as_ref().map(|c| format!(" at {c}")).unwrap_or_default();
        let (tone, state) = if source.complete {
            (Tone::Faint, "")
        } else {
            (Tone::Warn, ": not complete, so nothing is deleted for its absence")
        };
        out.push(Row::new(
            0,
            tone,
            escape_text(&format!("source {}{commit}{state}", source.path)).into_owned(),
        ));
        out.extend(source.because.iter().map(|why| Row::new(1, tone, escape_text(why).into_owned())));
    }
}

/// Changes by tenant and manifest.
pub(crate) fn changes(changes: &[Change], verbose: bool, out: &mut Vec<Row>) {
    let (mut tenant, mut manifest) = ("", "");
    for one in changes {
        if one.address.tenant() != tenant {
            tenant = one.address.tenant();
            if !out.is_empty() {
                out.push(Row::blank());
            }
            out.push(Row::new(0, Tone::Head, escape_text(tenant).into_owned()));
        }
        if one.address.manifest() != manifest {
            manifest = one.address.manifest();
            let name = manifest.split_once('/').map_or(manifest, |(_, name)| name);
            out.push(Row::new(1, Tone::Head, escape_text(name).into_owned()));
        }
        change::rows(one, verbose, out);
    }
}

/// The one line that says it all.
pub(crate) fn summary(plan: &Plan) -> String {
    if plan.changes.is_empty() {
        return match (plan.complete, plan.findings.is_empty()) {
            (true, _) => "Nothing differs.".to_owned(),
            (false, _) => "Nothing that could be seen differs; not everything could be seen.".to_owned(),
        };
    }
    let count = |action: &Action| plan.summary.get(action).copied().filter(|n| *n > 0);
    let parts: Vec<String> =
        Action::ALL.iter().filter_map(|a| count(a).map(|n| format!("{n} to {}", a.word()))).collect();
    let held = plan.changes.iter().filter(|c| c.held_by.is_some()).count();
    let held = if held > 0 { format!("; {held} held") } else { String::new() };
    let seen = if plan.complete { "" } else { " Not everything could be seen." };
    format!("Plan: {}{held}.{seen}", parts.join(", "))
}

fn next(plan: &Plan, out: &mut Vec<Row>) {
    if plan.changes.is_empty() {
        return;
    }
    let errors = plan.findings.iter().filter(|f| f.severity == aplomo_core::Severity::Error).count();
    let open = plan.changes.iter().any(|c| c.held_by.is_none());
    let liftable =
        plan.changes.iter().any(|c| c.held_by.as_ref().is_some_and(aplomo_core::plan::HeldBy::liftable));
    let text = if errors > 0 && !open {
        format!(
            "Next: correct {} above, then plan again.",
            if errors == 1 { "the error".to_owned() } else { format!("the {errors} errors") }
        )
    } else if open {
        "Next: `aplomo plan … --out FILE` and `aplomo approve FILE`, then `aplomo apply --plan FILE`; `aplomo apply` asks at a terminal.".to_owned()
    } else if liftable {
        "Next: `aplomo approve FILE --lift RULE=REASON` where the removals above are meant.".to_owned()
    } else {
        "Next: nothing can be applied; what holds each change is named above.".to_owned()
    };
    out.push(Row::new(0, Tone::Plain, text));
}
