//! What an offboarding comes to, as JSON, text and Markdown.

use super::edit::Edited;
use super::{Offboarding, Source, by_hand};
use crate::context::Cx;
use crate::diagnostics::{count, visible};
use aplomo_catalog::offboard::{Named, still_named};
use aplomo_core::{Plan, TenantName};
use aplomo_engine::Planned;
use aplomo_planner::Style;
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The whole answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report<'a> {
    login: &'a str,
    emails: BTreeSet<&'a str>,
    /// Whoever leaves can use what they have until all of this is done.
    urgent: bool,
    risk: &'static str,
    written: bool,
    edits: Vec<Line>,
    by_hand: Vec<Line>,
    still_named: Vec<Spot>,
    unreached: Vec<Unreached>,
    patch: &'a str,
    plan: &'a Plan,
}

/// A place that names the person as something.
#[derive(Serialize)]
struct Line {
    file: Arc<str>,
    line: u32,
    manifest: String,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// A line that holds their name.
#[derive(Serialize)]
struct Spot {
    file: Arc<str>,
    line: u32,
}

/// What no edit takes away.
#[derive(Serialize)]
struct Unreached {
    what: String,
    todo: String,
}

impl<'a> Report<'a> {
    pub(super) fn new(
        cx: &Cx,
        found: &'a Offboarding,
        edited: &'a Edited,
        (planned, whole): (&'a Planned, &Plan),
        written: bool,
    ) -> Self {
        let stays = edited.stays.iter().map(|(named, why)| (named, why.to_string()));
        let doubts = by_hand(found).filter_map(|named| Some((named, named.mention.by_hand.clone()?)));
        let mut by_hand: Vec<Line> = stays.chain(doubts).map(|(named, why)| line(named, Some(why))).collect();
        by_hand.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        Self {
            login: &found.who.login,
            emails: found.who.emails.iter().chain(&found.who.perhaps).map(|email| email.as_str()).collect(),
            urgent: true,
            risk: "sensitive",
            written,
            edits: edited.cut.iter().map(|named| line(named, None)).collect(),
            by_hand,
            still_named: still(found, edited),
            unreached: unreached(cx, found, planned, whole),
            patch: &edited.patch,
            plan: &planned.plan,
        }
    }

    /// Whether anything is left to do that we know of.
    pub(super) fn is_open(&self) -> bool {
        let seen = self.unreached.iter().any(|u| u.todo == BY_HAND);
        !self.edits.is_empty() || !self.by_hand.is_empty() || !self.plan.changes.is_empty() || seen
    }

    /// For a terminal.
    pub(super) fn text(&self, cx: &Cx, plan: &Plan, sources: &[Source]) -> String {
        let mut out = format!("Offboarding {}{}\n", self.login, self.addresses());
        self.lists(&mut out, "\n", "  ");
        if !self.patch.is_empty() {
            out.push_str(&format!("\n{}", visible(self.patch)));
        }
        let style = Style { color: cx.out.color, verbose: cx.common.verbose > 0 };
        let texts = sources.iter().flat_map(|s| s.reading.texts.iter());
        let texts = texts.map(|(file, text)| (file.clone(), text.clone())).collect();
        let findings = crate::diagnostics::render(&plan.findings, &texts, cx.out.color);
        out.push_str("\nThe plan of the edited manifests, as far as it is about them:\n\n");
        out.push_str(&aplomo_planner::render_with(plan, style, &findings, true));
        out.push_str(&format!("\n{}\n", self.next()));
        out
    }

    /// For a pull request or an issue.
    pub(super) fn markdown(&self, plan: &Plan) -> String {
        let escape = aplomo_planner::escape_text;
        let mut lists = String::new();
        self.lists(&mut lists, "\n", "- ");
        let patch = if self.patch.is_empty() { String::new() } else { fenced(self.patch) };
        format!(
            "## Offboarding {}\n{}\n{patch}\n{}\n\n{}\n",
            escape(self.login),
            escape(&lists),
            aplomo_planner::markdown(plan),
            self.next()
        )
    }

    fn addresses(&self) -> String {
        let all: Vec<&str> = self.emails.iter().copied().collect();
        if all.is_empty() { String::new() } else { visible(&format!(" ({})", all.join(", "))) }
    }

    fn lists(&self, out: &mut String, gap: &str, dot: &str) {
        let edits = self.edits.iter().map(Line::shown).collect();
        let by_hand = self.by_hand.iter().map(Line::shown).collect();
        let spots = self.still_named.iter().map(|spot| format!("{}:{}", spot.file, spot.line)).collect();
        let unreached = self.unreached.iter().map(|u| format!("{}: {}", u.what, u.todo)).collect();
        let all: [(&str, Vec<String>); 4] = [
            ("Taken out of the manifests", edits),
            ("Not taken out, for you to decide", by_hand),
            ("Still named in these lines, whatever they mean", spots),
            ("Not reached by any manifest", unreached),
        ];
        for (title, lines) in all.into_iter().filter(|(_, lines)| !lines.is_empty()) {
            out.push_str(&format!("{gap}{title} ({}):\n", lines.len()));
            lines.iter().for_each(|line| out.push_str(&visible(&format!("{dot}{line}\n"))));
        }
    }

    fn next(&self) -> &'static str {
        match (self.edits.is_empty(), self.written) {
            (true, _) => "No manifest had to be edited.",
            (false, true) => {
                "Urgent: commit what was written, then plan and approve it; the effects have the digests shown here."
            }
            (false, false) => {
                "Nothing was written: `--write` edits the manifests. Urgent: commit that, then plan and approve it; the effects have the digests shown here."
            }
        }
    }
}

impl Line {
    fn shown(&self) -> String {
        let more = [&self.note, &self.why].into_iter().flatten().map(|text| format!(" ({text})"));
        format!("{}:{} {}: {}{}", self.file, self.line, self.manifest, self.what, more.collect::<String>())
    }
}

fn line(named: &Named, why: Option<String>) -> Line {
    Line {
        file: Arc::clone(&named.file),
        line: named.at.line,
        manifest: named.manifest.to_string(),
        what: named.mention.what.clone(),
        note: named.mention.note.clone(),
        why,
    }
}

/// A fence that the text does not hold itself.
fn fenced(text: &str) -> String {
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    format!("\n{fence}diff\n{}{fence}\n", visible(text))
}

/// The lines of the manifests as they are after the edit.
fn still(found: &Offboarding, edited: &Edited) -> Vec<Spot> {
    let places = edited.texts.iter().flat_map(|(file, text)| still_named(file, text, &found.who));
    places.map(|place| Spot { file: place.file, line: place.line }).collect()
}

/// What is seen and stays, and what nobody can see from here.
fn unreached(cx: &Cx, found: &Offboarding, planned: &Planned, whole: &Plan) -> Vec<Unreached> {
    let seen = &planned.observation;
    let goes = |object: &aplomo_core::Observed| {
        let is =
            |c: &aplomo_core::Change| c.id.as_ref() == Some(&object.id) && c.type_name == object.type_name;
        whole.changes.iter().any(is)
    };
    let reached = aplomo_resources::github::reach::reach(seen, &found.who.login);
    let stays = reached.into_iter().filter(|reach| !goes(reach.object));
    let mut all: Vec<Unreached> = stays.map(|reach| by_us(&reach.what)).collect();
    all.extend(organisations(planned, &found.who.login));
    all.extend(
        found.secrets.iter().map(|(tenant, names)| secrets(tenant, names.iter().map(|name| name.as_str()))),
    );
    let usual = [
        (
            "their own tokens, SSH keys and authorised apps, deploy keys they hold, clones",
            "revoke what you can; removing them from the organisation ends the access of most",
        ),
        (
            "AWS users, access keys, sessions and sign-in of theirs",
            "disable them where they are kept; a session lives up to 12 hours more",
        ),
    ];
    all.extend(usual.map(|(what, todo)| Unreached { what: what.to_owned(), todo: todo.to_owned() }));
    let unread = cx.config.sources.iter().filter(|source| source.git.is_some());
    all.extend(unread.map(|source| Unreached {
        what: format!("the source {}, a git remote", source.name),
        todo: "was not searched: run this on a checkout of it".to_owned(),
    }));
    all
}

/// What is asked for where something was seen and no manifest speaks of it.
const BY_HAND: &str =
    "no edit here takes it away: do it by hand, or look for a manifest that calls them otherwise";

fn by_us(what: &str) -> Unreached {
    Unreached { what: what.to_owned(), todo: BY_HAND.to_owned() }
}

fn organisations(planned: &Planned, login: &str) -> Vec<Unreached> {
    let tenants = planned.desired.tenants.values();
    let all: BTreeSet<&str> =
        tenants.filter_map(|tenant| Some(tenant.accounts.get("github")?.as_str())).collect();
    let one = |organisation: &str| {
        let role = aplomo_resources::github::reach::role(&planned.observation, organisation, login);
        let role = match role.as_deref() {
            Some("none") => "whatever they may still be in",
            Some("owner") => "owner of",
            Some("member") => "member of",
            _ => "member or owner, which could not be seen, of",
        };
        Unreached {
            what: format!("{role} the organisation {organisation}"),
            todo: "let an owner of it remove them there".to_owned(),
        }
    };
    all.into_iter().map(one).collect()
}

fn secrets<'n>(tenant: &TenantName, names: impl Iterator<Item = &'n str>) -> Unreached {
    let list: Vec<&str> = names.collect();
    Unreached {
        what: format!(
            "{} of {tenant} that their workflows could read: {}",
            count(list.len(), "secret"),
            list.join(", ")
        ),
        todo: "rotate them".to_owned(),
    }
}
