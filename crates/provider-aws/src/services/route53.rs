//! Who reads and writes Route 53.

use super::{Clerk, Service};
use crate::read::route53::{health_checks::HealthChecks, hosted_zones::HostedZones, record_sets::RecordSets};
use crate::write::route53::{
    health_checks::HealthCheckWriter, hosted_zones::HostedZoneWriter, record_sets::RecordSetWriter,
};
use aplomo_resources::route53;

pub(super) const ROUTE53: Service = Service {
    readers: |office| {
        let (site, client) = (&office.site, office.branch::<aws_sdk_route53::Client>().client(None));
        vec![
            Box::new(HostedZones::new(site.clone(), client.clone())),
            Box::new(RecordSets::new(site.clone(), client.clone())),
            Box::new(HealthChecks::new(site.clone(), client)),
        ]
    },
    read_calls: &[HostedZones::calls(), RecordSets::calls(), HealthChecks::calls()],
    writers: &[
        Clerk {
            feeds: route53::HOSTED_ZONE,
            calls: HostedZoneWriter::calls(),
            // A private zone is bound to networks that Route 53 looks up in our name.
            implied: &["ec2:DescribeVpcs"],
            make: |office| Box::new(HostedZoneWriter::new(office.desk())),
        },
        Clerk {
            feeds: route53::RECORD_SET,
            calls: RecordSetWriter::calls(),
            implied: &[],
            make: |office| Box::new(RecordSetWriter::new(office.desk())),
        },
        Clerk {
            feeds: route53::HEALTH_CHECK,
            calls: HealthCheckWriter::calls(),
            implied: &[],
            make: |office| Box::new(HealthCheckWriter::new(office.desk())),
        },
    ],
};
