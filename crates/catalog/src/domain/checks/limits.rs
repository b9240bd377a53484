//! Sizes that the service takes.

use super::Cx;
use aplomo_core::Finding;

/// Values in one record set.
const MOST_VALUES: usize = 400;
/// Characters of all values in one batch of changes; a change of a record needs both sides.
const MOST_CHARACTERS: usize = 32_000 / 2;

/// `too-many-values`, `record-too-large`. A single TXT that is too long is told where it is read.
pub(super) fn sizes(cx: &mut Cx<'_>) {
    for record in &cx.records.all {
        let message =
            format!("`{}` has {} values; Route 53 takes {MOST_VALUES}", record.label(), record.values.len());
        if record.values.len() > MOST_VALUES {
            cx.tell(Finding::error("too-many-values", message), record, "/values");
        }
        let characters: usize = record.values.iter().map(|value| value.len() + 2).sum();
        if characters > MOST_CHARACTERS {
            let message = format!(
                "the values of `{}` have {characters} characters; one change of them takes at most {MOST_CHARACTERS}",
                record.label()
            );
            cx.tell(Finding::error("record-too-large", message), record, "/values");
        }
    }
}
