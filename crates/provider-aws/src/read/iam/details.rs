//! The bulk pages of IAM: everything about roles and managed policies, and what those pages lack.

use crate::line::Line;
use crate::marks::Tags;
use crate::problem::AwsProblem;
use crate::read::{cut_short, weaken};
use aplomo_core::Coverage;
use aws_sdk_iam::Client;
use aws_sdk_iam::types::{EntityType, InstanceProfile, ManagedPolicyDetail, RoleDetail};
use std::collections::BTreeMap;

pub(super) const DETAILS: &str = "iam:GetAccountAuthorizationDetails";
pub(super) const ROLES: &str = "iam:ListRoles";
pub(super) const PROFILES: &str = "iam:ListInstanceProfiles";
pub(super) const POLICY_TAGS: &str = "iam:ListPolicyTags";
pub(super) const PROFILE_TAGS: &str = "iam:GetInstanceProfile";
const PAGE: i32 = 1_000;

/// What a role's details lack.
pub(super) struct Extra {
    pub(super) description: Option<String>,
    pub(super) max_session: Option<i32>,
}

/// Reads pages until the last; `$page` reads one from a marker, `$take` keeps what is in it. Yields
/// how much was read, by the count of `$kept`.
macro_rules! pages {
    ($line:expr, $call:expr, $what:literal, $kept:expr, $request:expr, |$page:ident| $take:expr) => {{
        let (mut marker, mut coverage) = (None::<String>, Coverage::Complete);
        loop {
            let request = $request.max_items(PAGE).set_marker(marker.clone());
            match $line.ask($call, |probe| request.customize().interceptor(probe).send()).await {
                Err(problem) => {
                    coverage = cut_short(&problem, $kept.len(), $what);
                    break;
                }
                Ok($page) => {
                    let (more, next) = ($page.is_truncated, $page.marker.clone());
                    $take;
                    if !more {
                        break;
                    }
                    if next.is_none() || next == marker {
                        let why = format!("{}: the page after {marker:?} does not say where to go on", $call);
                        weaken(&mut coverage, why);
                        break;
                    }
                    marker = next;
                }
            }
        }
        coverage
    }};
}

/// Roles and our account's own managed policies, with all that is in them.
pub(super) async fn details(
    line: &Line<'_>,
    client: &Client,
) -> (Vec<RoleDetail>, Vec<ManagedPolicyDetail>, Coverage) {
    let (mut roles, mut policies) = (Vec::new(), Vec::new());
    let filter = [EntityType::Role, EntityType::LocalManagedPolicy];
    let coverage = pages!(
        line,
        DETAILS,
        "roles",
        roles,
        client.get_account_authorization_details().set_filter(Some(filter.to_vec())),
        |page| {
            roles.extend(page.role_detail_list.unwrap_or_default());
            policies.extend(page.policies.unwrap_or_default());
        }
    );
    (roles, policies, coverage)
}

/// Descriptions and sessions by the role's name.
pub(super) async fn extras(line: &Line<'_>, client: &Client) -> (BTreeMap<String, Extra>, Coverage) {
    let mut extras = BTreeMap::new();
    let coverage = pages!(line, ROLES, "roles", extras, client.list_roles(), |page| {
        extras.extend(page.roles.into_iter().map(|role| {
            let max_session = role.max_session_duration;
            (role.role_name, Extra { description: role.description, max_session })
        }));
    });
    (extras, coverage)
}

/// Instance profiles with their roles, without tags.
pub(super) async fn profiles(line: &Line<'_>, client: &Client) -> (Vec<InstanceProfile>, Coverage) {
    let mut profiles = Vec::new();
    let coverage =
        pages!(line, PROFILES, "instance profiles", profiles, client.list_instance_profiles(), |page| {
            profiles.extend(page.instance_profiles);
        });
    (profiles, coverage)
}

/// The tags of a managed policy. Fifty are the most, so one page holds them.
pub(super) async fn policy_tags(line: &Line<'_>, client: &Client, arn: &str) -> Result<Tags, AwsProblem> {
    let request = client.list_policy_tags().policy_arn(arn);
    let page = line.ask(POLICY_TAGS, |probe| request.customize().interceptor(probe).send()).await?;
    Ok(super::tags_of(&page.tags))
}

/// The tags of an instance profile, which its list leaves out.
pub(super) async fn profile_tags(line: &Line<'_>, client: &Client, name: &str) -> Result<Tags, AwsProblem> {
    let request = client.get_instance_profile().instance_profile_name(name);
    let page = line.ask(PROFILE_TAGS, |probe| request.customize().interceptor(probe).send()).await?;
    Ok(super::tags_of(page.instance_profile.as_ref().map_or(&[], |profile| profile.tags())))
}
