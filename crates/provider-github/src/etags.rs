//! Answers remembered with their ETag, so that what did not change costs nothing of the hourly limit.
//!
//! An ETag belongs to one token: after a renewal all is asked for once more.

use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many bytes of answers are kept; then all are forgotten, which costs one round of full answers.
const MOST: usize = 64 << 20;

/// An answer as it was.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) etag: String,
    pub(crate) body: Bytes,
    /// Where the next page is.
    pub(crate) next: Option<String>,
}

#[derive(Debug, Default)]
struct State {
    kept: HashMap<(u64, String), Kept>,
    bytes: usize,
}

/// The answers of one organisation.
#[derive(Debug, Default)]
pub(crate) struct Etags(Mutex<State>);

impl Etags {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, token: u64, path: &str) -> Option<Kept> {
        self.state().kept.get(&(token, path.to_owned())).cloned()
    }

    pub(crate) fn put(&self, token: u64, path: &str, answer: Kept) {
        let mut state = self.state();
        let size = path.len() + answer.body.len();
        if state.bytes + size > MOST {
            *state = State::default();
        }
        state.bytes += size;
        let before = state.kept.insert((token, path.to_owned()), answer);
        state.bytes -= before.map_or(0, |before| path.len() + before.body.len());
    }

    /// Forgets the answers of a token that is no more.
    pub(crate) fn drop_token(&self, token: u64) {
        let mut state = self.state();
        state.kept.retain(|(of, _), _| *of != token);
        state.bytes = state.kept.iter().map(|((_, path), kept)| path.len() + kept.body.len()).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(etag: &str, size: usize) -> Kept {
        Kept { etag: etag.into(), body: Bytes::from(vec![0; size]), next: None }
    }

    #[test]
    fn answers_are_kept_by_token_and_within_bounds() {
        let etags = Etags::default();
        etags.put(1, "/a", kept("x", 10));
        assert!(etags.get(2, "/a").is_none(), "another token's ETag means nothing");
        etags.put(1, "/a", kept("y", 20));
        assert_eq!(etags.state().bytes, 22);
        etags.put(2, "/b", kept("z", MOST - 10));
        assert!(etags.get(1, "/a").is_none(), "all are forgotten where it gets too much");
        etags.drop_token(2);
        assert_eq!(etags.state().bytes, 0);
    }
}
