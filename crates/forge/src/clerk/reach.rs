//! How far words at a merged pull request reach: its own effects and no others', whoever asked for those.

use super::{Clerk, Look, Trouble};
use crate::memo::Memo;
use aplomo_core::{Change, Reason};
use std::collections::BTreeSet;

impl Clerk {
    /// Whether a change of the plan of all that is merged is this pull request's: of this source and its tenants, at an
    /// address that was shown here, or of a manifest that it touches; drift there is nobody's.
    pub(super) fn belongs(&self, memo: &Memo, change: &Change) -> bool {
        let tenant = change.address.tenant();
        let here =
            change.source == self.terms.source && self.terms.tenants.iter().any(|own| own.as_str() == tenant);
        let touched = || memo.addresses.iter().any(|a| a.manifest() == change.address.manifest());
        here && (memo.addresses.contains(&change.address) || change.reason != Reason::Drift && touched())
    }

    /// Everybody who asked for what an approval here may reach: of a merged pull request also those of others that are
    /// merged, not done, and of the same manifests.
    pub(super) async fn askers(&self, look: &Look<'_>, memo: &Memo) -> Result<BTreeSet<u64>, Trouble> {
        let mut askers: BTreeSet<u64> = memo.askers.keys().copied().collect();
        if look.pull.merged_at.is_some() {
            let manifests: BTreeSet<&str> =
                memo.addresses.iter().map(aplomo_core::Address::manifest).collect();
            let others = self.engine.store.pulls_open::<Memo>(&self.desk.repository()).await?;
            let shares = |other: &Memo| other.addresses.iter().any(|a| manifests.contains(a.manifest()));
            let others = others.into_iter().filter(|(_, other)| other.merged && shares(other));
            askers.extend(others.flat_map(|(_, other)| other.askers.into_keys()));
        }
        Ok(askers)
    }
}
