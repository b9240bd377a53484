//! Who reads and writes CloudWatch Logs.

use super::{Clerk, Service};
use crate::read::logs as seen_logs;
use crate::read::regional::{Regional, Survey as _};
use crate::write::craft::{Craft as _, Workshop};
use crate::write::logs as made_logs;
use aplomo_resources::logs;

pub(super) const LOGS: Service = Service {
    readers: |office| {
        let (site, clients) = (&office.site, &office.branch::<aws_sdk_cloudwatchlogs::Client>());
        vec![Regional::<seen_logs::LogGroups>::new(site, clients)]
    },
    read_calls: &[seen_logs::LogGroups::CALLS],
    writers: &[Clerk {
        feeds: logs::LOG_GROUP,
        calls: made_logs::LogGroups::CALLS,
        // Tags of a new group travel in the create call.
        implied: &[],
        make: |office| Workshop::<made_logs::LogGroups>::open(office.desk()),
    }],
};
