//! How long something is there, in one unit.

use aplomo_texts::Locale;

/// Whole days from two days on, whole hours from two hours on, else minutes.
pub(crate) fn age(say: Locale, seconds: i64) -> String {
    match seconds {
        0..7_200 => say.minutes(seconds / 60),
        7_200..172_800 => say.hours(seconds / 3_600),
        _ => say.days(seconds / 86_400),
    }
}
