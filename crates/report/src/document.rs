//! What a report says, as blocks that every form is written from.

use crate::age::age;
use crate::values;
use crate::{Drifted, Report, Standing};
use aplomo_core::plan::{Action, Change, Covered};
use aplomo_core::{Address, Severity};
use aplomo_planner::{Shares, moment};
use aplomo_texts::Locale;

/// A part of a line.
pub(crate) enum Part {
    /// Words of ours.
    Say(String),
    /// Something from elsewhere, shown as it is.
    Code(String),
}

/// A line.
pub(crate) type Line = Vec<Part>;

/// A piece of a report.
pub(crate) enum Block {
    /// The title.
    Title(String),
    /// The beginning of a section.
    Section(String),
    /// A paragraph.
    Words(Line),
    /// An item of a list.
    Item(Line),
    /// Something about the item before.
    Detail(Line),
    /// A table about the item before.
    Table([String; 3], Vec<[Line; 3]>),
}

/// How much of a list is told.
const UNMANAGED: usize = 50;
/// How many addresses a chat is told.
const BRIEF: usize = 10;

fn say(text: String) -> Line {
    vec![Part::Say(text)]
}

fn code(text: impl ToString) -> Part {
    Part::Code(text.to_string())
}

/// A message whose commands stand in backticks. What is put into it must hold none.
fn with_commands(text: &str) -> Line {
    let part = |(i, part): (usize, &str)| match i % 2 {
        0 => Part::Say(part.to_owned()),
        _ => Part::Code(part.to_owned()),
    };
    text.split('`').enumerate().map(part).collect()
}

/// All of it.
pub(crate) fn whole(report: &Report) -> Vec<Block> {
    let locale = report.locale;
    let mut out = head(report);
    for (standing, title) in
        [(Standing::New, locale.section_new()), (Standing::Ageing, locale.section_ageing())]
    {
        section(&mut out, title, report.of(standing), |out, (one, change)| drift(out, locale, one, change));
    }
    out.extend(supplement(report));
    section(&mut out, locale.section_pending(), report.drift.pending.iter().collect(), |out, change| {
        out.push(Block::Item(vec![code(&change.address), Part::Say(format!(" {}", change.action))]));
        fields(out, locale, change);
    });
    others(report, &mut out);
    out
}

/// The sections beside the changes: what is over, put off, or ends soon.
pub(crate) fn supplement(report: &Report) -> Vec<Block> {
    let locale = report.locale;
    let mut out = Vec::new();
    let address = |out: &mut Vec<Block>, address: &Address| out.push(Block::Item(vec![code(address)]));
    section(&mut out, locale.section_resolved(), report.resolved.iter().collect(), address);
    section(&mut out, locale.section_snoozed(), report.snoozed(), |out, (one, change)| {
        drift(out, locale, one, change);
    });
    section(&mut out, locale.section_expiring(), report.expiring.iter().collect(), |out, one| {
        let line = locale.expires(format!("`{}`", one.address), moment(one.until));
        out.push(Block::Item(with_commands(&line)));
    });
    out
}

/// A few lines.
pub(crate) fn brief(report: &Report) -> Vec<Block> {
    let mut out = vec![Block::Title(report.title()), Block::Words(say(report.headline()))];
    let open: Vec<&Drifted> = report.drifts.iter().filter(|one| one.snoozed.is_none()).collect();
    out.extend(open.iter().take(BRIEF).map(|one| Block::Item(vec![code(&one.address)])));
    if open.len() > BRIEF {
        out.push(Block::Item(say(report.locale.and_more(open.len() - BRIEF))));
    }
    out
}

fn head(report: &Report) -> Vec<Block> {
    let locale = report.locale;
    let since = report.since.map_or_else(|| locale.first_report(), |at| locale.since(moment(at)));
    let mut out = vec![
        Block::Title(report.title()),
        Block::Words(say(report.headline())),
        Block::Words(say(format!("{}. {}", locale.as_of(moment(report.drift.as_of)), since))),
    ];
    out.extend(report.drift.coverage.as_ref().and_then(|shares| coverage(locale, shares)));
    if report.left_out {
        out.push(Block::Words(say(locale.others_left_out())));
    }
    out
}

fn coverage(locale: Locale, shares: &Shares) -> Option<Block> {
    let Covered { managed, unmanaged, unverifiable, reads, reads_complete } = shares.covered;
    let mut parts = vec![locale.coverage(managed, managed + unmanaged + unverifiable, shares.percent?)];
    if unverifiable > 0 {
        parts.push(locale.coverage_unverifiable(unverifiable));
    }
    parts.extend(shares.reads_percent.map(|share| locale.coverage_reads(reads_complete, reads, share)));
    Some(Block::Words(say(format!("{}.", parts.join("; ")))))
}

fn section<T>(out: &mut Vec<Block>, title: String, all: Vec<T>, one: impl Fn(&mut Vec<Block>, T)) {
    if all.is_empty() {
        return;
    }
    out.push(Block::Section(format!("{title} ({})", all.len())));
    all.into_iter().for_each(|item| one(out, item));
}

/// One drift: what, since when, by whom, and what one can do.
fn drift(out: &mut Vec<Block>, locale: Locale, one: &Drifted, change: &Change) {
    out.push(Block::Item(vec![code(&one.address)]));
    if let Some(first) = change.first_seen {
        let seen = locale.first_seen(moment(first), age(locale, one.age_seconds));
        out.push(Block::Detail(say(seen)));
    }
    out.push(Block::Detail(match &one.attributed_to {
        Some(who) => vec![Part::Say(locale.attributed("")), code(who)],
        None => say(locale.not_attributed()),
    }));
    fields(out, locale, change);
    if let Some(snooze) = &one.snoozed {
        let text = locale.snoozed(&snooze.by, moment(snooze.until), &snooze.reason);
        return out.push(Block::Detail(vec![code(text)]));
    }
    match &change.held_by {
        Some(by) => out.push(Block::Detail(vec![Part::Say(locale.held("")), code(by)])),
        None => out.push(Block::Detail(with_commands(&locale.can_revert(one.revert)))),
    }
    if let Some(origin) = change.origins.first() {
        let accept = locale.can_accept(format!("`{}`", origin.to_string().replace('`', "'")));
        out.push(Block::Detail(with_commands(&accept)));
    }
    out.push(Block::Detail(with_commands(&locale.can_snooze(&one.address))));
}

fn fields(out: &mut Vec<Block>, locale: Locale, change: &Change) {
    if change.fields.is_empty() {
        if change.action == Action::Create && change.reason == aplomo_core::Reason::Drift {
            out.push(Block::Detail(say(locale.was_deleted())));
        }
        return;
    }
    let value = |(text, is_value): (String, bool)| vec![if is_value { code(text) } else { Part::Say(text) }];
    let rows = change.fields.iter().map(|field| {
        let after = values::wish(locale, &field.after, &field.path, change);
        let before = values::sight(locale, &field.before);
        [vec![code(values::path(&field.path))], value(before), value(after)]
    });
    out.push(Block::Table([locale.field(), locale.is_now(), locale.should_be()], rows.collect()));
}

/// What is no drift and should be known.
fn others(report: &Report, out: &mut Vec<Block>) {
    let (locale, drift) = (report.locale, &report.drift);
    section(out, locale.section_findings(), drift.findings.iter().collect(), |out, finding| {
        let word = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        let mut line =
            vec![Part::Say(format!("{word} ")), code(format!("[{}] {}", finding.rule, finding.message))];
        if let Some(address) = &finding.address {
            line.extend([Part::Say(" ".to_owned()), code(address)]);
        }
        out.push(Block::Item(line));
        out.extend(finding.help.iter().map(|help| Block::Detail(vec![code(help)])));
    });
    let unmanaged = drift.unmanaged.len();
    let shown: Vec<_> = drift.unmanaged.iter().take(UNMANAGED).collect();
    section(out, locale.section_unmanaged(), shown, |out, one| {
        let key = one.key.as_ref().filter(|key| key.as_str() != one.id.as_str());
        let name = key.map(|key| format!(" {key}")).unwrap_or_default();
        out.push(Block::Item(vec![code(format!("{} {}{name} in {}", one.type_name, one.id, one.within))]));
    });
    if unmanaged > UNMANAGED {
        out.push(Block::Item(say(locale.and_more(unmanaged - UNMANAGED))));
    }
    section(out, locale.section_unverifiable(), drift.unverifiable.iter().collect(), |out, one| {
        let types: Vec<&str> = one.types.iter().map(AsRef::as_ref).collect();
        let what = one.address.as_ref().map(ToString::to_string);
        let what = what.unwrap_or_else(|| format!("{} in {}", types.join(", "), one.scope));
        let fields: String = one.fields.iter().map(|path| format!(" {path}")).collect();
        out.push(Block::Item(vec![code(format!("{what}{fields}: {}", one.why))]));
    });
}
