//! What the demo says between the commands: short, and numbered so that one can talk about it.

use crate::door;
use std::time::Instant;

/// Prints headings and remarks.
#[derive(Debug)]
pub(crate) struct Teller {
    step: u32,
    begun: Instant,
}

impl Default for Teller {
    fn default() -> Self {
        Self { step: 0, begun: door::now() }
    }
}

impl Teller {
    /// The heading of the next step, with the time since the beginning.
    pub(crate) fn heading(&mut self, text: &str) {
        self.step += 1;
        let seconds = door::now().duration_since(self.begun).as_secs();
        println!("\n== {}. {text}  [{seconds} s]", self.step);
    }

    /// A remark.
    pub(crate) fn say(&self, text: &str) {
        println!("{text}");
    }
}
