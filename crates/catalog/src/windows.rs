//! Windows as people write them, on Tenant and Environment.

use crate::kind::Head;
use aplomo_core::safety::Window;
use aplomo_core::{Finding, Wish};
use schemars::JsonSchema;
use serde::Deserialize;
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeSet;

/// Hours of a week in which changes are applied. Outside of all windows plans and reports are made, and what is
/// approved waits for the next one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WindowWish {
    /// The days on which it begins.
    pub days: Vec<Day>,
    /// When it begins on the clocks of the place, `HH:MM`. A time that the clocks skip is the moment at which they do.
    pub from: SmolStr,
    /// When it ends, up to `24:00`; on the next day where that is not after `from`. A time that comes twice is the first.
    pub to: SmolStr,
    /// The time zone by its IANA name, e.g. `America/Santiago`.
    pub time_zone: SmolStr,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    const fn word(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }
}

/// The windows of a manifest; `bad-window` where one is none.
pub(crate) fn read(head: &Head<'_>, written: &[WindowWish], findings: &mut Vec<Finding>) -> Vec<Window> {
    let mut windows = Vec::new();
    for (index, wish) in written.iter().enumerate() {
        let days: Vec<&str> = wish.days.iter().map(|day| day.word()).collect();
        match Window::new(&days, &wish.from, &wish.to, &wish.time_zone) {
            Ok(window) => windows.push(window),
            Err(bad) => {
                let finding = Finding::error("bad-window", format!("a window that is none: {bad}"));
                findings.push(head.finding_at(finding, &format!("/spec/windows/{index}")));
            }
        }
    }
    windows
}

/// How windows are recorded. What the manifest leaves out is absent, not left alone.
pub(crate) fn wish(windows: &[Window]) -> Wish<BTreeSet<SmolStr>> {
    match windows.is_empty() {
        true => Wish::Absent,
        false => Wish::Value(windows.iter().map(|window| format_smolstr!("{window}")).collect()),
    }
}
