//! Drift reports: what a drift check found, against what people were told last and what they put off.
//!
//! Pure. [`report`] sorts, the writers write one list of blocks as Markdown, HTML or text; every text that
//! comes from elsewhere is escaped where it is written.
//!
//! Deliberately absent: looking for drift (`planner`), words (`texts`), sending and schedules (the daemon).

mod age;
mod document;
mod values;
mod write;

use aplomo_core::plan::Change;
use aplomo_core::told::{Snooze, Told};
use aplomo_core::{Address, Digest, Timestamp};
use aplomo_planner::DriftReport;
use aplomo_texts::Locale;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a report is made of.
pub struct Asked<'a> {
    /// What the check found, of the tenant alone where it is a report of one.
    pub drift: DriftReport,
    /// Its tenant; `None` for a report of all.
    pub tenant: Option<String>,
    /// What people were told last.
    pub told: Option<&'a Told>,
    /// What is put off.
    pub snoozes: &'a [Snooze],
    /// What ends by itself, and when.
    pub ending: Vec<(Address, Timestamp)>,
    /// Who did it, where that is known.
    pub by: &'a BTreeMap<Address, String>,
    /// Whether there is something that is not told to one tenant.
    pub left_out: bool,
    /// The language.
    pub locale: Locale,
}

/// How drift stands against the last report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It was not told before.
    New,
    /// It was told before.
    Ageing,
}

/// One drift as a report has it, beside its change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drifted {
    /// The address.
    pub address: Address,
    /// New or told before.
    pub standing: Standing,
    /// How long it is there, in seconds.
    pub age_seconds: i64,
    /// Who did it, where that is known.
    pub attributed_to: Option<String>,
    /// The effect to approve to undo it.
    pub revert: Digest,
    /// Who put it off, where somebody did.
    pub snoozed: Option<Snooze>,
}

/// What ends by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ending {
    /// The address.
    pub address: Address,
    /// When.
    pub until: Timestamp,
}

/// A drift report: the contract of `drift --format json`, and more.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What the check found.
    #[serde(flatten)]
    pub drift: DriftReport,
    /// Its tenant; `null` for all.
    pub tenant: Option<String>,
    /// The moment of the report that it is compared with.
    pub since: Option<Timestamp>,
    /// What there is to say of each drift.
    pub drifts: Vec<Drifted>,
    /// What drifted at the last report and does not now.
    pub resolved: Vec<Address>,
    /// What ends by itself within 30 days.
    pub expiring: Vec<Ending>,
    #[serde(skip)]
    told_before: BTreeSet<Address>,
    #[serde(skip)]
    left_out: bool,
    #[serde(skip)]
    locale: Locale,
}

/// How long before its end something is told to end.
const SOON_SECONDS: i64 = 30 * 86_400;

/// Sorts what was found.
#[must_use]
pub fn report(asked: Asked<'_>) -> Report {
    let Asked { drift, tenant, told, snoozes, ending, by, left_out, locale } = asked;
    let told_before = told.map(|told| told.drifts.clone()).unwrap_or_default();
    let now = drift.as_of;
    let drifts = drift.changes.iter().map(|change| Drifted {
        address: change.address.clone(),
        standing: if told_before.contains(&change.address) { Standing::Ageing } else { Standing::New },
        age_seconds: now.duration_since(change.first_seen.unwrap_or(now)).as_secs().max(0),
        attributed_to: by.get(&change.address).cloned(),
        revert: change.digest,
        snoozed: snoozes.iter().find(|s| s.address == change.address && s.until > now).cloned(),
    });
    let drifts: Vec<Drifted> = drifts.collect();
    let there: BTreeSet<&Address> = drift.changes.iter().map(|change| &change.address).collect();
    // What could not be read this time is not resolved.
    let resolved = told_before.iter().filter(|address| drift.complete && !there.contains(address)).cloned();
    let soon = |at: Timestamp| (0..=SOON_SECONDS).contains(&at.duration_since(now).as_secs());
    let mut expiring: Vec<Ending> = ending
        .into_iter()
        .filter(|(_, at)| soon(*at))
        .map(|(address, until)| Ending { address, until })
        .collect();
    expiring.sort_by(|a, b| (a.until, &a.address).cmp(&(b.until, &b.address)));
    let (since, resolved) = (told.map(|told| told.at), resolved.collect());
    Report { drift, tenant, since, drifts, resolved, expiring, told_before, left_out, locale }
}

impl Report {
    /// What people know once they have read it.
    #[must_use]
    pub fn told(&self) -> Told {
        let mut drifts: BTreeSet<Address> = self.drifts.iter().map(|one| one.address.clone()).collect();
        if !self.drift.complete {
            drifts.extend(self.told_before.iter().cloned());
        }
        Told { at: self.drift.as_of, drifts }
    }

    /// The drift of a standing that nobody put off, with its change.
    fn of(&self, standing: Standing) -> Vec<(&Drifted, &Change)> {
        self.with_changes().filter(|(one, _)| one.standing == standing && one.snoozed.is_none()).collect()
    }

    fn snoozed(&self) -> Vec<(&Drifted, &Change)> {
        self.with_changes().filter(|(one, _)| one.snoozed.is_some()).collect()
    }

    fn with_changes(&self) -> impl Iterator<Item = (&Drifted, &Change)> {
        self.drifts.iter().zip(&self.drift.changes)
    }

    /// The title.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.tenant {
            Some(tenant) => self.locale.report_title_of(aplomo_planner::escape_text(tenant)),
            None => self.locale.report_title(),
        }
    }

    /// The one line that says it all; what is put off is counted apart.
    #[must_use]
    pub fn headline(&self) -> String {
        let (say, all) = (self.locale, self.drifts.len());
        let mut line = match (all, self.drift.complete) {
            (0, true) => say.clean(),
            (0, false) => return say.clean_in_part(),
            (1, _) => say.drifted_one(),
            (many, _) => say.drifted_many(many),
        };
        let (new, ageing, snoozed) =
            (self.of(Standing::New).len(), self.of(Standing::Ageing).len(), self.snoozed().len());
        let resolved = self.resolved.len();
        let parts = [
            (new, say.of_which_new(new)),
            (ageing, say.of_which_ageing(ageing)),
            (snoozed, say.of_which_snoozed(snoozed)),
            (resolved, say.resolved_count(resolved)),
        ];
        let parts: Vec<String> =
            parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect();
        if !parts.is_empty() {
            line = format!("{} ({})", line.trim_end_matches('.'), parts.join(", "));
        }
        if !line.ends_with('.') {
            line.push('.');
        }
        if self.drift.complete { line } else { format!("{line} {}", say.not_all_seen()) }
    }

    /// As Markdown: what is not ours stands in code spans.
    #[must_use]
    pub fn markdown(&self) -> String {
        write::markdown(&document::whole(self))
    }

    /// As one HTML page that needs nothing else and runs nothing.
    #[must_use]
    pub fn html(&self) -> String {
        write::page(&self.title(), self.locale, &document::whole(self))
    }

    /// As text.
    #[must_use]
    pub fn text(&self) -> String {
        write::text(&document::whole(self))
    }

    /// The sections that the terminal's list of changes has not.
    #[must_use]
    pub fn supplement(&self) -> String {
        write::text(&document::supplement(self))
    }

    /// A few lines for a chat: title, headline and the first addresses, in Slack's form.
    #[must_use]
    pub fn brief(&self) -> String {
        write::slack(&document::brief(self))
    }
}
