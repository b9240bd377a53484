//! The texts that people outside the operator's team read, in one place: English, and Spanish where a tenant's
//! `locale` says so.
//!
//! Each message is a function of the locale with typed places for what is put in, so a message that misses a
//! language or a place does not compile. What is put in is escaped by whoever puts it in.
//!
//! Deliberately absent: what is said when (`report`), words of the contract (`update`, `drift`: they are names
//! and the same everywhere), and messages of the command line, which the operator's own people read.

mod messages;

pub use messages::ALL;

use std::fmt;
use std::str::FromStr;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
}

impl Locale {
    /// The word, as manifests and the attribute `lang` have it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Locale {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "en" => Ok(Self::En),
            "es" => Ok(Self::Es),
            other => Err(format!("`{}` is no locale: write `en` or `es`", other.escape_debug())),
        }
    }
}
