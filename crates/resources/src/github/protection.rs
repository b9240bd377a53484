//! What rulesets and classic rules have in common when they are brought into normal form.

use super::shape;
use crate::normal::Normal;
use aplomo_core::Wish;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Sets of plain texts: blanks go, empty is absent.
pub(super) fn sets<const N: usize>(normal: &mut Normal, all: [&mut Wish<BTreeSet<SmolStr>>; N]) {
    for set in all {
        shape::each(normal, "requires", set, |text| {
            let trimmed = text.trim();
            let fine = !trimmed.is_empty() && !trimmed.chars().any(char::is_control);
            fine.then(|| trimmed.into()).ok_or_else(|| "one of its texts is empty".to_owned())
        });
    }
}

/// Apps by context: only of contexts that are asked for.
pub(super) fn apps(
    normal: &mut Normal,
    checks: &Wish<BTreeSet<SmolStr>>,
    apps: &mut BTreeMap<String, Wish<SmolStr>>,
) {
    for (context, wish) in apps {
        normal.value("statusChecks", wish, shape::id);
        let asked = checks.value().is_some_and(|checks| checks.contains(context.as_str()));
        if matches!(wish, Wish::Value(_)) && !asked {
            normal.wrong(
                "statusChecks",
                format!("`{}` has an app and is not asked for", context.escape_debug()),
            );
        }
    }
}
