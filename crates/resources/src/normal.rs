//! Helpers to bring wishes into normal form, gathering what cannot be.

use aplomo_core::{Finding, Wish};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Gathers findings while fields are brought into normal form.
pub(crate) struct Normal {
    rule: &'static str,
    findings: Vec<Finding>,
}

impl Normal {
    /// Findings will be of this rule.
    pub(crate) const fn new(rule: &'static str) -> Self {
        Self { rule, findings: Vec::new() }
    }

    /// Adds a finding; `field` is the field's name as people write it.
    pub(crate) fn wrong(&mut self, field: &str, why: impl std::fmt::Display) {
        self.findings.push(Finding::error(self.rule, format!("{field}: {why}")));
    }

    /// Replaces a literal value by its normal form; a value without one is a finding.
    pub(crate) fn value<T, E: std::fmt::Display>(
        &mut self,
        field: &str,
        wish: &mut Wish<T>,
        normal: impl FnOnce(&T) -> Result<T, E>,
    ) {
        if let Wish::Value(value) = wish {
            match normal(value) {
                Ok(value) => *wish = Wish::Value(value),
                Err(why) => self.wrong(field, why),
            }
        }
    }

    /// Upper case or lower case, and one of a few words.
    pub(crate) fn word(&mut self, field: &str, wish: &mut Wish<SmolStr>, words: &[&'static str]) {
        self.value(field, wish, |text| {
            let found = words.iter().find(|w| w.eq_ignore_ascii_case(text.trim()));
            found
                .map(|w| SmolStr::new_static(w))
                .ok_or_else(|| format!("`{}` is none of {}", text.escape_debug(), words.join(", ")))
        });
    }

    /// A number within bounds.
    pub(crate) fn within<T: Copy + PartialOrd + std::fmt::Display>(
        &mut self,
        field: &str,
        wish: &Wish<T>,
        least: T,
        most: T,
    ) {
        if let Wish::Value(n) = wish
            && !(least..=most).contains(n)
        {
            self.wrong(field, format!("{n} is not within {least} and {most}"));
        }
    }

    /// Tags as AWS takes them.
    pub(crate) fn tags(&mut self, tags: &BTreeMap<String, Wish<String>>) {
        for (key, wish) in tags {
            let lower = key.to_ascii_lowercase();
            if key.is_empty() || key.chars().count() > 128 {
                self.wrong("tags", format!("the key `{}` has not 1 to 128 characters", key.escape_debug()));
            } else if lower.starts_with("aws:") || lower.starts_with("aplomo:") {
                self.wrong("tags", format!("`{}` begins with a reserved prefix", key.escape_debug()));
            }
            if wish.value().is_some_and(|value| value.chars().count() > 256) {
                self.wrong(
                    "tags",
                    format!("the value of `{}` has more than 256 characters", key.escape_debug()),
                );
            }
        }
    }

    /// The model, or what was found.
    pub(crate) fn done<M>(self, model: M) -> Result<M, Vec<Finding>> {
        if self.findings.is_empty() { Ok(model) } else { Err(self.findings) }
    }
}

/// Whether something is wished of the field: a value, a reference or a secret.
pub(crate) const fn is_set<T>(wish: &Wish<T>) -> bool {
    matches!(wish, Wish::Value(_) | Wish::Reference(_) | Wish::Secret(_))
}

/// Wishes absence where nothing was wished.
pub(crate) fn fill_absent<T>(wish: &mut Wish<T>) {
    if matches!(wish, Wish::LeftAlone) {
        *wish = Wish::Absent;
    }
}

/// A value that means the same as absence.
pub(crate) fn absent_if<T>(wish: &mut Wish<T>, empty: impl FnOnce(&T) -> bool) {
    if wish.value().is_some_and(empty) {
        *wish = Wish::Absent;
    }
}
