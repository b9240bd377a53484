//! A change, as in `plan --format json`.

use super::{Action, Reason, Risk, json};
use crate::text::prose;
use crate::view::View;
use aplomo_core::Timestamp;
use aplomo_core::plan::{Change, FieldChange};
use aplomo_core::reference::ReferenceUse;
use aplomo_core::scope::Scope;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Where an object lives. What a level does not have is `null`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScopeView {
    /// The provider, e.g. `aws`.
    provider: String,
    /// The account or organisation.
    account: Option<String>,
    /// The region; `null` for what is global.
    region: Option<String>,
    /// The id of the container (a zone, a network).
    container: Option<String>,
    /// The address of the container, where it is managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    container_of: Option<String>,
}

impl From<&Scope> for ScopeView {
    fn from(scope: &Scope) -> Self {
        Self {
            provider: scope.provider.to_string(),
            account: scope.account.as_ref().map(ToString::to_string),
            region: scope.region.as_ref().map(ToString::to_string),
            container: scope.container.as_ref().map(ToString::to_string),
            container_of: scope.container_of.as_ref().map(ToString::to_string),
        }
    }
}

/// One field that differs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldView {
    /// A JSON Pointer.
    path: String,
    /// As seen.
    before: Value,
    /// As wished.
    after: Value,
    /// Why it differs.
    reason: Reason,
}

impl From<&FieldChange> for FieldView {
    fn from(field: &FieldChange) -> Self {
        Self {
            path: field.path.to_string(),
            before: json(&field.before),
            after: json(&field.after),
            reason: field.reason.into(),
        }
    }
}

/// A field that takes its value from another resource.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReferenceView {
    /// The field; `/$container` for the container of the scope.
    path: String,
    /// The address of the other resource.
    to: String,
    /// The output that is meant.
    output: String,
    /// What the value must satisfy.
    constraint: Value,
    /// The value, where it was known when planned.
    resolved: Value,
}

impl From<&ReferenceUse> for ReferenceView {
    fn from(used: &ReferenceUse) -> Self {
        Self {
            path: used.path.to_string(),
            to: used.reference.to.to_string(),
            output: used.reference.output.to_string(),
            constraint: json(&used.reference.constraint),
            resolved: json(&used.resolved),
        }
    }
}

/// A place in a manifest.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OriginView {
    /// The file, below the root of its source.
    file: String,
    /// The line, from 1.
    line: u32,
}

/// One change of one address. It is shown whole or not at all: what it refers to is part of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChangeView {
    /// `tenant/Kind/name:provider.service.Type/key`.
    address: String,
    /// Where.
    scope: ScopeView,
    /// The type, e.g. `aws.route53.RecordSet`.
    #[serde(rename = "type")]
    type_name: String,
    /// The remote id, where it exists.
    id: Option<String>,
    /// The natural key.
    key: Option<String>,
    /// What is done.
    action: Action,
    /// How risky it is.
    risk: Risk,
    /// What the risk means, in words.
    risk_notes: Vec<String>,
    /// The effect digest: what an approval names.
    digest: String,
    /// Changes of one group are approved, applied and refused together.
    group: Option<String>,
    /// Of a replace: the new object is made before the old one goes.
    create_first: bool,
    /// All managed fields before; `null` where nothing is there.
    before: Value,
    /// All managed fields after; `null` after a delete or release.
    after: Value,
    /// The fields that differ.
    fields: Vec<FieldView>,
    /// The strongest reason of the fields.
    reason: Reason,
    /// The references in `after`, and the container.
    references: Vec<ReferenceView>,
    /// Changes that must be done first.
    depends_on: Vec<String>,
    /// The guard, hold or missing lift that holds it back.
    held_by: Option<String>,
    /// By how many different people it must be approved, where that is more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    approvals_needed: Option<u32>,
    /// Where it was written.
    origins: Vec<OriginView>,
    /// The address it had before, of a move.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_from: Option<String>,
    /// When it shall go by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// The source it comes from.
    source: String,
    /// When this drift was first seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    first_seen: Option<Timestamp>,
}

impl From<&Change> for ChangeView {
    fn from(change: &Change) -> Self {
        Self {
            address: change.address.to_string(),
            scope: (&change.scope).into(),
            type_name: change.type_name.to_string(),
            id: change.id.as_ref().map(ToString::to_string),
            key: change.key.as_ref().map(ToString::to_string),
            action: change.action.into(),
            risk: change.risk.into(),
            risk_notes: change.risk_notes.clone(),
            digest: change.digest.to_string(),
            group: change.group.as_ref().map(ToString::to_string),
            create_first: change.create_first,
            before: json(&change.before),
            after: json(&change.after),
            fields: change.fields.iter().map(Into::into).collect(),
            reason: change.reason.into(),
            references: change.references.iter().map(Into::into).collect(),
            depends_on: change.depends_on.iter().map(ToString::to_string).collect(),
            held_by: change.held_by.as_ref().map(ToString::to_string),
            approvals_needed: Some(change.approvals_needed).filter(|needed| *needed > 1),
            origins: change
                .origins
                .iter()
                .map(|o| OriginView { file: o.file.to_string(), line: o.line })
                .collect(),
            moved_from: change.moved_from.as_ref().map(ToString::to_string),
            until: change.until,
            source: change.source.to_string(),
            first_seen: change.first_seen,
        }
    }
}

impl ChangeView {
    /// The changes whose tenant is seen; nothing in them names another tenant's changes.
    pub(super) fn seen(changes: &[Change], view: &View) -> Vec<Self> {
        let mine = changes.iter().filter(|change| view.sees(change.address.tenant()));
        mine.map(|change| Self::narrowed(change, view)).collect()
    }

    fn narrowed(change: &Change, view: &View) -> Self {
        let seen = change.depends_on.iter().filter(|address| view.sees(address.tenant()));
        Self {
            risk_notes: change.risk_notes.iter().map(|note| prose(note, view)).collect(),
            depends_on: seen.map(ToString::to_string).collect(),
            ..Self::from(change)
        }
    }
}
