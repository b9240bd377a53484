//! Tags of zones and health checks, ten ids a call.

use crate::line::Line;
use crate::marks::Tags;
use crate::problem::AwsProblem;
use aws_sdk_route53::Client;
use aws_sdk_route53::types::TagResourceType;
use std::collections::BTreeMap;

/// The call.
pub(crate) const LIST_TAGS: &str = "route53:ListTagsForResources";
/// The most ids of one call.
const IDS_PER_CALL: usize = 10;

/// The tags of those whose tags could be read, by id. What is missing could not be read; the first
/// problem says why.
pub(crate) async fn read(
    line: &Line<'_>,
    client: &Client,
    kind: &TagResourceType,
    ids: &[String],
) -> (BTreeMap<String, Tags>, Option<AwsProblem>) {
    let (mut found, mut first) = (BTreeMap::new(), None);
    for some in ids.chunks(IDS_PER_CALL) {
        let request = client
            .list_tags_for_resources()
            .resource_type(kind.clone())
            .set_resource_ids(Some(some.to_vec()));
        let answer = line.ask(LIST_TAGS, |probe| request.customize().interceptor(probe).send()).await;
        match answer {
            Ok(output) => found.extend(output.resource_tag_sets.into_iter().filter_map(one_set)),
            Err(problem) => {
                let denied = matches!(problem, AwsProblem::AccessDenied { .. });
                first = first.or(Some(problem));
                if denied {
                    break; // the others would be denied as well
                }
            }
        }
    }
    (found, first)
}

fn one_set(set: aws_sdk_route53::types::ResourceTagSet) -> Option<(String, Tags)> {
    let tags = set.tags.unwrap_or_default().into_iter();
    Some((set.resource_id?, tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect()))
}
