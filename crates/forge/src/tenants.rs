//! Whose a manifest is, as far as its text says.

use aplomo_core::TenantName;
use aplomo_core::manifest::RawManifest;

/// The tenant that a manifest names.
#[must_use]
pub(crate) fn tenant_of(manifest: &RawManifest) -> Option<TenantName> {
    let metadata = manifest.root.get("metadata")?;
    TenantName::new(metadata.get("tenant")?.as_text()?).ok()
}
