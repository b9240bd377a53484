//! When reports are due: five fields of cron in a time zone. Pure; the moment is given.

use aplomo_core::Timestamp;
use cronexpr::Crontab;

/// A schedule.
#[derive(Debug, Clone)]
pub struct Schedule(Crontab);

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing was sent yet: it counts from now on, so a new report is not sent for a time long past.
    Begin,
    /// The newest moment that went by: what was missed in between is told with it.
    Now(Timestamp),
    /// Not before then.
    At(Timestamp),
}

impl Schedule {
    /// Reads a schedule.
    ///
    /// # Errors
    /// What is wrong with the fields or the time zone, and the form they have.
    pub fn new(fields: &str, time_zone: &str) -> Result<Self, String> {
        let count = fields.split_whitespace().count();
        if count != 5 {
            return Err(format!(
                "`schedule: {}` has {count} fields; it has five: minute, hour, day, month, day of the week",
                fields.escape_debug()
            ));
        }
        let read = cronexpr::parse_crontab(&format!("{fields} {time_zone}"));
        read.map(Self).map_err(|error| {
            format!("the schedule `{}` in `{}`: {error}", fields.escape_debug(), time_zone.escape_debug())
        })
    }

    /// The first moment after another; `None` where there is none any more.
    #[must_use]
    pub fn after(&self, at: Timestamp) -> Option<Timestamp> {
        let next = self.0.find_next(at.to_string().as_str()).ok()?;
        Timestamp::from_millisecond(next.timestamp().as_millisecond()).ok()
    }

    /// What is due, given the last moment that was seen to; `None` where nothing ever is again.
    #[must_use]
    pub fn due(&self, last: Option<Timestamp>, now: Timestamp) -> Option<Due> {
        let Some(last) = last else { return Some(Due::Begin) };
        let first = self.after(last)?;
        if first > now {
            return Some(Due::At(first));
        }
        Some(Due::Now(self.newest(first, now)))
    }

    /// The newest moment that is not after `now`, from one that is not. It is looked for in the last day, the
    /// last week and so on, so that no schedule is walked minute by minute through a year.
    fn newest(&self, first: Timestamp, now: Timestamp) -> Timestamp {
        const DAY: i64 = 86_400;
        let starts = [1, 8, 32, 366].map(|days| Timestamp::from_second(now.as_second() - days * DAY));
        let starts = starts.into_iter().flatten().filter(|start| *start > first);
        let mut from = starts.filter_map(|start| self.after(start)).find(|at| *at <= now).unwrap_or(first);
        while let Some(next) = self.after(from).filter(|next| *next <= now) {
            from = next;
        }
        from
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn santiago() -> Schedule {
        Schedule::new("0 8 * * 1-5", "America/Santiago").unwrap()
    }

    #[test]
    fn the_hour_is_that_of_the_time_zone_in_summer_and_winter() {
        let next = |from| santiago().after(at(from)).unwrap().to_string();
        assert_eq!(next("2027-01-04T00:00:00Z"), "2027-01-04T11:00:00Z");
        assert_eq!(next("2027-07-05T00:00:00Z"), "2027-07-05T12:00:00Z");
        assert_eq!(next("2027-01-08T11:00:00Z"), "2027-01-11T11:00:00Z", "after itself, past the weekend");
    }

    #[test]
    fn a_report_is_due_once_and_what_was_missed_is_one_report() {
        let due = |last: &str, now| santiago().due(Some(at(last)), at(now)).unwrap();
        let monday = "2027-01-04T11:00:00Z";
        assert_eq!(due("2027-01-01T11:00:00Z", "2027-01-04T10:59:59Z"), Due::At(at(monday)));
        assert_eq!(due("2027-01-01T11:00:00Z", monday), Due::Now(at(monday)));
        assert_eq!(due(monday, monday), Due::At(at("2027-01-05T11:00:00Z")));
        // Down for a week: the newest moment counts, and it is the only one.
        assert_eq!(due("2027-01-01T11:00:00Z", "2027-01-09T00:00:00Z"), Due::Now(at("2027-01-08T11:00:00Z")));
        assert_eq!(santiago().due(None, at(monday)), Some(Due::Begin));
    }

    #[test]
    fn a_schedule_of_every_minute_after_a_year_is_found_at_once() {
        let schedule = Schedule::new("* * * * *", "UTC").unwrap();
        let due = schedule.due(Some(at("2026-01-01T00:00:00Z")), at("2027-01-01T00:00:30Z"));
        assert_eq!(due, Some(Due::Now(at("2027-01-01T00:00:00Z"))));
    }

    #[test]
    fn what_is_no_schedule_is_refused_with_its_form() {
        for (fields, zone) in
            [("0 8 * *", "UTC"), ("0 8 * * * *", "UTC"), ("61 8 * * *", "UTC"), ("0 8 * * *", "Mars/Base")]
        {
            assert!(Schedule::new(fields, zone).is_err(), "{fields} {zone}");
        }
    }
}
