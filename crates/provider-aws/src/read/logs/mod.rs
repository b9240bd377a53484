//! Readers of CloudWatch Logs: log groups, 50 a page, and their tags one call each.
//!
//! Groups under `/aws/` (but for `/aws/vpc/`) are made by services as they run, often by the hundred: they
//! are told as brought along and their tags are not asked for.

use crate::marks::{Tags, owner};
use crate::read::regional::{Catch, Find, Survey, View, fields_of, paged, sight, word};
use aplomo_core::observation::OwnerMark;
use aplomo_core::{Datum, Seen, TypeName};
use aplomo_resources::logs::{self, model};
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::LogGroup;
use smol_str::SmolStr;

const LIST: &str = "logs:DescribeLogGroups";
const TAGS: &str = "logs:ListTagsForResource";
const PAGE: i32 = 50;

/// Lists log groups.
pub(crate) struct LogGroups;

impl Survey for LogGroups {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[logs::LOG_GROUP];
    const CALLS: &'static [&'static str] = &[LIST, TAGS];

    async fn look(view: &View<'_, Client>) -> Vec<Catch> {
        let request = view.client.describe_log_groups().limit(PAGE);
        let (groups, coverage) = paged!(view, LIST, "log groups", request.clone(), log_groups);
        let mut catch = Catch::new(logs::LOG_GROUP, coverage);
        for group in &groups {
            take(view, &mut catch, group).await;
        }
        vec![catch]
    }
}

async fn take(view: &View<'_, Client>, catch: &mut Catch, group: &LogGroup) {
    let Some(name) = group.log_group_name.as_deref() else { return catch.lacks("log group") };
    let arn = group.log_group_arn.as_deref().or(group.arn.as_deref()).map(|arn| arn.trim_end_matches(":*"));
    let service = of_a_service(name);
    let (tags, mark) = match arn.filter(|_| !service) {
        None => (Tags::new(), if service { OwnerMark::None } else { OwnerMark::Unknown }),
        Some(arn) => {
            let tags = tags(view, arn).await;
            let mark = owner(tags.as_ref(), "", None);
            (tags.unwrap_or_default(), mark)
        }
    };
    let fields = model::LogGroup::<Seen> {
        name: word(Some(name)),
        retention_days: sight(group.retention_in_days.and_then(|days| u32::try_from(days).ok())),
        tags: fields_of(&tags),
    };
    let arn = arn.map(|arn| (SmolStr::new_static("arn"), Datum::from(arn)));
    let find = Find { outputs: arn.into_iter().collect(), brought_along: service, ..Find::new(name, mark) };
    catch.take::<logs::Groups>(view.scope, find, &fields);
}

fn of_a_service(name: &str) -> bool {
    name.starts_with("/aws/") && !name.starts_with("/aws/vpc/")
}

/// `None` where they could not be read: then the owner is unknown.
async fn tags(view: &View<'_, Client>, arn: &str) -> Option<Tags> {
    let request = view.client.list_tags_for_resource().resource_arn(arn);
    let answer = view.line.ask(TAGS, |probe| request.customize().interceptor(probe).send()).await.ok()?;
    Some(answer.tags.unwrap_or_default().into_iter().collect())
}
