//! One role, policy or instance profile as it was read.

use super::details::Extra;
use super::{decoded, outputs, plain, seen, tags_of};
use crate::marks::{Tags, owner};
use aplomo_core::observation::OwnerMark;
use aplomo_core::{Model, Observed, RemoteId, Scope, Seen, Sight, Type};
use aplomo_resources::iam::policy::Use;
use aplomo_resources::iam::{self, model, seen_document};
use aws_sdk_iam::types::{InstanceProfile, ManagedPolicyDetail, RoleDetail};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// The versions of a managed policy, which a later update must make room among.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct RawPolicy {
    /// Those that are not the default, oldest first.
    pub(crate) others: Vec<String>,
}

/// Roles of AWS's services, which nobody else can change.
pub(super) fn is_service_linked(role: &RoleDetail) -> bool {
    role.path.as_deref().is_some_and(|path| path.starts_with("/aws-service-role/"))
}

fn named<T: Clone>(value: Option<&T>, what: &str) -> Result<T, String> {
    value.cloned().ok_or_else(|| format!("it has no {what}"))
}

/// One role. `extra` is `None` where it could not be read.
pub(super) fn role(role: &RoleDetail, extra: Option<&Extra>, scope: &Scope) -> Result<Observed, String> {
    let (name, arn) = (named(role.role_name.as_ref(), "name")?, named(role.arn.as_ref(), "ARN")?);
    let tags = tags_of(role.tags());
    let fields = role_fields(role, &name, extra, &tags);
    let id = RemoteId::new(&name).map_err(|bad| bad.to_string())?;
    let mut outputs = outputs(&id, &arn);
    outputs.extend(role.role_id().map(|unique| (SmolStr::new_static("uniqueId"), unique.into())));
    let reserved = role.path().filter(|path| path.starts_with("/aws-reserved/"));
    Ok(Observed {
        type_name: iam::ROLE,
        scope: scope.concrete(),
        key: iam::role::Roles::identity(&fields),
        mark: owner(Some(&tags), "", reserved.map(|_| "IAM Identity Center")),
        created_by: None,
        fields: fields.to_fields(),
        outputs,
        id,
        brought_along: false,
        raw: None,
        waiting: None,
    })
}

fn role_fields(role: &RoleDetail, name: &str, extra: Option<&Extra>, tags: &Tags) -> model::Role<Seen> {
    let inline = role.role_policy_list().iter().filter_map(|policy| {
        let text = seen_document(&decoded(policy.policy_document.as_deref()?), Use::Identity);
        Some((policy.policy_name.clone()?, Sight::Value(text)))
    });
    let attached = role.attached_managed_policies().iter().filter_map(|policy| policy.policy_arn.clone());
    let boundary = role.permissions_boundary().and_then(|b| b.permissions_boundary_arn.as_deref());
    let trust = role.assume_role_policy_document().map(|text| seen_document(&decoded(text), Use::Trust));
    let session = |extra: &Extra| seen(extra.max_session.and_then(|n| u32::try_from(n).ok()));
    model::Role {
        name: Sight::Value(name.into()),
        path: seen(role.path().map(SmolStr::new)),
        description: extra
            .map_or(Sight::Hidden, |e| seen(e.description.clone().filter(|text| !text.is_empty()))),
        max_session: extra.map_or(Sight::Hidden, session),
        trust: seen(trust),
        boundary: seen(boundary.map(SmolStr::new)),
        inline: inline.collect(),
        attachments: attached.map(|arn| (arn.clone(), Sight::Value(arn.into()))).collect(),
        tags: plain(Some(tags)),
    }
}

/// One managed policy; its tags where they were read.
pub(super) fn policy(
    policy: &ManagedPolicyDetail,
    tags: Option<&Tags>,
    scope: &Scope,
) -> Result<Observed, String> {
    let arn = named(policy.arn.as_ref(), "ARN")?;
    // The ARN ends with the name, and is there whatever else is left out.
    let name = policy.policy_name.as_deref().unwrap_or_else(|| arn.rsplit('/').next().unwrap_or(&arn));
    let current = policy.policy_version_list().iter().find(|version| version.is_default_version);
    let document =
        current.and_then(|version| version.document.as_deref()).ok_or("its document is not told")?;
    let fields = model::Policy::<Seen> {
        name: Sight::Value(SmolStr::new(name)),
        path: seen(policy.path().map(SmolStr::new)),
        description: seen(policy.description.clone().filter(|text| !text.is_empty())),
        document: Sight::Value(seen_document(&decoded(document), Use::Identity)),
        tags: plain(tags),
    };
    let mut others: Vec<_> = policy.policy_version_list().iter().filter(|v| !v.is_default_version).collect();
    others.sort_by_key(|version| version.create_date.map(|date| (date.secs(), date.subsec_nanos())));
    let others = others.into_iter().filter_map(|version| version.version_id.clone()).collect();
    let id = RemoteId::new(&arn).map_err(|bad| bad.to_string())?;
    Ok(Observed {
        type_name: iam::POLICY,
        scope: scope.concrete(),
        key: iam::managed_policy::Policies::identity(&fields),
        mark: owner(tags, "", None),
        created_by: None,
        fields: fields.to_fields(),
        outputs: outputs(&id, &arn),
        id,
        brought_along: false,
        raw: serde_json::to_string(&RawPolicy { others }).ok().map(Into::into),
        waiting: None,
    })
}

/// One instance profile; its tags where they were read.
pub(super) fn profile(
    profile: &InstanceProfile,
    tags: Option<&Tags>,
    scope: &Scope,
) -> Result<Observed, String> {
    let fields = model::InstanceProfile::<Seen> {
        name: Sight::Value(SmolStr::new(&profile.instance_profile_name)),
        path: Sight::Value(SmolStr::new(&profile.path)),
        role: seen(profile.roles.first().map(|role| SmolStr::new(&role.role_name))),
        tags: plain(tags),
    };
    let id = RemoteId::new(&profile.instance_profile_name).map_err(|bad| bad.to_string())?;
    Ok(Observed {
        type_name: iam::INSTANCE_PROFILE,
        scope: scope.concrete(),
        key: iam::instance_profile::InstanceProfiles::identity(&fields),
        mark: owner(tags, "", None),
        created_by: None,
        fields: fields.to_fields(),
        outputs: outputs(&id, &profile.arn),
        id,
        brought_along: false,
        raw: None,
        waiting: None,
    })
}

/// The names and attachments of roles that carry an Aplomo's mark.
pub(super) fn marked(objects: &[Observed]) -> BTreeMap<&str, &Observed> {
    let marked = objects.iter().filter(|object| matches!(object.mark, OwnerMark::Marked { .. }));
    marked.map(|object| (object.id.as_str(), object)).collect()
}
