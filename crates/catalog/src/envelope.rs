//! What every manifest has around its `spec`.

use aplomo_core::safety::{Deletion, Ownership};
use aplomo_core::{ManifestName, RemoteId, TenantName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// One manifest of a kind: the whole YAML document.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Document<S> {
    /// The version of the format.
    #[serde(rename = "apiVersion")]
    pub(crate) _api_version: ApiVersion,
    /// What this manifest describes.
    #[serde(rename = "kind")]
    pub(crate) _kind: SmolStr,
    /// Which one it is, and whose.
    pub(crate) metadata: Metadata,
    /// What happens when the manifest goes, and what existing object it takes over.
    #[serde(default)]
    pub(crate) lifecycle: Lifecycle,
    /// What is wished.
    pub(crate) spec: S,
}

/// The version of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub(crate) enum ApiVersion {
    #[serde(rename = "aplomo/v1")]
    V1,
}

/// Which manifest it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metadata {
    /// The name, unique for the tenant and kind. It is part of every address, so choose one that lasts.
    #[schemars(with = "SmolStr", extend("format" = "name"))]
    pub name: ManifestName,
    /// The tenant it belongs to; `platform` for the operator's own.
    #[schemars(with = "SmolStr", extend("format" = "name"))]
    pub tenant: TenantName,
    /// Free labels for people and selectors. They change nothing outside.
    #[serde(default)]
    pub labels: BTreeMap<SmolStr, SmolStr>,
    /// Names this manifest had before: what they made is moved here and stays as it is.
    #[serde(default)]
    #[schemars(with = "Vec<NameText>")]
    pub previous_names: Vec<ManifestName>,
}

/// A name in a list.
#[derive(JsonSchema)]
#[schemars(inline, extend("format" = "name"))]
pub(crate) struct NameText(#[allow(dead_code, reason = "only its schema is used")] SmolStr);

/// What happens at the beginning and the end of a manifest's life.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Lifecycle {
    /// What happens to its objects when the manifest goes. Loosening it counts from the next plan on.
    pub deletion: DeletionWish,
    /// The id of an existing object to take over, as the remote system writes it.
    #[schemars(with = "Option<SmolStr>", extend("format" = "remote-id"))]
    pub adopt: Option<RemoteId>,
}

/// What happens to the objects of a manifest that goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeletionWish {
    /// What cannot be made again stays, and the plan says so.
    #[default]
    Protect,
    /// They are deleted.
    Delete,
    /// They stay and lose our marks.
    Orphan,
}

/// Who owns what is in a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OwnershipWish {
    /// We own what we made or adopted; the rest is listed as unmanaged.
    #[default]
    Additive,
    /// We own all of it; what no manifest names is deleted, from the plan after this was applied.
    Exclusive,
    /// We report and never write.
    Observe,
}

impl From<DeletionWish> for Deletion {
    fn from(wish: DeletionWish) -> Self {
        match wish {
            DeletionWish::Protect => Self::Protect,
            DeletionWish::Delete => Self::Delete,
            DeletionWish::Orphan => Self::Orphan,
        }
    }
}

impl From<OwnershipWish> for Ownership {
    fn from(wish: OwnershipWish) -> Self {
        match wish {
            OwnershipWish::Additive => Self::Additive,
            OwnershipWish::Exclusive => Self::Exclusive,
            OwnershipWish::Observe => Self::Observe,
        }
    }
}
