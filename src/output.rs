//! Where results and everything else go: results to standard output, all else to standard error.

use crate::args::Color;
use crate::env::Env;
use std::io::Write as _;

/// The two outputs and how they look.
#[derive(Debug, Clone, Copy)]
pub struct Out {
    /// Whether results are coloured.
    pub color: bool,
    /// Whether standard error is a terminal, for progress.
    pub progress: bool,
}

impl Out {
    /// Colours as asked for; `NO_COLOR` and a pipe turn `auto` off.
    #[must_use]
    pub fn new(color: Color, env: &Env) -> Self {
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => env.stdout_terminal && env.var("NO_COLOR").is_none(),
        };
        Self { color, progress: env.stderr_terminal }
    }

    /// Writes a result. A reader that went away (`| head`) is no error.
    pub fn result(self, text: &str) {
        let mut stdout = std::io::stdout().lock();
        let _ = stdout
            .write_all(text.as_bytes())
            .and_then(|()| if text.ends_with('\n') { Ok(()) } else { stdout.write_all(b"\n") });
        let _ = stdout.flush();
    }

    /// Writes a result as JSON.
    ///
    /// # Errors
    /// Where the value cannot be written as JSON.
    pub fn json<T: serde::Serialize>(self, value: &T) -> Result<(), serde_json::Error> {
        self.result(&serde_json::to_string_pretty(value)?);
        Ok(())
    }

    /// Says something beside the results.
    pub fn say(self, text: &str) {
        let mut stderr = std::io::stderr().lock();
        let _ = writeln!(stderr, "{}", text.trim_end());
    }
}

/// A progress bar on a terminal, nothing in a pipe.
#[must_use]
pub fn progress(out: Out, changes: usize) -> indicatif::ProgressBar {
    if !out.progress {
        return indicatif::ProgressBar::hidden();
    }
    indicatif::ProgressBar::new(changes as u64)
}
