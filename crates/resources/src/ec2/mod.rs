//! Amazon EC2: networks and what is in them.
//!
//! What readers and writers keep to, beside the models:
//!
//! | type | scope | natural key | outputs beside `id` |
//! | --- | --- | --- | --- |
//! | Vpc | region | none | `cidr`, `ipv6Cidr` (while there is one), `network` (`<region>:<vpc id>`) |
//! | Subnet | in the Vpc | its IPv4 block | `availabilityZone`, `cidr` |
//! | InternetGateway | region | the id of its network | |
//! | ElasticIp | region | none | `publicIp`; `id` is the allocation id |
//! | NatGateway | in the Vpc | none | `publicIp` |
//! | RouteTable | in the Vpc | none | |
//! | SecurityGroup | in the Vpc | its name | |
//! | SecurityGroupRule | in the SecurityGroup | its atom, see [`atom()`] | |
//! | DefaultSecurityGroup | in the Vpc | `default` | |
//! | PrefixList | region | none | `version` |
//! | FlowLog | region | none | |
//! | NetworkInterface | in the Vpc | what it is for | |
//! | AvailabilityZones | region | `zones` | `zone/0`, `zone/1` … : the names in the order of zone ids |
//!
//! Brought along (`brought_along: true`): DefaultSecurityGroup, the main route table of a network,
//! AvailabilityZones (its remote id is the region's name). A default group is never a SecurityGroup,
//! and its rules are in its own `/rules`, never SecurityGroupRules.

mod availability_zones;
pub mod cidr;
mod flow_log;
mod gateway;
pub mod model;
mod names;
mod network_interface;
pub mod ports;
mod prefix_list;
mod route_table;
mod security_group;
pub mod security_group_rule;
mod subnet;
pub mod text;
mod vpc;

pub use availability_zones::{Zones, zone_output};
pub use flow_log::FlowLogs;
pub use gateway::{ElasticIps, InternetGateways, NatGateways};
pub use names::*;
pub use network_interface::NetworkInterfaces;
pub use prefix_list::PrefixLists;
pub use route_table::RouteTables;
pub use security_group::{DefaultSecurityGroups, SecurityGroups};
pub use security_group_rule::{SecurityGroupRules, SeenRule, atom, seen_rule};
pub use subnet::Subnets;
pub use vpc::Vpcs;
