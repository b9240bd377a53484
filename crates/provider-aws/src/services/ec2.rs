//! Who reads and writes EC2.

use super::{Clerk, Service};
use crate::read::ec2 as seen;
use crate::read::regional::{Regional, Survey as _};
use crate::write::craft::{Craft as _, Workshop};
use crate::write::ec2 as made;
use aplomo_resources::ec2;

pub(super) const EC2: Service = Service {
    readers: |office| {
        let (site, clients) = (&office.site, &office.branch::<aws_sdk_ec2::Client>());
        vec![
            Regional::<seen::Vpcs>::new(site, clients),
            Regional::<seen::Subnets>::new(site, clients),
            Regional::<seen::InternetGateways>::new(site, clients),
            Regional::<seen::Addresses>::new(site, clients),
            Regional::<seen::NatGateways>::new(site, clients),
            Regional::<seen::Groups>::new(site, clients),
            Regional::<seen::PrefixLists>::new(site, clients),
            Regional::<seen::FlowLogs>::new(site, clients),
            Regional::<seen::Zones>::new(site, clients),
            seen::Interfaces::new(site, clients),
        ]
    },
    read_calls: &[
        seen::Vpcs::CALLS,
        seen::Subnets::CALLS,
        seen::InternetGateways::CALLS,
        seen::Addresses::CALLS,
        seen::NatGateways::CALLS,
        seen::Groups::CALLS,
        seen::PrefixLists::CALLS,
        seen::FlowLogs::CALLS,
        seen::Zones::CALLS,
        seen::Interfaces::CALLS,
    ],
    writers: &[
        Clerk {
            feeds: ec2::VPC,
            calls: made::Vpcs::CALLS,
            implied: &[],
            make: |office| Workshop::<made::Vpcs>::open(office.desk()),
        },
        Clerk {
            feeds: ec2::SUBNET,
            calls: made::Subnets::CALLS,
            implied: &[],
            make: |office| Workshop::<made::Subnets>::open(office.desk()),
        },
        Clerk {
            feeds: ec2::INTERNET_GATEWAY,
            calls: made::InternetGateways::CALLS,
            implied: &[],
            make: |office| Workshop::<made::InternetGateways>::open(office.desk()),
        },
        Clerk {
            feeds: ec2::ELASTIC_IP,
            calls: made::ElasticIps::CALLS,
            implied: &[],
            make: |office| Workshop::<made::ElasticIps>::open(office.desk()),
        },
        Clerk {
            feeds: ec2::ROUTE_TABLE,
            calls: made::RouteTables::CALLS,
            implied: &[],
            make: |office| Workshop::<made::RouteTables>::open(office.desk()),
        },
        Clerk {
            feeds: ec2::SECURITY_GROUP,
            calls: made::SecurityGroups::CALLS,
            implied: &[],
            make: |office| Workshop::<made::SecurityGroups>::open(office.desk()),
        },
        Clerk {
            feeds: ec2::DEFAULT_SECURITY_GROUP,
            calls: made::DefaultSecurityGroups::CALLS,
            implied: &[],
            make: |office| Workshop::<made::DefaultSecurityGroups>::open(office.desk()),
        },
        Clerk {
            feeds: ec2::PREFIX_LIST,
            calls: made::PrefixLists::CALLS,
            implied: &[],
            make: |office| Workshop::<made::PrefixLists>::open(office.desk()),
        },
        Clerk {
            feeds: ec2::FLOW_LOG,
            calls: made::FlowLogs::CALLS,
            // The role that writes the log group is handed on; delivery to a bucket is set up in our name.
            implied: &["iam:PassRole", "logs:CreateLogDelivery", "logs:DeleteLogDelivery"],
            make: |office| Workshop::<made::FlowLogs>::open(office.desk()),
        },
        Clerk {
            feeds: ec2::NAT_GATEWAY,
            calls: made::NatGatewayWriter::calls(),
            implied: &[],
            make: |office| made::NatGatewayWriter::open(office.desk()),
        },
        Clerk {
            feeds: ec2::SECURITY_GROUP_RULE,
            calls: made::RuleWriter::calls(),
            implied: &[],
            make: |office| made::RuleWriter::open(office.desk()),
        },
    ],
};
