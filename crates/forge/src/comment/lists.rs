//! The lists beside the changes. Each takes no more room than it is given and says how much is missing.

use super::change::{Shown, head};
use super::changes::most;
use super::{head as top, results};
use crate::markdown::{code, fence, folded, short};
use crate::texts::{Line, More, Title, Words};
use crate::view::View;
use aplomo_core::plan::{Change, Unverifiable};
use aplomo_core::{FieldPath, Finding, Severity};
use std::collections::BTreeMap;

/// Things, each of some lines, as many as the room holds.
pub(super) struct List<'a> {
    pub(super) items: &'a [Vec<String>],
    pub(super) more: More,
    pub(super) room: usize,
}

impl List<'_> {
    /// As `wrap` makes of the lines of what is shown, and of what says how much is not.
    pub(super) fn text(&self, words: &dyn Words, wrap: impl Fn(&[&String], &str) -> String) -> String {
        if self.items.is_empty() {
            return String::new();
        }
        let cut = |shown: usize| {
            let lines: Vec<&String> = self.items.iter().take(shown).flatten().collect();
            let left = self.items.len() - shown;
            let more =
                if left > 0 { format!("- … {}\n", words.more(self.more, left)) } else { String::new() };
            wrap(&lines, &more)
        };
        cut(most(self.items.len(), |shown| cut(shown).len() <= self.room))
    }
}

/// Under a heading, in a `diff` block.
pub(super) fn block(heading: &str, lines: &[&String], more: &str) -> String {
    let heading = if heading.is_empty() { String::new() } else { format!("#### {heading}\n\n") };
    let lines = if lines.is_empty() { String::new() } else { fence("diff", lines) };
    format!("{heading}{lines}{more}")
}

/// Folded away, in a `diff` block.
fn fold(title: &str, lines: &[&String], more: &str) -> String {
    folded(title, &block("", lines, more))
}

/// What was said and does not count. Those who ask without leave come first.
pub(crate) fn notes(view: &View<'_>, words: &dyn Words, room: usize) -> String {
    let digest = top::approvable(view);
    let mut notes: Vec<_> = view.notes.iter().collect();
    notes.sort();
    notes.dedup();
    let said = |note: &&_| vec![format!("- {}", words.note(note, digest.as_ref()))];
    let items: Vec<_> = notes.iter().map(said).collect();
    let list = List { items: &items, more: More::Notes, room };
    list.text(words, |lines, more| {
        let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
        format!("#### {}\n\n{lines}{more}", words.title(Title::Notes))
    })
}

/// The difference since something was approved.
pub(super) fn since(view: &View<'_>, words: &dyn Words, room: usize) -> String {
    let Some(since) = &view.since else { return String::new() };
    let new = results::open(view).filter(|change| since.new.contains(&change.digest));
    let mut items: Vec<_> = new
        .map(|change| vec![format!("# {}", change.address.manifest()), head(view, words, change)])
        .collect();
    let gone = |address: &aplomo_core::Address| words.line(&Line::Gone { address: address.as_str() });
    items.extend(since.gone.iter().map(|address| vec![format!("  {}", gone(address))]));
    let list = List { items: &items, more: More::Since, room };
    list.text(words, |lines, more| block(words.title(Title::Since), lines, more))
}

/// Findings that are errors.
pub(crate) fn errors(view: &View<'_>, words: &dyn Words, room: usize) -> String {
    let items = weighing(view, words, |severity| severity == Severity::Error);
    let list = List { items: &items, more: More::Errors, room };
    list.text(words, |lines, more| block(words.title(Title::Findings), lines, more))
}

/// All others, the graver first; under the heading of the errors where there are some.
pub(crate) fn findings(view: &View<'_>, words: &dyn Words, room: usize) -> String {
    let mut items = weighing(view, words, |severity| severity == Severity::Warning);
    items.extend(weighing(view, words, |severity| severity == Severity::Info));
    let errors = view.findings.iter().any(|finding| finding.severity == Severity::Error);
    let heading = if errors { "" } else { words.title(Title::Findings) };
    let list = List { items: &items, more: More::Findings, room };
    list.text(words, |lines, more| block(heading, lines, more))
}

fn weighing(view: &View<'_>, words: &dyn Words, which: impl Fn(Severity) -> bool) -> Vec<Vec<String>> {
    let findings = view.findings.iter().filter(|finding| which(finding.severity));
    findings.map(|finding| finding_lines(view, words, finding)).collect()
}

fn finding_lines(view: &View<'_>, words: &dyn Words, finding: &Finding) -> Vec<String> {
    let sign = match finding.severity {
        Severity::Error => '-',
        Severity::Warning => '!',
        Severity::Info => ' ',
    };
    let mut lines =
        vec![format!("{sign} {}[{}]: {}", words.severity(finding.severity), finding.rule, finding.message)];
    let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
    let place = finding.file.as_ref().map(|file| format!("{}{line}", view.path(file)));
    let at: Vec<String> =
        place.into_iter().chain(finding.address.as_ref().map(ToString::to_string)).collect();
    if !at.is_empty() {
        lines.push(format!("      {}", at.join("  ")));
    }
    lines.extend(finding.help.as_ref().map(|help| format!("      {}", words.line(&Line::Help { help }))));
    lines
}

/// What could not be seen.
pub(super) fn unverifiable(view: &View<'_>, words: &dyn Words, room: usize) -> String {
    let all = view.plan.into_iter().flat_map(|plan| &plan.unverifiable);
    let items: Vec<_> = all.map(|one| vec![unseen(one)]).collect();
    let list = List { items: &items, more: More::Unverifiable, room };
    list.text(words, |lines, more| block(words.title(Title::Unverifiable), lines, more))
}

fn unseen(one: &Unverifiable) -> String {
    let types: Vec<&str> = one.types.iter().map(AsRef::as_ref).collect();
    let place = || format!("{}: {}", one.scope, types.join(", "));
    let what = one.address.as_ref().map_or_else(place, ToString::to_string);
    let fields: Vec<&str> = one.fields.iter().map(FieldPath::as_str).collect();
    let fields = if fields.is_empty() { String::new() } else { format!(" {}", fields.join(", ")) };
    format!("! {what}{fields}: {}", one.why)
}

/// What differed before.
pub(super) fn before(view: &View<'_>, words: &dyn Words, room: usize) -> String {
    let lines = |change: &Change| {
        let shown = Shown::new(view, words, change);
        let manifest = std::iter::once(format!("# {}", shown.manifest));
        manifest.chain(shown.rows).chain(shown.details).collect::<Vec<_>>()
    };
    let items: Vec<_> = view.before.iter().map(lines).collect();
    let title = format!("{} ({})", words.title(Title::Before), items.len());
    List { items: &items, more: More::Before, room }.text(words, |lines, more| fold(&title, lines, more))
}

/// The digests, for who approves effects one by one.
pub(super) fn digests(view: &View<'_>, words: &dyn Words, room: usize) -> String {
    let line = |change: &Change| vec![format!("  {}  {}", change.digest, change.address)];
    let items: Vec<_> = results::open(view).map(line).collect();
    let title = words.title(Title::Digests);
    List { items: &items, more: More::Digests, room }.text(words, |lines, more| fold(title, lines, more))
}

/// How many services are named, and how much of a name.
const SERVICES: usize = 20;
const NAME: usize = 40;

/// What planning cost, in calls by service; `None` where there were none.
pub(super) fn cost(calls: &BTreeMap<String, u64>, words: &dyn Words) -> Option<String> {
    let mut services: BTreeMap<&str, u64> = BTreeMap::new();
    for (call, count) in calls {
        *services.entry(call.split(':').next().unwrap_or(call)).or_default() += count;
    }
    let all = services.values().copied().fold(0, u64::saturating_add);
    let services = services.iter().take(SERVICES);
    let by: Vec<String> =
        services.map(|(service, count)| format!("{} {count}", code(&short(service, NAME)))).collect();
    (all > 0).then(|| words.cost(all, &by.join(", ")))
}
