//! The changes by tenant and manifest, and how many of them fit.

use super::change::Shown;
use crate::markdown::{code, fence};
use crate::texts::{More, Title, Words};
use crate::view::{Stage, View};

/// The changes of a view that are still to be made.
pub(super) struct Changes<'a> {
    words: &'a dyn Words,
    all: Vec<Shown<'a>>,
    routine: usize,
    merged: bool,
}

/// How much of the changes is shown.
#[derive(Clone, Copy)]
struct Cut {
    /// How many of the changes that are not routine, with all that they do.
    grave: usize,
    /// How many of the routine ones.
    routine: usize,
    /// Of how many of those what else there is to know.
    details: usize,
    /// Who approved what.
    approvals: bool,
}

impl<'a> Changes<'a> {
    /// What the stage leaves to be shown.
    pub(super) fn new(view: &View<'a>, words: &'a dyn Words) -> Self {
        let all: Vec<_> = super::results::open(view).map(|change| Shown::new(view, words, change)).collect();
        let routine = all.iter().filter(|one| one.routine).count();
        Self { words, all, routine, merged: matches!(view.stage, Stage::Merged { .. }) }
    }

    fn none(&self) -> Cut {
        Cut { grave: self.all.len() - self.routine, routine: 0, details: 0, approvals: false }
    }

    /// The octets of what is never left out.
    pub(super) fn grave_size(&self) -> usize {
        self.text(self.none()).len()
    }

    /// What is never left out, as much of it as the room holds.
    pub(super) fn grave(&self, room: usize) -> String {
        let grave = most(self.none().grave, |grave| self.text(Cut { grave, ..self.none() }).len() <= room);
        self.text(Cut { grave, ..self.none() })
    }

    /// Whether nothing of what is never left out was.
    pub(super) fn are_whole(&self, shown: &str) -> bool {
        shown.len() >= self.grave_size()
    }

    /// As much as the room holds: rows before who approved, and that before the details of what is routine.
    pub(super) fn within(&self, room: usize) -> String {
        let fits = |cut: Cut| self.text(cut).len() <= room;
        let mut cut = self.none();
        cut.routine = most(self.routine, |routine| fits(Cut { routine, ..cut }));
        cut.approvals = fits(Cut { approvals: true, ..cut });
        cut.details = most(cut.routine, |details| fits(Cut { details, ..cut }));
        self.text(cut)
    }

    fn text(&self, cut: Cut) -> String {
        let mut out = String::new();
        let (mut tenant, mut manifest) = ("", "");
        let mut lines: Vec<&str> = Vec::new();
        for (one, detailed) in self.cut(cut) {
            if one.manifest != manifest {
                flush(&mut lines, &mut out);
                self.heading(one.manifest, &mut tenant, &mut out);
                manifest = one.manifest;
            }
            lines.extend(one.rows.iter().map(String::as_str));
            if detailed {
                lines.extend(one.details.iter().map(String::as_str));
            }
            if cut.approvals {
                lines.extend(one.approval.iter().map(String::as_str));
            }
        }
        flush(&mut lines, &mut out);
        self.left_out(cut, &mut out);
        if self.all.is_empty() { out } else { self.title() + &out }
    }

    /// Of what was merged: results stand before.
    fn title(&self) -> String {
        if self.merged { format!("#### {}\n\n", self.words.title(Title::Open)) } else { String::new() }
    }

    /// Each change that is shown, and whether with its details.
    fn cut(&self, cut: Cut) -> impl Iterator<Item = (&Shown<'a>, bool)> {
        let (mut grave, mut routine) = (0, 0);
        self.all.iter().filter_map(move |one| {
            let count = if one.routine { &mut routine } else { &mut grave };
            *count += 1;
            let shown = *count <= if one.routine { cut.routine } else { cut.grave };
            shown.then_some((one, one.routine && routine <= cut.details))
        })
    }

    fn heading<'t>(&self, of: &'t str, tenant: &mut &'t str, out: &mut String) {
        let (owner, name) = of.split_once('/').unwrap_or((of, ""));
        if owner != *tenant {
            out.push_str(&format!("#### {}\n\n", code(owner)));
            *tenant = owner;
        }
        out.push_str(&format!("{}\n\n", code(name)));
    }

    fn left_out(&self, cut: Cut, out: &mut String) {
        let grave = self.none().grave - cut.grave;
        let details = self.cut(cut).filter(|(one, detailed)| !detailed && !one.details.is_empty()).count();
        let lacking = [
            (More::Grave, grave),
            (More::Routine, self.routine - cut.routine),
            (More::RoutineDetails, details),
            (More::Approvals, if cut.approvals { 0 } else { self.all.len() }),
        ];
        let said = lacking.into_iter().filter(|(_, count)| *count > 0);
        let said: Vec<String> =
            said.map(|(what, count)| format!("- … {}", self.words.more(what, count))).collect();
        out.push_str(&said.join("\n"));
    }
}

fn flush(lines: &mut Vec<&str>, out: &mut String) {
    if !lines.is_empty() {
        out.push_str(&fence("diff", lines.iter()));
        out.push('\n');
        lines.clear();
    }
}

/// The most, up to `max`, that still holds; nothing holds always. What holds for more holds for less.
pub(super) fn most(max: usize, holds: impl Fn(usize) -> bool) -> usize {
    if holds(max) {
        return max;
    }
    let (mut fine, mut wrong) = (0, max);
    while wrong - fine > 1 {
        let middle = fine + (wrong - fine) / 2;
        if holds(middle) { fine = middle } else { wrong = middle }
    }
    fine
}
