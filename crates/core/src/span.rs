//! Lengths of time as people write them, in the configuration, on the command line and in comments.

use std::time::Duration;

/// The longest that means anything here: ten years, in seconds.
const LONGEST: u64 = 10 * 365 * 86_400;

/// A length of time like `90s`, `16h`, `7d`, `2w`: a whole number and a unit; more than nothing and at most ten years.
#[must_use]
pub fn span(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let number: u64 = text[..text.len() - unit.len_utf8()].parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let total = number.checked_mul(seconds).filter(|s| *s > 0 && *s <= LONGEST);
    total.map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans_are_read_and_nonsense_is_refused() {
        assert_eq!(span("90s").unwrap().as_secs(), 90);
        assert_eq!(span("7d").unwrap().as_secs(), 604_800);
        for bad in ["", "7", "d", "-1h", "1.5h", "0s", "99999999999999999999s", "1é", "11000d"] {
            assert_eq!(span(bad), None, "{bad}");
        }
    }
}
