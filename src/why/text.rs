//! The answer as text. Everything from elsewhere is escaped.

use super::report::{Applied, AskedBy, Drift, Found, Line, Report};
use aplomo_core::approval::Actor;
use aplomo_planner::{escape_text, moment};
use std::fmt::Write as _;

impl Report {
    /// Whether anything was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && self.people.is_empty()
    }

    /// For people. Everything from elsewhere is escaped.
    #[must_use]
    pub fn text(&self) -> String {
        if self.is_empty() {
            return self.nothing();
        }
        let mut out = String::new();
        for one in &self.found {
            found(one, &mut out);
            out.push('\n');
        }
        if self.left_out > 0 {
            let _ = writeln!(out, "and {} more; ask for one of them by its address", self.left_out);
        }
        if !self.people.is_empty() {
            let _ = writeln!(out, "Manifests that name {} as a person", escape_text(&self.query));
            for one in &self.people {
                let text = format!("{}:{}  {}  {}", one.file, one.line, one.manifest, one.what);
                let _ = writeln!(out, "  {}", escape_text(&text));
            }
        }
        out
    }

    fn nothing(&self) -> String {
        let plan = self.searched.plan.map_or_else(|| "no plan".to_owned(), |plan| format!("plan {plan}"));
        let manifests = if self.searched.manifests.is_empty() {
            "no manifests (give --path, or configure sources)".to_owned()
        } else {
            format!("the manifests in {}", self.searched.manifests.join(", "))
        };
        let mut out = format!(
            "Nothing here is or names `{}`.\nSearched: {} in the ledger, {plan}, {}.\n",
            escape_text(&self.query),
            crate::diagnostics::count(self.searched.ledger, "resource"),
            escape_text(&manifests)
        );
        for trouble in &self.searched.trouble {
            let _ = writeln!(out, "Not read as it is now: {}", escape_text(trouble));
        }
        out
    }
}

/// One line below an address.
fn row(out: &mut String, name: &str, text: &str) {
    let _ = writeln!(out, "  {name:<9} {}", escape_text(text));
}

fn found(one: &Found, out: &mut String) {
    let names = one.names.as_ref().map(|path| format!("names it in {path}"));
    let what = one.by.map(|by| format!("found by its {by}")).or(names).unwrap_or_default();
    let _ = writeln!(out, "{}  ({})", one.address, escape_text(&what));
    let id = one.id.as_ref().map(|id| format!("{id} in "));
    row(out, "object", &format!("{}{}", id.unwrap_or_default(), one.scope));
    for line in &one.manifest {
        manifest(line, out);
    }
    if !one.wished {
        row(out, "manifest", "none that was read wishes it now");
    }
    match &one.applied {
        Some(applied) => last(applied, out),
        None => row(out, "applied", "nothing is recorded"),
    }
    if let Some(drift) = &one.drift {
        row(out, "drift", &drifted(drift));
    }
    for why in &one.held_by {
        row(out, "held", why);
    }
}

fn manifest(line: &Line, out: &mut String) {
    let at = line.commit.as_ref().map(|commit| format!(" at {}", short(commit.as_str())));
    let at = at.unwrap_or_default();
    row(out, "manifest", &format!("{}:{} of source {}{at}", line.file, line.line, line.source));
    let asked = line
        .asked_by
        .as_ref()
        .map_or_else(|| "not known: the line is in no commit that was read".to_owned(), asked_by);
    row(out, "asked by", &asked);
}

/// A commit says whatever its author wrote into it.
fn asked_by(by: &AskedBy) -> String {
    let (at, commit) = (moment(by.at), short(by.commit.as_str()));
    format!("{} <{}> (claimed by commit {commit} of {at}: {})", by.name, by.email, by.summary)
}

fn last(applied: &Applied, out: &mut String) {
    let action = applied.action.as_deref().unwrap_or("change");
    let run = applied.run.as_deref().unwrap_or("unknown");
    row(out, "applied", &format!("{action} at {} by run {run}", when(&applied.at)));
    if let Some(pull) = &applied.pull_request {
        row(out, "through", &format!("{pull}, asked for by {}", applied.requested_by.join(", ")));
    }
    let who: Vec<String> = applied.approved_by.iter().map(Actor::to_string).collect();
    row(out, "approved", &if who.is_empty() { "not recorded".to_owned() } else { who.join(", ") });
    if !applied.request_ids.is_empty() {
        row(out, "requests", &applied.request_ids.join(", "));
    }
    row(out, "audit", &applied.audit);
}

fn drifted(drift: &Drift) -> String {
    let by = drift.attributed_to.as_deref().unwrap_or("nobody knows by whom");
    let now = drift.first_seen.map(|at| format!("there since {} ({by})", moment(at)));
    let undone = drift.last_undone.as_ref().map(|undone| {
        let run = undone.run.as_deref().unwrap_or("unknown");
        format!("last undone at {} by run {run}", when(&undone.at))
    });
    now.into_iter().chain(undone).collect::<Vec<_>>().join("; ")
}

fn when(at: &str) -> String {
    at.parse().map_or_else(|_| at.to_owned(), moment)
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
