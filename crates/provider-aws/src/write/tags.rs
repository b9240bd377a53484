//! Marks and tags: which to set and which to take away, whatever the service.
//!
//! Deliberately absent: the calls, which each service makes in its own way.

use crate::marks::{MARK_KEYS, MARK_RELEASED, Tags, mark_tags};
use crate::wanted::{Want, entries};
use aplomo_core::observation::OwnerMark;
use aplomo_core::plan::Action;
use aplomo_core::ports::{ApprovedStep, CallError};

/// Tags to set and keys to remove.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TagChange {
    pub(crate) set: Tags,
    pub(crate) remove: Vec<String>,
}

impl TagChange {
    /// What a step does to marks and tags.
    ///
    /// # Errors
    /// In words, where a tag's wish is not resolved.
    pub(crate) fn of(step: &ApprovedStep<'_>) -> Result<Self, String> {
        let mut change = Self::default();
        match step.change.action {
            Action::Release => {
                change.remove = MARK_KEYS.iter().map(|key| (*key).to_owned()).collect();
                change.set.insert(MARK_RELEASED.to_owned(), "true".to_owned());
            }
            Action::Adopt | Action::Move => {
                change.set = mark_tags(&step.marks);
                change.remove.push(MARK_RELEASED.to_owned());
            }
            Action::Delete => {}
            Action::Create | Action::Update | Action::Replace => {
                if !marked(step) {
                    change.set = mark_tags(&step.marks);
                }
                change.plain(step)?;
            }
        }
        Ok(change)
    }

    fn plain(&mut self, step: &ApprovedStep<'_>) -> Result<(), String> {
        let Some(after) = &step.after else { return Ok(()) };
        for (key, want) in entries(after, "/tags")? {
            let path = aplomo_core::FieldPath::known("/tags").child(&key);
            let there = step.fresh.as_ref().and_then(|fresh| fresh.fields.text(path.as_str()));
            match want {
                Want::Leave => {}
                Want::Clear if there.is_some() => self.remove.push(key),
                Want::Clear => {}
                Want::Set(value) if there == value.as_text() => {}
                Want::Set(value) => {
                    self.set.insert(key, value.to_string());
                }
            }
        }
        Ok(())
    }
}

/// Whether the object carries the step's marks in full already.
fn marked(step: &ApprovedStep<'_>) -> bool {
    let Some(OwnerMark::Marked { installation, tenant, address }) = step.fresh.as_ref().map(|f| &f.mark)
    else {
        return false;
    };
    installation == step.marks.installation.as_str()
        && *tenant == step.marks.tenant
        && address == step.marks.address.as_str()
}

/// An address that names no tenant cannot be journaled, so nothing is sent.
pub(crate) fn no_tenant() -> CallError {
    CallError::Refused {
        code: "not-sent".into(),
        message: "the address names no tenant, so the call cannot be journaled".into(),
        request_id: None,
    }
}
