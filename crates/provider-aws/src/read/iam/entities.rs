//! Roles, managed policies and instance profiles of an account: three kinds of pages of 1,000.
//!
//! Lists tell no tags of policies and instance profiles. They are asked for one by one, but only
//! where the object could be ours: where a role with an Aplomo's mark has it, or nothing has it yet,
//! or it is picked. Of the others the owner stays unknown, and nothing of theirs is written.

use super::details::{self, DETAILS, POLICY_TAGS, PROFILE_TAGS, PROFILES, ROLES};
use super::roles;
use crate::line::{Line, Site};
use crate::marks::Tags;
use crate::read::weaken;
use aplomo_core::ports::{Fut, Pick, ReadCx, Reader};
use aplomo_core::{Coverage, Observation, Observed, Scope, TypeName};
use aplomo_resources::iam;
use aws_sdk_iam::Client;
use aws_sdk_iam::types::{InstanceProfile, ManagedPolicyDetail};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Reads them.
#[derive(Debug)]
pub(crate) struct Entities {
    site: Arc<Site>,
    client: Client,
}

/// Objects of a type and how much of it was read.
type Read = (TypeName, Vec<Observed>, Coverage);

impl Entities {
    pub(crate) const fn new(site: Arc<Site>, client: Client) -> Self {
        Self { site, client }
    }

    /// Every call it can make.
    #[must_use]
    pub(crate) const fn calls() -> &'static [&'static str] {
        &[DETAILS, ROLES, PROFILES, POLICY_TAGS, PROFILE_TAGS]
    }

    async fn observe(&self, line: &Line<'_>, scope: &Scope, pick: Pick<'_>) -> [Read; 3] {
        let (details, policies, coverage) = details::details(line, &self.client).await;
        let (extras, extra_coverage) = match details.is_empty() {
            true => (BTreeMap::new(), Coverage::Complete),
            false => details::extras(line, &self.client).await,
        };
        let (mut roles, mut role_coverage) = (Vec::with_capacity(details.len()), coverage.clone());
        for detail in details.iter().filter(|detail| !roles::is_service_linked(detail)) {
            let extra = detail.role_name().and_then(|name| extras.get(name));
            if extra.is_none() && extra_coverage.is_complete() {
                let name = detail.role_name().unwrap_or_default();
                weaken(&mut role_coverage, format!("the role {name} came up while the account was read"));
            }
            match roles::role(detail, extra, scope) {
                Ok(object) => roles.push(object),
                Err(why) => {
                    weaken(&mut role_coverage, format!("{DETAILS}: a role could not be taken: {why}"))
                }
            }
        }
        let policies = self.policies(line, scope, (&roles, pick), (policies, coverage)).await;
        let profiles = self.profiles(line, scope, (&roles, pick)).await;
        [(iam::ROLE, roles, role_coverage), policies, profiles]
    }

    async fn policies(
        &self,
        line: &Line<'_>,
        scope: &Scope,
        (roles, pick): (&[Observed], Pick<'_>),
        (policies, mut coverage): (Vec<ManagedPolicyDetail>, Coverage),
    ) -> Read {
        let attached: BTreeSet<String> = roles::marked(roles)
            .into_values()
            .flat_map(|role| role.fields.iter())
            .filter_map(|(path, sight)| {
                Some(sight.value()?.as_text()?.to_owned())
                    .filter(|_| path.as_str().starts_with("/attachments/"))
            })
            .collect();
        let (mut objects, mut denied) = (Vec::with_capacity(policies.len()), false);
        for policy in &policies {
            let arn = policy.arn().unwrap_or_default();
            let unused = policy.attachment_count.unwrap_or_default() == 0;
            let tags = match !denied && (unused || attached.contains(arn) || picked(pick, arn)) {
                true => kept(details::policy_tags(line, &self.client, arn).await, &mut denied),
                false => None,
            };
            match roles::policy(policy, tags.as_ref(), scope) {
                Ok(object) => objects.push(object),
                Err(why) => {
                    weaken(&mut coverage, format!("{DETAILS}: the policy {arn} could not be taken: {why}"))
                }
            }
        }
        (iam::POLICY, objects, coverage)
    }

    async fn profiles(&self, line: &Line<'_>, scope: &Scope, (roles, pick): (&[Observed], Pick<'_>)) -> Read {
        let (profiles, mut coverage) = details::profiles(line, &self.client).await;
        let marked = roles::marked(roles);
        let ours = |profile: &InstanceProfile| {
            let role = profile.roles.first().map(|role| role.role_name.as_str());
            // One of ours has the name of its role, whatever role somebody gave it.
            let name = profile.instance_profile_name.as_str();
            role.is_none_or(|role| marked.contains_key(role))
                || marked.contains_key(name)
                || picked(pick, name)
        };
        let (mut objects, mut denied) = (Vec::with_capacity(profiles.len()), false);
        for profile in &profiles {
            let name = &profile.instance_profile_name;
            let tags = match !denied && ours(profile) {
                true => kept(details::profile_tags(line, &self.client, name).await, &mut denied),
                false => None,
            };
            match roles::profile(profile, tags.as_ref(), scope) {
                Ok(object) => objects.push(object),
                Err(why) => weaken(&mut coverage, format!("{PROFILES}: {name} could not be taken: {why}")),
            }
        }
        (iam::INSTANCE_PROFILE, objects, coverage)
    }
}

fn picked(pick: Pick<'_>, id: &str) -> bool {
    matches!(pick, Pick::Ids(ids) if ids.iter().any(|picked| picked.as_str() == id))
}

/// Tags that could not be read leave the owner unknown; where one is denied all would be.
fn kept(read: Result<Tags, crate::problem::AwsProblem>, denied: &mut bool) -> Option<Tags> {
    match read {
        Ok(tags) => Some(tags),
        Err(problem) => {
            *denied = matches!(problem, crate::problem::AwsProblem::AccessDenied { .. });
            None
        }
    }
}

impl Reader for Entities {
    fn feeds(&self) -> &[TypeName] {
        const FEEDS: &[TypeName] = &[iam::ROLE, iam::POLICY, iam::INSTANCE_PROFILE];
        FEEDS
    }
    fn after(&self) -> &[TypeName] {
        &[]
    }
    fn read<'a>(&'a self, cx: &'a ReadCx<'a>, scope: &'a Scope, pick: Pick<'a>) -> Fut<'a, Observation> {
        Box::pin(async move {
            let begun = cx.clock.now();
            let line = Line::to_read(&self.site, cx, Some(scope));
            let reads = self.observe(&line, scope, pick).await;
            together(&line, begun, scope, reads)
        })
    }
}

/// One observation of several types.
pub(super) fn together<const N: usize>(
    line: &Line<'_>,
    begun: jiff::Timestamp,
    scope: &Scope,
    reads: [Read; N],
) -> Observation {
    let mut all = Observation { skew_seconds: line.skew(), at: Some(begun), ..Observation::default() };
    for (type_name, objects, coverage) in reads {
        all.objects.extend(objects);
        all.coverage.insert((type_name, scope.concrete()), coverage);
    }
    all
}
