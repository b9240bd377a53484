//! How figures grow from one row of a table to the next.

/// One row: so many records took so long and so much.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub(crate) records: usize,
    pub(crate) seconds: f64,
    pub(crate) megabytes: f64,
}

/// The ratios to the row before; nothing for the first row.
pub(crate) fn growth(before: Option<Point>, now: Point) -> String {
    let ratio = |a: f64, b: f64| if b > 0.0 { a / b } else { f64::NAN };
    before.map_or_else(String::new, |before| {
        format!(
            "x{:.1}, x{:.1}, x{:.1}",
            ratio(now.records as f64, before.records as f64),
            ratio(now.seconds, before.seconds),
            ratio(now.megabytes, before.megabytes),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_compared_with_the_row_before() {
        let row = |records, seconds| Point { records, seconds, megabytes: 10.0 };
        assert_eq!(growth(None, row(1, 1.0)), "");
        assert_eq!(growth(Some(row(1_000, 0.5)), row(10_000, 6.0)), "x10.0, x12.0, x1.0");
    }
}
