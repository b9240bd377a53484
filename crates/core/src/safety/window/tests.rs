//! Windows on the clocks of places that change them.

use super::*;
use proptest::prelude::*;

fn windows(texts: &[&str]) -> Vec<Window> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// `open until …`, `closed until …`.
fn told(all: &[Window], moment: &str) -> String {
    let found = opening(all, at(moment));
    let until = found.until.map_or_else(|| "for ever".to_owned(), |until| format!("until {until}"));
    format!("{} {until}", if found.open { "open" } else { "closed" })
}

#[test]
fn a_window_is_open_from_its_beginning_and_closed_from_its_end_on() {
    // Santiago is three hours behind in summer.
    let office = windows(&["mon,wed 09:00-17:00 America/Santiago"]);
    assert_eq!(told(&office, "2026-11-30T11:59:59Z"), "closed until 2026-11-30T12:00:00Z");
    assert_eq!(told(&office, "2026-11-30T12:00:00Z"), "open until 2026-11-30T20:00:00Z");
    assert_eq!(told(&office, "2026-11-30T20:00:00Z"), "closed until 2026-12-02T12:00:00Z");
    assert_eq!(told(&office, "2026-12-02T20:00:00Z"), "closed until 2026-12-07T12:00:00Z");
    assert_eq!(told(&[], "2026-12-02T20:00:00Z"), "open for ever");
}

#[test]
fn a_window_may_go_past_midnight_and_belongs_to_the_day_on_which_it_begins() {
    let night = windows(&["sun 22:00-02:00 UTC"]);
    assert_eq!(told(&night, "2026-11-29T21:00:00Z"), "closed until 2026-11-29T22:00:00Z");
    assert_eq!(told(&night, "2026-11-30T01:30:00Z"), "open until 2026-11-30T02:00:00Z");
    assert_eq!(told(&night, "2026-11-30T22:30:00Z"), "closed until 2026-12-06T22:00:00Z", "Monday night");
}

#[test]
fn windows_that_touch_are_one_and_all_days_are_always() {
    let two = windows(&["mon 22:00-24:00 UTC", "tue 00:00-03:00 UTC"]);
    assert_eq!(told(&two, "2026-11-30T23:00:00Z"), "open until 2026-12-01T03:00:00Z");
    let always = windows(&["mon,tue,wed,thu,fri,sat,sun 00:00-24:00 UTC"]);
    assert_eq!(told(&always, "2026-11-30T23:00:00Z"), "open for ever");
}

#[test]
fn a_local_time_that_is_skipped_is_the_moment_of_the_change() {
    // On 28 March 2027 the clocks of Madrid go from 02:00 to 03:00, at 01:00 UTC.
    let late = windows(&["sun 02:30-05:00 Europe/Madrid"]);
    assert_eq!(told(&late, "2027-03-28T00:30:00Z"), "closed until 2027-03-28T01:00:00Z");
    assert_eq!(told(&late, "2027-03-28T01:10:00Z"), "open until 2027-03-28T03:00:00Z");
    let early = windows(&["sun 01:00-02:30 Europe/Madrid"]);
    assert_eq!(told(&early, "2027-03-28T00:30:00Z"), "open until 2027-03-28T01:00:00Z");
    let gone = windows(&["sun 02:10-02:50 Europe/Madrid"]);
    assert_eq!(told(&gone, "2027-03-28T00:30:00Z"), "closed until 2027-04-04T00:10:00Z", "a week later");
}

#[test]
fn a_local_time_that_comes_twice_is_the_first() {
    // On 31 October 2027 the clocks of Madrid go from 03:00 back to 02:00, at 01:00 UTC.
    let night = windows(&["sun 02:15-02:45 Europe/Madrid"]);
    assert_eq!(told(&night, "2027-10-31T00:00:00Z"), "closed until 2027-10-31T00:15:00Z");
    assert_eq!(told(&night, "2027-10-31T00:45:00Z"), "closed until 2027-11-07T01:15:00Z");
}

#[test]
fn a_day_that_a_place_left_out_has_no_window() {
    // Samoa had no 30 December 2011, a Friday.
    let friday = windows(&["fri 09:00-17:00 Pacific/Apia"]);
    assert_eq!(told(&friday, "2011-12-29T20:00:00Z"), "closed until 2012-01-05T19:00:00Z");
}

#[test]
fn what_is_no_window_is_refused() {
    for text in [
        "",
        "mon 9:00-17:00 UTC",
        "mon 09:00-25:00 UTC",
        "mon 09:60-10:00 UTC",
        "mon 09:00-09:00 UTC",
        "mon 24:00-09:00 UTC",
        " 09:00-10:00 UTC",
        "monday 09:00-10:00 UTC",
        "mon 09:00-10:00 Mars/Base",
        "mon 09:00-10:00",
        "mon 09:00 UTC",
        "mon +9:00-10:00 UTC",
    ] {
        assert!(text.parse::<Window>().is_err(), "{text}");
    }
    assert_eq!("sun,mon 22:00-24:00 UTC".parse::<Window>().unwrap().to_string(), "mon,sun 22:00-24:00 UTC");
}

fn some() -> impl Strategy<Value = Window> {
    let zone =
        proptest::sample::select(vec!["UTC", "Europe/Madrid", "America/Santiago", "Australia/Lord_Howe"]);
    let days = proptest::sample::subsequence(DAYS.to_vec(), 1..=7);
    (days, 0u16..DAY, 0u16..=DAY, zone).prop_filter_map("it has a length", |(days, from, to, zone)| {
        let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        Window::new(&days, &time(from), &time(to), zone).ok()
    })
}

proptest! {
    #[test]
    fn windows_read_back(window in some()) {
        prop_assert_eq!(window.to_string().parse::<Window>(), Ok(window));
    }

    /// What is said of the time until the next change is true at each moment of it, and false after.
    #[test]
    fn the_next_change_is_the_next_change(
        all in proptest::collection::vec(some(), 1..4), second in 1_700_000_000i64..1_900_000_000, share in 0i64..1000,
    ) {
        let at = Timestamp::from_second(second).unwrap();
        let now = opening(&all, at);
        if let Some(until) = now.until {
            prop_assert!(until > at);
            let between = second + (until.as_second() - second) * share / 1000;
            let then = opening(&all, Timestamp::from_second(between).unwrap());
            prop_assert_eq!(then.open, now.open);
            prop_assert_eq!(opening(&all, until).open, !now.open);
        }
    }
}
