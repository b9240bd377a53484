//! Windows: the hours of a week in which changes may be applied, on the clocks of a place.
//!
//! The rules of time zones are those that are built in, never those of the machine, so that the same plan
//! comes out everywhere. A local time that does not exist, for the clocks go forward over it, is the moment at
//! which they do; one that exists twice is the first.
//!
//! Deliberately absent: the present moment. It is handed in.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// The zones that are built in.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The days of a week, as written in a manifest.
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// How many days are looked ahead for the next opening: a week, and one that the calendar left out.
const AHEAD: usize = 9;

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// Some hours of some days of each week. It is recorded as text: `mon,tue 22:00-02:00 America/Santiago`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Window {
    /// The days on which it begins, 0 is Monday.
    days: BTreeSet<u8>,
    /// The minute of the day at which it begins.
    from: u16,
    /// The minute at which it ends, on the next day where it is not after `from`; up to 24:00.
    to: u16,
    /// The time zone, by its IANA name.
    zone: SmolStr,
}

/// What is wrong with a window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadWindow {
    /// No day, or none that there is.
    #[error("`{}` is no day: mon, tue, wed, thu, fri, sat, sun", .0.escape_debug())]
    Day(String),
    /// A time of day.
    #[error("`{}` is no time of day from 00:00 to 24:00", .0.escape_debug())]
    Time(String),
    /// It has no length.
    #[error("it ends when it begins")]
    Empty,
    /// Nobody knows the zone.
    #[error("`{}` is no time zone, like `America/Santiago` or `UTC`", .0.escape_debug())]
    Zone(String),
    /// The whole text.
    #[error("`{}` is no window, like `mon,tue 22:00-02:00 America/Santiago`", .0.escape_debug())]
    Text(String),
}

impl Window {
    /// A window from its parts.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub fn new(days: &[&str], from: &str, to: &str, zone: &str) -> Result<Self, BadWindow> {
        let day = |word: &&str| {
            let at = DAYS.iter().position(|day| day == word).and_then(|at| u8::try_from(at).ok());
            at.ok_or_else(|| BadWindow::Day((*word).to_owned()))
        };
        let days = days.iter().map(day).collect::<Result<BTreeSet<u8>, _>>()?;
        if days.is_empty() {
            return Err(BadWindow::Day(String::new()));
        }
        let window = Self { days, from: minute(from)?, to: minute(to)?, zone: zone.into() };
        if window.from == window.to || window.from == DAY {
            return Err(BadWindow::Empty);
        }
        if window.zone().is_none() {
            return Err(BadWindow::Zone(zone.to_owned()));
        }
        Ok(window)
    }

    fn zone(&self) -> Option<TimeZone> {
        ZONES.get(&self.zone).ok()
    }

    /// The time between its beginning on a day and its end; none where the clocks skip all of it.
    fn on(&self, zone: &TimeZone, day: Date) -> Option<(Timestamp, Timestamp)> {
        let begins = u8::try_from(day.weekday().since(Weekday::Monday)).ok()?;
        if !self.days.contains(&begins) {
            return None;
        }
        let last = if self.to <= self.from { day.tomorrow().ok()? } else { day };
        let (from, to) = (moment(zone, day, self.from)?, moment(zone, last, self.to)?);
        (from < to).then_some((from, to))
    }

    /// Its times around a moment, from two days before on.
    fn around(&self, at: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let Some(zone) = self.zone() else { return Vec::new() };
        let today = zone.to_datetime(at).date();
        let first = today.yesterday().and_then(Date::yesterday).unwrap_or(today);
        first
            .series(jiff::Span::new().days(1))
            .take(AHEAD + 3)
            .filter_map(|day| self.on(&zone, day))
            .collect()
    }
}

/// `HH:MM` in minutes.
fn minute(text: &str) -> Result<u16, BadWindow> {
    let number = |digits: &str| {
        let plain = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|_| plain)
    };
    let parts = text.split_once(':').and_then(|(h, m)| number(h).zip(number(m)));
    let minutes = parts.filter(|(_, m)| *m < 60).map(|(h, m)| h * 60 + m);
    minutes.filter(|all| *all <= DAY).ok_or_else(|| BadWindow::Time(text.to_owned()))
}

/// The moment at which the clocks of a place show this.
fn moment(zone: &TimeZone, day: Date, minute: u16) -> Option<Timestamp> {
    let (day, minute) = if minute == DAY { (day.tomorrow().ok()?, 0) } else { (day, minute) };
    let time = Time::new(i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?, 0, 0).ok()?;
    let local = DateTime::from_parts(day, time);
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { before, .. } => {
            let late = before.to_timestamp(local).ok()?.checked_add(SignedDuration::from_secs(1)).ok()?;
            zone.preceding(late).next().map(|change| change.timestamp())
        }
        _ => ambiguous.compatible().ok(),
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<&str> =
            self.days.iter().filter_map(|day| DAYS.get(usize::from(*day))).copied().collect();
        let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        write!(f, "{} {}-{} {}", days.join(","), time(self.from), time(self.to), self.zone)
    }
}

impl FromStr for Window {
    type Err = BadWindow;
    fn from_str(text: &str) -> Result<Self, BadWindow> {
        let parts: Vec<&str> = text.split(' ').collect();
        let [days, times, zone] = parts.as_slice() else { return Err(BadWindow::Text(text.to_owned())) };
        let Some((from, to)) = times.split_once('-') else { return Err(BadWindow::Text(text.to_owned())) };
        Self::new(&days.split(',').collect::<Vec<_>>(), from, to, zone)
    }
}

impl From<Window> for String {
    fn from(window: Window) -> Self {
        window.to_string()
    }
}

impl TryFrom<String> for Window {
    type Error = BadWindow;
    fn try_from(text: String) -> Result<Self, BadWindow> {
        text.parse()
    }
}

/// Whether changes may be applied at a moment, by the windows of one manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Whether they may.
    pub open: bool,
    /// When that changes next, where it does within the next days.
    pub until: Option<Timestamp>,
}

/// Whether a moment is in one of the windows. Without any it always is.
#[must_use]
pub fn opening(windows: &[Window], at: Timestamp) -> Opening {
    if windows.is_empty() {
        return Opening { open: true, until: None };
    }
    let mut times: Vec<_> = windows.iter().flat_map(|window| window.around(at)).collect();
    times.sort();
    let mut end = None;
    for (from, to) in &times {
        // One that begins when another ends goes on.
        if *from <= end.unwrap_or(at) && *to > end.unwrap_or(at) {
            end = Some(*to);
        }
    }
    match end {
        Some(end) => {
            // Open for as long as we look: nobody needs to be woken for that.
            let horizon = at.checked_add(SignedDuration::from_hours(7 * 24)).unwrap_or(Timestamp::MAX);
            Opening { open: true, until: Some(end).filter(|end| *end < horizon) }
        }
        None => {
            Opening { open: false, until: times.into_iter().map(|(from, _)| from).find(|from| *from > at) }
        }
    }
}

#[cfg(test)]
mod tests;
