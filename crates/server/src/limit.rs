//! `?limit=`: how many entries a list shows.

use crate::problem::Problem;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

/// The most entries of one answer.
pub(crate) const MOST: u32 = 200;
/// How many there are where nobody says.
const USUAL: u32 = 50;

/// The number of entries asked for, 1 to [`MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit(pub(crate) u32);

impl<S: Sync> FromRequestParts<S> for Limit {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let unreadable = |_| Problem::bad_request("the query cannot be read; this call takes `limit` alone");
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map_err(unreadable)?;
        if let Some((name, _)) = pairs.iter().find(|(name, _)| name != "limit") {
            let name = name.escape_debug();
            return Err(Problem::bad_request(format!(
                "`{name}` is not known here; this call takes `limit` alone"
            )));
        }
        match pairs.as_slice() {
            [] => Ok(Self(USUAL)),
            [(_, value)] => parse(value),
            _ => Err(Problem::bad_request("`limit` is given more than once")),
        }
    }
}

fn parse(value: &str) -> Result<Limit, Problem> {
    let number = if value.bytes().all(|b| b.is_ascii_digit()) { value.parse().ok() } else { None };
    number.filter(|n| (1..=MOST).contains(n)).map(Limit).ok_or_else(|| {
        Problem::bad_request(format!(
            "`limit` must be a whole number from 1 to {MOST}, not `{}`",
            value.escape_debug()
        ))
    })
}
